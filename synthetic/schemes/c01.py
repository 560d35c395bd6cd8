"""C01 invented billing 虚记: what is billed was never used at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, misbilled, uses
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

CANDIDATES = 40  # stays looked at for each subject wanted
LEAST_STAYS = 4_000
SMALL = 800 * 100  # fen; what hides among the small items of an operation
SEVERAL = (2, 3)  # small items of one stay, difficulty 3
SEVERAL_LEVEL = 3
PIECES_A_YEAR = 2  # of a product and hospital, difficulty 4; the published tolerance is 3 units
PLAN = ["key", "source", "seed", "hospital", "group", "admit", "los", "op_day", "first_day",
        "scale"]  # fmt: skip
COLUMNS = ["key", "stay", "source", "hospital", "product", "day", "second", "units", "unit_price",
           "lot"]  # fmt: skip


@scheme(
    code="C01",
    title_en="invented billing",
    title_zh="虚记耗材",
    stage="goods",
    subject="use",
    share=0.0025,
    recipe={
        1: "an item of operations, billed in a stay without any procedure",
        2: "an item that the operation may need, billed without record, issue or unit gone",
        3: "two or three small items of the operation, as many as peers use, none used",
        4: "a single piece, at most two a year of a product and hospital",
    },
    traces=("fee_lines.item_code", "stays.total_amount"),
)
def invented(city: City, dose: Dose) -> City:
    """Bill consumables that were neither used nor recorded nor taken from the stock.

    Items whose units carry serial numbers cannot be invented without a number, and are left to
    C11. The loss is all that was billed for the item.
    """
    stays = _stays(city, dose)
    fitting = _untaken(city, stays)
    one = fitting.filter(pl.col("units") == 1)
    single = misbilled.few_a_year(city, one, "product", PIECES_A_YEAR)
    choices = {1: _without_operation(city, stays), 2: fitting, 4: single}
    levels = tuple(level for level in dose.difficulties if level != SEVERAL_LEVEL)
    alone = replace(dose, difficulties=levels,
                    subjects=dose.subjects * len(levels) // len(dose.difficulties))  # fmt: skip
    parts = [campaigns.choose_each(city.world, "C01", choices, alone)] if levels else []
    if SEVERAL_LEVEL in dose.difficulties:
        free = fitting.join(
            pl.concat([fitting.clear().select("stay"), *(p.select("stay") for p in parts)]),
            on="stay",
            how="anti",
        )
        parts.append(_several(city, free, dose))
    chosen = pl.concat(parts).unique(["stay", "product"], keep="first", maintain_order=True)
    false = misbilled.never_used(city, chosen)
    amount = pl.col("units") * pl.col("unit_price")
    return city.with_uses(false).guilty_uses("C01", chosen.with_columns(amount=amount))


def _stays(city: City, dose: Dose) -> pl.DataFrame:
    """Enough whole stays to choose from, by luck."""
    whole = pl.col("resettles").lt(0) & pl.col("voided").lt(0) & pl.col("part").eq(0)
    rows = city.plan.filter(whole & ~pl.col("planted"))
    share = max(CANDIDATES * dose.subjects, LEAST_STAYS) / max(len(rows), 1)
    seen = pl.Series(city.world.draw.chance("c01/seen", share, rows["key"]))
    return rows.filter(seen).select(PLAN)


def _untaken(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """Items that the operation of a stay may need and this one did not take."""
    world, parts = city.world, [_rows(city, stays.clear(), 0, np.zeros(0, dtype=np.int64))]
    stays = stays.filter(pl.col("op_day") >= 0)
    choice = uses.variant(world, stays)
    group = stays["group"].to_numpy()
    for place, kit in enumerate(world.reference.kits.to_dicts()):
        fits = (group == world.reference.group(kit["adrg"])) & (choice >= kit["from"])
        fits &= choice < kit["to"]
        fits &= ~world.draw.chance(f"kit/{place}", kit["chance"], stays["source"])
        rows = stays.filter(pl.Series(fits))
        generic = misbilled.generic_of(world, kit["item"])
        parts.append(_rows(city, rows, generic, uses.quantity_of(world, kit, rows, place)))
    return _billable(city, pl.concat(parts))


def _without_operation(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """Stays without any procedure, each beside an item of some operation."""
    world = city.world
    cut = pl.Series(world.reference.groups["procedures"].is_null().to_numpy()[stays["group"]])
    rows = stays.filter(cut)
    kits = world.reference.kits
    pick = world.draw.below("c01/item", len(kits), rows["key"])
    names = world.reference.generics["key"].to_list()
    generics = np.array([names.index(item) for item in kits["item"]])[pick]
    typical = np.maximum(kits["typical"].to_numpy()[pick], 1)
    units = 1 + world.draw.below("c01/units", typical, rows["key"])
    parts = [_rows(city, rows.filter(pl.Series(generics == g)), g, units[generics == g])
             for g in np.unique(generics).tolist()]  # fmt: skip
    usual = world.reference.kits.select("adrg", "item").unique()
    own = pl.concat([_rows(city, rows.clear(), 0, units[:0]), *parts])
    own = own.with_columns(
        adrg=world.reference.groups["adrg"].gather(own["group"].cast(pl.UInt32)),
        item=misbilled.keys_of(city, own["product"]),
    )
    return _billable(city, own.join(usual, on=["adrg", "item"], how="anti").drop("adrg", "item"))


def _rows(city: City, rows: pl.DataFrame, generic: int, units: Whole) -> pl.DataFrame:
    """Rows of a plan as uses of the hospital's usual product."""
    world, nights = city.world, np.maximum(rows["los"].to_numpy(), 1)
    anyday = city.world.draw.below("c01/day", nights, rows["key"])
    op_day = rows["op_day"].to_numpy()
    day = rows["admit"].to_numpy() + np.where(op_day >= 0, op_day, anyday)
    source, hospital = rows["source"].to_numpy(), rows["hospital"].to_numpy()
    product = world.products.coded(uses.usual_product(world, generic, hospital, source), day)
    second = uses.OPERATION_SECOND + world.draw.below("c01/second", 18_000, rows["key"], generic)
    return rows.select(
        "source", "hospital", "group",
        stay="key",
        key=pl.col("key") * 512 + generic,
        product=pl.Series(product),
        day=pl.Series(day),
        second=pl.Series(second),
        units=pl.Series(units),
    )  # fmt: skip


def _billable(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Counted items that the hospital keeps, at its price, in stays that have none of them."""
    counted = pl.Series(~city.world.products.serialised[rows["product"].to_numpy()])
    rows = misbilled.not_yet_there(city, rows.filter(counted), "product")
    rows = misbilled.on_the_shelf(city, rows.unique(["stay", "product"], keep="first"))
    where = (rows[n].to_numpy() for n in ("hospital", "product", "day"))
    price = pl.Series(misbilled.asked_price(city.world, *where))
    return rows.with_columns(unit_price=price).select(COLUMNS).sort("key")


def _several(city: City, fitting: pl.DataFrame, dose: Dose) -> pl.DataFrame:
    """Two or three small items of each chosen stay."""
    small = fitting.filter(pl.col("unit_price") < SMALL).sort("key")
    turn = pl.int_range(pl.len()).over("stay")
    small = small.with_columns(turn=turn, number=pl.len().over("stay"))
    small = small.filter((pl.col("number") >= SEVERAL[0]) & (pl.col("turn") < SEVERAL[1]))
    first = small.filter(pl.col("turn") == 0)
    wanted = dose.subjects * 2 // (len(dose.difficulties) * sum(SEVERAL))
    part = replace(dose, difficulties=(SEVERAL_LEVEL,), subjects=max(wanted, 1))
    chosen = campaigns.choose(city.world, "C01", first, part, salt="/several")
    named = chosen.select("stay", "campaign", "difficulty")
    return small.join(named, on="stay").select(*COLUMNS, "campaign", "difficulty").sort("key")
