"""What the catalogue says of an article on the day of a use: its price, the one before, its age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features.renewals import strange, strangers, successors

if TYPE_CHECKING:
    from claims.history import History

# What the catalogue and the invoices are asked by: many uses of one day ask the same.
LISTING = ["as_of", "item_code", "service_on"]


def listing(history: History, dated: pl.LazyFrame) -> pl.LazyFrame:
    """The catalogue row valid on the day of service, and the price of the row before it.

    The list of a renewed code goes on where that of the code before it was: a renewal at the
    same price is no change of price.
    """
    rows = _listed(history).select(
        "item_code",
        "valid_from",
        "generic_name",
        "class_code",
        "class_name",
        "implantable",
        "origin",
        "key_list",
        "vbp_selected",
        "platform_price",
        "own",
        KNOWN_FROM,
        KNOWN_UNTIL,
        price_limit=pl.min_horizontal("platform_price", "payment_standard"),
    )
    return (
        dated.select(LISTING)
        .unique()
        .join(rows, on="item_code")
        .filter(as_of("as_of") & (pl.col("valid_from") <= pl.col("service_on")))
        .sort(*LISTING, "own", "valid_from")
        .with_columns(_since(), _goes_on().alias("goes_on"))
        .filter(~pl.col("goes_on").shift(-1, fill_value=False).over(LISTING))
        .with_columns(previous_price=pl.col("platform_price").shift(1).over(LISTING))
        .group_by(LISTING, maintain_order=True)
        .last()
        .with_columns(
            price_age=(pl.col("service_on") - pl.col("valid_from")).dt.total_days(),
        )
        .drop(KNOWN_FROM, KNOWN_UNTIL, "own", "goes_on")
    )


def _listed(history: History) -> pl.LazyFrame:
    """The catalogue, with the rows of the code before a renewed one as its earlier ones."""
    rows = history.versions("consumables")
    links = successors(history).rename({"item_code": "_new", "other_code": "item_code"})
    former = rows.join(links, on="item_code").with_columns(
        pl.max_horizontal(KNOWN_FROM, "linked_from").alias(KNOWN_FROM), item_code="_new"
    )
    both = [
        former.drop("_new", "linked_from").with_columns(own=pl.lit(value=False)),
        rows.with_columns(own=pl.lit(value=True)),
    ]
    return pl.concat(both, how="diagonal")


def _goes_on() -> pl.Expr:
    """Whether a code's first row only takes the place of the last of the code before it."""
    return pl.col("own") & pl.all_horizontal(
        ~pl.col("own").shift(1, fill_value=True).over(LISTING),
        pl.col("platform_price") == pl.col("platform_price").shift(1).over(LISTING),
    ).fill_null(value=False)


def _since() -> pl.Expr:
    """The day from which a price holds: of a code that goes on, that of the code before it."""
    earlier = pl.col("valid_from").shift(1).over(LISTING)
    return pl.when(_goes_on()).then(earlier).otherwise("valid_from").alias("valid_from")


def young(history: History, dated: pl.LazyFrame) -> pl.LazyFrame:
    """Days since a code began that may have replaced another, of both that may be one article."""
    days = (pl.col("service_on") - pl.col("began")).dt.total_days()
    return (
        dated.select(LISTING)
        .unique()
        .join(strangers(history), on="item_code")
        .filter(strange("as_of") & (pl.col("late") | (days >= 0)))
        .group_by(LISTING)
        .agg(new_code_days=days.min())
    )
