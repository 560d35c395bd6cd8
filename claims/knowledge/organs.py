"""Organs that a person has once: what removes them, and what needs them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.codes import begins, entries, spread

if TYPE_CHECKING:
    from datetime import date

FILE = Path(__file__).with_name("organs.toml")


@dataclass(frozen=True)
class Organ:
    """An organ that there is only one of."""

    name: str
    name_zh: str
    removals: tuple[str, ...]
    illnesses: tuple[str, ...]
    since: date


@cache
def load_organs(path: Path = FILE) -> tuple[Organ, ...]:
    """Read the organs, in written order."""
    return tuple(
        Organ(
            name,
            entry["name_zh"],
            spread(entry["removals"]),
            spread(entry["illnesses"]),
            entry["since"],
        )
        for name, entry in entries(path).items()
    )


def removed(column: str) -> pl.Expr:
    """Name of the organ that the operation in a column takes out, or null."""
    return pl.coalesce(
        _named(organ.name, begins(column, organ.removals)) for organ in load_organs()
    )


def ill(column: str) -> pl.Expr:
    """Name of the organ that the diagnosis in a column needs, or null."""
    return pl.coalesce(
        _named(organ.name, begins(column, organ.illnesses)) for organ in load_organs()
    )


def _named(name: str, told: pl.Expr) -> pl.Expr:
    return pl.when(told).then(pl.lit(name)).otherwise(pl.lit(None, pl.String))
