"""Ways to use audit labels: what a ranker learns from, and where its trees start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from features.catalogue import CATALOGUES
from models.bundle import prior_margin
from models.detectors import DETECTORS
from models.examples import Examples
from models.frames import matrix
from models.groups import hash_folds
from models.planting import plant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl
    from numpy.typing import NDArray

    from models.preparing import Prepared, Recipe

    Margins = NDArray[np.float64]

SEED = 20_250_301
# Halves of the labelled and unlabelled on which the correction estimates how often a planted
# record is audited at all (Elkan and Noto 2008).
HALVES, LEAST_SHARE = 2, 0.02


@dataclass(frozen=True)
class Side:
    """One fold: what learned is prepared, what is tried is placed among the detectors."""

    prepared: Prepared
    tried: pl.DataFrame

    @property
    def values(self) -> NDArray[np.float64]:
        """The tried rows as the trees read them."""
        return matrix(self.tried, self.prepared.recipe.columns)


def as_they_are(side: Side) -> Margins:
    """Audits alone, of weight one, from nothing."""
    audited = _audited(side.prepared.examples)
    plain = replace(audited, weights=np.ones(len(audited.weights)))
    return _grown(side, plain, begun=False)


def by_probability(side: Side) -> Margins:
    """Audits alone, with what is known of their selection, from nothing."""
    return _grown(side, _audited(side.prepared.examples), begun=False)


def corrected(side: Side) -> Margins:
    """Unaudited records count as positives as far as they look like confirmed ones."""
    examples = side.prepared.examples
    confirmed = examples.audited & (examples.labels == 1)
    told = _chosen(examples, confirmed | ~examples.audited)
    chance, share = _looks_confirmed(side, told)
    unaudited = ~told.audited
    odds = chance[unaudited] / np.maximum(1.0 - chance[unaudited], 1e-6)
    weight = np.clip((1.0 - share) / share * odds, 0.0, 1.0)
    return _grown(side, _with_both(examples, weight), begun=False)


def unaudited_as_negatives(side: Side) -> Margins:
    """Audits beside a background of unaudited records, from nothing."""
    return _grown(side, side.prepared.examples, begun=False)


def begun(side: Side) -> Margins:
    """Audits alone, from what rules and detectors say."""
    return _grown(side, _audited(side.prepared.examples), begun=True)


def both(side: Side) -> Margins:
    """What Jianbao does."""
    return _grown(side, side.prepared.examples, begun=True)


def both_held_to_directions(side: Side) -> Margins:
    """What Jianbao does, with trees that push each figure towards its declared side alone."""
    held = _directions(side.prepared.recipe)
    return _grown(side, side.prepared.examples, begun=True, directions=held)


def no_labels(side: Side) -> Margins:
    """The order of the first night."""
    return prior_margin(side.tried, side.prepared.recipe.rule_columns)


TREATMENTS: dict[str, Callable[[Side], Margins]] = {
    "as they are": as_they_are,
    "by probability": by_probability,
    "corrected": corrected,
    "unaudited as negatives": unaudited_as_negatives,
    "begun by rules and detectors": begun,
    "both": both,
    "both, held to directions": both_held_to_directions,
    "no labels": no_labels,
}


def _directions(recipe: Recipe) -> dict[str, int]:
    """The side on which each column speaks of a suspicion: 1 for high, -1 for low, 0 for both."""
    return CATALOGUES[recipe.entity].sides() | dict.fromkeys((*DETECTORS, *recipe.rule_columns), 1)


def _grown(
    side: Side, examples: Examples, *, begun: bool, directions: Mapping[str, int] | None = None
) -> Margins:
    plan = replace(side.prepared.planting(), begun=begun, directions=directions or {})
    return plant(examples, plan, np.arange(len(examples.labels))).margins(side.values)


def _audited(examples: Examples) -> Examples:
    return _chosen(examples, examples.audited)


def _chosen(examples: Examples, mask: NDArray[np.bool_]) -> Examples:
    return _rows_of(examples, np.flatnonzero(mask))


def _looks_confirmed(side: Side, told: Examples) -> tuple[NDArray[np.float64], float]:
    """Chance that each record is a confirmed one, out of fold, and its mean among these."""
    plan = replace(side.prepared.planting(), begun=False)
    chance = np.zeros(len(told.labels))
    half = hash_folds(told.keys, HALVES, SEED)
    for number in range(HALVES):
        grown = plant(told, plan, np.flatnonzero(half != number))
        mine = np.flatnonzero(half == number)
        chance[mine] = 1.0 / (1.0 + np.exp(-grown.margins(told.values[mine])))
    return chance, max(float(chance[told.labels == 1].mean()), LEAST_SHARE)


def _with_both(examples: Examples, weight: NDArray[np.float64]) -> Examples:
    """Each unaudited record twice: as a positive of its weight, and as a negative of the rest."""
    unaudited = np.flatnonzero(~examples.audited)
    rows = np.concatenate([np.arange(len(examples.labels)), unaudited])
    twice = _rows_of(examples, rows)
    weights, labels = twice.weights.copy(), twice.labels.copy()
    weights[unaudited] = 1.0 - weight
    weights[len(examples.labels) :] = weight
    labels[len(examples.labels) :] = 1
    return replace(twice, weights=weights, labels=labels)


def _rows_of(examples: Examples, rows: NDArray[np.int64]) -> Examples:
    return Examples(
        examples.values[rows],
        examples.labels[rows],
        examples.weights[rows],
        [examples.keys[row] for row in rows.tolist()],
        examples.days[rows],
        [examples.hospitals[row] for row in rows.tolist()],
        examples.audited[rows],
    )
