"""The settlement of a stay: dates, ways in and out, and who pays what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import coding
from synthetic.keys import SECOND_OF_TWO
from synthetic.links import LINKS

if TYPE_CHECKING:
    from synthetic.randomness import Floats
    from synthetic.standards import Standards
    from synthetic.world import World

SETTLED_LATER = (86, 9, 3, 2)  # percent settled 0, 1, 2, 3 days after discharge
KNOWN_LATER = (80, 15, 5)  # percent delivered 1, 2, 3 days after settlement
AGAINST_ADVICE = 0.02
# Deductible in yuan and fund share by scheme and person type (proposal, dossier 4.3).
DEDUCTIBLE = {"working": 1500.0, "retired": 1200.0, "resident": 300.0, "student": 150.0}
FUND_SHARE = {"working": 0.85, "retired": 0.92, "resident": 0.72, "student": 0.72}
RELIEF_SHARE = 0.97


def prepare(world: World, standards: Standards, plan: pl.DataFrame) -> pl.DataFrame:
    """Add settlement days, ids, ways in and out, group code and standard to the plan."""
    draw, key = world.draw, plan["key"].to_numpy()
    leave = plan["admit"].to_numpy() + plan["los"].to_numpy()
    settled = leave + draw.pick("stay/settled", SETTLED_LATER, key)
    known = settled + 1 + draw.pick("stay/known", KNOWN_LATER, key)
    scheme = world.people.frame["scheme"].to_numpy()[plan["person"].to_numpy()]
    group, severity = plan["coded_group"].to_numpy(), plan["coded_severity"].to_numpy()
    level = world.level(plan["hospital"].to_numpy())
    return plan.with_columns(
        stay_id=draw.identifiers("S", key),
        settled=pl.Series(settled),
        received=pl.Series(known),
        drg=pl.Series(standards.code(group, severity)),
        standard=pl.Series(standards.payment(group, severity, level, scheme)),
        died=pl.Series(_died(world, plan)),
        planned=pl.Series(_planned(plan)) | plan["planned"],
    ).with_columns(discharge_way=_way_out(world, plan))


def _died(world: World, plan: pl.DataFrame) -> np.ndarray:
    """Deaths in hospital; only a person's last stay can end so."""
    last = (pl.col("admit") == pl.col("admit").max().over("person")).alias("last")
    chance = world.group_values("death")[plan["group"].to_numpy()]
    sick = np.where(plan["severity"].to_numpy() == 1, 3.0, 0.7)
    fatal = world.draw.chance("stay/death", chance * sick, plan["key"])
    whole = plan["idle_a"].to_numpy() < 0
    died: np.ndarray = plan.select(last).to_series().to_numpy() & fatal & whole
    return died


def _planned(plan: pl.DataFrame) -> np.ndarray:
    """Stays whose next stay was planned from the start, such as a cycle of chemotherapy."""
    by_plan = [place for place, link in enumerate(LINKS) if link.planned]
    follows = np.isin(plan["link"].to_numpy(), by_plan) & (plan["part"] != SECOND_OF_TWO).to_numpy()
    chain = plan["chain"].to_numpy()
    planned: np.ndarray = np.append(follows[1:] & (chain[1:] == chain[:-1]), False)
    return planned


def _way_out(world: World, plan: pl.DataFrame) -> pl.Expr:
    """Way of discharge; a transfer is followed by the next stay of its chain."""
    moved = pl.col("moved_in").shift(-1, fill_value=False)
    next_same = pl.col("chain") == pl.col("chain").shift(-1)
    against = pl.col("against") | pl.Series(
        world.draw.chance("stay/against", AGAINST_ADVICE, plan["key"])
    )
    return (
        pl.when("died").then(pl.lit("death"))
        .when(next_same & moved).then(pl.lit("transfer"))
        .when(against).then(pl.lit("against_advice"))
        .otherwise(pl.lit("home"))
    )  # fmt: skip


def _payers(world: World, plan: pl.DataFrame, total: Floats, covered: Floats) -> pl.DataFrame:
    """Fund and self-pay: deductible first, then the fund's share of what is covered."""
    person = plan["person"].to_numpy()
    kind = world.people.frame["person_type"].to_numpy()[person]
    relief = world.people.frame["relief"].to_numpy()[person] | plan["waived"].to_numpy()
    share = np.array([FUND_SHARE[name] for name in kind])
    share = np.where(relief, RELIEF_SHARE, share)
    deductible = np.where(relief, 0.0, np.array([DEDUCTIBLE[name] for name in kind]))
    fund = np.floor(np.maximum(covered - deductible * 100, 0.0) * share)
    return pl.DataFrame({"fund": fund.astype(np.int64), "own": (total - fund).astype(np.int64)})


def stays(world: World, plan: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """The table ``stays`` for a chunk; ``totals`` has key, total and covered in fen."""
    plan = plan.join(totals, on="key", how="left", maintain_order="left")
    paid = _payers(world, plan, plan["total"].to_numpy(), plan["covered"].to_numpy())
    clock, hospital = world.clock, plan["hospital"].to_numpy()
    leave = plan["admit"].to_numpy() + plan["los"].to_numpy()
    department = pl.Series(world.group_values("department")[plan["group"].to_numpy()])
    return plan.select(
        "stay_id",
        hospital_id=pl.Series(world.houses.frame["hospital_id"].to_numpy()[hospital]),
        total_amount="total",
        person_id=pl.Series(world.people.frame["person_id"].to_numpy()[plan["person"].to_numpy()]),
        department=department,
        ward=department + plan["ward"].cast(pl.String) + "病区",
        physician_id=world.houses.physicians["physician_id"].gather(plan["physician"]),
        admitted_at=clock.moments(plan["admit"].to_numpy(), plan["admit_second"].to_numpy()),
        discharged_at=clock.moments(leave, plan["leave_second"].to_numpy()),
        settled_on=clock.dates(plan["settled"].to_numpy()),
        received_on=clock.dates(plan["received"].to_numpy()),
        voided=pl.lit(value=False),
        admission_way=pl.when("moved_in").then(pl.lit("transfer"))
        .when("emergency").then(pl.lit("emergency")).otherwise(pl.lit("outpatient")),
        discharge_way="discharge_way",
        principal_diagnosis=coding.principal(world, plan),
        drg="drg",
        day_case="day_case",
        newborn="newborn",
        planned_readmission="planned",
        referrer="referrer",
        fund_amount=paid["fund"],
        self_pay_amount=paid["own"],
        payment_standard=(pl.col("standard") * 100).round().cast(pl.Int64),
    )  # fmt: skip


def with_cancelled(plan: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """The settlements, and those cancelled sent once more as voided."""
    wait = plan.filter(pl.col("voided") >= 0).select("stay_id", wait="voided")
    again = stays.join(wait, on="stay_id").with_columns(
        voided=pl.lit(value=True),
        received_on=pl.col("received_on") + pl.duration(days=pl.col("wait")),
    )
    return pl.concat([stays, again.select(stays.columns)])
