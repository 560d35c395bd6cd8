"""How far the main figure moves when only the seed does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.later import MAIN, figures, ready, rehearse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.growth import Growth
    from models.preparing import Recipe
    from models.training_set import Later


@dataclass(frozen=True)
class Spread:
    """AUPRC on later audits by seed."""

    values: tuple[float, ...]

    def record(self) -> dict[str, float]:
        """Number of seeds, mean, deviation, least and most."""
        told = np.array(self.values)
        return {
            "seeds": float(len(told)),
            "mean": float(told.mean()),
            "deviation": float(told.std(ddof=1)) if len(told) > 1 else 0.0,
            "least": float(told.min()),
            "most": float(told.max()),
        }


def spread(
    later: Later, recipe: Recipe, growth: Growth, seeds: Sequence[int], *, ranked: bool
) -> Spread:
    """Train and try the earlier side once a seed; the later audits are the same for all."""
    return Spread(
        tuple(_main(later, replace(recipe, seed=seed), growth, ranked=ranked) for seed in seeds)
    )


def _main(later: Later, recipe: Recipe, growth: Growth, *, ranked: bool) -> float:
    rehearsal = rehearse(later, ready(later, recipe, ranked=ranked), growth)
    told = {one.name: one.value for one in figures(rehearsal, recipe.seed)}
    return told[MAIN]
