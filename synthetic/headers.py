"""The settlement of a stay: dates, ways in and out, codes, and who pays what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.arrays import by_case
from synthetic.links import LINKS
from synthetic.uses import variant

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

# Complications that decide the subgroup, and everyday companions: code, share, share from 60 on.
OLD_AGE = 60  # years
MAJOR = ("J96.000", "R57.000", "A41.900", "E43.x00", "N17.000")
MINOR = ("I48.000", "E87.600", "N18.900", "J44.900", "I80.200")
COMPANIONS = (
    ("I10.x00x002", 0.15, 0.48), ("E11.900", 0.07, 0.24), ("I25.103", 0.02, 0.20),
    ("E78.500", 0.10, 0.17), ("K29.000", 0.06, 0.06), ("I67.200x003", 0.02, 0.12),
    ("M81.000", 0.01, 0.10), ("G47.000x001", 0.04, 0.08), ("D64.900", 0.05, 0.07),
    ("N39.000", 0.03, 0.05),
)  # fmt: skip
SITES = {
    "CB3": "眼", "CB1": "眼", "IC2": "关节", "IC1": "关节", "IC3": "关节", "IF1": "上肢",
    "IF3": "股骨", "IF4": "小腿", "IF5": "下肢", "EB1": "肺", "EB2": "肺", "JA2": "乳房",
    "LB1": "肾", "LC1": "输尿管", "IB1": "脊柱", "IB2": "脊柱", "IB3": "脊柱", "FN1": "下肢动脉",
    "GE1": "腹股沟", "LF1": "上肢血管",
}  # fmt: skip
SIDES = ("left", "right")
SECOND_PROCEDURE = 0.15


def prepare(world: World, standards: Standards, plan: pl.DataFrame) -> pl.DataFrame:
    """Add settlement days, ids, ways in and out, group code and standard to the plan."""
    draw, key = world.draw, plan["key"].to_numpy()
    leave = plan["admit"].to_numpy() + plan["los"].to_numpy()
    settled = leave + draw.pick("stay/settled", SETTLED_LATER, key)
    known = settled + 1 + draw.pick("stay/known", KNOWN_LATER, key)
    scheme = world.people.frame["scheme"].to_numpy()[plan["person"].to_numpy()]
    group, severity = plan["coded_group"].to_numpy(), plan["severity"].to_numpy()
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
    follows = np.isin(plan["link"].to_numpy(), by_plan) & (plan["key"] == plan["source"]).to_numpy()
    seed = plan["seed"].to_numpy()
    planned: np.ndarray = np.append(follows[1:] & (seed[1:] == seed[:-1]), False)
    return planned


def _way_out(world: World, plan: pl.DataFrame) -> pl.Expr:
    """Way of discharge; a transfer is followed by the next stay of its chain."""
    moved = pl.col("moved_in").shift(-1, fill_value=False)
    next_same = pl.col("seed") == pl.col("seed").shift(-1)
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
    relief = world.people.frame["relief"].to_numpy()[person]
    share = np.array([FUND_SHARE[name] for name in kind])
    share = np.where(relief, RELIEF_SHARE, share)
    deductible = np.where(relief, 0.0, np.array([DEDUCTIBLE[name] for name in kind]))
    fund = np.floor(np.maximum(covered - deductible * 100, 0.0) * share)
    return pl.DataFrame({"fund": fund.astype(np.int64), "own": (total - fund).astype(np.int64)})


def principal(world: World, plan: pl.DataFrame) -> pl.Series:
    """Main diagnosis of each stay, from the list of its coded group."""
    listed = [codes.split() for codes in world.reference.groups["diagnoses"]]
    choice = variant(world, plan)
    group = plan["coded_group"].to_numpy()
    return pl.Series(
        [listed[g][int(u * len(listed[g]))] for g, u in zip(group, choice, strict=True)]
    )


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
        principal_diagnosis=principal(world, plan),
        drg="drg",
        day_case="day_case",
        newborn=pl.lit(value=False),
        planned_readmission="planned",
        referrer=pl.lit(None, pl.String),
        fund_amount=paid["fund"],
        self_pay_amount=paid["own"],
        payment_standard=(pl.col("standard") * 100).round().cast(pl.Int64),
    )  # fmt: skip


def diagnoses(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """The table ``stay_diagnoses``: main diagnosis, complications, companions."""
    draw, source, severity = world.draw, plan["source"].to_numpy(), plan["severity"].to_numpy()
    old = world.people.age[plan["person"].to_numpy()] >= OLD_AGE
    base = plan.select("key", "stay_id", "received")
    first = principal(world, plan)
    parts = [base.with_columns(code=first, rank=pl.lit(0))]
    for rank, (wanted, codes) in enumerate(((1, MAJOR), (3, MINOR)), start=1):
        code = np.array(codes)[draw.below(f"stay/code/{rank}", len(codes), source)]
        worse = pl.Series(severity == wanted)
        parts.append(base.with_columns(code=pl.Series(code), rank=pl.lit(rank)).filter(worse))
    for rank, (companion, young_share, old_share) in enumerate(COMPANIONS, start=3):
        share = np.where(old, old_share, young_share)
        hit = draw.chance(f"stay/companion/{rank}", share, plan["person"].to_numpy())
        parts.append(
            base.with_columns(code=pl.lit(companion), rank=pl.lit(rank)).filter(pl.Series(hit))
        )
    parts.append(_hidden_reason(world, plan, base))
    listed = pl.concat(parts).unique(["key", "code"], keep="first", maintain_order=True)
    listed = listed.sort("key", "rank").with_columns(
        position=pl.int_range(1, pl.len() + 1).over("key")
    )
    return listed.select(
        "stay_id", pl.col("position").cast(pl.Int64), "code",
        present_on_admission=pl.col("rank") != 1,
        received_on=world.clock.dates(listed["received"].to_numpy()),
    )  # fmt: skip


def _hidden_reason(world: World, plan: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """The illness truly treated, where the stay was coded to another group."""
    true = principal(world, plan.with_columns(coded_group=pl.col("group")))
    moved = plan["coded_group"] != plan["group"]
    return base.with_columns(code=true, rank=pl.lit(2)).filter(moved)


def procedures(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """The table ``stay_procedures`` for the part of a stay that holds the operation."""
    listed = [(codes or "").split() for codes in world.reference.groups["procedures"]]
    has = np.array([bool(codes) for codes in listed])[plan["group"].to_numpy()]
    day = pl.max_horizontal("op_day", pl.lit(0))
    inside = (day >= pl.col("first_day")) & (day < pl.col("first_day") + pl.col("los").clip(1))
    rows = plan.filter(pl.Series(has) & inside)
    group, choice = rows["group"].to_numpy(), variant(world, rows)
    first = [listed[g][int(u * len(listed[g]))] for g, u in zip(group, choice, strict=True)]
    second = [listed[g][int(u * len(listed[g])) - 1] for g, u in zip(group, choice, strict=True)]
    also = world.draw.chance("stay/second", SECOND_PROCEDURE, rows["source"])
    also &= np.array([a != b for a, b in zip(first, second, strict=True)], dtype=bool)
    done = (
        rows["admit"].to_numpy()
        + np.maximum(rows["op_day"].to_numpy(), 0)
        - rows["first_day"].to_numpy()
    )
    sites = np.array([SITES.get(adrg) for adrg in world.reference.groups["adrg"]], dtype=object)
    side = rows["side"].to_numpy()
    both = (rows["scale"].to_numpy() > 1) & (side >= 0)
    base = rows.select("stay_id", "received").with_columns(
        code=pl.Series(first),
        position=pl.lit(1, pl.Int64),
        performed_at=world.clock.moments(done, np.full(len(rows), 36_000)),
        physician_id=world.houses.physicians["physician_id"].gather(rows["physician"]),
        site=pl.Series(sites[group].tolist(), dtype=pl.String),
        laterality=pl.Series(
            by_case([both, side == 0, side == 1], ["bilateral", *SIDES], "")
        ).replace({"": None}),
    )
    extra = base.with_columns(code=pl.Series(second), position=pl.lit(2, pl.Int64)).filter(
        pl.Series(also)
    )
    both_rows = pl.concat([base, extra]).sort("stay_id", "position")
    return both_rows.with_columns(
        received_on=world.clock.dates(both_rows["received"].to_numpy())
    ).drop("received")
