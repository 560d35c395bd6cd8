"""The second of a pair of organs is operated on some months after the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike
from synthetic.keys import EXTRA_STAY

if TYPE_CHECKING:
    from synthetic.state import City

GROUPS = ("JA2", "LB1", "GE1", "CB1", "IF1")
APART = (45, 160)  # days from discharge to admission
QUIET = 3


@lookalike(
    name="other_side", resembles=("H08", "H01"), stage="care", share=0.0012, eye=6.0,
    title_en="second of a pair operated", title_zh="成对器官对侧手术",
)  # fmt: skip
def other_side(city: City, dose: Dose) -> City:
    """The same operation twice on one card, each on a side of its own."""
    draw, world = city.world.draw, city.world
    wanted = [world.reference.group(adrg) for adrg in GROUPS]
    free = ~pl.col("planted") & (pl.col("source") == pl.col("key")) & (pl.col("link") == -1)
    fit = city.plan.filter(free & pl.col("group").is_in(wanted) & (pl.col("scale") == 1))
    alone = city.plan.group_by("person").len().filter(pl.col("len") == 1).select("person")
    fit = fit.join(alone, on="person", how="semi")
    gap = pl.Series(draw.between("side/gap", *APART, fit["key"]))
    end = pl.col("admit") + pl.col("los") + gap + pl.col("los") + QUIET
    fit = fit.with_columns(gap=gap, luck=pl.Series(draw.uniform("side/luck", fit["key"])))
    chosen = fit.filter(end < world.clock.days).sort("luck", "key").head(dose.subjects)
    key = pl.col("key") + EXTRA_STAY
    other = chosen.with_columns(
        key=key,
        source=key,
        chain=-key - 1,
        admit=pl.col("admit") + pl.col("los") + pl.col("gap"),
        side=1 - pl.col("side"),
        coded_side=1 - pl.col("coded_side"),
        emergency=pl.lit(value=False),
        admit_second=pl.Series(28_800 + draw.below("side/hour", 14_400, chosen["key"])),
        planted=pl.lit(value=True),
    )
    city = city.with_plan(_marked(chosen).select(city.plan.columns))
    return city.with_plan(other).innocent_stays("other_side", other)


def _marked(chosen: pl.DataFrame) -> pl.DataFrame:
    return chosen.with_columns(planted=pl.lit(value=True))
