"""Scores beside audits that they had not learned from, where nobody holds an answer key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from evaluation.figures import About
from evaluation.kinds import TYPE, Hospitals
from evaluation.later import SCHEMA, figures_of_audits
from features.catalogue import CATALOGUES
from flows.evaluate import ENTITIES, scores_of, tested_size, title_of
from flows.measured_again import Again
from flows.offices import bundles_of
from flows.whom import whom
from models.capacity import places
from models.frames import SUBJECT
from models.labels import found_out
from models.labels import labels as labels_of

if TYPE_CHECKING:
    from datetime import date

    from claims.settings import Settings
    from evaluation.storing import Data
    from flows.published import Published
    from models.bundle import Bundle
    from models.capacity import Size

SCORED = ("hospital_id", "score", "margin")


def evaluate_on_audits(shown: Published, settings: Settings, command: str = "") -> Data:
    """All figures about audits that the scores had not learned from.

    Of nights these are the audits known after the training day of the models that scored; of a
    screen all of them, because there no record's own audit teaches its score. ``command`` is what
    was typed, for the page.
    """
    again = Again.of(shown, settings)
    bundles = {} if shown.screened else bundles_of(settings.home, shown.manifest["model_version"])
    scores = scores_of(shown)
    parts: list[pl.DataFrame] = []
    tested: dict[str, float] = {}
    for entity in ENTITIES:
        mine = scores.filter((pl.col(TYPE) == entity) & pl.col("margin").is_not_null())
        if mine.is_empty() or not (shown.screened or entity in bundles):
            continue
        size = tested_size(entity, mine.height)
        tested[entity] = float(size)
        since = None if shown.screened else bundles[entity].trained_as_of
        audits = _audits(again, entity, since)
        parts.append(_beside(again, audits, mine, size, bundles.get(entity)))
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=SCHEMA)
    hospitals = Hospitals.of([(0, (scores, rows))])
    about = About(title_of(shown), shown.night, **whom(shown, scores, ENTITIES, command))
    return figures_of_audits(about, rows, hospitals, tested, _since(bundles))


def _since(bundles: dict[str, Bundle]) -> str:
    if not bundles:
        return "that did not teach the score of their own record"
    days = sorted({bundle.trained_as_of for bundle in bundles.values()})
    return "known after the models learned, " + " and ".join(day.isoformat() for day in days)


def _audits(again: Again, entity: str, since: date | None) -> pl.DataFrame:
    """Decided subjects of which nothing was known by ``since``, with chance and amount."""
    outcomes = again.history.tables["audit_outcomes"].collect()
    known = {"subject_type": entity, "scenario": CATALOGUES[entity].entity.scenario}
    found = labels_of(outcomes, as_of=again.shown.night, **known)
    if since is not None:
        found = found.join(labels_of(outcomes, as_of=since, **known), on=SUBJECT, how="anti")
    return with_recovered(found, outcomes.filter(pl.col(TYPE) == entity))


def with_recovered(found: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Labels with what was recovered of their subject at last."""
    told = (
        outcomes.filter(found_out())
        .group_by(SUBJECT)
        .agg(recovered=pl.col("amount_recovered").sort_by("decided_on", "outcome_id").last())
    )
    return found.join(told, on=SUBJECT).select(
        SUBJECT, "label", "selected_by", "chance", "recovered"
    )


def _beside(
    again: Again, audits: pl.DataFrame, scored: pl.DataFrame, size: Size, bundle: Bundle | None
) -> pl.DataFrame:
    """The audits with their scores, and whether they stand at the head of what was scored.

    Who was audited may have been scored on no night, and is scored now, as of its own night.
    """
    entity = scored[TYPE].item(0)
    held = scored.join(audits, on=SUBJECT, how="semi").select(SUBJECT, *SCORED)
    if bundle is not None:
        missing = audits.join(held, on=SUBJECT, how="anti")
        held = pl.concat([held, _scored_now(again, entity, missing, bundle)])
    least = scored["margin"].sort(descending=True)[int(places(size, scored.height)) - 1]
    return (
        audits.join(held, on=SUBJECT)
        .with_columns(
            reached=(pl.col("margin") >= least).cast(pl.Int64), subject_type=pl.lit(entity)
        )
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
        .sort(SUBJECT)
    )


def _scored_now(again: Again, entity: str, audits: pl.DataFrame, bundle: Bundle) -> pl.DataFrame:
    subjects = again.subjects(entity).join(audits, on=SUBJECT, how="semi")
    empty = pl.DataFrame(
        schema={SUBJECT: pl.String(), "hospital_id": pl.String(), "score": pl.Float64(),
                "margin": pl.Float64()}
    )  # fmt: skip
    if subjects.is_empty():
        return empty
    measured = again.measured(entity, subjects).frame
    scores = bundle.score(measured).select(SUBJECT, "score", "margin")
    return measured.select(SUBJECT, "hospital_id").join(scores, on=SUBJECT).select(empty.columns)
