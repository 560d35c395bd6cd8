"""What a month's deliveries of a ledger cost, and at what price their units were billed.

Units are followed by lot: what is billed under a lot that was delivered to the hospital under the
same article. Where a lot came in several deliveries, its bills are shared out among them by units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features.frames import Frame, source, together
from features.ledger_flows import PAIR, billed_lines, of_stays, purchased
from features.ledger_frames import parts
from features.renewals import of_article, with_other_codes

if TYPE_CHECKING:
    from claims.history import History

SUBJECT = ["subject_id", "as_of"]
NAME = ["item_code", "lot"]
LOT = [*SUBJECT, *PAIR, "lot"]


def deliveries(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a ledger with deliveries in its month: units, and bills of lots given or off.

    Amounts in fen, units in thousandths. Lots that were given or not bought on the platform are
    followed to the bill: ``lots_off`` counts units billed, ``lots_amount`` what for, ``lots_cost``
    what they cost, ``unbilled_given`` units of gifts that are recorded and on no bill.
    """
    named = parts(subjects).collect().lazy()
    every = named.join(_delivered(history), on=list(PAIR)).filter(as_of("as_of")).collect().lazy()
    came = every.filter(_in_month())
    lots = _lots(every, came).collect().lazy()
    billed = _of_lots(lots, _billed(history, lots), "units", "amount").collect().lazy()
    gifts = lots.filter("lot_given").select(LOT)
    recorded = _of_lots(gifts, _recorded(history, gifts), "units")
    used = recorded.group_by(SUBJECT).agg(gifts_used=pl.col("units").sum())
    charged = (
        billed.join(gifts, on=LOT, how="semi")
        .group_by(SUBJECT)
        .agg(gifts_billed=pl.col("units").sum())
    )
    given, off = pl.col("gift"), ~pl.col("on_platform") & ~pl.col("gift")
    sums = came.group_by(SUBJECT).agg(
        delivered=pl.col("quantity").sum(),
        given=pl.col("quantity").filter(given).sum(),
        off_platform=pl.col("quantity").filter(off).sum(),
    )
    return (
        sums.join(_sold(lots, billed), on=SUBJECT, how="left")
        .join(used, on=SUBJECT, how="left")
        .join(charged, on=SUBJECT, how="left")
        .with_columns(unbilled_given=pl.col("gifts_used") - pl.col("gifts_billed").fill_null(0))
    )


def _lots(every: pl.LazyFrame, came: pl.LazyFrame) -> pl.LazyFrame:
    """Lots of the month: units of all their deliveries, and units and cost of those given or off.

    Of those only what came in the month. Where a price is not told nobody knows the cost, and
    ``priced`` is false.
    """
    asked = came.drop_nulls("lot").select(LOT).unique()
    off, month = pl.col("gift") | ~pl.col("on_platform"), _in_month()
    quantity, cost = pl.col("quantity"), pl.col("cost")
    return (
        every.join(asked, on=LOT, how="semi")
        .group_by(LOT)
        .agg(
            lot_units=quantity.sum(),
            lot_off=quantity.filter(off & month).sum(),
            lot_cost=cost.filter(off & month).sum(),
            priced=cost.filter(off & month).is_not_null().all(),
            lot_given=pl.col("gift").any(),
        )
        .filter(pl.col("lot_off") > 0)
    )


def _in_month() -> pl.Expr:
    return pl.col("delivered_on").is_between("first_day", "last_day")


def _sold(lots: pl.LazyFrame, billed: pl.LazyFrame) -> pl.LazyFrame:
    """Bills of lots, as far as the month's deliveries given or off the platform go."""
    part = pl.col("lot_off") / pl.col("lot_units")
    mine = pl.min_horizontal(pl.col("units") * part, pl.col("lot_off"))
    rows = (
        lots.filter("priced")
        .join(billed, on=LOT)
        .filter(pl.col("units") > 0)
        .with_columns(mine=mine)
        .with_columns(
            mine=pl.col("mine").round().cast(pl.Int64),
            charged=(pl.col("amount") * pl.col("mine") / pl.col("units")).round().cast(pl.Int64),
            cost=(pl.col("lot_cost") * pl.col("mine") / pl.col("lot_off")).round().cast(pl.Int64),
        )
    )
    return rows.group_by(SUBJECT).agg(
        lots_off=pl.col("mine").sum(),
        lots_amount=pl.col("charged").sum(),
        lots_cost=pl.col("cost").sum(),
    )


def _of_lots(lots: pl.LazyFrame, rows: pl.LazyFrame, *columns: str) -> pl.LazyFrame:
    """Sums of columns over the rows that name each lot, as known on the ledger's night."""
    known = lots.select(LOT).join(rows, on=[*PAIR, "lot"]).filter(as_of("as_of"))
    return known.group_by(LOT).agg(pl.col(columns).sum())


def _delivered(history: History) -> pl.LazyFrame:
    """Deliveries in units of charge, with what they cost in fen."""
    gift = pl.col("gift").fill_null(value=False)
    return purchased(history).filter(pl.col("units") > 0).select(
        *PAIR, "lot", "delivered_on", KNOWN_FROM, KNOWN_UNTIL,
        pl.col("on_platform").fill_null(value=True),
        gift=gift,
        quantity="units",
        cost=pl.when(gift).then(0).otherwise("paid"),
    )  # fmt: skip


def _billed(history: History, lots: pl.LazyFrame) -> pl.LazyFrame:
    """Lines that name one of the lots, with the hospital of their stay."""
    asked = with_other_codes(history, lots.select(NAME))
    rows = (
        billed_lines(history)
        .join(asked, on=NAME, how="semi")
        .select(*PAIR, "lot", KNOWN_FROM, KNOWN_UNTIL, "amount", units="quantity")
    )
    return of_article(history, rows)


def _recorded(history: History, lots: pl.LazyFrame) -> pl.LazyFrame:
    """Records of use that name one of the lots, with the hospital of their stay."""
    asked = with_other_codes(history, lots.select(NAME))
    near = history.tables["device_uses"].join(asked, on=NAME, how="semi").select("stay_id")
    records = history.versions("device_uses", near).join(asked, on=NAME, how="semi")
    rows = of_stays(history, records).select(
        *PAIR, "lot", KNOWN_FROM, KNOWN_UNTIL, units="quantity"
    )
    return of_article(history, rows)


BOUGHT = source(
    "purchases.hospital_id",
    "purchases.item_code",
    "purchases.delivered_on",
    "purchases.quantity",
    "purchases.unit_price",
)
SOLD = together(
    BOUGHT,
    source(
        "purchases.lot",
        "fee_lines.stay_id",
        "fee_lines.category",
        "fee_lines.lot",
        "fee_lines.item_code",
        "fee_lines.quantity",
        "fee_lines.amount",
        "stays.hospital_id",
    ),
)
USED = source(
    "device_uses.stay_id", "device_uses.lot", "device_uses.item_code", "device_uses.quantity"
)
GIVEN, PLATFORM = source("purchases.gift"), source("purchases.on_platform")
FRAMES = {
    "ledger_buying": Frame(
        "ledger_buying",
        deliveries,
        single=True,
        needs=BOUGHT,
        sources={
            "delivered": BOUGHT,
            "given": together(BOUGHT, GIVEN),
            "off_platform": together(BOUGHT, PLATFORM, GIVEN),
            "lots_amount": together(SOLD, PLATFORM, GIVEN),
            "lots_cost": together(SOLD, PLATFORM, GIVEN),
            "lots_off": together(SOLD, PLATFORM, GIVEN),
            "unbilled_given": together(SOLD, PLATFORM, GIVEN, USED),
        },
    )
}
