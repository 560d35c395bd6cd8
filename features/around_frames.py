"""Prepared frames of what lies around a stay: visits close to it, devices its operations need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.kits import kit_frame
from features import stay_frames
from features.frames import Frame, source, together
from features.stay_device_frames import GIFTS, given

if TYPE_CHECKING:
    from claims.history import History

# Visits so close to a stay may be a part of it (DOMAIN, H12).
AROUND_DAYS = 3
# What a person's visits usually cost is read from the year before.
USUAL_DAYS = 365
CLASS_CHARACTERS = 7


def around(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: what visits before, during and after it cost, and what they usually do."""
    this = stay_frames.stay(history, subjects).select(
        "subject_id", "as_of", "person_id", "hospital_id", "admitted_on", "discharged_on",
        "total_amount",
    )  # fmt: skip
    known = this.filter(pl.col("person_id").is_not_null() & pl.col("discharged_on").is_not_null())
    persons = known.select("person_id").unique()
    seen = history.versions_about("outpatient_visits", persons).select(
        "person_id", "visited_at", "kind", "amount", KNOWN_FROM, KNOWN_UNTIL,
        visited_hospital_id="hospital_id",
    )  # fmt: skip
    visits = (
        known.join(seen, on="person_id")
        .filter(as_of("as_of"))
        .with_columns(
            before=(pl.col("admitted_on") - pl.col("visited_at").dt.date()).dt.total_days(),
            after=(pl.col("visited_at").dt.date() - pl.col("discharged_on")).dt.total_days(),
            pharmacy=pl.col("kind") == "pharmacy",
            own=pl.col("visited_hospital_id") == pl.col("hospital_id"),
        )
    )
    # A person without any visit has none around the stay: that is known, not unknown.
    return known.join(visits.group_by("subject_id").agg(*_sums()), on="subject_id", how="left")


def _sums() -> tuple[pl.Expr, ...]:
    before = pl.col("before").is_between(1, AROUND_DAYS)
    after = pl.col("after").is_between(1, AROUND_DAYS)
    during = (pl.col("before") <= 0) & (pl.col("after") <= 0)
    earlier = pl.col("before").is_between(AROUND_DAYS + 1, USUAL_DAYS)
    clinic = ~pl.col("pharmacy")
    amount = pl.col("amount")
    return (
        amount.filter(before & clinic).sum().alias("before_cost"),
        amount.filter(after & clinic).sum().alias("after_cost"),
        amount.filter((before | after | during) & clinic).sum().alias("around_cost"),
        amount.filter((before | after) & clinic & pl.col("own")).sum().alias("own_cost"),
        amount.filter(pl.col("pharmacy") & (during | before)).sum().alias("pharmacy_cost"),
        amount.filter((before | after | during) & clinic).max().alias("dearest_visit"),
        amount.filter(earlier & clinic).median().alias("usual_visit"),
        (before & clinic).sum().alias("visits_before"),
    )


def kits(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and kit that its operations need: is it billed, recorded as used, a gift.

    Stays without a single fee line are left out: of them nobody knows what was billed.
    """
    days = stay_frames.stay(history, subjects).select("subject_id", "event_on")
    lines = stay_frames.children(history, subjects, "fee_lines")
    done = (
        stay_frames.procedures(history, subjects)
        .select("subject_id", "code")
        .unique()
        .join(lines.select("subject_id").unique(), on="subject_id", how="semi")
        .join(days, on="subject_id")
    )
    in_force = (pl.col("valid_from") <= pl.col("event_on")) & (
        pl.col("valid_to").is_null() | (pl.col("event_on") < pl.col("valid_to"))
    )
    needed = (
        done.join(_kits_of(done), on="code")
        .filter(in_force)
        .select("subject_id", "kit", "classes")
        .explode("classes")
        .unique()
    )
    used = stay_frames.children(history, subjects, "device_uses")
    billed = lines.filter(pl.col("category") == "consumable")
    gifts = given(history, subjects).rename({"units": "quantity"})
    return (
        needed.join(_classes(billed, "billed"), on=["subject_id", "classes"], how="left")
        .join(_classes(used, "used"), on=["subject_id", "classes"], how="left")
        .join(_classes(gifts, "given"), on=["subject_id", "classes"], how="left")
        .group_by("subject_id", "kit")
        .agg((pl.col(name) > 0).any() for name in ("billed", "used", "given"))
        .with_columns(pl.col("billed", "used", "given").fill_null(value=False))
    )


def _kits_of(done: pl.LazyFrame) -> pl.LazyFrame:
    """Kits of each operation that occurs; far fewer than there are stays."""
    codes = done.select("code").unique()
    return codes.join(kit_frame().lazy(), how="cross").filter(
        pl.col("code").str.starts_with(pl.col("operation"))
    )


def _classes(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Units of each class of device in a stay, reversals taken off."""
    return rows.group_by(
        "subject_id", classes=pl.col("item_code").str.slice(0, CLASS_CHARACTERS)
    ).agg(pl.col("quantity").sum().alias(name))


VISITS = source(
    "outpatient_visits.person_id", "outpatient_visits.visited_at", "outpatient_visits.amount",
    "outpatient_visits.kind", "stays.person_id", "stays.admitted_at", "stays.discharged_at",
)  # fmt: skip
OPERATIONS = source("stay_procedures.stay_id", "stay_procedures.code")
BILLED = source(
    "fee_lines.stay_id", "fee_lines.category", "fee_lines.item_code", "fee_lines.quantity"
)
USED = source("device_uses.stay_id", "device_uses.item_code", "device_uses.quantity")
FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "around",
            around,
            single=True,
            needs=VISITS,
            sources={
                **dict.fromkeys(
                    (
                        "before_cost",
                        "after_cost",
                        "around_cost",
                        "pharmacy_cost",
                        "dearest_visit",
                        "usual_visit",
                        "visits_before",
                        "total_amount",
                    ),
                    VISITS,
                ),
                "own_cost": together(VISITS, source("outpatient_visits.hospital_id")),
            },
        ),
        Frame(
            "kits",
            kits,
            needs=together(OPERATIONS, BILLED),
            sources={"billed": BILLED, "used": USED, "given": GIFTS},
        ),
    )
}
