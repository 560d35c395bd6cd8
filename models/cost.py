"""What a model costs to explain, and whether its detectors still tell records apart."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.detectors import ANOMALY, DETECTORS
from models.explain import explain
from models.frames import sample

if TYPE_CHECKING:
    import polars as pl

    from models.bundle import Bundle

# Explained are so many, and the time is told for a thousand.
ROWS, TOLD_FOR = 200, 1_000
DRAW = 1


@dataclass(frozen=True)
class Cost:
    """Depth and leaves of the largest tree, and processor seconds to explain 1,000 rows."""

    depth: int
    leaves: int
    seconds: float


def explanation_cost(bundle: Bundle, measured: pl.DataFrame) -> Cost:
    """Explain some of these records as a night does, and look at the trees.

    What the first record costs is paid once; what the others cost is told for a thousand.
    """
    rows = sample(measured, ROWS, DRAW)
    first, all_of_them = _spent(bundle, rows.head(1)), _spent(bundle, rows)
    each = max(all_of_them - first, 0.0) / max(rows.height - 1, 1)
    trees = [] if bundle.ranker is None else bundle.ranker.booster.dump_model()["tree_info"]
    return Cost(
        depth=max((_depth(tree["tree_structure"]) for tree in trees), default=0),
        leaves=max((int(tree["num_leaves"]) for tree in trees), default=0),
        seconds=first + each * TOLD_FOR,
    )


def _spent(bundle: Bundle, rows: pl.DataFrame) -> float:
    began = time.process_time()
    explain(bundle, rows)
    return time.process_time() - began


def commonest(scores: pl.DataFrame) -> dict[str, float]:
    """Share of records that have a detector's most frequent percentile, by detector."""
    rows = max(scores.height, 1)
    return {
        name: float(scores[name].value_counts()["count"].max() or 0) / rows  # type: ignore[arg-type]
        for name in (*DETECTORS, ANOMALY)
    }


def _depth(node: dict[str, Any]) -> int:
    sides = [node[side] for side in ("left_child", "right_child") if side in node]
    return 1 + max(_depth(side) for side in sides) if sides else 0
