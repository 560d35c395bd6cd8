"""The dossier: facts before what the machine made of them, and what a reader saw is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils.translation import override

import workbench
from claims.results import DOSSIERS, PORTRAITS
from tests.workbench_lake import (
    NIGHT,
    YESTERDAY,
    alert_of,
    case,
    dossier_of,
    publish,
    replace_rows,
    write_whole,
)
from workbench.selectors.dossier import Point
from workbench.selectors.shown import plain, waterfalls
from workbench.templatetags.rule_words import Limit, limits

if TYPE_CHECKING:
    from django.test import Client

    from claims.lake import Lake

pytest_plugins = ("tests.workbench_fixtures",)

CASE = "case-000001"
CHINESE = {"Accept-Language": "zh-CN"}


def text_of(client: Client, case_id: str = CASE, **headers: str) -> str:
    """A dossier as text."""
    response = client.get(reverse("dossier", args=[case_id]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def read_facts_only(client: Client) -> None:
    """Switch *facts only* on for a reader."""
    client.post(reverse("facts-only"))


def test_facts_come_before_the_decision_and_the_score(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    text = text_of(auditor)
    order = ['id="facts"', 'id="machine"', 'id="around"', 'id="decision"']
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_a_rule_hit_shows_its_article_and_its_evidence(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    text = text_of(auditor)
    assert "H02 Days of stay without care" in text
    assert "Hanging bed" not in text
    assert "Article 38-1 of the Regulation" in text
    assert '<th scope="row">Days without treatment</th><td class="number">2</td>' in text
    assert "audit practice" in text


def test_a_limit_and_its_basis_are_told_in_the_language_of_the_reader(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    assert "The limit idle run days rests on: audit practice" in text_of(auditor)
    assert "限值连续无诊疗天数的依据：审核实践" in text_of(auditor, **CHINESE)


def test_what_was_written_without_chinese_keeps_its_english() -> None:
    rule = {"limits": {"idle_run_days": "audit practice"}}
    with override("zh-hans"):
        assert limits(rule) == [Limit("idle run days", "audit practice")]


DATED = {
    "shown": [{"name_en": "Longest run of days (H02).", "name_zh": "最长连续无诊疗",
               "value_en": "4 days", "value_zh": "4天"}],
    "in_force": [{"name_en": "Days in a row", "name_zh": "连续无诊疗天数", "value_en": "3 days",
                  "value_zh": "3天", "basis_en": "audit practice", "basis_zh": "审核实践",
                  "on": "2025-10-05", "since": "2021-05-01"}],
}  # fmt: skip


@pytest.mark.parametrize("page", ["dossier", "packet"])
def test_values_and_limits_have_units_and_the_day_since_when_they_hold(
    auditor: Client, lake: Lake, page: str
) -> None:
    write_whole(lake, [case(1)], told=DATED)
    ask = auditor.get if page == "dossier" else auditor.post
    for headers, shown in (
        ({}, ("Longest run of days", "4 days", "In force on 2025-10-05", "Days in a row", "3 days",
              "2021-05-01", "audit practice")),
        (CHINESE, ("最长连续无诊疗", "4天", "2025-10-05有效值", "连续无诊疗天数", "3天",
                   "2021-05-01", "审核实践")),
    ):  # fmt: skip
        text = ask(reverse(page, args=[CASE]), headers=headers).content.decode()
        assert [word for word in shown if f">{word}</" not in text] == []
        assert "(H02)" not in text


def test_a_limit_that_was_not_yet_in_force_says_so(auditor: Client, lake: Lake) -> None:
    (one,) = DATED["in_force"]
    write_whole(lake, [case(1)], told=DATED | {"in_force": [one | {"since": None}]})
    assert "not yet in force" in text_of(auditor)
    assert "当日尚未生效" in text_of(auditor, **CHINESE)


def test_what_speaks_for_the_record_is_shown(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    text = text_of(auditor)
    assert "✓ an emergency admission" in text
    assert "not raised because of" in text


def test_the_matrix_has_every_day_of_the_stay_and_marks_the_idle_ones(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    text = text_of(auditor)
    for day in range(1, 6):
        assert f'title="2025-10-{day:02}"' in text
    # 2, 3 and 4 October; the day of discharge does not count.
    assert text.count('class="idle"') == 3
    assert "3 days with nothing but bed, nursing and consultation" in text
    assert 'title="523.45"' in text


def test_a_point_of_an_earlier_night_is_still_there(auditor: Client, lake: Lake) -> None:
    first = case(1, run_date=YESTERDAY, alert_ids=["alert-0"])
    write_whole(lake, [first], YESTERDAY, subject_id="S-first")
    write_whole(lake, [case(1, opened_on=YESTERDAY, alert_ids=["alert-0", "alert-1"])], NIGHT)
    text = text_of(auditor)
    assert "S-first" in text
    assert "S-case-000001" in text


def test_facts_only_hides_score_and_explanation(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1, score=0.834)])
    assert "83%" in text_of(auditor)
    assert "<li>stayed 16.0 d" in text_of(auditor)
    read_facts_only(auditor)
    text = text_of(auditor)
    assert "83%" not in text
    assert "<li>stayed 16.0 d" not in text
    assert 'class="fall"' not in text
    assert "Against the standard" in text  # which is a fact
    assert "Hidden, because you read facts only" in text
    assert "83%" not in auditor.get(reverse("queue")).content.decode()


def bars(text: str) -> list[dict[str, float]]:
    """The tables of what adds up: what each bar is called and its number, and the sum beneath."""
    row = re.compile(r'<th scope="row">([^<]+)</th><td class="number">([+-]?[\d.]+)</td>')
    tables = re.findall(r'<table class="fall">.*?</table>', text, re.DOTALL)
    return [{name: float(size) for name, size in row.findall(one)} for one in tables]


@pytest.mark.parametrize(("score", "begins"), [(0.834, -5.75), (None, 0.0)])
def test_the_bars_add_up_to_the_stored_margin(
    auditor: Client, lake: Lake, score: float | None, begins: float
) -> None:
    """Rule hits are a bar of their own, and shares of reasons are in no bar."""
    write_whole(lake, [case(1, score=score)], margin=-0.09)
    leading, detector = bars(text_of(auditor))
    together = leading.pop("together")
    assert together == -0.09
    assert sum(leading.values()) == pytest.approx(together, abs=0.006 * len(leading))
    assert leading.get("where every record begins", 0.0) == begins
    assert leading["rules"] == 4.5
    assert 0.8 not in leading.values()  # the share of the only reason
    assert detector == {"where every record begins": 12.0, "course": 31.5, "cost": -2.25,
                        "together": 41.25}  # fmt: skip


def test_the_sum_says_what_it_is_of(auditor: Client, lake: Lake) -> None:
    """Log-odds of what audits taught, or the order of a night that nobody's audits stand behind."""
    write_whole(lake, [case(1), case(2, score=None)])
    taught, untaught = text_of(auditor), text_of(auditor, "case-000002")
    assert "the log-odds before they become the probability" in taught
    assert "No audits stand behind this order" not in taught
    assert "how unusual it is, and rule hits" in untaught
    assert "No audits stand behind this order" in untaught
    for text in (taught, untaught):
        assert "Nearest neighbours: squared distance" in text
        assert "(62% of what the detectors say)" in text
    assert "边际得分（换算为概率之前的对数几率）的构成" in text_of(auditor, **CHINESE)


def test_many_families_end_in_one_bar_of_all_the_rest() -> None:
    """The eight largest are drawn, and the others are added up, so that the sum holds."""
    families = [{"family": f"f{number:02}", "adds": (-1.0) ** number / number}
                for number in range(1, 15)]  # fmt: skip
    told = {"source": "ranker", "voice": 1.0, "base": -2.0, "families": families}
    point = Point({}, {"adds": [told]}, {}, ())
    (drawn,) = waterfalls(point)
    assert [step.kind for step in drawn.steps] == ["base", *["family"] * 8, "rest"]
    assert drawn.steps[1].family == "f01"
    assert drawn.end == pytest.approx(-2.0 + sum(one["adds"] for one in families))  # type: ignore[misc]
    assert all(
        one.end == after.start for one, after in zip(drawn.steps, drawn.steps[1:], strict=False)
    )


def test_an_alert_of_a_night_that_kept_no_sums_shows_no_bars(auditor: Client, lake: Lake) -> None:
    """Shares of reasons would add up to a wrong picture; the page says what is missing."""
    row = case(1)
    write_whole(lake, [row])
    before = dossier_of(alert_of(row), {})
    kept = {name: told for name, told in json.loads(before["content"]).items() if name != "adds"}
    replace_rows(lake, DOSSIERS, [before | {"content": json.dumps(kept)}], NIGHT)
    publish(lake)
    text = text_of(auditor)
    assert bars(text) == []
    assert "How its score adds up was not kept on the night that raised it." in text
    assert "<li>stayed 16.0 d" in text


def test_what_would_take_it_out_of_the_queue_stands_with_the_score_and_hides_with_it(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    shown = text_of(auditor)
    assert "would fall out of the queue if stayed 7.0 d" in shown
    assert "Other figures of the same bill stay as they are" in shown
    assert "若住院7.0 天，则不再进入队列" in text_of(auditor, **CHINESE)
    read_facts_only(auditor)
    assert "fall out of the queue" not in text_of(auditor)


@pytest.mark.parametrize("facts_only", [True, False])
def test_what_a_reader_saw_is_kept(auditor: Client, lake: Lake, facts_only: bool) -> None:  # noqa: FBT001
    from workbench.models import Look, TrailEntry  # noqa: PLC0415  needs the applications loaded

    write_whole(lake, [case(1)])
    if facts_only:
        read_facts_only(auditor)
    text_of(auditor)
    text_of(auditor)
    assert Look.objects.get().saw_score is not facts_only
    seen = TrailEntry.objects.get(event="case.viewed")
    assert seen.subject == CASE
    assert f'"saw_score": {"false" if facts_only else "true"}' in seen.details


def test_the_chinese_page_speaks_chinese(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    text = text_of(auditor, **CHINESE)
    for shown in ("挂床住院", "急诊入院", "无诊疗天数", "住院16.0 天", "第38-1条", "床位"):
        assert shown in text
    assert "Hanging bed" not in text


def test_an_unknown_case_is_no_page(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    assert auditor.get(reverse("dossier", args=["nobody"])).status_code == 404


def test_a_case_of_another_district_is_refused_and_not_listed(
    elsewhere: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    response = elsewhere.get(reverse("dossier", args=[CASE]))
    assert response.status_code == 403
    assert "another district" in response.content.decode()
    assert "Riverside" not in elsewhere.get(reverse("queue") + "?state=all").content.decode()


def test_no_page_shows_a_whole_pseudonym(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1, person_id="0123456789abcdef")])
    assert "0123456789abcdef" not in text_of(auditor)


def test_a_name_is_shown_once_with_a_reason_and_the_reason_is_kept(
    auditor: Client, lake: Lake
) -> None:
    from django.conf import settings  # noqa: PLC0415  needs Django configured

    from claims.vault import Vault  # noqa: PLC0415
    from workbench.models import TrailEntry  # noqa: PLC0415  needs the applications loaded

    write_whole(lake, [case(1, person_id="0123456789abcdef")])
    Vault.at(settings.JIANBAO.key_folder).keep({"0123456789abcdef": "310000199001011234"})
    address = reverse("unmask", args=[CASE])
    assert auditor.post(address, {"why": ""}).status_code == 302
    assert not TrailEntry.objects.filter(event="person.unmasked").exists()
    text = auditor.post(address, {"why": "to ask on the ward"}).content.decode()
    assert "310000199001011234" in text
    assert "310000199001011234" not in text_of(auditor)
    kept = TrailEntry.objects.get(event="person.unmasked")
    assert "to ask on the ward" in kept.details
    assert "310000199001011234" not in kept.details


def test_the_dossier_runs_no_script_and_asks_no_other_host(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1, headline_en="<script>alert(1)</script>")])
    text = text_of(auditor)
    assert "<script" not in text
    assert " style=" not in text
    assert 'src="http' not in text


def test_a_clue_for_want_of_data_says_so_in_the_language_of_the_reader(
    auditor: Client, lake: Lake
) -> None:
    write_whole(lake, [case(1)])
    assert "What could not be asked" not in text_of(auditor)
    write_whole(lake, [case(1)], told=TOLD)
    text = text_of(auditor)
    assert "A clue instead of a doubtful point" in text
    assert "could not be asked for want of stock_counts" in text
    chinese = text_of(auditor, **CHINESE)
    assert "仅作线索，不作疑点" in chinese
    assert "未提供库存盘点" in chinese


TOLD = {
    "grade": "线索", "full_grade": "疑点", "unasked_zh": ["未提供库存盘点，无法核实"],
    "unasked_en": ["could not be asked for want of stock_counts"],
}  # fmt: skip


def test_where_a_feature_comes_from_is_no_part_of_its_name() -> None:
    assert plain("Total fee over the standard (DOMAIN: near the limit).") == (
        "Total fee over the standard"
    )
    assert plain("Share of examinations (indicators ZB1 and 006).") == "Share of examinations"
    assert plain("Units no delivery shows (C11).") == "Units no delivery shows"
    assert plain("Major complications (MCC).") == "Major complications (MCC)"


def test_on_paper_a_table_stays_a_table() -> None:
    style = (Path(workbench.__file__).parent / "static/workbench/workbench.css").read_text("utf-8")
    narrow = [line for line in style.splitlines() if line.startswith("@media (max-width")]
    assert narrow == []


def supplied(lake: Lake, **given: object) -> None:
    """A case about a use whose night looked into the books."""
    steps = {"opening": 4.0, "bought": 5.0, "came": 2.0, "returned": 0.0, "went": 1.0,
             "scrapped": 0.0, "issued": 0.0, "brought_back": 0.0, "used": 3.0, "billed": 5.0,
             "closing": None}  # fmt: skip
    told = {"since": "2025-09-30", "until": "2025-10-05", "steps": steps, "left": 7.0,
            "breaks": {"bill": 2.0}, "missing": []}  # fmt: skip
    row = case(1, scenario="consumables")
    write_whole(lake, [row], subject_type="use", subject_id="S-1|STENT")
    (alert,) = row["alert_ids"]
    content = {"facts": {"used_quantity": 1.0, "billed_quantity": 3.0}, "supply": told | given}
    written = {"alert_id": alert, "run_date": NIGHT, "content": json.dumps(content)}
    replace_rows(lake, DOSSIERS, [written], NIGHT)
    publish(lake)


def links_of(text: str) -> list[tuple[str, str, str]]:
    """The links of the chains of a dossier: name, value, and what is said of a break."""
    found = re.findall(r"<span>([^<]*)</span><b>([^<]*)</b>(?:<em>([^<]*)</em>)?</li>", text)
    return [(name, value, says) for name, value, says in found]


def test_the_chain_of_a_use_begins_with_a_count_and_marks_its_break(
    auditor: Client, lake: Lake
) -> None:
    supplied(lake)
    text = text_of(auditor)
    assert "from the count of 2025-09-30 to 2025-10-05, in units of charge" in text
    assert links_of(text) == [
        ("Counted at the beginning", "4", ""), ("Bought", "5", ""),
        ("Came from elsewhere or was found", "2", ""), ("Returned to the supplier", "0", ""),
        ("Went elsewhere", "1", ""), ("Scrapped or lost", "0", ""), ("Recorded as used", "3", ""),
        ("Billed", "5", "2 more than was recorded as used"),
        ("Recorded as used", "1", ""), ("Billed", "3", "more than the link before allows"),
    ]  # fmt: skip
    assert "Should be left on the shelf: <b>7</b>" in text
    chinese = text_of(auditor, **CHINESE)
    assert "自2025-09-30盘点起至2025-10-05" in chinese
    assert ("计费数量", "5", "比使用登记多2") in links_of(chinese)


def test_a_missing_book_is_told_and_is_no_break(auditor: Client, lake: Lake) -> None:
    steps = dict.fromkeys(("opening", "bought"), None) | {"used": 3.0, "billed": 3.0}
    supplied(lake, since=None, steps=steps, left=None, breaks={},
             missing=["purchases", "count_of_item"])  # fmt: skip
    text = text_of(auditor)
    assert "in the year up to 2025-10-05" in text
    assert ("Bought", "not known", "") in links_of(text)
    assert "The hospital has delivered no purchases. What it would tell is not known" in text
    assert "This item was not counted in the year before." in text
    assert "Should be left on the shelf" not in text
    chinese = text_of(auditor, **CHINESE)
    assert "该院未提供采购记录。" in chinese
    assert ("采购", "不明", "") in links_of(chinese)


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        ({"use": 1.5}, ("Recorded as used", "3", "1.5 more than there was")),
        ({"shelf": 2.0}, ("Counted at the end", "6", "2 fewer than should be left")),
        ({"shelf": -2.0}, ("Counted at the end", "6", "2 more than should be left")),
    ],
)
def test_each_break_stands_at_its_link(
    auditor: Client, lake: Lake, breaks: dict[str, float], said: tuple[str, str, str]
) -> None:
    steps = {"used": 3.0, "billed": 3.0, "closing": 6.0}
    supplied(lake, steps=steps, breaks=breaks)
    assert said in links_of(text_of(auditor))


def test_a_packet_has_the_chain_with_its_break(auditor: Client, lake: Lake) -> None:
    supplied(lake, missing=["stock_moves"])
    text = auditor.post(reverse("packet", args=[CASE])).content.decode()
    assert "<th>Billed</th><td>5 (2 more than was recorded as used)</td>" in text
    assert "The hospital has delivered no stock moves." in text


def portrait_of(subject: str, **content: object) -> dict[str, object]:
    """The portrait of a stay, as the night writes it."""
    return {"run_date": NIGHT, "subject_type": "stay", "subject_id": subject,
            "content": json.dumps(content)}  # fmt: skip


def test_the_line_of_time_has_stays_and_visits(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    subject = f"S-{CASE}"
    stays = [{"stay": subject, "row": "Riverside", "from": "2025-10-01", "to": "2025-10-05",
              "group": "ES35", "amount": 1, "this": True}]  # fmt: skip
    visits = [
        {"row": "Corner Pharmacy", "kind": "pharmacy", "amount": 500, "on": "2025-09-28"},
        {"row": "Riverside", "kind": "emergency", "amount": 900, "on": "2025-10-07"},
    ]
    told = portrait_of(subject, timeline=stays, visits=visits)
    replace_rows(lake, PORTRAITS, [told], NIGHT)
    publish(lake)
    text = text_of(auditor)
    assert "Stays and visits of the person" in text
    assert "2025-09-28 Corner Pharmacy pharmacy" in text
    assert "2025-10-07 Riverside emergency" in text
    assert "2025-09-28 Corner Pharmacy 药店购药" in text_of(auditor, **CHINESE)


def test_a_portrait_of_before_there_were_visits_is_still_drawn(auditor: Client, lake: Lake) -> None:
    write_whole(lake, [case(1)])
    stays = [{"stay": "S-1", "row": "Riverside", "from": "2025-10-01", "to": "2025-10-05",
              "group": None, "amount": 1, "this": False}]  # fmt: skip
    replace_rows(lake, PORTRAITS, [portrait_of(f"S-{CASE}", timeline=stays)], NIGHT)
    publish(lake)
    assert "Stays of the person" in text_of(auditor)
