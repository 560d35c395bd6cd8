"""What a stay is coded to: main diagnosis, companions and complications, procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.arrays import by_case
from synthetic.uses import variant

if TYPE_CHECKING:
    from synthetic.world import World

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


def principal(world: World, plan: pl.DataFrame) -> pl.Series:
    """Main diagnosis of each stay, from the list of its coded group."""
    listed = [codes.split() for codes in world.reference.groups["diagnoses"]]
    choice = variant(world, plan)
    group = plan["coded_group"].to_numpy()
    usual = pl.Series(
        [listed[g][int(u * len(listed[g]))] for g, u in zip(group, choice, strict=True)],
        dtype=pl.String,
    )
    return plan.select(pl.coalesce("main", usual)).to_series()


def diagnoses(world: World, plan: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    """The table ``stay_diagnoses``: main diagnosis, complications, companions, added codes."""
    draw, source = world.draw, plan["source"].to_numpy()
    severity = plan["coded_severity"].to_numpy()
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
    more = base.join(added, left_on="key", right_on="stay", maintain_order="left")
    parts.append(more.select(*base.columns, "code", rank=pl.when("present").then(2).otherwise(1)))
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
            performed_at=world.clock.moments(done, np.full(len(rows), 36_000)),
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
