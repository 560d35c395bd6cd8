"""Which subjects a night scores: what arrived, and what its arrival changed.

Every function returns (subject_id, as_of): the subject and the night whose knowledge its
features may use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM
from features import ledger_flows, use_frames
from features.papers import CONSIGNED_DAYS, SETTLE_DAYS
from features.purchase_book import judged_anew
from features.renewals import as_billed

if TYPE_CHECKING:
    from claims.history import History

SCHEMA = {"subject_id": pl.String(), "as_of": pl.Date()}


@dataclass(frozen=True)
class Night:
    """A night and how far back new facts open old subjects again, in days."""

    on: date
    reopen_days: int

    @property
    def closed(self) -> date:
        """The last day whose facts are not opened again."""
        return self.on - timedelta(days=self.reopen_days)

    def recent(self, column: str) -> pl.Expr:
        """Whether a day lies inside the time that can still be opened again."""
        return pl.col(column) > self.closed


def stays_of_night(history: History, night: Night) -> pl.DataFrame:
    """Stays that arrived on the night, and recent ones whose person or hospital changed.

    ``history`` must end on the night.
    """
    # Stays that arrive tonight are asked for even where nothing is opened again.
    current = history.current("stays", after=min(night.closed, night.on - timedelta(days=1)))
    arrived = pl.col(KNOWN_FROM) == night.on
    persons = pl.concat(
        [
            history.tables["stays"].filter(pl.col("received_on") == night.on).select("person_id"),
            _keys_of_night(history, "persons", "person_id", night),
            _keys_of_night(history, "outpatient_visits", "person_id", night),
        ]
    ).drop_nulls()
    hospitals = _keys_of_night(history, "hospitals", "hospital_id", night)
    late_children = pl.concat(
        [
            _keys_of_night(history, table, "stay_id", night)
            for table in ("fee_lines", "device_uses", "stay_diagnoses", "stay_procedures")
        ]
    )
    recent = current.filter(night.recent(KNOWN_FROM))
    touched = pl.concat(
        [
            current.filter(arrived).select("stay_id"),
            recent.join(persons, on="person_id", how="semi").select("stay_id"),
            recent.join(hospitals, on="hospital_id", how="semi").select("stay_id"),
            recent.join(late_children, on="stay_id", how="semi").select("stay_id"),
        ]
    )
    return _subjects(touched.select(pl.col("stay_id").alias("subject_id")), night.on)


def uses_of_night(history: History, stays: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Uses of the night's stays, recent ones that share a serial number with them, and others.

    The others are those of which the purchase books say another thing since tonight: that the
    purchase of a unit is missing, or that it was made after all.
    """
    ids = stays.lazy().select(pl.col("subject_id").alias("stay_id"))
    own = history.since_first_of(ids)
    mine = _uses(own, ids)
    serials = (
        own.versions("device_uses", ids)
        .filter(pl.col("serial").is_not_null())
        .select("item_code", "serial")
    )
    sharing = (
        history.current("device_uses", after=night.closed)
        .join(serials, on=["item_code", "serial"], how="semi")
        .select(_use_id().alias("subject_id"))
    )
    return _subjects(pl.concat([mine, sharing, _said_anew(history, night)]), night.on)


def _said_anew(history: History, night: Night) -> pl.LazyFrame:
    """Uses of whose units the purchase books say since tonight that one is missing, or not.

    A book may take its time to tell, so that uses are opened again for as much longer.
    """
    since = night.closed - timedelta(days=CONSIGNED_DAYS)
    records = history.current("device_uses", after=since).drop_nulls("serial")
    recent = records.select("stay_id", "item_code", "serial", used_on=pl.col("used_at").dt.date())
    found = judged_anew(history, standing(history, recent), night.on)
    return _as_billed(history, found).select(_use_id().alias("subject_id"))


def _as_billed(history: History, records: pl.LazyFrame) -> pl.LazyFrame:
    """Records of stays (stay_id, item_code, as_of) under the code that their stay is billed for."""
    found = records.collect()
    if found.is_empty():
        return found.lazy()
    few = found.lazy()
    ids = few.select("stay_id").unique()
    lines = history.since_first_of(ids).current("fee_lines", stays=ids)
    sold = lines.filter(pl.col("quantity") > 0)
    nights = few.select("stay_id", "as_of").unique()
    return as_billed(history, few, sold.select("stay_id", "item_code").join(nights, on="stay_id"))


def standing(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows (stay_id and more) with the hospital of their stay; not those of cancelled stays."""
    mine = rows.collect().lazy()
    stays = history.current("stays", stays=mine.select("stay_id"))
    return mine.join(stays.select("stay_id", "hospital_id"), on="stay_id")


def stays_around(stays: pl.DataFrame, uses: pl.DataFrame) -> pl.LazyFrame:
    """``stay_id`` of every stay that these subjects are or belong to."""
    of_uses = uses.lazy().select(stay_id=use_frames.stay_of())
    return pl.concat([stays.lazy().select(stay_id="subject_id"), of_uses]).unique()


def ledgers_of_night(history: History, night: Night) -> pl.DataFrame:
    """Ledgers whose month has had time to settle tonight, or changed after it had.

    A month is judged ``SETTLE_DAYS`` after its end, as in training, and again when
    a movement or count of it arrives later.
    """
    settled = pl.col("day").dt.month_end() + pl.duration(days=SETTLE_DAYS)
    moved = ledger_flows.moved_by_day(history, night.on, _settling(night.on))
    ledgers = (
        _with_counts(history, moved)
        .filter((settled == night.on) | ((settled < night.on) & (pl.col(KNOWN_FROM) == night.on)))
        .filter(night.recent("day"))
        .select(_ledger_id().alias("subject_id"))
    )
    return _subjects(ledgers, night.on)


def _settling(on: date) -> tuple[date, date] | None:
    """First and last day of the month whose papers have had time to arrive on a night."""
    last = on - timedelta(days=SETTLE_DAYS)
    return (last.replace(day=1), last) if (last + timedelta(days=1)).day == 1 else None


def stays_of_history(history: History) -> pl.DataFrame:
    """Every stay, as of the night it first became known: the rows of training."""
    first = (
        history.tables["stays"]
        .filter(~pl.col("voided").fill_null(value=False))
        .group_by(subject_id="stay_id")
        .agg(as_of=pl.col("received_on").min())
    )
    return first.sort("subject_id").collect()


def uses_of_history(history: History, stays: pl.DataFrame) -> pl.DataFrame:
    """Every use of these stays, as of the night of its stay."""
    nights = stays.lazy().rename({"subject_id": "stay_id"})
    ids = nights.select("stay_id")
    uses = _uses(history, ids).with_columns(stay_id=use_frames.stay_of())
    return uses.join(nights, on="stay_id").select(*SCHEMA).sort("subject_id").collect()


def ledgers_of_history(history: History) -> pl.DataFrame:
    """Every ledger of a month that has had time to settle, as of the end of that time."""
    settle = pl.duration(days=SETTLE_DAYS)
    moved = ledger_flows.flows(history).select("hospital_id", "item_code", KNOWN_FROM, "day")
    ledgers = _with_counts(history, moved).select(
        _ledger_id().alias("subject_id"), as_of=pl.col("day").dt.month_end() + settle
    )
    return ledgers.unique().filter(pl.col("as_of") <= history.until).sort("subject_id").collect()


def _keys_of_night(history: History, table: str, column: str, night: Night) -> pl.LazyFrame:
    return history.tables[table].filter(pl.col("received_on") == night.on).select(column)


def _subjects(ids: pl.LazyFrame, on: date) -> pl.DataFrame:
    return ids.drop_nulls().unique().with_columns(as_of=pl.lit(on)).sort("subject_id").collect()


def _use_id() -> pl.Expr:
    return pl.concat_str("stay_id", "item_code", separator="|")


def _uses(history: History, ids: pl.LazyFrame) -> pl.LazyFrame:
    billed = history.versions("fee_lines", ids).filter(pl.col("category") == "consumable")
    used = history.versions("device_uses", ids)
    return pl.concat(
        [rows.select(_use_id().alias("subject_id")) for rows in (billed, used)]
    ).unique()


def _with_counts(history: History, moved: pl.LazyFrame) -> pl.LazyFrame:
    """Days on which something moved, and those on which it was counted."""
    counts = history.versions("stock_counts").select(
        "hospital_id", "item_code", KNOWN_FROM, day="counted_on"
    )
    return pl.concat([moved, counts]).drop_nulls()


def _ledger_id() -> pl.Expr:
    return pl.concat_str(
        "hospital_id", "item_code", pl.col("day").dt.strftime("%Y-%m"), separator="|"
    )
