"""C04 non-covered billed as covered 目录外串换目录内."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, misbilled, uses
from synthetic.families import COVERED_INSTEAD
from synthetic.grammar import Dose, scheme
from synthetic.stock import PLACE

if TYPE_CHECKING:
    from synthetic.state import City

SHOWN = 1  # the difficulty whose bill shows the identifier of the item used
COPIED = 3  # from this difficulty on the record names the billed item
CUNNING = 4
PIECES_A_YEAR = 2  # of a product and hospital, difficulty 4; the published tolerance is 3 units
BRANDS = 3  # products of a generic


@scheme(
    code="C04",
    title_en="non-covered item billed as covered",
    title_zh="目录外串换目录内",
    stage="goods",
    subject="use",
    share=0.0008,
    recipe={
        1: "a covered item that the hospital never bought, under the device identifier of the"
        " non-covered one that was used",
        2: "the same, under its own identifier; record and stock name the non-covered one",
        3: "the record copies the bill; only purchases and lot tell",
        4: "the same with a covered item that the hospital does buy, at most two pieces a year",
    },
    traces=("fee_lines.item_code", "fee_lines.covered", "fee_lines.udi_di", "device_uses"),
)
def covered_name(city: City, dose: Dose) -> City:
    """What the patient should have paid is put to the fund under the nearest covered code.

    The loss is all that was billed under that code.
    """
    rows = _candidates(city)
    bought = _places(city)
    strange = _priced(city, _never_bought(city, rows, bought))
    known = _priced(city, _usual(city, rows).join(bought, on=["hospital", "instead"], how="semi"))
    few = misbilled.few_a_year(city, known, "instead", PIECES_A_YEAR)
    single = few.filter(pl.col("units") == 1)
    strange, single = (
        campaigns.evened(city.world, "C04", rows, "generic") for rows in (strange, single)
    )
    fitting = {1: strange, 2: strange, 3: strange, CUNNING: single}
    chosen = campaigns.choose_each(city.world, "C04", fitting, dose)
    chosen = chosen.unique(["stay", "instead"], keep="first", maintain_order=True)
    chosen = chosen.with_columns(
        shown=pl.col("difficulty") == SHOWN,
        copied=pl.col("difficulty") >= COPIED,
        amount=pl.col("price") * pl.col("units"),
    )
    named = misbilled.billed_as(city, chosen)
    return named.guilty_uses("C04", chosen.with_columns(product="instead"))


def _candidates(city: City) -> pl.DataFrame:
    """Uses that patients pay themselves, with the generic of the covered item."""
    true = misbilled.honest_uses(city)
    names = city.world.reference.generics["key"].to_list()
    covered = {own: names.index(instead) for own, instead in COVERED_INSTEAD.items()}
    generic = misbilled.keys_of(city, true["product"]).replace_strict(
        covered, default=None, return_dtype=pl.Int64
    )
    return true.with_columns(generic=generic).drop_nulls("generic")


def _places(city: City) -> pl.DataFrame:
    """Hospitals and products that were ever on their shelves."""
    if city.goods is None:
        return pl.DataFrame(schema={"hospital": pl.Int64, "instead": pl.Int64})
    store = city.goods
    both = pl.concat([store.purchases.select(PLACE), store.moves.select(PLACE)])
    return both.unique().rename({"product": "instead"})


def _never_bought(city: City, rows: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """One covered product each that the hospital has never had, likelier one that others use."""
    world, parts = city.world, [rows.clear().with_columns(instead=pl.lit(None, pl.Int64))]
    for generic in rows["generic"].unique().sort().to_list():
        mine = rows.filter(pl.col("generic") == generic)
        for product in np.flatnonzero(world.products.generic == generic)[:BRANDS].tolist():
            coded = world.products.coded(np.full(len(mine), product), mine["day"].to_numpy())
            parts.append(mine.with_columns(instead=pl.Series(coded, dtype=pl.Int64)))
    free = pl.concat(parts).join(bought, on=["hospital", "instead"], how="anti")
    share = np.array(uses.SHARES)[world.products.frame["variant"].to_numpy()[free["instead"]]]
    luck = world.draw.uniform("c04/brand", free["hospital"], free["instead"]) ** (1 / share)
    return (
        free.with_columns(luck=-pl.Series(luck))
        .sort("key", "luck")
        .unique("key", keep="first", maintain_order=True)
        .drop("luck")
    )


def _usual(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The covered product that the hospital uses most."""
    world, parts = city.world, [rows.clear().with_columns(instead=pl.lit(None, pl.Int64))]
    for generic in rows["generic"].unique().sort().to_list():
        mine = rows.filter(pl.col("generic") == generic)
        where = mine["hospital"].to_numpy(), mine["source"].to_numpy()
        usual = uses.usual_product(world, generic, *where)
        coded = world.products.coded(usual, mine["day"].to_numpy())
        parts.append(mine.with_columns(instead=pl.Series(coded, dtype=pl.Int64)))
    return pl.concat(parts)


def _priced(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The price of the covered item, where the stay has none of it."""
    rows = misbilled.not_yet_there(city, rows, "instead")
    where = (rows[n].to_numpy() for n in ("hospital", "instead", "day"))
    return rows.with_columns(price=pl.Series(misbilled.asked_price(city.world, *where)))
