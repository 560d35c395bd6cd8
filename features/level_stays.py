"""The stays of the last year as known on each night, with what the levels above count.

One row a night and stay. Yes and no are written as 0 and 1 and money as fen, so that sums
over a hospital are sums of integers, the same in any order.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import calendar
from features.frames import either, source
from features.stay_frames import attach

if TYPE_CHECKING:
    from claims.history import History

YEAR_DAYS = 365
# What a month-end night has not seen before, with a margin for late bills.
RECENT_DAYS = 92
# What the last two monthly looks can have seen of a stretch before a cut-off.
FRESH_DAYS = 45
READMITTED_DAYS = 15
NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 20, 6
LOW_WEIGHT = 0.5
LOW_DAYS = (3, 8)

DATES = source("stays.admitted_at", "stays.discharged_at")
WITH_GROUP = source("stays.admitted_at", "stays.discharged_at", "stays.drg", "hospitals.level")
RETURNS = tuple(
    way | group
    for way in source("stays.admitted_at", "stays.discharged_at", "stays.person_id")
    for group in source("stays.drg", "hospitals.level", "stays.planned_readmission")
)
LOW_ACUITY = tuple(
    way | weight
    for way in WITH_GROUP
    for weight in source("stays.payment_standard", "stays.admission_way", "stay_procedures.stay_id")
)
SERVICE_DAY = either(source("fee_lines.performed_at"), source("fee_lines.charged_at"))


def nights(subjects: pl.LazyFrame) -> pl.LazyFrame:
    """The nights on which these subjects are looked at."""
    return subjects.select("as_of").unique()


def year(
    history: History,
    of_nights: pl.LazyFrame,
    days: int = YEAR_DAYS,
    only: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Stays that began in the days before each night, as known on it.

    ``only`` (a frame with ``person_id``) leaves out the stays of everybody else.
    """
    since = pl.col("as_of") - pl.duration(days=days)
    if only is None:
        versions = history.versions("stays")
    else:
        about = history.versions_about("stays", only)
        versions = about.join(only, on="person_id", how="semi")
    rows = (
        versions.join(of_nights, how="cross")
        .filter(as_of("as_of") & ~pl.col("voided").fill_null(value=False))
        .drop(KNOWN_FROM, KNOWN_UNTIL)
        .with_columns(
            admitted_on=pl.col("admitted_at").dt.date(),
            discharged_on=pl.col("discharged_at").dt.date(),
        )
        .filter((pl.col("admitted_on") > since) & (pl.col("admitted_on") <= pl.col("as_of")))
        .with_columns(subject_id=pl.concat_str("stay_id", "as_of", separator="@"))
    )
    return attach(rows, history, "hospitals", "hospital_id", {"level": "level"})


def described(stays: pl.LazyFrame) -> pl.LazyFrame:
    """Add what can be said of each stay by itself, and of the stay that followed it."""
    hour = pl.col("admitted_at").dt.hour()
    stayed = (pl.col("discharged_on") - pl.col("admitted_on")).dt.total_days()
    return _followed(
        stays.with_columns(
            days=stayed.clip(0),
            family=pl.col("drg").str.slice(0, 3),
            chapter=pl.col("drg").str.slice(0, 1),
            diagnosis_3=pl.col("principal_diagnosis").str.slice(0, 3),
            # The last digit of a CHS-DRG group is its severity: 1 with a major complication.
            severe=(pl.col("drg").str.slice(3, 1) == "1").cast(pl.Int64),
            at_night=((hour >= NIGHT_FROM_HOUR) | (hour < NIGHT_TO_HOUR)).cast(pl.Int64),
        )
    )


def _followed(stays: pl.LazyFrame) -> pl.LazyFrame:
    """Add whether the person came back soon, and came back for the same.

    A stay of a day on which another began is told apart by its id.
    """
    person = ["as_of", "person_id"]
    order = ["admitted_at", "stay_id"]
    following = {
        name: pl.col(name).shift(-1).over(person, order_by=order)
        for name in ("admitted_on", "hospital_id", "family", "diagnosis_3", "planned_readmission")
    }
    known = pl.col("person_id").is_not_null()
    gap = (following["admitted_on"] - pl.col("discharged_on")).dt.total_days()
    soon = gap.is_between(0, READMITTED_DAYS) & known
    # The stay that comes back carries the plan, or the one it was planned in.
    planned = pl.col("planned_readmission").fill_null(value=False)
    unplanned = ~planned & ~following["planned_readmission"].fill_null(value=False)
    same = (following["hospital_id"] == pl.col("hospital_id")) & (
        (following["family"] == pl.col("family"))
        | (following["diagnosis_3"] == pl.col("diagnosis_3"))
    )
    back = (soon & unplanned).fill_null(value=False)
    return stays.with_columns(
        readmitted=back.cast(pl.Int64),
        split_pair=(back & same.fill_null(value=False)).cast(pl.Int64),
    )


def with_acuity(history: History, stays: pl.LazyFrame) -> pl.LazyFrame:
    """Add ``low_acuity``: a light group, some days, no operation, no emergency.

    Light is a payment standard under half of the mean of the city's stays of the level: a
    weight under 0.5.
    """
    operated = (
        history.versions("stay_procedures")
        .join(nights(stays), how="cross")
        .filter(as_of("as_of"))
        .select("as_of", "stay_id")
        .unique()
        .with_columns(operated=pl.lit(value=True))
    )
    # Standards are whole fen: their mean knows no order.
    usual = pl.col("payment_standard").mean().over("as_of", "level")
    low = (
        (pl.col("payment_standard") < LOW_WEIGHT * usual)
        & pl.col("days").is_between(*LOW_DAYS)
        & (pl.col("admission_way") != "emergency")
        & pl.col("operated").is_null()
    )
    return stays.join(operated, on=["as_of", "stay_id"], how="left").with_columns(
        low_acuity=low.fill_null(value=False).cast(pl.Int64)
    )


def with_calendar(stays: pl.LazyFrame, of_nights: pl.DataFrame) -> pl.LazyFrame:
    """Add whether each stay began on a free day, and in a stretch that tempts to admit."""
    if of_nights.is_empty():
        return stays.with_columns(free=pl.lit(0), pushed=pl.lit(0))
    first, last = span(of_nights)
    tempting = calendar.pushes(first, last).select("day").unique()
    pushed = tempting.lazy().with_columns(pushed=pl.lit(1, pl.Int64))
    return (
        stays.join(
            calendar.days(first, last).lazy().with_columns(pl.col("free").cast(pl.Int64)),
            left_on="admitted_on",
            right_on="day",
            how="left",
        )
        .join(pushed, left_on="admitted_on", right_on="day", how="left")
        .with_columns(pl.col("pushed").fill_null(0))
    )


def span(of_nights: pl.DataFrame) -> tuple[date, date]:
    """First and last day that the nights look at."""
    first, last = of_nights["as_of"].min(), of_nights["as_of"].max()
    if not (isinstance(first, date) and isinstance(last, date)):
        raise TypeError("nights are dates")
    return first - timedelta(days=YEAR_DAYS), last
