"""What the nights of a year raised and scored, read once a night and kept."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from claims.results import ALERTS, SCORES, TAGS
from claims.tables import STAYS
from workbench.selectors.hospitals import known
from workbench.selectors.nights import readable, scan
from workbench.selectors.once import one_at_a_time

if TYPE_CHECKING:
    from claims.lake import Lake
    from workbench.selectors.nights import Night

YEAR = timedelta(days=365)


@one_at_a_time
@lru_cache(maxsize=2)
def raised(lake: Lake, night: Night) -> pl.DataFrame:
    """One row a subject raised in the year, its newest alert, with where it belongs."""
    with readable(lake):
        alerts = scan(lake, night, ALERTS.name)
        if alerts is None:
            return nothing_raised()
        rows = (
            alerts.filter(pl.col("run_date") > night.run_date - YEAR)
            .select(*RAISED, codes=pl.col("rules").list.eval(pl.element().struct.field("code")))
            .sort("run_date")
            .group_by("scenario", "subject_id", maintain_order=True)
            .last()
            .with_columns(stay_id=pl.col("subject_id").str.split("|").list.first())
            .collect()
        )
        return _placed(lake, night, rows)


RAISED = ("run_date", "scenario", "subject_id", "hospital_id", "case_id", "amount_at_risk",
          "selected_by", "selection_probability")  # fmt: skip


def nothing_raised() -> pl.DataFrame:
    """The same without a row."""
    text: dict[str, pl.DataType] = {
        name: pl.String() for name in ("stay_id", "district", "department", "physician_id")
    }
    kinds: dict[str, pl.DataType] = ALERTS.dtypes()
    return pl.DataFrame(
        schema={name: kinds[name] for name in RAISED} | text | {"codes": pl.List(pl.String())}
    )


def _placed(lake: Lake, night: Night, rows: pl.DataFrame) -> pl.DataFrame:
    """Add district, department and physician; those of the stay, where there is one."""
    placed = rows.join(
        known(lake, (night,)).select("hospital_id", "district"), on="hospital_id", how="left"
    )
    stays = scan(lake, night, STAYS.name)
    if stays is None:
        return placed.with_columns(
            department=pl.lit(None, pl.String), physician_id=pl.lit(None, pl.String)
        )
    chosen = (
        stays.filter(pl.col("stay_id").is_in(rows["stay_id"].unique().to_list()))
        .sort("received_on")
        .group_by("stay_id", maintain_order=True)
        .last()
        .select("stay_id", "department", "physician_id")
        .collect()
    )
    return placed.join(chosen, on="stay_id", how="left")


def same_physician(lake: Lake, night: Night, stays: frozenset[str]) -> list[str]:
    """The cases with a stay of the physicians who had these stays."""
    rows = raised(lake, night).drop_nulls("physician_id")
    theirs = rows.filter(pl.col("stay_id").is_in(stays)).select("physician_id").unique()
    return rows.join(theirs, on="physician_id", how="semi")["case_id"].unique().to_list()


@one_at_a_time
@lru_cache(maxsize=2)
def counted(lake: Lake, night: Night) -> pl.DataFrame:
    """Records scored in the year, by scenario and hospital."""
    with readable(lake):
        rows = scan(lake, night, SCORES.name)
        if rows is None:
            return SCORES.empty().select("scenario", "hospital_id").with_columns(len=pl.lit(0))
        recent = rows.filter(pl.col("run_date") > night.run_date - YEAR)
        return recent.group_by("scenario", "hospital_id").len().collect()


@one_at_a_time
@lru_cache(maxsize=2)
def detectors(lake: Lake, night: Night) -> pl.DataFrame | None:
    """Which detector marked which subject, and in which band; None without labels."""
    with readable(lake):
        rows = scan(lake, night, TAGS.name)
        if rows is None:
            return None
        named = pl.col("tag").str.split(".").list.slice(2).list.join(" ")
        return (
            rows.filter(pl.col("layer") == "model")
            .select("run_date", "subject_id", detector=named)
            .collect()
        )
