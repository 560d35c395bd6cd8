"""The queue: what it lists, in which order, and what it must not show."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.workbench_lake import (
    NIGHT,
    YESTERDAY,
    case,
    publish,
    write_cases,
    write_night,
)
from workbench.selectors.queue import PAGE_SIZE

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

SECONDS_FOR_FIRST_PAGE = 10.0
SECONDS_FOR_NEXT_PAGE = 0.3


def text_of(client: Client, query: str = "") -> str:
    """The queue page as text."""
    response = client.get(reverse("queue") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_home_says_what_to_type_next(auditor: Client) -> None:
    text = text_of(auditor)
    assert "No night has been published yet" in text
    assert "jianbao nightly --date" in text


def test_a_case_shows_what_an_auditor_needs(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1, grade="red", score=0.834, amount_at_risk=1_234_567)])
    text = text_of(auditor)
    for shown in ("Red", "Riverside Hospital", "Person 00000001", "83%", "12,346", "12,345.67"):
        assert shown in text
    assert "<b>H01</b> One episode settled as two stays" in text
    assert "English sentence 1" in text


def test_the_whole_pseudonym_of_a_person_is_not_shown(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1, person_id="0123456789abcdef")])
    assert "0123456789abcdef" not in text_of(auditor)


def test_a_ledger_shows_its_item_and_month(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1, person_id=None, about="H0001|C0301012|2025-10")])
    text = text_of(auditor)
    assert "Item C0301012" in text
    assert "2025-10" in text


def test_without_a_probability_the_page_says_prior_and_the_percentile(
    auditor: Client, lake: Lake
) -> None:
    write_night(lake, [case(1, score=None, anomaly=0.9934)])
    text = text_of(auditor)
    assert "prior" in text
    assert "P99.3" in text


def test_the_page_never_calls_a_case_fraud(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1)])
    text = text_of(auditor)
    assert "fraud" not in text.lower()
    assert "The machine proposes, people decide." in text


def test_what_the_night_wrote_cannot_add_markup(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1, headline_en="<script>alert(1)</script>")])
    assert "<script" not in text_of(auditor)


def test_the_highest_priority_comes_first(auditor: Client, lake: Lake) -> None:
    priorities = {1: 5.0, 2: 50.0, 3: 0.5}
    write_night(lake, [case(number, priority=of) for number, of in priorities.items()])
    text = text_of(auditor)
    places = [text.index(f"English sentence {number}") for number in (2, 1, 3)]
    assert places == sorted(places)


def test_a_night_that_is_half_written_is_not_seen(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1)], YESTERDAY)
    write_cases(lake, [case(2)], NIGHT)
    text = text_of(auditor)
    assert "English sentence 2" not in text

    publish(lake, NIGHT)
    assert "English sentence 2" in text_of(auditor)


def test_a_night_that_is_written_again_shows_the_old_rows_until_it_is_published(
    auditor: Client, lake: Lake
) -> None:
    write_night(lake, [case(1, headline_en="as first said", run_date=NIGHT)])
    write_cases(lake, [case(1, headline_en="as half said", run_date=NIGHT)])
    text = text_of(auditor)
    assert "as first said" in text
    assert "as half said" not in text


def test_publishing_a_later_night_does_not_show_a_half_written_earlier_one(
    auditor: Client, lake: Lake
) -> None:
    write_night(lake, [case(1, headline_en="as first said", run_date=YESTERDAY)], YESTERDAY)
    write_cases(lake, [case(1, headline_en="as half said", run_date=YESTERDAY)], YESTERDAY)
    write_night(lake, [case(2)], NIGHT)
    text = text_of(auditor)
    assert "as first said" in text
    assert "as half said" not in text


def test_a_case_appears_once_as_the_newest_night_tells_it(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1, run_date=YESTERDAY, headline_en="old")], YESTERDAY)
    write_night(lake, [case(1, headline_en="new", opened_on=YESTERDAY)], NIGHT)
    text = text_of(auditor)
    assert ">new<" in text
    assert ">old<" not in text
    assert f"since {YESTERDAY}" in text


def test_a_case_that_takes_no_more_alerts_leaves_the_queue(auditor: Client, lake: Lake) -> None:
    long_ago = NIGHT - timedelta(days=30)
    write_night(lake, [case(1, run_date=long_ago)], long_ago)
    write_night(lake, [case(2)], NIGHT)
    text = text_of(auditor)
    assert "English sentence 1<" not in text
    assert "English sentence 2<" in text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?scenario=consumables", {2}),
        ("?grade=red", {3}),
        ("?hospital=hillside", {3}),
        ("?hospital=h0002", {3}),
        (f"?night={YESTERDAY}", {1}),
        (f"?night={NIGHT}&grade=yellow", {2}),
        ("?grade=nonsense&night=1999-01-01&scenario=x&page=x", {1, 2, 3}),
        ("?hospital=.*", set()),
    ],
)
def test_filters_keep_what_they_say(
    auditor: Client, lake: Lake, query: str, numbers: set[int]
) -> None:
    write_night(lake, [case(1, run_date=YESTERDAY)], YESTERDAY)
    hillside = {"hospital_id": "H0002", "hospital_name": "Hillside Hospital"}
    write_night(lake, [case(2, scenario="consumables"), case(3, grade="red", **hillside)], NIGHT)
    text = text_of(auditor, query)
    assert {number for number in (1, 2, 3) if f"English sentence {number}<" in text} == numbers


def test_filters_that_fit_nothing_offer_the_way_back(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1)])
    assert "Show all cases" in text_of(auditor, "?grade=red")


def test_grades_are_counted_over_the_other_filters(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1, grade="red"), case(2, grade="red"), case(3, grade="watch")])
    page = auditor.get(reverse("queue") + "?grade=watch").context["page"]
    assert page.by_grade == {"red": 2, "orange": 0, "yellow": 0, "watch": 1}
    assert page.total == 1


def test_pages_hold_every_case_once(auditor: Client, lake: Lake) -> None:
    total = 2 * PAGE_SIZE + 1
    write_night(lake, [case(number, priority=1.0) for number in range(total)])
    pages = [auditor.get(reverse("queue") + f"?page={n}").context["page"] for n in (1, 2, 3)]
    seen = [row.case_id for page in pages for row in page.rows]
    assert len(seen) == len(set(seen)) == total
    assert [page.last for page in pages] == [PAGE_SIZE, 2 * PAGE_SIZE, total]


@pytest.mark.parametrize("number", ["0", "-1", "9", "99999999999999999999", "²", ""])
def test_a_page_that_does_not_exist_gives_one_that_does(
    auditor: Client, lake: Lake, number: str
) -> None:
    write_night(lake, [case(1)])
    assert "English sentence 1" in text_of(auditor, f"?page={number}")


def test_the_pager_keeps_the_filters(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(number) for number in range(PAGE_SIZE + 1)])
    assert "?grade=yellow&amp;page=2" in text_of(auditor, "?grade=yellow")


def test_a_notice_of_the_newest_night_is_shown(auditor: Client, lake: Lake) -> None:
    write_cases(lake, [case(1)])
    publish(lake, notice="Two hospitals delivered nothing.")
    assert "Two hospitals delivered nothing." in text_of(auditor)


def test_a_night_without_cases_says_so(auditor: Client, lake: Lake) -> None:
    publish(lake)
    assert "raised no doubtful point" in text_of(auditor)


def test_a_lake_that_lost_its_files_gives_a_way_out(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1)])
    shutil.rmtree(lake.path("cases"))
    response = auditor.get(reverse("queue"))
    assert response.status_code == 503
    assert "jianbao" in response.content.decode()


def test_a_lake_made_anew_is_not_confused_with_the_old_one(auditor: Client, lake: Lake) -> None:
    write_night(lake, [case(1)])
    text_of(auditor)
    shutil.rmtree(lake.root)
    write_cases(lake, [case(2)])
    publish(lake, data_version="d2", notice="made anew")
    assert "English sentence 2" in text_of(auditor)


@pytest.mark.slow
def test_a_queue_of_100_000_cases_opens_quickly(auditor: Client, lake: Lake) -> None:
    for back in reversed(range(10)):
        night = NIGHT - timedelta(days=back)
        first = back * 10_000
        write_night(lake, [case(first + n, run_date=night) for n in range(10_000)], night)
    assert _seconds(auditor, "") < SECONDS_FOR_FIRST_PAGE
    for query in ("", "?page=1000", "?grade=yellow&hospital=river", "?scenario=consumables"):
        assert _seconds(auditor, query) < SECONDS_FOR_NEXT_PAGE


def _seconds(client: Client, query: str) -> float:
    start = time.perf_counter()
    text_of(client, query)
    return time.perf_counter() - start
