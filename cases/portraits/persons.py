"""The portrait of a person: a timeline of stays, and how often others are in hospital."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.portraits.against import Dimension, against
from cases.portraits.history_of import stays_of_persons, timeline, visits_of_persons
from cases.portraits.record import Portrait, Said, labels_of
from features import stay_frames
from features.units import COUNT, DAYS, YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from claims.history import History

YEAR_DAYS = 365
MOST_HOSPITALS = 8
DIMENSIONS = (
    Dimension("stays", "frequency", "stays in a year", "一年住院次数", COUNT),
    Dimension("days", "frequency", "days in hospital in a year", "一年住院天数", DAYS),
    Dimension("hospitals", "breadth", "hospitals in a year", "一年住院机构数", COUNT),
    Dimension("groups", "breadth", "case groups in a year", "一年病组数", COUNT),
    Dimension("amount", "cost", "fees of a year", "一年住院费用", YUAN),
)


def person_portraits(
    history: History, persons: list[str], night: date, tags: pl.DataFrame
) -> Iterator[Portrait]:
    """Build the portraits of persons as known on a night; those without a stay have none.

    ``tags`` are rows of table `tags`. Tables are read once for all of them.
    """
    stays = stays_of_persons(history, persons)
    visits = visits_of_persons(history, persons, night)
    year = _year(history, night)
    known = history.current("persons").filter(pl.col("person_id").is_in(persons)).collect()
    for person in sorted(persons):
        mine = stays.filter(pl.col("person_id") == person)
        if mine.height:
            facts = _facts(known.filter(pl.col("person_id") == person), night)
            labels = [*labels_of(tags, "person", person), *_of_stays(tags, mine)]
            seen = visits.filter(pl.col("person_id") == person).drop("person_id").to_dicts()
            yield replace(_portrait(person, night, mine, year, facts, labels), visits=seen)


def _portrait(
    person: str,
    night: date,
    stays: pl.DataFrame,
    year: pl.DataFrame,
    facts: list[Said],
    labels: list[dict[str, Any]],
) -> Portrait:
    mine = year.filter(pl.col("person_id") == person).to_dicts()
    nothing: dict[str, float | None] = dict.fromkeys((one.name for one in DIMENSIONS), 0.0)
    own = mine[0] if mine else nothing
    peers = year.filter(pl.col("person_id") != person)
    return Portrait(
        kind="person",
        subject=person,
        night=night,
        title=Said(f"Person {person}", f"参保人 {person}"),
        facts=[*facts, Said("stays", "住院次数", f"{stays.height:,}")],
        labels=labels,
        position=against(own, peers, DIMENSIONS, "persons with a stay in the year 一年内住院者"),
        trend=_months(stays),
        neighbours=_hospitals(stays),
        timeline=timeline(stays, *(one["stay"] for one in labels if one.get("stay"))),
        notes=_notes(stays, own),
    )


def _of_stays(tags: pl.DataFrame, stays: pl.DataFrame) -> list[dict[str, Any]]:
    """What rules said of the person's stays, each with the stay it was said of."""
    ruled = tags.filter((pl.col("subject_type") == "stay") & (pl.col("layer") == "rule")).join(
        stays.select(subject_id="stay_id"), on="subject_id", how="semi"
    )
    return [
        row
        | {
            "stay": None if row["protective"] else row["subject_id"],
            "text_en": f"{row['subject_id']}: {row['text_en']}",
            "text_zh": f"{row['subject_id']}：{row['text_zh']}",
        }
        for row in ruled.sort("subject_id", "tag").to_dicts()
    ]


def _year(history: History, night: date) -> pl.DataFrame:
    """Figures of everybody who was discharged within the year before a night."""
    known = stay_frames.describe(history.current("stays")).filter(
        pl.col("person_id").is_not_null()
        & (pl.col("discharged_on") > night - timedelta(days=YEAR_DAYS))
    )
    return (
        known.group_by("person_id")
        .agg(
            stays=pl.len(),
            days=pl.col("days").sum(),
            hospitals=pl.col("hospital_id").n_unique(),
            groups=pl.col("case_group").n_unique(),
            amount=pl.col("total_amount").sum(),
        )
        .sort("person_id")
        .collect()
    )


def _facts(known: pl.DataFrame, night: date) -> list[Said]:
    if known.is_empty():
        return []
    row = known.row(-1, named=True)
    born = row["birth_date"]
    age = "-" if born is None else f"{(night - born).days // 365.25:.0f}"
    told = [
        Said("sex", "性别", row["sex"] or "-"),
        Said("age", "年龄", age),
        Said("scheme", "险种", row["scheme"] or "-"),
        Said("type", "人员类别", row["person_type"] or "-"),
        Said("died", "死亡", str(row["death_date"] or "-")),
    ]
    return [one for one in told if one.value != "-"]


def _months(stays: pl.DataFrame) -> list[dict[str, Any]]:
    """Stays and days that ended in each month."""
    return (
        stays.drop_nulls("discharged_on")
        .group_by(month=pl.col("discharged_on").dt.truncate("1mo"))
        .agg(stays=pl.len(), days=pl.col("days").sum(), amount=pl.col("total_amount").sum())
        .sort("month")
        .to_dicts()
    )


def _hospitals(stays: pl.DataFrame) -> list[Said]:
    """Where the person was, the most visited first: the neighbourhood of a person."""
    visited = (
        stays.group_by("hospital_id")
        .agg(pl.col("name").first(), n=pl.len(), amount=pl.col("total_amount").sum())
        .sort("n", "hospital_id", descending=[True, False])
    )
    return [_visited(row) for row in visited.head(MOST_HOSPITALS).to_dicts()]


def _visited(row: dict[str, Any]) -> Said:
    where, n, fees = row["name"] or row["hospital_id"], row["n"], row["amount"]
    stays = "stay" if n == 1 else "stays"
    return Said(
        f"{where}: {n} {stays}, {YUAN.show(fees)}",
        f"{where}：住院{n}次，{YUAN.show(fees, zh=True)}",
    )


def _notes(stays: pl.DataFrame, own: dict[str, Any]) -> list[Said]:
    told: list[Said] = []
    undated = stays.height - len(timeline(stays))
    if undated:
        told.append(
            Said(
                f"{undated} stays without dates are not drawn.", f"{undated}次住院无日期，未画出。"
            )
        )
    if not own["stays"]:
        told.append(Said("No stay ended within the last year.", "近一年无出院记录。"))
    return told
