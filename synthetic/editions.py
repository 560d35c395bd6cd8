"""Editions of the diagnosis codes: the same category with an extension of another list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from synthetic.world import World

CATEGORY = 5  # characters of an ICD-10 subcategory with its point, such as I25.1
EXTENSION = "00x9"  # how the next edition begins its extensions
CODED = {"stays": "principal_diagnosis", "stay_diagnoses": "code"}


def next_edition(code: str) -> pl.Expr:
    """A column of codes in the next edition; the subcategory stays."""
    category = pl.col(code).str.slice(0, CATEGORY)
    return category + pl.lit(EXTENSION) + pl.col(code).str.slice(-2)


def recoded(
    world: World, plan: pl.DataFrame, tables: dict[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The tables of some stays, coded in the next edition from its day of discharge on."""
    begun = world.since.coding[plan["coded_group"].to_numpy()]
    leave = plan["admit"].to_numpy() + plan["los"].to_numpy()
    new = plan.filter(pl.Series(leave >= begun))["stay_id"].implode()
    renamed = {
        name: tables[name].with_columns(
            pl.when(pl.col("stay_id").is_in(new))
            .then(next_edition(column))
            .otherwise(column)
            .alias(column)
        )
        for name, column in CODED.items()
    }
    return {**tables, **renamed}
