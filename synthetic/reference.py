"""The small tables in ``data/``: groups, kits, consumables, services, cost structures.

Group codes and names: CHS-DRG 1.1; diagnoses ICD-10 and procedures ICD-9-CM-3, insurance
editions. Lengths, costs, shares and prices: calibration of the domain dossier, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Reference:
    """The calibration tables; row numbers of ``groups`` and ``generics`` are used as keys."""

    groups: pl.DataFrame
    kits: pl.DataFrame
    generics: pl.DataFrame
    services: pl.DataFrame
    structures: pl.DataFrame

    def group(self, adrg: str) -> int:
        """Row number of a diagnosis group by its three-letter code."""
        return self.groups["adrg"].to_list().index(adrg)

    def members(self, **wanted: str) -> list[int]:
        """Row numbers of the groups whose columns have the wanted values."""
        chosen = self.groups.with_row_index("row")
        for column, value in wanted.items():
            chosen = chosen.filter(pl.col(column) == value)
        return chosen["row"].to_list()

    @classmethod
    def load(cls) -> Reference:
        """Read the tables that ship with the package."""
        names = ("groups", "kits", "consumables", "services", "structures")
        text = {"drgs": pl.String, "sides": pl.String, "scale": pl.String, "cut": pl.Float64,
                "before": pl.Float64, "after": pl.Float64}  # fmt: skip
        text |= {"before": pl.Float64, "after": pl.Float64}
        frames = [pl.read_csv(DATA / f"{name}.csv", schema_overrides=text) for name in names]
        return cls(*frames)
