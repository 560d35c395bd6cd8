"""All indicators of the subjects of one rung in one frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from features.indicator_change import cusum, growth, mix_shift, monthly
from features.indicator_suppliers import bought, concentration
from features.indicators import (
    RUNGS,
    class_of,
    consumable_lines,
    dispersion,
    grounded,
    rolled,
    settled_stays,
    subject_of,
    with_ratios,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from claims.history import History

PERIODS = ("month", "year")
# Rungs that last for months, and can therefore change.
LASTING = RUNGS[: RUNGS.index("stay")]
PEERS: dict[str, tuple[str, ...]] = {
    "district": (),
    "hospital": ("level",),
    "department": ("level", "department"),
    "physician": ("level", "department"),
}
FEWEST_PEERS = 5
# One of ten stands above nine tenths of them.
FEWEST_RANKED = 10
MOVES = {
    "subject_id": pl.String(),
    "growth": pl.Float64(),
    "month_stays": pl.Int64(),
    "cusum": pl.Float64(),
    "mix_shift": pl.Float64(),
}
TO_SPREAD = 1.4826


@dataclass(frozen=True)
class Books:
    """What was known of a year up to a month, read once for all classes."""

    month: date
    stays: pl.DataFrame
    lines: pl.DataFrame
    paid: pl.DataFrame

    @classmethod
    def of(cls, history: History, month: date) -> Books:
        """Read stays, lines and purchases of the twelve months that end with the month."""
        stays = settled_stays(history, month)
        return cls(month, stays, consumable_lines(history, stays), bought(history, month))

    def of_class(self, classes: Collection[str] | None = None) -> Ground:
        """The ground of some classes (codes of seven characters); of all without them."""
        if classes is None:
            return Ground(self.month, grounded(self.stays, self.lines), self.paid)
        mine = class_of().is_in(list(classes))
        rows = grounded(self.stays, self.lines.filter(mine))
        return Ground(self.month, rows, self.paid.filter(mine))


@dataclass(frozen=True)
class Ground:
    """Rows of a year up to a month that all figures are made of, and what was bought in it."""

    month: date
    rows: pl.DataFrame
    paid: pl.DataFrame

    def of_period(self, period: str) -> pl.DataFrame:
        """Rows of the month alone, or of the whole year up to it."""
        return self.rows.filter(pl.col("month") == self.month) if period == "month" else self.rows

    def within(self, rung: str, subject: str) -> Ground:
        """The rows of one subject alone."""
        return replace(self, rows=self.rows.filter(subject_of(rung) == subject))


def figures(told: Ground, rung: str, period: str) -> pl.DataFrame:
    """One row a subject of a rung: sums, ratios, comparison with peers, change, suppliers."""
    rows = told.of_period(period)
    found = with_ratios(rolled(rows, rung))
    parts = [dispersion(rows, rung), concentration(told.paid, rung), *_changes(told, rung)]
    for part in parts:
        found = found.join(part, on="subject_id", how="left")
    every = told.paid["supplier_id"].n_unique()
    return _beside(found, rung).with_columns(class_suppliers=pl.lit(every)).sort("subject_id")


def _changes(told: Ground, rung: str) -> list[pl.DataFrame]:
    if rung not in LASTING:
        return [pl.DataFrame(schema=MOVES)]
    return [
        growth(told.rows, rung, told.month),
        cusum(monthly(told.rows, rung), told.month),
        mix_shift(told.rows, rung, told.month),
    ]


def _beside(found: pl.DataFrame, rung: str) -> pl.DataFrame:
    """Add how each subject stands among its peers.

    ``intensity_z``: spreads of ``per_100`` above their median, null with fewer than five.
    ``peers_price``: the median of their price deviation. ``share_rank``: the part of the others
    whose consumables take a smaller share of the fee, null with fewer than ten.
    """
    if rung not in PEERS:
        return found.with_columns(
            pl.lit(None, pl.Float64).alias(name)
            for name in ("intensity_z", "peers_price", "share_rank")
        )
    ranked = _among(pl.col("share").count(), rung).cast(pl.Float64)
    away = pl.col("per_100") - _among(pl.col("per_100").median(), rung)
    many = _among(pl.col("per_100").count(), rung) >= FEWEST_PEERS
    placed = found.with_columns(_away=away, _many=many)
    spread = _among(pl.col("_away").abs().median(), rung) * TO_SPREAD
    return placed.with_columns(
        intensity_z=pl.when(pl.col("_many") & (spread > 0)).then(pl.col("_away") / spread),
        peers_price=_among(pl.col("price_deviation").median(), rung),
        share_rank=pl.when(ranked >= FEWEST_RANKED).then(
            (_among(pl.col("share").rank("min"), rung) - 1) / (ranked - 1)
        ),
    ).drop("_away", "_many")


def _among(value: pl.Expr, rung: str) -> pl.Expr:
    """A figure of the peers of each row; of a rung without peer groups, of all rows."""
    peers = PEERS[rung]
    return value.over(peers) if peers else value
