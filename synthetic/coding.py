"""What a stay is coded to: main diagnosis, companions and complications, procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.arrays import by_case
from synthetic.uses import variant

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Whole
    from synthetic.world import World

# Complications that decide the subgroup: code and share present on admission.
FIRST_OPERATION, OPERATING = 28_800, 25_200  # from eight o'clock, for seven hours
OLD_AGE = 60  # years
PRESENT = {
    "J96.000": 0.72, "R57.000": 0.55, "A41.900": 0.62, "E43.x00": 0.90, "N17.000": 0.58,
    "I48.000": 0.88, "E87.600": 0.55, "N18.900": 0.99, "J44.900": 0.99, "I80.200": 0.40,
}  # fmt: skip
MAJOR = ("J96.000", "R57.000", "A41.900", "E43.x00", "N17.000")
MINOR = ("I48.000", "E87.600", "N18.900", "J44.900", "I80.200")
BY_SEVERITY = {1: MAJOR, 3: MINOR}
OF_NEWBORNS = {1: "A41.900", 3: "E87.600"}
# Everyday companions: code, share, share from 60 on, youngest age in years.
COMPANIONS = (
    ("I10.x00x002", 0.15, 0.48, 25), ("E11.900", 0.07, 0.24, 20), ("I25.103", 0.02, 0.20, 34),
    ("E78.500", 0.10, 0.17, 18), ("K29.000", 0.06, 0.06, 8), ("I67.200x003", 0.02, 0.12, 34),
    ("M81.000", 0.01, 0.10, 34), ("G47.000x001", 0.04, 0.08, 16), ("D64.900", 0.05, 0.07, 0),
    ("N39.000", 0.03, 0.05, 0),
)  # fmt: skip
# Main diagnoses that belong to no case group: signs, history, observation.
UNGROUPED = ("R69.x00", "Z03.900", "Z76.800", "R53.x00")
SITES = {
    "CB3": "眼", "CB1": "眼", "IC2": "关节", "IC1": "关节", "IC3": "关节", "IF1": "上肢",
    "IF3": "股骨", "IF4": "小腿", "IF5": "下肢", "EB1": "肺", "EB2": "肺", "JA2": "乳房",
    "LB1": "肾", "LC1": "输尿管", "IB1": "脊柱", "IB2": "脊柱", "IB3": "脊柱", "FN1": "下肢动脉",
    "GE1": "腹股沟", "LF1": "上肢血管",
}  # fmt: skip
SIDES = ("left", "right")
SECOND_PROCEDURE = 0.15


def principal(world: World, plan: pl.DataFrame) -> pl.Series:
    """Main diagnosis of each stay as coded, from the list of its coded group."""
    usual = _of_group(world, plan, plan["coded_group"].to_numpy())
    return plan.select(pl.coalesce("main", usual)).to_series()


def true_principal(world: World, plan: pl.DataFrame) -> pl.Series:
    """The illness truly treated, from the list of the group treated for."""
    return _of_group(world, plan, plan["group"].to_numpy())


def _of_group(world: World, plan: pl.DataFrame, group: Whole) -> pl.Series:
    listed = [codes.split() for codes in world.reference.groups["diagnoses"]]
    count = np.array([len(codes) for codes in listed])
    first = np.cumsum(count) - count
    place = first[group] + (variant(world, plan) * count[group]).astype(np.int64)
    flat = pl.Series([code for codes in listed for code in codes], dtype=pl.String)
    return flat.gather(pl.Series(place).cast(pl.UInt32))


def complications(world: World, plan: pl.DataFrame, severity: Whole) -> pl.DataFrame:
    """What made stays of the given severities worse: key, code, present, stay_id, received."""
    kept = [name for name in ("key", "stay_id", "received") if name in plan.columns]
    category = true_principal(world, plan).str.slice(0, 3).to_numpy()
    parts = []
    for rank, codes in BY_SEVERITY.items():
        drawn = world.draw.below(f"stay/code/{rank}", len(codes), plan["source"])
        same = np.array([code[:3] for code in codes])[drawn] == category
        code = pl.Series(codes).gather(pl.Series((drawn + same) % len(codes)).cast(pl.UInt32))
        young = pl.when(plan["newborn"]).then(pl.lit(OF_NEWBORNS[rank])).otherwise(code)
        code = pl.select(code=young).to_series()
        rows = plan.select(kept).with_columns(
            code=code, present=pl.Series(present(world, plan["source"], code))
        )
        parts.append(rows.filter(pl.Series(severity == rank)))
    return pl.concat(parts)


def present(world: World, source: pl.Series, code: pl.Series) -> Flags:
    """Whether a complication was there on admission."""
    share = code.replace_strict(PRESENT, default=1.0, return_dtype=pl.Float64).to_numpy()
    return world.draw.chance("stay/present", share, source)


def companions(world: World, person: Whole) -> pl.DataFrame:
    """Everyday illnesses of persons: ``row`` (place in the array), code and rank."""
    age = world.people.age[person]
    parts = []
    for rank, (code, young, old, least) in enumerate(COMPANIONS, start=3):
        share = np.where(age >= OLD_AGE, old, np.where(age >= least, young, 0.0))
        hit = world.draw.chance(f"stay/companion/{rank}", share, person)
        row = np.flatnonzero(hit).astype(np.int64)
        parts.append(pl.DataFrame({"row": row}).with_columns(code=pl.lit(code), rank=pl.lit(rank)))
    return pl.concat(parts)


def diagnoses(world: World, plan: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    """The table ``stay_diagnoses``: main diagnosis, complications, companions, added codes.

    Where the stay was coded worse than it was, schemes add what was coded beyond the truth.
    """
    base = plan.select("key", "stay_id", "received")
    first = base.with_columns(
        code=principal(world, plan), rank=pl.lit(0), present=pl.lit(value=True)
    )
    coded = np.maximum(plan["severity"].to_numpy(), plan["coded_severity"].to_numpy())
    worse = complications(world, plan, coded).with_columns(rank=pl.lit(1))
    patient = plan.select(pl.coalesce("patient", "person")).to_series().to_numpy()
    known = companions(world, patient).with_columns(present=pl.lit(value=True))
    grown = base.with_row_index("row").filter(~plan["newborn"])
    beside = grown.join(known, on="row", maintain_order="right")
    more = base.join(added, left_on="key", right_on="stay").with_columns(rank=pl.lit(1))
    named = first.columns
    parts = [first, worse, _hidden_reason(world, plan, base), beside, more]
    listed = pl.concat([part.select(named) for part in parts], how="vertical_relaxed")
    listed = listed.sort("key", "rank", "code", "present")
    listed = listed.unique(["key", "code"], keep="first", maintain_order=True)
    placed = listed.with_columns(position=pl.int_range(1, pl.len() + 1).over("key"))
    placed = pl.concat([placed, _retyped(world, plan, placed)])
    return placed.select(
        "stay_id", pl.col("position").cast(pl.Int64), "code", present_on_admission="present",
        received_on=world.clock.dates(placed["received"].to_numpy()),
    )  # fmt: skip


def _hidden_reason(world: World, plan: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """The illness truly treated, where the stay was coded to another group."""
    moved = plan["coded_group"] != plan["group"]
    return base.with_columns(
        code=true_principal(world, plan), rank=pl.lit(2), present=pl.lit(value=True)
    ).filter(moved)


def _retyped(world: World, plan: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """The diagnoses of stays whose main one was typed wrongly at first, as sent again."""
    again = plan.filter(pl.col("retyped") >= 0)
    right = again.select("key", right=true_principal(world, again), wait="retyped")
    rows = placed.join(right, on="key", maintain_order="left")
    rows = rows.with_columns(
        code=pl.when(pl.col("position") == 1).then("right").otherwise("code"),
        received=pl.col("received") + pl.col("wait"),
    )
    return rows.select(placed.columns)


def _hour(world: World, rows: pl.DataFrame, done: Whole) -> Whole:
    """Second of the day of each operation: between eight and three, and inside the stay."""
    drawn = FIRST_OPERATION + world.draw.below("stay/operated", OPERATING, rows["source"])
    admit, nights = rows["admit"].to_numpy(), rows["los"].to_numpy()
    begin = np.where(done == admit, rows["admit_second"].to_numpy() + 600, 0)
    end = np.where(done == admit + nights, rows["leave_second"].to_numpy() - 300, 86_399)
    inside: Whole = np.clip(drawn, begin, np.maximum(begin, end))
    return inside


def procedures(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """The table ``stay_procedures`` for the part of a stay that holds the operation."""
    listed = [(codes or "").split() for codes in world.reference.groups["procedures"]]
    has = np.array([bool(codes) for codes in listed])[plan["group"].to_numpy()]
    day = pl.max_horizontal("op_day", pl.lit(0))
    inside = (day >= pl.col("first_day")) & (day < pl.col("first_day") + pl.col("los").clip(1))
    named = pl.Series(has) | pl.col("operation").is_not_null()
    rows = plan.filter(named & inside & ~pl.col("unlisted"))
    group, choice = rows["group"].to_numpy(), variant(world, rows)
    offered = [listed[g] or [""] for g in group]
    first = [codes[int(u * len(codes))] for codes, u in zip(offered, choice, strict=True)]
    second = [codes[int(u * len(codes)) - 1] for codes, u in zip(offered, choice, strict=True)]
    also = world.draw.chance("stay/second", SECOND_PROCEDURE, rows["source"])
    also &= rows["operation"].is_null().to_numpy()
    also &= np.array([a != b for a, b in zip(first, second, strict=True)], dtype=bool)
    done = (
        rows["admit"].to_numpy()
        + np.maximum(rows["op_day"].to_numpy(), 0)
        - rows["first_day"].to_numpy()
    )
    sites = np.array([SITES.get(adrg) for adrg in world.reference.groups["adrg"]], dtype=object)
    side = rows["coded_side"].to_numpy()
    both = (rows["scale"].to_numpy() > 1) & (side >= 0)
    usual = pl.Series(sites[group].tolist(), dtype=pl.String)
    base = (
        rows.select("stay_id", "received", "operation", "coded_site")
        .with_columns(
            code=pl.coalesce("operation", pl.Series(first, dtype=pl.String)),
            position=pl.lit(1, pl.Int64),
            performed_at=world.clock.moments(done, _hour(world, rows, done)),
            physician_id=world.houses.physicians["physician_id"].gather(rows["physician"]),
            site=pl.coalesce("coded_site", usual),
            laterality=pl.Series(
                by_case([both, side == 0, side == 1], ["bilateral", *SIDES], "")
            ).replace({"": None}),
        )
        .drop("operation", "coded_site")
    )
    extra = base.with_columns(
        code=pl.Series(second, dtype=pl.String), position=pl.lit(2, pl.Int64)
    ).filter(pl.Series(also))
    both_rows = pl.concat([base, extra]).sort("stay_id", "position")
    return both_rows.with_columns(
        received_on=world.clock.dates(both_rows["received"].to_numpy())
    ).drop("received")
