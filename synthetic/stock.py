"""What the stores book besides purchases: opening stock, issues, corrections, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from synthetic.world import World

PLACE = ["hospital", "product"]
MOVE = [*PLACE, "lot", "quantity", "kind", "day", "other", "known"]
CORRECTED_SHARE = 0.02  # lots with a small correction booked at a count
ISSUE_DAYS = 14  # wards are supplied every fortnight


def moves(
    world: World, bulk: pl.DataFrame, single: pl.DataFrame, uses: pl.DataFrame
) -> pl.DataFrame:
    """Every honest move: opening stock, corrections, issues and returns."""
    parts = [_opening_moves(bulk, single), _issues(world, uses), _corrections(world, bulk)]
    return pl.concat(parts)


def counts(
    world: World, bulk: pl.DataFrame, single: pl.DataFrame, uses: pl.DataFrame
) -> pl.DataFrame:
    """Stock by lot at each month's end."""
    both = pl.concat([_bulk_counts(world, bulk, uses), _single_counts(world, single)])
    total = both.group_by(*PLACE, "lot", "day").agg(pl.col("quantity").sum())
    return total.sort(*PLACE, "day", "lot")


def _opening_moves(bulk: pl.DataFrame, single: pl.DataFrame) -> pl.DataFrame:
    """Stock at hand on the first morning."""
    both = pl.concat([f.filter(pl.col("delivered") < 0).select(*PLACE, "lot", "quantity")
                      for f in (bulk, single)])  # fmt: skip
    total = both.group_by(*PLACE, "lot").agg(pl.col("quantity").sum()).sort(*PLACE, "lot")
    return total.with_columns(
        kind=pl.lit("opening"), day=pl.lit(0, pl.Int64), other=pl.lit(-1, pl.Int64),
        known=pl.lit(1, pl.Int64),
    ).select(MOVE)  # fmt: skip


def _corrections(world: World, lots: pl.DataFrame) -> pl.DataFrame:
    """Units found, lost or scrapped, one or two at a time, as every store books them."""
    keys = [lots[n].to_numpy() for n in ("hospital", "product", "period")]
    hit = pl.Series(world.draw.chance("goods/correction", CORRECTED_SHARE, *keys))
    kind = np.array(["gain", "loss", "scrap"])[world.draw.pick("goods/kind", (5, 3, 2), *keys)]
    day = np.maximum(lots["delivered"].to_numpy(), 0) + world.draw.between(
        "goods/found", 3, 20, *keys
    )
    rows = lots.select(*PLACE, "lot").with_columns(
        quantity=pl.Series(world.draw.between("goods/units", 1, 2, *keys)),
        kind=pl.Series(kind),
        day=pl.Series(day),
        other=pl.lit(-1, pl.Int64),
        known=pl.Series(day + 2),
    )
    return rows.filter(hit).select(MOVE)


def _issues(world: World, uses: pl.DataFrame) -> pl.DataFrame:
    """Goods sent to wards each fortnight, and what the wards send back."""
    sent = (
        uses.with_columns(turn=pl.col("day") // ISSUE_DAYS)
        .group_by(*PLACE, "turn", "lot")
        .agg(pl.col("quantity").sum(), first=pl.col("day").min(), last=pl.col("day").max())
        .sort(*PLACE, "turn", "lot")
    )
    keys = [sent[n].to_numpy() for n in ("hospital", "product", "turn")]
    extra = world.draw.chance("goods/extra", 0.12, *keys).astype(np.int64)
    early = world.draw.below("goods/early", 2, *keys)
    base = sent.select(*PLACE, "lot", "quantity", "first", "last").with_columns(
        extra=pl.Series(extra), other=pl.lit(-1, pl.Int64)
    )
    issue = base.with_columns(
        quantity=pl.col("quantity") + pl.col("extra"),
        kind=pl.lit("issue"),
        day=(pl.col("first") - pl.Series(early)).clip(0),
    )
    back = base.filter(pl.col("extra") > 0).with_columns(
        quantity=pl.col("extra"), kind=pl.lit("department_return"), day=pl.col("last") + 2
    )
    columns = [*PLACE, "lot", "quantity", "kind", "day", "other"]
    both = pl.concat([issue.select(columns), back.select(columns)])
    return both.with_columns(known=pl.col("day") + 1).select(MOVE)


def _bulk_counts(world: World, lots: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """What is left of each lot at each month's end, first in first out."""
    ends = pl.DataFrame({"day": world.clock.month_ends()}).cast(pl.Int64)
    spent = (
        uses.filter(~pl.col("serial"))
        .sort("day")
        .with_columns(spent=pl.col("quantity").cum_sum().over(PLACE))
        .select(*PLACE, "day", "spent")
    )
    open_lots = lots.select(*PLACE, "lot", "position", "quantity", "delivered")
    grid = open_lots.join(ends, how="cross").filter(pl.col("delivered") <= pl.col("day"))
    grid = grid.sort("day").join_asof(spent, on="day", by=PLACE, check_sortedness=False)
    gone = (pl.col("spent").fill_null(0) - pl.col("position")).clip(0, None)
    grid = grid.with_columns(left=(pl.col("quantity") - gone).clip(0))
    newest = pl.col("position") == pl.col("position").max().over(*PLACE, "day")
    return grid.filter((pl.col("left") > 0) | newest).select(*PLACE, "lot", "day", quantity="left")


def _single_counts(world: World, units: pl.DataFrame) -> pl.DataFrame:
    """Serialised units on the shelf at each month's end; consigned ones are not owned."""
    ends = pl.DataFrame({"end": world.clock.month_ends()}).cast(pl.Int64)
    owned = units.filter(~pl.col("consignment"))
    shelf = owned.join_where(
        ends, pl.col("delivered") <= pl.col("end"), pl.col("day") > pl.col("end")
    )
    return (
        shelf.group_by(*PLACE, "lot", day="end")
        .agg(pl.col("quantity").sum())
        .select(*PLACE, "lot", "day", "quantity")
    )
