"""What a ranker learns from, made ready: detectors, percentiles, audits beside a background.

Who may see whom. The ranker reads detector percentiles, so the detectors must not have seen
the labelled records: a record lies closer to a detector that learned from it, and leaving
out only the confirmed ones would write the label into the percentile. With enough records
that nobody audited, the detectors learn from three quarters of those alone, and the last
quarter is the ranker's background. Where nearly everything is audited, they learn from all
records blindly, the ranker's training rows get their percentiles from detectors of other
folds, and there is no background.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from features.catalogue import CATALOGUES
from models.detectors import DETECTORS, DetectorSet, fit_detectors
from models.examples import examples_of
from models.frames import SUBJECT, in_key_order, sample
from models.groups import group_keys, hash_folds
from models.growth import USUAL
from models.planting import Planting
from models.ranker import MINIMUM

if TYPE_CHECKING:
    from datetime import date

    from models.examples import Examples
    from models.growth import Growth

# Unaudited records that suffice to fit detectors on; a judgement, the point where more
# rows move a percentile in the middle by less than about two points.
ENOUGH_UNAUDITED = 1000
PERCENTILE_FOLDS = 3
# Of the unaudited, one in four is background, up to so many: enough to show what is usual, and few
# enough to train on in seconds. Judgements.
BACKGROUND_PART, BACKGROUND_ROWS = 4, 5_000


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
class Prepared:
    """Detectors, and what a ranker learns from: audited records beside a background."""

    recipe: Recipe
    detectors: DetectorSet
    examples: Examples

    def planting(self) -> Planting:
        """How its trees are grown."""
        one = self.recipe
        return Planting(one.columns, one.growth, one.seed, one.threads)


@dataclass(frozen=True)
class Ground:
    """What a ranker is taught on: audited rows and background with percentiles, and detectors."""

    audited: pl.DataFrame
    background: pl.DataFrame
    detectors: DetectorSet


def ground(measured: pl.DataFrame, labels: pl.DataFrame, recipe: Recipe) -> Ground:
    """Fit detectors, and place the audited rows and a background by detectors blind to them."""
    audited = in_key_order(measured.join(labels, on=SUBJECT, how="semi"))
    unaudited = measured.join(audited, on=SUBJECT, how="anti")
    background = _background(unaudited, audited, recipe.seed)
    detectors, places = _detectors(measured, unaudited, audited, background, recipe)
    return Ground(
        _placed(audited, places), _placed(background, detectors.score(background)), detectors
    )


def prepare(measured: pl.DataFrame, labels: pl.DataFrame, recipe: Recipe) -> Prepared:
    """Fit the detectors and gather the examples."""
    on = ground(measured, labels, recipe)
    return Prepared(recipe, on.detectors, examples_on(on, labels, recipe))


def examples_on(on: Ground, labels: pl.DataFrame, recipe: Recipe) -> Examples:
    """The examples that these labels of the ground's audited rows make."""
    return examples_of(on.audited, labels, recipe.columns, recipe.entity, on.background)


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
        detectors = _fit(seen, recipe)
        return detectors, detectors.score(audited)
    detectors = _fit(measured, recipe)
    return detectors, _places_of_others(measured, audited, recipe)


def _fit(rows: pl.DataFrame, recipe: Recipe) -> DetectorSet:
    """Detectors that know of each figure its suspicious side and its family."""
    known = CATALOGUES[recipe.entity]
    return fit_detectors(
        rows, recipe.features, seed=recipe.seed, sides=known.sides(), families=known.families()
    )


def _places_of_others(
    measured: pl.DataFrame, audited: pl.DataFrame, recipe: Recipe
) -> pl.DataFrame:
    ordered = in_key_order(measured)
    fold = hash_folds(group_keys(ordered, recipe.entity), PERCENTILE_FOLDS, recipe.seed)
    wanted = ordered[SUBJECT].is_in(audited[SUBJECT].implode()).to_numpy()
    parts = []
    for number in range(PERCENTILE_FOLDS):
        inside = fold == number
        others = _fit(ordered[np.flatnonzero(~inside)], recipe)
        parts.append(others.score(ordered[np.flatnonzero(inside & wanted)]))
    return in_key_order(pl.concat(parts))
