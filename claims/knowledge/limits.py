"""Dated limits: each value with its unit, since when it holds, and by which document."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.errors import LakeError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).with_name("limits.toml")


@dataclass(frozen=True)
class Limit:
    """One limit and its history.

    ``values`` maps the first day on which a value holds to the value, in ``unit``. ``zh`` and
    ``basis_zh`` are its name and basis in Chinese, for limits whose words reach a dossier.
    """

    name: str
    doc: str
    unit: str
    basis: str
    values: Mapping[date, float]
    zh: str = ""
    basis_zh: str = ""

    def since(self, day: date) -> date | None:
        """The first day of the value that held on a day; None before the first one."""
        return max((since for since in self.values if since <= day), default=None)

    def on(self, day: date) -> float | None:
        """The value that held on a day; None before the first one."""
        since = self.since(day)
        return None if since is None else self.values[since]

    def at(self, day: str) -> pl.Expr:
        """The value that held on the day in a column, null before the first one."""
        held = pl.lit(None, pl.Float64)
        for since in sorted(self.values):
            value = pl.lit(self.values[since], pl.Float64)
            held = pl.when(pl.col(day) >= since).then(value).otherwise(held)
        return held


@dataclass(frozen=True)
class Limits:
    """All limits by name, and which of them were asked for."""

    by_name: Mapping[str, Limit]

    def __getitem__(self, name: str) -> Limit:
        """The limit of this name; KeyError-like error with a hint otherwise."""
        if name not in self.by_name:
            hint = did_you_mean(name, self.by_name)
            raise LakeError(
                f"There is no limit '{name}' in claims/knowledge/limits.toml.",
                f"Declare it there with a unit, a basis and a first day.{hint}",
            )
        return self.by_name[name]


@cache
def load_limits(path: Path = FILE) -> Limits:
    """Read the dated limits."""
    with path.open("rb") as file:
        raw: dict[str, dict[str, Any]] = tomllib.load(file)
    return Limits({name: _limit(name, entry) for name, entry in raw.items()})


def _limit(name: str, entry: dict[str, Any]) -> Limit:
    values = {date.fromisoformat(day): float(value) for day, value in entry["values"].items()}
    words = {key: entry.get(key, "") for key in ("zh", "basis_zh")}
    return Limit(name, entry["doc"], entry["unit"], entry["basis"], values, **words)
