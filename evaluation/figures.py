"""Everything that the page of one installation tells, as plain data, and all it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from evaluation import calibration, innocents, lots, queues, rates, recall
from evaluation.kinds import OURS, picks
from evaluation.leaks import asked, leaks
from evaluation.storing import rounded
from models.gates import LEAK_FROM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from evaluation.kinds import Hospitals, Kind
    from evaluation.storing import Data

# Audits as shares of the records, at which random ones are simulated: what a team does in a
# night, and what a city with a year of them has.
BUDGETS = (0.01, 0.05)


@dataclass(frozen=True)
class About:
    """What was scored and by what, and what schemes and look-alikes are called.

    ``scored_by``: rows of subject_type, version, records, with_probability; ``nights``: the first
    and the last night of the scores, and how many there are.
    """

    name: str
    night: date
    last_model: Mapping[str, str] = field(default_factory=dict)
    schemes: Mapping[str, str] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)
    scored_by: Sequence[Data] = ()
    nights: Data = field(default_factory=dict)
    data_version: str = ""
    package: str = ""
    command: str = ""

    def told(self, *, truth: bool) -> Data:
        """As plain data."""
        return {
            "name": self.name, "night": self.night.isoformat(), "truth": truth,
            "last_model": dict(self.last_model), "scored_by": list(self.scored_by),
            "nights": dict(self.nights), "data_version": self.data_version,
            "package": self.package, "command": self.command,
        }  # fmt: skip


def figures(
    about: About,
    kinds: Sequence[Kind],
    hospitals: Hospitals,
    curves: Mapping[str, pl.DataFrame],
    tell: Callable[[str], None],
) -> Data:
    """All tables, each with the kind of its rows; every value is text, a number or null."""
    parts = [_of_kind(kind, hospitals, tell) for kind in kinds]
    names = list(parts[0]) if parts else []
    tables = {name: [row for part in parts for row in part[name]] for name in names}
    learned = [
        {"subject_type": kind, **row} for kind, rows in curves.items() for row in rows.to_dicts()
    ]
    return {
        "about": about.told(truth=True),
        "kinds": [_frame(kind) for kind in kinds],
        "leak_from": LEAK_FROM,
        "leaks": [str(one) for kind in kinds for one in leaks(kind)],
        "schemes": _named(about.schemes, {row["scheme"] for row in tables.get("recall", [])}),
        "causes": _named(about.causes, {row["cause"] for row in tables.get("by_cause", [])}),
        **{name: rounded(rows) for name, rows in tables.items()},
        "learning": rounded(learned),
    }


def _frame(kind: Kind) -> Data:
    """How many there are of a kind, and the capacity that stands for all."""
    guilty = kind.key.filter(~pl.col("innocent"))["subject_id"]
    return {
        "subject_type": kind.name,
        "records": kind.rows.height,
        "planted": int(kind.rows["true"].sum()),
        "never_scored": int(guilty.n_unique() - kind.rows["true"].sum()),
        "planted_amount": int(kind.rows["amount"].sum()),
        "hospitals": kind.rows["hospital_id"].n_unique(),
        "tested": float(kind.tested),
        "calibrated": kind.calibrated,
    }


def _of_kind(
    kind: Kind, hospitals: Hospitals, tell: Callable[[str], None]
) -> dict[str, list[Data]]:
    tell(f"drawing hospitals anew for every {kind.name}")
    drawn = queues.Drawn([kind], hospitals)
    capacity = queues.at_capacity(drawn, kind.sizes)
    tested = queues.at_capacity(drawn, [kind.tested])
    reached = picks(kind, (OURS,))
    at_tested = reached.filter(pl.col("size") == float(kind.tested))
    honest = calibration.honesty(kind)
    tables = {
        "capacity": capacity,
        "tested": tested,
        "areas": queues.areas(drawn),
        "recall": recall.in_full(reached, hospitals),
        "by_difficulty": recall.by_difficulty(at_tested, hospitals),
        "reliability": calibration.reliability(kind, hospitals),
        "rates": rates.rates([kind], hospitals, rates.TRAITS),
        "by_cause": innocents.by_cause(at_tested, hospitals),
        "alike": innocents.alike([kind]),
        "lots": pl.concat(
            [lots.exploration(kind, size) for size in BUDGETS], how="vertical_relaxed"
        ),
    }
    told = {name: frame.to_dicts() for name, frame in tables.items()}
    hard = [
        {"queue": one.queue, "planted": one.planted, "auprc": one.auprc, "not_asked": one.not_asked}
        for one in asked(kind)
    ]
    told |= {"auc": [queues.auc(drawn)]}
    told |= {"honesty": [honest] if honest else [], "hard": hard}
    return {
        name: [{"subject_type": kind.name, **row} for row in rows] for name, rows in told.items()
    }


def _named(titles: Mapping[str, str], wanted: set[str]) -> dict[str, str]:
    return {code: titles.get(code, code) for code in sorted(wanted)}
