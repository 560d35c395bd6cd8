"""How a model does on audits that came later, by training once more as of an earlier day.

The day parts the audits by when their outcomes became known. What was known before it trains a
*rehearsal*: the same recipe, without anybody of whom later audits speak. The later audits then
say how it did, with intervals that draw whole hospitals. Audited records are not the city:
figures hold for records that are chosen as past audits were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.examples import LEAST_OF_A_CLASS
from models.frames import SUBJECT
from models.preparing import prepare
from models.quality import auc, average_precision_of, weighted_calibration_error
from models.resampling import draws, interval
from models.train import bundled, grow
from models.training_set import KEY, keyed, split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.bundle import Bundle
    from models.growth import Growth
    from models.preparing import Prepared, Recipe
    from models.training_set import Later, TrainingSet

    Measure = Callable[[NDArray[np.int64]], float]

# The newest quarter of the audits tries what the rest taught. A judgement.
LATER_PART = 0.25
# Fewest audits of each outcome among which two orders can be compared.
FEWEST_TO_COMPARE = 20
REPLICATES = 500
# From fewer hospitals no interval over hospitals is told: one alone would seem to be certain.
FEWEST_HOUSES = 5
# Shares of the later audits at which precision is told.
SHARES = (0.1, 0.25, 0.5)
MAIN = "later_auprc"
CALIBRATION = "later_calibration_error"


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval over hospitals; NaN where it cannot be told."""

    name: str
    value: float
    low: float
    high: float
    records: int


# The difference to a champion that cannot be compared with.
NOTHING = Figure(f"{MAIN}_difference", float("nan"), float("nan"), float("nan"), 0)
OVER_PRIOR = f"{MAIN}_over_rules_and_detectors"


@dataclass(frozen=True)
class Rehearsal:
    """A model trained as of the cut, and the later audits with its margin and score.

    ``tried`` has ``subject_id``, ``hospital_id``, ``label``, ``weight``, ``margin``, ``score``
    and ``known_house``: whether an audit before the cut spoke of the hospital.
    """

    bundle: Bundle
    later: Later
    tried: pl.DataFrame


def parted(training: TrainingSet, champion_as_of: date | None = None) -> Later | None:
    """Part at the newest quarter of the audits, or after all that the champion learned from.

    None where either side would hold fewer than ``LEAST_OF_A_CLASS`` of an outcome. The
    champion moves the cut only where enough audits came after it to compare by.
    """
    days = training.audited["known_on"].drop_nulls().sort()
    if days.is_empty():
        return None
    usual = days[int(len(days) * (1 - LATER_PART))]
    # Where most became known on one day there is nothing before it; then what came after it tries.
    after = days.filter(days > usual)[:1]
    cuts = [(day, LEAST_OF_A_CLASS) for day in (usual, *after)]
    if champion_as_of is not None:
        cuts = [(max(usual, champion_as_of + timedelta(days=1)), FEWEST_TO_COMPARE), *cuts]
    for cut, fewest in cuts:
        found = split(training, cut)
        if _enough(found.earlier.audited, LEAST_OF_A_CLASS) and _enough(found.tried, fewest):
            return found
    return None


def _enough(labels: pl.DataFrame, fewest: int) -> bool:
    return min(labels.filter(pl.col("label") == side).height for side in (0, 1)) >= fewest


def ready(later: Later, recipe: Recipe, *, ranked: bool) -> Prepared:
    """Detectors and examples of the earlier side.

    ``ranked`` says that the whole training makes a ranker; then its rehearsal makes one too,
    though it has fewer audits.
    """
    least = LEAST_OF_A_CLASS if ranked else recipe.minimum
    known = replace(recipe, as_of=later.cut, minimum=least)
    return prepare(later.earlier.measured, later.earlier.labels, known)


def rehearse(later: Later, prepared: Prepared, growth: Growth) -> Rehearsal:
    """Train the earlier side and score the later audits."""
    grown = replace(prepared, recipe=replace(prepared.recipe, growth=growth))
    bundle = bundled(grown, grow(grown))
    return Rehearsal(bundle, later, _tried(later, bundle))


def _tried(later: Later, bundle: Bundle) -> pl.DataFrame:
    earlier = later.earlier
    houses = earlier.measured.join(earlier.audited, on=SUBJECT, how="semi")["hospital_id"]
    scores = bundle.score(later.tried).select(SUBJECT, "margin", "score")
    known = pl.col("hospital_id").is_in(houses.drop_nulls().unique().implode())
    columns = (SUBJECT, "hospital_id", "label", "weight", "selected_by")
    named = later.tried.select(*columns, known_house=known.fill_null(value=False))
    return named.join(scores, on=SUBJECT).sort(SUBJECT)


def figures(rehearsal: Rehearsal, seed: int) -> list[Figure]:
    """What the later audits say, all of them and those in hospitals never audited before."""
    tried = rehearsal.tried
    strange = tried.filter(~pl.col("known_house"))
    told = _ranked(tried, "later", seed) + _ranked(strange, "later_new_hospital", seed)[:1]
    return told + _calibration(tried, seed) + _over_prior(rehearsal, seed)


def _ranked(tried: pl.DataFrame, name: str, seed: int) -> list[Figure]:
    margins, labels = _arrays(tried)
    clusters = tried["hospital_id"].to_list()
    measures: dict[str, Measure] = {
        f"{name}_auprc": average_precision_of(margins, labels),
        f"{name}_auc": lambda counts: auc(margins, labels, counts),
    }
    for share in SHARES:
        measures[f"{name}_precision_at_{share * 100:.0f}"] = precision_of(margins, labels, share)
    measures[f"{name}_rate"] = precision_of(margins, labels, 1.0)
    return [figure(key, measure, clusters, seed) for key, measure in measures.items()]


def figure(name: str, measure: Measure, clusters: Sequence[str | None], seed: int) -> Figure:
    """A measure of row multiplicities with its interval; NaN ends from too few hospitals."""
    if not clusters:
        return Figure(name, float("nan"), float("nan"), float("nan"), 0)
    drawn = draws(clusters, REPLICATES if len(set(clusters)) >= FEWEST_HOUSES else 0, seed)
    low, high = interval([measure(counts) for counts in drawn])
    value = measure(np.ones(len(clusters), dtype=np.int64))
    return Figure(name, value, low, high, len(clusters))


def precision_of(margins: NDArray[np.float64], labels: NDArray[np.int64], share: float) -> Measure:
    """Share of confirmed among the first of the order, as a function of row multiplicities."""
    place = np.argsort(-margins, kind="stable")

    def measure(counts: NDArray[np.int64]) -> float:
        times = counts[place].astype(np.float64)
        room = np.ceil(share * times.sum())
        worked = np.clip(room - (np.cumsum(times) - times), 0.0, times)
        return float(worked @ labels[place] / max(worked.sum(), 1.0))

    return measure


def _calibration(tried: pl.DataFrame, seed: int) -> list[Figure]:
    """Calibration error, and beside it what a perfect map would show of so few audits.

    Weighted as the map was fitted: a record drawn at random stands for many. Resampling adds to
    an error that is never below zero, so its interval is turned round the value (the basic
    bootstrap), which takes that off again.
    """
    known = tried.drop_nulls("score")
    if known.is_empty():
        return []
    chances, weights = known["score"].to_numpy(), known["weight"].to_numpy()
    labels = known["label"].cast(pl.Int64).to_numpy()

    def error(counts: NDArray[np.int64]) -> float:
        return weighted_calibration_error(chances, labels, weights * counts)

    told = figure(CALIBRATION, error, known["hospital_id"].to_list(), seed)
    turned = replace(
        told, low=max(0.0, 2 * told.value - told.high), high=max(0.0, 2 * told.value - told.low)
    )
    return [told if np.isnan(told.low) else turned, _noise(chances, weights, seed)]


def _noise(chances: NDArray[np.float64], weights: NDArray[np.float64], seed: int) -> Figure:
    random = np.random.default_rng(seed)
    drawn = (random.random(len(chances)) < chances for _ in range(REPLICATES))
    perfect = [
        weighted_calibration_error(chances, labels.astype(np.int64), weights) for labels in drawn
    ]
    low, high = interval(perfect)
    name = f"{CALIBRATION}_of_a_perfect_map"
    return Figure(name, float(np.mean(perfect)), low, high, len(chances))


def difference(rehearsal: Rehearsal, champion: Bundle, training: TrainingSet, seed: int) -> Figure:
    """AUPRC of the rehearsal less that of the champion on the same later audits, paired.

    Audits of persons and groups that the champion learned from do not count; ``records`` is 0
    where fewer than ``FEWEST_TO_COMPARE`` of an outcome are left.
    """
    if champion.trained_as_of >= rehearsal.later.cut:
        return NOTHING
    rows = _new_to(rehearsal.later, champion, training)
    tried = rehearsal.tried.join(rows.select(SUBJECT), on=SUBJECT, how="semi")
    if not _enough(tried, FEWEST_TO_COMPARE):
        return NOTHING
    theirs = champion.score(rows.sort(SUBJECT))["margin"].to_numpy()
    return _ahead(NOTHING.name, tried, theirs, seed)


def _over_prior(rehearsal: Rehearsal, seed: int) -> list[Figure]:
    """What audits taught: AUPRC less that of the rehearsal's rules and detectors alone, paired."""
    if rehearsal.bundle.ranker is None or not _enough(rehearsal.tried, FEWEST_TO_COMPARE):
        return []
    prior = replace(rehearsal.bundle, ranker=None)
    theirs = prior.score(rehearsal.later.tried.sort(SUBJECT))["margin"].to_numpy()
    return [_ahead(OVER_PRIOR, rehearsal.tried, theirs, seed)]


def _ahead(name: str, tried: pl.DataFrame, theirs: NDArray[np.float64], seed: int) -> Figure:
    """AUPRC of the margins of ``tried`` less that of others of the same rows, paired."""
    margins, labels = _arrays(tried)
    own, other = (average_precision_of(one, labels) for one in (margins, theirs))
    clusters = tried["hospital_id"].to_list()
    return figure(name, lambda counts: own(counts) - other(counts), clusters, seed)


def _new_to(later: Later, champion: Bundle, training: TrainingSet) -> pl.DataFrame:
    keys = keyed(training)
    # What was decided otherwise later had taught the champion all the same.
    taught = training.audited.filter(pl.col("first_known_on") <= champion.trained_as_of)
    known = keys.join(taught, on=SUBJECT, how="semi").select(KEY)
    return later.tried.join(keys.join(known, on=KEY, how="anti"), on=SUBJECT, how="semi")


def _arrays(tried: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    return tried["margin"].to_numpy(), tried["label"].cast(pl.Int64).to_numpy()
