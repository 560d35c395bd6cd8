"""Prices of consumables, and what volume-based buying does to them and their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.cutover import around_cuts, half_years, monthly
from synthetic.realism.measure import Measured, Values, measure, one, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

LENS_AND_SPORTS = ("iol_mono", "iol_toric", "suture_anchor", "rf_probe")
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
    """Mean billed price of a unit in whole months before the cut.

    Where the cut came before the city's first day, there is none.
    """
    rows = around_cuts(facts).filter(pl.col("offset") < 0)
    return _prices(rows)


@measure(
    "price_after",
    why="Dearer or cheaper products of the same kind are used, or the starting price differs.",
)
def price_after(facts: Facts) -> Values:
    """Mean billed price of a unit in whole months after the cut.

    Where there is no cut inside the window, in all months.
    """
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
    offset = pl.col("offset")
    sides = {"before": offset < 0, "soon": offset == 1, "after": offset > 1}
    prices = rows.group_by("key").agg(
        *(_price(side).alias(name) for name, side in sides.items()),
        n=pl.col("units").sum() // THOUSANDTHS,
    )
    done = (pl.col("before") - pl.col("soon")) / (pl.col("before") - pl.col("after"))
    shares = prices.with_columns(done=done).filter(pl.col("done").is_finite())
    return one(shares["done"].median(), int(shares["n"].sum()))


def _price(side: pl.Expr) -> pl.Expr:
    return pl.col("fen").filter(side).sum() / pl.col("units").filter(side).sum()


@measure(
    "buying_volume",
    why="A kit holds its units whatever they cost, or answers too little to the cut.",
)
def buying_volume(facts: Facts) -> Values:
    """Units for each stay of the city, six months after the cut over six before; median generic.

    At least three months on either side are needed.
    """
    rate = pl.col("units_after") / pl.col("stays_after") / (pl.col("units") / pl.col("stays"))
    both = half_years(facts).with_columns(rate=rate)
    return one(both["rate"].median(), int(both["units"].sum()) // THOUSANDTHS)


@measure(
    "buying_shift",
    why="The choice between products of one kind answers little or not at all to selection.",
)
def buying_shift(facts: Facts) -> Values:
    """Rise of the share of units of products not selected, from six months before to six after."""
    sums = half_years(facts).select(pl.col(pl.Int64).sum()).to_dicts()
    if not sums or not sums[0]["units"]:
        return {}
    row = sums[0]
    before = 1 - row["selected_units"] / row["units"]
    after = 1 - row["selected_units_after"] / row["units_after"]
    return one(after - before, row["units"] // THOUSANDTHS)


@measure(
    "buying_selected",
    why="Some imported products stay outside the selection, and hospitals keep their "
    "usual product.",
)
def buying_selected(facts: Facts) -> Values:
    """Units of selected products over all drug-eluting stents billed."""
    rows = facts.items.filter(pl.col("key") == "des")
    whole = int(rows["units"].sum())
    part = int(rows.filter("selected")["units"].sum())
    return ratio(part, whole, whole // THOUSANDTHS)


@measure("buying_stent_growth", why="Stenting does not grow from year to year as it does there.")
def buying_stent_growth(facts: Facts) -> Values:
    """Drug-eluting stents billed in the second year over the same months of the first.

    Nothing where the window ends within a year.
    """
    rows = monthly(facts).filter(pl.col("key") == "des").sort("month")
    first = pl.lit(facts.clock.start)
    place = (pl.col("month").dt.year() - first.dt.year()) * YEAR + (
        pl.col("month").dt.month() - first.dt.month()
    )
    extra = facts.clock.months - YEAR
    # The last month is left out: stays that had not ended are not in it.
    units = [
        int(rows.filter(place.is_between(begin, begin + extra - 2))["units"].sum())
        for begin in (0, YEAR)
    ]
    return ratio(units[1], units[0], sum(units) // THOUSANDTHS) if extra > 1 else {}
