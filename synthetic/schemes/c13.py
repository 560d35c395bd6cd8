"""C13 device without its procedure 与手术不符: nothing was done that needs what is billed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import campaigns, ordering
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

# By difficulty: the group lain in, and what is billed there.
BILLED = {
    1: {"FR3": "des", "FR4": "des", "FR2": "pacemaker", "IU2": "pvp_set", "BR2": "coil"},
    2: {"CB1": "iol_mono", "IB3": "pedicle_screw", "IF5": "locking_plate", "FL2": "pacemaker",
        "GD2": "hernia_mesh", "LB1": "hernia_mesh"},
    3: {"FM3": "des"},
    4: {"FM3": "ptca_wire", "IF5": "bone_screw"},
}  # fmt: skip
# The operation of a neighbouring group that is written down, at the highest difficulty.
NEIGHBOUR = {"FM3": "00.6600x004", "IF5": "79.3600x009"}
CUNNING = 4


@scheme(
    code="C13",
    title_en="device without its procedure",
    title_zh="耗材与手术不符",
    stage="care",
    subject="use",
    share=0.0006,
    recipe={
        1: "an implant billed in a medical stay in which nothing was operated",
        2: "a device of another operation than the one that was done",
        3: "a device for treating in a stay in which it was only looked",
        4: "a cheap accessory, with the operation of a neighbouring group written to fit it",
    },
    traces=("fee_lines.item_code", "stay_procedures.code"),
)
def without_procedure(city: City, dose: Dose) -> City:
    """Bill a device that belongs to an operation which did not take place.

    It was bought and booked, and went elsewhere. The loss is its whole bill.
    """
    fitting = {
        level: ordering.untouched(city, ordering.of_groups(city, by))
        for level, by in BILLED.items()
    }
    chosen = campaigns.choose_each(city.world, "C13", fitting, dose)
    parts = [
        ordering.wanted(city, chosen.filter(pl.col("difficulty") == level), by)
        for level, by in BILLED.items()
    ]
    added = _written(city, pl.concat(parts))
    city = ordering.marked(city, added).with_wanted(ordering.asked(added))
    return city.guilty_uses("C13", ordering.ordered(added))


def _written(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The fitting operation written down by the most cunning, without which nobody pays."""
    group = ordering.adrg(city, rows)
    code = group.replace_strict(NEIGHBOUR, default=None, return_dtype=pl.String)
    cunning = pl.col("difficulty") == CUNNING
    return rows.with_columns(operation=pl.when(cunning).then(code).otherwise("operation"))
