"""Reasons in words: value, standard, distance and n, and no figure that is not in a table."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from cases.wording import (
    FEW_PEERS,
    REASONS_PER_ALERT,
    _background,
    cell_words,
    names_of_codes,
    reasons,
    sentence,
)
from claims.results import REASON
from features.catalogue import CATALOGUES, STAYS, USES
from features.declaration import Feature
from tests.judged_stays import judged

PEERS = {"location": 8.5, "p5": 4.0, "p95": 15.2, "n": 1842, "cell": "ES3|2|*|*"}
EVERY = [
    pytest.param(item, id=f"{entity}.{item.name}")
    for entity, catalogue in CATALOGUES.items()
    for item in catalogue.features
]


def told(*features: str) -> dict[str, list[dict[str, Any]]]:
    """Reasons of every stay, these columns being the strongest."""
    one = judged(top=features)
    found = reasons(one, one.top(one.measured))
    assert dict(found.schema)["reasons"].inner == REASON  # type: ignore[attr-defined]
    return dict(found.iter_rows())


def test_a_sentence_names_value_standard_range_and_n() -> None:
    said = sentence(STAYS["length_of_stay"], 3.2, PEERS)
    assert said == "stayed 3.2 d; peers 8.5 d (P5 4.0 d, P95 15.2 d), 1,842 stays of ES3, level 2"


def test_it_says_the_same_in_chinese() -> None:
    said = sentence(STAYS["length_of_stay"], 3.2, PEERS, zh=True)
    assert said == "住院3.2 天；同类中位8.5 天（P5 4.0 天，P95 15.2 天），ES3、二级共1,842例住院"


@pytest.mark.parametrize(("n", "weak"), [(FEW_PEERS - 1, True), (FEW_PEERS, False)])
def test_a_comparison_with_few_peers_is_called_weak(n: int, weak: bool) -> None:  # noqa: FBT001
    few = PEERS | {"n": n}
    assert sentence(STAYS["age"], 80, few).endswith("too few for a strong comparison") == weak
    assert sentence(STAYS["age"], 80, few, zh=True).endswith("样本少，可比性弱") == weak


def test_without_peers_the_sentence_says_so() -> None:
    assert (
        sentence(STAYS["age"], 80, None) == "the person was 80 years old; no peers to compare with"
    )
    assert sentence(STAYS["age"], 80, None, zh=True) == "患者80 岁；无同类可比"


@pytest.mark.parametrize(
    ("cell", "english", "chinese"),
    [
        ("ES35|3|resident|*", "ES35, level 3, resident scheme", "ES35、三级、居民医保"),
        ("ES35|0|*|*", "ES35, ungraded", "ES35、未定级"),
        ("*|*|*|ES3", "ES3", "ES3"),
        ("*|*|*|*", "the whole city", "全市"),
    ],
)
def test_a_peer_group_is_said_in_words(cell: str, english: str, chinese: str) -> None:
    assert cell_words(cell) == english
    assert cell_words(cell, zh=True) == chinese


def test_a_class_of_consumables_is_called_by_its_name() -> None:
    called = names_of_codes({"class_code": "C010101", "class_name": "stents"})
    peers = PEERS | {"cell": "C010101|FM1|3"}
    assert sentence(USES["billed_quantity"], 3000, peers, called).endswith("stents, FM1, level 3")
    assert names_of_codes({"class_code": None, "class_name": None}) == {}


@pytest.mark.parametrize("item", EVERY)
@pytest.mark.parametrize("zh", [False, True])
def test_every_figure_in_a_sentence_is_a_figure_of_its_tables(item: Feature, zh: bool) -> None:  # noqa: FBT001
    peers = {"location": 51_234.0, "p5": 1_234.0, "p95": 91_234.0, "n": 4321, "cell": "*|*"}
    said = sentence(item, 71_234.0, peers, zh=zh)
    show = item.unit.show
    for value in (71_234.0, 51_234.0, 1_234.0, 91_234.0):
        assert show(value, zh=zh) in said
    assert "4,321" in said
    figures = " ".join([*(show(value) for value in (71_234.0, 51_234.0, 1_234.0, 91_234.0)),
                        "4,321", "5", "95", item.says, item.says_zh])  # fmt: skip
    assert all(figure in figures for figure in re.findall(r"\d[\d,.]*\d|\d", said))


def test_the_figures_of_a_reason_equal_its_tables() -> None:
    (reason,) = told("length_of_stay")["split"]
    assert reason["value"] == 3.2
    assert (reason["standard"], reason["p5"], reason["p95"], reason["n"]) == (8.5, 4.0, 15.2, 1842)
    assert reason["contribution"] == 1.0
    assert reason["family"] == "course"
    assert "3.2 d; peers 8.5 d" in reason["text_en"]
    assert "ES35、二级共1,842例住院" in reason["text_zh"]


def test_a_value_and_its_distance_from_peers_are_one_reason() -> None:
    (reason,) = told("length_of_stay", "length_of_stay_vs_peers")["split"]
    assert reason["feature"] == "length_of_stay"
    assert reason["contribution"] == pytest.approx(1.5)


def test_a_rule_is_told_by_its_first_evidence() -> None:
    (reason,) = told("rule_H01")["split"]
    assert reason["feature"] == "days_since_same_condition"
    assert reason["text_en"].startswith("began 2.0 d after discharge from the same hospital")


def test_what_lies_away_from_peers_comes_first() -> None:
    names = [reason["feature"] for reason in told("length_of_stay", "idle_days")["both"]]
    assert names == ["idle_days", "length_of_stay"]
    usual = [reason["feature"] for reason in told("length_of_stay", "idle_days")["usual"]]
    assert usual == ["length_of_stay", "idle_days"]


@pytest.mark.parametrize(("idle", "said"), [(1.0, ["idle_days"]), (0.0, ["length_of_stay"])])
def test_about_what_peers_have_is_a_reason_only_where_there_is_no_better_one(
    idle: float, said: list[str]
) -> None:
    """A stay of 8.8 days among peers of 8.5 (spread 1.0), with an idle day or without."""
    one = judged(top=("length_of_stay", "idle_days"))
    near = one.measured.with_columns(
        length_of_stay=pl.lit(8.8),
        length_of_stay_vs_peers=pl.lit(0.3),
        idle_days=pl.lit(idle),
        idle_days_vs_peers=pl.lit(idle / 0.5),
    )
    found = reasons(replace(one, measured=near), one.top(near))
    first = dict(found.iter_rows())["usual"][: len(said)]
    assert [reason["feature"] for reason in first] == said
    assert len(dict(found.iter_rows())["usual"]) == (1 if idle else 2)


def test_what_a_rule_shows_is_a_reason_though_it_is_usual_among_peers() -> None:
    """Where a whole hospital does the same, the evidence lies near its peers."""
    one = judged(top=("rule_H01", "total_cost"))
    shown = "days_since_same_condition"
    near = one.measured.with_columns(
        pl.lit(0.2).alias(f"{shown}_vs_peers"), total_cost_vs_peers=pl.lit(2.0)
    )
    found = dict(reasons(replace(one, measured=near), one.top(near)).iter_rows())
    assert {reason["feature"] for reason in found["split"]} == {shown, "total_cost"}
    assert [reason["feature"] for reason in found["usual"]] == ["total_cost"]


def test_what_is_held_against_nobody_is_no_reason_where_there_is_a_better_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That a use is to be recorded says in which light its record is to be seen, and no more."""
    assert "record_expected" in _background(replace(judged(), catalogue=CATALOGUES["use"]))
    assert _background(judged()) == []
    monkeypatch.setattr("cases.wording._background", lambda _: ["awaiting_place"])
    one = judged(top=("awaiting_place", "idle_days"))
    found = dict(reasons(one, one.top(one.measured)).iter_rows())
    assert [reason["feature"] for reason in found["hanging"]] == ["idle_days"]
    assert [reason["feature"] for reason in found["usual"]] == ["awaiting_place", "idle_days"]


def test_no_more_reasons_are_told_than_can_be_read() -> None:
    many = [item.name for item in STAYS.features]
    assert {len(each) for each in told(*many).values()} == {REASONS_PER_ALERT}
