"""Hospitals that open inside the window: nothing that was planted lies in them before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from synthetic.state import City
    from synthetic.world import World

# The day of what is delivered about a hospital, by table.
DAYS = {
    "purchases": pl.col("delivered_on"),
    "stock_moves": pl.col("moved_at").dt.date(),
    "stock_counts": pl.col("counted_on"),
    "outpatient_visits": pl.col("visited_at").dt.date(),
}


def cared(city: City) -> City:
    """The city without planted stays in a hospital that has not opened, and without their labels.

    Honest stays go elsewhere from the start; those that schemes and look-alikes add may not.
    """
    plan = city.plan
    closed = city.world.since.closed(plan["hospital"].to_numpy(), plan["admit"].to_numpy())
    if not closed.any():
        return city
    gone = city.stay_ids(plan.filter(pl.Series(closed))["key"]).implode()
    truth = tuple(rows.filter(~pl.col("subject_id").is_in(gone)) for rows in city.truth)
    return replace(city, plan=plan.filter(~pl.Series(closed)), truth=truth)


def _dated(world: World) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "hospital_id": world.houses.frame["hospital_id"],
            "opened": world.clock.dates(world.since.houses),
        }
    )


def known(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """Hospitals and physicians, not known before the house opens."""
    dated = rows.join(_dated(world), on="hospital_id", maintain_order="left")
    return dated.with_columns(received_on=pl.max_horizontal("received_on", "opened")).drop("opened")


def delivered(world: World, name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """A table without what would have happened in a house before its opening."""
    if name not in DAYS or not (world.since.houses > 0).any():
        return rows
    later = _dated(world).filter(pl.col("opened") > world.clock.start)
    dated = rows.join(later, on="hospital_id", how="left", maintain_order="left")
    open_by_then = (DAYS[name] >= pl.col("opened")).fill_null(value=True)
    return dated.filter(open_by_then).drop("opened")
