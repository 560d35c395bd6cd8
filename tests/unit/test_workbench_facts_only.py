"""Facts only holds in every list and in what is taken out, and what was shown is kept."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unit.test_workbench_decisions import conclude
from tests.unit.test_workbench_overview import LADDER
from tests.unit.test_workbench_taking import rows_of
from tests.workbench_indicators import CITY, figure, write_figures
from tests.workbench_lake import case, write_whole
from workbench import life

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

CHINESE = {"Accept-Language": "zh-CN"}


def read(client: Client, page: str = "queue", query: str = "", **headers: str) -> str:
    """A page as text."""
    answer = client.get(reverse(page) + query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def switch(client: Client) -> None:
    """Switch *facts only* on, or off."""
    client.post(reverse("facts-only"))


def exported(client: Client, query: str = "") -> dict[str, dict[str, str]]:
    """The rows of the exported queue by case."""
    titles, *rows = rows_of(client.post(reverse("export"), {"query": query}).content)
    told = [dict(zip(titles, row, strict=True)) for row in rows]
    return {one["Case"]: one for one in told}


def listed() -> list[dict[str, Any]]:
    """What the trail kept of lists with scores, the oldest first."""
    from workbench.models import TrailEntry  # noqa: PLC0415  needs the applications loaded

    found = TrailEntry.objects.filter(event="scores.listed").order_by("number")
    return [json.loads(one.details) for one in found]


def saw() -> bool:
    """What is kept with the only opinion."""
    from workbench.models import Opinion  # noqa: PLC0415  needs the applications loaded

    return Opinion.objects.get().saw_score


@pytest.fixture
def two(lake: Lake) -> None:
    """A red case that needs a second opinion, and an orange one."""
    write_whole(lake, [
        case(1, grade="red", score=0.834),
        case(2, grade="orange", score=0.612, scenario="consumables"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "hidden", "says"),
    [
        ({}, ("Red", "Orange", "English sentence"), "The order is still by expected recovery"),
        (CHINESE, ("红色", "橙色", "中文句子"), "排序仍按预期追回金额"),
    ],
)
def test_the_queue_shows_neither_grade_nor_probability_nor_reason(
    auditor: Client, two: None, headers: dict[str, str], hidden: tuple[str, ...], says: str
) -> None:
    told = read(auditor, **headers)
    assert all(word in told for word in (*hidden, "83%", '<tr class="red">'))
    assert says not in told
    switch(auditor)
    told = read(auditor, **headers)
    assert not [word for word in (*hidden, "83%", '<tr class="red">', "grade=") if word in told]
    assert says in told
    assert "case-000001" in told


def test_a_filter_by_grade_does_nothing_for_who_reads_facts_only(
    auditor: Client, two: None
) -> None:
    switch(auditor)
    assert "case-000002" in read(auditor, query="?grade=red")
    assert set(exported(auditor, "grade=red")) == {"case-000001", "case-000002"}
    taken = auditor.post(reverse("take-next"), {"query": "grade=orange"})
    assert taken.headers["Location"] == "/cases/case-000001/"


def test_after_an_own_opinion_the_list_shows_that_case_alone(auditor: Client, two: None) -> None:
    switch(auditor)
    conclude(auditor)
    told = read(auditor, query="?state=all")
    assert "83%" in told
    assert "English sentence 1" in told
    assert "61%" not in told
    assert "English sentence 2" not in told
    assert told.count(">hidden<") == 3
    rows = exported(auditor, "state=all")
    assert [rows["case-000001"][name] for name in ("Grade", "Probability")] == ["Red", "0.834"]
    assert [rows["case-000002"][name] for name in ("Grade", "Probability")] == ["", ""]


def test_an_opinion_of_an_earlier_round_shows_nothing_in_the_next(
    auditor: Client, senior: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1, score=0.834, amount_at_risk=100)])
    switch(auditor)
    conclude(auditor, life.REFUTED)
    assert "83%" in read(auditor, query="?state=all")
    senior.post(reverse("reopen", args=["case-000001"]), {"why": "a new record came"})
    assert "83%" not in read(auditor, query="?state=all")


@pytest.mark.parametrize("page", ["overview", "indicators"])
def test_lists_at_the_foot_of_a_ladder_hide_the_grade(
    auditor: Client, lake: Lake, two: None, page: str
) -> None:
    write_figures(lake, [figure(*one) for one in CITY])
    assert "Orange · " in read(auditor, page, LADDER[-1])
    switch(auditor)
    told = read(auditor, page, LADDER[-1])
    assert "case-000002" in told
    assert "Orange · " not in told


def test_an_exported_queue_has_no_grade_probability_or_reason(auditor: Client, two: None) -> None:
    assert exported(auditor)["case-000001"]["Grade"] == "Red"
    switch(auditor)
    row = exported(auditor)["case-000001"]
    assert [row[name] for name in ("Grade", "Probability", "Strongest reason")] == ["", "", ""]
    assert row["In doubt (yuan)"] == "1234.56"


def test_a_list_with_scores_is_kept_once_with_its_cases(auditor: Client, two: None) -> None:
    read(auditor, query="?scenario=consumables")
    read(auditor, query="?scenario=consumables")
    read(auditor)
    exported(auditor)
    assert listed() == [
        {"where": "queue", "cases": ["case-000002"]},
        {"where": "queue", "cases": ["case-000001"]},
    ]


def test_a_list_without_scores_keeps_nothing(auditor: Client, two: None) -> None:
    switch(auditor)
    read(auditor)
    read(auditor, "overview", LADDER[-1])
    exported(auditor)
    assert listed() == []


@pytest.mark.parametrize("where", ["queue", "export", "overview", "indicators", "dossier"])
def test_scores_seen_before_facts_only_was_switched_on_are_kept_with_the_opinion(
    auditor: Client, lake: Lake, where: str
) -> None:
    write_whole(lake, [case(1, amount_at_risk=100, scenario="consumables")])
    write_figures(lake, [figure(*one) for one in CITY])
    match where:
        case "export":
            exported(auditor)
        case "dossier":
            auditor.get(reverse("dossier", args=["case-000001"]))
        case "queue":
            read(auditor)
        case _:
            read(auditor, where, LADDER[-1])
    switch(auditor)
    conclude(auditor, life.REFUTED)
    assert saw() is True


def test_what_others_saw_and_other_cases_are_not_held_against_a_reader(
    auditor: Client, second: Client, two: None
) -> None:
    read(second)
    read(auditor, query="?scenario=consumables")
    switch(auditor)
    read(auditor)
    conclude(auditor)
    assert saw() is False


def test_what_was_seen_in_an_earlier_round_was_seen(
    auditor: Client, senior: Client, lake: Lake
) -> None:
    from workbench.models import Opinion  # noqa: PLC0415  needs the applications loaded

    write_whole(lake, [case(1, amount_at_risk=100)])
    switch(auditor)
    conclude(auditor, life.REFUTED)
    auditor.get(reverse("dossier", args=["case-000001"]))
    senior.post(reverse("reopen", args=["case-000001"]), {"why": "a new record came"})
    conclude(auditor, life.REFUTED)
    assert list(Opinion.objects.values_list("saw_score", flat=True)) == [False, True]


def test_dossiers_read_before_glimpses_were_kept_count(auditor: Client) -> None:
    from workbench.models import Glimpse, Look, User  # noqa: PLC0415  needs them loaded

    user = User.objects.get()
    for number, saw_score in ((1, True), (2, True), (3, False)):
        Look.objects.create(case_id=f"case-{number}", round=1, user=user, saw_score=saw_score)
    Look.objects.create(case_id="case-1", round=2, user=user, saw_score=True)
    moved = importlib.import_module("workbench.migrations.0007_glimpses_of_dossiers")
    moved.from_looks(apps, None)
    assert sorted(Glimpse.objects.values_list("case_id", flat=True)) == ["case-1", "case-2"]


def test_a_list_of_fifty_asks_as_often_as_a_list_of_one(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(number) for number in range(1, 51)] + [case(99, grade="red")])
    asked = []
    for query in ("?grade=red", "?grade=yellow"):
        with CaptureQueriesContext(connection) as queries:
            read(auditor, query=query)
        asked.append(len(queries))
    assert asked[1] <= asked[0]
    assert [len(one["cases"]) for one in listed()] == [1, 50]
