"""What the store tells of units that are billed and not recorded.

Between the two counts around the service, what was there and came in, less what went away
and is left, has gone to patients. Where more went than the operation records show, the
record forgot units; where not, they were never used. Asked of the few uses alone whose bill
exceeds their record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import use_base as base
from features.frames import Frame, source, together
from features.ledger_frames import INFLOWS, OUTFLOWS
from features.papers import SETTLE_DAYS
from features.renewals import of_article, with_other_codes

if TYPE_CHECKING:
    from claims.history import History

STAY, GOODS = base.STAY, base.GOODS
PLACE = ["hospital_id", "item_code"]
ASKED = [*PLACE, "as_of", "served_on"]
COUNTED = [*PLACE, "as_of", "opened_on", "closed_on"]
# Counts further apart say nothing of one use.
MOST_DAYS_BETWEEN_COUNTS = 100


def book(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a use: whether it ought to be recorded, what else is, what the store says."""
    uses = base.keyed(subjects)
    records = base.recorded(history, uses).collect().lazy()
    goods = base.billed(base.lines(history, uses)).select(*GOODS, "units", "served_on")
    houses = base.stays(history, uses).select(*STAY, "hospital_id")
    mine = uses.join(goods, on=GOODS).join(houses, on=STAY).collect().lazy()
    listed = base.listed(history, mine, "served_on", "implantable", "key_list")
    every = records.group_by(STAY).agg(articles=pl.col("item_code").filter(pl.col("used") > 0))
    told = (
        mine.join(records, on=GOODS, how="left")
        .join(listed, on=["as_of", "item_code", "served_on"], how="left")
        .join(every, on=STAY, how="left")
        .with_columns(
            over=pl.col("units") - pl.col("used").fill_null(0),
            expected=pl.col("implantable") | pl.col("key_list"),
            others_recorded=pl.col("articles").list.set_difference(pl.concat_list("item_code"))
            .list.len().fill_null(0),
        )
        .collect()
        .lazy()
    )  # fmt: skip
    short = told.filter(pl.col("over") > 0).select(ASKED).unique().collect().lazy()
    return told.join(_gone(history, short), on=ASKED, how="left")


def _gone(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """Units that left the store for patients between the counts around a day, less recorded."""
    between = _between(history, asked).collect().lazy()
    inside = (pl.col("day") > pl.col("opened_on")) & (pl.col("day") <= pl.col("closed_on"))
    flows = pl.concat([_moved(history, between), _used(history, between)])
    daily = flows.group_by(*PLACE, "day", KNOWN_FROM, KNOWN_UNTIL).agg(pl.col("quantity").sum())
    # Days between the same two counts ask for the same flows.
    sums = (
        between.select(COUNTED)
        .unique()
        .join(daily, on=PLACE)
        .filter(as_of("as_of") & inside)
        .group_by(COUNTED)
        .agg(pl.col("quantity").sum())
    )
    gone = pl.col("opened") - pl.col("closed") + pl.col("quantity").fill_null(0)
    return between.join(sums, on=COUNTED, how="left").select(*ASKED, gone_unrecorded=gone)


def _between(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """The counts before and after each day, where both are near, and papers had time to arrive."""
    taken = base.counted(history, asked)
    before = pl.col("counted_on") < pl.col("served_on")
    found = taken.group_by(ASKED).agg(
        opened_on=pl.col("counted_on").filter(before).last(),
        opened=pl.col("quantity").filter(before).last(),
        closed_on=pl.col("counted_on").filter(~before).first(),
        closed=pl.col("quantity").filter(~before).first(),
    )
    apart = (pl.col("closed_on") - pl.col("opened_on")).dt.total_days()
    settled = (pl.col("as_of") - pl.col("closed_on")).dt.total_days() >= SETTLE_DAYS
    return found.filter((apart <= MOST_DAYS_BETWEEN_COUNTS) & settled)


def _moved(history: History, between: pl.LazyFrame) -> pl.LazyFrame:
    """What came into the stores and went out of them, other than to patients."""
    items = with_other_codes(history, between.select("item_code").unique())
    bought = history.versions_about("purchases", items).select(
        *PLACE, "quantity", KNOWN_FROM, KNOWN_UNTIL, day="delivered_on"
    )
    signed = (
        pl.when(pl.col("kind").is_in(INFLOWS))
        .then("quantity")
        .when(pl.col("kind").is_in(OUTFLOWS))
        .then(-pl.col("quantity"))
    )
    moves = history.versions_about("stock_moves", items).select(
        *PLACE, signed.alias("quantity"), KNOWN_FROM, KNOWN_UNTIL,
        day=pl.col("moved_at").dt.date(),
    )  # fmt: skip
    return of_article(history, pl.concat([bought, moves]))


def _used(history: History, between: pl.LazyFrame) -> pl.LazyFrame:
    """What the operation records of the hospitals show, as taken away."""
    items = with_other_codes(history, between.select("item_code").unique())
    rows = history.versions_about("device_uses", items).collect().lazy()
    ids = rows.select("stay_id").unique()
    homes = history.versions("stays", ids).select(
        "stay_id", "hospital_id", stay_from=KNOWN_FROM, stay_until=KNOWN_UNTIL,
        voided=pl.col("voided").fill_null(value=False),
    )  # fmt: skip
    since, until = pl.col(KNOWN_FROM), pl.col("stay_until")
    held = (pl.col("stay_from") <= since) & (until.is_null() | (since < until))
    told = (
        rows.join(items, on="item_code", how="semi")
        .join(homes, on="stay_id")
        .filter(held & ~pl.col("voided"))
        .select(
            *PLACE, -pl.col("quantity"), KNOWN_FROM, KNOWN_UNTIL, day=pl.col("used_at").dt.date()
        )
    )
    return of_article(history, told)


REGISTERED = together(
    base.LINE, base.DAY, base.LISTED, source("consumables.implantable", "consumables.key_list")
)
FRAMES = {
    "book": Frame(
        "book",
        book,
        single=True,
        needs=base.LINE,
        sources={
            "expected": REGISTERED,
            "others_recorded": together(base.LINE, base.RECORD),
            "gone_unrecorded": together(
                base.LINE,
                base.DAY,
                base.RECORD,
                source(
                    "device_uses.used_at",
                    "purchases.hospital_id",
                    "purchases.item_code",
                    "purchases.quantity",
                    "purchases.delivered_on",
                    "stock_moves.hospital_id",
                    "stock_moves.item_code",
                    "stock_moves.kind",
                    "stock_moves.quantity",
                    "stock_moves.moved_at",
                    "stock_counts.hospital_id",
                    "stock_counts.item_code",
                    "stock_counts.counted_on",
                    "stock_counts.quantity",
                ),
            ),
        },
    )
}
