"""Why a record stands where it stands: contributions that add up to what was scored.

Each source has an additive quantity of its own, and for every record contributions and
base add up to it (tests hold it). One source a model adds up to the stored margin:

* ``ranker``: the margin, in log-odds, by exact tree SHAP inside LightGBM;
* ``prior``, where there is no ranker: the log-odds of how unusual the record is, and the
  same weight for each rule hit; it begins at 0, the record in the middle without any hit.

The detectors add up to what ``models/pushes.py`` says of each. What ranker and prior give to a
percentile is handed on to the features in proportion to what pushed that detector the same way.
So reasons always name features or rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from models.bundle import PRIOR, prior_terms
from models.detectors import DETECTORS, OTHER_FAMILY
from models.frames import RULE_PREFIX, SUBJECT, values_frame
from models.histogram import total
from models.pushes import detector_pushes, voices
from models.start import HIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.bundle import Bundle
    from models.ranker import Ranker

RANKER = "ranker"
# What adds up to the stored margin; a model has one of the two.
LEADING = (RANKER, PRIOR)
SCHEMA = {
    SUBJECT: pl.String(),
    "source": pl.String(),
    "feature": pl.String(),
    "contribution": pl.Float64(),
    "base": pl.Float64(),
    "voice": pl.Float64(),
}
# Far finer than the 1e-6 within which sums must hold, and coarser than any noise of order.
DECIMALS = 12
RULES_FAMILY = "rules"
# What is given to a detector that no feature pushed, and so keeps its name.
DETECTORS_FAMILY = "detectors"


def explain(bundle: Bundle, rows: pl.DataFrame) -> pl.DataFrame:
    """Contributions of each row (alerts, not the city: cost grows with trees and depth).

    Returns subject_id, source (ranker or prior, iforest, hbos, knn), feature, contribution
    (positive pushes towards suspicion), base and voice, ordered by the first three; sum and base
    give the source's quantity. ``voice`` is 1, of a detector what ``models.pushes.voices`` says.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    pushes, bases = detector_pushes(bundle.detectors, rows)
    placed = bundle.with_percentiles(rows)
    spoken = voices(bundle.detectors, placed)
    columns = bundle.detectors.scaling.columns
    parts = [
        _long(rows[SUBJECT], name, columns, pushes[name], bases[name], spoken[name])
        for name in DETECTORS
    ]
    leading = (
        _prior_part(bundle, placed, pushes, spoken)
        if bundle.ranker is None
        else _ranker_part(bundle.ranker, placed, columns, pushes)
    )
    return pl.concat([leading, *parts]).sort(SUBJECT, "source", "feature")


def shares(contributions: pl.DataFrame) -> pl.DataFrame:
    """Contributions of all sources in one unit: the share of what pushes to suspicion.

    Of each record and source, positive contributions are divided by their sum; the others
    are left out. Returns subject_id, source, feature, share in (0, 1], voice; no part of a margin.
    """
    pushing = contributions.filter(pl.col("contribution") > 0)
    part = pl.col("contribution") / pl.col("contribution").sort().sum().over(SUBJECT, "source")
    return pushing.select(SUBJECT, "source", "feature", part.alias("share"), "voice")


def top_reasons(contributions: pl.DataFrame, k: int) -> pl.DataFrame:
    """The ``k`` strongest reasons of each record: subject_id, rank from 1, feature, contribution.

    ``contribution`` is a share (see ``shares``). Where there is a ranker it leads, because
    it has learned what auditors confirm; detectors only fill places it leaves empty. Of the
    detectors those speak that raised the record, each with its voice. Only what pushes
    towards suspicion is a reason.
    """
    found = shares(contributions)
    leading = pl.col("source") == RANKER
    learned = found.filter(leading).select(SUBJECT, "feature", "share", pl.lit(0).alias("turn"))
    unusual = (
        found.filter(pl.col("source").is_in(DETECTORS) & (pl.col("voice") > 0))
        .group_by(SUBJECT, "feature")
        .agg((pl.col("share") * pl.col("voice")).sort().sum())
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

    ``families`` maps a feature to its family; rule hits form one of their own, and so does what
    is left with a detector. Returns subject_id, source, family, contribution, base, voice.
    """
    known = dict(families) | dict.fromkeys(DETECTORS, DETECTORS_FAMILY)
    is_rule = pl.col("feature").str.starts_with(RULE_PREFIX)
    named = pl.col("feature").replace_strict(known, default=None, return_dtype=pl.String)
    family = pl.coalesce(named, pl.when(is_rule).then(pl.lit(RULES_FAMILY)), pl.lit(OTHER_FAMILY))
    return (
        contributions.with_columns(family.alias("family"))
        .group_by(SUBJECT, "source", "family")
        .agg(pl.col("contribution").sort().sum(), pl.col("base", "voice").first())
        .sort(SUBJECT, "source", "family")
    )


def family_sums(
    contributions: pl.DataFrame, families: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """What is kept of an explanation, by subject: of each source base and sums by family.

    First what adds up to the stored margin, then the detectors that speak, the loudest first:
    source, voice, base and ``families`` (family, adds).
    """
    told = (
        by_family(contributions, families)
        .with_columns(pl.col("contribution", "base", "voice").round(DECIMALS))
        .filter(pl.col("voice") > 0)
        .with_columns(detector=pl.col("source").is_in(DETECTORS))
        .sort(
            [SUBJECT, "detector", "voice", "source", "family"],
            descending=[False, False, True, False, False],
        )
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for subject, source, family, adds, base, voice, _ in told.iter_rows():
        kept = found.setdefault(subject, [])
        if not kept or kept[-1]["source"] != source:
            kept.append({"source": source, "voice": voice, "base": base, "families": []})
        # A family that adds nothing is not told, so that no batch decides who is in the list.
        if adds != 0:
            kept[-1]["families"].append({"family": family, "adds": adds})
    return found


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
    return _leading(placed, RANKER, named, raw[:, -1])


def _prior_part(
    bundle: Bundle,
    placed: pl.DataFrame,
    pushes: Mapping[str, NDArray[np.float64]],
    spoken: Mapping[str, NDArray[np.float64]],
) -> pl.DataFrame:
    unusual, hits = prior_terms(placed, bundle.rule_columns)
    named = dict(zip(bundle.rule_columns, HIT * hits.T, strict=True))
    for detector in DETECTORS:
        given = unusual * spoken[detector]
        _hand_on(named, detector, given, bundle.detectors.scaling.columns, pushes[detector])
    return _leading(placed, PRIOR, named, 0.0)


def _leading(
    placed: pl.DataFrame,
    source: str,
    named: Mapping[str, NDArray[np.float64]],
    base: float | NDArray[np.float64],
) -> pl.DataFrame:
    parts = np.column_stack(list(named.values()))
    return _long(placed[SUBJECT], source, list(named), parts, base, 1.0)


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
    voice: float | NDArray[np.float64],
) -> pl.DataFrame:
    wide = values_frame(subjects, columns, np.round(parts, DECIMALS))
    same = {
        name: np.round(np.broadcast_to(np.asarray(one, np.float64), (len(subjects),)), DECIMALS)
        for name, one in (("base", base), ("voice", voice))
    }
    return (
        wide.with_columns(**{name: pl.Series(one) for name, one in same.items()})
        .with_columns(pl.lit(source).alias("source"))
        .unpivot(
            columns,
            index=[SUBJECT, "source", *same],
            variable_name="feature",
            value_name="contribution",
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
