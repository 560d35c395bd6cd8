"""From measured records and audit labels to a bundle, and to out-of-fold scores.

Who may see whom. The ranker reads detector percentiles, so the detectors must not have seen
the labelled records: a record lies closer to a detector that learned from it, and leaving
out only the confirmed ones would write the label into the percentile. With enough records
that nobody audited, the detectors learn from three quarters of those alone, and the last
quarter is the ranker's background. Where nearly everything is audited, they learn from all
records blindly, the ranker's training rows get their percentiles from detectors of other
folds, and there is no background.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.bundle import Bundle
from models.detectors import DETECTORS, DetectorSet, fit_detectors
from models.examples import examples_of
from models.explain import explain
from models.frames import SUBJECT, in_key_order, sample
from models.groups import group_keys, hash_folds
from models.growth import USUAL
from models.labels import no_labels
from models.planting import Planting
from models.ranker import MINIMUM, calibrated, draft_ranker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.examples import Examples
    from models.growth import Growth
    from models.ranker import Draft, Ranker

# Unaudited records that suffice to fit detectors on; a judgement, the point where more
# rows move a percentile in the middle by less than about two points.
ENOUGH_UNAUDITED = 1000
PERCENTILE_FOLDS = 3
# Of the unaudited, one in four is background, up to so many: enough to show what is usual, and few
# enough to train on in seconds. Judgements.
BACKGROUND_PART, BACKGROUND_ROWS = 4, 5_000
LIBRARIES = ("lightgbm", "pyod", "scikit-learn", "numpy")


@dataclass(frozen=True)
class Recipe:
    """What is trained: for what, from which columns, by which seed and threads."""

    scenario: str
    entity: str
    features: tuple[str, ...]
    rule_columns: tuple[str, ...]
    seed: int
    threads: int
    as_of: date
    minimum: int = MINIMUM
    growth: Growth = USUAL

    @property
    def columns(self) -> tuple[str, ...]:
        """What the ranker reads."""
        return (*self.features, *DETECTORS, *self.rule_columns)


@dataclass(frozen=True)
class CrossFitted:
    """Every record scored by a bundle that saw neither it nor anyone of its group.

    ``scores`` is as ``Bundle.score`` returns it, with ``fold``, in key order.
    """

    scores: pl.DataFrame
    bundles: tuple[Bundle, ...]

    def explain(self, measured: pl.DataFrame) -> pl.DataFrame:
        """Contributions (see ``models.explain``) of these rows, each by its own bundle."""
        placed = measured.join(self.scores.select(SUBJECT, "fold"), on=SUBJECT)
        parts = [
            explain(bundle, placed.filter(pl.col("fold") == number).drop("fold"))
            for number, bundle in enumerate(self.bundles)
        ]
        return pl.concat(parts).sort(SUBJECT, "source", "feature")

    @property
    def notes(self) -> tuple[str, ...]:
        """What the bundles have to say, each thing once."""
        return tuple(dict.fromkeys(note for bundle in self.bundles for note in bundle.notes))


def train(
    measured: pl.DataFrame,
    labels: pl.DataFrame | None,
    *,
    scenario: str,
    entity: str,
    features: Sequence[str],
    rule_columns: Sequence[str],
    seed: int,
    threads: int,
    as_of: date,
    minimum: int = MINIMUM,
) -> Bundle:
    """Train detectors and, with ``minimum`` labels of each class, a ranker.

    ``measured`` has one row a record with ``subject_id``, ``hospital_id``, ``person_id``,
    ``event_on``, the features and the rule hits; ``labels`` is as ``models.labels`` makes it.
    """
    recipe = Recipe(
        scenario, entity, tuple(features), tuple(rule_columns), seed, threads, as_of, minimum
    )
    return _train(measured, no_labels() if labels is None else labels, recipe)


def cross_fit(
    measured: pl.DataFrame,
    labels: pl.DataFrame | None,
    *,
    folds: int,
    scenario: str,
    entity: str,
    features: Sequence[str],
    rule_columns: Sequence[str],
    seed: int,
    threads: int,
    as_of: date,
    minimum: int = MINIMUM,
) -> CrossFitted:
    """Score a whole extract, every record by models that did not see it.

    Folds are cut by the hash of the group (person, computed group, else the record), so
    that nobody is on both sides. Either every fold has a ranker or none has, because a
    queue cannot be ordered by two kinds of score.
    """
    recipe = Recipe(
        scenario, entity, tuple(features), tuple(rule_columns), seed, threads, as_of, minimum
    )
    taught = no_labels() if labels is None else labels
    ordered = in_key_order(measured)
    number = pl.Series("fold", hash_folds(group_keys(ordered, entity), folds, seed))
    sides = [(ordered.filter(number != one), ordered.filter(number == one)) for one in range(folds)]
    bundles = [_train(learn, taught, recipe) for learn, _ in sides]
    if any(bundle.ranker is None for bundle in bundles):
        bundles = [replace(bundle, ranker=None) for bundle in bundles]
    scored = [
        bundle.score(tried).with_columns(pl.lit(one).alias("fold"))
        for one, (bundle, (_, tried)) in enumerate(zip(bundles, sides, strict=True))
    ]
    return CrossFitted(in_key_order(pl.concat(scored)), tuple(bundles))


@dataclass(frozen=True)
class Prepared:
    """Detectors, and what a ranker learns from: audited records beside a background."""

    recipe: Recipe
    detectors: DetectorSet
    examples: Examples

    def planting(self) -> Planting:
        """How its trees are grown."""
        one = self.recipe
        return Planting(one.columns, one.growth, one.seed, one.threads)


def prepare(measured: pl.DataFrame, labels: pl.DataFrame, recipe: Recipe) -> Prepared:
    """Fit the detectors and gather the examples."""
    audited = in_key_order(measured.join(labels, on=SUBJECT, how="semi"))
    unaudited = measured.join(audited, on=SUBJECT, how="anti")
    background = _background(unaudited, audited, recipe.seed)
    detectors, places = _detectors(measured, unaudited, audited, background, recipe)
    examples = examples_of(
        _placed(audited, places),
        labels,
        recipe.columns,
        recipe.entity,
        _placed(background, detectors.score(background)),
    )
    return Prepared(recipe, detectors, examples)


def grow(prepared: Prepared) -> Draft | None:
    """A ranker before its calibration; None where there are too few audits."""
    return draft_ranker(prepared.examples, prepared.planting(), prepared.recipe.minimum)


def bundled(prepared: Prepared, draft: Draft | None) -> Bundle:
    """Detectors and the calibrated ranker as one thing."""
    recipe = prepared.recipe
    ranker = None if draft is None else calibrated(draft)
    return Bundle(
        scenario=recipe.scenario,
        entity=recipe.entity,
        detectors=prepared.detectors,
        ranker=ranker,
        features=recipe.features,
        rule_columns=recipe.rule_columns,
        trained_as_of=recipe.as_of,
        versions={name: version(name) for name in LIBRARIES},
        notes=_notes(prepared, ranker),
    )


def _train(measured: pl.DataFrame, labels: pl.DataFrame, recipe: Recipe) -> Bundle:
    prepared = prepare(measured, labels, recipe)
    return bundled(prepared, grow(prepared))


def _placed(rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    return rows.drop(DETECTORS, strict=False).join(places, on=SUBJECT)


def _background(unaudited: pl.DataFrame, audited: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Unaudited rows that the detectors do without; none where they need them all."""
    fewest = ENOUGH_UNAUDITED * BACKGROUND_PART // (BACKGROUND_PART - 1)
    if audited.is_empty() or unaudited.height < fewest:
        return unaudited.clear()
    return sample(unaudited, min(unaudited.height // BACKGROUND_PART, BACKGROUND_ROWS), seed)


def _detectors(
    measured: pl.DataFrame,
    unaudited: pl.DataFrame,
    audited: pl.DataFrame,
    background: pl.DataFrame,
    recipe: Recipe,
) -> tuple[DetectorSet, pl.DataFrame]:
    """Detectors, and percentiles of the audited rows by detectors that did not see them."""
    if audited.is_empty() or unaudited.height >= ENOUGH_UNAUDITED:
        seen = unaudited.join(background, on=SUBJECT, how="anti")
        detectors = fit_detectors(seen, recipe.features, seed=recipe.seed)
        return detectors, detectors.score(audited)
    detectors = fit_detectors(measured, recipe.features, seed=recipe.seed)
    return detectors, _places_of_others(measured, audited, recipe)


def _places_of_others(
    measured: pl.DataFrame, audited: pl.DataFrame, recipe: Recipe
) -> pl.DataFrame:
    ordered = in_key_order(measured)
    fold = hash_folds(group_keys(ordered, recipe.entity), PERCENTILE_FOLDS, recipe.seed)
    wanted = ordered[SUBJECT].is_in(audited[SUBJECT].implode()).to_numpy()
    parts = []
    for number in range(PERCENTILE_FOLDS):
        inside = fold == number
        others = fit_detectors(ordered[np.flatnonzero(~inside)], recipe.features, seed=recipe.seed)
        parts.append(others.score(ordered[np.flatnonzero(inside & wanted)]))
    return in_key_order(pl.concat(parts))


def _notes(prepared: Prepared, ranker: Ranker | None) -> tuple[str, ...]:
    examples, detectors = prepared.examples, prepared.detectors
    notes = list(ranker.notes) if ranker else []
    if ranker is None:
        known = int(examples.audited.sum())
        positives = int(examples.labels.sum())
        notes.append(
            f"No ranker: {positives} confirmed and {known - positives} refuted audits; "
            f"{prepared.recipe.minimum} of each are needed. Detectors and rules order the queue."
        )
    dropped = len(detectors.features) - len(detectors.scaling.columns)
    if dropped:
        notes.append(f"{dropped} features are empty or constant and were left out by detectors.")
    return tuple(notes)
