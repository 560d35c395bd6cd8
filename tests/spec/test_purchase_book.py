"""When a unit that nobody bought is said to be one: not before the purchase book can have told."""

from __future__ import annotations

from datetime import date

import pytest

from claims.history import History
from features.subjects import Night, uses_of_night
from tests.worlds import frames, one, subjects

STAYS = """
    stay_id | hospital_id | person_id | admitted_at      | discharged_at    | voided | received_on
    own     | H           | P         | 2025-03-01 09:00 | 2025-03-05 09:00 | no     | 2025-03-06
    lent    | H           | Q         | 2025-03-01 09:00 | 2025-03-05 09:00 | no     | 2025-03-06
    new     | H           | R         | 2025-03-01 09:00 | 2025-03-05 09:00 | no     | 2025-03-06
    paid    | H           | S         | 2025-03-01 09:00 | 2025-03-05 09:00 | no     | 2025-03-06
    silent  | K           | T         | 2025-03-01 09:00 | 2025-03-05 09:00 | no     | 2025-03-06
"""
# Of the article OWN the hospital only ever bought for its shelf, of LENT on consignment too, and
# of NEW nothing; hospital K delivers no books.
USES = """
    use_id | stay_id | item_code | quantity | used_at          | serial
    1      | own     | OWN       | 1        | 2025-03-02 10:00 | S1
    2      | lent    | LENT      | 1        | 2025-03-02 10:00 | S2
    3      | new     | NEW       | 1        | 2025-03-02 10:00 | S3
    4      | paid    | LENT      | 1        | 2025-03-02 10:00 | S4
    5      | silent  | OWN       | 1        | 2025-03-02 10:00 | S5
"""
LATER = {"03-11": "M1", "03-12": "M2", "04-15": "M3", "04-16": "M4"}
PURCHASES = """
    purchase_id | hospital_id | item_code | serial | delivered_on | consignment | received_on
    B1          | H           | OWN       | S8     | 2025-01-10   | no          | 2025-01-12
    B2          | H           | LENT      | S9     | 2025-01-10   | yes         | 2025-01-12
    B3          | H           | LENT      | -      | 2025-01-10   | no          | 2025-01-12
    B4          | H           | LENT      | S4     | 2025-03-20   | yes         | 2025-04-01
    typed_wrong | H           | OTHER     | -      | 2035-03-09   | no          | 2025-03-09
    """ + """
    """.join(
    f"{number} | H | OTHER | - | 2025-{day} | no | 2025-{day}" for day, number in LATER.items()
)


def known(night: date, purchases: str = PURCHASES, **others: str) -> History:
    """What is known by a night."""
    told = {"stays": STAYS, "device_uses": USES, "purchases": purchases} | others
    return History.of_frames(frames(**told), night)


@pytest.mark.parametrize(
    ("use", "night", "units"),
    [
        ("own|OWN", "2025-03-11", 0),
        ("own|OWN", "2025-03-12", 1),
        ("lent|LENT", "2025-03-12", 0),
        ("lent|LENT", "2025-04-15", 0),
        ("lent|LENT", "2025-04-16", 1),
        ("new|NEW", "2025-04-15", 0),
        ("new|NEW", "2025-04-16", 1),
        ("paid|LENT", "2025-03-12", 0),
        ("paid|LENT", "2025-04-16", 0),
        ("silent|OWN", "2025-04-16", 0),
    ],
)
def test_a_missing_purchase_waits_for_the_book(use: str, night: str, units: int) -> None:
    on = date.fromisoformat(night)
    assert one(known(on), "use", "units_unbought", use, on) == units


@pytest.mark.parametrize(
    ("night", "asked"),
    [
        ("2025-03-11", []),
        ("2025-03-12", ["own|OWN"]),
        ("2025-03-13", []),
        ("2025-04-15", []),
        ("2025-04-16", ["lent|LENT", "new|NEW"]),
        ("2025-04-17", []),
    ],
)
def test_the_use_is_asked_again_on_the_night_its_book_has_told(
    night: str, asked: list[str]
) -> None:
    on = Night(date.fromisoformat(night), reopen_days=60)
    found = uses_of_night(known(on.on), subjects(), on)
    assert sorted(found["subject_id"]) == asked


@pytest.mark.parametrize(("reopen_days", "asked"), [(60, []), (90, ["silent|OWN"])])
def test_what_is_closed_for_longer_than_a_book_may_take_is_not_opened_again(
    reopen_days: int, asked: list[str]
) -> None:
    # Hospital K tells of purchases for the first time in summer.
    first = "K1 | K | OWN | - | 2025-06-29 | no | 2025-06-30"
    history = known(date(2025, 6, 30), f"{PURCHASES}\n{first}")
    found = uses_of_night(history, subjects(), Night(date(2025, 6, 30), reopen_days))
    assert found["subject_id"].to_list() == asked


def test_a_purchase_told_late_takes_the_doubt_back_on_its_night() -> None:
    late = "late | H | OWN | S1 | 2025-02-20 | no | 2025-03-20"
    history = known(date(2025, 3, 20), f"{PURCHASES}\n{late}")
    on = Night(date(2025, 3, 20), reopen_days=60)
    assert uses_of_night(history, subjects(), on)["subject_id"].to_list() == ["own|OWN"]
    assert one(history, "use", "units_unbought", "own|OWN", on.on) == 0


def test_what_another_hospital_lent_may_be_on_its_consignment() -> None:
    moves = """
        move_id | hospital_id | item_code | lot | kind         | quantity | moved_at   | counterpart | received_on
        1       | K           | OWN       | L   | transfer_out | 1        | 2025-03-01 | H           | 2025-03-03
    """
    for night, units in (("2025-03-12", 0), ("2025-04-16", 1)):
        on = date.fromisoformat(night)
        assert one(known(on, stock_moves=moves), "use", "units_unbought", "own|OWN", on) == units


def test_a_record_under_the_old_code_is_asked_under_the_one_that_is_billed() -> None:
    old, new = "C02010100111111111110000001", "C02010100122222222220000001"
    catalogue = f"""
        item_code | valid_from | valid_to   | platform_price | pack_factor | maker | generic_name | covered | class_code | class_name | implantable | key_list
        {old}     | 2020-01-01 | 2025-02-10 | 100            | 1           | M     | stent        | yes     | C020101    | stent      | yes         | yes
        {new}     | 2025-02-05 | -          | 100            | 1           | M     | stent        | yes     | C020101    | stent      | yes         | yes
    """
    lines = f"""
        line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
        1       | own     | 2025-03-02 | consumable | {new}     | 1        | 100        | 100
    """
    history = known(
        date(2025, 4, 16),
        device_uses=USES.replace(
            "OWN       | 1        | 2025-03-02 10:00 | S1", f"{old} | 1 | 2025-03-02 10:00 | S1"
        ),
        consumables=catalogue,
        fee_lines=lines,
    )
    found = uses_of_night(history, subjects(), Night(date(2025, 4, 16), reopen_days=60))
    assert f"own|{new}" in found["subject_id"].to_list()
    assert f"own|{old}" not in found["subject_id"].to_list()
