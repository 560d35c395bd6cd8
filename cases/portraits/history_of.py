"""The stays of one person in time, as portraits of stays and of persons show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from features import stay_frames

if TYPE_CHECKING:
    from claims.history import History

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
