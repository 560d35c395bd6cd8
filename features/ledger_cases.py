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
CLASS_CELL = [name for name in CELL if name != "article"]


def articles(history: History) -> pl.LazyFrame:
    """Class and article of each code, of the first row that was known of it."""
    return (
        history.tables["consumables"]
        .with_columns(article=pl.coalesce("generic_name", "item_code"))
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
    for the article, or, where article is null, for anything of the class: a stay that took two
    articles of it is one case. Summed over the nights up to one, the counts are those known on it.
    """
    listed = articles(history).join(classes, on="class_code", how="semi")
    lines = (
        billed_lines(history)
        .join(listed.rename({KNOWN_FROM: "listed_from"}), on="item_code")
        .with_columns(
            family=pl.col("drg").str.slice(0, FAMILY_CHARACTERS).fill_null(""),
            month=pl.col("day").dt.truncate("1mo"),
            # Of a code that no catalogue knows yet, nobody can say what it is.
            night=pl.max_horizontal(KNOWN_FROM, "listed_from"),
        )
        .filter(pl.col(KNOWN_UNTIL).is_null() | (pl.col(KNOWN_UNTIL) > pl.col("night")))
    )
    steps = [
        lines.select(*CELL, "stay_id", "night", step="quantity"),
        lines.filter(pl.col(KNOWN_UNTIL).is_not_null()).select(
            *CELL, "stay_id", night=KNOWN_UNTIL, step=-pl.col("quantity")
        ),
    ]
    articles_of = _by_night(pl.concat(steps, how="diagonal")).collect().lazy()
    changes = [_added_up(articles_of, CELL), _added_up(_of_class(articles_of), CLASS_CELL)]
    return pl.concat(changes, how="diagonal").collect().lazy()


def _by_night(steps: pl.LazyFrame) -> pl.LazyFrame:
    """Changes of a stay's units of an article, and of whether it is a case (CELL and stay).

    A stay is one case as long as units are left on its bill.
    """
    stay = [*CELL, "stay_id"]
    once, again = _apart(steps, stay)
    held = pl.col("step").cum_sum().over(stay, order_by="night").clip(0)
    before = pl.col("held").shift(1).over(stay, order_by="night").fill_null(0)
    told = pl.concat(
        [
            once.with_columns(held=pl.col("step").clip(0), before=pl.lit(0, pl.Int64)),
            again.group_by(*stay, "night")
            .agg(pl.col("step").sum())
            .with_columns(held=held)
            .with_columns(before=before),
        ],
        how="diagonal",
    )
    return told.select(
        *stay,
        "night",
        units=pl.col("held") - pl.col("before"),
        cases=(pl.col("held") > 0).cast(pl.Int64) - (pl.col("before") > 0).cast(pl.Int64),
    )


def _apart(rows: pl.LazyFrame, key: list[str]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Rows whose key is there but once, which are nearly all, and the others."""
    alone = pl.len().over(key) == 1
    held = rows.with_columns(_alone=alone).collect().lazy()
    return held.filter("_alone").drop("_alone"), held.filter(~pl.col("_alone")).drop("_alone")


def _of_class(articles_of: pl.LazyFrame) -> pl.LazyFrame:
    """The same changes for the class: one case, however many articles of it are billed."""
    stay = [*CLASS_CELL, "stay_id"]
    once, again = _apart(articles_of, stay)
    billed = pl.col("cases").cum_sum().over(stay, order_by="night")
    before = pl.col("billed").shift(1).over(stay, order_by="night").fill_null(0)
    told = (
        again.group_by(*stay, "night")
        .agg(pl.col("cases", "units").sum())
        .with_columns(billed=billed)
        .with_columns(cases=(pl.col("billed") > 0).cast(pl.Int64) - (before > 0).cast(pl.Int64))
    )
    names = [*stay, "night", "cases", "units"]
    return pl.concat([once.select(names), told.select(names)])


def _added_up(changes: pl.LazyFrame, cell: list[str]) -> pl.LazyFrame:
    return changes.group_by(*cell, "night").agg(pl.col("cases", "units").sum())
