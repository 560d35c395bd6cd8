"""Prepared frames: the joins that features share, each column with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from claims.history import History

Pair = tuple[str, str]
Alternatives = tuple[frozenset[Pair], ...]


def source(*names: str) -> Alternatives:
    """One way to fill a column: all of these 'table.column' together."""
    return (frozenset(_pair(name) for name in names),)


def either(*ways: Alternatives) -> Alternatives:
    """Several ways to fill a column, any of which is enough."""
    return tuple(way for alternatives in ways for way in alternatives)


def together(*parts: Alternatives) -> Alternatives:
    """All of several inputs, each with its own ways to be filled."""
    ways: Alternatives = (frozenset(),)
    for part in parts:
        ways = tuple(way | more for way in ways for more in part)
    return ways


def _pair(name: str) -> Pair:
    table, column = name.split(".")
    return table, column


@dataclass(frozen=True)
class Frame:
    """A prepared frame.

    ``build(history, subjects)`` gives a lazy frame with ``subject_id`` and the columns
    named in ``sources``; ``subjects`` has ``subject_id`` and ``as_of`` (a date). ``single``
    says that each subject has exactly one row. ``needs`` is what rows need to exist at all.
    """

    name: str
    build: Callable[[History, pl.LazyFrame], pl.LazyFrame]
    sources: Mapping[str, Alternatives]
    single: bool = False
    needs: Alternatives = ()

    def lacking(self, column: str, present: frozenset[Pair]) -> list[str]:
        """What is missing to fill a column, [] when it can be filled."""
        return _lacking(self.sources[column], present)

    def lacking_rows(self, present: frozenset[Pair]) -> list[str]:
        """What is missing for any row of this frame to exist."""
        return _lacking(self.needs, present)


def _lacking(ways: Alternatives, present: frozenset[Pair]) -> list[str]:
    if not ways or any(way <= present for way in ways):
        return []
    nearest = min(ways, key=lambda way: len(way - present))
    return [f"{table}.{column}" for table, column in sorted(nearest - present)]
