"""Small development cities, each made and measured once, for benches that compare models."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from claims.settings import load_settings
from flows.evaluate import answer_key
from flows.landing import land_history, open_lake
from flows.training import assemble, known_on, last_night
from models.training_set import TrainingSet
from synthetic import generate

# Looked at while developing; the cities that figures are reported on are others.
SEEDS = (31, 37, 41)
# A share of audits that gives about as many as a city of 20,000 stays has at 3%.
STAYS, MONTHS, AUDIT_SHARE = 8_000, 15, 0.08
ENTITIES = ("stay", "use")


@dataclass(frozen=True)
class City:
    """Training sets of one city by entity, and which subjects are planted."""

    seed: int
    sets: dict[str, TrainingSet]
    planted: frozenset[str]
    outcomes: pl.DataFrame


def arguments(doc: str | None) -> argparse.Namespace:
    """What a bench on small cities is asked: seeds, stays, work and out."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--stays", type=int, default=STAYS)
    parser.add_argument("--work", type=Path, default=Path("build/small"))
    parser.add_argument("--out", type=Path, help="Page to write; without it, it is printed.")
    return parser.parse_args()


def city(seed: int, work: Path, stays: int = STAYS) -> City:
    """The city of a seed: from the folder, or made and measured there (a minute or two)."""
    folder = work / f"small-{seed}-{stays}"
    if not all((folder / f"{entity}.json").exists() for entity in ENTITIES):
        _make(seed, folder, stays)
    sets = {entity: _load(folder, entity) for entity in ENTITIES}
    key = answer_key(folder / "city" / "truth").filter(~pl.col("innocent"))
    outcomes = open_lake(load_settings(home=folder / "home")).scan("audit_outcomes").collect()
    return City(seed, sets, frozenset(key["subject_id"]), outcomes)


def _make(seed: int, folder: Path, stays: int) -> None:
    settings = load_settings(home=folder / "home")
    if not (folder / "city").exists():
        generate(folder / "city", stays=stays, months=MONTHS, seed=seed, audit_share=AUDIT_SHARE)
    if not settings.lake.exists():
        land_history(settings, folder / "city", source="city")
    lake = open_lake(settings)
    known = known_on(lake, settings, last_night(lake))
    for entity in ENTITIES:
        training = assemble(lake, known, entity)
        if training is not None:
            _save(folder, training)


def _save(folder: Path, training: TrainingSet) -> None:
    training.measured.write_parquet(folder / f"{training.entity}-measured.parquet")
    training.labels.write_parquet(folder / f"{training.entity}-labels.parquet")
    rest = {
        "scenario": training.scenario,
        "features": training.features,
        "rule_columns": training.rule_columns,
        "as_of": training.as_of.isoformat(),
    }
    (folder / f"{training.entity}.json").write_text(json.dumps(rest), encoding="utf-8")


def _load(folder: Path, entity: str) -> TrainingSet:
    rest = json.loads((folder / f"{entity}.json").read_text(encoding="utf-8"))
    return TrainingSet(
        rest["scenario"],
        entity,
        pl.read_parquet(folder / f"{entity}-measured.parquet"),
        pl.read_parquet(folder / f"{entity}-labels.parquet"),
        tuple(rest["features"]),
        tuple(rest["rule_columns"]),
        date.fromisoformat(rest["as_of"]),
    )
