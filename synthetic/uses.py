"""Consumables truly used: one row a stay and product, or a unit where units carry serials.

Columns: ``use`` unique key, ``stay`` key of the plan row, ``source``, ``hospital``,
``product``, ``day`` and ``second`` of use, ``quantity`` truly used, ``recorded`` quantity in
the register, ``billed`` quantity on the bill, ``unit_price`` on the bill in fen,
``billed_product`` the product named on the bill, ``covered`` put to the fund, ``scanned`` the
product whose device identifier the bill shows (null: the billed one), ``written_late`` days by
which the record came after the settlement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import demand, sets, ward_goods
from synthetic.families import DEARER
from synthetic.keys import KIT_STEP, UNIT_STEP, WANTED_USE

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

QUANTITY_SIGMA = 0.28
SHARES = (0.46, 0.30, 0.24)  # of the products of a generic
LATER_SHARE = 0.07  # of uses, on the day after the operation: a second look, a drain, a line
HABIT = 0.85  # a department uses its usual product in this share of operations, else its second
DEAR_HOUSES = 0.6  # hospitals that stock the dearer kind beside the plain one
DEAR_SHARE = 0.08  # of their operations, where the dearer kind is taken
OPERATION_SECOND = 34_200  # half past nine
# Cost structures of stays for tests, in which nothing is infused or put in.
WITHOUT_INFUSION = (
    "tests_bare", "tests_mostly", "tests_half",
    "checkup_full", "checkup", "checkup_small", "checkup_loose",
)  # fmt: skip


def variant(world: World, plan: pl.DataFrame) -> Floats:
    """What decides between variants of one operation (hip or knee, nail or plate), 0 to 1."""
    return world.draw.uniform("stay/variant", plan["seed"].to_numpy(), plan["group"].to_numpy())


def quantity_of(world: World, kit: dict[str, float], rows: pl.DataFrame, place: int) -> Whole:
    """Units used: log-normal around the typical number, inside the kit's limits."""
    scale = rows["scale"].to_numpy().astype(np.float64)
    times = {"stay": np.ones_like(scale), "scale": scale, "scale1": scale + 1}[str(kit["per"])]
    drawn = (
        kit["typical"] * times * world.draw.spread(f"use/{place}", QUANTITY_SIGMA, rows["source"])
    ) * demand.units(world, kit, rows)
    # The fraction decides whether one more unit is used, so that means survive rounding.
    more = world.draw.uniform(f"use/more/{place}", rows["source"])
    whole = np.floor(drawn + more)
    return np.clip(whole, np.ceil(kit["low"] * times), np.ceil(kit["high"] * times)).astype(
        np.int64
    )


def usual_product(world: World, generic: int, hospital: Whole, source: Whole) -> Whole:
    """The product taken: hospitals stock two of a kind at most, and mostly use one of them."""
    offered = np.flatnonzero(world.products.generic == generic)
    shares = SHARES[: len(offered)]
    usual = world.draw.pick("product/usual", shares, hospital, generic)
    other = world.draw.pick("product/other", shares, hospital, generic)
    habit = world.draw.chance("product/habit", HABIT, source, generic)
    return offered[np.where(habit, usual, other)]


def _taken(world: World, generic: int, hospital: Whole, source: Whole) -> Whole:
    """The product taken, now and then of the dearer kind."""
    plain = usual_product(world, generic, hospital, source)
    names = world.reference.generics["key"].to_list()
    if names[generic] not in DEARER:
        return plain
    stocked = world.draw.chance("product/dear_house", DEAR_HOUSES, hospital, generic)
    dear = stocked & world.draw.chance("product/dear", DEAR_SHARE, source, generic)
    better = usual_product(world, names.index(DEARER[names[generic]]), hospital, source)
    return np.where(dear, better, plain)


def _kits(world: World, plan: pl.DataFrame) -> list[pl.DataFrame]:
    """The uses of every kit whose group has stays in the plan."""
    treated = plan.filter(~pl.col("structure").is_in(WITHOUT_INFUSION))
    rows = {int(str(name[0])): part for name, part in
            treated.partition_by("group", as_dict=True).items()}  # fmt: skip
    kits = enumerate(world.reference.kits.to_dicts())
    owned = [(place, kit, world.reference.group(str(kit["adrg"]))) for place, kit in kits]
    return [_kit(world, rows[g], place, kit) for place, kit, g in owned if g in rows]


def _kit(world: World, rows: pl.DataFrame, place: int, kit: dict[str, float]) -> pl.DataFrame:
    choice = variant(world, rows)
    taken = world.draw.chance(f"kit/{place}", kit["chance"], rows["source"])
    rows = rows.filter(pl.Series(taken & (choice >= kit["from"]) & (choice < kit["to"])))
    generic = world.reference.generics["key"].to_list().index(str(kit["item"]))
    return _rows(world, rows, generic, quantity_of(world, kit, rows, place), place)


def _rows(
    world: World, rows: pl.DataFrame, generic: int, quantity: Whole, place: int
) -> pl.DataFrame:
    source, hospital = rows["source"].to_numpy(), rows["hospital"].to_numpy()
    day = np.maximum(rows["op_day"].to_numpy(), 0)
    last = rows["first_day"].to_numpy() + rows["los"].to_numpy() - 1
    later = world.draw.chance("use/later", LATER_SHARE, source, place) & (day < last)
    day = day + later
    second = OPERATION_SECOND + world.draw.below("use/second", 18_000, rows["key"])
    date = rows["admit"].to_numpy() + day - rows["first_day"].to_numpy()
    taken = demand.answered(
        world, _taken(world, generic, hospital, source), (hospital, source, date)
    )
    product = world.products.coded(taken, date)
    return pl.DataFrame(
        {
            "use": rows["key"].to_numpy() * KIT_STEP + place,
            "stay": rows["key"],
            "source": source,
            "hospital": hospital,
            "product": product,
            "source_day": day,
            "day": date,
            "second": second,
            "quantity": quantity,
        }
    )


def _low_value(world: World, plan: pl.DataFrame, place: int, key: str) -> pl.DataFrame:
    """Infusion sets and gloves by days, dressings and drains by operation."""
    generic, good = world.reference.generics["key"].to_list().index(key), ward_goods.GOODS[key]
    takers = {
        "all": pl.lit(value=True),
        "infused": ~pl.col("structure").is_in(WITHOUT_INFUSION),
        "operated": pl.col("op_day") >= 0,
    }
    takers |= dict.fromkeys(("acute", "monitored"), takers["infused"])
    rows = plan.filter(takers[good.when])
    rows = rows.filter(pl.Series(ward_goods.takers(world, key, rows)))
    rows = rows.filter(pl.Series(ward_goods.taken(world, key, rows)))
    # Infusions begin on the first day of the part, whichever day of the source that is.
    begun = rows.with_columns(op_day=pl.max_horizontal("op_day", "first_day"))
    return _rows(world, begun, generic, ward_goods.quantity(world, key, rows), place)


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
    operated = pl.max_horizontal("op_day", "first_day")
    day = rows.select(pl.coalesce("on", operated)).to_series().to_numpy()
    second = OPERATION_SECOND + world.draw.below("use/second", 18_000, rows["key"])
    return rows.select(
        "source", "hospital", "product", "quantity", "self_paid",
        use=pl.col("key") * KIT_STEP + pl.col("turn"),
        stay="key",
        source_day=pl.Series(day),
        day=pl.col("admit") + pl.Series(day) - pl.col("first_day"),
        second=pl.Series(second),
    )  # fmt: skip


def make(
    world: World, plan: pl.DataFrame, wanted: pl.DataFrame, switched: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Every consumable used by the planned stays, sorted by its key.

    A settlement made anew uses nothing again. ``switched`` names what was taken in the place of
    a product of the kit.
    """
    plan = plan.filter(pl.col("resettles") < 0)
    parts = _kits(world, plan)
    parts += [
        _low_value(world, plan, len(world.reference.kits) + place, key)
        for place, key in enumerate(ward_goods.GOODS)
    ]
    parts.append(_asked(world, plan, wanted))
    uses = _instead(_here(pl.concat(parts, how="diagonal"), plan), switched)
    uses = sets.in_parts(world, uses.with_columns(pl.col("self_paid").fill_null(value=False)))
    registered = pl.Series(world.products.registered[uses["product"].to_numpy()])
    return _units(world, uses.with_columns(registered=registered)).sort("use")


def _instead(uses: pl.DataFrame, switched: pl.DataFrame | None) -> pl.DataFrame:
    """Uses with the products that were taken in the place of others."""
    if switched is None or switched.is_empty():
        return uses
    own = switched.unique(["stay", "product"], keep="first", maintain_order=True)
    both = uses.join(own, on=["stay", "product"], how="left", maintain_order="left")
    return both.with_columns(product=pl.coalesce("instead", "product")).drop("instead")


def _here(uses: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    """Drop the uses of a cut stay that fall into its other part."""
    bounds = plan.select(stay="key", first="first_day", nights="los")
    inside = (pl.col("source_day") >= pl.col("first")) & (
        pl.col("source_day") < pl.col("first") + pl.col("nights").clip(1)
    )
    return uses.join(bounds, on="stay").filter(inside).drop("first", "nights", "source_day")
