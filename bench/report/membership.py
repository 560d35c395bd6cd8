"""Kinds of subjects that are found and not delivered (groups): right by the stays they hold.

The key names no groups, only stays with the campaign they belong to. A group is right of a scheme
when it holds ``HELD`` of its planted stays or more, because one might be there by accident, and
at least half of its persons have one: a crowd with a ring inside is not the ring. A campaign is
found when a right group holds ``HELD`` of its stays.
"""

from __future__ import annotations

import polars as pl

HELD = 2
MEMBERS: dict[str, pl.DataType] = {
    "subject_type": pl.String(),
    "subject_id": pl.String(),
    "stay": pl.String(),
    "person": pl.String(),
}
ID = ("seed", "subject_type", "subject_id")


def right(hits: pl.DataFrame, planted: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The hits on groups that hold enough planted stays and are mostly of planted persons."""
    inside = _inside(hits, planted, members)
    guilty = inside.group_by(ID).agg(
        stays=pl.col("stay").n_unique(), guilty=pl.col("person").n_unique()
    )
    persons = members.group_by(ID).agg(persons=pl.col("person").n_unique())
    enough = pl.col("stays") >= HELD
    mostly = pl.col("guilty") * 2 >= pl.col("persons")
    chosen = guilty.join(persons, on=list(ID)).filter(enough & mostly)
    return hits.join(chosen, on=list(ID), how="semi")


def campaigns(hits: pl.DataFrame, planted: pl.DataFrame, members: pl.DataFrame) -> tuple[int, int]:
    """How many campaigns a right group that was hit holds enough of, and how many there are."""
    by = ("seed", "campaign_id")
    inside = _inside(right(hits, planted, members), planted, members)
    counted = inside.group_by(*ID, "campaign_id").agg(stays=pl.col("stay").n_unique())
    found = counted.filter(pl.col("stays") >= HELD).select(by).unique()
    return found.height, planted.select(by).unique().height


def _inside(hits: pl.DataFrame, planted: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The planted stays inside groups that were hit, with their campaign."""
    guilty = planted.filter(pl.col("stay").is_not_null())
    return members.join(hits.select(ID).unique(), on=list(ID), how="semi").join(
        guilty.select("seed", "stay", "campaign_id").unique(), on=["seed", "stay"]
    )
