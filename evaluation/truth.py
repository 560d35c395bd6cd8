"""Scored records beside what is true of them, from a key that is handed in as a frame."""

from __future__ import annotations

import polars as pl

from models.frames import SUBJECT


def join_truth(scored: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Scored records with ``true`` (0/1), ``amount`` (fen) and ``difficulty`` (the least).

    ``truth``: subject_id, scheme, difficulty, amount, one row a planted subject and scheme;
    subjects that are not in ``scored`` do not count. In the order of ``subject_id``.
    """
    known = truth.group_by(SUBJECT).agg(
        pl.lit(1).alias("true"), pl.col("amount").max(), pl.col("difficulty").min()
    )
    kept = scored.drop("true", "amount", "difficulty", strict=False).sort(SUBJECT)
    return kept.join(known, on=SUBJECT, how="left", maintain_order="left").with_columns(
        pl.col("true").fill_null(0), pl.col("amount").fill_null(0)
    )
