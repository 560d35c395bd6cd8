"""What was done in the emergency room before a bed was found, on the bill of the stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import billed
from synthetic.clock import SECONDS_PER_DAY
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LINES = (2, 4)
WAITED = (3 * 3_600, 20 * 3_600)  # seconds between a test in the emergency room and admission
TESTS = ("laboratory", "examination")


@lookalike(
    name="emergency_first", resembles=("H15",), stage="bill", share=0.004, eye=5.0,
    title_en="tests of the emergency room before admission", title_zh="急诊检查并入住院",
)  # fmt: skip
def emergency_first(city: City, dose: Dose) -> City:
    """Tests hours before admission: an emergency that ends in a bed is settled with the stay.

    They are posted when the person is admitted, for only then is there a stay to post them to.
    """
    draw = city.world.draw
    rows = billed.candidates(city).filter(pl.col("emergency") & (pl.col("admit") > 0))
    chosen = draw.luckiest("emergency_first/luck", rows, dose.subjects)
    count = pl.Series(draw.between("emergency_first/lines", *LINES, chosen["key"]))
    turns = chosen.with_columns(turn=pl.int_ranges(0, count), quantity=pl.lit(1, pl.Int32))
    turns = turns.explode("turn")
    tests = turns.with_columns(item=_tests(city, turns), second=pl.lit(0, pl.Int64))
    lines = billed.services(city, tests.select("key", "item", "quantity", "day", "second"))
    begin = turns["admit"] * SECONDS_PER_DAY + turns["admit_second"]
    away = draw.between("emergency_first/waited", *WAITED, turns["key"], turns["turn"])
    wait = draw.below("emergency_first/posted", billed.POSTING, turns["key"], turns["turn"])
    lines = lines.with_columns(served=begin - pl.Series(away), posted=begin + pl.Series(wait))
    city = city.with_lines(lines).with_plan(chosen.with_columns(planted=pl.lit(value=True)))
    return city.innocent_stays("emergency_first", chosen)


def _tests(city: City, turns: pl.DataFrame) -> pl.Series:
    """Tests from the cheaper half of the price list, in turn of the laboratory and of others."""
    draw, services = city.world.draw, city.world.services
    kind = (pl.col("turn") % len(TESTS)).cast(pl.Int64)
    parts = []
    for category in TESTS:
        first, count = services.first[category], services.count[category]
        drawn = draw.below(f"emergency_first/{category}", count // 2, turns["key"], turns["turn"])
        parts.append(pl.Series(category, first + drawn))
    both = turns.select("turn").with_columns(parts)
    return both.select(pl.when(kind == 0).then(TESTS[0]).otherwise(TESTS[1])).to_series()
