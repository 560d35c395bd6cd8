"""Everything that the page tells, counted once over all cities, as plain data.

The page is written from this alone, and it is kept beside the page.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from bench.report import above, chance, reports_of_rules
from bench.report.asked import DEVELOPMENT, FEWEST, LEVEL
from bench.report.picks import hospitals_of, kind_of, ranked_kinds
from evaluation import innocents, queues, recall
from evaluation.kinds import picks
from evaluation.recall import EASIER
from evaluation.storing import rounded
from models.pooling import wilson
from synthetic.declared import lookalikes, schemes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.report.asked import Asked
    from bench.report.results import Result
    from evaluation.kinds import Hospitals, Kind
    from evaluation.storing import Data

# What the page tells of each queue; how sure recall and recovery are stands in an evaluation.
OF_QUEUES = (
    "subject_type", "queue", "size", "cases", "precision", "low", "high", "method", "ahead",
    "ahead_low", "ahead_high", "recall", "recovered",
)  # fmt: skip


def pooled(asked: Asked, results: Sequence[Result], tell: Callable[[str], None]) -> Data:
    """All tables over these cities; every value is text, a number, a flag or null."""
    names = ranked_kinds(results)
    kinds = [kind_of(result, name) for name in names for result in results]
    hospitals = hospitals_of(results)
    tell("counting who was reached")
    reached = pl.concat([picks(kind) for kind in kinds])
    tables = _recall(reached, hospitals, kinds) | _innocents(reached, hospitals, kinds)
    tables |= _yields(names, kinds, hospitals, tell)
    tell("holding rules against the key")
    tables["rules"] = reports_of_rules.rules(reports_of_rules.Told.of(results))
    tables["above"] = above.above(results, kinds, reached)
    tables["alerts"] = _alerts(results)
    told = {name: rounded(frame.to_dicts()) for name, frame in tables.items()}
    return {**_frame(asked, results, names), **told}


def _frame(asked: Asked, results: Sequence[Result], names: Sequence[str]) -> Data:
    """What the figures rest on: cities, code, catalogue."""
    return {
        "asked": {
            "seeds": list(asked.seeds), "stays": asked.stays, "months": asked.months,
            "audit_share": asked.audit_share,
        },
        "development": [seed for seed in asked.seeds if seed in DEVELOPMENT],
        "easier": list(EASIER), "fewest": FEWEST, "level": LEVEL, "kinds": list(names),
        "made": [rounded([_made(one)])[0] for one in results],
        "catalogue": [
            {"code": one.code, "title": one.title_en, "subject_type": one.subject}
            for one in schemes()
        ],
        "causes": [
            {"cause": one.name, "title": one.title_en, "resembles": list(one.resembles)}
            for one in lookalikes()
        ],
        "planted": _planted(results),
    }  # fmt: skip


def _made(result: Result) -> Data:
    scored = Counter(result.records["subject_type"].to_list())
    return {
        "seed": result.seed,
        "records": dict(sorted(scored.items())),
        "minutes": {name: used / 60 for name, used in result.made["seconds"].items()},
        "peak_gb": result.made["peak_gb"],
        "cores": result.made["cores"],
        "state": result.made["state"],
    }


def _planted(results: Sequence[Result]) -> list[Data]:
    """How many subjects of each scheme and difficulty were planted in all."""
    key = pl.concat([one.key for one in results]).filter(~pl.col("innocent"))
    by = ("subject_type", "scheme", "difficulty")
    return key.group_by(by).len("planted").sort(by).to_dicts()


def _recall(
    reached: pl.DataFrame, hospitals: Hospitals, kinds: Sequence[Kind]
) -> dict[str, pl.DataFrame]:
    tested = _at_tested(reached, kinds)
    return {
        "in_full": recall.in_full(reached, hospitals),
        "by_scheme": recall.by_scheme(tested, hospitals),
        "by_difficulty": recall.by_difficulty(tested, hospitals),
        "campaigns": recall.campaigns(tested),
        "tests": chance.tests(kinds),
    }


def _at_tested(reached: pl.DataFrame, kinds: Sequence[Kind]) -> pl.DataFrame:
    """The rows at the one capacity at which each kind is tested."""
    at = pl.DataFrame({kind.name: kind.tested for kind in kinds}).unpivot(
        variable_name="subject_type", value_name="size"
    )
    return reached.join(at, on=["subject_type", "size"], how="semi")


def _innocents(
    reached: pl.DataFrame, hospitals: Hospitals, kinds: Sequence[Kind]
) -> dict[str, pl.DataFrame]:
    return {
        "by_cause": innocents.by_cause(_at_tested(reached, kinds), hospitals),
        "alike": innocents.alike(kinds),
        "by_level": innocents.by_level(kinds, hospitals),
    }


def _yields(
    names: Sequence[str],
    kinds: Sequence[Kind],
    hospitals: Hospitals,
    tell: Callable[[str], None],
) -> dict[str, pl.DataFrame]:
    capacity, areas = [], []
    for name in names:
        tell(f"drawing hospitals anew for every {name}")
        mine = [kind for kind in kinds if kind.name == name]
        drawn = queues.Drawn(mine, hospitals)
        capacity.append(queues.at_capacity(drawn, mine[0].sizes).select(OF_QUEUES))
        areas.append(queues.areas(drawn))
    return {"queues": pl.concat(capacity), "areas": pl.concat(areas)}


def _alerts(results: Sequence[Result]) -> pl.DataFrame:
    """What was handed over, by kind and grade, and how much of it is planted; lots apart."""
    parts = []
    for one in results:
        guilty = one.key.filter(~pl.col("innocent")).select("subject_type", "subject_id").unique()
        real = guilty.with_columns(real=pl.lit(1))
        chosen = one.alerts.filter(pl.col("selected_by") != "random")
        parts.append(chosen.join(real, on=["subject_type", "subject_id"], how="left"))
    by = ("subject_type", "grade")
    counted = pl.concat(parts).group_by(by).agg(alerts=pl.len(), real=pl.col("real").sum())
    bounds = [wilson(real, alerts) for alerts, real in counted.select("alerts", "real").rows()]
    return counted.with_columns(
        low=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
        high=pl.Series([high for _, high in bounds], dtype=pl.Float64),
    ).sort(by)
