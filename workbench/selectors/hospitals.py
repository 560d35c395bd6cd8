"""Hospitals as known on the newest published night: name, district, level."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from claims.tables import HOSPITALS
from workbench.selectors.nights import readable, scan

if TYPE_CHECKING:
    import polars as pl

    from claims.lake import Lake
    from workbench.selectors.nights import Night

SHOWN = ("hospital_id", "name", "district", "level")


def known(lake: Lake, nights: tuple[Night, ...]) -> pl.DataFrame:
    """One row a hospital, its newest; no row where hospitals were never delivered."""
    return _known(lake, nights[0]) if nights else _nothing()


@lru_cache(maxsize=4)
def _known(lake: Lake, night: Night) -> pl.DataFrame:
    with readable(lake):
        rows = scan(lake, night, HOSPITALS.name)
        if rows is None:
            return _nothing()
        newest = rows.sort("received_on").group_by("hospital_id", maintain_order=True).last()
        return newest.select(SHOWN).sort("hospital_id").collect()


def districts(lake: Lake, nights: tuple[Night, ...]) -> list[str]:
    """The districts that have a hospital."""
    return known(lake, nights)["district"].drop_nulls().unique().sort().to_list()


def _nothing() -> pl.DataFrame:
    return HOSPITALS.empty().select(SHOWN)
