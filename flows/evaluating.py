"""What is known of a fresh model before anybody decides: later audits, cost, fairness, champion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from flows.subject_groups import groups_of
from models.cost import commonest, explanation_cost
from models.fairness import ALARMED, parities
from models.frames import SUBJECT, sample
from models.gates import Evidence, asked
from models.later import NOTHING, difference, figures, rehearse

if TYPE_CHECKING:
    from claims.settings import Settings
    from flows.training import Known
    from models.bundle import Bundle
    from models.fairness import Parity
    from models.gates import Verdict
    from models.later import Figure, Rehearsal
    from models.preparing import Prepared
    from models.ranker import Draft
    from models.training_set import Later, TrainingSet
    from models.tuning import Tuned

# Records from which the bar of an alarm and the spread of the detectors are read.
LOOKED_AT = 5_000
DRAW = 2


@dataclass(frozen=True)
class Rehearsed:
    """The later audits and the earlier side, made ready; how trees are to grow."""

    tuned: Tuned
    later: Later | None = None
    prepared: Prepared | None = None
    champion: Bundle | None = None


@dataclass(frozen=True)
class Grown:
    """Detectors and trees before the calibration; no trees where audits are too few."""

    prepared: Prepared
    draft: Draft | None


@dataclass(frozen=True)
class Evaluated:
    """A bundle with all that is known of it."""

    training: TrainingSet
    bundle: Bundle
    rehearsed: Rehearsed
    evidence: Evidence
    rehearsal: Rehearsal | None = None

    def verdicts(self) -> list[Verdict]:
        """What every gate says."""
        return asked(self.evidence)


def evaluated(
    settings: Settings,
    known: Known,
    training: TrainingSet,
    rehearsed: Rehearsed,
    bundle: Bundle,
) -> Evaluated:
    """All the evidence that the gates ask for."""
    rehearsal = _rehearsal(rehearsed)
    looked_at = sample(training.measured, LOOKED_AT, DRAW)
    told = [] if rehearsal is None else figures(rehearsal, settings.seed)
    evidence = Evidence(
        cost=explanation_cost(bundle, training.measured),
        commonest=commonest(bundle.detectors.score(looked_at)),
        figures={one.name: one for one in told},
        difference=_difference(settings, training, rehearsed, rehearsal),
        parities=_parities(settings, known, training, rehearsal),
        ranked=rehearsal is None or rehearsal.bundle.ranker is not None,
    )
    return Evaluated(training, bundle, rehearsed, evidence, rehearsal)


def _rehearsal(rehearsed: Rehearsed) -> Rehearsal | None:
    if rehearsed.later is None or rehearsed.prepared is None:
        return None
    return rehearse(rehearsed.later, rehearsed.prepared, rehearsed.tuned.growth)


def _difference(
    settings: Settings,
    training: TrainingSet,
    rehearsed: Rehearsed,
    rehearsal: Rehearsal | None,
) -> Figure | None:
    if rehearsed.champion is None:
        return None
    if rehearsal is None:
        return NOTHING
    return difference(rehearsal, rehearsed.champion, training, settings.seed)


def _parities(
    settings: Settings, known: Known, training: TrainingSet, rehearsal: Rehearsal | None
) -> list[Parity]:
    """False alarms among the later audits, by group."""
    if rehearsal is None:
        return []
    refuted = rehearsal.tried.filter(pl.col("label") == 0)
    usual = sample(rehearsal.later.earlier.measured, LOOKED_AT, DRAW)
    margins = rehearsal.bundle.score(usual)["margin"]
    bar = float(margins.quantile(1 - ALARMED) or 0.0)
    groups = groups_of(known.history, training.measured.join(refuted, on=SUBJECT, how="semi"))
    return parities(refuted, groups, bar, settings.seed)
