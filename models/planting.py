"""Trees boosted from the start, on arrays of examples.

Depth and leaves are bounded, because SHAP's cost grows with both; seed and thread count are
fixed, and one thread serves few rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from models.detectors import DETECTORS
from models.frames import RULE_PREFIX
from models.growth import USUAL, Growth
from models.start import Start, fit_start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.examples import Examples

FEWEST_IN_LEAF, MOST_IN_LEAF = 5, 50
# Below this, threads wait for each other longer than they work: on a busy machine with two
# cores 4,000 rows took ten times as long with two threads as with one, 200,000 half as long.
# The number of threads does not change the model.
THREADS_FROM = 100_000


NOTHING = Start((), (), (), 0.0, ())


def few_threads(rows: int) -> dict[str, Any]:
    """Settings for predicting few rows; empty where all cores are worth their while."""
    return {} if rows >= THREADS_FROM else {"num_threads": 1}


@dataclass(frozen=True)
class Planting:
    """What is grown: the columns, how, by which seed and threads.

    ``directions`` forces a column to push up (1) or down (-1) only. Without ``begun`` the trees
    grow from nothing instead of what rules and detectors say; a bench compares the two.
    """

    columns: tuple[str, ...]
    growth: Growth = USUAL
    seed: int = 0
    threads: int = 1
    directions: Mapping[str, int] = field(default_factory=dict)
    begun: bool = True


@dataclass(frozen=True)
class Grown:
    """A start and the trees boosted from it, on arrays of the examples' columns."""

    start: Start
    places: tuple[int, ...]
    booster: lgb.Booster

    def margins(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of these rows."""
        grown = self.booster.predict(values, raw_score=True, num_threads=1)
        begun = self.start.margin(values[:, self.places])
        return np.asarray(begun + np.asarray(grown), dtype=np.float64)


def plant(examples: Examples, plan: Planting, rows: NDArray[np.int64]) -> Grown:
    """Learn the start from these rows, and grow the trees from there."""
    start, places = _start(examples, plan.columns, rows) if plan.begun else (NOTHING, [])
    settings = _parameters(plan, examples, len(rows))
    # LightGBM forbids some characters in names; ours go by place and stay in ``columns``.
    data = lgb.Dataset(
        examples.values[rows],
        examples.labels[rows],
        weight=examples.weights[rows],
        init_score=start.margin(examples.values[rows][:, places]),
        feature_name=[f"c{place}" for place in range(examples.values.shape[1])],
        params=settings,
    )
    return Grown(start, tuple(places), lgb.train(settings, data, num_boost_round=plan.growth.trees))


def _parameters(plan: Planting, examples: Examples, rows: int) -> dict[str, Any]:
    growth = plan.growth
    return {
        "objective": "binary",
        "max_depth": growth.depth,
        "num_leaves": growth.leaves,
        "learning_rate": growth.learning_rate,
        "min_data_in_leaf": max(
            FEWEST_IN_LEAF, min(MOST_IN_LEAF, len(examples.labels) // growth.leaf_part)
        ),
        "lambda_l2": growth.l2,
        "feature_fraction": growth.columns,
        "bagging_fraction": growth.rows,
        "bagging_freq": 1,
        "monotone_constraints": [plan.directions.get(name, 0) for name in plan.columns],
        "seed": plan.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": plan.threads if rows >= THREADS_FROM else 1,
        "verbosity": -1,
    }


def _start(
    examples: Examples, columns: Sequence[str], rows: NDArray[np.int64]
) -> tuple[Start, list[int]]:
    rules = [name for name in columns if name.startswith(RULE_PREFIX)]
    detectors = [name for name in columns if name in DETECTORS]
    places = [list(columns).index(name) for name in (*rules, *detectors)]
    values = examples.values[rows][:, places]
    labels, weights = examples.labels[rows], examples.weights[rows]
    return fit_start(values, labels, weights, rules, detectors), places
