"""H11 wrong or under-coding 低编错编: what is coded is not what was treated, to be paid more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, campaigns, coding, headers
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Floats
    from synthetic.state import City

DEAR = 1.25  # expected cost over the true standard, so that payment by fee pays off
SLIGHTLY_DEAR = (1.10, 1.70)  # the same at difficulty 4
HIGH_RATIO = 2.0  # cost over the coded standard from which a case is reviewed and paid by fee
CLEARLY_HIGH, BELOW_HIGH = 2.2, 1.7
SPARE = 1.4  # more are chosen than planted, since some bills turn out otherwise
LEAST_GAIN = 0.10  # of the true standard
# Groups without operation whose main diagnosis an operated patient may also have, by chance.
ELSEWHERE = ("FR2", "BR2", "ET2", "LR1", "KS1")
MILDEST = 5
NO_GROUP, MISFIT, LOWERED, LITTLE = 1, 2, 3, 4


@scheme(
    code="H11",
    title_en="wrong or under-coding",
    title_zh="低编错编",
    stage="bill",
    subject="stay",
    share=0.0015,
    recipe={
        1: "a main diagnosis that belongs to no group, so that a dear stay is paid by fee",
        2: "a main diagnosis of a dearer group that does not go with the operation",
        3: "a treated complication is left out; the cost is over twice the coded standard",
        4: "the same with a cost below twice the coded standard",
    },
    traces=("stays.principal_diagnosis", "stays.drg", "stay_diagnoses.code"),
)
def wrongly_coded(city: City, dose: Dose) -> City:
    """Code a stay so that it is paid by fee, or as a dearer group.

    The loss is the difference between the standards of both groups, or between the fee and the
    standard of the proper group (implementing rules, article 35).
    """
    more = replace(dose, subjects=round(dose.subjects * SPARE))
    chosen = city.whole(campaigns.choose_each(city.world, "H11", _candidates(city), more))
    if chosen.is_empty():
        return city
    chosen = _as_billed(city, chosen, dose)
    codes = np.array(coding.UNGROUPED)
    drawn = codes[city.world.draw.below("h11/code", len(codes), chosen["key"])]
    rows = chosen.with_columns(
        coded_group="to_group",
        coded_severity="to_severity",
        main=pl.when(pl.col("difficulty") == NO_GROUP).then(pl.Series(drawn)),
        planted=pl.lit(value=True),
    )
    rows = headers.grouped(city.world, city.standards, rows)
    return city.with_plan(rows).guilty_stays("H11", rows)


def _candidates(city: City) -> dict[int, pl.DataFrame]:
    rows = billed.candidates(
        city, billed.case_paid(city), pl.col("los") >= 1, columns=billed.PRICED
    )
    same = rows.with_columns(to_group="group", to_severity="severity", low="standard")
    lower = _lowered(city, rows)
    dear = pl.col("expected") / pl.col("standard")
    coded = pl.col("expected") / pl.col("low")
    return {
        NO_GROUP: same.filter(dear > DEAR),
        MISFIT: _misfit(city, rows),
        LOWERED: lower.filter((dear > DEAR) & (coded > CLEARLY_HIGH)),
        LITTLE: lower.filter(dear.is_between(*SLIGHTLY_DEAR) & (coded < BELOW_HIGH)),
    }  # fmt: skip


def _lowered(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Stays with a complication that could be left out, in groups where that lowers the group."""
    worse = rows.filter(pl.col("severity") < MILDEST)
    mildest = np.full(len(worse), MILDEST)
    low = billed.standard_if(city, worse, worse["group"].to_numpy(), mildest)
    told = worse.with_columns(to_group="group", to_severity=pl.lit(MILDEST, pl.Int64), low=low)
    return told.filter(pl.col("low") < pl.col("standard"))


def _misfit(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Operated stays with a dearer group of another chapter that has no operation."""
    reference = city.world.reference
    operated = reference.groups["procedures"].is_not_null().to_numpy()
    rows = rows.filter(pl.Series(operated[rows["group"].to_numpy()]) & (pl.col("op_day") >= 0))
    chapter = reference.groups["adrg"].str.slice(0, 1).to_numpy()
    severity, own = rows["severity"].to_numpy(), rows["group"].to_numpy()
    best: Floats = np.full(len(rows), 2.0)
    to_group = np.full(len(rows), -1)
    for place, adrg in enumerate(ELSEWHERE):
        there = reference.group(adrg)
        paid = billed.standard_if(city, rows, np.full(len(rows), there), severity)
        fits = (paid / rows["standard"] > 1 + LEAST_GAIN).to_numpy()
        fits &= chapter[own] != chapter[there]
        luck = city.world.draw.uniform("h11/elsewhere", rows["key"], place)
        better = fits & (luck < best)
        best, to_group = np.where(better, luck, best), np.where(better, there, to_group)
    told = rows.with_columns(
        to_group=pl.Series(to_group).cast(pl.Int64), to_severity="severity", low="standard"
    )
    return told.filter(pl.col("to_group") >= 0)


def _as_billed(city: City, chosen: pl.DataFrame, dose: Dose) -> pl.DataFrame:
    """Those whose bill, as written, gives the loss that was expected of it; adds ``amount``."""
    fee = billed.amounts(city, chosen, "total_amount")
    told = chosen.with_columns(
        amount=_loss(city, chosen, fee), high=fee / 100 / chosen["low"] >= HIGH_RATIO
    )
    level = pl.col("difficulty")
    fits = (pl.col("amount") > 0) & (pl.col("high") | (level != LOWERED))
    fits &= ~(pl.col("high") & (level == LITTLE))
    luck = pl.Series(city.world.draw.uniform("h11/kept", told["key"]))
    kept = told.with_columns(luck=luck).filter(fits).sort("difficulty", "luck", "key")
    wanted = -(-dose.subjects // len(dose.difficulties))
    return kept.filter(pl.int_range(pl.len()).over("difficulty") < wanted).drop("luck", "high")


def _loss(city: City, chosen: pl.DataFrame, fee: pl.Series) -> pl.Series:
    """Fen: what the dearer group pays more, else what the fee is above the proper standard."""
    proper = (chosen["standard"] * 100).round().cast(pl.Int64)
    group, severity = chosen["to_group"].to_numpy(), chosen["to_severity"].to_numpy()
    coded = billed.standard_if(city, chosen, group, severity)
    dearer = (coded * 100).round().cast(pl.Int64) - proper
    return pl.select(pl.when(dearer > 0).then(dearer).otherwise(fee - proper)).to_series()
