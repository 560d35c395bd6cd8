"""C21 surge of use 使用量突增: more units of a product, though there are no more operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, choices, ordering, supply
from synthetic.arrays import by_case
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

LEAST = 5.0  # expected uses of a quarter
STEADY = 0.75  # least units needed over those of the month before
UNITS_BEFORE = 3  # least units of the month before, so that growth means something
EXTRA = {1: (2.0, 4.0), 2: (0.9, 1.5), 3: (0.45, 0.6)}  # units added, of those truly needed
GROWTH = 1.40  # least units of a surge over those of the month before (published: 1.30)
MOST = 1.22  # difficulty 4: most units over those of the month before
LAST_DAYS = 10
YIELD = 0.45  # of the periods chosen, those whose months let units be added
RUSH, CUNNING = 3, 4
SPOT = [*choices.PERIOD, "month", "product"]


@scheme(
    code="C21",
    title_en="surge of use",
    title_zh="使用量突增",
    stage="care",
    subject="ledger",
    share=0.0005,
    recipe={
        1: "three to five times the units that the month's operations needed",
        2: "about twice as many",
        3: "half as many again, all in the last ten days of the month",
        4: "some units more, so that the month stays less than 30% above the one before",
    },
    traces=("device_uses.quantity", "fee_lines.quantity", "purchases.quantity"),
)
def surge(city: City, dose: Dose) -> City:
    """Open more units in the same operations for one month.

    They are bought, booked, used up and billed. The loss is the added units at the price that
    the hospital has agreed; the subject is the ledger of the month.
    """
    world = city.world
    fitting = dict.fromkeys(dose.difficulties, choices.periods(city, _plain(city), LEAST))
    wider = Dose(round(dose.subjects / YIELD), dose.difficulties, dose.since)
    chosen = campaigns.choose_each(world, "C21", fitting, wider)
    rows = choices.used_in(city, chosen)
    spots = _as_many(city, _spots(city, rows), dose)
    added = _spread(city, rows.join(spots.select(*SPOT, "more"), on=SPOT))
    touched = city.plan.join(added.select(key="stay"), on="key", how="semi")
    city = ordering.marked(city, touched).with_wanted(added.drop("day"))
    return city.guilty_ledgers("C21", _lost(city, spots))


def _plain(city: City) -> list[int]:
    """Registered generics without serial numbers."""
    products, keys = city.world.products, city.world.reference.generics["key"].to_list()
    fit = products.registered & ~products.serialised
    return [g for g in np.unique(products.generic[fit]).tolist() if keys[g] not in choices.SETS]


def _spots(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The month and product of each period in which units are added, and how many."""
    late = pl.Series(_is_late(city, rows))
    counted = rows.with_columns(late=late).group_by(SPOT).agg(
        pl.col("key", "campaign", "difficulty").first(), pl.col("day").max(),
        units=pl.col("quantity").sum(), late=pl.col("late").any(),
    )  # fmt: skip
    before = counted.select(*choices.PERIOD, "product", month=pl.col("month") + 1, before="units")
    both = counted.join(before, on=SPOT).filter(pl.col("before") >= UNITS_BEFORE)
    both = both.filter(pl.col("units") >= pl.col("before") * STEADY)
    both = both.with_columns(more=pl.Series(_more(city, both)))
    rush = pl.col("difficulty") == RUSH
    both = both.filter((pl.col("more") > 0) & (pl.col("late") | ~rush))
    best = both.sort(*choices.PERIOD, "units", "product", "month", descending=True)
    return best.unique(choices.PERIOD, keep="first", maintain_order=True)


def _as_many(city: City, spots: pl.DataFrame, dose: Dose) -> pl.DataFrame:
    """No more spots of each difficulty than were asked for."""
    luck = pl.Series(city.world.draw.uniform("c21/kept", spots["key"]))
    ranked = spots.with_columns(luck=luck)
    place = pl.col("luck").rank("ordinal").over("difficulty")
    most = -(-dose.subjects // len(dose.difficulties))
    return ranked.filter(place <= most).drop("luck")


def _is_late(city: City, rows: pl.DataFrame) -> np.ndarray:
    ends = city.world.clock.month_ends()
    late: np.ndarray = rows["day"].to_numpy() > ends[rows["month"].to_numpy()] - LAST_DAYS
    return late


def _more(city: City, spots: pl.DataFrame) -> Whole:
    """Units to add; at the highest difficulty none where the month grew by itself."""
    level, units, before = (spots[n].to_numpy() for n in ("difficulty", "units", "before"))
    luck = city.world.draw.uniform("c21/extra", spots["key"])
    part = by_case(
        [level == d for d in EXTRA],
        [low + (high - low) * luck for low, high in EXTRA.values()],
        0.0,
    )
    bold = np.maximum(np.ceil(units * part), np.ceil(before * GROWTH) - units)
    room = np.floor(before * MOST) - units
    few = np.minimum(room, np.ceil(units * (MOST - 1)))
    more: Whole = np.where(level == CUNNING, few, bold).astype(np.int64)
    return more


def _spread(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The units to add, shared out over the month's operations: stay, product, quantity."""
    late = pl.Series(_is_late(city, rows))
    fit = rows.filter(late | (pl.col("difficulty") != RUSH))
    luck = pl.Series(city.world.draw.uniform("c21/turn", fit["stay"], fit["product"]))
    fit = fit.with_columns(luck=luck).sort(*SPOT, "luck", "stay")
    turn, number = pl.int_range(pl.len()).over(SPOT), pl.len().over(SPOT)
    share = pl.col("more") // number + (turn < pl.col("more") % number).cast(pl.Int64)
    shared = fit.with_columns(quantity=share).filter(pl.col("quantity") > 0)
    return shared.select("stay", "product", "quantity", "day")


def _lost(city: City, spots: pl.DataFrame) -> pl.DataFrame:
    columns = (spots[name].to_numpy() for name in ("hospital", "product", "day"))
    agreed = pl.Series(supply.invoice(city.world, *columns))
    return spots.with_columns(amount=pl.col("more") * agreed)
