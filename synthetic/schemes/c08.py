"""C08 used without need 无指征使用: material that the operation and the patient do not call for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, extra_material
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme
from synthetic.uses import variant

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

WITHOUT_OPERATION = ("BR2", "ES3", "ET2", "FR2", "FR4", "KS1", "IU2", "LR1")
SELDOM = ("HC2", "GD2", "MB1", "LC1")  # operations that now and then need it, one in fifty
ITEM = {1: "anti_adhesion", 2: "haemostatic_gauze", 3: "haemostatic_gauze"}
BOLD, MANY = (3, 6), (2, 4)
CUNNING = 4


@scheme(
    code="C08",
    title_en="used without need",
    title_zh="无指征使用耗材",
    stage="care",
    subject="use",
    share=0.0008,
    recipe={
        1: "3 to 6 sheets against adhesion in a stay without an operation",
        2: "2 to 4 sheets against bleeding in an operation so small that peers never use any",
        3: "one sheet in operations that seldom need it, again and again in the same house",
        4: "what an operation may need, used where this one did not, as many as peers use",
    },
    traces=("fee_lines.item_code", "device_uses.quantity", "stays.total_amount"),
)
def needless(city: City, dose: Dose) -> City:
    """Use and bill material that no illness of the patient explains.

    It is bought, recorded and used up like the rest. Need itself is told by records that the
    contract does not carry (images, pressure wires); what it carries is the operation, the
    listed illnesses and what peers use. The loss is the whole bill of the item.
    """
    untouched = extra_material.untouched
    fitting = {
        1: untouched(city, WITHOUT_OPERATION),
        2: untouched(city, extra_material.MINOR),
        3: untouched(city, SELDOM),
    }
    fitting = {d: _with_item(city, rows, ITEM[d]) for d, rows in fitting.items()}
    fitting[CUNNING] = _untaken(city)
    chosen = campaigns.choose_each(city.world, "C08", fitting, dose)
    wanted = chosen.select("product", stay="key", quantity=pl.Series(_units(city, chosen)))
    marked = chosen.with_columns(planted=pl.lit(value=True))
    billed = chosen.with_columns(stay="key", amount=pl.lit(None, pl.Int64))
    return city.with_plan(marked).with_wanted(wanted).guilty_uses("C08", billed)


def _with_item(city: City, rows: pl.DataFrame, item: str) -> pl.DataFrame:
    return rows.with_columns(
        product=extra_material.product_of(city, rows, item), typical=pl.lit(1.0)
    )


def _untaken(city: City) -> pl.DataFrame:
    """Stays whose operation may need sheets against bleeding, but took none."""
    world, item = city.world, "haemostatic_gauze"
    parts = [_with_item(city, city.plan.clear().with_columns(day="admit"), item)]
    for place, kit in enumerate(world.reference.kits.to_dicts()):
        if kit["item"] != item:
            continue
        rows = extra_material.untouched(city, (kit["adrg"],))
        choice = variant(world, rows)
        none = ~world.draw.chance(f"kit/{place}", kit["chance"], rows["source"])
        none &= (choice >= kit["from"]) & (choice < kit["to"])
        rows = _with_item(city, rows.filter(pl.Series(none)), item)
        parts.append(rows.with_columns(typical=pl.lit(float(kit["typical"]))))
    return pl.concat(parts)


def _units(city: City, chosen: pl.DataFrame) -> Whole:
    draw, key = city.world.draw, chosen["key"].to_numpy()
    level, typical = chosen["difficulty"].to_numpy(), chosen["typical"].to_numpy()
    usual = np.maximum(1, np.rint(typical * draw.spread("c08/usual", 0.28, key)))
    bold, many = draw.between("c08/bold", *BOLD, key), draw.between("c08/many", *MANY, key)
    return by_case([level == d for d in (1, 2, 4)], [bold, many, usual], 1).astype(np.int64)
