"""Diagnoses, operations and items that belong to one sex or to an age."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.codes import begins, entries, in_force, mentions, spread

if TYPE_CHECKING:
    from datetime import date

FILE = Path(__file__).with_name("demographics.toml")


@dataclass(frozen=True)
class Belonging:
    """Codes and the persons they can be true of; ages in years, ``to_age`` left out."""

    name: str
    name_zh: str
    sex: str | None
    from_age: float | None
    to_age: float | None
    diagnoses: tuple[str, ...]
    operations: tuple[str, ...]
    items: tuple[str, ...]
    since: date


@cache
def load_belongings(path: Path = FILE) -> tuple[Belonging, ...]:
    """Read the codes of one sex or age, in written order."""
    return tuple(
        Belonging(
            name,
            entry["name_zh"],
            entry.get("sex"),
            entry.get("from_age"),
            entry.get("to_age"),
            spread(entry.get("diagnoses", ())),
            spread(entry.get("operations", ())),
            tuple(entry.get("items", ())),
            entry["since"],
        )
        for name, entry in entries(path).items()
    )


def wrong_sex(kind: str, column: str) -> pl.Expr:
    """Whether what a column names is of the other sex than the one in ``sex``.

    ``kind`` is 'diagnoses', 'operations' or 'items'.
    """
    return pl.any_horizontal(
        _names(one, kind, column) & (pl.col("sex") != one.sex).fill_null(value=False)
        for one in load_belongings()
        if one.sex
    )


def wrong_age(kind: str, column: str) -> pl.Expr:
    """Whether what a column names cannot be true at the age in ``age`` (years)."""
    return pl.any_horizontal(
        _names(one, kind, column) & _outside(one) for one in load_belongings() if not one.sex
    )


def choosy(kind: str, column: str) -> pl.Expr:
    """Whether what a column names belongs to any sex or age at all."""
    return pl.any_horizontal(_told(one, kind, column) for one in load_belongings())


def _names(one: Belonging, kind: str, column: str) -> pl.Expr:
    return _told(one, kind, column) & in_force(one.since)


def _told(one: Belonging, kind: str, column: str) -> pl.Expr:
    parts: tuple[str, ...] = getattr(one, kind)
    return mentions(column, parts) if kind == "items" else begins(column, parts)


def _outside(one: Belonging) -> pl.Expr:
    too_young = pl.lit(value=False) if one.from_age is None else pl.col("age") < one.from_age
    too_old = pl.lit(value=False) if one.to_age is None else pl.col("age") >= one.to_age
    return (too_young | too_old).fill_null(value=False)
