"""The page of indicators: every rung, its lines and states, who sees what, and what is hidden."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from claims.results import ALERTS
from claims.tables import STAYS
from rules.indicator_lines import LINES
from tests.workbench_indicators import CITY, STENT, crossed, figure, write_figures
from tests.workbench_lake import NIGHT, alert_of, case, publish, replace_rows, stay, write_whole
from workbench.indicators import AHEAD, INDICATORS, RUNGS, STATE_WORDS

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

PATH = ("Near District", "H0001", "Neurology", "D-1", STENT)
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}


def write_city(lake: Lake, **of: dict[str, Any]) -> None:
    """A small city with its indicators; ``of`` changes the rows of a rung."""
    write_whole(lake, [case(1)])
    write_figures(lake, [figure(*one, **of.get(one[0], {})) for one in CITY])


def query(depth: int, **more: str) -> str:
    """The address of the place so many rungs below the city."""
    return "?" + urlencode(dict(zip(RUNGS.values(), PATH[:depth], strict=False)) | more)


def text_of(client: Client, asked: str = "", **headers: str) -> str:
    """The page as text."""
    response = client.get(reverse("indicators") + asked, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("depth", "shown", "next_rung"),
    [
        (0, "Near District", "district=Near+District"),
        (1, "Riverside Hospital", "hospital_id=H0001"),
        (2, "Neurology", "department=Neurology"),
        (3, "D-1", "physician_id=D-1"),
        (4, STENT, f"item={STENT}"),
    ],
)
def test_every_rung_leads_to_the_next(
    auditor: Client, lake: Lake, depth: int, shown: str, next_rung: str
) -> None:
    write_city(lake)
    text = text_of(auditor, query(depth))
    assert shown in text
    assert next_rung in text
    assert "12,345" in text


def test_each_figure_stands_beside_its_lines_and_its_state_in_words(
    auditor: Client, lake: Lake
) -> None:
    red = {"oe": 1.45, "crossed": [crossed("oe", "red", 1.45, 1.30)]}
    write_city(lake, hospital=red | {"growth": 0.8, "price_deviation": 0.01})
    text = text_of(auditor, query(2))
    assert "1.45" in text
    assert "Yellow &gt; 1.15 · Red &gt; 1.30" in text
    assert '<span class="grade red">Red</span>' in text
    assert "Within" in text
    # Growth of a few stays is beyond its line and no alert; the rest was not measured.
    assert '<span class="quiet">Beyond, but no alert</span>' in text
    assert "Not measured" in text


def test_a_line_that_will_be_crossed_is_told_with_its_interval(auditor: Client, lake: Lake) -> None:
    coming = crossed("oe", AHEAD, 1.1, 1.15, projected=1.17, low=1.12, high=1.24)
    write_city(lake, hospital={"oe": 1.1, "crossed": [coming]})
    text = text_of(auditor, query(1))
    assert "next month 1.17 (90%: 1.12 to 1.24)" in text
    assert "→ Next month" in text


@pytest.mark.parametrize("few", [{"stays": 4, "lines": 9}, {"stays": 9, "lines": 4}])
def test_fewer_than_five_are_not_told(auditor: Client, lake: Lake, few: dict[str, Any]) -> None:
    told = {"amount": 777_700, "oe": 2.77, "crossed": [crossed("oe", "red", 2.77, 1.30)]}
    write_city(lake, department=few | told)
    for depth in (2, 3):
        text = text_of(auditor, query(depth))
        assert "7,777" not in text
        assert "2.77" not in text
        assert "grade red" not in text
    assert "so its figures are not shown" in text


def test_who_minds_a_district_begins_there_and_sees_no_other(elsewhere: Client, lake: Lake) -> None:
    write_city(lake)
    for depth in range(len(PATH) + 1):
        text = text_of(elsewhere, query(depth))
        assert "Riverside" not in text
        assert "Near District" not in text
    assert "H0009" in text_of(elsewhere)


def test_a_place_is_not_reached_through_a_district_it_does_not_belong_to(
    elsewhere: Client, lake: Lake
) -> None:
    write_city(lake)
    ward = {"department": "Neurology"}
    for below in ({}, ward, ward | {"physician_id": "D-1"}):
        text = text_of(elsewhere, "?" + urlencode({"hospital_id": "H0001"} | below))
        assert "Nothing is written about this place" in text
        assert "12,345" not in text


def test_a_class_is_told_alone_and_its_articles_are_known_by_their_code(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    rows = [figure(*one) for one in CITY]
    told = {"class": "C02", "amount": 55_500}
    of_class = [row | told for row in rows if row["rung"] != "physician_item"]
    write_figures(lake, [*rows, *of_class])
    assert "555" in text_of(auditor, query(2) + "&class=C02")
    items = text_of(auditor, query(4) + "&class=C02")
    assert STENT in items
    assert "C070101Y" not in items


def test_the_newest_run_about_a_month_is_shown(auditor: Client, lake: Lake) -> None:
    write_city(lake)
    write_figures(lake, [figure(*CITY[0], amount=4_200)], date(2025, 10, 31))
    assert "12,345" in text_of(auditor)
    write_figures(lake, [figure(*CITY[0], amount=4_200)], date(2025, 11, 25))
    assert "12,345" not in text_of(auditor)


def test_the_foot_of_the_ladder_has_the_cases_of_the_use_and_of_the_ledger(
    auditor: Client, viewer: Client, lake: Lake
) -> None:
    told = {"scenario": "consumables", "rule_codes": ["C02"], "score": None}
    rows = [case(number, **told) for number in (1, 2, 3)]
    write_whole(lake, rows)
    about = [f"S-1|{STENT}", f"H0001|{STENT}|2025-10", "S-3|C070101Y"]
    alerts = [alert_of(row) | {"subject_id": one} for row, one in zip(rows, about, strict=True)]
    replace_rows(lake, ALERTS, alerts, NIGHT)
    stays = [stay(one) | {"stay_id": one["subject_id"].partition("|")[0]} for one in alerts]
    replace_rows(lake, STAYS, stays, NIGHT, "received_on")
    write_figures(lake, [figure(*one) for one in CITY])
    publish(lake)
    item, physician = text_of(auditor, query(5)), text_of(auditor, query(4))
    ids = [row["case_id"] for row in rows]
    assert [one in item for one in ids] == [True, True, False]
    assert [one in physician for one in ids] == [True, False, True]
    assert "case-000001" not in text_of(viewer, query(5))


def test_the_page_is_in_chinese_too(auditor: Client, lake: Lake) -> None:
    write_city(lake, hospital={"oe": 1.45, "crossed": [crossed("oe", "yellow", 1.45, 1.15)]})
    text = text_of(auditor, query(1), **CHINESE)
    assert "耗材监管指标" in text
    assert "实际/预期费用" in text
    assert '<span class="grade yellow">黄色</span>' in text


def test_before_the_first_month_the_page_says_what_to_type(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    assert "jianbao indicators --store" in text_of(auditor)


def test_the_overview_leads_to_the_indicators_of_the_same_place_and_back(
    auditor: Client, lake: Lake
) -> None:
    write_city(lake)
    overview = auditor.get(reverse("overview") + query(2)).content.decode()
    assert "/indicators/?district=Near+District&amp;hospital_id=H0001" in overview
    assert "/overview/?district=Near+District&amp;hospital_id=H0001" in text_of(auditor, query(2))


def test_the_lines_shown_are_the_lines_that_are_judged() -> None:
    for one in INDICATORS:
        judged = [
            line for line in LINES
            if line.indicator == one.name and not set(line.rungs) <= {"stay"}
        ]  # fmt: skip
        (line,) = judged
        assert (one.yellow, one.red, one.down) == (line.yellow, line.red, line.down)
        shown = ("city", *RUNGS)
        assert set(one.rungs) == {rung for rung in line.rungs if rung in shown}
    assert {one.name for one in INDICATORS} == {
        line.indicator for line in LINES if set(line.rungs) - {"stay"}
    }


def test_every_state_has_its_word() -> None:
    assert set(STATE_WORDS) == {"red", "yellow", "ahead", "few", "within", "unmeasured"}
