"""What a night's figures and rules say of one person, house or group (plain functions)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cases.portraits.position import positions
from cases.tags import tags
from claims.results import TAGS
from features.catalogue import CATALOGUES
from features.subjects import SCHEMA
from flows.judging import base_measures
from flows.levels import LEVELS, judged_level

if TYPE_CHECKING:
    from datetime import date

    from cases.portraits.record import Position
    from claims.history import History


def seen(
    measured: pl.LazyFrame | None,
    history: History,
    kind: str,
    subject: str,
    night: date,
    standards: pl.DataFrame,
) -> tuple[list[Position], pl.DataFrame]:
    """Positions of a subject by its declared features, and its labels as rows of `tags`.

    ``measured`` is the table of the kind's features, if nights wrote one: its newest row
    speaks. Whom no night looked at is measured now; a group is not, as it must be found first.
    ``standards`` are those of the kind.
    """
    base = _newest(measured, subject)
    if base.is_empty() and kind != "group":
        asked = pl.DataFrame([(subject, night)], schema=SCHEMA, orient="row")
        base = base_measures(history, kind, asked)
    if kind not in LEVELS or base.is_empty():
        return [], TAGS.empty()
    on = base["as_of"].item()
    judged = judged_level(history, kind, base, standards, on, "")
    told = tags(judged, base.select("subject_id"), history)
    return positions(CATALOGUES[kind], judged.measured, standards), told


def _newest(measured: pl.LazyFrame | None, subject: str) -> pl.DataFrame:
    if measured is None:
        return pl.DataFrame()
    mine = measured.filter(pl.col("subject_id") == subject).sort("run_date").tail(1)
    return mine.drop("run_date").collect()
