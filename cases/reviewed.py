"""Reviewed labels: what people had decided about a subject by the night.

They are the only labels that may teach a model. Written are those that became known on
the night, and of what became an alert all that were known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from cases.prefixes import prefix
from claims.history import KNOWN_FROM
from claims.results import TAGS

if TYPE_CHECKING:
    from datetime import date

    from claims.history import History

WORDS = {
    "confirmed": ("confirmed", "核实成立"),
    "refuted": ("refuted", "核实不成立"),
    "inconclusive": ("inconclusive", "无法认定"),
    "overturned": ("overturned on appeal", "申诉后撤销"),
}
# A decision for the subject speaks for it, also when the next night finds it odd again.
SPEAKS_FOR_IT = frozenset(("refuted", "overturned"))
YUAN = 100


def reviewed_tags(history: History, on: date, alerted: pl.DataFrame) -> pl.DataFrame:
    """Build reviewed rows of table `tags`.

    ``alerted`` has subject_type and subject_id. A decision that a later one replaces is
    left out; of several decisions of one kind and scheme the newest speaks.
    """
    outcomes = history.current("audit_outcomes").collect()
    standing = outcomes.join(
        outcomes.select(outcome_id="supersedes").drop_nulls(), on="outcome_id", how="anti"
    )
    about = standing.join(alerted.unique(), on=["subject_type", "subject_id"], how="semi")
    fresh = standing.filter(pl.col(KNOWN_FROM) == on)
    chosen = pl.concat([about, fresh]).unique("outcome_id").sort("decided_on", "outcome_id")
    rows = [_row(one, on) for one in chosen.iter_rows(named=True)]
    return (
        pl.DataFrame(rows, schema=TAGS.dtypes())
        .unique(TAGS.key, keep="last", maintain_order=True)
        .sort(TAGS.key)
    )


def _row(outcome: dict[str, Any], on: date) -> dict[str, Any]:
    en, zh = WORDS[outcome["outcome"]]
    scheme = outcome["scheme"] or outcome["audited_schemes"]
    what = f".{outcome['scheme']}" if outcome["scheme"] else ""
    recovered = outcome["amount_recovered"] / YUAN
    back_en = f", {recovered:,.0f} yuan recovered" if recovered else ""
    back_zh = f"，追回{recovered:,.0f}元" if recovered else ""
    return dict.fromkeys(TAGS.names) | {
        "run_date": on,
        "subject_type": outcome["subject_type"],
        "subject_id": outcome["subject_id"],
        "tag": f"{prefix(outcome['subject_type'])}.reviewed.{outcome['outcome']}{what}",
        "layer": "reviewed",
        "protective": outcome["outcome"] in SPEAKS_FOR_IT,
        "compared_with": scheme,
        "value": recovered,
        "version": outcome["outcome_id"],
        "text_en": f"{scheme or 'audit'} {en} on {outcome['decided_on']}{back_en}",
        "text_zh": f"{outcome['decided_on']}{scheme or '核查'}{zh}{back_zh}",
    }
