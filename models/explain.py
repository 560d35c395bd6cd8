"""Why a record stands where it stands: contributions that add up to what was scored.

Each source has an additive quantity of its own, and for every record contributions and
base add up to it (tests hold it):

* ``ranker``: the margin, in log-odds, by exact tree SHAP inside LightGBM;
* ``iforest``: minus the mean path length, by ``shap.TreeExplainer``; the score is a
  monotone function of it, and positive means more unusual;
* ``hbos``: the rarity of the feature family that speaks for the record, a sum over the family's
  columns, whose Shapley values are the centred terms; the score rises with its percentile.

KNN scores but is no source of its own. The ranker reads detector percentiles and names no
feature by them; what it gives a percentile is handed on to the features in proportion to
what pushed that detector the same way: SHAP values, centred terms, and for KNN the centred
squared distances to the k-th neighbour. So reasons always name features or rules.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.detectors import (
    DETECTORS,
    HBOS_NAME,
    IFOREST,
    KNN_NAME,
    OTHER_FAMILY,
    DetectorSet,
    neighbour_terms,
)
from models.frames import RULE_PREFIX, SUBJECT, values_frame
from models.histogram import Fitted, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.bundle import Bundle
    from models.ranker import Ranker

RANKER = "ranker"
SOURCES = (RANKER, IFOREST, HBOS_NAME)
SCHEMA = {
    SUBJECT: pl.String(),
    "source": pl.String(),
    "feature": pl.String(),
    "contribution": pl.Float64(),
    "base": pl.Float64(),
}
# Far finer than the 1e-6 within which sums must hold, and coarser than any noise of order.
DECIMALS = 12
# The paper gives two rows a case of their own.
PAIR = 2
RULES_FAMILY = "rules"


def explain(bundle: Bundle, rows: pl.DataFrame) -> pl.DataFrame:
    """Contributions of each row (alerts, not the city: cost grows with trees and depth).

    Returns subject_id, source (ranker, iforest, hbos), feature, contribution (positive
    pushes towards suspicion) and base, ordered by these; sum and base give the source's
    quantity.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    pushes, bases = _detector_pushes(bundle.detectors, rows)
    columns = bundle.detectors.scaling.columns
    parts = [
        _long(rows[SUBJECT], name, columns, pushes[name], bases[name])
        for name in (IFOREST, HBOS_NAME)
    ]
    if bundle.ranker is not None:
        placed = bundle.with_percentiles(rows)
        parts.append(_ranker_part(bundle.ranker, placed, columns, pushes))
    return pl.concat(parts).sort(SUBJECT, "source", "feature")


def shares(contributions: pl.DataFrame) -> pl.DataFrame:
    """Contributions of all sources in one unit: the share of what pushes to suspicion.

    Of each record and source, positive contributions are divided by their sum; the others
    are left out. Returns subject_id, source, feature, share in (0, 1].
    """
    pushing = contributions.filter(pl.col("contribution") > 0)
    part = pl.col("contribution") / pl.col("contribution").sort().sum().over(SUBJECT, "source")
    return pushing.select(SUBJECT, "source", "feature", part.alias("share"))


def top_reasons(contributions: pl.DataFrame, k: int) -> pl.DataFrame:
    """The ``k`` strongest reasons of each record: subject_id, rank from 1, feature, contribution.

    ``contribution`` is a share (see ``shares``). Where there is a ranker it leads, because
    it has learned what auditors confirm; detectors only fill places it leaves empty. Where
    there is none, a feature's share is the mean over the detectors. Only what pushes
    towards suspicion is a reason.
    """
    found = shares(contributions)
    leading = pl.col("source") == RANKER
    learned = found.filter(leading).select(SUBJECT, "feature", "share", pl.lit(0).alias("turn"))
    sources = len(SOURCES) - 1
    unusual = (
        found.filter(~leading)
        .group_by(SUBJECT, "feature")
        .agg((pl.col("share").sort().sum() / sources).alias("share"))
        .with_columns(pl.lit(1).alias("turn"))
        .join(learned, on=[SUBJECT, "feature"], how="anti")
    )
    ordered = pl.concat([learned, unusual]).sort(
        [SUBJECT, "turn", "share", "feature"], descending=[False, False, True, False]
    )
    rank = pl.int_range(1, pl.len() + 1).over(SUBJECT).alias("rank")
    return (
        ordered.with_columns(rank)
        .filter(pl.col("rank") <= k)
        .select(SUBJECT, "rank", "feature", pl.col("share").alias("contribution"))
    )


def by_family(contributions: pl.DataFrame, families: Mapping[str, str]) -> pl.DataFrame:
    """Contributions summed by feature family; the sums stay additive.

    ``families`` maps a feature to its family; rule hits form one of their own. Returns
    subject_id, source, family, contribution, base.
    """
    is_rule = pl.col("feature").str.starts_with(RULE_PREFIX)
    named = pl.col("feature").replace_strict(dict(families), default=None, return_dtype=pl.String)
    family = pl.coalesce(named, pl.when(is_rule).then(pl.lit(RULES_FAMILY)), pl.lit(OTHER_FAMILY))
    return (
        contributions.with_columns(family.alias("family"))
        .group_by(SUBJECT, "source", "family")
        .agg(pl.col("contribution").sort().sum(), pl.col("base").first())
        .sort(SUBJECT, "source", "family")
    )


def path_lengths(detectors: DetectorSet, rows: pl.DataFrame) -> NDArray[np.float64]:
    """Minus the forest's mean path length, from its score: what ``iforest`` adds up to."""
    forest = detectors.forest.detector_
    values = detectors.scaling.apply(rows)
    return np.asarray(np.log2(-forest.score_samples(values)) * _usual_path(forest.max_samples_))


def _usual_path(rows: int) -> float:
    """Mean path of an unsuccessful search among n rows (Liu, Ting and Zhou 2008, equation 1)."""
    if rows <= 1:
        return 0.0
    if rows == PAIR:
        return 1.0
    return float(2.0 * (np.log(rows - 1.0) + np.euler_gamma) - 2.0 * (rows - 1.0) / rows)


def _detector_pushes(
    detectors: DetectorSet, rows: pl.DataFrame
) -> tuple[dict[str, NDArray[np.float64]], dict[str, float | NDArray[np.float64]]]:
    """What each column adds to each detector, rows x scaled columns, and the bases."""
    values = detectors.scaling.apply(rows)
    forest, forest_base = _forest_pushes(detectors.forest.detector_, values)
    rare, rare_base = detectors.rarity.pushes(values)
    near = neighbour_terms(detectors.neighbours, values) - np.array(detectors.near)
    pushes = {IFOREST: forest, HBOS_NAME: rare, KNN_NAME: near}
    width = len(detectors.scaling.columns)
    narrowed = {name: push[:, :width] for name, push in pushes.items()}
    return narrowed, {IFOREST: forest_base, HBOS_NAME: rare_base}


def _forest_pushes(
    forest: Fitted, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    explainer = _shap().TreeExplainer(forest)
    lengths = explainer.shap_values(values, check_additivity=False)
    return -np.asarray(lengths), -float(np.ravel(explainer.expected_value)[0])


def _shap() -> Fitted:
    # Imported here: it takes half a second and warns about matplotlib's future, neither of
    # which concerns a run that explains nothing.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap  # noqa: PLC0415
    return shap


def _ranker_part(
    ranker: Ranker,
    placed: pl.DataFrame,
    scaled: Sequence[str],
    pushes: Mapping[str, NDArray[np.float64]],
) -> pl.DataFrame:
    raw = np.asarray(ranker.contributions(placed))
    given = dict(zip(ranker.columns, raw[:, :-1].T, strict=True))
    named = {name: parts for name, parts in given.items() if name not in DETECTORS}
    for detector in DETECTORS:
        if detector in given:
            _hand_on(named, detector, given[detector], scaled, pushes[detector])
    parts = np.column_stack(list(named.values()))
    return _long(placed[SUBJECT], RANKER, list(named), parts, raw[:, -1])


def _hand_on(
    named: dict[str, NDArray[np.float64]],
    detector: str,
    given: NDArray[np.float64],
    scaled: Sequence[str],
    pushes: NDArray[np.float64],
) -> None:
    """Share a percentile's contribution among the features that pushed the detector so."""
    same_way = np.maximum(pushes * np.sign(given)[:, None], 0.0)
    weights = np.where(same_way.sum(axis=1, keepdims=True) > 0, same_way, np.abs(pushes))
    # Column by column: numpy adds up a single row in another order than many.
    summed = total(weights)
    known = summed > 0
    portions = weights / np.where(known, summed, 1.0)[:, None]
    for place, name in enumerate(scaled):
        named[name] = named.get(name, 0.0) + given * portions[:, place]
    # Nothing pushed this detector at all: its own name is then the honest reason.
    if not known.all():
        named[detector] = np.where(known, 0.0, given)


def _long(
    subjects: pl.Series,
    source: str,
    columns: Sequence[str],
    parts: NDArray[np.float64],
    base: float | NDArray[np.float64],
) -> pl.DataFrame:
    wide = values_frame(subjects, columns, np.round(parts, DECIMALS))
    bases = np.broadcast_to(np.asarray(base, dtype=np.float64), (len(subjects),))
    return (
        wide.with_columns(pl.Series("base", bases), pl.lit(source).alias("source"))
        .unpivot(
            columns,
            index=[SUBJECT, "source", "base"],
            variable_name="feature",
            value_name="contribution",
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
