"""Outcomes on their way back: rows of the contract's table `audit_outcomes`.

They are written in the transaction of the decision and wait here until a flow hands them
over. Each is delivered with one night; asking again for that night gives the same rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from django.db import transaction
from django.utils import timezone

from claims.schema import FEN_PER_YUAN
from claims.tables import AUDIT_OUTCOMES, STAYS
from workbench import life
from workbench.models import CaseFile, Opinion, Outcome
from workbench.services.trail import Event, append

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from workbench.selectors.dossier import Point


def write(file: CaseFile, opinion: Opinion, points: tuple[Point, ...]) -> None:
    """One row a doubtful point that the conclusion holds for; they share its amount."""
    meant = [point for point in points if point.alert_id in opinion.alert_ids] or list(points)
    shares = shared(opinion.amount, [point.alert["amount_at_risk"] for point in meant])
    before = _standing(file)
    for point, amount in zip(meant, shares, strict=True):
        _write_one(file, opinion, point, amount)
    subjects = {point.alert["subject_id"] for point in meant}
    # An earlier round spoke about more: what this one does not hold for is open again.
    for row in before:
        if row.subject_id not in subjects:
            _replace(row, f"{file.pk}-{file.round}-open-{row.subject_id}", life.INCONCLUSIVE)


def overturn(file: CaseFile) -> None:
    """Take back what was confirmed: each row is replaced by one that says overturned."""
    for row in _standing(file):
        _replace(row, f"{file.pk}-{file.round}-appeal-{row.subject_id}", life.OVERTURNED)


def _replace(row: Outcome, outcome_id: str, outcome: str) -> None:
    Outcome.objects.create(
        outcome_id=outcome_id,
        case=row.case,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        scenario=row.scenario,
        scheme=row.scheme if outcome == life.OVERTURNED else "",
        audited_schemes=row.audited_schemes or row.scheme,
        outcome=outcome,
        event_on=row.event_on,
        decided_on=timezone.localdate(),
        selected_by=row.selected_by,
        selection_probability=row.selection_probability,
        supersedes=row.outcome_id,
    )


def shared(amount: int, weights: list[int]) -> list[int]:
    """Part an amount in fen by weights; the parts add up to it exactly."""
    if not weights:
        return []
    whole = sum(weights)
    parts = [amount * weight // whole if whole else 0 for weight in weights]
    parts[0] += amount - sum(parts)
    return parts


def hand_over(folder: Path, night: date) -> int:
    """Write a delivery of the outcomes of a night into a folder; returns how many.

    Waiting outcomes go with this night from now on, so that a repeated delivery of the
    night holds the same rows and none is lost or told twice.
    """
    with transaction.atomic():
        fresh = Outcome.objects.filter(night=None).update(night=night)
        if fresh:
            append(Event(None, "outcomes.handed_over", str(night), {"rows": fresh}))
    rows = [_row(one) for one in Outcome.objects.filter(night=night).order_by("outcome_id")]
    folder.mkdir(parents=True, exist_ok=True)
    STAYS.empty().write_parquet(folder / "stays.parquet")
    frame = pl.DataFrame(rows, schema=AUDIT_OUTCOMES.dtypes())
    frame.with_columns(pl.col("amount_recovered") / FEN_PER_YUAN).write_parquet(
        folder / "audit_outcomes.parquet"
    )
    return len(rows)


def _row(one: Outcome) -> dict[str, object]:
    plain = ("outcome_id", "subject_type", "subject_id", "scenario", "outcome", "event_on",
             "decided_on", "amount_recovered", "selected_by", "selection_probability")  # fmt: skip
    optional = ("scheme", "audited_schemes", "supersedes")
    return {
        **{name: getattr(one, name) for name in plain},
        **{name: getattr(one, name) or None for name in optional},
        "received_on": one.night,
    }


def _write_one(file: CaseFile, opinion: Opinion, point: Point, amount: int) -> None:
    alert = point.alert
    replaced = next((o for o in _standing(file) if o.subject_id == alert["subject_id"]), None)
    codes = [hit["code"] for hit in alert["rules"]]
    found = opinion.outcome == life.CONFIRMED
    Outcome.objects.create(
        outcome_id=f"{file.pk}-{file.round}-{opinion.turn}-{alert['subject_id']}",
        case=file,
        subject_type=alert["subject_type"],
        subject_id=alert["subject_id"],
        scenario=alert["scenario"],
        scheme=opinion.scheme if found else "",
        audited_schemes="" if found else ",".join(codes),
        outcome=opinion.outcome,
        event_on=point.event_on,
        decided_on=timezone.localdate(),
        amount_recovered=amount if found else 0,
        selected_by=alert["selected_by"],
        selection_probability=alert["selection_probability"],
        supersedes=replaced.outcome_id if replaced else "",
    )


def _standing(file: CaseFile) -> list[Outcome]:
    """The outcomes of a case that no later one has replaced."""
    rows = list(file.outcomes.all())
    replaced = {one.supersedes for one in rows}
    return [one for one in rows if one.outcome_id not in replaced]
