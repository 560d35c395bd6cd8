"""Dated inclusions: goods that the price of a service contains, not billed beside it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from datetime import date

FILE = Path(__file__).with_name("inclusions.toml")
FRAME: dict[str, Any] = {
    "class_code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "services": pl.String,
    "unless": pl.String, "apart": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Inclusion:
    """One version: classes of goods, and words in the names of the services that hold them.

    ``unless`` are words of services that need such goods for themselves; ``days`` is how far
    apart goods and service may stand on the bill. In force from ``since``, before ``until``.
    """

    name: str
    since: date
    until: date | None
    classes: tuple[str, ...]
    services: tuple[str, ...]
    unless: tuple[str, ...]
    days: int


@cache
def load_inclusions(path: Path = FILE) -> tuple[Inclusion, ...]:
    """Read the dated inclusions; ``until`` is the day on which the next version begins."""
    with path.open("rb") as file:
        raw: dict[str, dict[str, Any]] = tomllib.load(file)
    return tuple(one for name, entry in raw.items() for one in _versions(name, entry["versions"]))


def _versions(name: str, entries: list[dict[str, Any]]) -> list[Inclusion]:
    ordered = sorted(entries, key=lambda entry: entry["since"])
    ends = [*(later["since"] for later in ordered[1:]), None]
    return [
        Inclusion(
            name, one["since"], end, tuple(one["classes"]), tuple(one["services"]),
            tuple(one["unless"]), one["days"],
        )
        for one, end in zip(ordered, ends, strict=True)
    ]  # fmt: skip


def inclusion_frame() -> pl.DataFrame:
    """One row a version and class; ``services`` and ``unless`` are patterns of names."""
    rows = [
        (code, one.since, one.until, _pattern(one.services), _pattern(one.unless), one.days)
        for one in load_inclusions()
        for code in one.classes
    ]
    return pl.DataFrame(rows, schema=FRAME, orient="row")


def _pattern(words: tuple[str, ...]) -> str:
    """A pattern that finds one of the words; of no words, one that finds nothing."""
    return "|".join(re.escape(word) for word in words) or r"[^\s\S]"
