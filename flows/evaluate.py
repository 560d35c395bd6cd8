"""Hold what was scored against the answer key: the only place that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import NotFoundError
from claims.results import SCORES
from claims.schema import FEN_PER_YUAN
from models.capacity import RANDOM
from models.evaluation import Evaluation, Plan
from models.evaluation import evaluate as measure

if TYPE_CHECKING:
    from flows.published import Published

QUEUES = {
    "jianbao": "margin",
    "detectors only": "anomaly",
    "rules only": "rule_hits",
    "largest amount": "whole_amount",
    "random": RANDOM,
}
ENTITIES = ("stay", "use", "ledger")


@dataclass(frozen=True)
class Judgement:
    """One kind of subject against the key, and which innocents stood highest."""

    entity: str
    evaluation: Evaluation
    innocents: pl.DataFrame


def answer_key(folder: Path) -> pl.DataFrame:
    """The truth of a synthetic city: subject_id, scheme, difficulty, amount in fen, innocent."""
    files = sorted(folder.glob("truth*.parquet"))
    if not files:
        raise NotFoundError(
            f"{folder} holds no answer key.", "Name the folder `truth` of a generated city."
        )
    rows = pl.concat([pl.read_parquet(file) for file in files])
    return rows.with_columns((pl.col("amount") * FEN_PER_YUAN).cast(pl.Int64))


def evaluate(shown: Published, truth: Path, *, seed: int = 0) -> list[Judgement]:
    """Evaluate the newest score of every subject of a lake, by kind of subject."""
    key = answer_key(truth)
    scored = (
        shown.rows(SCORES.name)
        .sort("run_date")
        .group_by("subject_type", "subject_id", maintain_order=True)
        .last()
        .with_columns(rule_hits=pl.col("rule_codes").list.len())
        .collect()
    )
    found = (scored.filter(pl.col("subject_type") == entity) for entity in ENTITIES)
    return [_judgement(rows, key, seed) for rows in found if rows.height]


def _judgement(scored: pl.DataFrame, key: pl.DataFrame, seed: int) -> Judgement:
    entity = scored["subject_type"].item(0)
    mine = key.filter(pl.col("subject_type") == entity)
    planted = mine.filter(~pl.col("innocent"))
    plan = Plan(QUEUES, learned=("jianbao", "detectors only"), seed=seed)
    return Judgement(entity, measure(scored, planted, plan), _innocents(scored, mine))


def _innocents(scored: pl.DataFrame, key: pl.DataFrame) -> pl.DataFrame:
    """Look-alikes among the first 1% of the queue, by cause."""
    places = max(1, round(scored.height / 100))
    first = scored.sort("margin", "subject_id", descending=[True, False]).head(places)
    return (
        first.join(key.filter("innocent"), on="subject_id")
        .group_by(pl.col("scheme").alias("cause"))
        .agg(flagged=pl.len())
        .sort("flagged", "cause", descending=[True, False])
    )
