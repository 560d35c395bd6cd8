"""Uses that wait for a count of stock, and are asked again on the night on which it settles.

More billed than recorded may be a record that forgot; the counts of the store around the use
decide it, and they come at the end of the month, before the last papers of it (C01 and C02).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM
from claims.schema import THOUSANDTHS_PER_UNIT
from features.papers import SETTLE_DAYS
from features.renewals import of_article
from features.subjects import SCHEMA, standing
from features.use_frames import stay_of

if TYPE_CHECKING:
    from claims.history import History
    from claims.lake import Lake
    from features.subjects import Night

MEASURED = "features_use"
PAPERS = f"{SETTLE_DAYS}d"
PLACE = ["hospital_id", "item_code"]
DECIDING = ("billed_over_used", "has_record", "record_expected", "gone_unrecorded")


def counted_tonight(lake: Lake, history: History, night: Night) -> pl.DataFrame:
    """Recent uses (subject_id, as_of) that wait, and of whose store a count settles tonight.

    A count settles when it is told, but not before the papers of its day have had time to arrive.
    ``history`` ends on the night. Reads what earlier nights measured.
    """
    if not lake.has(MEASURED):
        return pl.DataFrame(schema=SCHEMA)
    counts = history.tables["stock_counts"].with_columns(
        settles=pl.max_horizontal("received_on", pl.col("counted_on").dt.offset_by(PAPERS))
    )
    told = counts.filter(pl.col("settles") == night.on).select(
        *PLACE, pl.col("received_on").alias(KNOWN_FROM)
    )
    places = of_article(history, told).select(PLACE).unique()
    mine = standing(history, _waiting(lake, night).with_columns(stay_id=stay_of()))
    decided = mine.join(places, on=PLACE, how="semi")
    return decided.select("subject_id", as_of=pl.lit(night.on)).collect()


def _waiting(lake: Lake, night: Night) -> pl.LazyFrame:
    """Uses billed beyond their record and not decided by counts, as they were measured last."""
    recorded = (pl.col("has_record") > 0) | (pl.col("record_expected") > 0)
    over = pl.col("billed_over_used") >= THOUSANDTHS_PER_UNIT
    return (
        lake.scan(MEASURED)
        .filter(night.recent("run_date") & (pl.col("run_date") < night.on))
        .select("subject_id", "run_date", "item_code", *DECIDING)
        .sort("run_date")
        .unique("subject_id", keep="last")
        .filter(recorded & over & pl.col("gone_unrecorded").is_null())
    )
