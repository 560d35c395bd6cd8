"""The report: cities are pooled rightly, and the page tells what was counted."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.report import asked
from bench.report.__main__ import write
from bench.report.asked import Asked
from bench.report.chance import FAILED, FEW, PASSED
from bench.report.cities import result_of, states
from bench.report.membership import MEMBERS
from bench.report.page import page
from bench.report.pooled import pooled
from bench.report.reports_of_rules import Told, rules, scheme_of
from bench.report.results import Result, read_made
from evaluation import storing
from evaluation.kinds import ASKED_OF, OURS, QUEUES
from evaluation.telling import MARK, one, points, share, where
from rules.catalogue import RULES
from synthetic.declared import lookalikes, schemes
from tests import invented_cities as invented

Data = dict[str, Any]
ASKED = Asked((101, 102), 600, 3, 0.03)
DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = DOCS / "how-good-is-it.json"


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return [invented.result(seed) for seed in ASKED.seeds]


@pytest.fixture(scope="module")
def data(results: list[Result]) -> Data:
    return pooled(ASKED, results, lambda _: None)


@pytest.fixture(scope="module")
def text(data: Data) -> str:
    return page(data)


# --- recall -----------------------------------------------------------------------------


def test_cases_of_all_cities_are_pooled_by_difficulty(data: Data) -> None:
    # 20 a city, five of each difficulty, and one more at difficulty 1 that was never scored.
    rows = where(data["in_full"], subject_type="stay", scheme="H01", size=0.025)
    assert {row["difficulty"]: row["of"] for row in rows} == {1: 12, 2: 10, 3: 10, 4: 10}


def test_what_was_never_scored_counts_as_missed(data: Data) -> None:
    # 15 places a city at 2.5%: two look-alikes, the five of difficulty 1, five of 2, three of 3.
    rows = where(data["in_full"], subject_type="stay", scheme="H01", size=0.025)
    assert {row["difficulty"]: row["found"] for row in rows} == {1: 10, 2: 10, 3: 6, 4: 0}


def test_each_capacity_holds_no_less_than_the_one_before(data: Data) -> None:
    for scheme in ("H01", "H10"):
        rows = where(data["in_full"], subject_type="stay", scheme=scheme, difficulty=1)
        found = [row["found"] for row in sorted(rows, key=lambda row: row["size"])]
        assert found == sorted(found)


def test_every_queue_is_told_under_its_own_name(data: Data, text: str) -> None:
    mine = where(data["by_scheme"], subject_type="stay", scheme="H01", band="1 to 3")
    shares = {row["queue"]: row["share"] for row in mine}
    assert shares["rules only"] > shares["detectors only"]
    heads = next(line for line in text.splitlines() if line.startswith("| scheme | planted 1/2"))
    row = next(line for line in text.splitlines() if line.startswith("| H01 split stay | 12"))
    cells = dict(zip(heads.split(" | "), row.split(" | "), strict=True))
    for name, value in shares.items():
        called = "Jianbao" if name == OURS else name
        shown = cells[f"{called}, found of 1 to 3"]
        assert float(shown.split("%")[0]) == pytest.approx(100 * value, abs=0.5)


def test_few_cases_have_wilsons_interval_and_say_so(data: Data, text: str) -> None:
    row = one(data["by_scheme"], subject_type="stay", scheme="H02", band="1 to 3", queue=OURS)
    assert row is not None
    assert row["method"] == "Wilson"
    line = next(line for line in text.splitlines() if line.startswith("| H02 hanging bed |"))
    assert MARK in line


# --- better than by chance --------------------------------------------------------------


def test_who_is_found_passes_who_is_not_fails_and_the_rare_are_not_tested(data: Data) -> None:
    verdicts = {row["scheme"]: row["verdict"] for row in data["tests"]}
    assert verdicts == {"H01": PASSED, "H10": FAILED, "H02": FEW, "C02": PASSED, "C10": PASSED}


def test_difficulty_4_takes_no_part_in_the_tests(data: Data) -> None:
    cases = {row["scheme"]: row["cases"] for row in data["tests"]}
    assert cases == {"H01": 32, "H10": 30, "H02": 6, "C02": 30, "C10": 30}


def test_chance_is_what_as_many_random_records_would_hold(data: Data) -> None:
    row = one(data["tests"], scheme="H10")
    assert row is not None
    places = 6  # 1% of 600 stays; the one that was never scored stands in no queue
    assert row["expected"] == pytest.approx(2 * 15 * places / 600, rel=1e-3)


def test_kinds_that_are_few_or_unknown_have_capacities_of_their_own() -> None:
    assert asked.tested("hospital", 81) == asked.TESTED_OF_FEW
    assert asked.tested("person", 30_000) == asked.TESTED_OF_OTHERS
    for kind in ("stay", "use", "ledger", "hospital", "person"):
        assert asked.tested(kind, 5_000) in asked.sizes(kind, 5_000)


# --- queues, innocents ------------------------------------------------------------------


def test_lots_yield_what_is_planted_and_all_queues_are_compared(data: Data) -> None:
    for kind, size in invented.RECORDS.items():
        rows = {row["queue"]: row for row in where(data["queues"], subject_type=kind, size=0.01)}
        assert set(rows) == set(QUEUES)
        planted = sum(n for of, n in invented.PLANTED.values() if of == kind)
        assert rows["random"]["precision"] == pytest.approx(planted / size, rel=1e-3)
        assert rows[OURS]["ahead"] == 0.0


def test_the_lead_over_another_queue_is_the_difference_of_their_precisions(data: Data) -> None:
    rows = {row["queue"]: row for row in where(data["queues"], subject_type="use", size=0.025)}
    ours, other = rows[OURS], rows["detectors only"]
    assert other["ahead"] == pytest.approx(ours["precision"] - other["precision"], abs=1e-3)
    assert other["ahead_low"] <= other["ahead"] <= other["ahead_high"]


def test_look_alikes_are_counted_by_cause_with_how_many_there_are(data: Data, text: str) -> None:
    row = one(data["by_cause"], cause=invented.CAUSE)
    assert row is not None
    assert (row["found"], row["of"]) == (4, 20)
    held = one(data["alike"], subject_type="stay")
    assert held is not None
    assert (held["taken"], held["taken_lookalikes"]) == (12, 4)
    assert "| 20 | 4 | 20%" in text


def test_who_is_planted_as_well_is_no_innocent(results: list[Result]) -> None:
    both = pl.concat([
        invented.key(),
        pl.DataFrame([invented.row_of_key("stay", "S100", "H10", 1, "H4")], schema_overrides=
                     dict(invented.key().schema)).select(invented.key().columns),
    ])  # fmt: skip
    changed = Result.of(results[0].made, **{**_tables(results[0]), "key": both})
    told = pooled(Asked((101,), 600, 3, 0.03), [changed], lambda _: None)
    row = one(told["by_cause"], cause=invented.CAUSE)
    assert row is not None
    assert (row["found"], row["of"]) == (1, 9)


def test_false_alarms_by_level_add_up_to_the_innocent(data: Data) -> None:
    rows = where(data["by_level"], subject_type="use")
    assert sum(row["of"] for row in rows) == 2 * (600 - 20)


# --- rules ------------------------------------------------------------------------------


def _tables(result: Result) -> dict[str, pl.DataFrame]:
    return {name: getattr(result, name) for name in ("records", "key", "hits", "alerts", "members")}


def told_of(
    results: list[Result], hits: list[dict[str, object]], members: pl.DataFrame | None = None
) -> Told:
    """What rules say of one city whose hits are these."""
    frame = pl.DataFrame(hits, infer_schema_length=None)
    tables = _tables(results[0]) | {"hits": frame}
    if members is not None:
        tables |= {"members": members}
    return Told.of([Result.of(results[0].made, **tables)])


def planted(told: Told, scheme: str) -> pl.DataFrame:
    """The planted subjects of a scheme."""
    return told.planted.filter(pl.col("scheme") == scheme)


def test_a_rule_is_held_against_its_own_scheme(data: Data, text: str) -> None:
    row = one(data["rules"], code="H01")
    assert row is not None
    assert (row["hits"], row["right"], row["planted"], row["found"]) == (80, 20, 42, 20)
    assert (row["silenced"], row["silenced_guilty"]) == (4, 4)
    assert not row["poor"]
    assert re.search(r"\| H01 Split stay \| stay \| .* \| 80 \| 25% \(17 to 35\)", text)


def test_a_rule_that_is_mostly_wrong_is_marked(results: list[Result]) -> None:
    wrong = [invented.hit("stay", f"S{place}", "H01") for place in range(9)]
    right = invented.hit("stay", f"S{invented.planted_places('H01')[0]}", "H01")
    row = one(rules(told_of(results, [*wrong, right])).to_dicts(), code="H01")
    assert row is not None
    assert (row["right"], row["hits"], row["poor"]) == (1, 10, True)


def test_a_rule_on_persons_is_right_of_whom_planted_stays_belong_to(results: list[Result]) -> None:
    own = invented.planted_places("H01")
    hits = [invented.hit("person", f"P{own[0]}", "H01"), invented.hit("person", "P0", "H01")]
    told = told_of(results, hits)
    assert told.right(told.hits, planted(told, "H01"), "person").height == 1
    assert told.recalled(told.hits, planted(told, "H01"), "person") == (1, 21)


def test_a_rule_on_stays_is_right_of_a_stay_in_a_planted_hospital(results: list[Result]) -> None:
    inside, outside = invented.hit("stay", "S12", "C24"), invented.hit("stay", "S13", "C24")
    told = told_of(results, [inside, outside | {"hospital": "H1"}])
    right = told.right(told.hits, planted(told, "C24"), "stay")
    assert right["subject_id"].to_list() == ["S12"]
    assert told.recalled(told.hits, planted(told, "C24"), "stay") == (1, 1)


def test_a_rule_on_groups_is_right_of_a_group_that_is_mostly_of_two_planted_stays(
    results: list[Result],
) -> None:
    first = invented.planted_places("H01")[0]
    # Twelve places on is the same hospital, and so the same campaign.
    pair = (first, first + invented.HOSPITALS)
    held = {"two": (*pair, 0), "one": (first + 1, 0), "crowd": (*pair, 1, 2, 3)}
    rows = [("group", name, f"S{n}", f"P{n}") for name, places in held.items() for n in places]
    members = pl.DataFrame(rows, schema=MEMBERS, orient="row")
    hits = [invented.hit("group", name, "H06") for name in held]
    told = told_of(results, hits, members)
    right = told.right(told.hits, planted(told, "H01"), "group")
    assert right["subject_id"].to_list() == ["two"]
    found, of = told.recalled(told.hits, planted(told, "H01"), "group")
    assert (found, of) == (1, planted(told, "H01")["campaign_id"].n_unique())


def test_where_nothing_tells_who_is_in_a_group_nothing_is_claimed(results: list[Result]) -> None:
    told = told_of(results, [invented.hit("group", "some", "H06")])
    assert not told.comparable(planted(told, "H01"), "group")
    assert told.comparable(planted(told, "H01"), "person")
    assert told.comparable(planted(told, "H01"), "use")
    assert not told.comparable(planted(told, "C10"), "person")


def test_a_rule_with_a_suffix_is_about_the_scheme_it_begins_with() -> None:
    assert scheme_of("H01") == scheme_of("H01-2") == scheme_of("H01b") == "H01"
    assert scheme_of("Z99") is None


# --- above the single record ------------------------------------------------------------


def test_what_nothing_judges_yet_is_said(data: Data, text: str) -> None:
    row = one(data["above"], subject_type="hospital", scheme="C24")
    assert row is not None
    assert (row["planted"], row["judged_by"], row["population"]) == (2, "nothing yet", 24)
    assert "C24 at the level of the hospital" in text


def test_hospitals_that_a_queue_orders_are_judged_by_it(results: list[Result]) -> None:
    ranked = [_with_ranked_hospitals(one) for one in results]
    told = pooled(ASKED, ranked, lambda _: None)
    assert told["kinds"] == ["stay", "use", "ledger", "hospital"]
    row = one(told["above"], subject_type="hospital", scheme="C24")
    assert row is not None
    # A tenth of 12 hospitals is two places a city; the planted one stands first.
    assert (row["judged_by"], row["found"], row["flagged"]) == ("queue", 2, 4)
    assert "### Hospitals" in page(told)


def _with_ranked_hospitals(one: Result) -> Result:
    houses = pl.DataFrame([
        {"subject_type": "hospital", "subject_id": f"H{place}", "hospital_id": f"H{place}",
         "level": "3", "margin": -float(place), "anomaly": 0.5, "rule_hits": 0, "whole_amount": 0}
        for place in range(invented.HOSPITALS)
    ])  # fmt: skip
    records = pl.concat([one.records, houses.cast(one.records.schema)])
    return replace(one, records=records)


# --- the page ---------------------------------------------------------------------------


def test_the_page_names_every_scheme_of_the_catalogue(text: str) -> None:
    missing = [one.code for one in schemes() if f"| {one.code} {one.title_en} |" not in text]
    assert missing == []


def test_the_page_names_every_rule_and_every_cause(text: str) -> None:
    assert [item.code for item in RULES if f"| {item.code} {item.en} |" not in text] == []
    assert [one.name for one in lookalikes() if one.title_en not in text] == []


def test_the_page_says_who_passed_and_who_failed(text: str) -> None:
    assert "3 of the 4 schemes with 30 or more cases" in text
    assert "- **Failed (1).** H10 up-coding (" in text


def test_cities_that_were_developed_on_are_told_apart(data: Data, results: list[Result]) -> None:
    assert "Not untouched" not in page(data)
    seeds = (11, 102)
    mixed = [invented.result(seed) for seed in seeds]
    told = pooled(Asked(seeds, 600, 3, 0.03), mixed, lambda _: None)
    assert "of these cities that is 11." in page(told)


def test_results_of_different_code_are_not_pooled_in_silence(results: list[Result]) -> None:
    other = invented.result(102, state={"city": "c1", "judging": "j2"})
    told = pooled(ASKED, [results[0], other], lambda _: None)
    assert "**Mixed.** The cities were judged by different states" in page(told)


def test_the_figures_are_kept_whole_and_give_the_same_page(data: Data, tmp_path: Path) -> None:
    figures = tmp_path / "page.json"
    storing.save(data, figures)
    assert storing.load(figures) == data
    write(figures, tmp_path / "page.md")
    first = (tmp_path / "page.md").read_text(encoding="utf-8")
    write(figures, tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == first == page(data)


def test_every_picture_that_the_page_shows_is_drawn(data: Data, tmp_path: Path) -> None:
    storing.save(data, tmp_path / "page.json")
    write(tmp_path / "page.json", tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    shown = re.findall(r"\((pictures/[\w/-]+\.svg)\)", text)
    assert len(shown) == 4
    for name in shown:
        drawn = (tmp_path / name).read_text(encoding="utf-8")
        assert "<text" in drawn
        assert "<dc:date>" not in drawn


def test_pooling_twice_gives_the_same_figures(data: Data, results: list[Result]) -> None:
    assert pooled(ASKED, results[::-1], lambda _: None)["tests"] == data["tests"]
    assert pooled(ASKED, results, lambda _: None) == data


def test_every_queue_of_recall_is_one_that_is_evaluated() -> None:
    assert set(ASKED_OF) < set(QUEUES)
    assert len(ASKED_OF) == 3


@pytest.mark.skipif(not WRITTEN.exists(), reason="the report was not run on this tree yet")
def test_the_page_in_the_docs_is_what_its_figures_say() -> None:
    told = storing.load(WRITTEN)
    assert (DOCS / "how-good-is-it.md").read_text(encoding="utf-8") == page(told)


# --- going on where a run stopped -------------------------------------------------------


def test_a_judged_city_is_not_judged_again(results: list[Result], tmp_path: Path) -> None:
    here = invented.result(101, state=states())
    here.save(tmp_path / "seed-101" / "result")
    told: list[str] = []
    found = result_of(ASKED, 101, tmp_path, told.append, as_judged=False)
    assert told == ["seed 101: already judged"]
    assert found.records.equals(results[0].records)
    assert found.made == here.made


def test_half_a_result_is_none(results: list[Result], tmp_path: Path) -> None:
    results[0].save(tmp_path)
    assert read_made(tmp_path, ("records", "members"))["asked"]["seed"] == 101
    (tmp_path / "members.parquet").unlink()
    assert read_made(tmp_path, ("records", "members")) == {}


# --- figures as text --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "–"), (0.0, "0%"), (0.0004, "< 0.1%"), (0.034, "3.4%"), (0.34, "34%"), (1.0, "100%")],
)
def test_a_share_is_told_as_finely_as_it_is_small(value: float | None, told: str) -> None:
    assert share(value) == told


def test_a_difference_that_rounds_to_nought_has_no_minus() -> None:
    assert points(-0.0002) == "+0.0"
    assert points(-0.012) == "-1.2"
