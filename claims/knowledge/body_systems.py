"""What belongs together: groups, operations and main diagnoses of one system of the body."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.codes import begins, entries, in_force, spread

if TYPE_CHECKING:
    from datetime import date

HERE = Path(__file__).parent
UNGROUPED = r"^(?:00|.?QY)"


@dataclass(frozen=True)
class BodySystem:
    """A system of the body; ``groups`` are first letters of case groups."""

    name: str
    name_zh: str
    groups: tuple[str, ...]
    operations: tuple[str, ...]
    diagnoses: tuple[str, ...]
    since: date


@cache
def load_body_systems(path: Path = HERE / "body_systems.toml") -> tuple[BodySystem, ...]:
    """Read the systems, in written order."""
    return tuple(
        BodySystem(
            name,
            entry["name_zh"],
            tuple(entry["groups"]),
            spread(entry["operations"]),
            spread(entry["diagnoses"]),
            entry["since"],
        )
        for name, entry in entries(path).items()
    )


def operation_fits(operation: str, diagnosis: str) -> pl.Expr:
    """Whether an operation goes with a diagnosis; null where nothing is known of it."""
    return _fits("operations", operation, diagnosis)


def group_fits(group: str, diagnosis: str) -> pl.Expr:
    """Whether a case group goes with a main diagnosis; null where nothing is known of it."""
    return _fits("groups", group, diagnosis)


def _fits(kind: str, column: str, diagnosis: str) -> pl.Expr:
    """Any system that names the first must name the second too, if one does."""
    named = [
        (begins(column, getattr(one, kind)) & in_force(one.since), begins(diagnosis, one.diagnoses))
        for one in load_body_systems()
    ]
    known = pl.any_horizontal(mine for mine, _ in named) & pl.col(diagnosis).is_not_null()
    return pl.when(known).then(pl.any_horizontal(mine & yours for mine, yours in named))


@cache
def _not_main() -> tuple[tuple[str, ...], date]:
    entry = entries(HERE / "grouping.toml")["not_main"]
    return spread(entry["diagnoses"]), entry["since"]


def never_main(diagnosis: str) -> pl.Expr:
    """Whether no coding rule lets this diagnosis stand first."""
    prefixes, since = _not_main()
    return begins(diagnosis, prefixes) & in_force(since)


def ungrouped(group: str) -> pl.Expr:
    """Whether the group says that the case fell into none."""
    return pl.col(group).str.contains(UNGROUPED)
