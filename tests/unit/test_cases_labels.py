"""Labels in five layers: facts, statistics, rules, models, reviewed; and what protects."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from cases.data_tags import WORDS_ZH, data_tags
from cases.facts import DECLARED, facts_of
from cases.model_tags import model_labels
from cases.prefixes import prefix
from cases.reviewed import reviewed_tags
from cases.tags import tags
from claims.checks import CHECKS
from claims.results import LAYERS, TAGS
from claims.tables import SUBJECT_TYPES
from features.catalogue import CATALOGUES
from rules import protective
from tests.judged_stays import NIGHT, judged
from tests.worlds import world

PERSONS = """
    person_id | sex | birth_date | scheme   | person_type | relief
    P         | F   | 1940-05-01 | employee | retired     | no
    Q         | M   | 1990-05-01 | resident | resident    | yes
"""
STAYS = """
    stay_id | hospital_id | total_amount | person_id | admitted_at      | discharged_at    | department | discharge_way
    split   | H           | 30,000       | P         | 2025-05-20 09:00 | 2025-05-24 09:00 | 重症医学科 | death
    hanging | H           | 10,000       | Q         | 2025-05-20 09:00 | 2025-05-30 09:00 | surgery    | home
"""
LINES = """
    line_id | stay_id | charged_at       | category   | item_code | quantity | unit_price | amount
    1       | split   | 2025-05-21 10:00 | consumable | STENT     | 2        | 500        | 1,000
    2       | split   | 2025-05-21 11:00 | consumable | BALLOON   | 1        | 500        | 500
    3       | split   | 2025-05-21 12:00 | consumable | BALLOON   | -1       | 500        | -500
"""
CONSUMABLES = """
    item_code | valid_from | key_list | vbp_selected
    STENT     | 2024-01-01 | yes      | no
    STENT     | 2025-05-22 | yes      | yes
    BALLOON   | 2024-01-01 | yes      | yes
"""
OUTCOMES = """
    outcome_id | subject_type | subject_id | scenario        | scheme | audited_schemes | outcome   | event_on   | decided_on | amount_recovered | selected_by | received_on | supersedes
    o1         | stay         | split      | hospitalization | H01    | -               | confirmed | 2025-05-24 | 2025-05-28 | 12,000           | tip         | 2025-05-29  | -
    o2         | stay         | hanging    | hospitalization | -      | H02             | confirmed | 2025-05-24 | 2025-05-28 | 10               | tip         | 2025-05-29  | -
    o3         | stay         | hanging    | hospitalization | -      | H02             | refuted   | 2025-05-24 | 2025-05-30 | 0                | tip         | 2025-05-31  | o2
    o4         | stay         | elsewhere  | hospitalization | H02    | -               | confirmed | 2025-04-24 | 2025-06-01 | 5                | rule        | 2025-06-02  | -
    o5         | stay         | long_ago   | hospitalization | H02    | -               | confirmed | 2025-04-24 | 2025-05-01 | 5                | rule        | 2025-05-02  | -
"""


def labels(*subjects: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Labels of judged stays, these being alerts."""
    one = judged()
    history = world(persons=PERSONS, stays=STAYS, fee_lines=LINES, consumables=CONSUMABLES)
    chosen = pl.DataFrame({"subject_id": list(subjects)}, schema={"subject_id": pl.String()})
    found = tags(one, chosen, history)
    assert found.schema == TAGS.empty().schema
    return {(row["subject_id"], row["tag"]): row for row in found.iter_rows(named=True)}


def facts_told(subject: str) -> dict[str, dict[str, Any]]:
    """Facts of one alerted stay."""
    found = labels(subject)
    return {tag.removeprefix("S.fact."): row for (_, tag), row in found.items() if ".fact." in tag}


def test_facts_are_read_off_the_data_of_the_night() -> None:
    assert set(facts_told("split")) == {"retired", "employee", "intensive_care", "key_item"}


def test_a_fact_that_compares_says_with_what() -> None:
    row = facts_told("split")["key_item"]
    assert (row["value"], row["layer"], row["version"]) == (1.0, "fact", "d1")
    assert row["text_en"] == "a key consumable was billed"
    assert row["text_zh"] == "使用重点耗材"


def test_an_item_selected_after_the_service_was_not_selected_at_the_service() -> None:
    assert "volume_based" not in facts_told("split")


def test_what_protects_is_a_fact_also_where_no_rule_had_to_be_silenced() -> None:
    row = facts_told("announced")["planned_readmission"]
    assert row["protective"]
    assert row["layer"] == "fact"
    assert not facts_told("split")["employee"]["protective"]


def test_facts_are_written_for_alerts_alone_and_rules_for_all() -> None:
    found = labels()
    assert {row["layer"] for row in found.values()} == {"rule"}
    assert ("split", "S.rule.H01") in found


@pytest.mark.parametrize("entity", CATALOGUES)
def test_every_protective_condition_is_a_fact_once(entity: str) -> None:
    names = [item.name for item in facts_of(entity)]
    assert len(set(names)) == len(names)
    assert {guard.code for guard in protective.ALL} <= set(names)


@pytest.mark.parametrize("item", [item for items in DECLARED.values() for item in items])
def test_a_declared_fact_has_words_in_both_languages(item: Any) -> None:
    assert item.en.isascii()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in item.zh)
    assert item.reads


def test_a_rule_label_says_value_limit_version_and_sentence() -> None:
    row = labels()["split", "S.rule.H01"]
    assert (row["value"], row["standard"], row["compared_with"]) == (
        2.0, 15.0, "limit split_gap_days",
    )  # fmt: skip
    assert row["version"] == "2026-01"
    assert row["text_en"] == (
        "H01 Split stay: came back to the same hospital for the same condition within 15 days"
    )
    assert "15天内" in row["text_zh"]


def test_a_guard_says_which_rule_it_kept_from_speaking_and_what_the_rule_had_seen() -> None:
    row = labels()["announced", "S.guard.H01.planned_readmission"]
    assert row["protective"]
    assert (row["value"], row["standard"]) == (1.0, 15.0)
    assert row["text_zh"] == "未提示H01 分解住院：计划内再住院"


@pytest.mark.parametrize(
    ("score", "anomaly", "said"),
    [
        (0.85, 0.5, {"model.probability.80"}),
        (0.6, 0.9991, {"model.probability.60", "model.all_detectors.99.9"}),
        (0.1, 0.99, {"model.all_detectors.99"}),
        (None, 0.98, set()),
    ],
)
def test_models_label_by_bands(score: float | None, anomaly: float, said: set[str]) -> None:
    row = {"subject_id": "a", "score": score, "margin": 0.3, "anomaly": anomaly}
    assert {label["tag"] for label in model_labels(row)} == said


def test_each_detector_speaks_for_itself_and_no_percentile_is_rounded_up() -> None:
    row = {"score": None, "margin": 9.0, "anomaly": 0.5, "iforest": 0.99999}
    (label,) = model_labels(row)
    assert label["tag"] == "model.iforest.99.9"
    assert label["text_en"].startswith("iforest: more unusual than 99.9% of the records")


def reviewed(on: date = NIGHT) -> dict[tuple[str, str], dict[str, Any]]:
    """Reviewed labels of a night on which two stays are alerts."""
    alerted = pl.DataFrame({"subject_type": "stay", "subject_id": ["split", "hanging"]})
    found = reviewed_tags(world(on, audit_outcomes=OUTCOMES), on, alerted)
    assert found.schema == TAGS.empty().schema
    return {(row["subject_id"], row["tag"]): row for row in found.iter_rows(named=True)}


def test_decisions_known_that_night_label_alerts_and_what_became_known() -> None:
    assert set(reviewed()) == {
        ("split", "S.reviewed.confirmed.H01"),
        ("hanging", "S.reviewed.refuted"),
        ("elsewhere", "S.reviewed.confirmed.H02"),
    }
    assert ("elsewhere", "S.reviewed.confirmed.H02") not in reviewed(date(2025, 6, 1))


def test_a_decision_says_scheme_day_and_amount_and_a_refutation_protects() -> None:
    found = reviewed()
    row = found["split", "S.reviewed.confirmed.H01"]
    assert (row["value"], row["compared_with"], row["version"]) == (12_000.0, "H01", "o1")
    assert row["text_en"] == "H01 confirmed on 2025-05-28, 12,000 yuan recovered"
    assert row["text_zh"] == "2025-05-28H01核实成立，追回12,000元"
    assert not row["protective"]
    assert found["hanging", "S.reviewed.refuted"]["protective"]


def test_before_it_was_replaced_the_first_decision_stood() -> None:
    assert ("hanging", "S.reviewed.confirmed") in reviewed(date(2025, 5, 30))


def test_a_data_fault_is_a_fact_in_both_languages() -> None:
    faults = pl.DataFrame({"stay_id": ["s", "s", None], "code": ["data.sum_mismatch"] * 3,
                           "message": ["sums differ"] * 3})  # fmt: skip
    (row,) = data_tags(faults, NIGHT).to_dicts()
    assert (row["tag"], row["value"], row["layer"]) == ("data.sum_mismatch", 2.0, "fact")
    assert row["text_zh"] == "明细合计与总额不符（2处）"
    assert {check.code for check in CHECKS} <= set(WORDS_ZH)


def test_every_kind_of_subject_has_its_letter_and_all_layers_exist() -> None:
    assert len({prefix(one) for one in SUBJECT_TYPES}) == len(SUBJECT_TYPES)
    assert LAYERS == ("fact", "statistical", "rule", "model", "reviewed")
