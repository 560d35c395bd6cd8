"""Recall of what was planted: by scheme, difficulty, capacity and queue, pooled over cities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from evaluation.kinds import OURS

if TYPE_CHECKING:
    from evaluation.kinds import Hospitals

EASIER = (1, 2, 3)  # difficulties below the hidden ones; 4 stays below every published threshold
EASY, HARD = "1 to 3", "4"


def in_full(reached: pl.DataFrame, hospitals: Hospitals) -> pl.DataFrame:
    """Our queue by kind, scheme, difficulty and size."""
    ours = planted(reached).filter(pl.col("queue") == OURS)
    by = ("subject_type", "scheme", "difficulty", "size")
    return hospitals.shares(ours, by, "taken")


def by_scheme(reached: pl.DataFrame, hospitals: Hospitals) -> pl.DataFrame:
    """Every queue by kind, scheme, band of difficulty (1 to 3, 4) and size."""
    banded = planted(reached).with_columns(band=band())
    return hospitals.shares(banded, ("subject_type", "scheme", "band", "queue", "size"), "taken")


def by_difficulty(reached: pl.DataFrame, hospitals: Hospitals) -> pl.DataFrame:
    """Every queue by kind, difficulty and size, all schemes together."""
    return hospitals.shares(
        planted(reached), ("subject_type", "difficulty", "queue", "size"), "taken"
    )


def campaigns(reached: pl.DataFrame) -> pl.DataFrame:
    """Campaigns by kind, scheme and size, and of how many our queue reached a subject."""
    ours = planted(reached).filter(pl.col("queue") == OURS)
    # Who acted alone is a campaign of one.
    alone = pl.col("campaign_id").fill_null(pl.col("subject_id"))
    return (
        ours.group_by("subject_type", "scheme", "size", "seed", alone.alias("campaign"))
        .agg(pl.col("taken").max())
        .group_by("subject_type", "scheme", "size")
        .agg(campaigns=pl.len(), campaigns_found=pl.col("taken").sum().cast(pl.Int64))
        .sort("subject_type", "scheme", "size")
    )


def planted(reached: pl.DataFrame) -> pl.DataFrame:
    """The guilty among ``picks``."""
    return reached.filter(~pl.col("innocent"))


def band() -> pl.Expr:
    """The band of a difficulty."""
    return pl.when(pl.col("difficulty").is_in(EASIER)).then(pl.lit(EASY)).otherwise(pl.lit(HARD))
