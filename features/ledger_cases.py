"""Cases and units of articles by hospital and month, and on which night each became known.

An article is a generic name, whoever makes it and whatever its code: makers are a matter of
contracts and codes are renewed during a year, and neither is a change of what patients get.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL
from features.ledger_flows import billed_lines

if TYPE_CHECKING:
    from claims.history import History

ARTICLE = ("class_code", "article")
# First characters of a case group: its operation or treatment, without complications.
FAMILY_CHARACTERS = 3
CELL = ["hospital_id", *ARTICLE, "family", "month"]


def articles(history: History) -> pl.LazyFrame:
    """Class and article of each code, of the first row that was known of it."""
    return (
        history.tables["consumables"]
        .with_columns(article="generic_name")
        .group_by("item_code")
        .agg(
            pl.col(*ARTICLE).sort_by("received_on", "valid_from").first(),
            pl.col("received_on").min().alias(KNOWN_FROM),
        )
    )


def added(history: History, classes: pl.LazyFrame) -> pl.LazyFrame:
    """What each night added or took away: cases, and units in thousandths.

    Columns: hospital_id, class_code, article, family (of case groups), month (its first day),
    night, cases, units. ``classes`` has the classes asked for. A case is a stay that was billed
    for the article; summed over the nights up to one, the counts are those known on it.
    """
    named = articles(history).join(classes, on="class_code", how="semi")
    cases = (
        billed_lines(history)
        .join(named.drop(KNOWN_FROM), on="item_code")
        .with_columns(
            family=pl.col("drg").str.slice(0, FAMILY_CHARACTERS).fill_null(""),
            month=pl.col("day").dt.truncate("1mo"),
        )
        .group_by(*CELL, "stay_id", KNOWN_FROM, KNOWN_UNTIL)
        .agg(units=pl.col("quantity").sum())
        .filter(pl.col("units") > 0)
        .collect()
        .lazy()
    )
    came = cases.select(*CELL, "units", night=KNOWN_FROM, cases=pl.lit(1, pl.Int64))
    gone = cases.filter(pl.col(KNOWN_UNTIL).is_not_null()).select(
        *CELL, units=-pl.col("units"), night=KNOWN_UNTIL, cases=pl.lit(-1, pl.Int64)
    )
    return (
        pl.concat([came, gone], how="diagonal")
        .group_by(*CELL, "night")
        .agg(pl.col("cases", "units").sum())
    )
