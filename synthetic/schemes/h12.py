"""H12 cost shifting 转移费用: what belongs to the stay is paid somewhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, ordering, worth
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (2, 30)
STRUCTURES = ("surgical", "medical", "procedure")
OWN_SHARE = (0.35, 0.7)  # difficulty 1: covered lines put to the patient
PUBLISHED_SHARE = 0.15  # of the stay's cost, spent in clinics around it (dossier H12)
BELOW = 0.9  # of the published share, which the most cunning do not reach
CLEAR = 1.2  # of the published share, which the others pass
ASKED = {1: 1, 2: 7, 3: 7, 4: 4}  # candidates tried for each that is wanted
BEFORE = {2: (1, 2), 3: (1, 3), 4: (1, 3)}  # days from the visit to the stay
PARTS = 3  # visits over which difficulty 3 spreads the tests
PATIENT, SPREAD, CUNNING = 1, 3, 4
QUIET = 4  # days before and after the stay without other visits, for the most cunning
LEAST = 100 * 100  # fen worth shifting


@scheme(
    code="H12",
    title_en="cost shifting",
    title_zh="转移费用",
    stage="bill",
    subject="stay",
    share=0.0015,
    recipe={
        1: "a third or more of the covered lines are put to the patient",
        2: "the tests of the first day are billed in a clinic a day or two before",
        3: "the same, over two or three visits, one of them at another hospital",
        4: "the same in one visit, which stays below the published share of the stay's cost",
    },
    traces=("fee_lines.covered", "outpatient_visits.amount", "stays.self_pay_amount"),
)
def shifted_costs(city: City, dose: Dose) -> City:
    """Take costs out of the stay that the fund pays by case, and let others pay them.

    The loss is what was shifted: own payments for covered items, or the clinic's bill.
    """
    chosen = _chosen(city, dose)
    guilty = _shifted(chosen)
    visits = _visits(city, guilty.filter(pl.col("difficulty") != PATIENT))
    moved = visits.group_by("key").agg(moved=pl.col("amount").sum())
    guilty = guilty.join(moved, on="key", how="left", maintain_order="left")
    guilty = guilty.with_columns(amount=pl.coalesce("moved", "shifted"))
    city = ordering.marked(city, guilty).with_visits(visits)
    return city.guilty_stays("H12", guilty)


def _shifted(rows: pl.DataFrame) -> pl.DataFrame:
    """The plan of the chosen: tests left out, or lines put to the patient."""
    patient = pl.col("difficulty") == PATIENT
    return rows.with_columns(
        untested=~patient, own_share=pl.when(patient).then("asked").otherwise(0.0)
    )


def _chosen(city: City, dose: Dose) -> pl.DataFrame:
    """Stays for each difficulty, with ``shifted`` and ``total`` in fen.

    Bills are drawn for a few times as many as are wanted; those that fit are kept.
    """
    structure = pl.col("structure").is_in(STRUCTURES)
    honest = ~pl.col("untested") & (pl.col("own_share") == 0)
    stayed = pl.col("los").is_between(*NIGHTS)
    columns = [*campaigns.PLACED, "person", "admit", "los"]
    rows = ordering.untouched(city, stayed, structure, honest, columns=columns)
    alone = worth.unseen(city, rows, QUIET)
    parts: list[pl.DataFrame] = []
    for place, level in enumerate(dose.difficulties):
        pool = alone if level == CUNNING else rows
        for earlier in parts:
            pool = pool.join(earlier.select("key"), on="key", how="anti")
        wanted = (dose.subjects + place) // len(dose.difficulties)
        asked = Dose(wanted * ASKED[level], (level,), dose.since)
        drawn = campaigns.choose(city.world, "H12", pool, asked, salt=f"/{level}")
        parts.append(drawn.with_columns(wanted=pl.lit(wanted)))
    priced = _priced(city, city.whole(pl.concat(parts))).filter(_fits())
    luck = pl.Series(city.world.draw.uniform("h12/kept", priced["key"]))
    place_of = luck.rank("ordinal")
    kept = priced.with_columns(turn=place_of.cast(pl.Int64))
    turn = pl.col("turn").rank("ordinal").over("difficulty")
    return kept.filter(turn <= pl.col("wanted")).drop("turn")


def _fits() -> pl.Expr:
    """What each difficulty asks of the shifted amount beside the rest of the stay."""
    level = pl.col("difficulty")
    share = pl.col("shifted") / (pl.col("total") - pl.col("shifted"))
    below, clear = share < BELOW * PUBLISHED_SHARE, share > CLEAR * PUBLISHED_SHARE
    fit = pl.when(level == CUNNING).then(below).otherwise((level == PATIENT) | clear)
    return fit & (pl.col("shifted") > LEAST)


def _priced(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the honest total, and what would be shifted: covered lines, or the tests."""
    low, high = OWN_SHARE
    asked = low + (high - low) * city.world.draw.uniform("h12/own", rows["key"])
    rows = rows.with_columns(asked=pl.Series(asked))
    changed = worth.bills(city, _shifted(rows)).rename({"total": "rest", "covered": "left"})
    both = worth.bills(city, rows).join(changed, on="key")
    both = rows.select("key", "difficulty").join(both, on="key", maintain_order="left")
    tests = (pl.col("total") - pl.col("rest")) // worth.STEP * worth.STEP
    own = pl.col("covered") - pl.col("left")
    shifted = pl.when(pl.col("difficulty") == PATIENT).then(own).otherwise(tests)
    named = both.select("key", "total", shifted=shifted)
    return rows.join(named, on="key", maintain_order="left")


def _visits(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Clinic visits that bill the tests: one, or several of which one is elsewhere."""
    draw = city.world.draw
    several = pl.Series(draw.between("h12/parts", 2, PARTS, rows["key"]))
    number = pl.when(pl.col("difficulty") == SPREAD).then(several).otherwise(1)
    each = rows.with_columns(number=number).with_columns(turn=pl.int_ranges(0, pl.col("number")))
    each = each.explode("turn")
    keys = (each["key"].to_numpy(), each["turn"].to_numpy())
    low, high = (np.array([BEFORE[d][side] for d in each["difficulty"].to_list()], dtype=np.int64)
                 for side in (0, 1))  # fmt: skip
    away = each["turn"].to_numpy() > 0
    elsewhere = draw.below("h12/elsewhere", len(city.world.houses.frame), each["key"])
    hospital = np.where(away, elsewhere, each["hospital"].to_numpy())
    weight = pl.Series(0.5 + draw.uniform("h12/weight", *keys))
    dated = each.with_columns(
        weight=weight,
        hospital=pl.Series(hospital),
        day=(pl.col("admit") - pl.Series(draw.between("h12/before", low, high, *keys))).clip(0),
        kind=pl.lit("clinic"),
    )
    share = pl.col("weight") / pl.col("weight").sum().over("key")
    amount = (pl.col("shifted") * share / worth.STEP).round().cast(pl.Int64) * worth.STEP
    return dated.with_columns(amount=amount).select(
        "key", "person", "hospital", "day", "kind", "amount"
    )
