"""Prices of consumables, and what volume-based buying does to them and their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.cutover import around_cuts, monthly
from synthetic.realism.measure import Measured, Values, measure, one, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

LENS_AND_SPORTS = ("iol_mono", "iol_toric", "suture_anchor", "rf_probe")
HALF_YEAR = 6
YEAR = 12
THOUSANDTHS = 1000
FEN = 100


def _prices(rows: pl.DataFrame) -> Values:
    """Mean billed yuan a unit by generic."""
    sums = rows.group_by("key").agg(pl.col("units", "fen").sum()).filter(pl.col("units") > 0)
    return {
        key: Measured(fen / FEN / (units / THOUSANDTHS), units // THOUSANDTHS)
        for key, units, fen in sums.sort("key").iter_rows()
    }


@measure(
    "price_before",
    why="Dearer or cheaper products of the same kind are used, or the starting price differs.",
)
def price_before(facts: Facts) -> Values:
    """Mean billed price of a unit in whole months before the cut; where the cut came before the
    city's first day, there is none."""  # noqa: D209
    rows = around_cuts(facts).filter(pl.col("offset") < 0)
    return _prices(rows)


@measure(
    "price_after",
    why="Dearer or cheaper products of the same kind are used, or the starting price differs.",
)
def price_after(facts: Facts) -> Values:
    """Mean billed price of a unit in whole months after the cut; where there is no cut inside the
    window, in all months."""  # noqa: D209
    rows = monthly(facts).filter(pl.col("offset").is_null() | (pl.col("offset") > 0))
    return _prices(rows)


@measure("buying_cut_lens_sports", why="The published cut is an average over many products.")
def buying_cut_lens_sports(facts: Facts) -> Values:
    """Mean price cut of monofocal and toric lenses, suture anchors and probes."""
    before, after = price_before.count(facts), price_after.count(facts)
    both = [key for key in LENS_AND_SPORTS if key in before and key in after]
    cuts = [1 - after[key].value / before[key].value for key in both]
    return one(sum(cuts) / len(cuts), min(before[k].n for k in both)) if both else {}


@measure("buying_sharp", why="Old stock is sold at the old price for longer than a month.")
def buying_sharp(facts: Facts) -> Values:
    """Part of the price cut that is reached in the first whole month after it, median generic."""
    rows = around_cuts(facts)
    price = pl.col("fen").sum() / pl.col("units").sum()
    steps = rows.group_by("key").agg(
        before=pl.col("fen").filter(pl.col("offset") < 0).sum()
        / pl.col("units").filter(pl.col("offset") < 0).sum(),
        soon=pl.col("fen").filter(pl.col("offset") == 1).sum()
        / pl.col("units").filter(pl.col("offset") == 1).sum(),
        after=pl.col("fen").filter(pl.col("offset") > 1).sum()
        / pl.col("units").filter(pl.col("offset") > 1).sum(),
        price=price,
        n=pl.col("units").sum() // THOUSANDTHS,
    )
    done = (pl.col("before") - pl.col("soon")) / (pl.col("before") - pl.col("after"))
    shares = steps.with_columns(done=done).filter(pl.col("done").is_finite())
    return one(shares["done"].median(), int(shares["n"].sum()))


@measure(
    "buying_volume",
    why="Use does not answer to price: kits stay the same before and after the cut.",
)
def buying_volume(facts: Facts) -> Values:
    """Units for each stay of the city in the six months after the cut over the six before, median
    generic."""  # noqa: D209
    rows = around_cuts(facts).filter(pl.col("offset").abs().is_between(1, HALF_YEAR))
    by_side = rows.group_by("key", after=pl.col("offset") > 0).agg(
        rate=pl.col("units").sum() / pl.col("stays").first_by_month(),
        units=pl.col("units").sum() // THOUSANDTHS,
    ) if False else _rates(rows)
    return by_side
