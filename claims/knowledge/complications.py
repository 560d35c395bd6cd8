"""Complications: which diagnoses raise a group, and what must stand in the bill beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.codes import entries, spread

if TYPE_CHECKING:
    from datetime import date

HERE = Path(__file__).parent
# The digit that a CHS-DRG code ends in, by the gravest complication that counts.
MAJOR, MINOR, PLAIN = "1", "3", "5"
# Prefixes of severity.csv name categories (A41) or subcategories (A41.9).
CATEGORY, SUBCATEGORY = 3, 5


@dataclass(frozen=True)
class Complication:
    """A diagnosis that must leave traces: one of the tests and one of the treatments.

    ``telling`` says that both together point to it, so that its code is missed too.
    """

    name: str
    name_zh: str
    codes: tuple[str, ...]
    tests: tuple[str, ...]
    treatments: tuple[str, ...]
    since: date
    telling: bool = False


@cache
def load_complications(path: Path = HERE / "complications.toml") -> tuple[Complication, ...]:
    """Read what must go with a complication, in written order."""
    return tuple(
        Complication(
            name,
            entry["name_zh"],
            spread(entry["codes"]),
            tuple(entry["tests"]),
            tuple(entry["treatments"]),
            entry["since"],
            entry.get("telling", False),
        )
        for name, entry in entries(path).items()
    )


@cache
def severity() -> pl.DataFrame:
    """``prefix`` (three or five characters of ICD-10) and ``level``, 'mcc' or 'cc'.

    The complications of CHS-DRG 1.1 in the fewest prefixes that name the same codes. Its
    lists of main diagnoses beside which a complication does not count are not here.
    """
    return pl.read_csv(HERE / "severity.csv")


def level(column: str) -> pl.Expr:
    """'mcc', 'cc' or null for the diagnosis in a column."""
    known = dict(severity().iter_rows())
    code = pl.col(column)
    return pl.coalesce(
        code.str.slice(0, length).replace_strict(known, default=None, return_dtype=pl.String)
        for length in (CATEGORY, SUBCATEGORY)
    )
