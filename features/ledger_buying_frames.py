"""What a month's deliveries of a ledger cost, and at what price their units were billed.

Units are followed by lot: what is billed under a lot that was delivered to the hospital under the
same article. Where one lot came in several deliveries, it cost their mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features.frames import Frame, source, together
from features.ledger_flows import PAIR, billed_lines, of_stays, purchased
from features.ledger_frames import parts

if TYPE_CHECKING:
    from claims.history import History

SUBJECT = ["subject_id", "as_of"]
NAME = ["item_code", "lot"]
LOT = [*SUBJECT, *PAIR, "lot"]


def deliveries(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a ledger with deliveries in its month: units, cost, bills of their lots.

    Amounts in fen, units in thousandths. ``billed_off`` counts units billed of lots that were
    given or not bought on the platform, ``cost`` what the billed units cost.
    """
    named = parts(subjects).collect().lazy()
    came = (
        named.join(_delivered(history), on=list(PAIR))
        .filter(as_of("as_of") & pl.col("delivered_on").is_between("first_day", "last_day"))
        .collect()
        .lazy()
    )
    lots = (
        came.drop_nulls("lot")
        .group_by(LOT)
        .agg(
            lot_units=pl.col("quantity").sum(),
            lot_cost=pl.col("cost").sum(),
            lot_off=(pl.col("gift") | ~pl.col("on_platform")).any(),
        )
    )
    billed = (
        lots.join(_billed(history, lots), on=[*PAIR, "lot"])
        .filter(as_of("as_of"))
        .group_by(LOT, maintain_order=False)
        .agg(
            pl.col("lot_units", "lot_cost", "lot_off").first(),
            units=pl.col("units").sum(),
            amount=pl.col("amount").sum(),
        )
        .filter((pl.col("units") > 0) & (pl.col("lot_units") > 0))
        .with_columns(
            cost=(pl.col("lot_cost") * pl.col("units") / pl.col("lot_units")).round().cast(pl.Int64)
        )
    )
    used = (
        lots.filter("lot_off")
        .join(_recorded(history, lots), on=[*PAIR, "lot"])
        .filter(as_of("as_of"))
        .group_by(SUBJECT)
        .agg(lots_off_used=pl.col("units").sum())
    )
    sold = billed.group_by(SUBJECT).agg(
        lots_billed=pl.col("units").sum(),
        lots_amount=pl.col("amount").sum(),
        lots_cost=pl.col("cost").sum(),
        lots_off=pl.col("units").filter("lot_off").sum(),
    )
    given, off = pl.col("gift"), ~pl.col("on_platform") & ~pl.col("gift")
    sums = came.group_by(SUBJECT).agg(
        delivered=pl.col("quantity").sum(),
        delivered_cost=pl.col("cost").sum(),
        given=pl.col("quantity").filter(given).sum(),
        off_platform=pl.col("quantity").filter(off).sum(),
    )
    return (
        sums.join(sold, on=SUBJECT, how="left")
        .join(used, on=SUBJECT, how="left")
        .with_columns(unbilled_off=pl.col("lots_off_used") - pl.col("lots_off").fill_null(0))
    )


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
    return (
        billed_lines(history)
        .join(lots.select(NAME).unique(), on=NAME, how="semi")
        .select(*PAIR, "lot", KNOWN_FROM, KNOWN_UNTIL, "amount", units="quantity")
    )


def _recorded(history: History, lots: pl.LazyFrame) -> pl.LazyFrame:
    """Records of use that name one of the lots, with the hospital of their stay."""
    asked = lots.select(NAME).unique()
    near = history.tables["device_uses"].join(asked, on=NAME, how="semi").select("stay_id")
    records = history.versions("device_uses", near).join(asked, on=NAME, how="semi")
    return of_stays(history, records).select(
        *PAIR, "lot", KNOWN_FROM, KNOWN_UNTIL, units="quantity"
    )


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
            "delivered_cost": together(BOUGHT, GIVEN),
            "given": together(BOUGHT, GIVEN),
            "off_platform": together(BOUGHT, PLATFORM, GIVEN),
            "lots_billed": SOLD,
            "lots_amount": SOLD,
            "lots_cost": together(SOLD, GIVEN),
            "lots_off": together(SOLD, PLATFORM, GIVEN),
            "unbilled_off": together(SOLD, PLATFORM, GIVEN, USED),
        },
    )
}
