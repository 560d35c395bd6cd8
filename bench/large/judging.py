"""Make one large city, learn from what was known by a day, and judge what came after it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from bench.apart import peak_gigabytes
from bench.large.asked import ENTITIES
from bench.report.results import MADE
from cases.amounts import WHOLE
from claims.history import History
from claims.settings import load_settings
from flows.evaluate import answer_key
from flows.judging import base_measures, compared_in_time
from flows.landing import land_history, open_lake
from flows.training import (
    assemble,
    frozen_standards,
    known_on,
    last_night,
    recipe_of,
    subjects_of_history,
)
from models.frames import SUBJECT
from models.groups import PERSON, group_keys
from models.preparing import prepare
from models.train import bundled, grow
from rules.judge import speaking
from synthetic import generate

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from bench.large.asked import Asked
    from claims.lake import Lake
    from claims.settings import Settings
    from models.bundle import Bundle

RECORDS, KEY, HITS = "records", "key", "hits"


@dataclass(frozen=True)
class Learned:
    """A model of one kind of subject, and the records whose audits it learned from."""

    bundle: Bundle
    audited: pl.DataFrame
    counts: dict[str, float]


def judge(asked: Asked, folder: Path, state: dict[str, str]) -> None:
    """Do it all and leave the frames and ``made`` in the folder, the last one last."""
    began = time.perf_counter()
    settings = load_settings(home=folder / "home", threads=1)
    generate(
        folder / "city",
        stays=asked.stays,
        months=asked.months,
        seed=asked.seed,
        audit_share=asked.audit_share,
        shift=asked.shift,
    )
    land_history(settings, folder / "city", source="city")
    lake = open_lake(settings)
    landed = time.perf_counter()
    models = learn(lake, settings, asked.cut)
    learned = time.perf_counter()
    found = judged(lake, models, asked.cut)
    records, hits = (pl.concat(part) for part in zip(*found, strict=True))
    key = answer_key(folder / "city" / "truth").join(
        records, on=["subject_type", SUBJECT], how="semi"
    )
    records.write_parquet(folder / f"{RECORDS}.parquet")
    key.write_parquet(folder / f"{KEY}.parquet")
    hits.write_parquet(folder / f"{HITS}.parquet")
    made: dict[str, Any] = {
        "asked": asked.told(),
        "state": state,
        "cut": asked.cut.isoformat(),
        "learned": {entity: one.counts for entity, one in models.items()},
        "minutes": {
            "made": (landed - began) / 60,
            "learned": (learned - landed) / 60,
            "judged": (time.perf_counter() - learned) / 60,
        },
        "peak_gb": peak_gigabytes(),
    }
    (folder / MADE).write_text(json.dumps(made, indent=1), encoding="utf-8")


def learn(lake: Lake, settings: Settings, cut: date) -> dict[str, Learned]:
    """A model of stays and one of uses on what was known, untuned."""
    known = known_on(lake, settings, cut)
    found = {}
    for entity in ENTITIES:
        training = assemble(lake, known, entity)
        if training is not None:
            ready = prepare(training.measured, training.labels, recipe_of(training, settings))
            audited = training.measured.join(training.audited, on=SUBJECT, how="semi")
            bundle = bundled(ready, grow(ready))
            found[entity] = Learned(bundle, audited.select(SUBJECT, PERSON), training.counts())
    return found


def judged(
    lake: Lake, models: dict[str, Learned], cut: date
) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """Records that became known after the day, each as of its night, with what orders queues.

    Beside the records of each kind stand the hits of rules on them. Standards and models are
    those of the day. Whose person, or whose other uses of the stay, an
    audit had seen by then is left out, so that nothing is recognised.
    """
    history = History.of(lake, last_night(lake))
    subjects = subjects_of_history(history)
    standards = frozen_standards(lake, cut)
    found = []
    for entity, one in models.items():
        base = base_measures(history, entity, subjects[entity].filter(pl.col("as_of") > cut))
        mine = standards.filter(pl.col("entity") == entity)
        measured = compared_in_time(history, entity, strangers(base, one.audited, entity), mine)
        placed = measured.frame.select(
            SUBJECT,
            "hospital_id",
            subject_type=pl.lit(entity),
            rule_hits=pl.sum_horizontal(measured.rule_columns).cast(pl.Int64),
            whole_amount=pl.col(WHOLE[entity]).fill_null(0).cast(pl.Int64),
        )
        scores = one.bundle.score(measured.frame).select(SUBJECT, "margin", "anomaly")
        hits = speaking(measured.hits).select(SUBJECT, "code", "grade")
        found.append(
            (placed.join(scores, on=SUBJECT), hits.with_columns(subject_type=pl.lit(entity)))
        )
    return found


def strangers(base: pl.DataFrame, audited: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Measured records that share no person and no stay with an audited one."""
    both = pl.concat([base.select(SUBJECT, PERSON), audited.select(SUBJECT, PERSON)])
    key = pl.Series("key", group_keys(both, entity))
    seen = key.tail(audited.height)
    return base.filter(~key.head(base.height).is_in(seen.implode()))
