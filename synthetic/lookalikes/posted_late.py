"""Lines that are late for honest reasons: typed in after discharge, or handed out on leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import billed
from synthetic.clock import SECONDS_PER_DAY
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LINES = (2, 4)
LAST_DAYS = 2
AT_THE_DOOR = (600, 9_000)  # seconds after leaving the ward
MOST_DRUGS = 3


@lookalike(
    name="late_posting", resembles=("H15",), stage="bill", share=0.002, eye=5.0,
    title_en="posted after discharge", title_zh="出院后补记账",
)  # fmt: skip
def late_posting(city: City, dose: Dose) -> City:
    """Services of the last days are posted after the discharge; they were given in time."""
    waited = pl.col("settled") > pl.col("admit") + pl.col("los")
    rows = billed.candidates(city, waited, pl.col("los") >= LAST_DAYS)
    chosen = _drawn(city, rows, "late", dose)
    turns = _turns(city, chosen, LINES)
    key = (turns["key"], turns["turn"])
    draw = city.world.draw
    before = pl.Series(draw.below("late/day", LAST_DAYS, *key))
    turns = turns.with_columns(
        item=pl.Series(_item(city, "laboratory", turns)),
        day=pl.col("admit") + pl.col("los") - 1 - before,
        second=pl.Series(25_200 + draw.below("late/second", 46_800, *key)),
    )
    lines = billed.services(city, turns.select("key", "item", "quantity", "day", "second"))
    closing = turns["settled"] * SECONDS_PER_DAY + billed.CLOSING
    leave = (turns["admit"] + turns["los"]) * SECONDS_PER_DAY + turns["leave_second"]
    lines = lines.with_columns(posted=leave + (closing - leave) * 3 // 4)
    city = city.with_lines(lines).with_plan(chosen.with_columns(planted=pl.lit(value=True)))
    return city.innocent_stays("late_posting", chosen)


@lookalike(
    name="take_home_drugs", resembles=("H15",), stage="bill", share=0.002, eye=5.0,
    title_en="drugs handed out after leaving the ward", title_zh="出院带药",
)  # fmt: skip
def take_home_drugs(city: City, dose: Dose) -> City:
    """Drugs to take home are handed out at the pharmacy an hour or two after the discharge."""
    draw = city.world.draw
    rows = billed.candidates(city, pl.col("los") >= 1, ~pl.col("died"))
    chosen = _drawn(city, rows, "home", dose)
    turns = _turns(city, chosen, (1, MOST_DRUGS))
    turns = turns.with_columns(item=pl.Series(_item(city, "drug", turns)), day="admit", second=0)
    lines = billed.services(city, turns.select("key", "item", "quantity", "day", "second"))
    leave = (turns["admit"] + turns["los"]) * SECONDS_PER_DAY + turns["leave_second"]
    after = pl.Series(draw.between("home/after", *AT_THE_DOOR, turns["key"]))
    closing = turns["settled"] * SECONDS_PER_DAY + billed.CLOSING
    # All drugs of a person are handed out together, and before the books are closed.
    served = pl.select(pl.min_horizontal(leave + after, pl.max_horizontal(closing, leave + 300)))
    lines = lines.with_columns(served=served.to_series(), posted=served.to_series())
    city = city.with_lines(lines).with_plan(chosen.with_columns(planted=pl.lit(value=True)))
    return city.innocent_stays("take_home_drugs", chosen)


def _drawn(city: City, rows: pl.DataFrame, name: str, dose: Dose) -> pl.DataFrame:
    return city.world.draw.luckiest(f"posted/{name}", rows, dose.subjects)


def _turns(city: City, chosen: pl.DataFrame, number: tuple[int, int]) -> pl.DataFrame:
    """A few lines a stay."""
    count = pl.Series(city.world.draw.between("posted/lines", *number, chosen["key"]))
    turns = chosen.with_columns(turn=pl.int_ranges(0, count), quantity=pl.lit(1, pl.Int32))
    return turns.explode("turn")


def _item(city: City, category: str, turns: pl.DataFrame) -> pl.Series:
    """Some item from the cheaper half of a category."""
    first, count = (getattr(city.world.services, n)[category] for n in ("first", "count"))
    drawn = city.world.draw.below(f"posted/{category}", count // 2, turns["key"], turns["turn"])
    return pl.Series(first + drawn)
