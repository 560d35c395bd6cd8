"""Admissions week by week and before tempting dates, against what the city would lead to expect.

A stretch of days is expected to take the share of a subject's year that it takes at *other*
hospitals with the same mix of chapters, so that a winter wave or a school holiday that all
have is no surge. How far a week may stray is learned from the subject's own year: ``unrest``
is the median of its squared, standardised weekly errors over that of a Poisson count, at
least one (an over-dispersion in the manner of McCullagh and Nelder, made robust).
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from features import calendar, level_stays
from features.level_expected import MILLIONTHS, millionths
from features.level_stays import FRESH_DAYS, RECENT_DAYS, nights, span
from features.person_frames import whole_years
from features.standards import PRIOR_RECORDS
from features.stay_frames import attach

if TYPE_CHECKING:
    from claims.history import History

COLUMNS = ("window", "weekly", "recent", "fresh", "observed", "expected", "excess", "z")
URGENT = r"^(A[0-9]|B[0-9]|J[0-9]|S[0-9]|T[0-9]|U07)"
SCHOOL_AGE = (3, 18)
DAYS_OF_WEEK = 7
# One over the median of a squared standard error, 0.455.
OVER_MEDIAN_OF_CHI_SQUARE = 2.198
LEAST_EXPECTED = 1.0
ONE_MILLIONTH = 1 / MILLIONTHS
SUBJECT = ["subject_id", "as_of"]
WINDOW = ["window", "weekly", "ago"]


def windows(subject: pl.Expr, history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a subject and stretch of days: observed and expected admissions, and z."""
    of_nights = nights(subjects).collect()
    stays = level_stays.described(level_stays.year(history, of_nights.lazy()))
    born = attach(
        stays.with_columns(subject_id=pl.concat_str("stay_id", "as_of", separator="@")),
        history,
        "persons",
        "person_id",
        {"birth_date": "birth_date"},
    )
    admitted = born.select(
        "as_of",
        "hospital_id",
        "chapter",
        "admitted_on",
        subject_id=subject,
        ago=(pl.col("as_of") - pl.col("admitted_on")).dt.total_days(),
        urgent=_urgent(),
        young=_young(),
    ).collect()
    mine = admitted.join(subjects.collect(), on=SUBJECT, how="semi")
    inside = _windowed(admitted, of_nights)
    within = _windowed(mine, of_nights)
    causes = within.group_by(*SUBJECT, "window").agg(pl.col("urgent", "young").mean())
    strayed = _strayed(_expected(admitted, inside, mine, within))
    return strayed.join(causes, on=[*SUBJECT, "window"], how="left").lazy()


def _urgent() -> pl.Expr:
    """Emergencies, infections, airways and injuries: who comes in a wave or a disaster."""
    ill = pl.col("principal_diagnosis").str.contains(URGENT).fill_null(value=False)
    return ill | (pl.col("admission_way") == "emergency").fill_null(value=False)


def _young() -> pl.Expr:
    """Children of school age, whose planned operations wait for the holidays."""
    age = whole_years(pl.col("birth_date"), pl.col("admitted_on"))
    return age.is_between(*SCHOOL_AGE).fill_null(value=False)


def _windowed(admitted: pl.DataFrame, of_nights: pl.DataFrame) -> pl.DataFrame:
    """Admissions by weeks counted back from the night, and by the stretches that tempt."""
    week = (pl.col("ago") // DAYS_OF_WEEK).cast(pl.String)
    weekly = admitted.with_columns(window=pl.lit("week ") + week, weekly=pl.lit(value=True))
    if of_nights.is_empty():
        return weekly
    pushes = calendar.pushes(*span(of_nights))
    tempting = admitted.join(pushes, left_on="admitted_on", right_on="day")
    return pl.concat(
        [weekly, tempting.with_columns(weekly=pl.lit(value=False)).select(weekly.columns)]
    )


def _count(rows: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    return rows.group_by(keys).agg(pl.len().cast(pl.Int64).alias(name))


def _look_up(grid: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Join a count by the columns that both have; nothing counted is none."""
    keys, name = counts.columns[:-1], counts.columns[-1]
    joined = grid.join(counts, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null(0))


def _expected(
    admitted: pl.DataFrame, inside: pl.DataFrame, mine: pl.DataFrame, mine_inside: pl.DataFrame
) -> pl.DataFrame:
    """One row a subject and stretch: observed and, in millionths, expected admissions."""
    stretches = inside.group_by("as_of", "window", "weekly").agg(pl.col("ago").min())
    part = [*SUBJECT, "hospital_id", "chapter"]
    city, near, house = ["as_of"], ["as_of", "chapter"], ["as_of", "hospital_id"]
    grid = reduce(
        _look_up,
        [
            _count(mine_inside, [*part, "window"], "own_in"),
            _count(inside, [*near, "window"], "near_in"),
            _count(inside, [*near, "hospital_id", "window"], "near_house_in"),
            _count(inside, [*city, "window"], "wide_in"),
            _count(inside, [*house, "window"], "wide_house_in"),
            _count(admitted, near, "near"),
            _count(admitted, [*near, "hospital_id"], "near_house"),
            _count(admitted, city, "wide"),
            _count(admitted, house, "wide_house"),
        ],
        _count(mine, part, "own").join(stretches, on="as_of"),
    )
    share = _share_elsewhere()
    # From what the subject admitted outside the stretch, so that a surge is no part of it.
    outside = (pl.col("own") - pl.col("own_in")) * share / (1 - share)
    return (
        grid.with_columns(part_expected=millionths(outside))
        .group_by(*SUBJECT, *WINDOW)
        .agg(
            observed=pl.col("own_in").sum(),
            # A lone hospital has nobody to be expected after.
            expected=pl.when(pl.col("part_expected").count() > 0).then(
                pl.col("part_expected").sum()
            ),
        )
    )


def _share_elsewhere() -> pl.Expr:
    others = pl.col("wide") - pl.col("wide_house")
    wide = pl.when(others > 0).then((pl.col("wide_in") - pl.col("wide_house_in")) / others)
    inside = pl.col("near_in") - pl.col("near_house_in") + PRIOR_RECORDS * wide
    share = inside / (pl.col("near") - pl.col("near_house") + PRIOR_RECORDS)
    return pl.when(share < 1).then(share)


def _strayed(counted: pl.DataFrame) -> pl.DataFrame:
    """Add excess and z, measured by how far the subject's weeks stray anyway."""
    mean = pl.col("expected") * ONE_MILLIONTH
    floor = pl.max_horizontal(mean, pl.lit(LEAST_EXPECTED))
    error = (pl.col("observed") - mean) ** 2 / floor
    unrest = error.filter(pl.col("weekly")).median().over(SUBJECT) * OVER_MEDIAN_OF_CHI_SQUARE
    excess = pl.col("observed") - mean
    wide = pl.max_horizontal(unrest.fill_null(1.0), pl.lit(1.0))
    return counted.with_columns(
        recent=pl.col("ago") < RECENT_DAYS,
        fresh=pl.col("ago") < FRESH_DAYS,
        excess=excess,
        z=excess / (wide * floor).sqrt(),
    )
