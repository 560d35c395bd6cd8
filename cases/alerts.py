"""Alerts: a table with one row a doubtful point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cases.identity import alert_id
from cases.prefixes import prefix
from claims.results import ALERTS, REASON, RULE_FIELDS, RULE_HIT
from features.ledger_frames import book_of
from rules.declaration import DOUBT
from rules.judge import speaking

if TYPE_CHECKING:
    from cases.judged import Judged


def mark_repeats(weighed: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Add ``repeat``: whether the latest alert about the subject said the same already.

    ``earlier`` holds the alerts of the nights in which a case stays open. The same rules
    and the same amount are the same news; they take no place in tonight's queue. A clue that
    became a doubtful point, because what was missing has arrived, is new.
    """
    said = (
        earlier.sort("run_date", "alert_id")
        .group_by("subject_id", maintain_order=True)
        .last()
        .select(
            "subject_id",
            said_amount="amount_at_risk",
            said_rules=pl.col("rules").list.eval(pl.element().struct.field("code")),
            # Alerts of before grades were kept with them count as having said it.
            said_doubt=pl.col("rules")
            .list.eval((pl.element().struct.field("grade") == DOUBT.value).fill_null(value=True))
            .list.any(),
        )
    )
    same = (pl.col("said_rules") == pl.col("rule_codes")) & (
        pl.col("said_amount") == pl.col("amount_at_risk")
    )
    graver = pl.col("doubt").fill_null(value=False) & ~pl.col("said_doubt")
    return (
        weighed.join(said, on="subject_id", how="left", maintain_order="left")
        .with_columns(repeat=(same & ~graver).fill_null(value=False) | _another_month())
        .drop("said_amount", "said_rules", "said_doubt")
    )


def _another_month() -> pl.Expr:
    """Whether a worthier month of the same ledger is there tonight: both tell of one year."""
    ledger = book_of()
    order = pl.struct("expected_recovery", "anomaly", "subject_id")
    place = order.rank("ordinal", descending=True).over(ledger)
    return ledger.is_not_null() & (place > 1)


def alerts(judged: Judged, selected: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """Build alerts without their case; rows of ``ALERTS`` without ``case_id``.

    ``selected`` are the rows of ``cases.selection.select`` with ``selected_by``;
    ``reasons`` as made by ``cases.wording.reasons``.
    """
    entity = judged.catalogue.entity.name
    ids = [
        alert_id(judged.scenario, entity, subject, judged.run_date)
        for subject in selected["subject_id"]
    ]
    told = (
        selected.with_columns(pl.Series("alert_id", ids, dtype=pl.String))
        .join(reasons, on="subject_id", how="left")
        .join(_rules(judged.hits), on="subject_id", how="left")
        .join(_tags(judged), on="subject_id", how="left")
    )
    return told.with_columns(
        run_date=pl.lit(judged.run_date),
        scenario=pl.lit(judged.scenario),
        subject_type=pl.lit(entity),
        rules=pl.col("rules").fill_null(pl.lit([], pl.List(RULE_HIT))),
        reasons=pl.col("reasons").fill_null(pl.lit([], pl.List(REASON))),
        tags=pl.col("tags").fill_null([]),
        protective_tags=pl.col("protective_tags").fill_null([]),
        model_version=pl.lit(judged.model_version, pl.String),
        benchmark_version=pl.lit(judged.benchmark_version, pl.String),
        data_version=pl.lit(judged.data_version),
    ).select(name for name in ALERTS.names if name != "case_id")


def _rules(hits: pl.DataFrame) -> pl.DataFrame:
    return (
        speaking(hits)
        .group_by("subject_id")
        .agg(rules=pl.struct(list(RULE_FIELDS)).sort_by("code"))
    )


def _tags(judged: Judged) -> pl.DataFrame:
    letter = prefix(judged.catalogue.entity.name)
    spoken = pl.col("protected_by").list.len() == 0
    tag = pl.lit(f"{letter}.rule.") + pl.col("code")
    return judged.hits.group_by("subject_id").agg(
        tags=tag.filter(spoken).sort(),
        protective_tags=pl.col("protected_by")
        .explode(empty_as_null=True)
        .drop_nulls()
        .unique()
        .sort(),
    )
