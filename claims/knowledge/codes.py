"""Lists of codes as people write them: prefixes and ranges, 'N80-N98' or '65-71'."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

RANGE = re.compile(r"^([A-Z]?)(\d\d)-\1(\d\d)$")


def spread(written: Iterable[str]) -> tuple[str, ...]:
    """Prefixes of codes, every range written out."""
    return tuple(prefix for one in written for prefix in _spread(one))


def _spread(one: str) -> list[str]:
    found = RANGE.match(one)
    if found is None:
        return [one]
    letter, first, last = found.groups()
    return [f"{letter}{number:02}" for number in range(int(first), int(last) + 1)]


def begins(column: str, prefixes: tuple[str, ...]) -> pl.Expr:
    """Whether a code begins with one of the prefixes; false for a null or for no prefixes."""
    return _matches(column, "^(?:{})", prefixes)


def mentions(column: str, words: tuple[str, ...]) -> pl.Expr:
    """Whether a name holds one of the words; false for a null or for no words."""
    return _matches(column, "{}", words)


def _matches(column: str, pattern: str, parts: tuple[str, ...]) -> pl.Expr:
    if not parts:
        return pl.lit(value=False)
    either = "|".join(re.escape(part) for part in parts)
    return pl.col(column).str.contains(pattern.format(either)).fill_null(value=False)


def in_force(since: date, day: str = "event_on") -> pl.Expr:
    """Whether an entry held on the day in a column."""
    return (pl.col(day) >= since).fill_null(value=False)


def entries(path: Path) -> dict[str, dict[str, Any]]:
    """The entries of a file of knowledge, by name."""
    with path.open("rb") as file:
        return tomllib.load(file)
