"""Intake: a delivery is sorted out, every row of it, and then lands in the lake.

``admit`` only reads; ``land`` writes what ``admit`` decided, and writes nothing when the
lake holds it already. Landing a delivery again therefore changes nothing, and a corrected
one replaces what its source had delivered for the same nights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.accounts import coverage_of, quarantine_of, report_of
from claims.admission import Admission
from claims.errors import DeliveryError
from claims.facts import Surroundings
from claims.faults import examine
from claims.known import Known
from claims.lake import Span
from claims.nights import NIGHT, known_by_event, known_tonight
from claims.origin import MESSAGE
from claims.pseudonyms import Pseudonyms, pseudonymised
from claims.results import COVERAGE, DATA_FAULTS, QUARANTINE
from claims.sorting import Circumstances, Frames, Sorted, sorted_out
from claims.tables import DELIVERED

if TYPE_CHECKING:
    from datetime import date

    from claims.delivery import Delivery
    from claims.lake import Lake
    from claims.settings import Settings

BOOKS = (QUARANTINE, DATA_FAULTS, COVERAGE)


def admit(
    delivery: Delivery,
    *,
    lake: Lake,
    settings: Settings,
    source: str,
    night: date | None,
    accept: frozenset[str] = frozenset(),
    fallback_night: date | None = None,
) -> Admission:
    """Sort out a delivery: what is kept, what is refused, what is implausible.

    ``night`` is the night of a nightly delivery; None takes a history, whose rows tell
    their own nights (``fallback_night`` serves one without any date). ``accept`` lets
    hospitals pass the gates. Nothing but the keys and the vault is written.

    Raises DeliveryError when no night can be told.
    """
    delivery = pseudonymised(delivery, Pseudonyms.at(settings.key_folder))
    tables, notices = _stamped(delivery, night, fallback_night)
    unreadable = _unreadable(delivery, tables, night, fallback_night)
    known = Known(lake, _span([*tables.values(), *unreadable.values()], source, night))
    done = sorted_out(tables, unreadable, Circumstances(known, settings, night, accept))
    if delivery.empty:
        notices.append(f"The delivery {source} is empty; nothing arrived.")
    return _admission(delivery, done, known, source, (*delivery.notices, *notices, *done.notices))


def land(admission: Admission, lake: Lake) -> None:
    """Write an admission to the lake, each table in one commit, in place of what it replaces.

    A table that the source no longer delivers for these nights is emptied of them.
    """
    if admission.span is None:
        return
    for table in DELIVERED:
        rows = admission.tables.get(table.name, table.empty())
        if not rows.is_empty() or lake.has(table.name):
            named = rows.select(*table.names, pl.lit(admission.source).alias("source"))
            lake.replace(table.name, named, admission.span, keys=(*table.key, NIGHT))
    books = (admission.quarantine, admission.data_faults, admission.coverage)
    for table, rows in zip(BOOKS, books, strict=True):
        if not rows.is_empty() or lake.has(table.name):
            lake.replace(table.name, rows, admission.span, keys=table.key)


def _stamped(
    delivery: Delivery, night: date | None, fallback: date | None
) -> tuple[Frames, list[str]]:
    if night is None:
        return known_by_event(delivery.tables, fallback), []
    return known_tonight(delivery.tables, night)


def _unreadable(
    delivery: Delivery, tables: Frames, night: date | None, fallback: date | None
) -> Frames:
    """Rows set aside while reading, on the night or on the newest one of a history."""
    nights = [rows[NIGHT].max() for rows in tables.values() if not rows.is_empty()]
    newest = night or max(nights, default=fallback)  # type: ignore[type-var]  # dates alone
    first = next((rows for rows in delivery.unreadable.values() if not rows.is_empty()), None)
    if newest is None and first is not None:
        raise DeliveryError(
            f"Not one row of the delivery can be read; the first: {first[MESSAGE][0]}",
            "Correct the file and deliver it again.",
        )
    return {
        name: rows.with_columns(pl.lit(newest, dtype=pl.Date).alias(NIGHT))
        for name, rows in delivery.unreadable.items()
    }


def _span(frames: list[pl.DataFrame], source: str, night: date | None) -> Span | None:
    if night is not None:
        return Span(NIGHT, night, night, source)
    nights = pl.concat([pl.Series(dtype=pl.Date), *(rows[NIGHT] for rows in frames)]).drop_nulls()
    if nights.is_empty():
        return None
    return Span(NIGHT, nights.min(), nights.max(), source)  # type: ignore[arg-type]


def _admission(
    delivery: Delivery, done: Sorted, known: Known, source: str, notices: tuple[str, ...]
) -> Admission:
    filled = delivery.filled | _filled_by_release(done)
    around = Surroundings(done.kept, known, filled)
    examined = {
        name: examine(name, rows, delivery.remarks.get(name), around, source)
        for name, rows in done.kept.items()
    }
    faults = pl.concat([DATA_FAULTS.empty(), *(one.faults for one in examined.values())])
    quarantine = quarantine_of(done, known, source)
    return Admission(
        source=source,
        span=known.span,
        tables={name: one.rows for name, one in examined.items()},
        refused=done.refused,
        filled=filled,
        quarantine=quarantine,
        data_faults=faults,
        coverage=coverage_of(done.kept, filled, source),
        report=report_of(done, quarantine, faults, source, notices),
    )


def _filled_by_release(done: Sorted) -> frozenset[tuple[str, str]]:
    return frozenset(
        (name, column)
        for name, rows in done.release.tables.items()
        for column in rows.columns
        if rows[column].null_count() < rows.height
    )
