"""Past audits, held against the answer key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.measure import Values, measure, one, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

FEN = 100
SUBJECT = ["subject_type", "subject_id"]


def _decisions(facts: Facts) -> pl.DataFrame:
    """First decisions, appeals left out, with whether the key names the subject."""
    guilty = facts.planted.select(SUBJECT).unique().with_columns(guilty=pl.lit(value=True))
    rows = facts.table("audit_outcomes").filter(pl.col("supersedes").is_null()).collect()
    rows = rows.join(guilty, on=SUBJECT, how="left", maintain_order="left")
    return rows.with_columns(pl.col("guilty").fill_null(value=False))


@measure("audit_stays", why="The share of audits is an option of `generate`, 1% by default.")
def audit_stays(facts: Facts) -> Values:
    """Audited stays over all stays."""
    rows = _decisions(facts).filter(pl.col("subject_type") == "stay")
    return ratio(rows["subject_id"].n_unique(), facts.stays.height)


@measure(
    "audit_discovered",
    why="Audits of a small share of stays confirm only a part of what is planted.",
)
def audit_discovered(facts: Facts) -> Values:
    """Planted subjects of audited kinds that an audit confirmed, over all planted ones."""
    rows = _decisions(facts)
    found = rows.filter(pl.col("guilty") & (pl.col("outcome") == "confirmed"))
    return ratio(found.select(SUBJECT).n_unique(), facts.planted.select(SUBJECT).n_unique())


@measure("audit_wrong", why="Audits err by a fixed share; among few decisions chance moves it.")
def audit_wrong(facts: Facts) -> Values:
    """Confirmed or refuted decisions that contradict the key."""
    rows = _decisions(facts).filter(pl.col("outcome").is_in(["confirmed", "refuted"]))
    wrong = rows.filter((pl.col("outcome") == "confirmed") != pl.col("guilty"))
    return ratio(len(wrong), len(rows)) if len(facts.key) else {}


@measure("audit_delay", why="Decisions follow the event after a fixed span.")
def audit_delay(facts: Facts) -> Values:
    """Median days from the event to the first decision."""
    rows = _decisions(facts)
    return one((rows["decided_on"] - rows["event_on"]).dt.total_days().median(), len(rows))


@measure("audit_precision", why="What rules look at is more or less often planted than there.")
def audit_precision(facts: Facts) -> Values:
    """Confirmed first decisions among audits that rules selected."""
    rows = _decisions(facts).filter(pl.col("selected_by") == "rule")
    return ratio(rows.filter(pl.col("outcome") == "confirmed").height, len(rows))


@measure("audit_recovered", why="Losses in the city are small, and audits few.")
def audit_recovered(facts: Facts) -> Values:
    """Amounts that audits recovered, appeals taken off, over what the fund paid for stays."""
    table = facts.table("audit_outcomes").collect()
    lifted = table["supersedes"].drop_nulls().implode()
    kept = table.filter(~pl.col("outcome_id").is_in(lifted))
    back = float(kept["amount_recovered"].sum() or 0) * FEN
    return ratio(back, int(facts.stays["fund_amount"].sum()), len(kept))
