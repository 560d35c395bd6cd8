"""What later audits say of the scores, where nobody holds an answer key.

Which records were audited decides what can be learned from them. Audits that rules, tips, past
history or the scores themselves led to are of suspicious records: their rate of confirmation is
no rate of the city, and nobody knows by which chance a record came among them. Audits drawn at
random have their chance, so that each stands for as many records as it says; what they estimate
is a ratio of two such sums: nearly right on average from many, far off at times from few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from evaluation.lots import weighted_recall
from evaluation.queues import REPLICATES
from evaluation.storing import Data, rounded
from models.labels import RANDOM
from models.pooling import wilson
from models.resampling import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from evaluation.figures import About
    from evaluation.kinds import Hospitals

# What is asked of a frame of audits; see ``figures_of_audits``.
SCHEMA = {
    "subject_type": pl.String(),
    "subject_id": pl.String(),
    "hospital_id": pl.String(),
    "label": pl.Int64(),
    "selected_by": pl.String(),
    "chance": pl.Float64(),
    "recovered": pl.Int64(),
    "score": pl.Float64(),
    "reached": pl.Int64(),
}
# Confirmed audits by lot from which an estimate of recall is more than a guess; a judgement.
FEWEST = 5


def figures_of_audits(
    about: About, audits: pl.DataFrame, hospitals: Hospitals, tested: dict[str, float], since: str
) -> Data:
    """All tables about later audits, as plain data.

    ``audits``: one row a decided subject, columns as ``SCHEMA``: ``label`` 1 where confirmed,
    ``chance`` of being drawn where by lot, ``recovered`` in fen, ``score`` (null without a
    probability), ``reached`` 1 where the tested capacity holds it. ``since``: from when on.
    """
    kinds = [kind for kind in tested if audits.filter(pl.col("subject_type") == kind).height]
    return {
        "about": about.told(truth=False) | {"since": since},
        "tested": {kind: tested[kind] for kind in kinds},
        "ways": rounded(ways(audits, hospitals).to_dicts()),
        "by_lot": rounded([by_lot(_of(audits, kind), kind) for kind in kinds]),
    }


def ways(audits: pl.DataFrame, hospitals: Hospitals) -> pl.DataFrame:
    """By kind and by what led to the audit: audits, confirmed with its interval, recovered.

    Beside them, of those that the tested capacity holds: how many, and confirmed.
    """
    if audits.is_empty():
        return pl.DataFrame()
    by = ["subject_type", "selected_by"]
    placed = audits.with_columns(seed=pl.lit(0))
    sums = audits.group_by(by).agg(
        recovered=pl.col("recovered").sum(),
        reached=pl.col("reached").sum(),
        reached_confirmed=(pl.col("reached") * pl.col("label")).sum(),
    )
    return hospitals.shares(placed, by, "label").join(sums, on=by).sort(by)


def by_lot(audits: pl.DataFrame, kind: str, replicates: int = REPLICATES) -> Data:
    """What audits drawn at random estimate, each weighted by its chance: rate, recall, scores.

    ``rate`` is the estimated part of all records that an audit would confirm, ``said`` the
    probability that the scores give the same records on average, ``recall`` the part of all
    that is to be confirmed which the tested capacity holds; null below ``FEWEST`` confirmed.
    """
    lot = audits.filter((pl.col("selected_by") == RANDOM) & (pl.col("chance") > 0))
    confirmed = int(lot["label"].sum()) if lot.height else 0
    told: Data = {"subject_type": kind, "drawn": lot.height, "confirmed": confirmed}
    told |= _rate(lot, confirmed, replicates)
    told["said"] = weighted_said(lot)
    enough = lot if confirmed >= FEWEST else lot.clear()
    return told | _estimate(enough, "recall", weighted_recall, replicates)


def _rate(lot: pl.DataFrame, confirmed: int, replicates: int) -> Data:
    """The rate with its interval: drawn by hospitals, or Wilson's where few are confirmed.

    Few would give draws no width. Wilson's takes as many audits as equal weights would need for
    the same spread (L. Kish, Survey Sampling, 1965).
    """
    told = _estimate(lot, "rate", weighted_rate, replicates)
    if confirmed >= FEWEST or lot.is_empty():
        return told
    weight = 1 / lot["chance"]
    alike = float(weight.sum()) ** 2 / float((weight**2).sum())
    low, high = wilson(told["rate"] * alike, alike)
    return told | {"rate_low": low, "rate_high": high}


def weighted_rate(lot: pl.DataFrame) -> float:
    """The estimated part of all records that is to be confirmed (Hájek: weights add up to one)."""
    weight = 1 / lot["chance"]
    if lot.is_empty():
        return float("nan")
    return float((weight * lot["label"]).sum()) / float(weight.sum())


def weighted_said(lot: pl.DataFrame) -> float | None:
    """The probability said on average; null where none was said."""
    known = lot.filter(pl.col("score").is_not_null())
    if known.is_empty():
        return None
    weight = 1 / known["chance"]
    return float((weight * known["score"]).sum()) / float(weight.sum())


def _estimate(
    lot: pl.DataFrame, name: str, measure: Callable[[pl.DataFrame], float], replicates: int
) -> Data:
    if lot.is_empty():
        return {name: None, f"{name}_low": None, f"{name}_high": None}

    def again(counts: NDArray[np.int64]) -> float:
        return measure(lot[np.repeat(np.arange(lot.height), counts)])

    clusters: Sequence[str | None] = lot["hospital_id"].to_list()
    low, high = bootstrap(again, clusters, replicates=replicates, seed=0)
    return {name: measure(lot), f"{name}_low": low, f"{name}_high": high}


def _of(audits: pl.DataFrame, kind: str) -> pl.DataFrame:
    return audits.filter(pl.col("subject_type") == kind)
