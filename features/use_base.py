"""What frames of uses stand on: the stays around them, all goods on their bills and records.

A use is looked at beside the other consumables of its stay: the one recorded in its place,
the parts of one set. Frames are therefore made for all goods of the stays in question, and
restricted to the uses asked for at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.scopes import CLASS_DIGITS
from features.frames import source
from features.once import once
from features.renewals import as_billed, of_article, with_other_codes
from features.use_frames import parts, stays_around

if TYPE_CHECKING:
    from claims.history import History

STAY = ["stay_id", "as_of"]
GOODS = [*STAY, "item_code"]
# Second level of the 27-character code (use and kind of article): goods that serve one end.
FAMILY_CHARACTERS = 5
FAMILY = pl.col("item_code").str.slice(0, FAMILY_CHARACTERS).alias("family")
CLASS = pl.col("item_code").str.slice(0, CLASS_DIGITS).alias("class_code")
SERVED = pl.coalesce("performed_at", "charged_at").dt.date()

LINE = source(
    "fee_lines.stay_id", "fee_lines.item_code", "fee_lines.quantity", "fee_lines.category"
)
DAY = source("fee_lines.charged_at")
RECORD = source("device_uses.stay_id", "device_uses.item_code", "device_uses.quantity")
LISTED = source("consumables.item_code", "consumables.platform_price")


def keyed(subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Uses (``subject_id``, ``GOODS``) with the stay and the item that their id names."""
    return parts(subjects)


def stays(history: History, uses: pl.LazyFrame) -> pl.LazyFrame:
    """The stays of the uses, as known on each use's night."""
    return stays_around(history, uses).select(
        "as_of", "hospital_id", "person_id", "department", "sex", "death_date", "admitted_on",
        "discharged_on", "discharged_at", "days", "event_on", stay_id="subject_id",
    )  # fmt: skip


def rows_of(history: History, uses: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """Rows of a table that hangs on stays, of all stays of the uses, as known each night."""
    wanted = uses.select(STAY).unique()
    rows = history.versions(table, wanted.select("stay_id"))
    return wanted.join(rows, on="stay_id").filter(as_of("as_of")).drop(KNOWN_FROM, KNOWN_UNTIL)


@once
def records(history: History, uses: pl.LazyFrame) -> pl.LazyFrame:
    """The operation records of the stays, under the code that each stay is billed for."""
    goods = lines(history, uses).filter(pl.col("quantity") > 0)
    return as_billed(history, rows_of(history, uses, "device_uses"), goods)


@once
def lines(history: History, uses: pl.LazyFrame) -> pl.LazyFrame:
    """All lines that bill consumables in the stays, each with its day of service."""
    rows = rows_of(history, uses, "fee_lines").filter(pl.col("category") == "consumable")
    return rows.with_columns(served_on=SERVED)


def billed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and consumable with units left on the bill: units, amount, price, day."""
    sold = pl.col("quantity") > 0
    return (
        rows.group_by(GOODS)
        .agg(
            units=pl.col("quantity").sum(),
            amount=pl.col("amount").sum(),
            price=pl.col("unit_price").filter(sold).max(),
            served_on=pl.col("served_on").filter(sold).max(),
        )
        .filter(pl.col("units") > 0)
        .with_columns(FAMILY, CLASS)
    )


@once
def recorded(history: History, uses: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and consumable in the operation record: units and last day of use."""
    return (
        records(history, uses)
        .group_by(GOODS)
        .agg(used=pl.col("quantity").sum(), used_on=pl.col("used_at").dt.date().max())
    )


def listed(history: History, goods: pl.LazyFrame, day: str, *columns: str) -> pl.LazyFrame:
    """Catalogue columns of goods (as_of, item_code, a day) as valid on the day and known.

    One row for each known article and day, with ``columns`` beside. Where a code was not listed
    yet that day, what the other codes of its article say.
    """
    rows = of_article(
        history,
        history.versions("consumables").select(
            "item_code", "valid_from", *columns, KNOWN_FROM, KNOWN_UNTIL, listed_as="item_code"
        ),
    ).with_columns(own=pl.col("listed_as") == pl.col("item_code"))
    keys = ["as_of", "item_code", day]
    return (
        goods.select(keys)
        .unique()
        .join(rows, on="item_code")
        .filter(as_of("as_of") & (pl.col("valid_from") <= pl.col(day)))
        .group_by(keys)
        .agg(pl.col(column).sort_by("own", "valid_from").last() for column in columns)
    )


def sold_lots(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The lots that lines of goods name, once each."""
    return rows.filter(pl.col("quantity") > 0).select(*GOODS, "lot").drop_nulls("lot").unique()


def opening_lots(history: History, lots: pl.LazyFrame) -> pl.LazyFrame:
    """Lots of goods (``GOODS``, hospital_id, lot) that were there when the books began."""
    rows = moves(history, "opening").select("hospital_id", "item_code", "lot", KNOWN_FROM)
    opened = of_article(history, rows.drop_nulls("lot"))
    known = lots.join(opened, on=["hospital_id", "item_code", "lot"]).filter(
        pl.col(KNOWN_FROM) <= pl.col("as_of")
    )
    return known.select(*GOODS, "lot").unique()


def counted(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """Every count of stock known that night, all lots together, in order of its day.

    ``asked`` has hospital_id, item_code, as_of and more, all of which stay beside counted_on
    and quantity.
    """
    keys = asked.collect_schema().names()
    items = with_other_codes(history, asked.select("item_code").unique())
    rows = history.versions_about("stock_counts", items).select(
        "hospital_id", "item_code", "counted_on", "quantity", KNOWN_FROM, KNOWN_UNTIL
    )
    counts = of_article(history, rows)
    return (
        asked.join(counts, on=["hospital_id", "item_code"])
        .filter(as_of("as_of"))
        .group_by(*keys, "counted_on")
        .agg(pl.col("quantity").sum())
        .sort("counted_on")
    )


def moves(history: History, kind: str) -> pl.LazyFrame:
    """Stock moves of one kind; the many others are not worked out."""
    return history.versions_where("stock_moves", pl.col("kind") == kind)
