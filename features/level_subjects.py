"""Which persons, physicians, departments, hospitals and groups a night looks at.

Persons on the night a stay of theirs arrives; groups every week, those that got a stay since
the last look; physicians, departments and hospitals every month, when the papers of the
month before have had time to arrive.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM
from features import level_stays
from features.chance import GROUP
from features.communities import Found, communities, named
from features.level_frames import KEYS
from features.papers import SETTLE_DAYS
from features.subjects import SCHEMA

if TYPE_CHECKING:
    from claims.history import History

WEEKLY_ON = 0  # Monday
WEEK_DAYS = 7
MONTHLY_ON = SETTLE_DAYS + 1


def weekly(on: date) -> bool:
    """Whether groups are looked at on a night."""
    return on.weekday() == WEEKLY_ON


def monthly(on: date) -> bool:
    """Whether physicians, departments and hospitals are looked at on a night."""
    return on.day == MONTHLY_ON


def persons_of_night(history: History, on: date) -> pl.DataFrame:
    """Persons of whom a stay became known on the night."""
    arrived = history.tables["stays"].filter(pl.col("received_on") == on)
    return _subjects(arrived.select(subject_id="person_id"), on)


def houses_of_night(history: History, entity: str, on: date) -> pl.DataFrame:
    """Every physician, department or hospital with a stay in the year, once a month."""
    return all_with_stays(history, entity, on) if monthly(on) else pl.DataFrame(schema=SCHEMA)


def all_with_stays(history: History, entity: str, on: date) -> pl.DataFrame:
    """Every person, physician, department or hospital with a stay in the year before a night."""
    key = KEYS.get(entity, ("person_id",))
    named_by = pl.concat_str(*key, separator="|", ignore_nulls=False)
    of_night = pl.LazyFrame({"as_of": [on]})
    return _subjects(level_stays.year(history, of_night).select(subject_id=named_by), on)


def groups_known(history: History, on: date) -> Found:
    """All communities as known on a night."""
    return communities(history, pl.LazyFrame({"as_of": [on]}), None)


def groups_of_night(history: History, found: Found, on: date) -> pl.DataFrame:
    """Groups of which a stay became known since the last weekly look."""
    since = on - timedelta(days=WEEK_DAYS)
    fresh = history.versions("stays").filter(pl.col(KNOWN_FROM) > since).select("stay_id")
    touched = found.stays.lazy().join(fresh.unique(), on="stay_id", how="semi").collect()
    return named(found).join(touched, on=GROUP, how="semi").select(*SCHEMA).sort("subject_id")


def _subjects(ids: pl.LazyFrame, on: date) -> pl.DataFrame:
    return ids.drop_nulls().unique().with_columns(as_of=pl.lit(on)).sort("subject_id").collect()
