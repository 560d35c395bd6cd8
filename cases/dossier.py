"""Dossiers: what a case page shows, written when the score is made, facts first.

The web process needs no model and no feature code: whatever it shows was said that night
and stays what was said.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.rule_hits import rule_hit
from cases.supply import supply
from claims.results import DOSSIERS
from features.declaration import VERSUS_PEERS
from features.shown import divisor
from rules.protective import BY_CODE as PROTECTIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.judged import Judged
    from claims.history import History


def dossiers(
    judged: Judged,
    alerts: pl.DataFrame,
    history: History,
    leaving: Mapping[str, list[dict[str, Any]]] | None = None,
    steady: Mapping[str, float] | None = None,
    sums: Mapping[str, list[dict[str, Any]]] | None = None,
) -> pl.DataFrame:
    """Build rows of table `dossiers` for the alerts of one entity.

    ``leaving`` says by subject what would take it out of the queue; who is not in it is not
    there for its worth. ``steady`` is the part of its reasons that small changes leave, ``sums``
    what adds up to its margin.
    """
    facts = {row["subject_id"]: row for row in judged.measured.iter_rows(named=True)}
    matrix = _day_matrix(history, alerts) if judged.catalogue.entity.name == "stay" else {}
    silenced, chains = _silenced(judged.hits), supply(judged, alerts, history)
    explained = {"supply": chains, "leaves_queue": leaving or {}, "adds": sums or {}}
    rows = [
        {
            "alert_id": alert["alert_id"],
            "run_date": judged.run_date,
            "content": _content(
                alert,
                facts[alert["subject_id"]],
                matrix.get(alert["subject_id"], []),
                silenced.get(alert["subject_id"], []),
                judged,
                _added(alert["subject_id"], explained, steady or {}),
            ),
        }
        for alert in alerts.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=DOSSIERS.dtypes())


def _content(
    alert: dict[str, Any],
    facts: dict[str, Any],
    matrix: list[dict[str, Any]],
    silenced: list[dict[str, Any]],
    judged: Judged,
    added: dict[str, Any],
) -> str:
    names = {item.name: {"en": item.title, "zh": item.zh} for item in judged.catalogue.features}
    content = {
        "facts": {
            key: _delivered(judged, key, value) for key, value in facts.items() if value is not None
        },
        "labels": names,
        "days": matrix,
        "rules": [rule_hit(hit, facts.get("event_on")) for hit in alert["rules"]],
        "not_raised": silenced,
        "reasons": alert["reasons"],
        "model": alert["model_version"],
        "standards": alert["benchmark_version"],
    } | added
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)


def _added(
    subject: str,
    explained: Mapping[str, Mapping[str, Any]],
    steady: Mapping[str, float],
) -> dict[str, Any]:
    """What is told of the explanation itself, and the chain of goods, of what has one."""
    found = {name: told[subject] for name, told in explained.items() if subject in told}
    if subject in steady:
        part = steady[subject]
        found["stability"] = {
            "value": part,
            "text_en": f"If its figures were a tenth of a spread other than they are, {part:.0%} "
            "of the strongest families of reasons would stay the same.",
            "text_zh": f"各指标变动十分之一离散度时，最强的理由类别有{part:.0%}保持不变。",
        }
    return found


def _delivered(judged: Judged, name: str, value: Any) -> Any:  # noqa: ANN401
    """A measured value in yuan and units."""
    by = 1.0 if name.endswith(VERSUS_PEERS) else divisor(judged.catalogue, name)
    return value if by == 1.0 else value / by


def _silenced(hits: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for hit in hits.filter(pl.col("protected_by").list.len() > 0).iter_rows(named=True):
        guards = [PROTECTIVE[code] for code in hit["protected_by"]]
        found.setdefault(hit["subject_id"], []).append(
            {
                "code": hit["code"],
                "because_en": [guard.en for guard in guards],
                "because_zh": [guard.zh for guard in guards],
            }
        )
    return found


def _day_matrix(history: History, alerts: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Fees by day and class for each stay, in fen: the picture an auditor reads first."""
    ids = alerts.lazy().select(pl.col("subject_id").alias("stay_id"))
    lines = (
        history.versions("fee_lines", ids)
        .filter(pl.col("known_until").is_null())
        .group_by("stay_id", "category", day=pl.coalesce("performed_at", "charged_at").dt.date())
        .agg(pl.col("amount").sum(), lines=pl.len())
        .sort("stay_id", "day", "category")
        .collect()
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in lines.iter_rows(named=True):
        found.setdefault(row.pop("stay_id"), []).append(row)
    return found
