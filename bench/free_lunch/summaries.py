"""Simple summaries of child tables: count, sum, smallest, largest, number of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import polars as pl

Tables: TypeAlias = Mapping[str, pl.DataFrame]


def summary(rows: pl.DataFrame, keys: Sequence[str], called: str) -> pl.DataFrame:
    """One row a key: the number of its rows and simple figures of every other column."""
    schema = {name: kind for name, kind in rows.schema.items() if name not in keys}
    figures = [one for name, kind in schema.items() for one in _figures(name, kind, called)]
    return rows.group_by(keys).agg(pl.len().alias(f"{called} count"), *figures)


def _figures(name: str, kind: pl.DataType, called: str) -> Iterator[pl.Expr]:
    column, title = pl.col(name), f"{called}.{name}"
    if kind == pl.Boolean:
        yield column.sum().alias(f"{title} true")
        return
    if kind == pl.String:
        yield column.n_unique().alias(f"{title} values")
        yield column.count().alias(f"{title} known")
        return
    yield column.min().alias(f"{title} smallest")
    yield column.max().alias(f"{title} largest")
    yield column.n_unique().alias(f"{title} values")
    if kind.is_numeric():
        yield column.sum().alias(f"{title} sum")


def by_kind(
    rows: pl.DataFrame, keys: Sequence[str], kind: str, number: str, called: str
) -> pl.DataFrame:
    """One row a key: rows and sum of a number for each value of a kind, 0 where none."""
    kinds = sorted(rows[kind].drop_nulls().unique())
    of = {name: pl.col(kind) == name for name in kinds}
    counts = [mask.sum().alias(f"{called} count of {name}") for name, mask in of.items()]
    sums = [
        pl.col(number).filter(mask).sum().alias(f"{called} {number} of {name}")
        for name, mask in of.items()
    ]
    return rows.group_by(keys).agg(*counts, *sums)


def newest(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The last row of each key, by the dates that it has."""
    dates = [name for name in ("received_on", "valid_from") if name in rows.columns]
    return rows.sort(*keys, *dates).unique(keys, keep="last", maintain_order=True)


def titled(rows: pl.DataFrame, keys: Sequence[str], called: str) -> pl.DataFrame:
    """Rows whose columns, keys apart, bear the name of their table."""
    return rows.rename({name: f"{called}.{name}" for name in rows.columns if name not in keys})


def beside(subjects: pl.DataFrame, *others: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Subjects with the columns of others; counts and sums are 0 where there is no row."""
    joined = subjects
    for other in others:
        joined = joined.join(other, on=on, how="left", maintain_order="left")
    empty = [
        name
        for name in joined.columns
        if name not in subjects.columns and (" count" in name or name.endswith(" sum"))
    ]
    return joined.with_columns(pl.col(empty).fill_null(0))
