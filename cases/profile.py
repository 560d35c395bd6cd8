"""The standard of a case group, gathered from its frozen tables so that a person can read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.wording import FEW_PEERS
from claims.errors import NotFoundError, did_you_mean
from features.catalogue import STAYS
from features.item_standards import FEWEST_STAYS
from features.shown import divisor
from features.standards import FEWEST_PEERS, MEASURES, PRIOR_RECORDS

if TYPE_CHECKING:
    from datetime import date

FAMILY_CHARACTERS = 3
CITY = "*|*|*|*"
FEATURE_COLUMNS = (
    "feature", "zh", "unit", "cell", "n", "borrowed", "weak", *MEASURES,
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The group a person asked for."""

    drg: str
    level: str | None = None
    scheme: str | None = None

    def cells(self) -> list[str]:
        """Names of its peer groups, the narrowest first."""
        wide = [f"{self.drg}|*|*|*", f"*|*|*|{self.drg[:FAMILY_CHARACTERS]}", CITY]
        if self.level is None:
            return wide
        level = [f"{self.drg}|{self.level}|*|*"]
        scheme = [f"{self.drg}|{self.level}|{self.scheme}|*"] if self.scheme else []
        return [*scheme, *level, *wide]


@dataclass(frozen=True)
class Profile:
    """What is usual in a case group, frozen under one version.

    ``features`` has ``FEATURE_COLUMNS``, amounts in yuan, shares as fractions; ``borrowed``
    is the part a figure owes to the wider group. ``items`` and ``days`` are rows of their
    tables for one cell each, empty where there is none.
    """

    asked: Asked
    version: str
    frozen_on: date
    features: pl.DataFrame
    items: pl.DataFrame
    days: pl.DataFrame


def profile(
    standards: pl.DataFrame,
    items: pl.DataFrame,
    days: pl.DataFrame,
    asked: Asked,
    version: str | None = None,
) -> Profile:
    """Gather one version's standard of a group of stays, the newest unless one is named.

    Raises NotFoundError when nothing was frozen, or not for this group.
    """
    stays = standards.filter(pl.col("entity") == STAYS.entity.name)
    name, on = _edition(stays, version)
    mine = stays.filter(pl.col("version") == name)
    _check_group(mine, asked)
    return Profile(
        asked,
        name,
        on,
        _features(mine, asked),
        _narrowest(items.filter(pl.col("version") == name), asked),
        _narrowest(days.filter(pl.col("version") == name), asked),
    )


def _edition(stays: pl.DataFrame, version: str | None) -> tuple[str, date]:
    known = dict(stays.select("version", "run_date").unique().sort("run_date").iter_rows())
    if not known:
        raise NotFoundError(
            "No standard of stays has been frozen yet.", "Run `jianbao retrain` or a night first."
        )
    name = version or next(reversed(known))
    if name not in known:
        raise NotFoundError(
            f"There is no standard of version '{name}'.",
            f"Versions: {', '.join(known)}.{did_you_mean(name, known)}",
        )
    return name, known[name]


def _check_group(mine: pl.DataFrame, asked: Asked) -> None:
    own = [cell for cell in asked.cells() if cell != CITY]
    if mine.filter(pl.col("cell").is_in(own)).is_empty():
        groups = {part for cell in mine["cell"].unique() for part in cell.split("|")[::3]} - {"*"}
        raise NotFoundError(
            f"No stay of the group '{asked.drg}' is in the standard.",
            f"Ask for a case group, as ES35, or a family of them, as ES3."
            f"{did_you_mean(asked.drg, groups)}",
        )


def _features(mine: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """The narrowest cell of each feature that has enough records, as comparisons read it."""
    order = {cell: place for place, cell in enumerate(asked.cells())}
    ranked = mine.filter(pl.col("cell").is_in(list(order))).with_columns(
        place=pl.col("cell").replace_strict(order, return_dtype=pl.Int64),
        few=pl.col("n") < FEWEST_PEERS,
    )
    found = ranked.sort("few", "place").unique("feature", keep="first", maintain_order=True)
    by_name = {row["feature"]: row for row in found.to_dicts()}
    rows = [_row(by_name[item.name], item.name) for item in STAYS.features if item.name in by_name]
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(MEASURES, pl.Float64()))


def _row(standard: dict[str, Any], name: str) -> dict[str, Any]:
    feature, n = STAYS[name], standard["n"]
    by = divisor(STAYS, name)
    owed = 0.0 if standard["cell"] == CITY else PRIOR_RECORDS / (n + PRIOR_RECORDS)
    told = {
        "feature": name,
        "zh": feature.zh,
        "unit": feature.unit.name,
        "cell": standard["cell"],
        "n": n,
        "borrowed": owed,
        "weak": n < FEW_PEERS,
    }
    return told | {measure: standard[measure] / by for measure in MEASURES}


def _narrowest(rows: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """Rows of the narrowest cell that speaks: the whole city never does."""
    sizes = dict(rows.group_by("cell").agg(pl.col("n").max()).iter_rows())
    speaking = [cell for cell in asked.cells() if sizes.get(cell, 0) >= FEWEST_STAYS]
    return rows.filter(pl.col("cell") == next((one for one in speaking if one != CITY), None))
