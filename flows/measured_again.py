"""Subjects of a published night or screen, measured again as they were when they were judged.

An evaluation needs this three times: to try rankers that learned from fewer audits, to score by
the model that was in office before, and to score what audits later decided about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from claims.history import History
from evaluation.learning import Trial
from features.catalogue import CATALOGUES
from features.measure import measure
from flows.judging import Measured, base_measures, compared_in_time, with_standards
from flows.screen import courses_out_of_fold, standards_out_of_fold
from flows.ties import tied, with_ties
from flows.training import frozen_standards, subjects_of_history
from models.frames import SUBJECT, hashes, sample
from models.groups import group_keys, hash_folds
from models.labels import answered
from models.labels import labels as labels_of
from models.preparing import Recipe

if TYPE_CHECKING:
    from claims.settings import Settings
    from flows.published import Published
    from models.bundle import Bundle

# One group in three is tried, the others teach.
TRIED_PART = 3
# Unaudited records to learn from, and innocent ones to try: enough for the figures, few enough to
# measure in a minute or two. Judgements.
LEARNED_ROWS, TRIED_ROWS = 4_000, 4_000
# Of either class, for a point of the curve. No ranker would take office on so few, but without
# them the curve would have no beginning.
LEAST_AUDITS = 20


@dataclass(frozen=True)
class Again:
    """What was known when it was published, and the settings it is measured with."""

    shown: Published
    settings: Settings
    history: History

    @classmethod
    def of(cls, shown: Published, settings: Settings) -> Again:
        """Pin the lake to what was published."""
        return cls(shown, settings, History.of(shown.lake, shown.night, shown.versions))

    @cached_property
    def ties(self) -> pl.DataFrame:
        """The computed group of each person."""
        return tied(self.history, self.shown.night)

    def subjects(self, entity: str) -> pl.DataFrame:
        """Every subject of a kind, each as of the night it was judged."""
        found = subjects_of_history(self.history)[entity]
        if not self.shown.screened:
            return found
        return found.with_columns(as_of=pl.lit(self.shown.night))

    def measured(self, entity: str, subjects: pl.DataFrame) -> Measured:
        """Measure these subjects; of a screen, with standards that did not see them."""
        if self.shown.screened:
            return self._out_of_fold(entity, subjects)
        base = base_measures(self.history, entity, subjects)
        return self.compared(entity, with_ties(base, self.ties))

    def compared(self, entity: str, base: pl.DataFrame) -> Measured:
        """Compare what a night measured with standards frozen before each row's own night."""
        version = self.shown.versions.get("standards")
        standards = frozen_standards(self.shown.lake, self.shown.night, version)
        mine = standards.filter(pl.col("entity") == entity)
        return compared_in_time(self.history, entity, base, mine, only_comparable=True)

    def _out_of_fold(self, entity: str, subjects: pl.DataFrame) -> Measured:
        history, night = self.history, self.shown.night
        if entity == "stay":
            history = courses_out_of_fold(self.settings, history, subjects, night, self.ties)
        base = with_ties(base_measures(history, entity, subjects), self.ties)
        folded, standards = standards_out_of_fold(self.settings, history, entity, base, night)
        return with_standards(history, entity, folded, standards)

    def labels(self, entity: str) -> pl.DataFrame:
        """What audits known by then teach about a kind."""
        outcomes = self.history.tables["audit_outcomes"].collect()
        scenario = CATALOGUES[entity].entity.scenario
        return labels_of(outcomes, as_of=self.shown.night, subject_type=entity, scenario=scenario)


def trial_of(again: Again, entity: str, planted: pl.DataFrame) -> Trial | None:
    """What a learning curve learns from and is tried on; None where nothing was audited.

    ``planted``: subject_id and amount of all that is planted, innocents left out. Innocent
    records that are tried are a sample by hash, each standing for as many as it was drawn from.
    """
    labels = again.labels(entity)
    if labels.is_empty():
        return None
    subjects = again.subjects(entity)
    held = _held_out(again, entity, subjects)
    learn = subjects.join(held, on=SUBJECT, how="anti")
    audited = learn.join(labels, on=SUBJECT, how="semi")
    unaudited = sample(
        learn.join(audited, on=SUBJECT, how="anti"), LEARNED_ROWS, again.settings.seed
    )
    tried = _tried(subjects.join(held, on=SUBJECT, how="semi"), planted)
    chosen = pl.concat([audited, unaudited, tried.select(audited.columns)])
    measured = again.measured(entity, chosen)
    told = tried.drop("as_of")
    recipe = Recipe(
        CATALOGUES[entity].entity.scenario, entity, measured.columns, measured.rule_columns,
        again.settings.seed, again.settings.threads, again.shown.night, LEAST_AUDITS,
    )  # fmt: skip
    return Trial(
        learn=measured.frame.join(told, on=SUBJECT, how="anti"),
        tried=measured.frame.join(told, on=SUBJECT).sort(SUBJECT),
        labels=answered(
            labels.join(audited, on=SUBJECT, how="semi"), measured.frame, measured.rule_columns
        ),
        recipe=recipe,
    )


def _held_out(again: Again, entity: str, subjects: pl.DataFrame) -> pl.DataFrame:
    """The subjects of one group in three: nobody of it teaches."""
    context = with_ties(measure(again.history, CATALOGUES[entity], subjects, []), again.ties)
    fold = hash_folds(group_keys(context, entity), TRIED_PART, again.settings.seed)
    return context.filter(pl.Series(fold == 0)).select(SUBJECT)


def _tried(held: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """All that is planted of them, and every so-manieth other."""
    told = held.join(planted, on=SUBJECT, how="left").with_columns(
        true=pl.col("amount").is_not_null().cast(pl.Int64), amount=pl.col("amount").fill_null(0)
    )
    guilty, others = told.filter(pl.col("true") == 1), told.filter(pl.col("true") == 0)
    every = max(1, round(others.height / TRIED_ROWS))
    drawn = pl.Series(hashes(others[SUBJECT], 1) % np.uint64(every) == 0)
    kept = others.filter(drawn).with_columns(stands_for=pl.lit(every))
    return pl.concat([guilty.with_columns(stands_for=pl.lit(1)), kept])


def scored_by(again: Again, entity: str, bundle: Bundle) -> pl.DataFrame:
    """Margins of a bundle for all that the nights measured: (subject_id, last_margin)."""
    table = f"features_{entity}"
    if again.shown.screened or not again.shown.holds(table):
        return pl.DataFrame(schema={SUBJECT: pl.String(), "last_margin": pl.Float64()})
    newest = again.shown.rows(table).sort("run_date").group_by(SUBJECT, maintain_order=True).last()
    measured = again.compared(entity, newest.drop("run_date").collect())
    scored = bundle.score(measured.frame)
    return scored.select(SUBJECT, last_margin="margin")
