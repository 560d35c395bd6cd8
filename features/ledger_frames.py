"""The prepared frame of ledgers: one hospital, one consumable, one month, and its year.

What was billed must have been used, issued, held or bought (DOMAIN 3.1). Windows run from
one stock count to another, so that the sums close to the unit: flows after the opening
count, up to and including the closing one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features.frames import Frame, source
from features.ledger_flows import PAIR, flows
from features.renewals import of_article, strange, strangers, successors

if TYPE_CHECKING:
    from claims.history import History

SUBJECT = r"^(.*)\|([^|]*)\|(\d{4}-\d{2})$"
BOOK = r"^(.*\|[^|]*)\|\d{4}-\d{2}$"
# A count taken in the first days of a month closes the month before it.
COUNT_GRACE_DAYS = 3
YEAR_DAYS = 365

INFLOWS = ("transfer_in", "gain")
OUTFLOWS = ("transfer_out", "supplier_return", "scrap", "loss")


def book_of() -> pl.Expr:
    """Hospital and item that the id of a ledger names, whatever its month; null for others."""
    return pl.col("subject_id").str.extract(BOOK, 1)


def parts(subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Subjects with hospital, item, first and last day that their id names."""
    start = (pl.col("subject_id").str.extract(SUBJECT, 3) + "-01").str.to_date()
    return subjects.with_columns(
        hospital_id=pl.col("subject_id").str.extract(SUBJECT, 1),
        item_code=pl.col("subject_id").str.extract(SUBJECT, 2),
        first_day=start,
        last_day=start.dt.month_end(),
    )


def ledger(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a ledger: what was billed, used, bought and held, for the month and the year.

    Under whichever code of the article; where two moved in the month, the newer one's tells.
    """
    named = parts(subjects).collect().lazy()
    keyed = named.join(_counted(history, named), on="subject_id", how="left").collect().lazy()
    own = _by_day(flows(history)).with_columns(moved_as="item_code")
    moved = (
        keyed.join(of_article(history, own), on=list(PAIR))
        .filter(as_of("as_of"))
        .filter(pl.col("day") > pl.col("last_day") - pl.duration(days=2 * YEAR_DAYS))
    )
    sums = (
        moved.join(_followed(history, moved), on="subject_id", how="anti")
        .group_by("subject_id")
        .agg(*_month_sums(), *_between_counts(), *_year_sums())
    )
    joined = keyed.join(sums, on="subject_id", how="left")
    young = joined.join(_young(history, keyed), on="subject_id", how="left")
    return _with_item(history, young).with_columns(
        event_on=pl.col("last_day"), person_id=pl.lit(None, pl.String)
    )


def _by_day(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Movements of one kind, day and night added up, worked out once: bills are many."""
    cell = [*PAIR, "kind", "day", KNOWN_FROM, KNOWN_UNTIL]
    return rows.group_by(cell).agg(pl.col("quantity", "amount").sum()).collect().lazy()


def _followed(history: History, moved: pl.LazyFrame) -> pl.LazyFrame:
    """Ledgers of a month in which a newer code of the article moved, whose ledger tells of both."""
    newer = successors(history).select("other_code", moved_as="item_code")
    month = pl.col("day").is_between(pl.col("first_day"), pl.col("last_day"))
    rows = moved.filter(month).join(
        newer, left_on=["item_code", "moved_as"], right_on=["other_code", "moved_as"], how="semi"
    )
    return rows.select("subject_id").unique()


def _young(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    """Days since a code began that may have replaced another, of both that may be one article."""
    days = (pl.col("last_day") - pl.col("began")).dt.total_days()
    return (
        keyed.select("subject_id", "as_of", "item_code", "last_day")
        .join(strangers(history), on="item_code")
        .filter(strange("as_of") & (pl.col("late") | (days >= 0)))
        .group_by("subject_id")
        .agg(new_code_days=days.min())
    )


def _counted(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    """Opening and closing counts: the closing one of the month, the year's opening one."""
    rows = history.versions("stock_counts").select(
        *PAIR, "counted_on", "quantity", KNOWN_FROM, KNOWN_UNTIL
    )
    counts = (
        of_article(history, rows)
        .group_by(*PAIR, "counted_on", KNOWN_FROM, KNOWN_UNTIL)
        .agg(pl.col("quantity").sum())
    )
    late = pl.duration(days=COUNT_GRACE_DAYS)
    taken = (
        keyed.select("subject_id", "as_of", *PAIR, "first_day", "last_day")
        .join(counts, on=list(PAIR))
        .filter(as_of("as_of") & (pl.col("counted_on") <= pl.col("last_day") + late))
        .group_by("subject_id", "first_day", "last_day", "counted_on")
        .agg(pl.col("quantity").sum())
        .sort("subject_id", "counted_on")
    )
    recent = pl.col("counted_on") > pl.col("last_day") - pl.duration(days=YEAR_DAYS + 5)
    closes = pl.col("counted_on") > pl.col("first_day") + late
    return taken.group_by("subject_id", maintain_order=True).agg(
        month_opening_on=pl.col("counted_on").filter(~closes).last(),
        month_opening=pl.col("quantity").filter(~closes).last(),
        closing_on=pl.col("counted_on").filter(closes).last(),
        closing=pl.col("quantity").filter(closes).last(),
        year_opening_on=pl.col("counted_on").filter(recent).first(),
        year_opening=pl.col("quantity").filter(recent).first(),
    )


def _sum(kinds: tuple[str, ...], window: pl.Expr, column: str = "quantity") -> pl.Expr:
    return pl.col(column).filter(pl.col("kind").is_in(kinds) & window).sum()


def _month_sums() -> tuple[pl.Expr, ...]:
    month = pl.col("day").is_between(pl.col("first_day"), pl.col("last_day"))
    before = (pl.col("day") < pl.col("first_day")) & (
        pl.col("day") >= pl.col("first_day") - pl.duration(days=90)
    )
    return (
        _sum(("billed",), month).alias("billed"),
        _sum(("billed",), month, "amount").alias("billed_amount"),
        _sum(("used",), month).alias("used"),
        _sum(("issue",), month).alias("issued"),
        _sum(("department_return",), month).alias("returned"),
        _sum(("bought", "consigned"), month).alias("bought"),
        _sum(("consigned",), month).alias("consigned"),
        _sum((*INFLOWS, *OUTFLOWS), month).alias("moved"),
        _sum(("scrap", "loss"), month).alias("lost"),
        _sum(("billed",), before).alias("billed_before"),
    )


def _between_counts() -> tuple[pl.Expr, ...]:
    """Flows after the count that opens the month, up to the one that closes it."""
    month = (
        (pl.col("day") > pl.col("month_opening_on")) & (pl.col("day") <= pl.col("closing_on"))
    ).fill_null(value=False)
    return (
        _sum(("billed",), month).alias("billed_counted"),
        _sum(("bought", "consigned", *INFLOWS), month).alias("came_counted"),
        _sum(OUTFLOWS, month).alias("left_counted"),
    )


def _year_sums() -> tuple[pl.Expr, ...]:
    year = (
        (pl.col("day") > pl.col("year_opening_on")) & (pl.col("day") <= pl.col("closing_on"))
    ).fill_null(value=False)
    return (
        _sum(("billed",), year).alias("billed_year"),
        _sum(("billed",), year, "amount").alias("billed_amount_year"),
        _sum(("used",), year).alias("used_year"),
        _sum(("issue",), year).alias("issued_year"),
        _sum(("department_return",), year).alias("returned_year"),
        _sum(("bought", "consigned"), year).alias("bought_year"),
        _sum(("consigned",), year).alias("consigned_year"),
        _sum(INFLOWS, year).alias("in_year"),
        _sum(OUTFLOWS, year).alias("out_year"),
        _sum(("transfer_in",), year).alias("transferred_in_year"),
        _sum(("scrap", "loss"), year).alias("lost_year"),
    )


def _with_item(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add class of the item and level of the hospital, as known that night."""
    item = (
        rows.select("subject_id", "as_of", "item_code", "last_day")
        .join(history.versions("consumables"), on="item_code")
        .filter(as_of("as_of") & (pl.col("valid_from") <= pl.col("last_day")))
        .sort("subject_id", "valid_from")
        .group_by("subject_id", maintain_order=True)
        .last()
        .select(
            "subject_id", "class_code", "class_name", "generic_name", "platform_price", "key_list"
        )
    )
    hospital = (
        rows.select("subject_id", "as_of", "hospital_id")
        .join(history.versions("hospitals"), on="hospital_id")
        .filter(as_of("as_of"))
        .select("subject_id", "level")
    )
    return rows.join(item, on="subject_id", how="left").join(hospital, on="subject_id", how="left")


def _all(table: str, *columns: str) -> frozenset[tuple[str, str]]:
    return frozenset((table, column) for column in (*columns, "item_code", "quantity"))


BILLED = (_all("fee_lines", "stay_id", "category", "charged_at"),)
USED = (_all("device_uses", "stay_id", "used_at"),)
BOUGHT = (_all("purchases", "hospital_id", "delivered_on"),)
MOVED = (_all("stock_moves", "hospital_id", "kind", "moved_at"),)
COUNTED = (_all("stock_counts", "hospital_id", "counted_on"),)
AMOUNT = source("fee_lines.amount")
CONSIGNED = source("purchases.consignment")
CLOSED = (BILLED[0] | BOUGHT[0] | COUNTED[0],)
# Where moves are not delivered, nobody knows what was transferred or written off.
CLOSED_WITH_MOVES = (CLOSED[0] | MOVED[0],)
FRAMES = {
    "ledger": Frame(
        "ledger",
        ledger,
        single=True,
        needs=BILLED,
        sources={
            "billed": BILLED,
            "billed_amount": (BILLED[0] | AMOUNT[0],),
            "billed_before": BILLED,
            "used": USED,
            "issued": MOVED,
            "returned": MOVED,
            "bought": BOUGHT,
            "consigned": (BOUGHT[0] | CONSIGNED[0],),
            "lost": MOVED,
            "moved": MOVED,
            "billed_year": CLOSED,
            "billed_amount_year": (CLOSED[0] | AMOUNT[0],),
            "used_year": (USED[0] | COUNTED[0],),
            "issued_year": (MOVED[0] | COUNTED[0],),
            "returned_year": (MOVED[0] | COUNTED[0],),
            "bought_year": CLOSED,
            "consigned_year": (CLOSED[0] | CONSIGNED[0],),
            "in_year": CLOSED_WITH_MOVES,
            "out_year": CLOSED_WITH_MOVES,
            "transferred_in_year": CLOSED_WITH_MOVES,
            "lost_year": CLOSED_WITH_MOVES,
            "billed_counted": CLOSED,
            "came_counted": CLOSED_WITH_MOVES,
            "left_counted": CLOSED_WITH_MOVES,
            "month_opening": COUNTED,
            "year_opening": COUNTED,
            "closing": COUNTED,
            "new_code_days": source("consumables.item_code", "consumables.valid_from"),
        },
    )
}
