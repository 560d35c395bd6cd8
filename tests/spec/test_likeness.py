"""A stay beside the stays of its ward, physician and hospital, by example."""

from __future__ import annotations

from datetime import date

from features.catalogue import STAYS
from features.measure import measure
from tests.worlds import check_measured, one, subjects, world

HEAD = (
    "stay_id | person_id | hospital_id | ward | physician_id | principal_diagnosis | admitted_at"
    " | discharged_at | total_amount | received_on | voided"
)
BASE = ("blood", "liver", "kidney", "glucose", "ct", "heparin", "infusion", "oxygen", "bed")
KINDS = {
    "bed": "bed", "heparin": "drug", "insulin": "drug", "infusion": "treatment",
    "oxygen": "treatment", "ct": "examination",
}  # fmt: skip


def stay(name: str, **other: str) -> str:
    """One stay; what is not named is as in all others."""
    facts = {
        "person": name.upper(), "hospital": "H", "ward": "W", "physician": "D", "dx": "J18.9",
        "admitted": "2025-03-05", "left": "2025-03-10", "known": "2025-03-11", "voided": "no",
    } | other  # fmt: skip
    order = ("person", "hospital", "ward", "physician", "dx", "admitted", "left")
    cells = [name, *(facts[key] for key in order), "1,000", facts["known"], facts["voided"]]
    return " | ".join(cells)


def stays(*rows: str) -> str:
    """A table of stays."""
    return "\n".join((HEAD, *rows))


def bill(name: str, items: tuple[str, ...] = BASE, units: int = 1, known: str = "-") -> str:
    """Lines of one stay, one an item."""
    return "\n".join(
        f"{name}{item}{known} | {name} | 2025-03-06 | {KINDS.get(item, 'laboratory')} | {item}"
        f" | {3 if item == 'bed' else units} | 10 | {units}0 | yes | {known}"
        for item in items
    )


def lines(*bills: str) -> str:
    """A table of lines."""
    head = (
        "line_id | stay_id | charged_at | category | item_code | quantity | unit_price | amount"
        " | covered | received_on"
    )
    return "\n".join((head, *bills))


def test_only_known_stays_of_the_ward_around_its_time_stand_beside_it() -> None:
    others = stays(
        stay("me"),
        stay("near", left="2025-03-30"),
        stay("edge", left="2025-04-09"),
        stay("late", left="2025-04-10"),
        stay("elsewhere", ward="X"),
        stay("abroad", hospital="K"),
        stay("cancelled", voided="yes"),
        stay("to_come", known="2025-04-02"),
    )
    names = ("me", "near", "edge", "late", "elsewhere", "abroad", "cancelled", "to_come")
    full = world(stays=others, fee_lines=lines(*(bill(name) for name in names)))
    check_measured(
        full,
        "stay",
        """
        stay_id | ward_stays | physician_stays | ward_twins | identical_bills | identical_care
        me      | 3          | 3               | 3          | 4               | 4
        """,
    )
    check_measured(
        full,
        "stay",
        """
        stay_id | ward_stays | physician_stays | ward_twins | identical_bills | identical_care
        me      | 2          | 2               | 2          | 3               | 3
        """,
        as_of=date(2025, 4, 1),
    )


def test_likeness_is_shared_items_over_all_items_without_bed_and_nursing() -> None:
    shared = ("blood", "liver", "kidney", "glucose", "ct", "insulin", "bed")
    history = world(
        stays=stays(stay("me"), stay("other", physician="E")),
        fee_lines=lines(bill("me"), bill("other", shared)),
    )
    check_measured(
        history,
        "stay",
        f"""
        stay_id | ward_likeness | ward_test_likeness | ward_twins | ward_test_twins
        me      | {5 / 9}       | 1                  | 0          | 1
        """,
    )


def test_bills_of_few_items_are_not_compared() -> None:
    few = ("blood", "liver", "kidney", "glucose", "bed")
    history = world(
        stays=stays(stay("me"), stay("other")),
        fee_lines=lines(bill("me", few), bill("other", few)),
    )
    check_measured(
        history,
        "stay",
        """
        stay_id | ward_stays | ward_likeness | ward_twins | identical_bills | identical_care
        me      | 1          | -             | 0          | 0               | 0
        """,
    )


def test_a_stay_without_a_bill_is_like_nobody_and_nobody_like_it() -> None:
    history = world(stays=stays(stay("me"), stay("silent")), fee_lines=lines(bill("me")))
    check_measured(
        history,
        "stay",
        """
        stay_id | ward_stays | ward_likeness | identical_bills
        me      | 0          | -             | 0
        silent  | -          | -             | -
        """,
    )


def test_bills_are_identical_to_the_unit_and_diagnoses_are_counted() -> None:
    longer = bill("longer").replace("| bed | 3 |", "| bed | 9 |")
    history = world(
        stays=stays(
            stay("me"),
            stay("same", dx="I10.x00"),
            stay("colleague", dx="I10.x00", physician="E"),
            stay("longer", dx="E11.9"),
            stay("more", dx="N18.9"),
            stay("again", person="ME", dx="K35.8"),
        ),
        fee_lines=lines(
            bill("me"), bill("same"), bill("colleague"), longer, bill("more", units=2),
            bill("again"),
        ),
    )  # fmt: skip
    check_measured(
        history,
        "stay",
        """
        stay_id | identical_bills | identical_bills_of_physician | diagnoses_of_identical_bills | identical_care | persons_of_identical_care | diagnoses_of_identical_care
        me      | 2               | 1                            | 2                            | 3              | 3                         | 3
        """,
    )
    check_measured(
        history,
        "stay",
        """
        stay_id | identical_care_of_physician | diagnoses_of_physicians_identical_care | physician_twins | diagnoses_of_physician_twins
        me      | 2                           | 3                                      | 3               | 4
        """,
    )


def test_lines_that_come_late_count_from_their_night_on() -> None:
    late = bill("other", ("oxygen",), known="2025-03-20")
    others = tuple(item for item in BASE if item != "oxygen")
    history = world(
        stays=stays(stay("me"), stay("other")),
        fee_lines=lines(bill("me"), bill("other", others), late),
    )
    before, after = date(2025, 3, 19), date(2025, 3, 20)
    assert one(history, "stay", "identical_bills", "me", before) == 0
    assert one(history, "stay", "identical_bills", "me", after) == 1


def test_a_stay_sent_again_stands_beside_others_as_it_stood_each_night() -> None:
    again = stay("other", known="2025-03-20")
    fewer = bill("other", BASE[:6], known="2025-03-20")
    history = world(
        stays=stays(stay("me"), stay("other"), again), fee_lines=lines(bill("me"),
        bill("other", known="2025-03-11"), fewer),
    )  # fmt: skip
    before, after = date(2025, 3, 19), date(2025, 3, 20)
    assert one(history, "stay", "identical_bills", "me", before) == 1
    assert one(history, "stay", "identical_bills", "me", after) == 0
    assert one(history, "stay", "ward_likeness", "me", after) == 6 / 8


def test_a_reversed_item_is_no_item() -> None:
    undone = bill("other", ("insulin",)) + "\n" + bill("other", ("insulin",)).replace(
        "otherinsulin-", "undone").replace("| 1 | 10 | 10 |", "| -1 | 10 | -10 |")  # fmt: skip
    history = world(
        stays=stays(stay("me"), stay("other")), fee_lines=lines(bill("me"), bill("other"), undone)
    )
    assert one(history, "stay", "identical_bills", "me") == 1


def test_an_item_is_covered_where_three_others_had_it_covered() -> None:
    paid = bill("me").replace("| ct | 1 | 10 | 10 | yes", "| ct | 1 | 10 | 10 | no")
    everybody = ("me", "a", "b", "c")
    for others, share in ((everybody[:3], 0.0), (everybody, 0.01)):
        history = world(
            stays=stays(*(stay(name) for name in others)),
            fee_lines=lines(paid, *(bill(name) for name in others[1:])),
        )
        assert one(history, "stay", "self_paid_covered_share", "me") == share
        assert one(history, "stay", "self_paid_covered_amount", "me") == share * 1000


def test_a_night_that_looks_at_one_stay_still_sees_those_beside_it() -> None:
    history = world(
        stays=stays(stay("me"), stay("other")), fee_lines=lines(bill("me"), bill("other"))
    )
    wanted = subjects("me")
    near = history.focused(wanted.lazy().select(stay_id="subject_id"))
    features = [item for item in STAYS.features if item.over == "likeness"]
    assert measure(near, STAYS, wanted, features).equals(
        measure(history, STAYS, wanted, features), null_equal=True
    )
    assert measure(near, STAYS, wanted, features)["identical_bills"].item() == 1
