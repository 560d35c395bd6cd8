"""Kinds of hospitals and persons that subjects belong to, by which fairness is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flows.ages import band, years

if TYPE_CHECKING:
    from claims.history import History

# Ages from which a band begins; the last is open.
BANDS = {0: "under 18", 18: "18 to 59", 60: "60 to 74", 75: "75 and over"}


def groups_of(history: History, rows: pl.DataFrame) -> pl.DataFrame:
    """Subject with level and ownership of the hospital, scheme and age band of the person.

    ``rows`` has subject_id, hospital_id, and where it concerns persons person_id and event_on.
    What is unknown is null.
    """
    hospitals = history.current("hospitals").select("hospital_id", "level", "ownership").collect()
    found = rows.select("subject_id", *_given(rows)).join(hospitals, on="hospital_id", how="left")
    named = found.with_columns(
        level=pl.lit("level ") + pl.col("level").cast(pl.String)
    ).rename({"level": "hospital level"})  # fmt: skip
    if "person_id" not in rows.columns:
        return named.select("subject_id", "hospital level", "ownership")
    persons = history.current("persons").select("person_id", "scheme", "birth_date").collect()
    known = named.join(persons, on="person_id", how="left").with_columns(
        age_band=band(years("birth_date", "event_on"), BANDS)
    )
    return known.select(
        "subject_id", "hospital level", "ownership", "scheme", age=pl.col("age_band")
    )


def _given(rows: pl.DataFrame) -> list[str]:
    return [name for name in ("hospital_id", "person_id", "event_on") if name in rows.columns]
