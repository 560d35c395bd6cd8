"""Features of hospitals, departments and physicians, by example: against the same cases elsewhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.history import History
from features.catalogue import CATALOGUES
from features.level_expected import with_expected
from features.measure import measure
from tests.coadmitted import frame

if TYPE_CHECKING:
    from collections.abc import Iterable

NIGHT = date(2025, 10, 11)
FIRST = date(2024, 10, 20)
HOUSES = ("A", "B", "C", "D")


def stay(house: str, number: int, day: int, **given: object) -> dict[str, object]:
    """A stay of four nights for 1,000 yuan, some days after the first day."""
    begun = datetime.combine(FIRST + timedelta(days=day), datetime.min.time())
    return {
        "stay_id": f"{house}{number}",
        "hospital_id": house,
        "person_id": f"P{house}{number}",
        "department": "medicine",
        "physician_id": f"doctor of {house}",
        "admitted_at": begun + timedelta(hours=9),
        "discharged_at": begun + timedelta(days=4, hours=9),
        "drg": "ES35",
        "principal_diagnosis": "J18.9",
        "admission_way": "outpatient",
        "total_amount": 100_000,
        "fund_amount": 70_000,
        "self_pay_amount": 30_000,
        "planned_readmission": False,
        "received_on": begun.date() + timedelta(days=5),
    } | given


def calm(house: str, every: int = 5) -> list[dict[str, object]]:
    """Stays spread evenly over the year."""
    return [stay(house, day, day) for day in range(0, 355, every)]


def city(stays: Iterable[dict[str, object]], **more: pl.DataFrame) -> History:
    """All that is known: these stays in four hospitals of one level."""
    houses = [
        {"hospital_id": name, "level": "2", "kind": "general", "approved_beds": 2,
         "received_on": FIRST}
        for name in HOUSES
    ]  # fmt: skip
    frames = {"stays": frame("stays", list(stays)), "hospitals": frame("hospitals", houses)}
    return History.of_frames(frames | more, NIGHT)


def said(known: History, entity: str, subject: str, *names: str) -> dict[str, float | None]:
    """Features of one subject on the night."""
    catalogue = CATALOGUES[entity]
    wanted = pl.DataFrame({"subject_id": [subject], "as_of": [NIGHT]})
    row = measure(known, catalogue, wanted, [catalogue[name] for name in names])
    found: dict[str, float | None] = row.select(names).to_dicts()[0]
    return found


def everywhere(**given: object) -> list[dict[str, object]]:
    """The same calm year in every hospital, with these values in the first."""
    return [row | (given if house == "A" else {}) for house in HOUSES for row in calm(house)]


def test_the_same_as_elsewhere_is_one() -> None:
    names = ("cost_over_expected", "days_over_expected", "excess_amount")
    assert said(city(everywhere()), "hospital", "A", *names) == pytest.approx(
        {"cost_over_expected": 1, "days_over_expected": 1, "excess_amount": 0}
    )


def test_twice_as_dear_is_nearly_two_and_its_excess_is_counted() -> None:
    known = city(everywhere(total_amount=200_000))
    found = said(known, "hospital", "A", "cost_over_expected", "excess_amount", "stays_in_year")
    stays = found["stays_in_year"] or 0
    # Ten stays as expected are added to both sides.
    assert found["cost_over_expected"] == pytest.approx((2 * stays + 10) / (stays + 10))
    assert found["excess_amount"] == pytest.approx(stays * 100_000)
    assert said(known, "physician", "doctor of A", "cost_over_expected") == {
        "cost_over_expected": found["cost_over_expected"]
    }


def test_a_hospital_is_no_part_of_its_own_expectation() -> None:
    rows = pl.DataFrame(
        {
            "as_of": [NIGHT] * 3,
            "hospital_id": ["A", "B", "B"],
            "drg": ["ES35"] * 3,
            "family": ["ES3"] * 3,
            "level": ["2"] * 3,
            "total_amount": [900, 100, 200],
        }
    )
    told = with_expected(rows, {"total_amount": (("drg", "level"), ())})
    assert told["expected_total_amount"].to_list() == [150_000_000, 900_000_000, 900_000_000]


def test_a_lone_hospital_has_nothing_to_be_expected_after() -> None:
    found = said(city(calm("A")), "hospital", "A", "cost_over_expected", "stays_in_year")
    assert found["cost_over_expected"] is None
    assert found["stays_in_year"] == 71


def test_few_cases_say_little() -> None:
    one = [stay("A", 1, 100, total_amount=1_000_000)]
    rows = [*one, *(row for house in HOUSES[1:] for row in calm(house))]
    found = said(city(rows), "hospital", "A", "cost_over_expected")
    assert found["cost_over_expected"] == pytest.approx((10 + 10) / (1 + 10))


def test_a_push_before_the_holiday_strays_and_the_same_push_everywhere_does_not() -> None:
    # 26 to 30 September 2025 lie before the National Day.
    before = (date(2025, 9, 28) - FIRST).days
    pushed = [stay("A", 1000 + n, before) for n in range(12)]
    alone = said(city([*everywhere(), *pushed]), "hospital", "A", "push_z", "push_excess")
    assert (alone["push_z"] or 0) > 5
    assert alone["push_excess"] == pytest.approx(12, abs=1)
    all_push = [stay(house, 1000 + n, before) for house in HOUSES for n in range(12)]
    together = said(city([*everywhere(), *all_push]), "hospital", "A", "push_z")
    assert (together["push_z"] or 0) < 1


def test_who_was_pushed_is_told() -> None:
    before = (date(2025, 9, 28) - FIRST).days
    flu = [stay("A", 1000 + n, before, admission_way="emergency") for n in range(12)]
    persons = [
        {"person_id": row["person_id"], "sex": "F", "birth_date": date(2015, 1, 1),
         "received_on": FIRST}
        for row in flu
    ]  # fmt: skip
    rows = [row | {"principal_diagnosis": "I25.1"} for row in everywhere()]
    known = city([*rows, *flu], persons=frame("persons", persons))
    found = said(known, "hospital", "A", "push_urgent_share", "push_school_share")
    assert found == pytest.approx({"push_urgent_share": 1, "push_school_share": 1}, abs=0.1)


def test_a_department_and_its_hospital_are_named_apart() -> None:
    rows = [*everywhere(), *(stay("A", 2000 + n, n, department="surgery") for n in range(7))]
    known = city(rows)
    assert said(known, "department", "A|surgery", "stays_in_year") == {"stays_in_year": 7}
    assert said(known, "hospital", "A", "stays_in_year") == {"stays_in_year": 78}


def test_more_in_bed_than_beds_approved() -> None:
    full = [stay("A", 3000 + n, 100) for n in range(5)]
    rows = [*full, *(row for house in HOUSES[1:] for row in calm(house))]
    assert said(city(rows), "hospital", "A", "census_over_beds") == {"census_over_beds": 2.5}


def test_whoever_comes_back_soon_for_the_same_makes_a_split_pair() -> None:
    first = (date(2025, 5, 1) - FIRST).days
    twice = [stay("A", 4000, first), stay("A", 4001, first + 10, person_id="PA4000")]
    planned = [
        stay("A", 4002, first),
        stay("A", 4003, first + 10, person_id="PA4002", planned_readmission=True),
    ]
    late = [stay("A", 4004, first), stay("A", 4005, first + 30, person_id="PA4004")]
    elsewhere = [stay("A", 4006, first), stay("B", 4007, first + 10, person_id="PA4006")]
    known = city([*twice, *planned, *late, *elsewhere])
    found = said(known, "hospital", "A", "split_pair_share", "stays_in_year")
    assert found == pytest.approx({"split_pair_share": 1 / 7, "stays_in_year": 7})


def test_bills_alike_line_for_line_are_counted_where_diagnoses_differ() -> None:
    recent = (date(2025, 9, 1) - FIRST).days
    mains = ("I25.1", "E11.9", "M54.5", "I25.1", "K29.5", "K29.5")
    rows = [
        stay("A", 5000 + n, recent + n, principal_diagnosis=main) for n, main in enumerate(mains)
    ]
    lines = [
        {
            "line_id": f"{row['stay_id']}-{item}",
            "stay_id": row["stay_id"],
            "category": "treatment",
            "item_code": item,
            # The last bill has one unit more.
            "quantity": (3 if row["stay_id"] != "A5005" else 4) * 1000,
            "amount": 50_000,
            "received_on": row["received_on"],
        }
        for row in rows
        for item in ("X", "Y")
    ]
    known = city([*rows, *calm("B")], fee_lines=frame("fee_lines", lines))
    found = said(known, "physician", "doctor of A", "alike_bills", "alike_diagnoses")
    assert found == {"alike_bills": 5, "alike_diagnoses": 4}
