"""Consumables truly used: one row a stay and product, or a unit where units carry serials.

Columns: ``use`` unique key, ``stay`` key of the plan row, ``source``, ``hospital``,
``product``, ``day`` and ``second`` of use, ``quantity`` truly used, ``recorded`` quantity in
the register, ``billed`` quantity on the bill, ``unit_price`` on the bill in fen,
``billed_product`` the product named on the bill, ``covered`` put to the fund.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.keys import KIT_STEP, UNIT_STEP, WANTED_USE

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

QUANTITY_SIGMA = 0.28
HABIT = 0.85  # a department uses its usual product in this share of operations
OPERATION_SECOND = 34_200  # half past nine
LOW_VALUE_CHANCE = {"infusion_set": 0.85, "dressing": 0.5, "drain_set": 0.4}


def variant(world: World, plan: pl.DataFrame) -> Floats:
    """What decides between variants of one operation (hip or knee, nail or plate), 0 to 1."""
    return world.draw.uniform("stay/variant", plan["seed"].to_numpy(), plan["group"].to_numpy())


def _quantity(world: World, kit: dict[str, float], rows: pl.DataFrame, place: int) -> Whole:
    """Units used: log-normal around the typical number, inside the kit's limits."""
    scale = rows["scale"].to_numpy().astype(np.float64)
    times = {"stay": np.ones_like(scale), "scale": scale, "scale1": scale + 1}[str(kit["per"])]
    drawn = (
        kit["typical"] * times * world.draw.spread(f"use/{place}", QUANTITY_SIGMA, rows["source"])
    )
    # The fraction decides whether one more unit is used, so that means survive rounding.
    more = world.draw.uniform(f"use/more/{place}", rows["source"])
    whole = np.floor(drawn + more)
    return np.clip(whole, np.ceil(kit["low"] * times), np.ceil(kit["high"] * times)).astype(
        np.int64
    )


def _product(world: World, generic: int, hospital: Whole, source: Whole) -> Whole:
    """The product taken: a hospital's habit, or by the city's shares."""
    offered = np.flatnonzero(world.products.generic == generic)
    shares = (0.46, 0.30, 0.24)[: len(offered)]
    usual = world.draw.pick("product/usual", shares, hospital, generic)
    other = world.draw.pick("product/other", shares, source, generic)
    habit = world.draw.chance("product/habit", HABIT, source, generic)
    return offered[np.where(habit, usual, other)]


def _kit(world: World, plan: pl.DataFrame, place: int, kit: dict[str, float]) -> pl.DataFrame:
    group = world.reference.group(str(kit["adrg"]))
    rows = plan.filter(pl.col("group") == group)
    choice = variant(world, rows)
    taken = world.draw.chance(f"kit/{place}", kit["chance"], rows["source"])
    rows = rows.filter(pl.Series(taken & (choice >= kit["from"]) & (choice < kit["to"])))
    generic = world.reference.generics["key"].to_list().index(str(kit["item"]))
    return _rows(world, rows, generic, _quantity(world, kit, rows, place), place)


def _rows(
    world: World, rows: pl.DataFrame, generic: int, quantity: Whole, place: int
) -> pl.DataFrame:
    source, hospital = rows["source"].to_numpy(), rows["hospital"].to_numpy()
    day = np.maximum(rows["op_day"].to_numpy(), 0)
    second = OPERATION_SECOND + world.draw.below("use/second", 18_000, source)
    return pl.DataFrame(
        {
            "use": rows["key"].to_numpy() * KIT_STEP + place,
            "stay": rows["key"],
            "source": source,
            "hospital": hospital,
            "product": _product(world, generic, hospital, source),
            "source_day": day,
            "day": rows["admit"].to_numpy() + day - rows["first_day"].to_numpy(),
            "second": second,
            "quantity": quantity,
        }
    )


def _low_value(world: World, plan: pl.DataFrame, place: int, key: str) -> pl.DataFrame:
    """Infusion sets by days, dressings and drains by operation."""
    generic = world.reference.generics["key"].to_list().index(key)
    rows = plan if key == "infusion_set" else plan.filter(pl.col("op_day") >= 0)
    rows = rows.filter(
        pl.Series(world.draw.chance(f"low/{key}", LOW_VALUE_CHANCE[key], rows["source"]))
    )
    days = np.maximum(rows["los"].to_numpy(), 1)
    rate = {"infusion_set": 0.8, "dressing": 0.6, "drain_set": 0.15}[key]
    quantity = np.maximum(1, np.rint(days * rate)).astype(np.int64)
    # Infusions begin on the first day of the part, whichever day of the source that is.
    begun = rows.with_columns(op_day=pl.max_horizontal("op_day", "first_day"))
    return _rows(world, begun, generic, np.minimum(quantity, 60), place)


def _units(world: World, uses: pl.DataFrame) -> pl.DataFrame:
    """One row a unit for products whose units carry serial numbers."""
    serial = pl.Series(world.products.serialised[uses["product"].to_numpy()])
    whole = uses.with_columns(serial=serial, unit=pl.lit(0, pl.Int64))
    single = whole.filter(pl.col("serial")).with_columns(unit=pl.int_ranges(0, pl.col("quantity")))
    single = single.explode("unit").with_columns(quantity=pl.lit(1, pl.Int64))
    return pl.concat([whole.filter(~pl.col("serial")), single]).with_columns(
        use=pl.col("use") * UNIT_STEP + pl.col("unit")
    )


def _asked(world: World, plan: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Units that an order asked for beside the kit, used on the day of the operation."""
    turn = pl.int_range(pl.len()).over("stay") + WANTED_USE
    rows = plan.join(wanted.with_columns(turn=turn), left_on="key", right_on="stay")
    day = np.maximum(rows["op_day"].to_numpy(), rows["first_day"].to_numpy())
    second = OPERATION_SECOND + world.draw.below("use/second", 18_000, rows["source"])
    return rows.select(
        "source", "hospital", "product", "quantity", "self_paid",
        use=pl.col("key") * KIT_STEP + pl.col("turn"),
        stay="key",
        source_day=pl.Series(day),
        day=pl.col("admit") + pl.Series(day) - pl.col("first_day"),
        second=pl.Series(second),
    )  # fmt: skip


def make(world: World, plan: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Every consumable used by the planned stays, sorted by its key.

    A settlement made anew uses nothing again.
    """
    plan = plan.filter(pl.col("resettles") < 0)
    kits = world.reference.kits.to_dicts()
    parts = [_kit(world, plan, place, kit) for place, kit in enumerate(kits)]
    parts += [
        _low_value(world, plan, len(kits) + place, key)
        for place, key in enumerate(LOW_VALUE_CHANCE)
    ]
    parts.append(_asked(world, plan, wanted))
    uses = _here(pl.concat(parts, how="diagonal"), plan)
    uses = uses.with_columns(pl.col("self_paid").fill_null(value=False))
    registered = pl.Series(world.products.registered[uses["product"].to_numpy()])
    return _units(world, uses.with_columns(registered=registered)).sort("use")


def _here(uses: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    """Drop the uses of a cut stay that fall into its other part."""
    bounds = plan.select(stay="key", first="first_day", nights="los")
    inside = (pl.col("source_day") >= pl.col("first")) & (
        pl.col("source_day") < pl.col("first") + pl.col("nights").clip(1)
    )
    return uses.join(bounds, on="stay").filter(inside).drop("first", "nights", "source_day")
