"""The page on large cities counts what was judged, and tells known persons and chance apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.large.asked import Asked
from bench.large.figures import TOGETHER, City, beside, counted, unknown
from bench.large.judging import strangers
from bench.large.page import page
from bench.training import page as page_of_training
from evaluation import storing
from evaluation.storing import Data
from rules.declaration import CLUE, DOUBT
from synthetic.shift import Shift

RECORDS, PLANTED = 2_000, 20


def test_models_learn_up_to_three_months_before_the_end() -> None:
    assert str(Asked(1).cut) == "2025-04-01"
    assert str(Asked(1, months=8).cut) == "2024-06-01"


def test_a_changed_city_changes_on_the_day_from_which_it_is_judged() -> None:
    asked = Asked(1, changed=True)
    assert set(asked.shift.schemes.values()) == {asked.cut}
    assert len(asked.shift.schemes) == 6
    assert Asked(1).shift == Shift()


def test_nobody_whom_an_audit_had_seen_is_judged() -> None:
    base = pl.DataFrame(
        {
            "subject_id": ["a|x", "b|x", "c|x", "d|x"],
            "person_id": ["known", "other", "new", "own"],
        }
    )
    # One shares the person, one the stay.
    audited = pl.DataFrame({"subject_id": ["z|x", "b|y"], "person_id": ["known", "someone"]})
    kept = strangers(base, audited, "use")
    assert kept["subject_id"].to_list() == ["c|x", "d|x"]


def city(*, seed: int, changed: bool, known: str = "margin") -> City:
    """Records of which the first are planted, and stand first where a column knows of them."""
    guilty = [number < PLANTED for number in range(RECORDS)]
    ids = [f"r{number:05}" for number in range(RECORDS)]
    told = {
        name: [high if name == known and is_guilty else low for is_guilty in guilty]
        for name, low, high in (
            ("margin", 0.0, 1.0),
            ("anomaly", 0.1, 0.9),
            ("rule_hits", 0, 1),
            ("whole_amount", 0, 1),
        )
    }
    frames = [
        pl.DataFrame(
            {
                "subject_type": entity,
                "subject_id": ids,
                "hospital_id": [f"h{number % 20}" for number in range(RECORDS)],
                **told,
            }
        )
        for entity in ("stay", "use")
    ]
    schemes = {"stay": "H03", "use": "C03"}
    key = pl.DataFrame(
        [
            {
                "subject_type": entity,
                "subject_id": ids[number],
                "hospital_id": f"h{number % 20}",
                "scheme": scheme,
                "campaign_id": None,
                "difficulty": 2,
                "amount": 100,
                "innocent": False,
            }
            for entity, scheme in schemes.items()
            for number in range(PLANTED)
        ]
    )
    rules = [("H03", DOUBT.value)] * (PLANTED + 5) + [("H02E", CLUE.value)] * 2
    hits = pl.DataFrame(
        [
            {"subject_type": entity, "subject_id": ids[number], "code": code, "grade": grade}
            for entity in schemes
            for number, (code, grade) in enumerate(rules)
        ]
    )
    return City(_made(seed, changed=changed), pl.concat(frames), key, hits)


def _made(seed: int, *, changed: bool) -> dict[str, Any]:
    return {
        "asked": Asked(seed, changed=changed).told(),
        "state": {"city": "aa", "judging": "bb"},
        "cut": "2025-04-01",
        "learned": {kind: {"labels": 7.0} for kind in ("stay", "use")},
        "minutes": {"made": 1.0, "learned": 2.0, "judged": 3.0},
        "peak_gb": 4.0,
    }


@pytest.fixture(scope="module")
def data() -> Data:
    """Two cities that the model knows, and a changed one that detectors alone know."""
    return counted(
        [
            city(seed=1, changed=False),
            city(seed=2, changed=False),
            city(seed=3, changed=True, known="anomaly"),
        ]
    )


def test_a_queue_that_knows_is_told_to_be_ahead(data: Data) -> None:
    said = page(data)
    assert "**Stays.** Of the first 0.5% (20 in all) 100%" in said
    assert (
        "ahead of rules with detectors, detectors only, rules only, largest amount and random"
        in said
    )
    assert "--seeds 1 2 --changed 3" in said
    assert "A rule speaks of 0% of these stays; 0% of them are planted." in said


def test_each_rule_is_told_with_what_is_planted_where_it_speaks(data: Data) -> None:
    rows = {(row["subject_type"], row["rule"]): row for row in data["rules"]}
    counts = ("records", "planted", "own")
    assert [rows["stay", "H03"][name] for name in counts] == [50, 40, 40]
    assert [rows["use", "H03"][name] for name in counts] == [50, 40, 0]
    assert [rows["stay", "H02E"][name] for name in counts] == [4, 0, 0]
    assert "| H03 | doubtful point | 50 | 40 | 40 | 80% |" in page(data)


def test_what_no_audit_had_seen_is_held_against_chance_by_queue(data: Data) -> None:
    rows = {(row["queue"], row["scheme"]): row for row in unknown([_changed()])}
    assert rows["detectors only", TOGETHER]["found"] == RECORDS * 0.005
    assert rows["detectors only", TOGETHER]["p_holm"] < 0.001
    assert rows["detectors only", "H03"]["expected"] == pytest.approx(0.1)
    assert rows["detectors only", "H03"]["wide_found"] == PLANTED
    assert rows["detectors only", "H03"]["wide_expected"] == pytest.approx(1.0)
    assert rows["rules only", TOGETHER]["area"] == pytest.approx(0.5)
    said = page(data)
    assert "Detectors alone keep recall above chance on stays" in said
    assert "and the first 5% holds 20 of 20 where a draw finds 1.0 (p < 0.001)" in said
    assert "their whole order stands above chance (area 1.00, p < 0.001)." in said


@pytest.mark.parametrize(
    ("near", "further", "said"),
    [
        (0.2, 0.01, "keep, in the first 5% though not at the front, recall above chance"),
        (0.2, 0.2, "do not keep recall above chance"),
    ],
)
def test_the_verdict_says_where_in_the_queue_detectors_beat_chance(
    data: Data, near: float, further: float, said: str
) -> None:
    held = [{**row, "p_holm": near, "wide_p_holm": further} for row in data["unknown"]]
    told = page({**data, "unknown": held})
    assert f"Detectors alone {said} on stays" in told


def test_a_page_without_a_changed_city_says_nothing_of_one() -> None:
    said = page(counted([city(seed=1, changed=False)]))
    assert "changed" not in said
    assert "**Uses.**" in said


def test_a_changed_city_alone_stands_beside_what_was_told_of_the_others(data: Data) -> None:
    plain = counted([city(seed=1, changed=False), city(seed=2, changed=False)])
    assert beside(plain, counted([_changed()])) == data
    assert beside(data, counted([_changed()])) == data


def test_figures_of_before_rules_were_told_make_a_page(data: Data) -> None:
    said = page({name: rows for name, rows in data.items() if name != "rules"})
    assert "Rule by rule" not in said
    assert "State of the code of seeds 1, 2 and 3: cities aa, judging bb." in said


def test_figures_of_one_depth_make_a_page(data: Data) -> None:
    rows = [{k: v for k, v in row.items() if not k.startswith("wide")} for row in data["unknown"]]
    said = page({**data, "unknown": rows})
    assert "Detectors alone keep recall above chance on stays" in said
    assert "5%, beside" not in said.replace("0.5%, beside", "")


def test_the_figures_beside_the_page_of_the_docs_make_that_page() -> None:
    docs = Path(__file__).parents[2] / "docs"
    assert "## A city that changes" in page(storing.load(docs / "large-cities.json"))


def _changed() -> City:
    return city(seed=3, changed=True, known="anomaly")


def test_the_page_on_training_gives_minutes_memory_and_what_was_learned_from() -> None:
    found = {
        "step measuring stays": 3.0, "records stay": 60_000.0, "labels stay": 4_000.0,
        "whole": 12.34, "worked": 20.0, "gb": 5.6,
    }  # fmt: skip
    said = page_of_training(found, 500_000, 0.1, 20)
    assert "| 12.3 min |" in said
    assert "5.6 GB, of 8 allowed" in said
    assert "60,000 stays with 4,000 audits" in said
    assert "| measuring stays | 3.0 |" in said
