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
NO_GROUP = "0000"  # stays that the main diagnosis leaves without a case group are paid by fee


def prepare(world: World, standards: Standards, plan: pl.DataFrame) -> pl.DataFrame:
    """Add settlement days, ids, ways in and out, group code and standard to the plan."""
    plan = grouped(world, standards, _settled(world, plan))
    return plan.with_columns(
        stay_id=world.draw.identifiers("S", plan["key"]),
        died=pl.Series(_died(world, plan)),
        planned=pl.Series(_planned(plan)) | plan["planned"],
    ).with_columns(discharge_way=_way_out(world, plan))


def grouped(world: World, standards: Standards, plan: pl.DataFrame) -> pl.DataFrame:
    """Add the case group and its payment standard, as coded."""
    scheme = world.people.frame["scheme"].to_numpy()[plan["person"].to_numpy()]
    group, severity = plan["coded_group"].to_numpy(), plan["coded_severity"].to_numpy()
    level = world.level(plan["hospital"].to_numpy())
    return plan.with_columns(
        drg=pl.Series(standards.code(group, severity)),
        standard=pl.Series(standards.payment(group, severity, level, scheme)),
    )


def _settled(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Add the days of settlement and delivery; a new settlement waits for the cancellation."""
    draw, key = world.draw, plan["key"].to_numpy()
    leave = plan["admit"].to_numpy() + plan["los"].to_numpy()
    settled = leave + draw.pick("stay/settled", SETTLED_LATER, key)
    dated = plan.with_columns(
        settled=pl.Series(settled),
        received=pl.Series(settled + 1 + draw.pick("stay/known", KNOWN_LATER, key)),
    )
    cancelled = dated.filter(pl.col("voided") >= 0).select(
        resettles="key", void=pl.col("received") + pl.col("voided")
    )
    again = dated.join(cancelled, on="resettles", how="left", maintain_order="left")
    later = (again["void"] - pl.Series(leave)).fill_null(0)
    return dated.with_columns(pl.col("settled") + later, pl.col("received") + later)


def _own(plan: pl.DataFrame) -> pl.Series:
    """The key that decides how a stay ended: that of the cancelled settlement, if there is one."""
    return plan.select(
        pl.when(pl.col("resettles") >= 0).then("resettles").otherwise("key")
    ).to_series()


def _died(world: World, plan: pl.DataFrame) -> np.ndarray:
    """Deaths in hospital; only a person's last stay can end so."""
    last = (pl.col("admit") == pl.col("admit").max().over("person")).alias("last")
    chance = world.group_values("death")[plan["group"].to_numpy()]
    sick = np.where(plan["severity"].to_numpy() == 1, 3.0, 0.7)
    fatal = world.draw.chance("stay/death", chance * sick, _own(plan))
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
        world.draw.chance("stay/against", AGAINST_ADVICE, _own(plan))
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
    grouped_well = ~pl.col("main").is_in(coding.UNGROUPED).fill_null(value=False)
    leave = plan["admit"].to_numpy() + plan["los"].to_numpy()
    department = pl.Series(
        world.group_values("department")[plan["group"].to_numpy()], dtype=pl.String
    )
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
        drg=pl.when(grouped_well).then("drg").otherwise(pl.lit(NO_GROUP)),
        day_case="day_case",
        newborn="newborn",
        planned_readmission="planned",
        referrer="referrer",
        fund_amount=paid["fund"],
        self_pay_amount=paid["own"],
        payment_standard=pl.when(grouped_well).then(
            (pl.col("standard") * 100).round().cast(pl.Int64)
        ),
    )  # fmt: skip


def sent_again(world: World, plan: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """The settlements, and those cancelled or typed anew as they were sent once more."""
    cancelled = _later(plan, stays, "voided").with_columns(voided=pl.lit(value=True))
    retyped = plan.filter(pl.col("retyped") >= 0)
    right = retyped.select(
        "stay_id",
        main=coding.true_principal(world, retyped),
        group="drg",
        paid=(pl.col("standard") * 100).round().cast(pl.Int64),
    )
    typed = _later(plan, stays, "retyped").join(right, on="stay_id", maintain_order="left")
    typed = typed.with_columns(principal_diagnosis="main", drg="group", payment_standard="paid")
    return pl.concat([stays, *(part.select(stays.columns) for part in (cancelled, typed))])


def with_retyped(plan: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that hang on stays; a stay that was typed anew sends all of them once more."""
    return pl.concat([rows, _later(plan, rows, "retyped").select(rows.columns)])


def _later(plan: pl.DataFrame, stays: pl.DataFrame, wait: str) -> pl.DataFrame:
    """The rows that were sent once more, as they became known then."""
    days = plan.filter(pl.col(wait) >= 0).select("stay_id", wait=wait)
    again = stays.join(days, on="stay_id", maintain_order="left")
    return again.with_columns(received_on=pl.col("received_on") + pl.duration(days=pl.col("wait")))
