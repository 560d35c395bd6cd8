"""A rule hit is told with units, and its limits as they stood on the day of the service."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from cases import rule_hits
from cases.quantities import NOTHING, WORDS, unit_of, written
from cases.rule_hits import CONTEXT_WORDS, rule_hit
from claims.knowledge import Limit, Limits, load_limits
from features.catalogue import CATALOGUES
from rules.catalogue import BY_CODE

DAY, CHANGE = date(2025, 12, 31), date(2026, 1, 1)


def hit(code: str, **evidence: float | None) -> dict[str, Any]:
    """A hit as the judge hands it over."""
    return {"code": code, "grade": "疑点", "version": "1", "unasked_en": [], "unasked_zh": [],
            "evidence": json.dumps(evidence)}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (1.0, "days", "1 day", "1天"),
        (3.25, "days", "3.25 days", "3.25天"),
        (1234.5, "yuan", "1,234.5 yuan", "1,234.5元"),
        (10_000.0, "yuan", "10,000 yuan", "10,000元"),
        (2.0, "units", "2 pieces", "2件"),
        (0.035, "share", "3.5%", "3.5%"),
        (1.001, "ratio", "1.001 times", "1.001倍"),
        (0.0, "ratio", "0 times", "0倍"),
        (-0.001, "days", "0 days", "0天"),
        (1.0, "yes or no", "yes", "是"),
        (0.25, "yes or no", "25%", "25%"),
        (7.0, "count", "7", "7"),
        (2.0, "diagnoses", "2 diagnoses", "2项诊断"),
        (None, "days", "–", "–"),
    ],
)
def test_a_value_is_written_with_its_unit(value: float | None, unit: str, en: str, zh: str) -> None:
    assert (written(value, unit), written(value, unit, zh=True)) == (en, zh)


def test_every_limit_has_a_unit_in_words_and_is_written_exactly() -> None:
    for limit in load_limits().by_name.values():
        words = WORDS[limit.unit]
        for value in limit.values.values():
            number = written(value, limit.unit).split()[0].rstrip("%").replace(",", "")
            assert float(number) == pytest.approx(value * words.times, abs=1e-12), limit.name


def test_every_unit_of_evidence_has_its_words() -> None:
    for item in BY_CODE.values():
        catalogue = CATALOGUES[item.entity.name]
        for name in item.evidence:
            assert name in catalogue or name in CONTEXT_WORDS, (item.code, name)
            unit = unit_of(catalogue, name)
            assert unit in WORDS or unit == "yes or no", (item.code, name, unit)
            if name in CONTEXT_WORDS:
                assert WORDS[unit] != NOTHING, name


def test_evidence_and_limits_are_told_in_both_languages() -> None:
    told = rule_hit(hit("H02E", longest_idle_run=4.0), DAY)
    names = [one["name_en"] for one in told["shown"]]
    assert names == [CATALOGUES["stay"]["longest_idle_run"].title]
    assert [(one["value_en"], one["value_zh"]) for one in told["shown"]] == [("4 days", "4天")]
    limit = told["in_force"][0]
    assert limit == {
        "name_en": "Days in a row with nothing but bed, nursing and consultation",
        "name_zh": "连续无诊疗天数",
        "value_en": "3 days",
        "value_zh": "3天",
        "basis_en": load_limits()["idle_run_days"].basis,
        "basis_zh": load_limits()["idle_run_days"].basis_zh,
        "on": "2025-12-31",
        "since": "2021-05-01",
    }


def test_prices_are_told_in_yuan_beside_the_limit() -> None:
    told = rule_hit(hit("C05", billed_price=1050.5, price_limit=1000.0), DAY)
    assert [(one["name_en"], one["value_en"], one["value_zh"]) for one in told["shown"]] == [
        ("Billed price", "1,050.5 yuan", "1,050.5元"),
        ("Price limit on the day", "1,000 yuan", "1,000元"),
    ]


@pytest.mark.parametrize(
    ("day", "value", "since"),
    [
        (DAY, "3 days", "2021-05-01"),
        (CHANGE, "2 days", "2026-01-01"),
        (date(2020, 1, 1), "–", None),
        (None, "–", None),
    ],
)
def test_a_limit_is_the_one_of_the_day_with_the_day_since_when_it_holds(
    monkeypatch: pytest.MonkeyPatch, day: date | None, value: str, since: str | None
) -> None:
    dated = Limit("idle_run_days", "Idle days.", "days", "b", {date(2021, 5, 1): 3.0, CHANGE: 2.0})
    monkeypatch.setattr(rule_hits, "load_limits", lambda: Limits(
        {**load_limits().by_name, "idle_run_days": dated}
    ))  # fmt: skip
    told = rule_hit(hit("H02E"), day)["in_force"][0]
    assert (told["value_en"], told["since"]) == (value, since)
