"""What moved in a ledger: bills, uses, purchases and stock moves, in units of charge, by day.

Three customs are understood before a difference is called one: a purchase typed in packs is
read in units, goods on consignment came when they were used and not when their invoice did,
and a transfer that the sender has posted has arrived, though the receiver posts it later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL
from claims.schema import THOUSANDTHS_PER_UNIT
from features.exact import divided
from features.once import once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from claims.history import History

PAIR = ("hospital_id", "item_code")
# A unit that costs nearly a pack's worth at the dearest price ever listed is a pack.
PACK_PRICE_SHARE = 0.8
CONSUMABLE = pl.col("category") == "consumable"
BILLED_ON = pl.coalesce("performed_at", "charged_at").dt.date()
BILLED_COLUMNS = ("stay_id", "item_code", "quantity", "amount", "lot", "performed_at", "charged_at")
USED_ON = pl.col("used_at").dt.date()
LEG = ("item_code", "lot", "day", "quantity")


def flows(history: History) -> pl.LazyFrame:
    """All movements: hospital, item, day, kind, quantity, amount and when it was known."""
    return pl.concat(
        [_as_flow(billed_lines(history)), _used(history), _bought(history), _moved(history)],
        how="diagonal_relaxed",
    )


@once
def billed_lines(history: History) -> pl.LazyFrame:
    """All lines of consumables with hospital and case group of their stay, read but once.

    Columns: stay_id, hospital_id, drg, item_code, lot, quantity, amount, day, and since when
    until when each was known.
    """
    return _billed(history, BILLED_COLUMNS)


def moved_by_day(history: History, on: date, month: tuple[date, date] | None) -> pl.LazyFrame:
    """Hospital, item, day and night of what arrived on a night or moved in a month, and more.

    Of bills and uses, which are many, nothing else is read.
    """
    few = history.part(
        {"fee_lines": _asked(BILLED_ON, on, month), "device_uses": _asked(USED_ON, on, month)}
    )
    moved = [_as_flow(_billed(few)), _used(few), _bought(history), _moved(history)]
    return pl.concat([rows.select(*PAIR, KNOWN_FROM, "day") for rows in moved])


def _asked(day: pl.Expr, on: date, month: tuple[date, date] | None) -> pl.Expr:
    tonight = pl.col("received_on") == on
    return tonight if month is None else tonight | day.is_between(*month)


def of_stays(history: History, rows: pl.LazyFrame, *columns: str) -> pl.LazyFrame:
    """Rows of stays with hospital and ``columns`` of the version of the stay they came with."""
    stays = history.versions("stays").select(
        "stay_id",
        "hospital_id",
        *columns,
        pl.col("voided").fill_null(value=False),
        stay_from=KNOWN_FROM,
        stay_until=KNOWN_UNTIL,
    )
    since, until = pl.col(KNOWN_FROM), pl.col("stay_until")
    told = rows.join(stays, on="stay_id").filter(
        (pl.col("stay_from") <= since) & (until.is_null() | (since < until)) & ~pl.col("voided")
    )
    return told.drop("voided", "stay_from", "stay_until")


def _billed(history: History, columns: Sequence[str] = ()) -> pl.LazyFrame:
    lines = history.versions_where("fee_lines", CONSUMABLE, columns).select(
        "stay_id", "item_code", "quantity", "amount", "lot", KNOWN_FROM, KNOWN_UNTIL, day=BILLED_ON
    )
    return of_stays(history, lines, "drg")


def _as_flow(lines: pl.LazyFrame) -> pl.LazyFrame:
    return lines.select(
        *PAIR, KNOWN_FROM, KNOWN_UNTIL, "quantity", "amount", "day", kind=pl.lit("billed")
    )


def _used(history: History) -> pl.LazyFrame:
    return of_stays(history, history.versions("device_uses")).select(
        *PAIR,
        KNOWN_FROM,
        KNOWN_UNTIL,
        "quantity",
        day=USED_ON,
        kind=pl.lit("used"),
    )


def _bought(history: History) -> pl.LazyFrame:
    rows = purchased(history).join(_serials_used(history), on=[*PAIR, "serial"], how="left")
    return rows.select(
        *PAIR,
        KNOWN_FROM,
        KNOWN_UNTIL,
        "lot",
        quantity="units",
        amount="paid",
        day=pl.when("consignment")
        .then(pl.min_horizontal("used_on", "delivered_on"))
        .otherwise("delivered_on"),
        kind=pl.when("consignment").then(pl.lit("consigned")).otherwise(pl.lit("bought")),
    )


def purchased(history: History) -> pl.LazyFrame:
    """All purchases with ``units``, in thousandths of a unit of charge, and ``paid``, in fen.

    What a pack holds and costs is read as known on the night the purchase arrived; of a code that
    was listed later, from that night on.
    """
    rows = _with_packs(history)
    factor = divided(pl.col("pack_factor"), THOUSANDTHS_PER_UNIT)
    packs = (factor > 1) & (
        pl.col("unit_price") > pl.col("dearest") * factor * PACK_PRICE_SHARE
    ).fill_null(value=False)
    units = pl.when(packs).then(pl.col("quantity") * factor).otherwise("quantity")
    return rows.with_columns(
        units=units.round().cast(pl.Int64),
        paid=pl.col("quantity") * pl.col("unit_price") // THOUSANDTHS_PER_UNIT,
    )


def _with_packs(history: History) -> pl.LazyFrame:
    """Purchases beside what was known of their packs; in two parts where that came later."""
    listed = _packs(history)
    first = listed.group_by("item_code").agg(listed_from=pl.col("listed_on").min())
    rows = history.versions("purchases").join(first, on="item_code", how="left")
    late = (pl.col("listed_from") > pl.col(KNOWN_FROM)).fill_null(value=False)
    still = pl.col(KNOWN_UNTIL).is_null() | (pl.col(KNOWN_UNTIL) > pl.col("listed_from"))
    before = rows.filter(late).with_columns(
        pl.min_horizontal(KNOWN_UNTIL, "listed_from").alias(KNOWN_UNTIL)
    )
    since = rows.filter(~late | still).with_columns(
        pl.when(late).then("listed_from").otherwise(KNOWN_FROM).alias(KNOWN_FROM)
    )
    told = since.sort(KNOWN_FROM).join_asof(
        listed.sort("listed_on"),
        left_on=KNOWN_FROM,
        right_on="listed_on",
        by="item_code",
        check_sortedness=False,
    )
    return pl.concat([before, told], how="diagonal").drop("listed_from", "listed_on")


def _packs(history: History) -> pl.LazyFrame:
    """Units in a pack and the dearest price of each item, of all that was listed by a night."""
    listed = history.tables["consumables"].select(
        "item_code", "pack_factor", "platform_price", listed_on="received_on"
    )
    nightly = listed.group_by("item_code", "listed_on").agg(
        pl.col("pack_factor", "platform_price").max()
    )
    so_far = [
        pl.col(name).cum_max().over("item_code", order_by="listed_on").alias(called)
        for name, called in (("pack_factor", "pack_factor"), ("platform_price", "dearest"))
    ]
    return nightly.with_columns(so_far).drop("platform_price")


def _serials_used(history: History) -> pl.LazyFrame:
    """The first day on which each serial number was used in a hospital."""
    used = history.versions("device_uses").filter(pl.col("serial").is_not_null())
    rows = of_stays(history, used)
    return rows.group_by(*PAIR, "serial").agg(used_on=pl.col("used_at").dt.date().min())


def _moved(history: History) -> pl.LazyFrame:
    return _with_what_is_on_the_way(_dated(history.versions("stock_moves")))


def arrived(history: History) -> pl.LazyFrame:
    """Transfers that came to a hospital, by the receiver's posting or until then the sender's."""
    kinds = pl.col("kind").is_in(("transfer_in", "transfer_out"))
    moved = _with_what_is_on_the_way(_dated(history.versions_where("stock_moves", kinds)))
    return moved.filter(pl.col("kind") == "transfer_in")


def _dated(moves: pl.LazyFrame) -> pl.LazyFrame:
    return moves.with_columns(day=pl.col("moved_at").dt.date())


def _with_what_is_on_the_way(rows: pl.LazyFrame) -> pl.LazyFrame:
    booked = rows.select(*PAIR, KNOWN_FROM, KNOWN_UNTIL, "lot", "quantity", "day", "kind")
    return pl.concat([booked, _on_the_way(rows)], how="diagonal_relaxed")


def _on_the_way(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Transfers that the sender has posted, until the receiver posts the same."""
    sides = ("hospital_id", "counterpart", *LEG)
    sent = rows.filter(
        (pl.col("kind") == "transfer_out") & pl.col("counterpart").is_not_null()
    ).select(*LEG, KNOWN_FROM, KNOWN_UNTIL, hospital_id="counterpart", counterpart="hospital_id")
    posted = rows.filter(pl.col("kind") == "transfer_in").group_by(sides)
    both = sent.join(
        posted.agg(arrived=pl.col(KNOWN_FROM).min()), on=sides, how="left", nulls_equal=True
    )
    until = pl.min_horizontal(KNOWN_UNTIL, "arrived").alias(KNOWN_UNTIL)
    waiting = both.filter(pl.col("arrived").is_null() | (pl.col(KNOWN_FROM) < pl.col("arrived")))
    return waiting.select(
        *PAIR, KNOWN_FROM, until, "lot", "quantity", "day", kind=pl.lit("transfer_in")
    )
