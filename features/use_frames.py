"""The prepared frame of consumable uses: billed, recorded, catalogue price, invoice price.

A use is one consumable in one stay (``stay_id|item_code``), over the union of what was
billed and what the operation record says was used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import stay_frames
from features.frames import Frame, source
from features.once import once
from features.renewals import as_billed, of_article, with_other_codes
from features.use_listing import LISTING, listing, young

if TYPE_CHECKING:
    from claims.history import History

SUBJECT = r"^(.*)\|([^|]*)$"
# Stock bought this long before the service may still be on the shelf (DOMAIN 2, C05).
SHELF_DAYS = 180
# The class of a consumable is the head of its 27-character code.
CLASS_CHARACTERS = 7
SHELF = [*LISTING, "hospital_id"]

BILLED = source("fee_lines.stay_id", "fee_lines.item_code", "fee_lines.quantity")
BILLED_PRICE = source("fee_lines.stay_id", "fee_lines.item_code", "fee_lines.unit_price")
RECORDED = source("device_uses.stay_id", "device_uses.item_code", "device_uses.quantity")
CATALOGUE = source("consumables.item_code", "consumables.platform_price")
INVOICE = source(
    "purchases.hospital_id",
    "purchases.item_code",
    "purchases.unit_price",
    "purchases.delivered_on",
)


def stay_of() -> pl.Expr:
    """The stay that the id of a use names."""
    return pl.col("subject_id").str.extract(SUBJECT, 1)


@once
def parts(subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Subjects with the stay and the item that their id names."""
    named = pl.col("subject_id").str.extract_groups(SUBJECT)
    return subjects.with_columns(stay_id=named.struct.field("1"), item_code=named.struct.field("2"))


@once
def stays_around(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    """The stays of uses (``stay_id``, ``as_of``), as known on each use's night."""
    wanted = keyed.select("as_of", subject_id="stay_id").unique()
    return stay_frames.stay(history, wanted)


def use(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a use: quantities, prices and the stay around it, as known that night."""
    keyed = parts(subjects)
    joined = (
        keyed.join(_stays(history, keyed), on=["stay_id", "as_of"], how="left")
        .join(_billed(history, keyed), on="subject_id", how="left")
        .join(_recorded(history, keyed), on="subject_id", how="left")
        .join(_class_quantity(history, keyed), on="subject_id", how="left")
    )
    dated = _dated(joined).collect().lazy()
    priced = dated.join(listing(history, dated), on=LISTING, how="left")
    invoiced = priced.join(_invoices(history, dated), on=SHELF, how="left")
    linked = invoiced.join(young(history, dated), on=LISTING, how="left")
    serial = linked.join(_serials(history, keyed), on="subject_id", how="left")
    return serial.with_columns(
        event_on=pl.col("service_on"),
        shared_serials=pl.col("shared_serials").fill_null(0),
    )


def _dated(joined: pl.LazyFrame) -> pl.LazyFrame:
    return joined.with_columns(
        service_on=pl.coalesce("billed_on", "used_on", "discharged_on"),
        recorded=pl.col("used_quantity").is_not_null(),
    ).with_columns(
        pl.col("billed_quantity", "billed_amount", "billed_lines", "used_quantity").fill_null(0)
    )


def _stays(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    context = stays_around(history, keyed)
    wanted = context.select("subject_id", "as_of")
    operations = (
        stay_frames.procedures(history, wanted)
        .group_by("subject_id", "as_of")
        .agg(operations=pl.len())
    )
    return context.join(operations, on=["subject_id", "as_of"], how="left").select(
        "as_of",
        "hospital_id",
        "person_id",
        "level",
        "scheme",
        "sex",
        "days",
        "department",
        "case_group",
        "case_family",
        "discharged_on",
        "drg",
        stay_id="subject_id",
        stay_total="total_amount",
        operations=pl.col("operations").fill_null(0),
    )


def _children(history: History, keyed: pl.LazyFrame, table: str) -> pl.LazyFrame:
    rows = history.versions(table, keyed.select("stay_id"))
    wanted = keyed.select("subject_id", "as_of", "stay_id", "item_code")
    return wanted.join(rows, on=["stay_id", "item_code"]).filter(as_of("as_of"))


def _billed(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    sold = pl.col("quantity") > 0
    return (
        _children(history, keyed, "fee_lines")
        .group_by("subject_id")
        .agg(
            billed_quantity=pl.col("quantity").sum(),
            billed_amount=pl.col("amount").sum(),
            billed_price=pl.col("unit_price").filter(sold).max(),
            billed_lines=pl.len(),
            reversed_lines=(~sold).sum(),
            billed_on=pl.coalesce("performed_at", "charged_at").dt.date().max(),
        )
    )


def _class_quantity(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    """Units of the item's class in the whole stay, whichever of them is being scored."""
    wanted = keyed.select("subject_id", "as_of", "stay_id", class_of=_class("item_code"))
    rows = history.versions("fee_lines", keyed.select("stay_id")).filter(
        pl.col("category") == "consumable"
    )
    return (
        wanted.join(rows.with_columns(class_of=_class("item_code")), on=["stay_id", "class_of"])
        .filter(as_of("as_of"))
        .group_by("subject_id")
        .agg(class_quantity=pl.col("quantity").sum())
    )


def _class(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, CLASS_CHARACTERS)


@once
def _records(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    """Records of the uses, under the code that their stay is billed for."""
    wanted = keyed.select("subject_id", "as_of", "stay_id", "item_code")
    stays = keyed.select("stay_id", "as_of").unique()
    ids = stays.select("stay_id").unique()
    known, lines = (
        stays.join(history.versions(table, ids), on="stay_id").filter(as_of("as_of"))
        for table in ("device_uses", "fee_lines")
    )
    rows = as_billed(history, known, lines.filter(pl.col("quantity") > 0))
    return wanted.join(rows, on=["stay_id", "as_of", "item_code"])


def _recorded(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    return (
        _records(history, keyed)
        .group_by("subject_id")
        .agg(
            used_quantity=pl.col("quantity").sum(),
            used_on=pl.col("used_at").dt.date().max(),
            site=pl.col("site").drop_nulls().sort().first(),
        )
    )


def _invoices(history: History, dated: pl.LazyFrame) -> pl.LazyFrame:
    """Invoice prices of the hospital for the item in the shelf time before the service."""
    invoice = ["hospital_id", "item_code", "delivered_on", KNOWN_FROM, KNOWN_UNTIL]
    # Of the invoices of a day only the dearest is ever read.
    rows = history.versions("purchases").select(*invoice, "unit_price")
    bought = of_article(history, rows).group_by(invoice).agg(pl.col("unit_price").max())
    age = (pl.col("service_on") - pl.col("delivered_on")).dt.total_days()
    return (
        dated.select(SHELF)
        .unique()
        .join(bought, on=["hospital_id", "item_code"])
        .filter(as_of("as_of") & age.is_between(0, SHELF_DAYS))
        .group_by(SHELF)
        .agg(
            invoice_price=pl.col("unit_price").sort_by("delivered_on", "unit_price").last(),
            dearest_invoice=pl.col("unit_price").max(),
        )
    )


def _serials(history: History, keyed: pl.LazyFrame) -> pl.LazyFrame:
    """How many other stays record the same serial number of the same item (C09)."""
    mine = (
        _records(history, keyed)
        .drop_nulls("serial")
        .select("subject_id", "as_of", "stay_id", "item_code", "serial")
        .unique()
    )
    serials = with_other_codes(history, mine.select("item_code", "serial"))
    other = of_article(
        history,
        history.versions_about("device_uses", serials).select(
            "item_code", "serial", KNOWN_FROM, KNOWN_UNTIL, other_stay="stay_id"
        ),
    )
    return (
        mine.join(other, on=["item_code", "serial"])
        .filter(as_of("as_of") & (pl.col("other_stay") != pl.col("stay_id")))
        .group_by("subject_id")
        .agg(shared_serials=pl.col("other_stay").n_unique())
    )


def _both(*parts: tuple[frozenset[tuple[str, str]], ...]) -> tuple[frozenset[tuple[str, str]], ...]:
    """Sources of a column that needs all of several inputs, each with one way to fill it."""
    return (frozenset(pair for way in parts for pair in way[0]),)


DAY = source("fee_lines.charged_at")
FRAMES = {
    "use": Frame(
        "use",
        use,
        single=True,
        needs=BILLED,
        sources={
            "billed_quantity": BILLED,
            "billed_amount": source("fee_lines.stay_id", "fee_lines.amount"),
            "billed_price": BILLED_PRICE,
            "billed_lines": BILLED,
            "reversed_lines": BILLED,
            "used_quantity": RECORDED,
            "recorded": RECORDED,
            "price_limit": _both(CATALOGUE, DAY),
            "platform_price": _both(CATALOGUE, DAY),
            "previous_price": _both(CATALOGUE, DAY),
            "price_age": _both(CATALOGUE, DAY),
            "invoice_price": _both(INVOICE, DAY),
            "dearest_invoice": _both(INVOICE, DAY),
            "class_quantity": _both(BILLED, source("fee_lines.category", "consumables.class_code")),
            "implantable": source("consumables.implantable"),
            "operations": source("stay_procedures.stay_id"),
            "stay_total": source("stays.total_amount"),
            "shared_serials": _both(RECORDED, source("device_uses.serial")),
            "days": stay_frames.DAYS,
            "origin": source("consumables.origin"),
            "new_code_days": _both(CATALOGUE, DAY, source("consumables.valid_from")),
        },
    )
}
