"""A physician changed department; the register of staff learnt of it some days late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import departures, ordering, staffing
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

FORMER = ("急诊医学科", "重症医学科")
LATE = (4, 25)  # days from the first such operation to the correction


@lookalike(
    name="moved_department", resembles=("C15",), stage="goods", share=0.0005, eye=12.0,
    title_en="physician who changed department", title_zh="医师转科登记滞后",
)  # fmt: skip
def moved_department(city: City, dose: Dose) -> City:
    """Seems to operate outside the department, until the register of staff is put right."""
    draw, lists = city.world.draw, staffing.restricted()
    stays = ordering.untouched(city, columns=["physician", pl.col("key").alias("stay")])
    used = city.uses.filter((pl.col("billed") > 0) & ~pl.col("planted"))
    used = used.with_columns(class_code=staffing.class_codes(city, used["product"]))
    rows = used.filter(pl.col("class_code").is_in(list(lists))).join(stays, on="stay")
    rows = ordering.unlabelled(city, rows)
    firsts = rows.group_by("physician").agg(begun=pl.col("day").min())
    firsts = firsts.with_columns(key=pl.col("physician"))
    known = draw.between("moved/late", *LATE, firsts["physician"])
    firsts = firsts.with_columns(known=pl.col("begun") + pl.Series(known))
    hers = rows.join(firsts, on="physician").filter(pl.col("day") <= pl.col("known"))
    # As many physicians as bring the wanted number of uses.
    order = pl.Series(draw.uniform("moved/luck", firsts["physician"]))
    sizes = hers.group_by("physician").len()
    ranked = firsts.with_columns(luck=order).join(sizes, on="physician").sort("luck", "physician")
    moved = ranked.filter(pl.col("len").cum_sum() - pl.col("len") < dose.subjects)
    former = pl.Series(FORMER).gather(
        pl.Series(draw.below("moved/former", len(FORMER), moved["physician"])).cast(pl.UInt32)
    )
    city = departures.with_staff(city, moved.with_columns(department=former))
    mine = hers.filter(pl.col("physician").is_in(moved["physician"].implode()))
    return city.innocent_uses("moved_department", mine)
