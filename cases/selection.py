"""Which records become alerts: the worthiest within capacity, and a few drawn by lot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from datetime import date

# Below one chance in five nobody's time is asked for, unless the lot falls on the record: an
# auditor reads 20 to 40 records a day (DOMAIN 5.6), and most of them should lead somewhere.
LEAST_PLAUSIBILITY = 0.2


@dataclass(frozen=True)
class Capacity:
    """What a team can look at in a night, for one scenario."""

    alerts: int
    random_share: float
    seed: int

    @property
    def drawn(self) -> int:
        """How many of these places go by lot."""
        return math.ceil(self.alerts * self.random_share)


def lot(subjects: pl.Series, on: date, seed: int) -> pl.Series:
    """A number in [0, 1) for each subject, the same however the batch is made up."""
    scale = float(2**64)

    def draw(subject: str) -> float:
        digest = blake2b(f"{seed}|{on}|{subject}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / scale

    return pl.Series("lot", [draw(subject) for subject in subjects], dtype=pl.Float64)


def draw_probability(records: int, capacity: Capacity) -> float:
    """Chance that one of these records is drawn: by threshold, so it depends on no other."""
    return min(1.0, capacity.drawn / records) if records else 0.0


def select(weighed: pl.DataFrame, capacity: Capacity, on: date) -> pl.DataFrame:
    """Mark which records of a scenario become alerts, and by what.

    Adds ``selected_by`` (null: not selected), ``draw_probability`` and
    ``selection_probability`` (of what the lot chose).

    ``weighed`` as made by ``cases.amounts.weigh`` with ``repeat`` of
    ``cases.alerts.mark_repeats``; rows keep their order. What the lot chose is chosen even
    if it repeats, because its probability must stay what it was.
    """
    chance = draw_probability(weighed.height, capacity)
    places = capacity.alerts - capacity.drawn
    marked = weighed.with_columns(
        lot(weighed["subject_id"], on, capacity.seed), draw_probability=pl.lit(chance)
    )
    worth = (pl.col("plausibility") >= LEAST_PLAUSIBILITY) & ~pl.col("repeat")
    order = pl.struct("expected_recovery", "plausibility", "anomaly", "subject_id").rank(
        "ordinal", descending=True
    )
    chosen = worth & (order.over(worth) <= places)
    drawn = pl.col("lot") < pl.col("draw_probability")
    by_rule = (pl.col("rule_codes").list.len() > 0) & (pl.col("score_kind") == "prior")
    return marked.with_columns(
        selected_by=pl.when(chosen & by_rule)
        .then(pl.lit("rule"))
        .when(chosen)
        .then(pl.lit("model"))
        .when(drawn)
        .then(pl.lit("random")),
        selection_probability=pl.when(drawn).then(pl.col("draw_probability")),
    ).drop("lot")


def line_of(marked: pl.DataFrame) -> int:
    """Expected recovery in fen of the worthiest record that found no place; 0 without one.

    An alert whose worth falls below it gives its place away.
    """
    left = marked.filter(
        (pl.col("plausibility") >= LEAST_PLAUSIBILITY)
        & ~pl.col("repeat")
        & ~pl.col("selected_by").is_in(["rule", "model"]).fill_null(value=False)
    )
    return max(left["expected_recovery"].to_list(), default=0)
