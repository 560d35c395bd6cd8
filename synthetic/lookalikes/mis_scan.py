"""The label of the patient before was scanned by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import codes_again
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

PLACE = ["hospital", "product"]
NEAR_DAYS = 10


@lookalike(
    name="mis_scan", resembles=("C11", "C09"), stage="goods", share=0.0010, eye=12.0,
    title_en="label of another patient scanned", title_zh="误扫前一患者标签",
)  # fmt: skip
def mis_scan(city: City, dose: Dose) -> City:
    """One code in two patients, but the second unit was bought, issued and is gone from stock."""
    if city.goods is None:
        return city
    both = [codes_again.units(city, implanted=flag) for flag in (True, False)]
    rows = pl.concat(both).sort(*PLACE, "day", "second", "use")
    rows = rows.with_columns(
        gap=pl.col("day") - pl.col("day").shift(1).over(PLACE),
        other=pl.col("person").shift(1).over(PLACE),
        code=pl.col("serial_no").shift(1).over(PLACE),
        code_lot=pl.col("lot").shift(1).over(PLACE),
    )
    near = pl.col("gap").is_not_null() & (pl.col("gap") <= NEAR_DAYS)
    rows = rows.filter(near & (pl.col("other") != pl.col("person")))
    chosen = city.world.draw.luckiest("scan/luck", rows, dose.subjects, key="use")
    mine = city.uses.join(chosen.select("use", "code", "code_lot"), on="use")
    changed = mine.with_columns(serial_no="code", lot="code_lot", planted=pl.lit(value=True))
    return city.with_changed_uses(changed).innocent_uses("mis_scan", mine)
