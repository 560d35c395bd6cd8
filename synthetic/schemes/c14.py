"""C14 operation without its device 手术有必需耗材无: the patient paid for it outside the bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, departures, ordering
from synthetic.families import of_kind
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

FEN = 100
# By difficulty: groups, and the devices of which one goes missing from their bills.
IMPLANTS: dict[str, tuple[str, ...]] = {
    "CB3": ("iol_mono", "iol_toric"), "IC2": ("hip_set", "knee_set"), "FK3": ("pacemaker",),
    "FM1": ("des",), "FB2": ("heart_valve",), "FE1": ("stent_graft",),
}  # fmt: skip
USUAL: dict[str, tuple[str, ...]] = {
    "KD1": ("ultrasonic_blade",), "IF4": ("locking_plate",), "IF3": ("locking_plate", "nail"),
    "GE1": ("hernia_mesh",), "LC1": ("double_j",),
}  # fmt: skip
COMPONENTS: dict[str, tuple[str, ...]] = {
    "FK3": ("pacing_lead",), "IB1": ("spinal_rod",), "IB2": ("spinal_rod",),
    "FL1": ("mapping_catheter",), "FM1": ("guide_catheter",), "BE2": ("microcatheter",),
    "FB2": ("oxygenator",),
}  # fmt: skip
MISSING: dict[int, dict[str, tuple[str, ...]]] = {1: IMPLANTS, 2: IMPLANTS, 3: USUAL, 4: COMPONENTS}
IN_REGISTER = 2  # the difficulty at which the hospital's own unit is in the register


@scheme(
    code="C14",
    title_en="operation without its mandatory device",
    title_zh="手术有必需耗材无",
    stage="care",
    subject="stay",
    share=0.0006,
    recipe={
        1: "the implant is on no bill, in no register and was never bought",
        2: "the implant was bought and is in the register, but on no bill",
        3: "a device that nearly every such operation takes is missing everywhere",
        4: "one component is missing; the implant itself is billed",
    },
    traces=("fee_lines.item_code", "device_uses.item_code", "purchases.quantity"),
)
def paid_outside(city: City, dose: Dose) -> City:
    """Let the patient buy what the operation cannot do without, and bill the operation.

    The loss is what the device costs on the platform, which the patient paid.
    """
    fitting = {
        level: ordering.untouched(city, ordering.of_groups(city, by))
        for level, by in MISSING.items()
    }
    chosen = campaigns.choose_each(city.world, "C14", fitting, dose)
    missing = _missing(city, chosen)
    lost = missing.group_by("key").agg(amount=pl.col("worth").sum())
    guilty = chosen.join(lost, on="key")
    city = departures.with_unbilled(ordering.marked(city, guilty), missing)
    return city.guilty_stays("C14", guilty)


def _missing(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """What goes missing of each chosen stay: stay, product, recorded, and its worth in fen."""
    world = city.world
    kits = ordering.taken(city, chosen).join(
        chosen.select("difficulty", "key", adrg=ordering.adrg(city, chosen)),
        left_on="stay",
        right_on="key",
    )
    wanted = pl.DataFrame(
        [(d, g, n) for d, by in MISSING.items() for g, names in by.items() for n in names],
        schema={"difficulty": pl.Int64, "adrg": pl.String, "kind": pl.String},
        orient="row",
    )
    names = kits["name"]
    kinds = kits.with_columns(
        kind=names.replace_strict(
            {name: of_kind(name) for name in names.unique()}, return_dtype=pl.String
        )
    )
    rows = kinds.join(wanted, on=["difficulty", "adrg", "kind"], maintain_order="left")
    product, day = rows["product"].to_numpy(), rows["used"].to_numpy()
    price = pl.Series(np.rint(world.products.platform(product, day) * FEN).astype(np.int64))
    return rows.with_columns(
        key="stay",
        recorded=pl.col("difficulty") == IN_REGISTER,
        worth=price * pl.col("quantity"),
    )
