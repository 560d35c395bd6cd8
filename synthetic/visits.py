"""Outpatient, emergency and pharmacy visits of the people who also lie in hospital.

Columns before delivery: ``visit`` key, ``person``, ``hospital``, ``day``, ``second``,
``kind`` and ``amount`` in fen (null: what such a visit costs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.additions import VISITS, conformed
from synthetic.keys import VISIT_STEP

if TYPE_CHECKING:
    from synthetic.world import World

CHRONIC = 0.35  # persons who fetch drugs now and then
AMOUNT = {"clinic": 320.0, "emergency": 640.0, "pharmacy": 180.0}  # mean yuan of a visit
REASONS = ("I10.x00x002", "E11.900", "I25.103", "E78.500", "K29.000", "J44.900", "M54.500")
REASON_SHARES = (30, 18, 14, 10, 10, 8, 10)
AMOUNT_SIGMA = 0.7


@dataclass(frozen=True)
class Anchor:
    """Clinic visits before (sign -1) or after (sign 1) stays: share of stays, days between."""

    name: str
    share: float
    gap: tuple[int, int]
    sign: int


ANCHORS = (Anchor("before", 0.55, (1, 12), -1), Anchor("after", 0.50, (5, 35), 1))


def _anchored(world: World, plan: pl.DataFrame, anchor: Anchor) -> pl.DataFrame:
    name, sign = anchor.name, anchor.sign
    rows = plan.filter(pl.Series(world.draw.chance(f"visit/{name}", anchor.share, plan["key"])))
    gaps = world.draw.between(f"visit/gap/{name}", *anchor.gap, rows["key"])
    base = rows["admit"].to_numpy() + (rows["los"].to_numpy() if sign > 0 else 0)
    urgent = rows["emergency"].to_numpy() & (sign < 0)
    return rows.select("person", "hospital", visit="key").with_columns(
        visit=pl.col("visit") * VISIT_STEP + (1 if sign > 0 else 0),
        day=pl.Series(base + sign * gaps),
        kind=pl.Series(np.where(urgent, "emergency", "clinic")),
    )


def _refills(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Chronic patients fetch drugs at a hospital near home."""
    chosen = plan.filter(pl.Series(world.draw.chance("visit/chronic", CHRONIC, plan["key"])))
    hospital = world.draw.below("visit/near", len(world.houses.frame), chosen["person"])
    day = world.draw.below("visit/refill", world.clock.days, chosen["key"])
    return chosen.select(
        "person", hospital=pl.Series(hospital), visit=pl.col("key") * VISIT_STEP + 2
    ).with_columns(day=pl.Series(day), kind=pl.lit("pharmacy"))


def make(world: World, plan: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """Visits of living persons who are not in a bed on that day, and the ``planted`` ones."""
    own = plan.filter(pl.col("resettles") < 0)
    parts = [*(_anchored(world, own, anchor) for anchor in ANCHORS), _refills(world, own)]
    visits = pl.concat([conformed(VISITS, part) for part in parts]).filter(
        pl.col("day").is_between(0, world.clock.days - 1)
    )
    both = pl.concat([_out_of_bed(visits, plan), planted])
    return both.unique("visit", keep="first", maintain_order=True).sort("visit")


def _out_of_bed(visits: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    beds = plan.select("person", "admit", leave=pl.col("admit") + pl.col("los"), died="died").sort(
        "admit"
    )
    found = visits.sort("day").join_asof(
        beds, left_on="day", right_on="admit", by="person", check_sortedness=False
    )
    free = pl.col("leave").is_null() | ((pl.col("day") > pl.col("leave")) & ~pl.col("died"))
    return found.filter(free).select(visits.columns)


def priced(world: World, visits: pl.DataFrame) -> pl.DataFrame:
    """Add hour and amount to visits."""
    key = visits["visit"].to_numpy()
    mean = np.array([AMOUNT[kind] for kind in visits["kind"]])
    amount = mean * world.draw.spread("visit/amount", AMOUNT_SIGMA, key)
    second = 28_800 + world.draw.below("visit/second", 28_800, key)
    usual = pl.Series(np.rint(amount * 10).astype(np.int64) * 10)
    return visits.with_columns(second=pl.Series(second), amount=pl.coalesce("amount", usual))


def rows(world: World, visits: pl.DataFrame) -> pl.DataFrame:
    """The table ``outpatient_visits``."""
    visits = priced(world, visits)
    days = visits["day"].to_numpy()
    known = days + world.draw.between("visit/known", 1, 2, visits["visit"])
    # A person comes for the same chronic illness each time.
    reason = np.array(REASONS)[world.draw.pick("visit/reason", REASON_SHARES, visits["person"])]
    people, houses = world.people.frame, world.houses.frame
    return visits.select(
        "kind",
        "amount",
        visit_id=world.draw.identifiers("V", visits["visit"]),
        person_id=people["person_id"].gather(visits["person"].cast(pl.UInt32)),
        hospital_id=houses["hospital_id"].gather(visits["hospital"].cast(pl.UInt32)),
        visited_at=world.clock.moments(days, visits["second"].to_numpy()),
        principal_diagnosis=pl.Series(reason),
        received_on=world.clock.dates(known),
    )
