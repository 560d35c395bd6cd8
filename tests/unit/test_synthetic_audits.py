"""Past audits: few, late, biased and sometimes wrong; and no single column gives a scheme away."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from synthetic import generate
from tests.unit.synthetic_city import Delivery, deliver, least, most

# A single raw column that ranks one scheme this well would make learning pointless; chance is
# about 0.01 to 0.04 in the dense test city. Fixed well above noise, below usefulness.
FREE_LUNCH = 0.30
# A city like that of the demo, in small: audits of 3% of stays.
SHARE = 0.03


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    out = tmp_path_factory.mktemp("audited")
    generate(out, stays=6_000, months=15, seed=11, audit_share=SHARE)
    return Delivery(out)


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return deliver(tmp_path_factory.mktemp("dense"))


def first_opinions(city: Delivery) -> pl.DataFrame:
    """Outcomes without the later rows that supersede them, beside the answer key."""
    rows = city.table("audit_outcomes").filter(pl.col("supersedes").is_null())
    guilty = city.truth().filter(~pl.col("innocent"))
    known = guilty.select("subject_type", "subject_id", code="scheme", loss="amount").unique(
        ["subject_type", "subject_id"]
    )
    return rows.join(known, on=["subject_type", "subject_id"], how="left")


def average_precision(label: np.ndarray, value: np.ndarray) -> float:
    """Area under the precision-recall curve of one column, ties broken at random."""
    noise = np.random.default_rng(0).random(len(value))
    order = np.lexsort((noise, -value))
    hits = label[order].astype(float)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / hits.sum())


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


def test_a_confirmed_finding_names_its_scheme_among_those_looked_for(audited: Delivery) -> None:
    rows = first_opinions(audited).filter(pl.col("outcome") == "confirmed")
    assert rows["scheme"].is_not_null().all()
    named = [a in b.split(",") for a, b in rows.select("scheme", "audited_schemes").iter_rows()]
    assert all(named)
    true = rows.filter(pl.col("code").is_not_null())
    assert (true["scheme"] == true["code"]).all()
    assert (true["amount_recovered"] <= true["loss"] + 0.01).all()


@pytest.mark.parametrize("scheme", ["H01", "H02"])
def test_no_column_of_a_stay_gives_a_scheme_away(dense: Delivery, scheme: str) -> None:
    stays = dense.table("stays")
    subtle = dense.truth(scheme).filter(pl.col("difficulty") >= 2)["subject_id"]
    others = dense.truth().filter(~pl.col("innocent"))["subject_id"]
    others = others.filter(~others.is_in(subtle.implode()))
    rows = stays.filter(~pl.col("stay_id").is_in(others.implode())).with_columns(
        nights=(pl.col("discharged_at") - pl.col("admitted_at")).dt.total_hours(),
        hour=pl.col("admitted_at").dt.hour(),
        weekday=pl.col("admitted_at").dt.weekday(),
        lag=(pl.col("received_on") - pl.col("settled_on")).dt.total_days(),
    )
    label = rows["stay_id"].is_in(subtle.implode()).to_numpy()
    assert label.sum() > 20
    plain = rows.select(pl.selectors.numeric(), pl.selectors.boolean().cast(pl.Int8))
    texts = rows.select("department", "drg", "hospital_id", "admission_way", "discharge_way")
    codes = texts.select(pl.all().rank("dense"))
    for frame in (plain, codes):
        for column in frame.fill_null(0).iter_columns():
            values = column.to_numpy().astype(float)
            best = max(average_precision(label, values), average_precision(label, -values))
            assert best < FREE_LUNCH, column.name


@pytest.mark.parametrize("scheme", ["C02", "C05"])
def test_no_column_of_a_use_gives_a_scheme_away(dense: Delivery, scheme: str) -> None:
    key_items = dense.table("device_uses")["item_code"].unique().implode()
    rows = dense.platform(dense.uses().filter(pl.col("item_code").is_in(key_items)))
    subtle = dense.truth(scheme).filter(pl.col("difficulty") >= 2)["subject_id"]
    others = dense.truth().filter(~pl.col("innocent"))["subject_id"]
    others = others.filter(~others.is_in(subtle.implode()))
    rows = rows.filter(~pl.col("subject_id").is_in(others.implode()))
    label = rows["subject_id"].is_in(subtle.implode()).to_numpy()
    assert label.sum() > 20
    for name in ("billed", "used", "price", "platform_price", "pack_factor"):
        values = rows[name].to_numpy().astype(float)
        best = max(average_precision(label, values), average_precision(label, -values))
        assert best < FREE_LUNCH, name
