"""Ids of groups, kept from week to week: a group is the one it shares most members with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cases.identity import digest
from claims.results import GROUPS

if TYPE_CHECKING:
    from datetime import date

# A group is the same when it holds at least half of the smaller of both.
LEAST_OVERLAP = 0.5
HOUSE = ["hospital_id"]


def keep_ids(members: pl.DataFrame, earlier: pl.DataFrame, on: date) -> pl.DataFrame:
    """Rows of table `groups` for a night.

    ``members`` has subject_id, hospital_id and person_id of tonight's groups; ``earlier``
    holds rows of the table from past nights. Each id goes to the group that shares most
    members with its newest form, one to one; what is left over is new and is named by its
    night, so that a name is never used twice.
    """
    newest = earlier.filter(pl.col("run_date") == pl.col("run_date").max().over("group_id"))
    kept = _matched(_overlaps(members, newest))
    known = newest.select("group_id", "first_seen").unique()
    tonight = members.select("subject_id").unique().sort("subject_id")
    fresh = [_new_id(subject, on) for subject in tonight["subject_id"]]
    named = (
        tonight.with_columns(pl.Series("new_id", fresh, dtype=pl.String))
        .join(kept, on="subject_id", how="left")
        .join(known, on="group_id", how="left")
        .with_columns(
            pl.col("first_seen").fill_null(on), pl.col("group_id").fill_null(pl.col("new_id"))
        )
    )
    return (
        members.join(named, on="subject_id")
        .rename({"subject_id": "found_as"})
        .with_columns(run_date=pl.lit(on))
        .select(GROUPS.names)
        .sort(GROUPS.key)
    )


def _new_id(subject: str, on: date) -> str:
    return "G" + digest(subject, on)


def _overlaps(members: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """Pairs of tonight's and earlier groups with shared members, the closest first."""
    sizes = members.group_by("subject_id").agg(size=pl.len())
    earlier_sizes = newest.group_by("group_id").agg(earlier_size=pl.len())
    return (
        members.join(
            newest.select("group_id", "hospital_id", "person_id"), on=[*HOUSE, "person_id"]
        )
        .group_by("subject_id", "group_id")
        .agg(shared=pl.len())
        .join(sizes, on="subject_id")
        .join(earlier_sizes, on="group_id")
        .filter(pl.col("shared") >= LEAST_OVERLAP * pl.min_horizontal("size", "earlier_size"))
        .sort("shared", "group_id", "subject_id", descending=[True, False, False])
    )


def _matched(overlaps: pl.DataFrame) -> pl.DataFrame:
    """The closest pairs, each group and each id once."""
    found: dict[str, str] = {}
    for subject, group in overlaps.select("subject_id", "group_id").iter_rows():
        if subject not in found and group not in found.values():
            found[subject] = group
    schema = {"subject_id": pl.String, "group_id": pl.String}
    return pl.DataFrame(list(found.items()), schema=schema, orient="row")
