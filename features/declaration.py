"""The grammar of features: one function declares column, words, contract and computation.

The name is the column, the docstring the catalogue entry, the decorator the contract:

    @feature(STAY, over="lines", unit=SHARE, family="cost structure", direction=HIGH,
             zh="检查检验占比", says="examinations and tests make {value} of the fee",
             says_zh="检查检验费占{value}")
    def test_share() -> pl.Expr:
        '''Share of examinations and laboratory tests in the fee.'''
        return share_of("examination", "laboratory")

Words that a count bends are written in both forms: "{value} {line|lines} reversed".

Nothing is registered: a catalogue gathers the features it finds in given modules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import polars as pl

from features.units import inflected

if TYPE_CHECKING:
    from features.units import Unit

Formula = Callable[[], pl.Expr]
VERSUS_PEERS = "_vs_peers"


class Direction(Enum):
    """Which way is suspicious."""

    HIGH = "high"
    LOW = "low"
    BOTH = "both"

    @property
    def side(self) -> int:
        """1 where high is suspicious, -1 where low is, 0 where both are."""
        return {"high": 1, "low": -1}.get(self.value, 0)


HIGH, LOW, BOTH = Direction.HIGH, Direction.LOW, Direction.BOTH


@dataclass(frozen=True)
class Entity:
    """A kind of subject.

    ``cells`` lists the peer groups from the narrowest to the widest, each as the context
    columns that define it; the last is the whole city.
    """

    name: str
    zh: str
    scenario: str
    plural: str
    plural_zh: str
    cells: tuple[tuple[str, ...], ...]


STAY = Entity(
    "stay",
    "住院",
    "hospitalization",
    "stays",
    "例住院",
    cells=(
        ("case_group", "level", "scheme"),
        ("case_group", "level"),
        ("case_group",),
        ("case_family",),
        (),
    ),
)
USE = Entity(
    "use",
    "耗材使用",
    "consumables",
    "uses",
    "次使用",
    cells=(
        ("class_code", "case_family", "level"),
        ("class_code", "case_family"),
        ("class_code",),
        (),
    ),
)
LEDGER = Entity(
    "ledger",
    "耗材台账",
    "consumables",
    "ledger months",
    "个台账月",
    cells=(("class_code", "level"), ("class_code",), ()),
)
PERSON = Entity(
    "person",
    "参保人",
    "hospitalization",
    "persons",
    "名参保人",
    cells=(("age_band", "scheme"), ("age_band",), ()),
)
PHYSICIAN = Entity(
    "physician",
    "医师",
    "hospitalization",
    "physicians",
    "名医师",
    cells=(("department", "level"), ("department",), ()),
)
DEPARTMENT = Entity(
    "department",
    "科室",
    "hospitalization",
    "departments",
    "个科室",
    cells=(("department", "level"), ("department",), ()),
)
HOSPITAL = Entity(
    "hospital",
    "医疗机构",
    "hospitalization",
    "hospitals",
    "家医疗机构",
    cells=(("hospital_kind", "level"), ("level",), ()),
)
GROUP = Entity(
    "group",
    "同住院人群",
    "hospitalization",
    "groups",
    "个人群",
    cells=(("level",), ()),
)
ENTITIES = (STAY, USE, LEDGER, PERSON, PHYSICIAN, DEPARTMENT, HOSPITAL, GROUP)
# What stands above the single stay: judged by rules and distance alone, without a model.
LEVELS = (PERSON, PHYSICIAN, DEPARTMENT, HOSPITAL, GROUP)


@dataclass(frozen=True)
class Feature:
    """One declared feature.

    ``over`` names the prepared frame it is computed on; ``empty`` is its value for a
    subject with no row in that frame (null where "none" and "unknown" differ).
    """

    name: str
    entity: Entity
    over: str
    unit: Unit
    family: str
    direction: Direction
    zh: str
    says: str
    says_zh: str
    doc: str
    expr: pl.Expr = field(repr=False, compare=False)
    empty: float | None = None
    peers: bool = True

    @property
    def title(self) -> str:
        """First line of the doc, without its stop."""
        return self.doc.splitlines()[0].rstrip(".")

    @property
    def reads(self) -> frozenset[str]:
        """Columns of the frame that the expression reads."""
        return frozenset(self.expr.meta.root_names())

    def sentence(self, value: float | None, *, zh: bool = False) -> str:
        """Say the value, as 'stayed 3.2 d'."""
        shown = self.unit.show(value, zh=zh)
        return inflected(self.says_zh if zh else self.says, shown).format(value=shown)


def shared(
    *entities: Entity,
    over: str,
    unit: Unit,
    family: str,
    direction: Direction,
    zh: str,
    says: str,
    says_zh: str,
    empty: float | None = None,
    peers: bool = True,
) -> Callable[[Formula], tuple[Feature, ...]]:
    """Declare one feature of several entities whose frames have the same columns."""

    def declare(formula: Formula) -> tuple[Feature, ...]:
        return tuple(
            feature(
                entity,
                over=over,
                unit=unit,
                family=family,
                direction=direction,
                zh=zh,
                says=says,
                says_zh=says_zh,
                empty=empty,
                peers=peers,
            )(formula)
            for entity in entities
        )

    return declare


def feature(
    entity: Entity,
    *,
    over: str,
    unit: Unit,
    family: str,
    direction: Direction,
    zh: str,
    says: str,
    says_zh: str,
    empty: float | None = None,
    peers: bool = True,
) -> Callable[[Formula], Feature]:
    """Declare a feature; raise ValueError at definition when its words are missing."""

    def declare(formula: Formula) -> Feature:
        name = formula.__name__
        doc = (formula.__doc__ or "").strip()
        if not doc or "{value}" not in says or "{value}" not in says_zh:
            raise ValueError(f"feature {name}: a docstring and {{value}} in both sentences, please")
        return Feature(
            name,
            entity,
            over,
            unit,
            family,
            direction,
            zh,
            says,
            says_zh,
            doc,
            formula(),
            empty,
            peers,
        )

    return declare
