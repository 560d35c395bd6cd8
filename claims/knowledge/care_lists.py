"""Dated lists of codes and words: what is low acuity, what needs a bed, what explains much."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from claims.errors import LakeError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

FILE = Path(__file__).with_name("care_lists.toml")
Match = Literal["starts", "holds"]


@dataclass(frozen=True)
class CareList:
    """One list and its history.

    ``match`` says how a text fits: it ``starts`` with an entry (codes), or ``holds`` one
    (words in the name of an item). ``values`` maps the first day of a version to its entries.
    """

    name: str
    doc: str
    basis: str
    match: Match
    values: Mapping[date, tuple[str, ...]]

    def fits(self, text: pl.Expr, day: pl.Expr) -> pl.Expr:
        """Whether a text fits the list as it stood on a day; null for no text or no list yet."""
        fitting = pl.lit(None, pl.Boolean)
        for since in sorted(self.values):
            fitting = pl.when(day >= since).then(self._one(text, since)).otherwise(fitting)
        return fitting

    def _one(self, text: pl.Expr, since: date) -> pl.Expr:
        entries = "|".join(re.escape(entry) for entry in self.values[since])
        return text.str.contains(f"^(?:{entries})" if self.match == "starts" else entries)


@dataclass(frozen=True)
class CareLists:
    """All lists by name."""

    by_name: Mapping[str, CareList]

    def __getitem__(self, name: str) -> CareList:
        """The list of this name; an error with a hint otherwise."""
        if name not in self.by_name:
            hint = did_you_mean(name, self.by_name)
            raise LakeError(
                f"There is no list '{name}' in claims/knowledge/care_lists.toml.",
                f"Declare it there with a basis, a way to match and a first version.{hint}",
            )
        return self.by_name[name]


@cache
def load_care_lists(path: Path = FILE) -> CareLists:
    """Read the dated lists."""
    with path.open("rb") as file:
        raw: dict[str, dict[str, Any]] = tomllib.load(file)
    return CareLists({name: _care_list(name, entry) for name, entry in raw.items()})


def _care_list(name: str, entry: dict[str, Any]) -> CareList:
    values = {one["since"]: tuple(one["entries"]) for one in entry["versions"]}
    return CareList(name, entry["doc"], entry["basis"], entry["match"], values)
