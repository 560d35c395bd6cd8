"""Tests before an operation find a reason to wait; it is done some weeks later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import gathering
from synthetic.grammar import Dose, lookalike
from synthetic.keys import EXTRA_STAY

if TYPE_CHECKING:
    from synthetic.state import City

# Operations, and the group of the same department that a stay without one falls into.
WITHOUT_OPERATION = {
    "IC2": "IU2", "IB1": "IU2", "IB2": "IU2", "IB3": "IU2", "IC3": "IU2",
    "FM1": "FR4", "FM2": "FR4", "FK3": "FR4", "FL1": "FR4", "FL2": "FR4",
}  # fmt: skip
GAP = (16, 34)  # days until the operation
NIGHTS = (2, 4)
QUIET = 10
NOT_DONE = "Z53.000"  # procedure not carried out because of a contraindication
MILD = 5


@lookalike(
    name="operation_put_off", resembles=("H04", "H03", "H01"), stage="care", share=0.0014,
    eye=12.0, title_en="work-up before an operation put off", title_zh="术前检查后择期再手术",
)  # fmt: skip
def operation_put_off(city: City, dose: Dose) -> City:
    """The ward's package before operations, home with a code that says why, then the operation."""
    chosen = _candidates(city).head(dose.subjects)
    draw, key = city.world.draw, chosen["key"].to_numpy()
    light = chosen["adrg"].replace_strict(WITHOUT_OPERATION)
    group = [city.world.reference.group(adrg) for adrg in light]
    rows = chosen.select(
        "person", "hospital", "ward", "physician",
        group=pl.Series(group, dtype=pl.Int64),
        admit="begin",
        los=pl.Series(draw.between("putoff/nights", *NIGHTS, key)),
        severity=pl.lit(MILD, pl.Int64),
        coded_severity=pl.lit(MILD, pl.Int64),
        emergency=pl.lit(value=False),
        structure=pl.lit("checkup"),
        planned=pl.lit(value=True),
    ).sort("person", "admit")  # fmt: skip
    stays = gathering.new_stays(city, "putoff", rows, EXTRA_STAY)
    codes = stays.select(stay="key", code=pl.lit(NOT_DONE), present=pl.lit(value=True))
    operated = chosen.select(city.plan.columns).with_columns(planted=pl.lit(value=True))
    city = city.with_plan(operated).with_plan(stays).with_codes(codes)
    return city.innocent_stays("operation_put_off", stays)


def _candidates(city: City) -> pl.DataFrame:
    """Planned operations of persons who were at home in the weeks before, luckiest first."""
    draw = city.world.draw
    adrg = city.world.reference.groups["adrg"].gather(city.plan["group"].cast(pl.UInt32))
    rows = city.plan.with_columns(adrg=adrg)
    fit = pl.col("adrg").is_in(list(WITHOUT_OPERATION)) & ~pl.col("emergency")
    fit &= (pl.col("link") == -1) & ~pl.col("planted") & ~pl.col("day_case")
    rows = rows.filter(fit)
    back = pl.Series(draw.between("putoff/gap", *GAP, rows["key"])) + NIGHTS[1]
    rows = rows.with_columns(begin=pl.col("admit") - back).filter(pl.col("begin") >= 0)
    asked = rows.select("person", begin=pl.col("begin") - QUIET, end=pl.col("admit") - 1)
    luck = pl.Series(draw.uniform("putoff/luck", rows["key"]))
    rows = rows.with_columns(luck=luck, free=gathering.free(city, asked))
    return (
        rows.filter("free").sort("luck", "key").unique("person", keep="first", maintain_order=True)
    )
