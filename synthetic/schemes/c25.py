"""C25 used after its date 过期使用: an implant whose shelf life had ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, shelf_life
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

# Days past the date of expiry at use, by difficulty.
PAST = {1: (90, 300), 2: (8, 60), 3: (1, 7), 4: (1, 3)}
CUNNING = 4


@scheme(
    code="C25",
    title_en="used after its date of expiry",
    title_zh="过期耗材使用",
    stage="goods",
    subject="use",
    share=0.0005,
    recipe={
        1: "implanted 90 to 300 days after its date of expiry",
        2: "8 to 60 days after",
        3: "1 to 7 days after",
        4: "1 to 3 days after, and neither bill nor record says lot or serial",
    },
    traces=("purchases.expiry_on", "fee_lines.serial", "device_uses.serial"),
)
def out_of_date(city: City, dose: Dose) -> City:
    """Implant and bill a unit that should have been scrapped.

    Units without a valid registration cannot be told from the contract's tables, which name
    the certificate of a product and not of a unit. The loss is the whole bill of the item.
    """
    rows = shelf_life.implants(city)
    chosen = campaigns.choose_each(city.world, "C25", dict.fromkeys(dose.difficulties, rows), dose)
    level = chosen["difficulty"].to_list()
    low, high = (np.array([PAST[d][side] for d in level], dtype=np.int64) for side in (0, 1))
    past = pl.Series(city.world.draw.between("c25/past", low, high, chosen["key"]))
    silent, none = pl.col("difficulty") == CUNNING, pl.lit(None, pl.String)
    said = chosen.with_columns(
        expiry=pl.col("day") - past,
        lot=pl.when(silent).then(none).otherwise("lot"),
        serial_no=pl.when(silent).then(none).otherwise("serial_no"),
    )
    billed = chosen.with_columns(amount=pl.col("billed") * pl.col("unit_price"))
    return shelf_life.dated(city, said).guilty_uses("C25", billed)
