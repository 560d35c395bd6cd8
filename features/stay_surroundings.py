"""Features of a stay by what surrounds it: who brought the person, from where, with whom."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, STAY, feature
from features.exact import divided
from features.surroundings_frames import USUAL_WEEKS
from features.units import COUNT, KILOMETRES, RATIO, SHARE, YES_NO

LEAST_A_WEEK = 1.0  # a week is never held against less than this


def over_usual(name: str) -> pl.Expr:
    """Stays of the week around the admission over those of a usual week before it."""
    usual = divided(pl.col(f"{name}_season"), USUAL_WEEKS).clip(lower_bound=LEAST_A_WEEK)
    return pl.col(f"{name}_week") / usual


@feature(
    STAY,
    over="surroundings",
    unit=YES_NO,
    family="inducement",
    direction=HIGH,
    zh="有介绍人",
    says="somebody is named who brought the person: {value}",
    says_zh="有介绍人：{value}",
)
def was_referred() -> pl.Expr:
    """A referrer is named, 1 or 0."""
    return pl.col("referrer").is_not_null()


@feature(
    STAY,
    over="surroundings",
    unit=COUNT,
    family="inducement",
    direction=HIGH,
    zh="介绍人近90天介绍住院数",
    says="its referrer brought {value} stays to the hospital in 90 days",
    says_zh="介绍人近90天为该院介绍住院{value}例",
    empty=0,
)
def stays_of_the_referrer() -> pl.Expr:
    """Stays that the same referrer brought to the hospital in 90 days, this one among them."""
    return pl.col("referrer_quarter")


@feature(
    STAY,
    over="surroundings",
    unit=YES_NO,
    family="inducement",
    direction=HIGH,
    zh="首次在该院住院",
    says="the first known stay of the person in the hospital: {value}",
    says_zh="首次在该院住院：{value}",
)
def first_stay_here() -> pl.Expr:
    """No earlier stay of the person in the hospital is known, 1 or 0."""
    return ~pl.col("known_here")


@feature(
    STAY,
    over="surroundings",
    unit=KILOMETRES,
    family="inducement",
    direction=HIGH,
    zh="居住区到医院距离",
    says="the person lives {value} from the hospital",
    says_zh="居住区距医院{value}",
)
def distance_from_home() -> pl.Expr:
    """Kilometres between the middles of the districts of home and hospital."""
    return pl.col("kilometres")


@feature(
    STAY,
    over="surroundings",
    unit=YES_NO,
    family="inducement",
    direction=HIGH,
    zh="居住在外省市",
    says="the person lives outside the city: {value}",
    says_zh="居住在外省市：{value}",
)
def lives_outside_the_city() -> pl.Expr:
    """The person's district is none of the city's, 1 or 0."""
    return pl.col("outside")


@feature(
    STAY,
    over="surroundings",
    unit=RATIO,
    family="inducement",
    direction=HIGH,
    zh="病区一周入院与平时之比",
    says="began in a week with {value} the usual admissions of its ward",
    says_zh="入院当周病区入院数为平时的{value}",
)
def ward_week_over_usual() -> pl.Expr:
    """Admissions of the ward within three days over a usual week of the twelve before."""
    return over_usual("ward")


@feature(
    STAY,
    over="surroundings",
    unit=RATIO,
    family="inducement",
    direction=HIGH,
    zh="同区居民一周入院与平时之比",
    says="began in a week with {value} the usual admissions from its district",
    says_zh="入院当周同区居民在该院入院数为平时的{value}",
)
def area_week_over_usual() -> pl.Expr:
    """Admissions of the hospital from the district within three days over a usual week."""
    return over_usual("area")


@feature(
    STAY,
    over="surroundings",
    unit=COUNT,
    family="inducement",
    direction=HIGH,
    zh="同址一周内同院入院数",
    says="{value} stays from its address began within three days in the hospital",
    says_zh="同一住址前后三天内在该院入院{value}例",
    empty=0,
)
def stays_from_the_address() -> pl.Expr:
    """Stays of the hospital from the same address within three days, this one among them."""
    return pl.col("address_week")


@feature(
    STAY,
    over="surroundings",
    unit=SHARE,
    family="coding",
    direction=HIGH,
    zh="该院未入组病例占比",
    says="{value} of the hospital's stays of a season fell into no group",
    says_zh="该院近一季住院有{value}未能入组",
)
def groupless_share_here() -> pl.Expr:
    """Share of the hospital's stays of about 90 days that fell into no case group."""
    grouped = pl.col("grouped_season")
    return pl.when(grouped > 0).then(pl.col("groupless_season") / grouped)
