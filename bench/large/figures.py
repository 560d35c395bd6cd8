"""What the page tells, counted once over all cities, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from bench.large.asked import ENTITIES, SIZES, TESTED, UNKNOWN, WIDE
from bench.large.judging import HITS, KEY, RECORDS
from bench.report.results import read_made
from evaluation.kinds import OURS, QUEUES, TYPE, Hospitals, Kind
from evaluation.queues import Drawn, areas, at_capacity
from evaluation.storing import rounded
from models.bundle import prior_margin
from models.capacity import RANDOM, places
from models.chance import Stratum, at_least, holm, ranked_above

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evaluation.storing import Data

OF_QUEUES = (
    "subject_type", "queue", "size", "cases", "precision", "low", "high", "ahead", "ahead_low",
    "ahead_high", "recall", "recovered",
)  # fmt: skip
# The order of rules and detectors before any audit: what audits teach is the lead over it.
UNTAUGHT, PRIOR = "rules with detectors", "prior"
ORDERS = {OURS: QUEUES[OURS], UNTAUGHT: PRIOR, **QUEUES}
# All unheard-of schemes of a kind together.
TOGETHER = "all of these"


@dataclass(frozen=True)
class City:
    """One judged city: what was scored in its last months, and what is true of it."""

    made: dict[str, Any]
    records: pl.DataFrame
    key: pl.DataFrame
    hits: pl.DataFrame

    @classmethod
    def load(cls, folder: Path) -> City:
        """Read what ``judging.judge`` left."""
        frames = [pl.read_parquet(folder / f"{name}.parquet") for name in (RECORDS, KEY, HITS)]
        return cls(read_made(folder), *frames)

    @property
    def seed(self) -> int:
        """The city's seed."""
        return int(self.made["asked"]["seed"])

    @property
    def changed(self) -> bool:
        """Whether it changed on the day from which it was judged."""
        return bool(self.made["asked"]["changed"])

    @cached_property
    def _ordered(self) -> pl.DataFrame:
        """The records with every column that orders a queue."""
        # Hits are counted already: their number weighs as so many rules do.
        prior = prior_margin(self.records, ("rule_hits",))
        return self.records.with_columns(pl.Series(PRIOR, prior))

    def kind(self, entity: str) -> Kind:
        """Its subjects of a kind."""
        return Kind.of(self.seed, self._ordered, self.key, entity, SIZES, TESTED, ORDERS)


def counted(cities: Sequence[City]) -> Data:
    """All tables; every value is text, a number, a flag or null."""
    plain = [one for one in cities if not one.changed]
    changed = [one for one in cities if one.changed]
    return {
        "tested": TESTED,
        "made": [_made(one) for one in cities],
        "queues": _queues(plain),
        "areas": _areas(plain),
        "spoken": [_spoken(plain, entity) for entity in ENTITIES if plain],
        "rules": rounded([row for entity in ENTITIES for row in rules(plain, entity)]),
        "changed_queues": _queues(changed),
        "unknown": rounded(unknown(changed)),
    }


def beside(earlier: Data, told: Data) -> Data:
    """Figures of changed cities alone, beside what was told of plain ones before."""
    plain = [row for row in earlier["made"] if not row["asked"]["changed"]]
    own = ("changed_queues", "unknown")
    return {**earlier, "made": plain + told["made"], **{name: told[name] for name in own}}


def _made(one: City) -> Data:
    planted = one.key.filter(~pl.col("innocent")).unique([TYPE, "subject_id"])
    judged = {entity: one.records.filter(pl.col(TYPE) == entity).height for entity in ENTITIES}
    guilty = {entity: planted.filter(pl.col(TYPE) == entity).height for entity in ENTITIES}
    return {**rounded([one.made])[0], "judged": judged, "planted": guilty}


def _queues(cities: Sequence[City]) -> list[Data]:
    told = [at_capacity(_drawn(cities, entity), SIZES) for entity in ENTITIES if cities]
    return rounded([row for frame in told for row in frame.select(OF_QUEUES).to_dicts()])


def _areas(cities: Sequence[City]) -> list[Data]:
    told = [areas(_drawn(cities, entity)) for entity in ENTITIES if cities]
    return rounded([row for frame in told for row in frame.to_dicts()])


def _spoken(cities: Sequence[City], entity: str) -> Data:
    """Of how many records a rule speaks, and how many of these are planted."""
    rows = pl.concat([one.kind(entity).rows.select("rule_hits", "true") for one in cities])
    spoken = rows.filter(pl.col("rule_hits") > 0)
    return {
        "subject_type": entity,
        "records": rows.height,
        "spoken": spoken.height,
        "planted": int(spoken["true"].sum()),
    }


def rules(cities: Sequence[City], entity: str) -> list[Data]:
    """Of each rule and grade: of how many records, how many are planted, by its own scheme."""
    if not cities:
        return []
    return (
        pl.concat([_hits(one, entity) for one in cities])
        .group_by("rule", "grade")
        .agg(records=pl.len(), planted=pl.col("planted").sum(), own=pl.col("own").sum())
        .sort("rule", "grade")
        .with_columns(subject_type=pl.lit(entity))
        .to_dicts()
    )


def _hits(city: City, entity: str) -> pl.DataFrame:
    """One row a record and rule that speaks of it, with what is planted there."""
    mine = pl.col(TYPE) == entity
    guilty = city.key.filter(mine & ~pl.col("innocent")).group_by("subject_id").agg("scheme")
    # H02E is a clue of the scheme H02.
    scheme = pl.col("code").str.extract(r"^([A-Z]\d+)")
    return (
        city.hits.filter(mine)
        .join(guilty, on="subject_id", how="left")
        .select(
            "grade",
            rule="code",
            planted=pl.col("scheme").is_not_null(),
            own=pl.col("scheme").list.contains(scheme).fill_null(value=False),
        )
    )


def _drawn(cities: Sequence[City], entity: str) -> Drawn:
    named = Hospitals.of((one.seed, (one.records, one.key)) for one in cities)
    return Drawn([one.kind(entity) for one in cities], named)


def unknown(cities: Sequence[City]) -> list[Data]:
    """Schemes that no audit had seen, by queue: in the capacity, further down, in the whole order.

    ``holm`` corrects the p-values of each over the schemes and queues of all kinds.
    """
    rows = [
        _row(entity, scheme, queue, [one.kind(entity) for one in cities])
        for entity in ENTITIES
        for scheme in _schemes(cities, entity)
        for queue, column in ORDERS.items()
        if column != RANDOM
    ]
    for name in ("p", "wide_p", "rank_p"):
        for row, value in zip(rows, holm([row[name] for row in rows]), strict=True):
            row[f"{name}_holm"] = value
    return rows


def _schemes(cities: Sequence[City], entity: str) -> list[str]:
    planted = {
        scheme
        for one in cities
        for scheme in one.key.filter((pl.col(TYPE) == entity) & ~pl.col("innocent"))["scheme"]
    }
    found = [scheme for scheme in UNKNOWN if scheme in planted]
    return [*found, TOGETHER] if found else []


def _row(entity: str, scheme: str, queue: str, kinds: Sequence[Kind]) -> Data:
    flags = [_guilty(kind, scheme) for kind in kinds]
    ranked = ranked_above(
        (_scores(kind, queue), mine) for kind, mine in zip(kinds, flags, strict=True)
    )
    wide = _taken(kinds, flags, queue, WIDE)
    return {
        "subject_type": entity,
        "scheme": scheme,
        "queue": queue,
        "cases": sum(int(mine.sum()) for mine in flags),
        **_taken(kinds, flags, queue, TESTED),
        **{f"wide_{name}": value for name, value in wide.items()},
        "area": ranked.area,
        "rank_p": ranked.p_value,
    }


def _taken(
    kinds: Sequence[Kind], flags: Sequence[np.ndarray], queue: str, size: float
) -> dict[str, float]:
    """How many of the flagged the first of a queue hold, beside a draw of as many records."""
    strata = [
        Stratum(kind.rows.height, int(places(size, kind.rows.height)), int(mine.sum()))
        for kind, mine in zip(kinds, flags, strict=True)
    ]
    taken = [kind.taken(queue, size) for kind in kinds]
    found = round(sum(float(one @ mine) for one, mine in zip(taken, flags, strict=True)))
    return {
        "found": found,
        "expected": sum(one.expected for one in strata),
        "p": at_least(found, strata),
    }


def _guilty(kind: Kind, scheme: str) -> np.ndarray:
    """Which rows one scheme, or any of the unheard-of ones, was planted in."""
    wanted = UNKNOWN if scheme == TOGETHER else (scheme,)
    mine = kind.key.filter(~pl.col("innocent") & pl.col("scheme").is_in(wanted))
    return kind.rows["subject_id"].is_in(mine["subject_id"].implode()).to_numpy()


def _scores(kind: Kind, queue: str) -> np.ndarray:
    return kind.rows[ORDERS[queue]].cast(pl.Float64).fill_null(-np.inf).to_numpy()
