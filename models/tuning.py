"""Which trees suit these audits: a bounded, repeatable search that must prove itself.

Optuna's TPE sampler with a fixed seed tries a fixed number of growths on one thread. Each is
trained on earlier blocks of audits and tried on the next one, without the persons and groups
of that block. The newest block takes no part in the search: what won is taken only if it also
ranks that block better than the usual growth does. Among a few hundred audits chance alone
makes some growth look better, and no clock bounds the search, because it would end elsewhere
on a slower machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from models.examples import fewest_of_a_class, folds_of
from models.groups import Fold
from models.growth import MOST_DEPTH, MOST_LEAVES, USUAL, Growth
from models.held_out import of_audited, tried_by
from models.planting import plant
from models.quality import average_precision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optuna import Trial

    from models.examples import Examples
    from models.planting import Planting

# Below so many audits of the rarer outcome the search would fit their accidents. A judgement.
FEWEST_TO_TUNE = 100
# A fold learns from at most so many rows while searching; 20 growths then take seconds.
MOST_ROWS = 20_000
# One fold to search on and one to prove it on.
FEWEST_FOLDS = 2
# Where the search looks. Depth and leaves end where explaining becomes dear.
SEARCHED: dict[str, tuple[float, float]] = {
    "trees": (25, 150),
    "depth": (3, MOST_DEPTH),
    "leaves": (7, MOST_LEAVES),
    "learning_rate": (0.02, 0.1),
    "leaf_part": (15, 80),
    "l2": (0.1, 10.0),
    "columns": (0.3, 0.9),
    "rows": (0.6, 1.0),
}
# Halving such a number is as large a step as doubling it.
BY_RATIO = ("learning_rate", "l2")


@dataclass(frozen=True)
class Tuned:
    """The growth to train with, and how it was found.

    ``searched`` is the mean AUPRC over the searched blocks of what won, ``usual`` that of the
    usual growth; ``proof`` and ``usual_proof`` are theirs on the newest block.
    """

    growth: Growth
    trials: int
    note: str
    searched: float = float("nan")
    usual: float = float("nan")
    proof: float = float("nan")
    usual_proof: float = float("nan")

    def record(self) -> dict[str, float]:
        """The figures by name."""
        figures = {
            "tuned_trials": float(self.trials),
            "tuned_auprc": self.searched,
            "usual_auprc": self.usual,
            "tuned_proof_auprc": self.proof,
            "usual_proof_auprc": self.usual_proof,
        }
        return {name: value for name, value in figures.items() if not np.isnan(value)}


def tune(examples: Examples, plan: Planting, trials: int) -> Tuned:
    """Search ``trials`` growths, the usual one among them; the usual one where none proves better.

    ``plan.growth`` is not read. The same examples, seed and trials give the same growth.
    """
    if trials < 1:
        return Tuned(USUAL, 0, "Not tuned: switched off.")
    if fewest_of_a_class(examples) < FEWEST_TO_TUNE:
        return Tuned(USUAL, 0, f"Not tuned: fewer than {FEWEST_TO_TUNE} audits of one outcome.")
    folds, in_time = folds_of(examples, plan.seed)
    if not in_time or len(folds) < FEWEST_FOLDS:
        return Tuned(USUAL, 0, "Not tuned: the audits cannot be parted twice forward in time.")
    *before, newest = folds
    return _proved(examples, plan, before, newest, trials)


def _proved(
    examples: Examples, plan: Planting, before: Sequence[Fold], newest: Fold, trials: int
) -> Tuned:
    found, searched, usual = _search(examples, plan, before, trials)
    if found == USUAL:
        return Tuned(USUAL, trials, "The usual growth was the best of the search.", usual, usual)
    proof, usual_proof = (_precision(examples, plan, [newest], one) for one in (found, USUAL))
    better = proof > usual_proof
    note = (
        "The growth that won the search also ranks the newest audits better."
        if better
        else "What won the search does not rank the newest audits better; the usual growth stays."
    )
    kept = found if better else USUAL
    return Tuned(kept, trials, note, searched, usual, proof, usual_proof)


def _search(
    examples: Examples, plan: Planting, folds: Sequence[Fold], trials: int
) -> tuple[Growth, float, float]:
    """The best growth, its mean AUPRC over the folds, and that of the usual one."""
    import optuna  # noqa: PLC0415 - a second that only a training needs to spend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=plan.seed)
    )
    study.enqueue_trial({name: USUAL.record()[name] for name in SEARCHED})
    bounded = [_bounded(fold, plan.seed) for fold in folds]
    study.optimize(
        lambda trial: _precision(examples, plan, bounded, _suggested(trial)), n_trials=trials
    )
    usual = float(study.trials[0].value or 0.0)
    return replace(USUAL, **study.best_params), float(study.best_value), usual


def _suggested(trial: Trial) -> Growth:
    found: dict[str, Any] = {
        name: trial.suggest_int(name, int(low), int(high))
        if isinstance(low, int)
        else trial.suggest_float(name, low, high, log=name in BY_RATIO)
        for name, (low, high) in SEARCHED.items()
    }
    return replace(USUAL, **found)


def _precision(examples: Examples, plan: Planting, folds: Sequence[Fold], growth: Growth) -> float:
    """Mean AUPRC over the audited records of each fold's tried side."""
    grown = replace(plan, growth=growth, threads=1)
    learned = [plant(examples, grown, fold.learn) for fold in folds]
    tried = of_audited(examples, tried_by(examples, folds, learned))
    parts = [tried.folds == number for number in range(len(folds))]
    return float(
        np.mean([average_precision(tried.margins[part], tried.labels[part]) for part in parts])
    )


def _bounded(fold: Fold, seed: int) -> Fold:
    if len(fold.learn) <= MOST_ROWS:
        return fold
    drawn = np.random.default_rng(seed).choice(fold.learn, MOST_ROWS, replace=False)
    return Fold(np.sort(drawn), fold.tried)
