"""What a model must pass before it may take office, each gate declared once.

A gate that cannot be asked, for want of audits or of a champion, fails nobody; it says so. Noise
fails nobody either: where a figure comes from few audits, its interval decides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.growth import MOST_DEPTH, MOST_LEAVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from models.cost import Cost
    from models.fairness import Parity
    from models.later import Figure

    Answer = tuple[bool | None, str]

# Who ranks this well has seen the answers. Fewer of an outcome than that may fall into order by
# luck, so that nobody is accused of it.
LEAK_FROM, FEWEST_OF_A_LEAK = 0.98, 30
FEW_HOUSES = "The later audits come from too few hospitals to tell how sure a figure is."
APART = "detectors tell records apart"
PASSED, FAILED, NOT_ASKED = "passed", "failed", "not asked"


@dataclass(frozen=True)
class Evidence:
    """What the gates are asked with; ``ranked`` says whether audits had taught an order."""

    cost: Cost
    commonest: Mapping[str, float]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    difference: Figure | None = None
    parities: Sequence[Parity] = ()
    ranked: bool = True


@dataclass(frozen=True)
class Gate:
    """One gate: its threshold, why it is there, and the question."""

    name: str
    limit: float
    reason: str
    ask: Callable[[Evidence, float], Answer]

    def verdict(self, evidence: Evidence) -> Verdict:
        """Ask it."""
        passed, says = self.ask(evidence, self.limit)
        state = {True: PASSED, False: FAILED, None: NOT_ASKED}[passed]
        return Verdict(self.name, state, self.limit, says, self.reason)


@dataclass(frozen=True)
class Verdict:
    """What a gate said of a model."""

    gate: str
    state: str
    limit: float
    says: str
    reason: str


def _not_worse(evidence: Evidence, limit: float) -> Answer:
    found = evidence.difference
    if found is None:
        return None, "Nobody is in office to be compared with."
    if not found.records:
        return None, "Too few audits came after all that the model in office learned from."
    return _not_behind(found, "the model in office", limit)


def _taught(evidence: Evidence, limit: float) -> Answer:
    found = evidence.figures.get("later_auprc_over_rules_and_detectors")
    if found is None:
        return None, "Too few later audits to be held against rules and detectors alone."
    return _not_behind(found, "rules and detectors alone", limit)


def _not_behind(found: Figure, other: str, limit: float) -> Answer:
    """Whether the interval of a lead in AUPRC over another order reaches the limit."""
    if math.isnan(found.high):
        return None, FEW_HOUSES
    told = (
        f"AUPRC on {found.records} later audits less that of {other}: "
        f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})."
    )
    return found.high >= limit, told


def _calibrated(evidence: Evidence, limit: float) -> Answer:
    found = evidence.figures.get("later_calibration_error")
    if found is None:
        return None, "No later audits have a probability to be held against."
    if math.isnan(found.low):
        return None, FEW_HOUSES
    passed = found.low <= limit
    told = (
        f"Probabilities miss the share confirmed, each audit weighted as it taught, by "
        f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f}) on {found.records} later audits: "
        f"{'not surely' if passed else 'surely'} above {limit:g}."
    )
    return passed, told


def _no_leak(evidence: Evidence, limit: float) -> Answer:
    """Fails where AUPRC and AUC both surely reach the limit.

    AUC is asked too because AUPRC is near one by itself where most audits were confirmed.
    """
    if not evidence.ranked:
        return None, "Nothing was learned from audits: rules and detectors never saw an answer."
    names = ("later_auprc", "later_auc", "later_rate")
    area, auc, rate = (evidence.figures.get(name) for name in names)
    if area is None or auc is None or rate is None:
        return None, "There are no later audits to be ranked."
    confirmed = round(rate.value * rate.records)
    fewest = min(confirmed, rate.records - confirmed)
    if fewest < FEWEST_OF_A_LEAK:
        return None, f"Only {fewest} later audits have one of the outcomes; order may be luck."
    if math.isnan(area.low):
        return None, FEW_HOUSES
    told = (
        f"On {area.records} later audits AUPRC is {area.value:.3f} ({area.low:.3f} to "
        f"{area.high:.3f}), AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})."
    )
    return not min(area.low, auc.low) >= limit, told


def _fair(evidence: Evidence, limit: float) -> Answer:
    if not evidence.parities:
        return None, "Too few refuted audits in any group."
    worst = max(evidence.parities, key=lambda one: one.low)
    told = (
        f"{worst.attribute} {worst.group}: false alarms {worst.ratio:.2f} times those of all "
        f"others ({worst.low:.2f} to {worst.high:.2f}, {worst.refuted} refuted audits)."
    )
    return not worst.low > limit, f"Of {len(evidence.parities)} groups the most doubtful is {told}"


def _shallow(evidence: Evidence, limit: float) -> Answer:
    depth = evidence.cost.depth
    return depth <= limit, f"The deepest tree has {depth} levels of splits."


def _small(evidence: Evidence, limit: float) -> Answer:
    leaves = evidence.cost.leaves
    return leaves <= limit, f"The largest tree has {leaves} leaves."


def _cheap(evidence: Evidence, limit: float) -> Answer:
    seconds = evidence.cost.seconds
    return seconds <= limit, f"1,000 records take {seconds:.1f} s of processor time to explain."


def _apart(evidence: Evidence, limit: float) -> Answer:
    name = max(evidence.commonest, key=lambda one: evidence.commonest[one])
    share = evidence.commonest[name]
    return share <= limit, f"The commonest score of {name} is that of {share:.0%} of the records."


GATES = (
    Gate(
        "not worse than the champion",
        0.0,
        "A new model must not rank the same later audits worse than the one in office by more "
        "than the interval of their difference.",
        _not_worse,
    ),
    Gate(
        "not worse than without audits",
        0.0,
        "A ranker takes the place of rules and detectors, which order the queue before it; it must "
        "not surely rank later audits worse than they do.",
        _taught,
    ),
    Gate(
        "calibration",
        0.1,
        "A case is worked on for its probability times its amount; a probability that surely "
        "misses by more than a tenth, chance taken off, sends the team to the wrong door.",
        _calibrated,
    ),
    Gate(
        "no leak",
        LEAK_FROM,
        "A model that surely ranks audits it has not seen this well knows something that only "
        "the outcome could have told.",
        _no_leak,
    ),
    Gate(
        "fairness",
        2.0,
        "No kind of hospital or person may bear false alarms at twice the rate of all others, "
        "as far as the interval can tell. Twice is a judgement.",
        _fair,
    ),
    Gate("depth", MOST_DEPTH, "The cost of explaining grows with the depth.", _shallow),
    Gate("leaves", MOST_LEAVES, "The cost of explaining grows with the leaves.", _small),
    Gate(
        "seconds to explain",
        30.0,
        "A night explains its alerts in under a tenth of five minutes; it never has more than "
        "1,000 of them.",
        _cheap,
    ),
    Gate(
        APART,
        0.5,
        "A detector that gives most records one score orders nothing.",
        _apart,
    ),
)


def asked(evidence: Evidence) -> list[Verdict]:
    """What every gate says."""
    return [gate.verdict(evidence) for gate in GATES]


def failed(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that were not passed."""
    return [one for one in verdicts if one.state == FAILED]


def order_left(fallen: Iterable[str]) -> str:
    """What can order a queue without the ranker of a model that failed these gates."""
    return "rules alone" if APART in fallen else "rules and detectors"
