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


def known(night: date) -> History:
    """What is known by a night."""
    return History.of_frames(frames(stays=STAYS, device_uses=USES, purchases=PURCHASES), night)


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


def test_what_is_closed_is_not_opened_again() -> None:
    on = Night(date(2025, 4, 16), reopen_days=30)
    assert uses_of_night(known(on.on), subjects(), on).is_empty()
