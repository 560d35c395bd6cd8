"""Kinds of subjects that are found and not delivered (groups): right by the stays they hold.

The key names no groups, only stays with the campaign they belong to. A group is right of a scheme
when it holds ``HELD`` of its planted stays or more, because one might be there by accident; a
campaign is found when a group that was hit holds as many of its stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

HELD = 2
MEMBERS: dict[str, pl.DataType] = {
    "subject_type": pl.String(),
    "subject_id": pl.String(),
    "stay": pl.String(),
}
ID = ("seed", "subject_type", "subject_id")


def right(hits: pl.DataFrame, planted: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The hits on groups that hold enough planted stays."""
    return hits.join(_held(hits, planted, members, ID), on=list(ID), how="semi")


def campaigns(hits: pl.DataFrame, planted: pl.DataFrame, members: pl.DataFrame) -> tuple[int, int]:
    """How many campaigns a group that was hit holds enough of, and how many there are."""
    by = ("seed", "campaign_id")
    found = _held(hits, planted, members, (*ID, "campaign_id")).select(by).unique()
    return found.height, planted.select(by).unique().height


def _held(
    hits: pl.DataFrame, planted: pl.DataFrame, members: pl.DataFrame, by: Sequence[str]
) -> pl.DataFrame:
    guilty = planted.filter(pl.col("stay").is_not_null())
    inside = members.join(hits.select(ID).unique(), on=list(ID), how="semi").join(
        guilty.select("seed", "stay", "campaign_id").unique(), on=["seed", "stay"]
    )
    counted = inside.group_by(by).agg(stays=pl.col("stay").n_unique())
    return counted.filter(pl.col("stays") >= HELD)
