"""Portraits of physicians, departments and hospitals: against peers, and month by month.

Every stay of a year is held against the median of its own case group (the frozen standard),
so that a unit with hard cases is not called dear for them: observed over expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.facts import OLD_AGE
from cases.portraits.against import Dimension, against
from cases.portraits.record import KINDS, Portrait, Said
from cases.wording import FEW_PEERS, LEVEL_EN, LEVEL_ZH
from claims.errors import NotFoundError, did_you_mean
from features import stay_frames
from features.declaration import BOTH, STAY
from features.standards import look_up
from features.stay import SATURDAY
from features.units import COUNT, RATIO, SHARE

if TYPE_CHECKING:
    from claims.history import History

YEAR_DAYS = 365
RETURN_DAYS = 15
# DOMAIN 7.2: settled just at the limit of its payment standard (冲线).
NEAR_LOW, NEAR_HIGH = 0.85, 1.05
SHORT_DAYS = 2
THOUSANDTHS = 1000
# A unit with fewer stays a year is no peer: its figures are chance.
FEWEST_STAYS = 10
MOST_ALIKE = 5
UNIT_SEPARATOR = "|"

DIMENSIONS = (
    Dimension("cost_ratio", "cost", "fee over its case groups' usual", "费用与病组标准之比", RATIO),
    Dimension("days_ratio", "course", "days over its case groups' usual", "天数与病组标准之比",
              RATIO, BOTH),
    Dimension("near_standard", "payment", "settled near the payment standard", "接近支付标准占比",
              SHARE),
    Dimension("no_self_pay", "payment", "nothing paid by the person", "个人零支付占比", SHARE),
    Dimension("short", "course", "stays of at most 2 days", "2天以内住院占比", SHARE),
    Dimension("returned", "history", "back within 15 days", "15天内再住院占比", SHARE),
    Dimension("emergency", "admission", "admitted as emergency", "急诊入院占比", SHARE, BOTH),
    Dimension("weekend", "admission", "admitted on a weekend", "周末入院占比", SHARE),
    Dimension("elderly", "patients", "aged 80 or more", "80岁以上占比", SHARE, BOTH),
    Dimension("top_group", "patients", "in its most frequent case group", "首位病组占比", SHARE),
    Dimension("stays", "volume", "stays in the year", "一年住院人次", COUNT, BOTH),
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of unit: the columns that name one, and those that its peers share."""

    name: str
    key: tuple[str, ...]
    alike: tuple[str, ...]
    plural: str
    plural_zh: str


UNITS = {
    one.name: one
    for one in (
        Kind("hospital", ("hospital_id",), ("level",), "hospitals", "家医院"),
        Kind("department", ("hospital_id", "department"), ("department", "level"),
             "departments", "个科室"),
        Kind("physician", ("physician_id",), ("department", "level"), "physicians", "名医师"),
    )
}  # fmt: skip


def unit_portrait(
    history: History,
    kind: str,
    subject: str,
    night: date,
    standards: pl.DataFrame,
    labels: list[dict[str, Any]],
) -> Portrait:
    """Build the portrait of a unit from the stays of the year before a night.

    ``standards`` are frozen rows of stays. Raises NotFoundError for an unknown unit.
    """
    unit = UNITS[kind]
    stays = _stays(history, unit, night, standards)
    mine = stays.filter(pl.col("unit") == subject)
    if mine.is_empty():
        raise NotFoundError(
            f"No stay of the year before {night} belongs to the {kind} '{subject}'.",
            f"Ids stand in table `stays`.{did_you_mean(subject, stays['unit'].unique())}",
        )
    figures = _figures(stays)
    (own,) = figures.filter(pl.col("unit") == subject).to_dicts()
    peers, who = _peers(figures, unit, own)
    return Portrait(
        kind=kind,
        subject=subject,
        night=night,
        title=_title(history, unit, own),
        facts=_facts(own),
        labels=labels,
        position=against(own, peers, DIMENSIONS, who),
        trend=_months(mine),
        neighbours=_alike(own, peers),
        notes=_notes(unit, own, peers),
        standards=None if stays.is_empty() else stays["standard_version"][0],
    )


def _stays(history: History, unit: Kind, night: date, standards: pl.DataFrame) -> pl.DataFrame:
    """Stays discharged in the year, each with what its case group usually costs and lasts."""
    inside = pl.col("discharged_at").dt.date() > night - timedelta(days=YEAR_DAYS)
    ids = history.current("stays").filter(inside).select(subject_id="stay_id")
    stays = (
        stay_frames.stay(history, ids.with_columns(as_of=pl.lit(night)))
        .with_columns(unit=pl.concat_str(unit.key, separator=UNIT_SEPARATOR))
        .filter(pl.col("unit").is_not_null())
        .collect()
        .with_columns(standard_version=pl.lit(_newest(standards), pl.String))
    )
    usual = look_up(stays, STAY, standards, ["total_cost", "length_of_stay"])
    for feature, name, scale in (
        ("total_cost", "usual_fee", 1),
        ("length_of_stay", "usual_days", THOUSANDTHS),
    ):
        # Whole fen and thousandths of a day: floats would add up otherwise in another order.
        one = usual.filter(pl.col("feature") == feature).select(
            "subject_id", (pl.col("location") * scale).round().cast(pl.Int64).alias(name)
        )
        stays = stays.join(one, on="subject_id", how="left")
    return _with_returns(stays).sort("subject_id")


def _newest(standards: pl.DataFrame) -> str | None:
    ordered = standards.sort("run_date", "version")
    return None if ordered.is_empty() else str(ordered["version"][-1])


def _with_returns(stays: pl.DataFrame) -> pl.DataFrame:
    """Add whether the person had left the same hospital at most 15 days before."""
    left_before = (
        pl.col("discharged_on")
        .shift(1)
        .over("person_id", "hospital_id", order_by=("admitted_at", "subject_id"))
    )
    gap = (pl.col("admitted_on") - left_before).dt.total_days()
    back = gap.is_between(0, RETURN_DAYS) & pl.col("person_id").is_not_null()
    return stays.with_columns(returned=back.fill_null(value=False))


def _figures(stays: pl.DataFrame) -> pl.DataFrame:
    """One row a unit: its dimensions and what its peers are chosen by."""
    ratio = pl.col("total_amount") / pl.col("payment_standard")
    both = pl.col("usual_fee").is_not_null()
    largest = (
        stays.group_by("unit", "case_group").len().group_by("unit").agg(most=pl.col("len").max())
    )
    found = stays.group_by("unit").agg(
        pl.col("hospital_id").min(),
        pl.col("department").drop_nulls().sort().first(),
        pl.col("level").drop_nulls().sort().first(),
        stays=pl.len(),
        amount=pl.col("total_amount").sum(),
        cost_ratio=pl.col("total_amount").filter(both).sum() / pl.col("usual_fee").sum(),
        days_ratio=pl.col("days").filter(pl.col("usual_days").is_not_null()).sum()
        * THOUSANDTHS
        / pl.col("usual_days").sum(),
        near_standard=ratio.is_between(NEAR_LOW, NEAR_HIGH).mean(),
        no_self_pay=(pl.col("self_pay_amount") == 0).mean(),
        short=(pl.col("days") <= SHORT_DAYS).mean(),
        returned=pl.col("returned").mean(),
        emergency=(pl.col("admission_way") == "emergency").mean(),
        weekend=(pl.col("admitted_at").dt.weekday() >= SATURDAY).mean(),
        elderly=(pl.col("age") >= OLD_AGE).mean(),
    )
    finite = [
        pl.when(pl.col(one.name).cast(pl.Float64).is_finite())
        .then(pl.col(one.name))
        .alias(one.name)
        for one in DIMENSIONS
        if one.name in found.columns
    ]
    return (
        found.join(largest, on="unit")
        .with_columns(*finite, top_group=pl.col("most") / pl.col("stays"))
        .sort("unit")
    )


def _peers(figures: pl.DataFrame, unit: Kind, own: dict[str, Any]) -> tuple[pl.DataFrame, str]:
    """Other units like this one that have enough stays, and how they are called."""
    others = figures.filter((pl.col("unit") != own["unit"]) & (pl.col("stays") >= FEWEST_STAYS))
    alike = others.filter(
        pl.all_horizontal(pl.col(name).eq_missing(pl.lit(own[name])) for name in unit.alike)
    )
    if alike.is_empty():
        return others, f"{unit.plural} of all kinds {unit.plural_zh}(全市)"
    level = str(own["level"])
    where = own["department"] if "department" in unit.alike else ""
    en = ", ".join(filter(None, (where, LEVEL_EN.get(level))))
    return alike, f"{unit.plural} ({en}) {LEVEL_ZH.get(level, '')}{where or ''}{unit.plural_zh}"


def _title(history: History, unit: Kind, own: dict[str, Any]) -> Said:
    rows = history.current("hospitals").filter(pl.col("hospital_id") == own["hospital_id"])
    names = rows.select("name").collect()["name"].drop_nulls()
    where = str(names[0]) if len(names) else str(own["hospital_id"])
    en, zh = KINDS[unit.name]
    rest = "" if unit.name == "hospital" else f" {own['department'] or ''}"
    name = "" if unit.name == "department" else f" {own['unit']}"
    return Said(f"{en}{name}: {where}{rest}", f"{zh}{name}：{where}{rest}")


def _facts(own: dict[str, Any]) -> list[Said]:
    level = str(own["level"])
    return [
        Said("hospital", "医院级别", f"{LEVEL_EN.get(level, '-')} {LEVEL_ZH.get(level, '')}"),
        Said("stays in the year", "一年住院人次", f"{own['stays']:,}"),
        Said("fees of the year", "一年住院费用", f"{own['amount'] / 100:,.0f} yuan"),
    ]


def _months(mine: pl.DataFrame) -> list[dict[str, Any]]:
    """Stays and fee over the usual one, by the month of discharge."""
    both = pl.col("usual_fee").is_not_null()
    return (
        mine.drop_nulls("discharged_on")
        .group_by(month=pl.col("discharged_on").dt.truncate("1mo"))
        .agg(
            stays=pl.len(),
            amount=pl.col("total_amount").sum(),
            paid=pl.col("total_amount").filter(both).sum(),
            usual=pl.col("usual_fee").sum(),
        )
        .with_columns(ratio=pl.when(pl.col("usual") > 0).then(pl.col("paid") / pl.col("usual")))
        .drop("paid", "usual")
        .sort("month")
        .to_dicts()
    )


def _alike(own: dict[str, Any], peers: pl.DataFrame) -> list[Said]:
    """The peers whose figures are nearest, each dimension in spreads of the peers."""
    far: pl.Expr = pl.lit(0.0)
    for one in DIMENSIONS:
        spread = peers[one.name].cast(pl.Float64).std() if peers.height > 1 else None
        if own[one.name] is not None and isinstance(spread, float) and spread > 0:
            far = far + ((pl.col(one.name) - own[one.name]) / spread).abs().fill_null(1.0)
    nearest = peers.with_columns(far=far).sort("far", "unit").head(MOST_ALIKE)
    return [
        Said(
            f"{row['unit']}: {row['stays']:,} stays, fee {RATIO.show(row['cost_ratio'])} the usual",
            f"{row['unit']}：住院{row['stays']:,}人次，费用为标准的"
            f"{RATIO.show(row['cost_ratio'], zh=True)}",
        )
        for row in nearest.to_dicts()
    ]


def _notes(unit: Kind, own: dict[str, Any], peers: pl.DataFrame) -> list[Said]:
    told: list[Said] = []
    if own["stays"] < FEW_PEERS:
        told.append(
            Said(
                f"Weak comparison: {own['stays']} stays in the year are too few; shares move"
                " with every one of them.",
                f"可比性弱：一年仅{own['stays']}例住院，每一例都会改变占比。",
            )
        )
    if peers.height < FEW_PEERS:
        told.append(
            Said(
                f"Weak comparison: {peers.height} {unit.plural} are too few peers.",
                f"可比性弱：仅有{peers.height}{unit.plural_zh}可比。",
            )
        )
    return told
