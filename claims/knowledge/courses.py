"""Care that comes in courses of many stays: cancer cycles, dialysis, births."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from claims.knowledge.codes import begins, entries, spread

if TYPE_CHECKING:
    import polars as pl

FILE = Path(__file__).with_name("courses.toml")


@cache
def load_courses(path: Path = FILE) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Groups and diagnoses of each kind of course, as prefixes."""
    return {
        name: (tuple(entry["groups"]), spread(entry["diagnoses"]))
        for name, entry in entries(path).items()
    }


def of_a_course(group: str, diagnosis: str) -> pl.Expr:
    """Whether a stay's group or main diagnosis is one of a course; false where unknown."""
    groups, diagnoses = zip(*load_courses().values(), strict=True)
    return begins(group, sum(groups, ())) | begins(diagnosis, sum(diagnoses, ()))
