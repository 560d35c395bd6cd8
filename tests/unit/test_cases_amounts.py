"""How much is in doubt, and how urgent it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from cases.amounts import PRIOR_OF_CLUE, PRIOR_OF_DOUBT, PRIOR_OF_OUTLIER, weigh
from rules.catalogue import BY_CODE, RULES
from rules.declaration import CLUE, DOUBT, Grade
from tests.judged_stays import MEASURED, SCORES, judged


@pytest.fixture(autouse=True)
def hanging_bed_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here one rule is a clue (H01) and one a doubtful point (H02), whatever they are declared."""
    graded(monkeypatch, H01=CLUE, H02=DOUBT)


def graded(monkeypatch: pytest.MonkeyPatch, **grades: Grade) -> None:
    """Let rules have these grades."""
    told = [replace(item, grade=grades.get(item.code, item.grade)) for item in RULES]
    monkeypatch.setattr("rules.catalogue.RULES", tuple(told))


def weighed(measured: str = MEASURED, scored: str = SCORES) -> dict[str, dict[str, Any]]:
    """Every stay as weighed, amounts in yuan."""
    frame = weigh(judged(measured, scored)).with_columns(
        pl.col("amount_at_risk", "billed_harm", "fund_loss", "expected_recovery") / 100
    )
    return {row["subject_id"]: row for row in frame.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("subject", "amount", "method", "rules"),
    [
        ("split", 30_000, "line_sum", ["H01"]),
        ("hanging", 5_000, "line_sum", ["H02"]),
        ("both", 12_000, "line_sum", ["H01", "H02"]),
        ("announced", 1_800, "excess_over_peers", []),
        ("usual", 1_800, "excess_over_peers", []),
    ],
)
def test_the_amount_is_that_of_the_largest_rule_that_speaks_or_what_peers_do_not_cost(
    subject: str, amount: float, method: str, rules: list[str]
) -> None:
    row = weighed()[subject]
    assert row["amount_at_risk"] == row["billed_harm"] == amount
    assert row["loss_method"] == method
    assert row["rule_codes"] == rules


@pytest.mark.parametrize(
    ("group", "total", "at_risk"),
    [
        ("ES35", "50,000", 42_000),
        ("ES35", "10,000", 2_000),
        ("ES35", "8,500", 1_700),
        ("ES35", "5,000", 1_000),
        ("XX99", "5,000", 5_000),
    ],
)
def test_without_a_rule_the_excess_is_at_risk_but_a_fifth_at_least_and_all_without_peers(
    group: str, total: str, at_risk: float
) -> None:
    measured = f"subject_id | case_group | level | total_amount\na | {group} | 2 | {total}"
    found = weighed(measured, "subject_id | score | anomaly\na | - | 0.99")["a"]
    assert found["amount_at_risk"] == at_risk


def test_the_funds_loss_is_its_share_of_the_amount() -> None:
    found = {subject: row["fund_loss"] for subject, row in weighed().items()}
    assert found == {
        "split": 15_000,
        "hanging": 4_000,
        "both": 6_000,
        "announced": None,
        "usual": 1_800,
    }


def test_without_labels_rules_and_outermost_records_are_plausible() -> None:
    found = {subject: row["plausibility"] for subject, row in weighed().items()}
    assert found["split"] == PRIOR_OF_CLUE
    assert found["hanging"] == PRIOR_OF_DOUBT
    assert found["both"] == PRIOR_OF_DOUBT
    assert found["announced"] == pytest.approx(PRIOR_OF_OUTLIER / 2)
    assert found["usual"] == 0


def test_a_calibrated_probability_takes_the_place_of_the_prior() -> None:
    told = SCORES.replace("split      | -  ", "split      | 0.9").replace(
        "usual      | -  ", "usual      | 0.6"
    )
    found = weighed(scored=told)
    assert found["split"]["plausibility"] == 0.9
    assert found["split"]["expected_recovery"] == 27_000
    assert found["usual"]["expected_recovery"] == 1_080
    assert found["hanging"]["plausibility"] == PRIOR_OF_DOUBT


@pytest.mark.parametrize(
    ("score", "amount", "grade"),
    [
        (0.8, "20,000", "red"),
        (0.8, "19,999.99", "orange"),
        (0.79, "20,000", "orange"),
        (0.6, "20,000", "orange"),
        (0.59, "20,000", "yellow"),
        (0.4, "1", "yellow"),
        (0.39, "900,000", "watch"),
        (0.0, "1", "watch"),
    ],
)
def test_grades_have_sharp_limits_and_red_needs_an_amount(
    score: float, amount: str, grade: str
) -> None:
    measured = f"subject_id | total_amount\na | {amount}"
    found = weighed(measured, f"subject_id | score | anomaly\na | {score} | 0.5")
    assert found["a"]["grade"] == grade


def test_a_record_without_an_amount_puts_nothing_at_risk() -> None:
    found = weighed("subject_id | total_amount\na | -", "subject_id | score | anomaly\na | 0.9 | 1")
    assert found["a"]["amount_at_risk"] == 0
    assert found["a"]["expected_recovery"] == 0
    assert found["a"]["fund_loss"] is None


def test_weighed_records_are_sorted_and_whole() -> None:
    frame = weigh(judged())
    assert frame["subject_id"].is_sorted()
    assert frame.height == 5
    assert frame["plausibility"].is_between(0, 1).all()


def test_a_pattern_under_article_40_that_the_data_carries_is_red(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = SCORES.replace("hanging    | -  ", "hanging    | 0.3")
    assert weighed(scored=told)["hanging"]["grade"] == "watch"
    monkeypatch.setitem(BY_CODE, "H02", replace(BY_CODE["H02"], hook="40-1"))
    assert weighed(scored=told)["hanging"]["grade"] == "red"
    graded(monkeypatch, H02=CLUE)
    assert weighed(scored=told)["hanging"]["grade"] == "watch"
