"""Rows of large frames written anew in place, so that only what changes is copied."""

from __future__ import annotations

import polars as pl

PLAN_ORDER = ["chain", "admit", "key"]


def written_over(before: pl.DataFrame, changed: pl.DataFrame, key: str) -> pl.DataFrame:
    """``before``, sorted by its unique ``key``, with some of its rows written anew."""
    named = _like(before, changed)
    return _scattered(before, before[key].search_sorted(named[key]), named)


def planned_anew(plan: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """A plan, in ``PLAN_ORDER``, with rows replaced (same key) or added (a new key).

    Rows that keep their place are written over where they stand; a plan is put in order anew
    only for those that are new or move, since a copy of it fills hundreds of megabytes.
    """
    named = _like(plan, changed)
    places = plan.select("key", place=pl.int_range(pl.len()))
    at = named.select("key").join(places, on="key", how="left", maintain_order="left")["place"]
    stands = at.is_not_null()
    for name in PLAN_ORDER:
        stands &= (plan[name].gather(at) == named[name]).fill_null(value=False)
    whole = _scattered(plan, at.filter(stands), named.filter(stands))
    moved = named.filter(~stands)
    if moved.is_empty():
        return whole
    rest = whole.join(moved.select("key"), on="key", how="anti", maintain_order="left")
    return pl.concat([rest, moved]).sort(PLAN_ORDER)


def _like(before: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(kind) for name, kind in before.schema.items())


def _scattered(before: pl.DataFrame, place: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    columns = [
        before[name].clone().scatter(place, rows[name])
        for name in before.columns
        if not before[name].gather(place).equals(rows[name], null_equal=True)
    ]
    return before.with_columns(columns)
