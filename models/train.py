"""From measured records and audit labels to a bundle, and to out-of-fold scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import polars as pl

from models.bundle import Bundle
from models.explain import explain
from models.frames import SUBJECT, in_key_order
from models.groups import group_keys, hash_folds
from models.labels import no_labels
from models.preparing import Prepared, Recipe, examples_on, ground, prepare
from models.ranker import MINIMUM, calibrated, draft_ranker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.preparing import Ground
    from models.ranker import Draft, Ranker

__all__ = ["CrossFitted", "Recipe", "bundled", "cross_fit", "ground", "grow", "taught", "train"]

LIBRARIES = ("lightgbm", "pyod", "scikit-learn", "numpy")


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


def grow(prepared: Prepared) -> Draft | None:
    """A ranker before its calibration; None where there are too few audits."""
    return draft_ranker(prepared.examples, prepared.planting(), prepared.recipe.minimum)


def taught(on: Ground, labels: pl.DataFrame, recipe: Recipe) -> Ranker | None:
    """A ranker taught by these labels of the ground's audited rows; None where they are too few."""
    draft = grow(Prepared(recipe, on.detectors, examples_on(on, labels, recipe)))
    return None if draft is None else calibrated(draft)


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
