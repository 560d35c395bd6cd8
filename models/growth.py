"""How the ranker's trees are grown: the numbers that tuning may move, and their usual values."""

from __future__ import annotations

from dataclasses import asdict, dataclass

# The cost of explaining bounds them: 2,000 rows x 200 trees x 31 leaves at depth 6 take 1.6 s.
# The number of trees is small: from a hundred confirmed audits no held-out figure can tell 25
# from 100, and on a development city more of the planted stood in front with 50 than with none.
DEPTH, LEAVES, TREES = 5, 15, 50
LEARNING_RATE = 0.05
# No tuning goes beyond these, because SHAP's cost grows with both.
MOST_DEPTH, MOST_LEAVES = 6, 31


@dataclass(frozen=True)
class Growth:
    """Size, pace and restraint of the trees.

    ``leaf_part`` n keeps a leaf from holding less than one n-th of the rows; ``columns`` and
    ``rows`` are the shares that a tree sees; ``l2`` shrinks leaves.
    """

    trees: int = TREES
    depth: int = DEPTH
    leaves: int = LEAVES
    learning_rate: float = LEARNING_RATE
    # A fortieth of the labels keeps a leaf from being one hospital's anecdote.
    leaf_part: int = 40
    l2: float = 1.0
    columns: float = 0.5
    rows: float = 0.8

    def record(self) -> dict[str, float]:
        """The numbers by name."""
        return asdict(self)


USUAL = Growth()
