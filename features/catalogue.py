"""All features of an entity, in written order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from features import (
    around_frames,
    coding_frames,
    course,
    dates_frames,
    group,
    group_frames,
    identity_frames,
    institution,
    insured,
    item_frames,
    ledger,
    ledger_buying,
    ledger_buying_frames,
    ledger_chain,
    ledger_choice,
    ledger_choice_frames,
    ledger_frames,
    ledger_patients,
    ledger_patients_frames,
    level_frames,
    likeness_frames,
    need_frames,
    person,
    person_frames,
    presence_frames,
    proof_frames,
    stay,
    stay_around,
    stay_coding,
    stay_dates,
    stay_demographics,
    stay_device_frames,
    stay_devices,
    stay_frames,
    stay_history,
    stay_identity,
    stay_length,
    stay_likeness,
    stay_need,
    stay_presence,
    stay_proof,
    stay_surroundings,
    suppliers,
    surroundings_frames,
    use,
    use_bill,
    use_bill_frames,
    use_book,
    use_book_frames,
    use_frames,
    use_scope,
    use_scope_frames,
    use_source,
    use_source_frames,
    use_trace,
    use_trace_frames,
)
from features.declaration import (
    DEPARTMENT,
    GROUP,
    HOSPITAL,
    LEDGER,
    PERSON,
    PHYSICIAN,
    STAY,
    USE,
    VERSUS_PEERS,
    Entity,
    Feature,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from claims.history import History
    from features.frames import Frame


@dataclass(frozen=True)
class Catalogue:
    """The features of one entity and the frames they are computed on."""

    entity: Entity
    features: tuple[Feature, ...]
    frames: Mapping[str, Frame]

    @classmethod
    def of(cls, entity: Entity, frames: Mapping[str, Frame], *modules: ModuleType) -> Catalogue:
        """Gather the features found in the modules; refuse two of one name."""
        found = [
            item
            for module in modules
            for value in vars(module).values()
            for item in (value if isinstance(value, tuple) else (value,))
            if isinstance(item, Feature) and item.entity == entity
        ]
        names = [item.name for item in found]
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(f"features declared twice: {', '.join(twice)}")
        return cls(entity, tuple(found), frames)

    def __getitem__(self, name: str) -> Feature:
        """The feature of this name, or the one a comparison with peers is made of."""
        base = name.removesuffix(VERSUS_PEERS)
        return next(item for item in self.features if item.name == base)

    def __contains__(self, name: object) -> bool:
        """Whether the name is a feature or its comparison with peers."""
        base = str(name).removesuffix(VERSUS_PEERS)
        return any(item.name == base for item in self.features)

    def measurable(self, history: History) -> list[Feature]:
        """Features whose every input is really delivered."""
        return [item for item in self.features if not self.missing(item, history)]

    def missing(self, item: Feature, history: History) -> list[str]:
        """What a feature would need that is not delivered, as 'table.column'."""
        frame = self.frames[item.over]
        lacking = {
            source for column in item.reads for source in frame.lacking(column, history.present)
        }
        lacking |= set(frame.lacking_rows(history.present))
        return sorted(lacking)

    def columns(self, features: list[Feature]) -> list[str]:
        """Model columns of these features: each value, then each comparison with peers."""
        return [item.name for item in features] + [
            item.name + VERSUS_PEERS for item in features if item.peers
        ]

    def families(self) -> dict[str, str]:
        """Model column to family."""
        return _with_peers({item.name: item.family for item in self.features})

    def sides(self) -> dict[str, int]:
        """Model column to the side that is suspicious: 1 high, -1 low, 0 both."""
        return _with_peers({item.name: item.direction.side for item in self.features})


Told = TypeVar("Told")


def _with_peers(plain: Mapping[str, Told]) -> dict[str, Told]:
    """What is true of a feature is true of its comparison with peers."""
    return {**plain, **{name + VERSUS_PEERS: told for name, told in plain.items()}}


STAY_FRAMES = {
    **stay_frames.FRAMES,
    **presence_frames.FRAMES,
    **item_frames.FRAMES,
    **need_frames.FRAMES,
    **likeness_frames.FRAMES,
    **around_frames.FRAMES,
    **proof_frames.FRAMES,
    **coding_frames.FRAMES,
    **identity_frames.FRAMES,
    **dates_frames.FRAMES,
    **surroundings_frames.FRAMES,
    **stay_device_frames.FRAMES,
}
STAYS = Catalogue.of(
    STAY,
    STAY_FRAMES,
    stay,
    stay_presence,
    person,
    course,
    stay_need,
    stay_likeness,
    stay_around,
    stay_proof,
    stay_length,
    stay_coding,
    stay_identity,
    stay_history,
    stay_dates,
    stay_demographics,
    stay_surroundings,
    stay_devices,
)
USE_FRAMES = {
    **use_frames.FRAMES,
    **use_book_frames.FRAMES,
    **use_source_frames.FRAMES,
    **use_trace_frames.FRAMES,
    **use_scope_frames.FRAMES,
    **use_bill_frames.FRAMES,
}
USES = Catalogue.of(USE, USE_FRAMES, use, use_book, use_source, use_trace, use_scope, use_bill)
LEDGER_FRAMES = {
    **ledger_frames.FRAMES,
    **ledger_choice_frames.FRAMES,
    **ledger_patients_frames.FRAMES,
    **ledger_buying_frames.FRAMES,
}
LEDGERS = Catalogue.of(
    LEDGER, LEDGER_FRAMES, ledger, ledger_chain, ledger_choice, ledger_patients, ledger_buying
)
PERSONS = Catalogue.of(PERSON, person_frames.FRAMES, insured)
PHYSICIANS = Catalogue.of(PHYSICIAN, level_frames.PHYSICIAN_FRAMES, institution)
DEPARTMENTS = Catalogue.of(DEPARTMENT, level_frames.DEPARTMENT_FRAMES, institution)
HOSPITALS = Catalogue.of(HOSPITAL, level_frames.HOSPITAL_FRAMES, institution, suppliers)
GROUPS = Catalogue.of(GROUP, group_frames.FRAMES, group)
CATALOGUES: dict[str, Catalogue] = {
    "stay": STAYS,
    "use": USES,
    "ledger": LEDGERS,
    "person": PERSONS,
    "physician": PHYSICIANS,
    "department": DEPARTMENTS,
    "hospital": HOSPITALS,
    "group": GROUPS,
}
