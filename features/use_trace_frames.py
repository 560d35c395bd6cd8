"""What the traces of a use tell: its serial numbers and lots, where they came from and when.

Serial numbers are followed over all hospitals, lots inside the hospital. A person's own
cancelled and re-sent stays are one stay each, so that a bill settled anew repeats nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import use_base as base
from features.frames import Frame, source, together
from features.ledger_flows import arrived
from features.purchase_book import deliveries, numbers
from features.renewals import of_article, with_other_codes
from features.use_unread import PLACE, SHELF, unread

if TYPE_CHECKING:
    from claims.history import History

STAY, GOODS = base.STAY, base.GOODS
UNIT = ["item_code", "serial"]
TRANSFER_DAYS = 90  # a unit lent to another hospital is used in the quarter


def trace(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a use: who else had its units, and when and how they came to the hospital."""
    uses = base.keyed(subjects)
    stays = base.stays(history, uses).collect().lazy()
    records = base.records(history, uses).join(stays, on=STAY).collect().lazy()
    wanted = records.join(uses.select(GOODS), on=GOODS, how="semi").with_columns(
        used_on=pl.col("used_at").dt.date()
    )
    bought = deliveries(history, wanted).collect().lazy()
    again = _again(history, wanted).collect().lazy()
    lots = _deliveries(wanted, bought, "lot").collect().lazy()
    return (
        uses.join(stays.select(*STAY, "hospital_id"), on=STAY, how="left")
        .join(again, on=GOODS, how="left")
        .join(unread(history, wanted, again, bought), on=GOODS, how="left")
        .join(_numbered(numbers(history, wanted, bought)), on=GOODS, how="left")
        .join(_lots(wanted, lots), on=GOODS, how="left")
        .join(_expiry(wanted, bought, lots), on=GOODS, how="left")
        .join(_packs(history, uses, stays), on=GOODS, how="left")
        .join(_transferred(history, wanted), on=GOODS, how="left")
        .join(_opening(history, wanted), on=GOODS, how="left")
    )


def _again(history: History, wanted: pl.LazyFrame) -> pl.LazyFrame:
    """Earlier stays that record a unit of the use: persons, hospitals, days between."""
    units = wanted.drop_nulls("serial").select(*GOODS, "serial", "used_at", "person_id",
                                               "hospital_id").unique()  # fmt: skip
    rows = history.versions_about("device_uses", with_other_codes(history, units.select(UNIT)))
    other = (
        of_article(
            history,
            rows.select(*UNIT, KNOWN_FROM, KNOWN_UNTIL, other_stay="stay_id", other_at="used_at"),
        )
        .collect()
        .lazy()
    )
    earlier = (pl.col("other_stay") != pl.col("stay_id")) & (
        pl.col("other_at") <= pl.col("used_at")
    )
    both = units.join(other, on=UNIT).filter(as_of("as_of") & earlier)
    ids = other.select(stay_id="other_stay").unique()
    homes = history.versions("stays", ids).select(
        other_stay="stay_id", other_person="person_id", other_hospital="hospital_id",
        voided=pl.col("voided").fill_null(value=False),
        stay_from=KNOWN_FROM, stay_until=KNOWN_UNTIL,
    )  # fmt: skip
    night = pl.col("as_of")
    known = (pl.col("stay_from") <= night) & (
        pl.col("stay_until").is_null() | (pl.col("stay_until") > night)
    )
    apart = (pl.col("used_at") - pl.col("other_at")).dt.total_days()
    return (
        both.join(homes, on="other_stay")
        .filter(known & ~pl.col("voided"))
        .group_by(GOODS)
        .agg(
            other_persons=pl.col("other_person")
            .filter(pl.col("other_person") != pl.col("person_id"))
            .n_unique(),
            other_hospitals=pl.col("other_hospital")
            .filter(pl.col("other_hospital") != pl.col("hospital_id"))
            .n_unique(),
            days_apart=apart.min(),
        )
    )


def _numbered(units: pl.LazyFrame) -> pl.LazyFrame:
    """Units by number: how many are recorded, and how many this or another house bought."""
    return units.group_by(GOODS).agg(
        numbered=pl.len(),
        unbought=pl.col("missing").sum(),
        bought_elsewhere=(~pl.col("here") & pl.col("elsewhere")).sum(),
    )


def _lots(wanted: pl.LazyFrame, lots: pl.LazyFrame) -> pl.LazyFrame:
    """Lots: days used before delivery, and whether one came as a gift."""
    mine = wanted.drop_nulls("lot").select(*GOODS, "lot", "hospital_id", "used_on").unique()
    early = (pl.col("delivered_on").first() - pl.col("used_on").min()).dt.total_days()
    return (
        mine.join(lots, on=[*PLACE, "as_of", "lot"])
        .group_by(*GOODS, "lot")
        .agg(
            # Consigned goods are posted after their use; all other goods come before it.
            early=early.clip(0, None) * ~pl.col("consigned").first(),
            gift=pl.col("gift").first(),
        )
        .group_by(GOODS)
        .agg(days_early=pl.col("early").max(), gift=pl.col("gift").any())
    )


def _expiry(wanted: pl.LazyFrame, bought: pl.LazyFrame, lots: pl.LazyFrame) -> pl.LazyFrame:
    """Days used after expiry, and shelf life at delivery, of what each record names.

    The delivery that bears the number of the unit tells it. Where none does, the lot's: of
    several dates the latest, because only one can be that of a lot.
    """
    mine = wanted.select(*GOODS, "lot", "serial", "hospital_id", "used_on").unique()
    for name, came in (("serial", _deliveries(mine, bought, "serial")), ("lot", lots)):
        told = came.select(
            *PLACE, "as_of", name, **{f"{what}_of_{name}": what for what in ("expiry_on", "fresh")}
        )
        mine = mine.join(told, on=[*PLACE, "as_of", name], how="left")
    expiry, fresh = (
        pl.coalesce(f"{what}_of_serial", f"{what}_of_lot") for what in ("expiry_on", "fresh")
    )
    return mine.group_by(GOODS).agg(
        days_expired=(pl.col("used_on") - expiry).dt.total_days().max(),
        life_at_delivery=fresh.min(),
    )


def _deliveries(mine: pl.LazyFrame, bought: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """What is known of each lot or serial number of a hospital: days, shelf life, how it came."""
    asked = [*PLACE, "as_of", name]
    came = bought.drop_nulls(name).rename({"buyer": "hospital_id"})
    wanted = mine.select(asked).drop_nulls(name).unique()
    known = wanted.join(came, on=[*PLACE, name]).filter(as_of("as_of"))
    return known.group_by(asked).agg(
        pl.col("expiry_on").max(),
        pl.col("delivered_on").min(),
        fresh=(pl.col("expiry_on") - pl.col("delivered_on")).dt.total_days().max(),
        consigned=pl.col("consignment").any(),
        gift=pl.col("gift").all(),
    )


def _packs(history: History, uses: pl.LazyFrame, stays: pl.LazyFrame) -> pl.LazyFrame:
    """Pieces in a pack of each article, as listed when the stay ended."""
    dated = uses.join(stays.select(*STAY, "event_on"), on=STAY)
    packs = base.listed(history, dated, "event_on", "pack_factor")
    return dated.join(packs, on=["as_of", "item_code", "event_on"]).select(*GOODS, "pack_factor")


def _transferred(history: History, wanted: pl.LazyFrame) -> pl.LazyFrame:
    """Units that came to the hospital by transfer in the time before a use.

    What the sender has posted has arrived, though the receiver posts it later.
    """
    age = (pl.col("used_on") - pl.col("day")).dt.total_days()
    goods = wanted.group_by(*GOODS, "hospital_id").agg(pl.col("used_on").max())
    moved = (
        goods.select(SHELF)
        .unique()
        .join(of_article(history, arrived(history)), on=["hospital_id", "item_code"])
        .filter(as_of("as_of") & age.is_between(0, TRANSFER_DAYS))
        .group_by(SHELF)
        .agg(transferred=pl.col("quantity").sum())
    )
    return goods.join(moved, on=SHELF).select(*GOODS, "transferred")


def _opening(history: History, wanted: pl.LazyFrame) -> pl.LazyFrame:
    """Whether all lots of a use were there when the hospital's books began."""
    lots = wanted.drop_nulls("lot").select(*GOODS, "hospital_id", "lot").unique()
    seen = base.opening_lots(history, lots).with_columns(there=pl.lit(value=True))
    joined = lots.join(seen, on=[*GOODS, "lot"], how="left")
    return joined.group_by(GOODS).agg(opening=pl.col("there").fill_null(value=False).all())


SERIAL = together(
    base.RECORD, source("device_uses.serial"), source("device_uses.used_at", "stays.hospital_id")
)
PERSON = together(SERIAL, source("stays.person_id"))
BOUGHT_SERIAL = together(
    SERIAL, source("purchases.serial", "purchases.item_code", "purchases.hospital_id")
)
TOLD = together(BOUGHT_SERIAL, source("purchases.delivered_on"))
LOT = together(
    base.RECORD,
    source(
        "device_uses.lot",
        "device_uses.used_at",
        "purchases.lot",
        "purchases.item_code",
        "purchases.hospital_id",
    ),
)
FRAMES = {
    "trace": Frame(
        "trace",
        trace,
        single=True,
        needs=base.RECORD,
        sources={
            "other_persons": PERSON,
            "other_hospitals": SERIAL,
            "days_apart": SERIAL,
            "unbought": TOLD,
            "bought_elsewhere": BOUGHT_SERIAL,
            "numbered": BOUGHT_SERIAL,
            "gone_unread": together(
                BOUGHT_SERIAL,
                PERSON,
                source(
                    "purchases.consignment",
                    "purchases.delivered_on",
                    "stock_counts.hospital_id",
                    "stock_counts.item_code",
                    "stock_counts.counted_on",
                    "stock_counts.quantity",
                ),
            ),
            "days_expired": together(LOT, source("purchases.expiry_on")),
            "life_at_delivery": together(
                LOT, source("purchases.expiry_on", "purchases.delivered_on")
            ),
            "days_early": together(LOT, source("purchases.delivered_on", "purchases.consignment")),
            "pack_factor": together(base.LISTED, source("consumables.pack_factor")),
            "transferred": together(
                base.RECORD,
                source(
                    "device_uses.used_at",
                    "stock_moves.hospital_id",
                    "stock_moves.item_code",
                    "stock_moves.kind",
                    "stock_moves.quantity",
                    "stock_moves.moved_at",
                ),
            ),
            "opening": together(
                base.RECORD,
                source(
                    "device_uses.lot",
                    "stock_moves.lot",
                    "stock_moves.kind",
                    "stock_moves.hospital_id",
                    "stock_moves.item_code",
                ),
            ),
            "gift": together(LOT, source("purchases.gift")),
        },
    )
}
