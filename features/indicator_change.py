"""How the indicators of a subject move from month to month: growth, change-point, mix shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.indicators import months_before, rolled, with_ratios

if TYPE_CHECKING:
    from datetime import date

RECENT_MONTHS = 3
# Months that a spread is taken from, and the spread of a steady subject.
FEWEST_MONTHS = 6
STEADY = 0.02
ALLOWED = 0.5
TO_SPREAD = 1.4826


def monthly(rows: pl.DataFrame, rung: str) -> pl.DataFrame:
    """Sums and ratios of each subject month by month."""
    return with_ratios(rolled(rows, rung, ("month",)))


def growth(rows: pl.DataFrame, rung: str, month: date) -> pl.DataFrame:
    """``growth``: observed over expected of a month, over that of the months before, less one.

    The expectation follows the cases, so growth of the number of cases is none.
    ``month_stays`` is the number of stays that the month rests on.
    """
    now = with_ratios(rolled(rows.filter(pl.col("month") == month), rung))
    before = with_ratios(rolled(rows.filter(pl.col("month") < month), rung))
    both = now.select("subject_id", "oe", "stays").join(
        before.select("subject_id", "oe"), on="subject_id", suffix="_before"
    )
    grown = pl.when(pl.col("oe_before") > 0).then(pl.col("oe") / pl.col("oe_before") - 1.0)
    return both.select("subject_id", growth=grown, month_stays="stays")


def cusum(series: pl.DataFrame, month: date) -> pl.DataFrame:
    """``cusum``: the excess of monthly ``oe`` over half a spread, cumulated up to a month.

    Spreads are counted from the median of the subject's own months before; an excess is
    forgotten when the months fall back below (Page, Biometrika 41, 1954).
    """
    known = series.filter((pl.col("month") <= month) & pl.col("oe").is_not_null())
    past = known.filter(pl.col("month") < month).group_by("subject_id")
    centre = past.agg(middle=pl.col("oe").median(), months=pl.len()).filter(
        (pl.col("months") >= FEWEST_MONTHS) & (pl.col("middle") > 0)
    )
    joined = known.join(centre, on="subject_id").with_columns(
        away=(pl.col("oe") - pl.col("middle"))
    )
    spreads = (
        joined.filter(pl.col("month") < month)
        .group_by("subject_id")
        .agg(spread=pl.max_horizontal(pl.col("away").abs().median() * TO_SPREAD, pl.lit(STEADY)))
    )
    z = pl.col("away") / pl.col("spread") - ALLOWED
    ordered = joined.join(spreads, on="subject_id").with_columns(z=z).sort("subject_id", "month")
    total = pl.col("z").cum_sum()
    # What Page adds up anew from zero is the sum less its lowest point so far.
    reached = (total - pl.min_horizontal(total.cum_min(), 0.0)).last()
    return ordered.group_by("subject_id", maintain_order=True).agg(cusum=reached)


def mix_shift(rows: pl.DataFrame, rung: str, month: date) -> pl.DataFrame:
    """``mix_shift``: rise of the share of units that are not selected in volume-based buying.

    The last three months against those before in the year, for subjects that used selected
    articles at all.
    """
    since = months_before(month, RECENT_MONTHS - 1)
    now = with_ratios(rolled(rows.filter(pl.col("month") >= since), rung))
    before = with_ratios(rolled(rows.filter(pl.col("month") < since), rung))
    both = now.select("subject_id", "selected_share").join(
        before.filter(pl.col("selected_quantity") > 0).select("subject_id", "selected_share"),
        on="subject_id",
        suffix="_before",
    )
    shift = pl.col("selected_share_before") - pl.col("selected_share")
    return both.select("subject_id", mix_shift=shift)
