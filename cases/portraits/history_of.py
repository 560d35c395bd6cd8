"""The stays of one person in time, as portraits of stays and of persons show them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.history import KNOWN_UNTIL
from features import stay_frames

if TYPE_CHECKING:
    from datetime import date

    from claims.history import History

YEAR = timedelta(days=365)
SHOWN = (
    "stay_id",
    "hospital_id",
    "name",
    "admitted_on",
    "discharged_on",
    "days",
    "case_group",
    "total_amount",
    "discharge_way",
)


def stays_of_persons(history: History, persons: list[str]) -> pl.DataFrame:
    """Stays of these persons as known on the night, each person's oldest first."""
    mine = history.current("stays").filter(pl.col("person_id").is_in(persons))
    names = history.current("hospitals").select("hospital_id", "name")
    return (
        stay_frames.describe(mine)
        .join(names, on="hospital_id", how="left")
        .sort("person_id", "admitted_on", "stay_id", nulls_last=True)
        .select("person_id", *SHOWN)
        .collect()
    )


def visits_of_persons(history: History, persons: list[str], night: date) -> pl.DataFrame:
    """Visits of these persons in the year before a night, as known on it, the oldest first."""
    wanted = pl.LazyFrame({"person_id": persons}, schema={"person_id": pl.String})
    names = history.current("hospitals").select("hospital_id", "name")
    on = pl.col("visited_at").dt.date()
    return (
        history.versions_about("outpatient_visits", wanted)
        .filter(pl.col("person_id").is_in(persons) & pl.col(KNOWN_UNTIL).is_null())
        .filter(on.is_between(night - YEAR, night))
        .join(names, on="hospital_id", how="left")
        .sort("person_id", "visited_at", "visit_id")
        .select("person_id", pl.coalesce("name", "hospital_id").alias("row"), "kind", "amount",
                on=on)
        .collect()
    )  # fmt: skip


def timeline(stays: pl.DataFrame, *marked: str) -> list[dict[str, Any]]:
    """Stays with both dates as spans of time; those ``marked`` are what the page is about."""
    dated = stays.drop_nulls(["admitted_on", "discharged_on"])
    return [
        {
            "stay": row["stay_id"],
            "row": row["name"] or row["hospital_id"],
            "from": row["admitted_on"],
            "to": row["discharged_on"],
            "group": row["case_group"],
            "amount": row["total_amount"],
            "this": row["stay_id"] in marked,
        }
        for row in dated.iter_rows(named=True)
    ]
