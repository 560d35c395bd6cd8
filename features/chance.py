"""What chance would bring: meetings of a group's members, arrivals of one place, and surprise.

The null keeps how often each person lay in each ward, and how the ward's admissions are
spread over the days; its rate of meetings is read off the ward's patients outside the group.
"""

from __future__ import annotations

import math

import polars as pl

from features.coadmission import (
    ADDRESS,
    ONE_WEEK,
    REFERRER,
    TOGETHER_DAYS,
    WARD,
    chance_in_ward,
    share_of_year,
)
from features.level_expected import MILLIONTHS, millionths
from features.level_stays import YEAR_DAYS
from features.standards import PRIOR_RECORDS

MOST_SURPRISING = 30.0
GROUP = ["subject_id", "as_of"]
ONE_MILLIONTH = 1 / MILLIONTHS
WEEK = f"{ONE_WEEK + 1}d"
WEEKS = YEAR_DAYS / (ONE_WEEK + 1)
SHARE_OF_A_WEEK = 1 / WEEKS


def expected_meetings(
    stays: pl.DataFrame, met: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """Meetings that chance would give the members in the wards they lay in."""
    ward = ["as_of", "hospital_id", "ward"]
    slots = (
        stays.filter(pl.col("ward").is_not_null())
        .join(members, on=["as_of", "hospital_id", "person_id"])
        .group_by(*GROUP, *ward[1:], "person_id")
        .agg(own=pl.len().cast(pl.Int64))
    )
    mine = slots.group_by(*GROUP, *ward[1:]).agg(
        slots_own=pl.col("own").sum(),
        pairs_own=(pl.col("own").sum() ** 2 - (pl.col("own") ** 2).sum()) // 2,
    )
    touching = _touching(stays, met, members)
    joined = (
        mine.join(chance_in_ward(stays, met), on=ward)
        .join(touching, on=[*GROUP, *ward[1:]], how="left")
        .with_columns(pl.col("touching").fill_null(0))
    )
    others = pl.col("slots") - pl.col("slots_own")
    other_pairs = others * (others - 1) // 2
    chance = (
        pl.col("meetings") - pl.col("touching") + PRIOR_RECORDS * share_of_year(TOGETHER_DAYS)
    ) / (other_pairs + PRIOR_RECORDS)
    return (
        joined.with_columns(part=millionths(chance * pl.col("pairs_own")))
        .group_by(GROUP)
        .agg(pl.col("part").sum())
        .select(*GROUP, expected_meetings=pl.col("part") * ONE_MILLIONTH)
    )


def _touching(stays: pl.DataFrame, met: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Meetings of a ward in which a member took part, by community and ward."""
    ward = stays.select("as_of", "stay_id", "ward")
    lain = met.filter(pl.col("kind") == WARD).join(ward, on=["as_of", "stay_id"])
    key = ["as_of", "hospital_id"]
    either = [
        lain.join(members, left_on=[*key, side], right_on=[*key, "person_id"]).select(
            *GROUP, "hospital_id", "ward", "stay_id", "other_id"
        )
        for side in ("a", "b")
    ]
    return (
        pl.concat(either)
        .unique()
        .group_by(*GROUP, "hospital_id", "ward")
        .agg(touching=pl.len().cast(pl.Int64))
    )


def arrivals(stays: pl.DataFrame, lain: pl.DataFrame) -> pl.DataFrame:
    """Most persons of one place in a week, and how many a week of that place would bring."""
    found = [_from(place, stays, lain) for place in (ADDRESS, REFERRER)]
    most = ["arrived", "expected_arrivals"]
    return (
        pl.concat(found)
        .sort(*GROUP, *most, descending=[False, False, True, False])
        .unique(GROUP, keep="first", maintain_order=True)
    )


def _from(place: str, stays: pl.DataFrame, lain: pl.DataFrame) -> pl.DataFrame:
    house = ["as_of", "hospital_id", place]
    known = pl.col(place).is_not_null()
    in_year = stays.filter(known).group_by(house).agg(in_year=pl.len())
    weeks = (
        lain.filter(known)
        .sort(*GROUP, place, "admitted_on")
        .rolling("admitted_on", period=WEEK, group_by=["subject_id", *house])
        .agg(arrived=pl.col("person_id").n_unique().cast(pl.Int64))
    )
    return weeks.join(in_year, on=house).select(
        *GROUP, "arrived", expected_arrivals=pl.col("in_year") * SHARE_OF_A_WEEK
    )


def surprises(counts: pl.Series, expected: pl.Series, looks: float = 1.0) -> pl.Series:
    """-log10 of the Poisson chance of so many or more, times how often one looked."""
    return pl.Series(
        [
            None if count is None or mean is None else surprise(count, mean, looks)
            for count, mean in zip(counts, expected, strict=True)
        ],
        dtype=pl.Float64,
    )


def surprise(count: int, mean: float, looks: float = 1.0) -> float:
    """-log10 of the chance that a Poisson count of this mean reaches ``count``.

    ``looks`` is the number of places in which it might have happened (Bonferroni).
    """
    if count <= 0:
        return 0.0
    chance = _tail(count, mean) * looks
    if chance <= 10**-MOST_SURPRISING:
        return MOST_SURPRISING
    return max(0.0, -math.log10(chance))


def _tail(count: int, mean: float) -> float:
    """P(X >= count): the upper terms added up where they matter, else one less the lower."""
    term = math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1)) if mean > 0 else 0.0
    total, k = 0.0, count
    while term > total * 1e-12 or k <= mean:
        total += term
        k += 1
        term *= mean / k
    return min(total, 1.0)
