"""What would be expected of the same cases elsewhere: the other half of observed over expected.

Indirect standardisation: every stay is expected to be as the stays of *other* hospitals in
the same cell (case group and level), as known that night. A cell with few stays is drawn
towards the wider cell with the weight of ``PRIOR_RECORDS`` stays, as the standards are
(features/standards.py); because a hospital is left out of its own expectation, a small city
with one large sinner still sees it.

What is expected is kept in whole millionths, because sums of whole numbers know no order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.standards import PRIOR_RECORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MILLIONTHS = 1_000_000
Cells = tuple[tuple[str, ...], ...]
# From the narrowest cell to the whole city.
BY_GROUP: Cells = (("drg", "level"), ("drg",), ("family",), ())
# Severity is part of the case group, and is therefore compared within the family.
BY_FAMILY: Cells = (("family", "level"), ("family",), ())
BY_CHAPTER: Cells = (("chapter", "level"), ("chapter",), ())
BY_LEVEL: Cells = (("level",), ())
CELLS: dict[str, Cells] = {
    "total_amount": BY_GROUP,
    "days": BY_GROUP,
    "readmitted": BY_GROUP,
    "split_pair": BY_GROUP,
    "severe": BY_FAMILY,
    "at_night": BY_CHAPTER,
    "free": BY_CHAPTER,
    "pushed": BY_CHAPTER,
    "low_acuity": BY_LEVEL,
}


def with_expected(stays: pl.DataFrame, cells: Mapping[str, Cells] = CELLS) -> pl.DataFrame:
    """Add ``expected_<measure>``: its mean among comparable stays of other hospitals.

    In millionths of the measure; null where no other hospital has a stay.
    """
    for chain in dict.fromkeys(cells.values()):
        stays = _by_chain(stays, chain, [name for name, own in cells.items() if own == chain])
    return stays


def _by_chain(stays: pl.DataFrame, chain: Cells, measures: Sequence[str]) -> pl.DataFrame:
    named = stays
    for width, columns in enumerate(chain):
        named = _others(named, ["as_of", *columns], measures, width)
    rates = {name: _rate(name, len(chain)) for name in measures}
    built = named.with_columns(
        millionths(rate).alias(f"expected_{name}") for name, rate in rates.items()
    )
    return built.drop(
        column for width in range(len(chain)) for column in _names(width, [*measures, "n"])
    )


def millionths(value: pl.Expr) -> pl.Expr:
    """A real number in whole millionths."""
    return (value * MILLIONTHS).round().cast(pl.Int64)


def _others(
    stays: pl.DataFrame, cell: list[str], measures: Sequence[str], width: int
) -> pl.DataFrame:
    """Add sums and number of the stays of other hospitals in a cell."""
    sums = [pl.col(name).sum() for name in measures]
    every = stays.group_by(cell).agg(*sums, n=pl.len().cast(pl.Int64))
    own = stays.group_by([*cell, "hospital_id"]).agg(*sums, n=pl.len().cast(pl.Int64))
    columns = [*measures, "n"]
    others = own.join(every, on=cell, suffix="_all", nulls_equal=True).select(
        *cell,
        "hospital_id",
        *(
            (pl.col(f"{name}_all") - pl.col(name)).alias(new)
            for name, new in zip(columns, _names(width, columns), strict=True)
        ),
    )
    return stays.join(others, on=[*cell, "hospital_id"], how="left", nulls_equal=True)


def _names(width: int, columns: Sequence[str]) -> list[str]:
    return [f"{name}_others_{width}" for name in columns]


def _rate(measure: str, widths: int) -> pl.Expr:
    """Mean of the narrowest cell, each drawn to the next wider one; null for a lone hospital."""
    rate = _mean(measure, widths - 1)
    for width in range(widths - 2, -1, -1):
        total, n = pl.col(f"{measure}_others_{width}"), pl.col(f"n_others_{width}")
        rate = (total + PRIOR_RECORDS * rate) / (n + PRIOR_RECORDS)
    return rate


def _mean(measure: str, width: int) -> pl.Expr:
    total, n = pl.col(f"{measure}_others_{width}"), pl.col(f"n_others_{width}")
    return pl.when(n > 0).then(total / n)
