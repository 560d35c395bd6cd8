"""Prepared frames of proof that a stay took place: goods behind the bill, the person elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import stay_frames
from features.frames import Frame, source, together

if TYPE_CHECKING:
    from claims.history import History

# An item leaves the store at most this long before it is billed, or is booked this late.
SHELF_DAYS, LATE_DAYS = 90, 3
STORE = ("hospital_id", "item_code")


def goods(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and billed device: is its use recorded, did the store give any out.

    ``recorded`` is null for devices whose use need not be recorded, and ``issued`` where the
    hospital reports no movement of any item around that time.
    """
    where = stay_frames.stay(history, subjects).select("subject_id", "as_of", "hospital_id")
    served = pl.coalesce("performed_at", "charged_at").dt.date()
    billed = (
        stay_frames.children(history, subjects, "fee_lines")
        .filter(pl.col("category") == "consumable")
        .group_by("subject_id", "item_code")
        .agg(pl.col("quantity").sum(), pl.col("amount").sum(), served_on=served.max())
        .filter(pl.col("quantity") > 0)
        .join(where, on="subject_id")
        .collect()
        .lazy()
    )
    used = stay_frames.children(history, subjects, "device_uses")
    recorded = used.select("subject_id", "item_code", in_record=pl.lit(value=True)).unique()
    return (
        billed.join(_registered(history, billed), on=["as_of", "item_code"], how="left")
        .join(recorded, on=["subject_id", "item_code"], how="left")
        .join(_issued(history, billed), on=["subject_id", "item_code"], how="left")
        .join(_reporting(history, billed), on="subject_id", how="left")
        .with_columns(
            recorded=pl.when("registered").then(pl.col("in_record").fill_null(value=False)),
            issued=pl.when("reporting").then(pl.col("out").fill_null(value=False)),
        )
    )


def _registered(history: History, billed: pl.LazyFrame) -> pl.LazyFrame:
    """Devices whose use is recorded by rule: implants and those on the key list."""
    known = history.versions("consumables").select(
        "item_code", KNOWN_FROM, KNOWN_UNTIL, registered=pl.col("implantable") | pl.col("key_list")
    )
    asked = billed.select("as_of", "item_code").unique()
    return (
        asked.join(known, on="item_code")
        .filter(as_of("as_of"))
        .group_by("as_of", "item_code")
        .agg(pl.col("registered").any())
    )


def _moves(history: History) -> pl.LazyFrame:
    """Goods that came out of a store, or into it: hospital, item, day."""
    issued = history.versions("stock_moves").filter(pl.col("kind") == "issue")
    bought = history.versions("purchases").filter("consignment")
    return pl.concat(
        [
            issued.select(*STORE, KNOWN_FROM, KNOWN_UNTIL, day=pl.col("moved_at").dt.date()),
            # Consigned goods are posted after use and never lay in the store.
            bought.select(*STORE, KNOWN_FROM, KNOWN_UNTIL, day="delivered_on"),
        ]
    )


def _issued(history: History, billed: pl.LazyFrame) -> pl.LazyFrame:
    """Billed devices of which the store gave some out in time."""
    age = (pl.col("served_on") - pl.col("day")).dt.total_days()
    return (
        billed.select("subject_id", "as_of", *STORE, "served_on")
        .join(_moves(history), on=list(STORE))
        .filter(as_of("as_of") & age.is_between(-LATE_DAYS, SHELF_DAYS))
        .select("subject_id", "item_code", out=pl.lit(value=True))
        .unique()
    )


def _reporting(history: History, billed: pl.LazyFrame) -> pl.LazyFrame:
    """Stays whose hospital had reported a movement by the night on which they are judged."""
    first = _moves(history).group_by("hospital_id").agg(since=pl.col(KNOWN_FROM).min())
    return (
        billed.select("subject_id", "as_of", "hospital_id")
        .unique()
        .join(first, on="hospital_id")
        .select("subject_id", reporting=pl.col("since") <= pl.col("as_of"))
    )


def company(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Stays of the same person in other hospitals whose days overlap with this one."""
    this = stay_frames.stay(history, subjects).filter(
        pl.col("person_id").is_not_null() & pl.col("discharged_on").is_not_null()
    )
    persons = this.select("person_id").unique()
    others = stay_frames.describe(history.versions_about("stays", persons)).select(
        "person_id", KNOWN_FROM, KNOWN_UNTIL, other_id="stay_id", other_hospital_id="hospital_id",
        other_admitted_on="admitted_on", other_discharged_on="discharged_on",
        other_voided=pl.col("voided").fill_null(value=False),
    )  # fmt: skip
    known = (
        this.select("subject_id", "as_of", "person_id", "hospital_id", "admitted_on",
                    "discharged_on")
        .join(others, on="person_id")
        .filter(as_of("as_of") & ~pl.col("other_voided"))
    )  # fmt: skip
    last = pl.min_horizontal("discharged_on", "other_discharged_on")
    first = pl.max_horizontal("admitted_on", "other_admitted_on")
    elsewhere = pl.col("hospital_id") != pl.col("other_hospital_id")
    # The stay itself is among its person's, so that every stay of a person has a row.
    return known.with_columns(
        shared_days=pl.when(elsewhere).then((last - first).dt.total_days()).otherwise(0)
    )


def day_bills(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and day with care: a number that is equal on days of the same care."""
    lines = stay_frames.lines(history, subjects).filter(
        ~pl.col("passive") & pl.col("day").is_between(0, pl.col("days"))
    )
    item = pl.struct("item_code", "quantity").hash()
    return (
        lines.group_by("subject_id", "day", "item_code")
        .agg(pl.col("quantity").sum())
        .filter(pl.col("quantity") > 0)
        .with_columns(item=item)
        .group_by("subject_id", "day")
        .agg(care=pl.col("item").sum(), items=pl.len())
    )


DEVICES = source(
    "fee_lines.stay_id", "fee_lines.category", "fee_lines.item_code", "fee_lines.quantity"
)
RECORD = together(
    DEVICES,
    source("device_uses.stay_id", "device_uses.item_code"),
    source("consumables.implantable", "consumables.key_list"),
)
ISSUES = together(
    DEVICES,
    stay_frames.SERVICE_DAY,
    source(
        "stock_moves.hospital_id", "stock_moves.item_code", "stock_moves.kind",
        "stock_moves.moved_at", "purchases.consignment", "purchases.delivered_on",
    ),
)  # fmt: skip
CARE_DAY = together(stay_frames.LINE_DAY, source("fee_lines.item_code", "fee_lines.quantity"))
FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "goods",
            goods,
            needs=DEVICES,
            sources={
                "recorded": RECORD,
                "issued": ISSUES,
                "quantity": DEVICES,
                "amount": together(DEVICES, source("fee_lines.amount")),
            },
        ),
        Frame(
            "company",
            company,
            needs=stay_frames.OTHER_STAY,
            sources={"shared_days": stay_frames.OTHER_STAY},
        ),
        Frame(
            "day_bills",
            day_bills,
            needs=CARE_DAY,
            sources=dict.fromkeys(("care", "items", "day"), CARE_DAY),
        ),
    )
}
