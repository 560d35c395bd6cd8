"""Portraits: figures of the tables, a page that can be read, and odd records that crash nothing."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from cases.drawing.pages import draw
from cases.drawing.svg import Page, shortened
from cases.judged import Judged
from cases.portraits.groups import group_portrait
from cases.portraits.history_of import visits_of_persons
from cases.portraits.persons import person_portraits
from cases.portraits.stays import stay_portraits
from cases.portraits.units import unit_portrait
from cases.tags import tags
from claims.errors import NotFoundError
from claims.history import History
from claims.results import TAGS
from features.catalogue import CATALOGUES
from features.standards import compare
from rules.catalogue import rules_of
from rules.judge import judge
from tests.judged_stays import NIGHT, PEERS, standards
from tests.worlds import ALL_ALONG, frames, measured, table

if TYPE_CHECKING:
    from cases.portraits.record import Portrait

HOSPITALS = """
    hospital_id | name  | level | kind
    H           | North | 2     | general
    K           | South | 2     | general
"""
PERSONS = """
    person_id | sex | birth_date | scheme
    P         | F   | 1950-05-01 | employee
"""
STAYS = """
    stay_id | hospital_id | total_amount | person_id | physician_id | department | admitted_at      | discharged_at    | drg  | newborn | self_pay_amount
    a       | H           | 30,000       | P         | D            | surgery    | 2025-05-20 09:00 | 2025-05-24 09:00 | ES35 | no      | 0
    b       | H           | 28,000       | P         | D            | surgery    | 2025-05-02 09:00 | 2025-05-14 09:00 | ES35 | no      | 10
    never   | K           | 5,000        | P         | -            | surgery    | 2025-04-02 09:00 | 2025-04-12 09:00 | XX99 | no      | 10
    baby    | K           | 5,000        | P         | -            | newborns   | 2025-03-02 09:00 | 2025-03-05 09:00 | ES35 | yes     | 10
    long    | K           | 90,000       | P         | -            | wards      | 2022-09-01 09:00 | 2025-02-17 09:00 | ES35 | no      | 10
    bare    | K           | 100          | -         | -            | -          | -                | -                | -    | -       | -
"""
LINES = """
    line_id | stay_id | charged_at       | category   | item_code | quantity | unit_price | amount
    1       | a       | 2025-05-20 10:00 | laboratory | LAB       | 1        | 100        | 100
    2       | a       | 2025-05-21 10:00 | bed        | BED       | 1        | 50         | 50
    3       | a       | 2025-05-22 10:00 | surgery    | CUT       | 1        | 900        | 900
    4       | a       | 2025-06-22 10:00 | drug       | PILL      | 1        | 9          | 9
    5       | long    | 2022-09-01 10:00 | laboratory | LAB       | 1        | 100        | 100
    6       | long    | 2025-01-01 10:00 | drug       | PILL      | 1        | 9          | 9
    7       | a       | 2025-05-22 11:00 | drug       | PILL      | -1       | 9          | -9
"""


def judged_of(history: History, *ids: str) -> Judged:
    """Stays of a world, compared with the judged stays' peers and put before the rules."""
    catalogue = CATALOGUES["stay"]
    base = measured(history, "stay", *ids, as_of=NIGHT).with_columns(standard_version=pl.lit("v1"))
    compared = compare(base, catalogue.entity, standards(), catalogue.features)
    return Judged(
        catalogue=catalogue,
        measured=compared,
        scores=pl.DataFrame(schema={"subject_id": pl.String()}),
        hits=judge(compared, rules_of("stay")),
        standards=standards(),
        top=lambda rows: rows,
        run_date=NIGHT,
        model_version=None,
        benchmark_version="v1",
        data_version="d1",
    )


def town(**more: pl.DataFrame) -> History:
    """The small town, with further tables in the place of its own."""
    known = frames(hospitals=HOSPITALS, persons=PERSONS, stays=STAYS, fee_lines=LINES)
    return History.of_frames(known | more, date(2025, 6, 30))


def of_stay(subject: str) -> Portrait:
    """The portrait of one stay of the town."""
    one = judged_of(town(), subject)
    chosen = one.measured.select("subject_id")
    (told,) = stay_portraits(one, chosen, town(), tags(one, chosen, town()))
    return told


def many(count: int, person: str | None, hospital: str = "H", drg: str = "ES35") -> pl.DataFrame:
    """Stays of two days, one a week, all of one person or each of another."""
    first = datetime(2025, 5, 20, 9)  # noqa: DTZ001 - the lake's local time
    rows = [
        {
            "stay_id": f"{hospital}{place}",
            "hospital_id": hospital,
            "person_id": person or f"{hospital}p{place}",
            "total_amount": 100_000 + place,
            "department": "surgery",
            "physician_id": f"D{hospital}",
            "admitted_at": first - timedelta(days=7 * (place % 50), hours=place // 50),
            "discharged_at": first - timedelta(days=7 * (place % 50) - 2),
            "drg": drg,
            "received_on": ALL_ALONG,
        }
        for place in range(count)
    ]
    empty = table("stays", "stay_id\nx").clear()
    return pl.concat([empty, pl.DataFrame(rows)], how="diagonal_relaxed").cast(
        dict(empty.schema)  # type: ignore[arg-type]
    )


def page(told: Portrait) -> str:
    """A page that can be drawn: well formed, and without a figure that is none."""
    drawn = draw(told)
    ET.fromstring(drawn)  # noqa: S314 - our own document
    assert not re.search(r"\b(nan|inf|None)\b", drawn)
    content = json.loads(told.content())
    assert content["subject"] == told.subject
    assert not re.search(r"\b(NaN|Infinity)\b", told.content())
    return drawn


# --- what stands in it -----------------------------------------------------------------


def test_a_position_is_the_value_and_the_standard_of_the_tables() -> None:
    told = {one.feature: one for one in of_stay("a").position}
    days = told["length_of_stay"]
    assert (days.value, days.standard, days.p5, days.p95, days.n) == (4.0, 8.5, 4.0, 15.2, 1842)
    assert (days.away, days.suspicious) == (-4.5, 4.5)
    assert days.text_en == (
        "stayed 4.0 d; peers 8.5 d (P5 4.0 d, P95 15.2 d), 1,842 stays of ES35, level 2"
    )
    cost = told["total_cost"]
    assert (cost.value, cost.standard, cost.away) == (3_000_000, 800_000, 20.0)
    assert cost.shown == "30,000 yuan"


def test_a_portrait_holds_labels_days_neighbours_and_the_stays_around() -> None:
    told = of_stay("a")
    assert {"S.rule.H01", "S.fact.employee"} <= {one["tag"] for one in told.labels}
    assert {(one["day"], one["category"], one["amount"]) for one in told.days} >= {
        (0, "laboratory", 10_000),
        (2, "drug", -900),
        (33, "drug", 900),
    }
    assert told.neighbours[0].en.startswith("b at North, 12.0 d, 28,000 yuan")
    assert [one["stay"] for one in told.timeline if one["this"]] == ["a"]
    assert len(told.timeline) == 5


VISITS = """
    visit_id | person_id | hospital_id | visited_at       | kind     | amount
    v1       | P         | K           | 2025-05-18 09:00 | clinic   | 120
    v2       | P         | shop        | 2025-05-25 09:00 | pharmacy | 30
    old      | P         | K           | 2023-05-18 09:00 | clinic   | 120
    other    | Q         | K           | 2025-05-18 09:00 | clinic   | 120
"""


def test_visits_of_the_year_stand_in_the_portraits_of_a_person_and_of_a_stay() -> None:
    history = town(**frames(outpatient_visits=VISITS))
    seen = visits_of_persons(history, ["P"], NIGHT)
    assert seen.select("row", "kind").rows() == [("South", "clinic"), ("shop", "pharmacy")]
    (person,) = person_portraits(history, ["P"], NIGHT, pl.DataFrame(schema=TAGS.dtypes()))
    assert [str(one["on"]) for one in person.visits] == ["2025-05-18", "2025-05-25"]
    one = judged_of(history, "a")
    chosen = one.measured.select("subject_id")
    (stay,) = stay_portraits(one, chosen, history, tags(one, chosen, history))
    assert stay.visits == person.visits


def test_the_page_shows_what_lies_outside_the_stay_and_what_was_taken_back() -> None:
    drawn = page(of_stay("a"))
    assert "住院期外" in drawn
    assert "−" in drawn
    assert "H01 Split stay" in drawn


def test_each_family_shows_its_farthest_dimension_once() -> None:
    told = of_stay("a")
    shown = told.telling(12)
    assert len({one.family for one in shown}) == len(shown)
    assert [one.suspicious for one in shown] == sorted((o.suspicious for o in shown), reverse=True)


def test_a_person_has_a_timeline_and_stands_among_others() -> None:
    history = town(stays=pl.concat([town().tables["stays"].collect(), many(40, None)]))
    ruled = pl.DataFrame(
        [dict.fromkeys(TAGS.names) | {"run_date": NIGHT, "subject_type": "stay",
         "subject_id": "a", "tag": "S.rule.H01", "layer": "rule", "protective": False,
         "text_en": "H01 Split stay", "text_zh": "H01 分解住院"}],
        schema=TAGS.dtypes(),
    )  # fmt: skip
    (told,) = person_portraits(history, ["P", "nobody"], NIGHT, ruled)
    position = {one.feature: one for one in told.position}
    assert position["stays in a year"].value == 5
    assert position["stays in a year"].n == 40
    assert [one["stay"] for one in told.timeline if one["this"]] == ["a"]
    assert [one["text_en"] for one in told.labels] == ["a: H01 Split stay"]
    page(told)


def test_a_unit_is_held_against_what_its_case_groups_usually_cost() -> None:
    history = town(stays=pl.concat([many(40, None), many(30, None, "K")]))
    told = unit_portrait(history, "hospital", "H", NIGHT, standards(), [])
    position = {one.feature: one for one in told.position}
    usual = 40 * 800_000
    paid = sum(100_000 + place for place in range(40))
    assert position["fee over its case groups' usual"].value == pytest.approx(paid / usual)
    assert position["stays of at most 2 days"].value == 1.0
    assert position["days over its case groups' usual"].value == pytest.approx(2 / 8.5)
    assert sum(one["stays"] for one in told.trend) == 40
    assert "K: 30 stays" in told.neighbours[0].en
    page(told)


def test_members_of_a_group_stand_below_one_another_and_what_they_share_is_marked() -> None:
    both = pl.concat([many(2, "P"), many(2, "Q").with_columns(stay_id=pl.lit("q") + "stay_id")])
    found = pl.DataFrame(
        {"person_id": ["P", "Q"], "hospital_id": ["H", "H"], "first_seen": [NIGHT, NIGHT]}
    )
    told = group_portrait(town(stays=both.unique("stay_id")), "G1", found, NIGHT, [], [])
    assert "no comparison was made" in notes(told)
    assert {one["row"] for one in told.timeline} == {"P", "Q"}
    assert all(one["this"] for one in told.timeline if one["row"] == "Q")
    page(told)


@pytest.mark.parametrize("kind", ["hospital", "physician", "department"])
def test_a_unit_that_nobody_knows_is_told_with_what_was_meant(kind: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        unit_portrait(town(), kind, "HH", NIGHT, standards(), [])
    assert "'HH'" in caught.value.what


# --- odd records -----------------------------------------------------------------------


def notes(told: Portrait) -> str:
    """What is said about the comparison."""
    return " ".join(note.en for note in told.notes)


def test_a_hospital_with_five_stays_is_drawn_and_called_weak() -> None:
    history = town(stays=many(5, None))
    told = unit_portrait(history, "hospital", "H", NIGHT, standards(), [])
    assert "5 stays in the year are too few" in notes(told)
    assert "可比性弱" in page(told)


def test_a_group_never_seen_is_compared_with_the_city_and_called_weak() -> None:
    city = "length_of_stay | */*/*/* | 5000 | 8.0 | 3.0 | 1.0 | 5.0 | 10.0 | 20.0"
    one = judged_of(town(), "never")
    wide = Judged(**{**one.__dict__, "standards": standards(f"{PEERS.rstrip()}\n{city}")})
    chosen = wide.measured.select("subject_id")
    (told,) = stay_portraits(wide, chosen, town(), TAGS.empty())
    (position,) = told.position
    assert (position.cell, position.n, position.weak) == ("*|*|*|*", 5000, True)
    assert "Weak comparison" in notes(told)
    assert position.text_en == (
        "stayed 10.0 d; peers 8.0 d (P5 1.0 d, P95 20.0 d), 5,000 stays of the whole city,"
        " for want of closer peers a weak comparison"
    )
    assert position.text_zh.endswith("全市共5,000例住院，无相近同类，可比性弱")
    page(told)


def test_without_any_standard_it_says_that_nothing_was_compared() -> None:
    one = judged_of(town(), "a")
    bare = Judged(**{**one.__dict__, "standards": standards().clear()})
    (told,) = stay_portraits(bare, bare.measured.select("subject_id"), town(), TAGS.empty())
    assert "no comparison was made" in notes(told)
    assert "No standard to compare with" in page(told)


def test_a_person_with_two_hundred_stays_is_drawn() -> None:
    (told,) = person_portraits(town(stays=many(200, "P")), ["P"], NIGHT, TAGS.empty())
    assert len(told.timeline) == 200
    assert len(page(told)) < 200_000


def test_a_stay_of_nine_hundred_days_fits_on_the_page() -> None:
    told = of_stay("long")
    days = {one.feature: one.value for one in told.position}
    assert days["length_of_stay"] == 900
    drawn = page(told)
    assert "each column is 30 days" in drawn
    rights = [
        float(x) + float(w)
        for x, w in re.findall(r'rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    ]
    assert max(rights) <= 1160


def test_a_newborn_may_be_on_the_mothers_card_and_it_says_so() -> None:
    assert "mother's card" in notes(of_stay("baby"))
    assert "母亲的医保卡" in page(of_stay("baby"))


def test_a_stay_of_which_nearly_nothing_is_known_is_drawn() -> None:
    told = of_stay("bare")
    assert told.timeline == []
    assert "No fee line with a day" in page(told)


# --- the page itself -------------------------------------------------------------------


def test_words_that_do_not_fit_are_cut_off_and_kept_as_a_tip() -> None:
    assert shortened("住院天数很长很长", 12, 60).endswith("…")
    assert shortened("short", 12, 60) == "short"
    drawn = Page(100, "t")
    drawn.text(0, 10, "a < b & 住院天数很长很长", room=40)
    assert "<title>a &lt; b &amp; 住院天数很长很长</title>" in drawn.written()


def test_the_same_portrait_is_the_same_bytes() -> None:
    assert page(of_stay("a")) == page(of_stay("a"))


def test_what_a_person_may_not_be_called_does_not_stand_on_a_page() -> None:
    told: list[Any] = [of_stay("a"), of_stay("long")]
    assert all("fraud" not in draw(one).lower() and "欺诈" not in draw(one) for one in told)
