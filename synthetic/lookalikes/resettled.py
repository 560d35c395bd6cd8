"""A settlement is cancelled some days later and made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.grammar import Dose, lookalike
from synthetic.keys import RESETTLED

if TYPE_CHECKING:
    from synthetic.state import City

WAIT = (2, 15)  # days from the delivery of the first settlement to that of its cancellation


@lookalike(
    name="resettled", resembles=("H15", "H01", "H08"), stage="care", share=0.003, eye=6.0,
    title_en="settlement cancelled and made anew", title_zh="退费后重新结算",
)  # fmt: skip
def resettled(city: City, dose: Dose) -> City:
    """The same stay twice, over the same days: the first is voided, only the second is paid."""
    draw = city.world.draw
    alone = city.plan.group_by("chain").len().filter(pl.col("len") == 1).select("chain")
    free = ~pl.col("planted") & (pl.col("source") == pl.col("key")) & ~pl.col("newborn")
    fit = city.plan.filter(free & (pl.col("voided") < 0) & (pl.col("resettles") < 0))
    fit = fit.join(alone, on="chain", how="semi")
    chosen = draw.luckiest("resettled/luck", fit, dose.subjects)
    wait = pl.Series(draw.between("resettled/wait", *WAIT, chosen["key"]))
    first = chosen.with_columns(voided=wait, planted=pl.lit(value=True))
    second = chosen.with_columns(
        key=pl.col("key") + RESETTLED,
        chain=-pl.col("key") - RESETTLED - 1,
        resettles=pl.col("key"),
        planted=pl.lit(value=True),
    )
    city = city.with_plan(pl.concat([first, second], how="vertical_relaxed"))
    return city.innocent_stays("resettled", second)
