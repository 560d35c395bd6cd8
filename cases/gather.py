"""Cases: alerts about one hospital and person, or one ledger, gathered while a case is open.

What stands above the stay (a person, a physician, a house, a group) is a case of its own, so
that its amount and that of the stays beneath it are never added up.

A case takes further alerts for ``case_days`` after the night it was opened; what comes
later opens a new one, so that a case an auditor has closed does not grow behind his back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from cases.identity import case_id
from claims.results import CASES, GRADES
from claims.schema import FEN_PER_YUAN
from features.declaration import LEVELS
from features.exact import divided
from features.ledger_frames import book_of

if TYPE_CHECKING:
    from datetime import date


def about(alerts: pl.DataFrame) -> pl.Series:
    """What ties alerts together: hospital and person, or hospital and item, or the subject."""
    person = pl.concat_str("hospital_id", "person_id", separator="|")
    tied = (
        pl.when(pl.col("subject_type") == "ledger")
        .then(book_of())
        .when(pl.col("subject_type").is_in([level.name for level in LEVELS]))
        .then("subject_id")
        .otherwise(pl.coalesce(person, "subject_id"))
    )
    return alerts.select(pl.concat_str("scenario", tied, separator=":").alias("about"))["about"]


def assign(
    alerts: pl.DataFrame, open_cases: pl.DataFrame, on: date, case_days: int
) -> pl.DataFrame:
    """Add ``case_id``, ``about`` and ``opened_on`` to the alerts of a night.

    ``open_cases`` holds earlier rows of table `cases`; the newest row of each counts.
    """
    since = on - timedelta(days=case_days)
    known = (
        open_cases.filter(pl.col("opened_on") > since)
        .sort("opened_on", "run_date")
        .group_by("about", maintain_order=True)
        .last()
        .select("about", "opened_on", known_id="case_id")
    )
    tied = alerts.with_columns(about(alerts)).join(
        known, on="about", how="left", maintain_order="left"
    )
    opened = tied.with_columns(pl.col("opened_on").fill_null(on))
    ids = [
        known_id or case_id(scenario, what, day)
        for known_id, scenario, what, day in opened.select(
            "known_id", "scenario", "about", "opened_on"
        ).iter_rows()
    ]
    return opened.with_columns(pl.Series("case_id", ids, dtype=pl.String)).drop("known_id")


def _once(amount: str) -> pl.Expr:
    """Sum over subjects; months of one ledger look at the same rolling year, so the largest."""
    ledger = pl.col("subject_type").first() == "ledger"
    return pl.when(ledger).then(pl.col(amount).max()).otherwise(pl.col(amount).sum())


def _amounts(latest: pl.DataFrame) -> pl.DataFrame:
    """Amount in doubt of each case: the largest of its sums, one a way of finding the loss.

    The ways (difference of groups, group against fees, lines, excess over peers) are never
    added to one another.
    """
    sums = latest.group_by("case_id", "loss_method").agg(amount_at_risk=_once("amount_at_risk"))
    return sums.group_by("case_id").agg(pl.col("amount_at_risk").max())


def gather(
    assigned: pl.DataFrame, earlier: pl.DataFrame, hospitals: pl.DataFrame, on: date
) -> pl.DataFrame:
    """Build the rows of table `cases` for a night: every case that got an alert tonight.

    ``earlier`` holds past alerts with ``about`` and ``opened_on`` joined from their cases;
    ``hospitals`` has hospital_id and name as known tonight. Alerts about one subject count
    their amount once, the latest.
    """
    tonight = assigned.select("case_id").unique()
    columns = [name for name in assigned.columns if name in earlier.columns]
    past = earlier.join(tonight, on="case_id", how="semi").select(columns)
    both = pl.concat([past, assigned.select(columns)], how="vertical_relaxed").sort(
        "case_id", "run_date", "subject_id"
    )
    latest = both.group_by("case_id", "subject_id", maintain_order=True).last()
    rank = pl.col("grade").replace_strict({name: i for i, name in enumerate(GRADES)})
    # The smallest struct of a group cannot be asked for: Polars 2.1 answers null.
    worthiest = pl.col("reasons").sort_by(-pl.col("expected_recovery"), "alert_id").first()
    texts = worthiest.list.first()
    cases = latest.group_by("case_id").agg(
        pl.col("scenario").first(),
        pl.col("hospital_id").first(),
        pl.col("person_id").first(),
        pl.col("about").first(),
        pl.col("opened_on").min(),
        grade=rank.min(),
        score=pl.col("score").max(),
        anomaly=pl.col("anomaly").max(),
        priority=_once("expected_recovery"),
        rule_codes=pl.col("rules")
        .list.eval(pl.element().struct.field("code"))
        .explode(empty_as_null=True)
        .drop_nulls()
        .unique()
        .sort(),
        headline_en=texts.struct.field("text_en"),
        headline_zh=texts.struct.field("text_zh"),
    )
    cases = cases.join(_amounts(latest), on="case_id")
    ids = both.group_by("case_id").agg(alert_ids=pl.col("alert_id").unique().sort())
    return (
        cases.join(ids, on="case_id")
        .join(hospitals.select("hospital_id", hospital_name="name"), on="hospital_id", how="left")
        .with_columns(
            divided(pl.col("priority"), FEN_PER_YUAN),
            pl.col("grade").replace_strict(dict(enumerate(GRADES)), return_dtype=pl.String),
            pl.col("headline_en", "headline_zh").fill_null(""),
            run_date=pl.lit(on),
        )
        .select(CASES.names)
        .sort("case_id")
    )
