"""Innocents among what a capacity holds: look-alikes by cause, everyday ones by hospital level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from evaluation.kinds import OURS
from evaluation.rates import marked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.kinds import Hospitals, Kind


def by_cause(reached: pl.DataFrame, hospitals: Hospitals) -> pl.DataFrame:
    """Look-alikes of each kind and cause at every size; found means flagged.

    Who is planted as well is no innocent.
    """
    subject = ("seed", "subject_type", "subject_id")
    guilty = reached.filter(~pl.col("innocent")).select(subject).unique()
    ours = reached.filter(pl.col("innocent") & (pl.col("queue") == OURS))
    innocent = ours.join(guilty, on=list(subject), how="anti")
    return hospitals.shares(innocent, ("subject_type", "scheme", "size"), "taken").rename(
        {"scheme": "cause"}
    )


def alike(kinds: Sequence[Kind]) -> pl.DataFrame:
    """What the tested capacity holds: planted, look-alikes, everyday innocents, by kind."""
    names = dict.fromkeys(kind.name for kind in kinds)
    return pl.DataFrame([_alike([kind for kind in kinds if kind.name == name]) for name in names])


def _alike(kinds: Sequence[Kind]) -> dict[str, object]:
    rows = pl.concat([_told(kind) for kind in kinds])
    taken = rows.filter(pl.col("taken") > 0)
    return {
        "subject_type": kinds[0].name,
        "size": kinds[0].tested,
        "records": rows.height,
        "planted": int(rows["true"].sum()),
        "lookalikes": int(rows["lookalike"].sum()),
        "taken": taken.height,
        "taken_planted": int(taken["true"].sum()),
        "taken_lookalikes": int(taken["lookalike"].sum()),
    }


def _told(kind: Kind) -> pl.DataFrame:
    named = kind.key.filter("innocent")["subject_id"].unique()
    return kind.rows.select(
        "true",
        subject_type=pl.lit(kind.name),
        seed=pl.lit(kind.seed, pl.Int64),
        lookalike=pl.col("subject_id").is_in(named.implode()) & (pl.col("true") == 0),
        taken=pl.Series(kind.taken(OURS, kind.tested)),
    )


def by_level(kinds: Sequence[Kind], hospitals: Hospitals) -> pl.DataFrame:
    """False alarms among the innocent records of each hospital level, at the tested capacity."""
    innocent = marked(kinds, "level").filter(pl.col("true") == 0).rename({"value": "level"})
    return hospitals.shares(innocent, ("subject_type", "level"), "taken")
