"""A charity or the sponsor of a trial gives the implant; nobody is billed for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic import ordering
from synthetic.grammar import Dose, lookalike
from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("CB3", "IC2", "FK3", "FB2", "FM1")
IMPLANTS = ("iol_mono", "hip_set", "knee_set", "pacemaker", "heart_valve", "des")
USE = ["stay", "product"]


@lookalike(
    name="donated_implant", resembles=("C14", "C02"), stage="goods", share=0.0006, eye=14.0,
    title_en="donated or trial implant", title_zh="捐赠或试验用植入物",
)  # fmt: skip
def donated_implant(city: City, dose: Dose) -> City:
    """No implant on the bill, but the register has it, and it was received as a gift."""
    if city.goods is None:
        return city
    stays = ordering.untouched(city, ordering.of_groups(city, GROUPS))
    names = city.world.products.frame["key"].gather(city.uses["product"].cast(pl.UInt32))
    mine = names.is_in(IMPLANTS) & city.uses["serial"] & ~city.uses["planted"]
    used = city.uses.filter(mine & (pl.col("recorded") == pl.col("quantity")))
    used = used.join(stays.select(stay="key"), on="stay", how="semi")
    one = used.with_columns(key=pl.col("stay")).unique("key", keep="first", maintain_order=True)
    chosen = ordering.first(city, "donated/luck", one, dose.subjects).select(USE)
    given = city.uses.join(chosen, on=USE, how="semi")
    units = given.select("product", "serial_no", free=pl.lit(value=True))
    bought = city.goods.purchases.join(
        units, on=["product", "serial_no"], how="left", maintain_order="left"
    )
    free = pl.col("free").fill_null(value=False)
    bought = bought.with_columns(
        gift=pl.col("gift") | free,
        consignment=pl.col("consignment") & ~free,
        invoice=pl.when(free).then(0).otherwise("invoice"),
    ).drop("free")
    store = Goods(bought, city.goods.moves, city.goods.counts)
    city = city.with_changed_uses(
        given.with_columns(billed=pl.lit(0, city.uses.schema["billed"]), planted=pl.lit(value=True))
    )
    city = replace(city, goods=store)
    taken = stays.filter(pl.col("key").is_in(chosen["stay"].implode()))
    return ordering.marked(city, taken).innocent_stays("donated_implant", taken)
