"""Past audits: few, late, biased and sometimes wrong."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from synthetic import generate
from tests.unit.synthetic_city import Delivery, least, most

# A city like that of the demo, in small: audits of 3% of stays.
SHARE = 0.03


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    out = tmp_path_factory.mktemp("audited")
    generate(out, stays=6_000, months=15, seed=11, audit_share=SHARE)
    return Delivery(out)


def first_opinions(city: Delivery) -> pl.DataFrame:
    """Outcomes without the later rows that supersede them, beside the answer key."""
    rows = city.table("audit_outcomes").filter(pl.col("supersedes").is_null())
    guilty = city.truth().filter(~pl.col("innocent"))
    known = guilty.select("subject_type", "subject_id", code="scheme", loss="amount").unique(
        ["subject_type", "subject_id"]
    )
    return rows.join(known, on=["subject_type", "subject_id"], how="left")


def test_audits_are_as_many_as_asked_and_no_subject_is_audited_twice(audited: Delivery) -> None:
    rows = first_opinions(audited)
    stays = len(audited.table("stays"))
    for kind in ("stay", "use"):
        number = len(rows.filter(pl.col("subject_type") == kind))
        assert 0.85 * SHARE * stays <= number <= 1.1 * SHARE * stays, kind
    assert not rows.select("subject_type", "subject_id").is_duplicated().any()


def test_audits_are_late_and_known_a_day_after_the_decision(audited: Delivery) -> None:
    rows = first_opinions(audited)
    wait = (rows["decided_on"] - rows["event_on"]).dt.total_days()
    assert least(wait) >= 30
    assert (wait <= 120).to_numpy().mean() > 0.98  # a long stay is known long after its event
    assert (rows["received_on"] - rows["decided_on"] == timedelta(days=1)).all()


def test_some_decisions_are_wrong_and_some_are_open(audited: Delivery) -> None:
    rows = first_opinions(audited)
    closed = rows.filter(pl.col("outcome") != "inconclusive")
    wrong = (closed["outcome"] == "confirmed") != closed["code"].is_not_null()
    assert 0.02 < wrong.to_numpy().mean() < 0.09
    assert 0.04 < (rows["outcome"] == "inconclusive").to_numpy().mean() < 0.13


def test_selection_leans_to_the_suspicious_and_random_draws_store_their_chance(
    audited: Delivery,
) -> None:
    rows = first_opinions(audited).filter(pl.col("subject_type") == "stay")
    drawn = rows.filter(pl.col("selected_by") == "random")
    assert drawn["selection_probability"].is_not_null().all()
    rest = rows.filter(pl.col("selected_by") != "random")
    assert rest["selection_probability"].is_null().all()
    by_rule = rest.filter(pl.col("selected_by") == "rule")["code"].is_not_null().to_numpy().mean()
    assert 0.25 < by_rule < 0.80
    likeness = audited.truth().filter("innocent")["subject_id"].implode()
    assert rest.filter(pl.col("subject_id").is_in(likeness))["outcome"].eq("refuted").any()


def test_an_appeal_supersedes_a_confirmed_finding(audited: Delivery) -> None:
    rows = audited.table("audit_outcomes")
    lifted = rows.filter(pl.col("outcome") == "overturned")
    assert len(lifted) > 0
    first = lifted.join(rows, left_on="supersedes", right_on="outcome_id", suffix="_first")
    assert (first["outcome_first"] == "confirmed").all()
    assert (first["decided_on"] > first["decided_on_first"]).all()
    assert most(lifted["amount_recovered"]) == 0


def test_a_narrow_look_may_miss_what_it_was_not_sent_for(audited: Delivery) -> None:
    """Somebody looked, found nothing, and something else was wrong all the same."""
    rows = first_opinions(audited).filter(pl.col("code").is_not_null())
    narrow = rows.filter(~pl.col("audited_schemes").str.contains(","))
    missed = narrow.filter(pl.col("audited_schemes") != pl.col("code"))
    assert 0.1 < missed.height / narrow.height < 0.35
    assert set(missed["outcome"]) <= {"refuted", "inconclusive"}


def test_a_confirmed_finding_names_its_scheme_among_those_looked_for(audited: Delivery) -> None:
    rows = first_opinions(audited).filter(pl.col("outcome") == "confirmed")
    assert rows["scheme"].is_not_null().all()
    named = [a in b.split(",") for a, b in rows.select("scheme", "audited_schemes").iter_rows()]
    assert all(named)
    true = rows.filter(pl.col("code").is_not_null())
    assert (true["scheme"] == true["code"]).all()
    assert (true["amount_recovered"] <= true["loss"] + 0.01).all()
