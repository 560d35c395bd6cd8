"""C07 set split into parts 组套拆分: a set was used, its parts are billed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, misbilled
from synthetic.families import PARTS
from synthetic.grammar import Dose, scheme
from synthetic.sets import parts_of_sets

if TYPE_CHECKING:
    from synthetic.state import City

PARTS_OF_ONE = 3.3  # billed parts, each a subject, that come from one set
LEAST_GAIN = 1.03  # sum of the parts over the price of the set
CUNNING, CUNNING_GAIN = 4, (0.004, 0.009)  # the usual limit lets a sum of 1% above pass
SHOWN, COPIED = 1, 3  # difficulty whose bill shows the set's identifier; record is copied from
PART = "part"


@scheme(
    code="C07",
    title_en="set split into its parts",
    title_zh="组套拆分收费",
    stage="goods",
    subject="use",
    share=0.0008,
    recipe={
        1: "each part is billed under its own code and the device identifier of the set",
        2: "each part under its own code and identifier; record and stock name the set alone",
        3: "the record names the parts too, each with a number; only the purchases name the set",
        4: "the same, the sum of the parts less than 1% above the price of the set",
    },
    traces=("fee_lines.item_code", "fee_lines.unit_price", "device_uses.item_code"),
)
def split_set(city: City, dose: Dose) -> City:
    """Bill the parts of a set at prices whose sum is above that of the set.

    The loss is the sum less the price of the set, shared over the parts by what was billed.
    """
    rows = _candidates(city)
    fewer = replace(dose, subjects=max(1, round(dose.subjects / PARTS_OF_ONE)))
    rows = campaigns.evened(city.world, "C07", rows, "set")
    fitting = dict.fromkeys(dose.difficulties, rows)
    chosen = campaigns.choose_each(city.world, "C07", fitting, fewer)
    parts = _billed(city, chosen)
    level = pl.col("difficulty")
    names = misbilled.never_used(city, parts).with_columns(
        scanned=parts.select(pl.when(level == SHOWN).then("set_product")).to_series(),
        recorded=parts.select(pl.when(level >= COPIED).then("units").otherwise(0)).to_series(),
        serial_no=parts["number"],
        serial=parts["number"].is_not_null(),
    )
    unbilled = city.uses.join(chosen.select(*misbilled.GROUP, "difficulty"), on=misbilled.GROUP)
    unbilled = unbilled.with_columns(
        billed=pl.lit(0, pl.Int64),
        recorded=pl.when(level >= COPIED).then(0).otherwise("recorded"),
        planted=pl.lit(value=True),
    )
    return city.with_changed_uses(unbilled).with_uses(names).guilty_uses("C07", parts)


def _candidates(city: City) -> pl.DataFrame:
    """Single sets whose parts cost more, in stays without any of these parts."""
    true = misbilled.honest_uses(city).filter(pl.col("units") == 1)
    true = true.with_columns(set=misbilled.keys_of(city, true["product"]))
    parts = _listed(city, true.filter(pl.col("set").is_in(list(PARTS))))
    sums = parts.group_by("key").agg(
        worth=(pl.col("units") * pl.col("price")).sum(), parts=pl.len()
    )
    whole = parts.unique("key", keep="first", maintain_order=True)
    rows = whole.drop("units", "price", PART).join(sums, on="key", maintain_order="left")
    full = pl.col("set").replace_strict({s: len(p) for s, p in PARTS.items()}, default=0)
    gain = pl.col("worth") > pl.col("unit_price") * LEAST_GAIN
    return rows.filter(gain & (pl.col("parts") == full)).drop("parts")


def _listed(city: City, sets: pl.DataFrame) -> pl.DataFrame:
    """One row a part, of the same line of products, at the price the hospital would ask."""
    items = city.world.products
    variant = items.frame["variant"].to_numpy()
    pieces = [sets.clear().with_columns(
        units=pl.lit(None, pl.Int64), **{PART: pl.lit(None, pl.Int64)})]  # fmt: skip
    for name, part, number, _ in parts_of_sets():
        rows = sets.filter(pl.col("set") == name)
        offered = np.flatnonzero((items.frame["key"] == part).to_numpy())
        product = offered[variant[rows["product"].to_numpy()]]
        coded = pl.Series(items.coded(product, rows["day"].to_numpy()), dtype=pl.Int64)
        units = pl.lit(number, pl.Int64)
        pieces.append(rows.with_columns(units=units, **{PART: coded}))
    rows = misbilled.not_yet_there(city, pl.concat(pieces), PART).sort("key", PART)
    where = (rows[n].to_numpy() for n in ("hospital", PART, "day"))
    return rows.with_columns(price=pl.Series(misbilled.asked_price(city.world, *where)))


def _billed(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """The parts of chosen sets as billed, with their share of the loss."""
    low, high = CUNNING_GAIN
    aim = 1 + low + (high - low) * city.world.draw.uniform("c07/aim", chosen["key"])
    factor = pl.when(pl.col("difficulty") == CUNNING).then(
        pl.col("unit_price") * pl.Series(aim) / pl.col("worth")
    )
    sets = chosen.with_columns(factor=factor.otherwise(1.0)).drop("worth")
    rows = _listed(city, sets)
    price = (pl.col("price") * pl.col("factor")).ceil().cast(pl.Int64)
    rows = rows.with_columns(set_price="unit_price", set_product="product", unit_price=price)
    rows = rows.with_columns(product=PART, total=pl.col("unit_price") * pl.col("units"))
    whole = pl.col("total").sum().over("key")
    share = (whole - pl.col("set_price")) * pl.col("total") / whole
    return rows.with_columns(
        amount=share.round().cast(pl.Int64).clip(1), number=_numbers(city, rows)
    )


def _numbers(city: City, rows: pl.DataFrame) -> pl.Series:
    """Serial numbers on the bill: the set's, or invented ones where the record is copied."""
    key, part = rows["key"].to_numpy(), rows[PART].to_numpy()
    word = (city.world.draw.bits("c07/number", key, part) >> np.uint64(17)).astype(np.int64)
    invented = city.world.draw.identifiers("", word).str.slice(1, 14)
    has = pl.Series(city.world.products.serialised[part])
    copied = pl.col("difficulty") >= COPIED
    number = pl.when(copied & has).then(invented).when(~copied).then("serial_no")
    return rows.select(number).to_series()
