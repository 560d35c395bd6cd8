"""Who of a group came together with whom: first days at the group's hospital at most a day apart.

Read from the stays of the year before the night, as the portrait of a group reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from claims.results import GROUPS
from claims.tables import STAYS
from workbench.selectors.nights import readable, scan
from workbench.selectors.raised import YEAR

if TYPE_CHECKING:
    from datetime import date

    from claims.lake import Lake
    from workbench.selectors.nights import Night

TOGETHER = timedelta(days=1)
# More circles would lie on one another; those who came together most often are drawn.
MOST_DRAWN = 24
NETWORKS_KEPT = 32


@dataclass(frozen=True)
class Tie:
    """Two members and the days on which the first of them came when the other did."""

    one: str
    other: str
    days: tuple[date, ...]

    @property
    def times(self) -> int:
        """How often they came together."""
        return len(self.days)


@dataclass(frozen=True)
class Network:
    """Members, those with most meetings first, with their stays; ties; how many are left out."""

    members: tuple[tuple[str, int], ...]
    ties: tuple[Tie, ...]
    more: int


@lru_cache(maxsize=NETWORKS_KEPT)
def network(lake: Lake, night: Night, group: str) -> Network | None:
    """The network of a group as known on a night; None where the group has no members there."""
    with readable(lake):
        found = _members(lake, night, group)
        if found.is_empty():
            return None
        came = _came(lake, night, found)
    ties = _ties(came)
    persons = found["person_id"].unique().sort().to_list()
    meetings = dict.fromkeys(persons, 0)
    for tie in ties:
        meetings[tie.one] += tie.times
        meetings[tie.other] += tie.times
    stays = dict(came.group_by("person_id").len().iter_rows())
    ordered = sorted(persons, key=lambda one: (-meetings[one], one))
    drawn = ordered[:MOST_DRAWN]
    return Network(
        tuple((one, stays.get(one, 0)) for one in drawn),
        tuple(tie for tie in ties if {tie.one, tie.other} <= set(drawn)),
        len(ordered) - len(drawn),
    )


def _members(lake: Lake, night: Night, group: str) -> pl.DataFrame:
    """The newest rows of a group: members and hospital."""
    rows = scan(lake, night, GROUPS.name)
    if rows is None:
        return GROUPS.empty()
    mine = (pl.col("group_id") == group) & (pl.col("run_date") <= night.run_date)
    known = rows.filter(mine).select(GROUPS.names).collect()
    return known.filter(pl.col("run_date") == known["run_date"].max())


def _came(lake: Lake, night: Night, found: pl.DataFrame) -> pl.DataFrame:
    """The stays of the members at the hospital in the year: person_id and first day."""
    rows = scan(lake, night, STAYS.name)
    if rows is None:
        return pl.DataFrame(schema={"person_id": pl.String(), "on": pl.Date()})
    mine = rows.filter(
        pl.col("person_id").is_in(found["person_id"].unique().to_list())
        & pl.col("hospital_id").is_in(found["hospital_id"].unique().to_list())
    )
    newest = mine.sort("received_on").group_by("stay_id", maintain_order=True).last()
    on = pl.col("admitted_at").dt.date()
    inside = on.is_between(night.run_date - YEAR, night.run_date, closed="right")
    return newest.filter(inside).select("person_id", on=on).sort("person_id", "on").collect()


def _ties(came: pl.DataFrame) -> list[Tie]:
    """Every pair that came together, the most frequent first."""
    apart = (pl.col("on") - pl.col("on_other")).abs()
    pairs = (
        came.join(came, how="cross", suffix="_other")
        .filter((pl.col("person_id") < pl.col("person_id_other")) & (apart <= TOGETHER))
        .group_by("person_id", "person_id_other")
        .agg(pl.col("on").unique().sort())
    )
    ties = [Tie(one, other, tuple(days)) for one, other, days in pairs.iter_rows()]
    return sorted(ties, key=lambda tie: (-tie.times, tie.one, tie.other))
