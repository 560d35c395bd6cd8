"""What a stay of each group is expected to cost: goods of its kit and ward, services beside them.

A group's cost is known as a whole (dossier 5.2). Its consumables cost what kits, prices and
the ward's goods come to; services are planned to make up the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import signature, ward_goods
from synthetic.catalogue import PRODUCTS, RISING, SERVICE_RISE, SERVICE_RISE_AT
from synthetic.support import named

if TYPE_CHECKING:
    from synthetic.randomness import Floats
    from synthetic.world import World

PRICE_MIX = sum(factor * share for _, factor, share in PRODUCTS)
MEAN_SCALE = {"joint": 1.03, "level_few": 1.4, "level_many": 3.6, "vertebra": 1.35, "session": 3.0}
LEAST_SERVICES = 0.25  # of a group's cost, however dear its goods were before their cut
LEAST_PLANNED = 0.35  # of the services, beside an operation with a price of its own


def _prices(world: World) -> dict[str, float]:
    """Mean platform price of each generic over the window, in yuan."""
    rows = world.reference.generics.select(
        "key", "before", "after", share=pl.col("cut").fill_null(0)
    )
    return {key: old * part + new * (1 - part) for key, old, new, part in rows.iter_rows()}


def kits(world: World) -> Floats:
    """Yuan of key consumables by group."""
    price = _prices(world)
    scale = dict(world.reference.groups.select("adrg", "scale").iter_rows())
    expected = dict.fromkeys(world.reference.groups["adrg"].to_list(), 0.0)
    for kit in world.reference.kits.to_dicts():
        times = {"stay": 1.0, "scale": 1.0, "scale1": 2.0}[kit["per"]]
        if kit["per"] != "stay":
            times = MEAN_SCALE.get(scale[kit["adrg"]] or "", 1.0) + times - 1
        units = kit["chance"] * (kit["to"] - kit["from"]) * kit["typical"] * times
        expected[kit["adrg"]] += units * price[kit["item"]] * PRICE_MIX
    return np.array(list(expected.values()))


def goods(world: World) -> Floats:
    """Yuan of all consumables by group: those of its kit and those of its ward."""
    price = _prices(world)
    ward = ward_goods.expected_units(world)
    return kits(world) + sum(units * price[key] for key, units in ward.items())


def services(world: World) -> Floats:
    """Yuan of services and drugs by group: its cost without its consumables."""
    cost = world.group_values("cost_k") * 1000
    rest: Floats = np.maximum(cost - goods(world), LEAST_SERVICES * cost)
    return rest


def planned(world: World) -> Floats:
    """Yuan to plan a stay's services by, so that they come to what is expected of them.

    A named operation has a price of its own. Where it is above its class's share of the bill,
    less is planned, so that the rest of the bill gives way to it.
    """
    whole = services(world)
    price, share = _operation(world)
    beside = np.maximum((whole - price) / (1 - share), LEAST_PLANNED * whole)
    less: Floats = np.where(price > share * whole, beside, whole)
    return less


def _operation(world: World) -> tuple[Floats, Floats]:
    """Yuan of each group's named operation, and the share of the bill planned for operations."""
    lines = world.reference.structures.filter(pl.col("category") == "surgery")
    mean = pl.col("price").mean() * (1 + (SERVICE_RISE - 1) * (1 - SERVICE_RISE_AT))
    item = named(world.services).with_columns(price=pl.Series(world.services.price))
    listed = item.filter(pl.col("category").is_in(RISING)).group_by("category", "item").agg(mean)
    signs = signature.table().filter((pl.col("category") == "surgery") & (pl.col("share") == 1))
    rows = (
        world.reference.groups.select("adrg", "structure")
        .join(signs, on="adrg", how="left", maintain_order="left")
        .join(listed, on=["category", "item"], how="left", maintain_order="left")
        .join(
            lines.select("structure", "first_day", part="share"),
            on="structure", how="left", maintain_order="left",
        )
        .select(
            yuan=(pl.col("price") * pl.col("first_day")).fill_null(0.0),
            part=pl.col("part").fill_null(0.0),
        )
    )  # fmt: skip
    return rows["yuan"].to_numpy(), rows["part"].to_numpy()
