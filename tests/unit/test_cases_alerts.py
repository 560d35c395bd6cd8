"""Alerts, labels and dossiers: what is said of a doubtful record, with what it rests on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from cases.alerts import alerts, mark_repeats
from cases.amounts import weigh
from cases.dossier import dossiers
from cases.identity import alert_id
from cases.selection import Capacity, select
from cases.tags import tags
from cases.wording import reasons
from claims.results import ALERTS, DOSSIERS, RULE_FIELDS, TAGS
from rules.catalogue import BY_CODE
from tests.judged_stays import NIGHT, judged
from tests.worlds import world

EVERYBODY = Capacity(alerts=10, random_share=0.0, seed=7)


def told(earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """Alerts of the night about every stay that is worth it, case left open."""
    one = judged(top=("length_of_stay", "idle_days"))
    known = ALERTS.empty() if earlier is None else earlier
    picked = select(mark_repeats(weigh(one), known), EVERYBODY, NIGHT).filter(
        pl.col("selected_by").is_not_null()
    )
    return alerts(one, picked, reasons(one, one.top(one.measured)))


def by_subject(rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows by subject."""
    return {row["subject_id"]: row for row in rows.iter_rows(named=True)}


def test_an_alert_has_every_column_of_its_table_but_the_case() -> None:
    found = told()
    assert found.columns == [name for name in ALERTS.names if name != "case_id"]
    assert dict(found.schema) == {
        name: kind for name, kind in ALERTS.dtypes().items() if name != "case_id"
    }
    assert set(found["subject_id"]) >= {"split", "hanging", "both"}


def test_an_alert_carries_its_rules_with_evidence_and_what_speaks_for_it() -> None:
    row = by_subject(told())["both"]
    assert [rule["code"] for rule in row["rules"]] == ["H01", "H02"]
    assert all(set(json.loads(rule["evidence"])) for rule in row["rules"])
    assert row["tags"] == ["S.rule.H01", "S.rule.H02"]
    assert row["protective_tags"] == []
    assert row["alert_id"] == alert_id("hospitalization", "stay", "both", NIGHT)
    assert (row["model_version"], row["benchmark_version"], row["data_version"]) == (
        "m1", "v1", "d1",
    )  # fmt: skip


def test_a_silenced_rule_is_no_rule_of_the_alert_but_shows_what_silenced_it() -> None:
    one = judged()
    picked = select(mark_repeats(weigh(one), ALERTS.empty()), EVERYBODY, NIGHT)
    announced = picked.filter(subject_id="announced").with_columns(selected_by=pl.lit("random"))
    (row,) = alerts(one, announced, reasons(one, one.top(one.measured))).to_dicts()
    assert row["rules"] == []
    assert row["tags"] == []
    assert row["protective_tags"] == ["planned_readmission"]


def repeats(earlier: pl.DataFrame) -> set[str]:
    """Subjects of which tonight says nothing new."""
    marked = mark_repeats(weigh(judged()), earlier)
    return set(marked.filter("repeat")["subject_id"])


def filed(rows: pl.DataFrame, on: date) -> pl.DataFrame:
    """Alerts as kept in the lake, of another night."""
    return rows.with_columns(run_date=pl.lit(on), case_id=pl.lit("C")).select(ALERTS.names)


def test_the_same_rules_and_the_same_amount_are_no_news() -> None:
    earlier = filed(told(), date(2025, 6, 1))
    assert repeats(earlier) >= {"split", "hanging", "both"}
    assert repeats(ALERTS.empty()) == set()


@pytest.mark.parametrize(
    ("said", "now", "news"),
    [("线索", True, True), ("线索", False, False), ("疑点", True, False), (None, True, False)],
)
def test_a_clue_that_became_a_doubtful_point_is_news(
    said: str | None, *, now: bool, news: bool
) -> None:
    earlier = told()
    kept = [pl.element().struct.field(name) for name in RULE_FIELDS if name != "grade"]
    graded = pl.struct(*kept, pl.lit(said, pl.String).alias("grade"))
    rules = pl.col("rules").list.eval(graded)
    filed_so = filed(earlier.with_columns(rules), date(2025, 6, 1))
    tonight = weigh(judged()).with_columns(doubt=pl.lit(now))
    marked = mark_repeats(tonight, filed_so).filter(subject_id="split")
    assert marked["repeat"].item() != news


def test_another_amount_or_another_rule_is_news() -> None:
    earlier = filed(told(), date(2025, 6, 1))
    dearer = earlier.with_columns(pl.col("amount_at_risk") + 1)
    fewer = earlier.with_columns(rules=pl.col("rules").list.head(1))
    assert repeats(dearer) == set()
    assert "both" not in repeats(fewer)
    assert "split" in repeats(fewer)


def test_only_the_latest_alert_counts_as_said() -> None:
    first = filed(told(), date(2025, 5, 30))
    since = filed(told(), date(2025, 6, 1)).with_columns(pl.col("amount_at_risk") + 1)
    assert repeats(pl.concat([since, first])) == set()
    assert repeats(pl.concat([first.with_columns(pl.col("amount_at_risk") + 1),
                              filed(told(), date(2025, 6, 1))])) >= {"split"}  # fmt: skip


# --- labels ----------------------------------------------------------------------------


def labels() -> dict[tuple[str, str], dict[str, Any]]:
    """Labels of the night by subject and tag."""
    one = judged()
    found = tags(one, one.measured.select("subject_id"), world())
    assert found.schema == TAGS.empty().schema
    return {(row["subject_id"], row["tag"]): row for row in found.iter_rows(named=True)}


def test_rules_are_labels_and_what_silences_them_is_a_protective_one() -> None:
    found = labels()
    assert found["split", "S.rule.H01"]["layer"] == "rule"
    assert not found["split", "S.rule.H01"]["protective"]
    guard = found["announced", "S.guard.H01.planned_readmission"]
    assert guard["protective"]
    assert guard["text_en"] == ("H01 Split stay was not raised: the readmission had been announced")
    assert ("announced", "S.rule.H01") not in found


def test_a_statistical_label_says_value_standard_distance_and_against_whom() -> None:
    row = labels()["split", "S.stat.length_of_stay.low"]
    assert (row["value"], row["standard"], row["compared_with"]) == (3.2, 8.5, "ES35|2|*|*")
    assert row["distance"] == -5.3
    assert row["version"] == "v1"
    assert "stayed 3.2 d; peers 8.5 d" in row["text_en"]
    assert "住院3.2 天" in row["text_zh"]


def test_what_is_usual_or_unusual_the_harmless_way_is_no_label() -> None:
    found = labels()
    assert ("usual", "S.stat.length_of_stay.high") not in found
    assert all("idle_days.low" not in tag for _, tag in found)
    assert ("hanging", "S.stat.idle_days.high") in found


def test_alerts_dossiers_and_labels_tell_what_could_not_be_asked() -> None:
    one = judged(top=("length_of_stay",))
    why = pl.when(pl.col("code") == "H01")
    lowered = replace(
        one,
        hits=one.hits.with_columns(
            grade=why.then(pl.lit("线索")).otherwise("grade"),
            unasked_en=why.then(pl.lit(["not asked: x"])).otherwise("unasked_en"),
            unasked_zh=why.then(pl.lit(["未核实：x"])).otherwise("unasked_zh"),
        ),
    )
    picked = weigh(lowered).with_columns(
        selected_by=pl.lit("model"), selection_probability=pl.lit(None, pl.Float64)
    )
    raised = alerts(lowered, picked, reasons(lowered, lowered.top(lowered.measured)))
    (rule,) = by_subject(raised)["split"]["rules"]
    assert (rule["grade"], rule["unasked_en"], rule["unasked_zh"]) == (
        "线索", ["not asked: x"], ["未核实：x"],
    )  # fmt: skip
    content = dossiers(lowered, raised, world())
    (mine,) = [
        json.loads(text) for text in content["content"] if '"days_since_same_condition": 2' in text
    ][:1]
    assert mine["rules"][0]["grade"] == "线索"
    assert mine["rules"][0]["full_grade"] == BY_CODE["H01"].grade.value
    assert mine["rules"][0]["unasked_zh"] == ["未核实：x"]
    label = tags(lowered, picked, world()).filter(tag="S.rule.H01").row(0, named=True)
    assert label["text_en"].endswith("; not asked: x")
    assert label["text_zh"].endswith("；未核实：x")


# --- dossiers --------------------------------------------------------------------------


def dossier(subject: str) -> dict[str, Any]:
    """The content of the dossier of one alert."""
    one = judged(top=("length_of_stay",))
    history = world(
        fee_lines="""
            line_id | stay_id | charged_at       | category | quantity | amount
            1       | split   | 2025-05-20 10:00 | drug     | 1        | 40
            2       | split   | 2025-05-20 11:00 | drug     | 1        | 2
            3       | split   | 2025-05-21 11:00 | bed      | 1        | 50
        """
    )
    found = dossiers(one, told(), history)
    assert found.schema == DOSSIERS.empty().schema
    (row,) = found.filter(alert_id=alert_id("hospitalization", "stay", subject, NIGHT)).to_dicts()
    content: dict[str, Any] = json.loads(row["content"])
    return content


def test_a_dossier_shows_facts_days_and_rules_with_their_law() -> None:
    content = dossier("split")
    assert content["facts"]["length_of_stay"] == 3.2
    assert content["days"] == [
        {"amount": 4200, "category": "drug", "day": "2025-05-20", "lines": 2},
        {"amount": 5000, "category": "bed", "day": "2025-05-21", "lines": 1},
    ]
    (rule,) = content["rules"]
    assert rule["hook"] == BY_CODE["H01"].hook
    assert set(rule["limits"]) == set(BY_CODE["H01"].limits)
    name, basis = rule["limits_zh"]["split_gap_days"]
    assert name == "分解住院间隔天数"
    assert basis.startswith("GZ10000204001000；各省实践")
    assert rule["evidence"]["days_since_same_condition"] == 2
    assert "2 days" in [one["value_en"] for one in rule["shown"]]
    gap = next(one for one in rule["in_force"] if one["name_zh"] == "分解住院间隔天数")
    assert (gap["value_en"], gap["value_zh"], gap["since"]) == ("15 days", "15天", "2021-05-01")
    assert gap["on"] == content["facts"]["event_on"]
    assert content["reasons"][0]["text_en"].startswith("stayed 3.2 d")
    assert (content["model"], content["standards"]) == ("m1", "v1")


def test_a_dossier_labels_every_feature_in_both_languages() -> None:
    content = dossier("hanging")
    assert content["labels"]["idle_days"]["zh"] == "无诊疗天数"
    assert content["not_raised"] == []
    assert content["days"] == []
