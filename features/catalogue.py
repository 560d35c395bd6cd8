"""All features of an entity, in written order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from features import (
    around_frames,
    coding_frames,
    course,
    dates_frames,
    identity_frames,
    item_frames,
    ledger,
    ledger_chain,
    ledger_frames,
    likeness_frames,
    need_frames,
    person,
    proof_frames,
    stay,
    stay_around,
    stay_coding,
    stay_dates,
    stay_demographics,
    stay_frames,
    stay_history,
    stay_identity,
    stay_length,
    stay_likeness,
    stay_need,
    stay_proof,
    stay_surroundings,
    surroundings_frames,
    use,
    use_frames,
)
from features.declaration import LEDGER, STAY, USE, VERSUS_PEERS, Entity, Feature

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
            for item in vars(module).values()
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
        plain = {item.name: item.family for item in self.features}
        return plain | {name + VERSUS_PEERS: family for name, family in plain.items()}


STAY_FRAMES = {
    **stay_frames.FRAMES,
    **item_frames.FRAMES,
    **need_frames.FRAMES,
    **likeness_frames.FRAMES,
    **around_frames.FRAMES,
    **proof_frames.FRAMES,
    **coding_frames.FRAMES,
    **identity_frames.FRAMES,
    **dates_frames.FRAMES,
    **surroundings_frames.FRAMES,
}
STAYS = Catalogue.of(
    STAY,
    STAY_FRAMES,
    stay,
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
)
USES = Catalogue.of(USE, use_frames.FRAMES, use)
LEDGERS = Catalogue.of(LEDGER, ledger_frames.FRAMES, ledger, ledger_chain)
CATALOGUES: dict[str, Catalogue] = {"stay": STAYS, "use": USES, "ledger": LEDGERS}
