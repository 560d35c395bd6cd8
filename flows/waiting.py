"""Uses that wait for a count of stock, and are asked again on the night it is told.

More billed than recorded may be a record that forgot; the counts of the store around the use
decide it, and they come at the end of the month (rules C01 and C02).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM
from claims.schema import THOUSANDTHS_PER_UNIT
from features.renewals import of_article
from features.subjects import SCHEMA, standing
from features.use_frames import stay_of

if TYPE_CHECKING:
    from claims.history import History
    from claims.lake import Lake
    from features.subjects import Night

MEASURED = "features_use"
PLACE = ["hospital_id", "item_code"]
DECIDING = ("billed_over_used", "has_record", "record_expected", "gone_unrecorded")


def counted_tonight(lake: Lake, history: History, night: Night) -> pl.DataFrame:
    """Recent uses (subject_id, as_of) that waited for a count which is first told on this night.

    ``history`` ends on the night. Reads what earlier nights measured of them.
    """
    waiting = _waiting(lake, night)
    if waiting is None:
        return pl.DataFrame(schema=SCHEMA)
    told = history.tables["stock_counts"].filter(pl.col("received_on") == night.on)
    counts = of_article(
        history, told.select(*PLACE, "counted_on", pl.col("received_on").alias(KNOWN_FROM))
    )
    latest = counts.group_by(PLACE).agg(pl.col("counted_on").max())
    mine = standing(history, waiting.with_columns(stay_id=stay_of()))
    decided = mine.join(latest, on=PLACE).filter(pl.col("counted_on") >= pl.col("event_on"))
    return decided.select("subject_id", as_of=pl.lit(night.on)).collect()


def _waiting(lake: Lake, night: Night) -> pl.LazyFrame | None:
    """Uses billed beyond their record and not counted yet, as they were measured last."""
    if not lake.has(MEASURED):
        return None
    rows = lake.scan(MEASURED)
    # A city without records or counts measures none of this, and nothing waits.
    if not set(DECIDING).issubset(rows.collect_schema().names()):
        return None
    recorded = (pl.col("has_record") > 0) | (pl.col("record_expected") > 0)
    over = pl.col("billed_over_used") >= THOUSANDTHS_PER_UNIT
    return (
        rows.filter(night.recent("run_date") & (pl.col("run_date") < night.on))
        .select("subject_id", "run_date", "event_on", "item_code", *DECIDING)
        .sort("run_date")
        .unique("subject_id", keep="last")
        .filter(recorded & over & pl.col("gone_unrecorded").is_null())
    )
