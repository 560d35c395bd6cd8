"""What audits drawn at random say of what is missed, and what they cost.

Where every audit goes to what stands highest, nobody learns what the rest holds, and recall
looks perfect. A few audits drawn at random from the rest estimate it: each confirmed one stands
for as many records as its chance of being drawn says (D. G. Horvitz and D. J. Thompson, JASA 47,
1952). What is estimated to be missed is right on average, recall (a ratio) nearly so from many;
both are wide when few are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from evaluation.kinds import OURS
from models.capacity import places
from models.pooling import wilson
from models.resampling import interval

if TYPE_CHECKING:
    from evaluation.kinds import Kind
    from models.capacity import Size

SHARES = (0.0, 0.02, 0.05)
SIMULATED = 2_000


def exploration(kind: Kind, size: Size, simulated: int = SIMULATED) -> pl.DataFrame:
    """For each share of the audits drawn at random: recall as it is, and as it is estimated.

    Of ``size`` audits, a share is drawn from below the queue's head, without replacement.
    ``estimate`` is the median of simulated estimates and ``low``, ``high`` what 95% of them lie
    between; ``blind`` is the share of draws that met nothing and so claimed full recall.
    ``team_low``, ``team_high``: the interval that a team would state after a usual draw.
    Null where nothing is drawn.
    """
    rows = [_row(kind, size, share, simulated) for share in SHARES]
    return pl.DataFrame(rows, infer_schema_length=None)


def _row(kind: Kind, size: Size, share: float, simulated: int) -> dict[str, object]:
    one = kind.queues[OURS]
    audits = int(places(size, kind.rows.height))
    drawn = round(audits * share)
    head = one.taken(audits - drawn)
    planted, found = float(one.true.sum()), float(head @ one.true)
    rest, missed = round(kind.rows.height - head.sum()), round(planted - found)
    told: dict[str, object] = {
        "subject_type": kind.name,
        "audits": audits,
        "share": share,
        "drawn": drawn,
        "found": found,
        "missed": missed,
        "planted": planted,
        "recall": found / planted if planted else None,
    }
    return told | _estimated(found, missed, rest, drawn, simulated)


def _estimated(
    found: float, missed: int, rest: int, drawn: int, simulated: int
) -> dict[str, object]:
    names = ("estimate", "low", "high", "missed_mean", "blind", "team_low", "team_high")
    if not drawn or drawn > rest:
        return dict.fromkeys(names)
    met = np.random.default_rng(0).hypergeometric(missed, rest - missed, drawn, simulated)
    recall = estimated_recall(found, met, drawn / rest)
    low, high = interval(recall.tolist())
    worst, best = (found / max(found + rest * one, 1e-12) for one in wilson_high_low(met, drawn))
    values = (
        float(np.median(recall)), low, high, float(met.mean() * rest / drawn),
        float((met == 0).mean()), worst, best,
    )  # fmt: skip
    return dict(zip(names, values, strict=True))


def estimated_recall(found: float, met: np.ndarray, chance: float) -> np.ndarray:
    """Recall by Horvitz and Thompson: ``met`` confirmed of the rest, each drawn with ``chance``."""
    return np.asarray(found / np.maximum(found + met / chance, 1e-12), dtype=np.float64)


def wilson_high_low(met: np.ndarray, drawn: int) -> tuple[float, float]:
    """Wilson's bounds of the rest's rate, high first, from the usual (median) number met."""
    low, high = wilson(float(np.median(met)), float(drawn))
    return high, low


def weighted_recall(outcomes: pl.DataFrame) -> float:
    """Recall from audits drawn at random: confirmed and reached over confirmed, each by weight.

    ``outcomes`` has ``label``, ``reached`` (0 or 1) and ``chance`` of being drawn.
    """
    stands_for = outcomes["label"] / outcomes["chance"]
    whole = float(stands_for.sum())
    return float((stands_for * outcomes["reached"]).sum()) / whole if whole > 0 else float("nan")
