"""A handful of judged stays in plain sight, for tests of what is handed over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from cases.judged import Judged
from claims.results import STANDARDS
from features.catalogue import CATALOGUES
from features.declaration import VERSUS_PEERS
from features.standards import compare
from rules.catalogue import rules_of
from rules.judge import judge
from tests.worlds import cells, measured_table

if TYPE_CHECKING:
    from collections.abc import Callable

NIGHT = date(2025, 6, 2)
# Five stays: split, hanging bed, both, split but announced, and nothing at all.
MEASURED = """
    subject_id | hospital_id | person_id | case_group | level | scheme   | case_family | total_amount | fund_amount | length_of_stay | idle_days | longest_idle_run | idle_days_seen_elsewhere | days_since_same_condition | planned_readmission
    split      | H           | P         | ES35       | 2     | employee | ES3         | 30,000       | 15,000      | 3.2            | 0         | 0                | 0                        | 2                         | no
    hanging    | H           | Q         | ES35       | 2     | employee | ES3         | 10,000       | 8,000       | 10             | 5         | 4                | 1                        | -                         | no
    both       | H           | P         | ES35       | 2     | employee | ES3         | 12,000       | 6,000       | 8              | 4         | 3                | 1                        | 1                         | no
    announced  | K           | R         | ES35       | 2     | employee | ES3         | 9,000        | -           | 8              | 0         | 0                | 0                        | 1                         | yes
    usual      | K           | S         | ES35       | 2     | employee | ES3         | 9,000        | 9,000       | 8.5            | 0         | 0                | 0                        | -                         | no
"""
SCORES = """
    subject_id | score | anomaly
    split      | -     | 0.999
    hanging    | -     | 0.5
    both       | -     | 0.9
    announced  | -     | 0.99
    usual      | -     | 0.3
"""
PEERS = """
    feature        | cell          | n    | location | spread | p5  | p25 | p75  | p95
    length_of_stay | ES35/2/*/*    | 1842 | 8.5      | 1.0    | 4.0 | 7.0 | 10.0 | 15.2
    total_cost     | ES35/2/*/*    | 1842 | 800000   | 100000 | 0   | 0   | 0    | 0
    idle_days      | */*/*/*       | 12   | 0.0      | 0.5    | 0.0 | 0.0 | 1.0  | 2.0
"""


def standards(text: str = PEERS) -> pl.DataFrame:
    """Frozen standards, version v1; a cell is written with slashes for its bars."""
    rows = [
        {
            "version": "v1",
            "run_date": date(2025, 1, 1),
            "entity": "stay",
            "feature": row["feature"],
            "cell": row["cell"].replace("/", "|"),
            "n": int(row["n"]),
            **{name: float(row[name]) for name in list(row)[3:]},
        }
        for row in cells(text)
    ]
    return pl.DataFrame(rows, schema=STANDARDS.dtypes())


def scores(text: str = SCORES) -> pl.DataFrame:
    """Scores: calibrated where there is a number, else prior."""
    told = {row["subject_id"]: row for row in cells(text)}
    sure = [None if row["score"] == "-" else float(row["score"]) for row in told.values()]
    return pl.DataFrame(
        {
            "subject_id": list(told),
            "score": sure,
            "score_kind": ["prior" if score is None else "calibrated" for score in sure],
            "margin": [0.0] * len(told),
            "anomaly": [float(row["anomaly"]) for row in told.values()],
        },
        schema_overrides={"score": pl.Float64()},
    )


def strongest(*features: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Contributions that are the same for every subject: these columns, strongest first."""

    def top(rows: pl.DataFrame) -> pl.DataFrame:
        told = [
            (subject, rank, name, 1.0 / rank)
            for subject in rows["subject_id"]
            for rank, name in enumerate(features, 1)
        ]
        return pl.DataFrame(
            told, schema=["subject_id", "rank", "feature", "contribution"], orient="row"
        )

    return top


def judged(
    measured: str = MEASURED, scored: str = SCORES, top: tuple[str, ...] = ("length_of_stay",)
) -> Judged:
    """The stays, compared with their peers, put before the rules and scored."""
    catalogue = CATALOGUES["stay"]
    base = measured_table("stay", measured).with_columns(standard_version=pl.lit("v1"))
    # Distances that rules read are measured here, not brought.
    base = base.drop(pl.selectors.ends_with(VERSUS_PEERS))
    compared = compare(base, catalogue.entity, standards(), catalogue.features)
    return Judged(
        catalogue=catalogue,
        measured=compared,
        scores=scores(scored),
        hits=judge(compared, rules_of("stay")),
        standards=standards(),
        top=strongest(*top),
        run_date=NIGHT,
        model_version="m1",
        benchmark_version="v1",
        data_version="d1",
    )
