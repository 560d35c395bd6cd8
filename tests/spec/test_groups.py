"""Features of a group, by example: how it meets, where it comes from, what might explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from features.catalogue import CATALOGUES
from features.measure import measure
from tests.coadmitted import NIGHT, RING, WAVES, crowd, frame, history, ring, stay

if TYPE_CHECKING:
    from claims.history import History

GROUPS = CATALOGUES["group"]
THE_RING = "H|r1"


def told(known: History, *names: str) -> dict[str, float | None]:
    """Features of the ring."""
    wanted = pl.DataFrame({"subject_id": [THE_RING], "as_of": [NIGHT]})
    row = measure(known, GROUPS, wanted, [GROUPS[name] for name in names])
    found: dict[str, float | None] = row.select(names).to_dicts()[0]
    return found


def test_five_persons_three_times_together() -> None:
    names = ("size", "meetings_per_pair", "repeats", "waves", "first_to_last_day", "ward_share")
    said = told(history([*crowd(), *ring()]), *names)
    assert said == {
        "size": 5,
        "meetings_per_pair": 3,
        "repeats": 20,
        "waves": 3,
        "first_to_last_day": WAVES[-1] - WAVES[0],
        "ward_share": 1,
    }


def test_the_company_that_chance_would_bring_is_little() -> None:
    said = told(history([*crowd(), *ring()]), "expected_meetings", "repeat_surprise")
    assert said["expected_meetings"] == pytest.approx(0.5, abs=0.5)
    assert (said["repeat_surprise"] or 0) > 10


def test_one_address_of_many_persons_is_a_village() -> None:
    places = dict.fromkeys([*RING[:4], *(f"neighbour {n}" for n in range(60))], "the village")
    said = told(history([*crowd(), *ring()], places), "address_share", "address_persons")
    assert said == {"address_share": 0.8, "address_persons": 64}


def test_what_they_have_and_who_treats_them_is_told_by_shares() -> None:
    doctors = ("D1", "D1", "D1", "D2", "D2")
    mains = ("N18.5", "N18.5", "J18.9", "S72.0", "M54.5")
    rows = [
        row
        | {
            "physician_id": doctors[RING.index(str(row["person_id"]))],
            "principal_diagnosis": mains[RING.index(str(row["person_id"]))],
            "drg": "XX19",
            "admission_way": "outpatient",
        }
        for row in ring()
    ]
    said = told(
        history([*crowd(), *rows]),
        "physician_share",
        "diagnosis_share",
        "regular_care_share",
        "infectious_share",
        "respiratory_share",
        "injury_share",
        "emergency_arrivals",
    )
    assert said == pytest.approx(
        {
            "physician_share": 0.6,
            "diagnosis_share": 0.4,
            "regular_care_share": 0.4,
            "infectious_share": 0.2,
            "respiratory_share": 0.2,
            "injury_share": 0.2,
            "emergency_arrivals": 0,
        }
    )


def test_hardly_anything_paid_is_told_against_what_persons_usually_pay() -> None:
    usual = [row | {"self_pay_amount": 90_000} for row in crowd()]
    waived = [
        row | {"self_pay_amount": 9_000 if row["person_id"] != "r5" else 90_000} for row in ring()
    ]
    said = told(history([*usual, *waived]), "waived_share", "no_self_pay")
    assert said == pytest.approx({"waived_share": 0.8, "no_self_pay": 0})


def test_bills_are_alike_when_items_come_in_like_quantities() -> None:
    lines = [
        {
            "line_id": f"{row['stay_id']}-{item}",
            "stay_id": row["stay_id"],
            "category": "treatment",
            "item_code": item,
            "quantity": quantity * 1000,
            "amount": 10_000,
            "received_on": row["received_on"],
        }
        for row in ring()
        for item, quantity in (("A", 3), ("B", 4 if row["person_id"] != "r5" else 0))
        if quantity
    ]
    known = history([*crowd(), *ring()], fee_lines=frame("fee_lines", lines))
    # Six of the ten pairs of a wave have one and the same bill.
    assert told(known, "bill_likeness") == pytest.approx({"bill_likeness": 1.0})
    # With items of their own for every other person, six pairs have nothing in common.
    own = [
        line | {"item_code": f"{line['item_code']}{RING.index(str(line['stay_id'])[:2]) % 2}"}
        for line in lines
    ]
    apart = history([*crowd(), *ring()], fee_lines=frame("fee_lines", own))
    assert told(apart, "bill_likeness") == pytest.approx({"bill_likeness": 0.0})


def test_a_stay_that_the_ring_did_not_share_is_none_of_its_own() -> None:
    alone = [stay("r1", 250, total_amount=9_999_900)]
    said = told(history([*crowd(), *ring(), *alone]), "group_amount", "waves")
    assert said == {"group_amount": 15 * 300_000, "waves": 3}
