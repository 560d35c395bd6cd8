"""The lines of a stay that go with its complications, beyond what its group's patients get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import coding, support
from synthetic.lines import CATEGORIES, TESTS, idle

if TYPE_CHECKING:
    from synthetic.world import World

MOST_OF_SPEND = 0.015  # of a stay's planned spending, for one supporting item
LATEST_BEGIN = 3  # days of a stay after which what began in it is treated
FIRST_SLOT = 300  # beside the slots of ordered lines
IDLE = ("idle_a", "idle_b", "idle_c", "idle_d")


def true_illnesses(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Key, code and presence on admission of what the patient has, whatever was coded."""
    main = plan.select("key", code=coding.true_principal(world, plan), present=pl.lit(value=True))
    others = coding.complications(world, plan, plan["severity"].to_numpy())
    return pl.concat([main, others.select("key", "code", "present")]).unique(
        ["key", "code"], keep="first", maintain_order=True
    )


def supporting(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Lines drawn for the true illnesses, as ``lines.services`` gives them.

    Each settlement that shows an illness shows its treatment, also the parts of a cut stay.
    """
    wanted = true_illnesses(world, plan).join(support.offered(world.services), on="code")
    columns = ("source", "hospital", "first_day", "los", "spend", "untested", "resettles", *IDLE)
    rows = wanted.join(plan.select("key", *columns), on="key")
    had = world.draw.chance("support/had", rows["share"], rows["source"], rows["place"])
    illness = ["key", "code"]
    # Of an illness with several signs, one at least is there.
    none = ~pl.col("had").any().over(illness) & (pl.len().over(illness) > 1)
    first = pl.col("place") == pl.col("place").min().over(illness)
    rows = rows.with_columns(had=pl.Series(had)).filter(pl.col("had") | (none & first))
    return lines_of(world, rows)


def lines_of(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """Lines of the given items: rows of the offered table joined to stays and presence."""
    source, place = rows["source"].to_numpy(), rows["place"].to_numpy()
    nights = np.maximum(rows["los"].to_numpy(), 1)
    later = world.draw.below("support/begin", np.minimum(nights, LATEST_BEGIN), source)
    tests = (rows["untested"] & rows["category"].is_in(TESTS)).to_numpy()
    begin = np.where(rows["present"].to_numpy(), 0, later)
    begin = np.where(tests & (nights > 1), np.maximum(begin, 1), begin)
    grade = world.draw.below("support/grade", rows["grades"].to_numpy(), rows["hospital"], place)
    item = rows["first"].to_numpy() + grade
    every = np.maximum(rows["every"].to_numpy(), 1)
    room = (nights - begin + every - 1) // every
    paid = rows["spend"].to_numpy() * MOST_OF_SPEND / world.services.price[item]
    times = np.clip(np.minimum(room, rows["most"].to_numpy()), 1, np.maximum(paid, 1)).astype(int)
    days = rows.with_columns(
        number=pl.Series(item), begin=pl.Series(begin), turn=pl.int_ranges(0, pl.Series(times))
    ).explode("turn")
    step = pl.col("turn") * pl.col("every").clip(1)
    return _drawn(world, days.with_columns(day=pl.col("first_day") + pl.col("begin") + step))


def _drawn(world: World, days: pl.DataFrame) -> pl.DataFrame:
    active = days.filter(pl.Series(~idle(days)))
    again = pl.when(pl.col("resettles") >= 0).then("source").otherwise("key")
    hours = active.select(again).to_series()
    keys = (hours, active["day"], active["place"])
    second = 25_200 + world.draw.below("support/second", 46_800, *keys)
    category = pl.col("category").replace_strict({n: i for i, n in enumerate(CATEGORIES)})
    return active.select(
        "key", "source", "day",
        category=category.cast(pl.Int16),
        item=pl.col("number").cast(pl.Int32),
        quantity=pl.lit(1, pl.Int32),
        second=pl.Series(second).cast(pl.Int32),
        slot=(pl.col("place") + FIRST_SLOT).cast(pl.Int16),
    )  # fmt: skip
