"""H15 date and logic conflict 日期逻辑冲突: what is billed cannot have happened then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, campaigns
from synthetic.arrays import by_case
from synthetic.clock import SECONDS_PER_DAY
from synthetic.grammar import Dose, scheme
from synthetic.lines import DAILY

if TYPE_CHECKING:
    from synthetic.state import City

# Seconds between a line and the border of its stay; published checks allow a day.
AWAY = (int(1.3 * SECONDS_PER_DAY), 5 * SECONDS_PER_DAY)
NEAR = (3 * 3_600, 20 * 3_600)
LINES = {1: (3, 6), 4: (2, 4)}  # fewest and most lines outside
NIGHTS = (5, 60)
DAYS_TWICE = (2, 4)
OVER = (2, 3)  # nights that a stay runs on into the next one
FURTHEST = 14  # nights from a discharge to the next admission that may be bridged
OUTSIDE, TWICE, TWO_BEDS, BORDER = 1, 2, 3, 4


@scheme(
    code="H15",
    title_en="date and logic conflict",
    title_zh="日期逻辑冲突",
    stage="bill",
    subject="stay",
    share=0.0010,
    recipe={
        1: "services one to five days before admission, after discharge or after death",
        2: "bed, nursing and consultation of 2 to 4 days billed twice over",
        3: "the stay runs on for 2 or 3 nights into the person's next stay",
        4: "services within a day before admission or after discharge",
    },
    traces=("fee_lines.performed_at", "fee_lines.quantity", "stays.discharged_at"),
)
def impossible_dates(city: City, dose: Dose) -> City:
    """Bill services at times at which they cannot have been given.

    The loss is the amount of the lines that cannot be true.
    """
    chosen = campaigns.choose_each(city.world, "H15", _candidates(city), dose)
    if chosen.is_empty():
        return city
    overlapping = chosen.filter(pl.col("difficulty") == TWO_BEDS)
    others = chosen.filter(pl.col("difficulty") != TWO_BEDS)
    lines, _ = billed.written(city, others)
    added = pl.concat([_outside(city, others, lines), _twice(city, others, lines)])
    lost = added.group_by(key="stay").agg(
        amount=(pl.col("quantity") * pl.col("price")).sum().cast(pl.Int64)
    )
    marked = others.join(lost, on="key").with_columns(planted=pl.lit(value=True))
    city = city.with_plan(marked).with_lines(added).guilty_stays("H15", marked)
    return _run_on(city, overlapping)


def _candidates(city: City) -> dict[int, pl.DataFrame]:
    rows = billed.candidates(city).with_columns(gap=pl.lit(None, pl.Int64))
    long = rows.filter(pl.col("los").is_between(*NIGHTS))
    early = (pl.col("admit") > AWAY[1] // SECONDS_PER_DAY) & (pl.col("los") >= 1)
    return {OUTSIDE: rows.filter(early), TWICE: long, TWO_BEDS: _before_another(city, rows),
            BORDER: rows.filter(early & ~pl.col("died"))}  # fmt: skip


def _before_another(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Stays soon followed by another one of the person, with the nights between."""
    once = (pl.col("resettles") < 0) & (pl.col("voided") < 0) & ~pl.col("newborn")
    follows = city.plan.filter(once).sort("person", "admit", "key")
    same = pl.col("person") == pl.col("person").shift(-1)
    gap = pl.col("admit").shift(-1) - pl.col("admit") - pl.col("los")
    last = pl.col("los").shift(-1) >= OVER[1]
    near = follows.select(
        "key", gap=pl.when(same & gap.is_between(1, FURTHEST) & last).then(gap)
    ).filter(pl.col("gap").is_not_null())
    ended = pl.col("admit") + pl.col("los") + FURTHEST + OVER[1] < city.world.clock.days
    found = rows.drop("gap").join(near, on="key").select(rows.columns)
    left = (pl.col("los") >= OVER[0]) & ended & (pl.col("discharge_way") == "home")
    return found.filter(left)


def _outside(city: City, chosen: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Some of the stay's own services once more, at times outside it."""
    draw = city.world.draw
    rows = chosen.filter(pl.col("difficulty").is_in([OUTSIDE, BORDER]))
    key, level = rows["key"].to_numpy(), rows["difficulty"].to_numpy()
    few, many = (np.array([LINES[d][side] for d in level.tolist()]) for side in (0, 1))
    # What is typed after the discharge must still be posted before the settlement.
    late = rows["settled"].to_numpy() > rows["admit"].to_numpy() + rows["los"].to_numpy()
    after = (late & draw.chance("h15/after", 0.7, key)) | rows["died"].to_numpy()
    rows = rows.with_columns(
        wanted=pl.Series(draw.between("h15/lines", few, many, key)), after=pl.Series(after)
    )
    care = lines.filter(_is_care(lines) & (pl.col("quantity") > 0))
    luck = pl.Series(draw.uniform("h15/which", care["key"], care["turn"]))
    care = care.with_columns(luck=luck).with_columns(
        rank=pl.col("luck").rank("ordinal").over("key")
    )
    taken = care.join(rows, on="key").filter(pl.col("rank") <= pl.col("wanted"))
    return _copied(taken, _moments(city, taken))


def _is_care(lines: pl.DataFrame) -> pl.Series:
    return ~lines["category"].is_in([*DAILY, "consumable", "surgery", "anaesthesia"])


def _moments(city: City, taken: pl.DataFrame) -> pl.DataFrame:
    """Seconds of service and posting of lines outside their stay."""
    draw, keys = city.world.draw, (taken["key"], taken["turn"])
    level = taken["difficulty"].to_numpy()
    low = by_case([level == OUTSIDE], [AWAY[0]], NEAR[0])
    high = by_case([level == OUTSIDE], [AWAY[1]], NEAR[1])
    away = draw.between("h15/away", low, high, *keys)
    begin = taken["admit"].to_numpy() * SECONDS_PER_DAY + taken["admit_second"].to_numpy()
    leave = taken["admit"].to_numpy() + taken["los"].to_numpy()
    end = leave * SECONDS_PER_DAY + taken["leave_second"].to_numpy()
    served = np.where(taken["after"].to_numpy(), end + away, begin - away)
    closing = taken["settled"].to_numpy() * SECONDS_PER_DAY + billed.CLOSING
    # Nothing can be typed in before there is a stay to post it to.
    wait = draw.below("h15/posted", billed.POSTING, *keys)
    posted = np.minimum(np.maximum(served, begin) + wait, closing)
    return pl.DataFrame({"served": served, "posted": posted})


def _copied(lines: pl.DataFrame, moments: pl.DataFrame) -> pl.DataFrame:
    """Added lines like the given ones, at other moments."""
    return lines.select(
        "category", "item_code", "covered", "physician",
        stay="key", price="unit_price",
        quantity=(pl.col("quantity") // 1000).cast(pl.Int32),
    ).with_columns(moments.get_columns())  # fmt: skip


def _twice(city: City, chosen: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Bed, nursing and consultation of some days once more."""
    draw = city.world.draw
    rows = chosen.filter(pl.col("difficulty") == TWICE)
    key, nights = rows["key"].to_numpy(), rows["los"].to_numpy()
    count = draw.between("h15/days", *DAYS_TWICE, key)
    first = 1 + draw.below("h15/first", np.maximum(nights - count - 1, 1), key)
    rows = rows.with_columns(
        since=pl.col("admit") + pl.Series(first), until=pl.col("admit") + pl.Series(first + count)
    )
    zero = city.world.clock.moments(np.zeros(1, np.int64), np.zeros(1, np.int64))[0]
    hotel = lines.filter(pl.col("category").is_in(DAILY) & (pl.col("quantity") > 0))
    hotel = hotel.with_columns(
        served=(pl.col("performed_at") - zero).dt.total_seconds(),
        posted=(pl.col("charged_at") - zero).dt.total_seconds(),
    )
    day = pl.col("served") // SECONDS_PER_DAY
    taken = hotel.join(rows, on="key").filter((day >= pl.col("since")) & (day < pl.col("until")))
    # A line that was reversed and billed again is doubled once only.
    taken = taken.with_columns(on=day).unique(
        ["key", "category", "on"], keep="first", maintain_order=True
    )
    later = 60 * draw.between("h15/later", 1, 40, taken["key"], taken["turn"])
    closing = pl.col("settled") * SECONDS_PER_DAY + billed.CLOSING
    moments = taken.select(
        "served", posted=pl.max_horizontal(
            pl.min_horizontal(pl.col("posted") + pl.Series(later), closing), "served"
        ),
    )  # fmt: skip
    return _copied(taken.with_columns(physician=pl.lit(None, pl.Int64)), moments)


def _run_on(city: City, chosen: pl.DataFrame) -> City:
    """Put the discharge off into the person's next stay."""
    if chosen.is_empty():
        return city
    over = chosen["gap"].to_numpy() + city.world.draw.between("h15/over", *OVER, chosen["key"])
    more = pl.Series(over.astype(np.int64))
    longer = chosen.with_columns(
        pl.col("los") + more,
        pl.col("settled") + more,
        pl.col("received") + more,
        planted=pl.lit(value=True),
        day_case=pl.lit(value=False),
    )
    before = billed.amounts(city, chosen, "total_amount")
    city = city.with_plan(longer)
    amount = billed.amounts(city, longer, "total_amount") - before
    return city.guilty_stays("H15", longer.with_columns(amount=amount))
