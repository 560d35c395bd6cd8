"""The bill of a few stays as it will be written, and lines put on it beyond the plan of care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import bill, catalogue, support
from synthetic.clock import SECONDS_PER_DAY
from synthetic.lines import UNCOVERED_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synthetic.state import City

CLOSING = 64_000  # second of the day of settlement after which nothing is posted
# What decides in which group a stay could be coded, and what that would pay.
PRICED = ["key", "person", "hospital", "day", "group", "severity", "standard", "op_day", "expected"]
NOBODY = pl.Series([], dtype=pl.String)
POSTING = 3_000  # seconds until an honest line is posted, at most


def candidates(
    city: City, *where: pl.Expr, columns: Iterable[str | pl.Expr] = (pl.all(),)
) -> pl.DataFrame:
    """Stays that nobody has touched or labelled, each settled once.

    Adds ``day`` (of admission) and ``expected`` yuan of the whole bill, which conditions in
    ``where`` see beside the plan. A plan is large: rows left out by ``where`` and columns not
    named are never copied.
    """
    material = city.uses.group_by(key="stay").agg(
        material=(pl.col("billed") * pl.col("unit_price")).sum() / 100
    )
    free = ~pl.col("planted") & (pl.col("voided") < 0) & (pl.col("resettles") < 0)
    free &= pl.col("main").is_null() & ~pl.col("newborn") & (pl.col("part") == 0)
    free &= (pl.col("coded_group") == pl.col("group")) & (pl.col("idle_a") < 0)
    free &= pl.col("coded_severity") == pl.col("severity")
    known = [rows.filter(pl.col("subject_type") == "stay")["subject_id"] for rows in city.truth]
    free &= ~pl.col("stay_id").is_in(pl.concat([NOBODY, *known]).implode())
    of_stay = city.plan.select("key").join(material, on="key", how="left", maintain_order="left")
    expected = pl.col("spend") + of_stay["material"].fill_null(0.0)
    told = city.plan.lazy().with_columns(day=pl.col("admit"), expected=expected)
    return told.filter(free, *where).select(*columns).collect()


def case_paid(city: City) -> pl.Expr:
    """Whether the stay's hospital is paid by the case."""
    paid = city.world.houses.frame["drg_paid"].fill_null(value=False)
    return pl.col("hospital").is_in(paid.arg_true().cast(pl.Int64).implode())


def standard_if(
    city: City, rows: pl.DataFrame, group: np.ndarray, severity: np.ndarray
) -> pl.Series:
    """Payment standard in yuan that stays would have in another group or severity."""
    world = city.world
    scheme = world.people.frame["scheme"].to_numpy()[rows["person"].to_numpy()]
    level = world.level(rows["hospital"].to_numpy())
    return pl.Series(city.standards.payment(group, severity, level, scheme))


def written(city: City, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fee lines (with ``key``, name of the item and ``turn`` within the stay) and settlements."""
    plan = rows.select(city.plan.columns)
    lines, stays = bill.bill(city.world, plan, bill.moved_to(plan, city.uses), city.lines)
    keys = plan.select("key", "stay_id")
    plain = pl.col("name").str.replace(catalogue.GRADE, "")
    names = city.world.services.frame.select("item_code", name=plain)
    lines = lines.join(keys, on="stay_id", maintain_order="left").join(
        names, on="item_code", how="left", maintain_order="left"
    )
    turn = pl.int_range(pl.len()).over("key")
    return lines.with_columns(turn=turn), stays.join(keys, on="stay_id", maintain_order="left")


def amounts(city: City, rows: pl.DataFrame, what: str) -> pl.Series:
    """One amount in fen of the settlements of the given stays, in their order."""
    _, stays = written(city, rows)
    return rows.select("key").join(stays, on="key", how="left", maintain_order="left")[what]


def with_services(city: City, rows: pl.DataFrame) -> City:
    """Bill services inside stays: key, item (row number), quantity, day and second of service."""
    return city.with_lines(services(city, rows))


def services(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """The added lines of ``with_services``: priced, covered and posted as honest ones."""
    header = city.plan.select(
        "key", "admit", "los", "admit_second", "leave_second", "physician", "settled"
    )
    rows = rows.join(header, on="key", maintain_order="left")
    begin = pl.col("admit") * SECONDS_PER_DAY + pl.col("admit_second") + 600
    end = (pl.col("admit") + pl.col("los")) * SECONDS_PER_DAY + pl.col("leave_second") - 300
    done = pl.col("day") * SECONDS_PER_DAY + pl.col("second")
    rows = rows.with_columns(served=pl.max_horizontal(pl.min_horizontal(done, end), begin))
    keys = (rows["key"], rows["item"].cast(pl.Int64), rows["day"])
    wait = pl.Series(city.world.draw.below("added/posting", POSTING, *keys))
    closing = pl.col("settled") * SECONDS_PER_DAY + CLOSING
    posted = pl.min_horizontal(pl.col("served") + wait, closing)
    return rows.select(
        "served", "quantity", "physician", *_offer(city, rows),
        stay="key", posted=pl.max_horizontal(posted, pl.col("served")),
    )  # fmt: skip


def _offer(city: City, rows: pl.DataFrame) -> list[pl.Series]:
    """Category, code, price on the day and coverage of service items."""
    items, place = city.world.services, rows["item"].to_numpy().astype(np.int64)
    raised = rows["served"].to_numpy() // SECONDS_PER_DAY >= items.rise
    yuan = np.where(raised, items.later_price[place], items.price[place])
    all_items = np.arange(len(items.codes))
    uncovered = city.world.draw.chance("line/covered", UNCOVERED_SHARE, all_items)
    taken = pl.Series(place).cast(pl.UInt32)
    return [
        items.frame["category"].gather(taken).alias("category"),
        items.codes.gather(taken).alias("item_code"),
        pl.Series("price", np.rint(yuan * 100).astype(np.int64)),
        pl.Series("covered", ~uncovered[place]),
    ]


def item_named(city: City, category: str, name: str) -> int:
    """Row number of the cheapest item of a name."""
    listed = support.named(city.world.services)
    mine = listed.filter((pl.col("category") == category) & (pl.col("item") == name))
    return int(mine["number"].to_list()[0])
