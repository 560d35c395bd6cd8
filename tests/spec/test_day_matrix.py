"""Which days of a stay are idle, by example.

Pictures of a stay: one letter a day, ``T`` treated, ``b`` bed and nursing alone, ``.``
nothing billed. The day of discharge is not one of the letters.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.worlds import check_measured, one, world

ADMITTED = datetime.fromisoformat("2025-03-01 09:00")
HEADER = "line_id | stay_id | charged_at | category | item_code | quantity | unit_price | amount"
BILLED = {"T": ("bed", "drug"), "b": ("bed", "nursing"), ".": ()}


def pictured(picture: str) -> tuple[str, str]:
    """The stays and fee lines of one stay ``a`` drawn as a picture."""
    discharged = ADMITTED + timedelta(days=len(picture))
    stays = (
        "stay_id | hospital_id | admitted_at | discharged_at | total_amount\n"
        f"a | H | {ADMITTED} | {discharged} | 100"
    )
    rows = [
        f"{day}{category} | a | {ADMITTED + timedelta(days=day)} | {category} | x | 1 | 10 | 10"
        for day, letter in enumerate(picture)
        for category in BILLED[letter]
    ]
    # A line of the day before admission, which belongs to no day of the stay.
    early = f"early | a | {ADMITTED - timedelta(days=1)} | bed | x | 1 | 10 | 10"
    return stays, "\n".join([HEADER, *rows, early])


@pytest.mark.parametrize(
    ("picture", "idle_days", "longest_run"),
    [
        ("TTTTT", 0, 0),
        ("bbbbb", 5, 5),
        ("bTTTT", 1, 1),
        ("TTTTb", 1, 1),
        ("bbbTT", 3, 3),
        ("TTbbb", 3, 3),
        ("TbbbT", 3, 3),
        ("TbTbT", 2, 1),
        ("bTbbTbbb", 6, 3),
        ("T....", 4, 4),
        (".T.T.", 3, 1),
        ("bb..T", 4, 4),
        ("T", 0, 0),
        ("b", 1, 1),
    ],
)
def test_idle_days_and_their_longest_run(picture: str, idle_days: int, longest_run: int) -> None:
    stays, lines = pictured(picture)
    history = world(stays=stays, fee_lines=lines)
    assert one(history, "stay", "idle_days", "a") == idle_days
    assert one(history, "stay", "longest_idle_run", "a") == longest_run


def test_a_stay_without_any_line_of_its_days_cannot_be_judged() -> None:
    stays, lines = pictured("....")
    history = world(stays=stays, fee_lines=lines)
    assert one(history, "stay", "idle_days", "a") is None
    assert one(history, "stay", "longest_idle_run", "a") is None


def test_treatment_that_was_reversed_and_treatment_on_the_day_of_leaving_fill_no_day() -> None:
    history = world(
        stays="""
            stay_id | hospital_id | admitted_at | discharged_at | total_amount
            a       | H           | 2025-03-01  | 2025-03-05    | 100
        """,
        fee_lines="""
            line_id | stay_id | reverses_line_id | charged_at       | category  | quantity | unit_price | amount
            1       | a       | -                | 2025-03-01 10:00 | treatment | 1        | 50         | 50
            2       | a       | -                | 2025-03-03 10:00 | treatment | 1        | 50         | 50
            3       | a       | 2                | 2025-03-03 18:00 | treatment | -1       | 50         | -50
            4       | a       | -                | 2025-03-05 07:00 | drug      | 1        | 50         | 50
        """,
    )
    check_measured(
        history,
        "stay",
        """
        stay_id | idle_days | longest_idle_run
        a       | 3         | 3
        """,
    )


def test_the_day_of_the_service_counts_and_not_the_day_of_posting() -> None:
    history = world(
        stays="""
            stay_id | hospital_id | admitted_at | discharged_at | total_amount
            a       | H           | 2025-03-01  | 2025-03-04    | 100
        """,
        fee_lines="""
            line_id | stay_id | charged_at | performed_at     | category | quantity | unit_price | amount
            1       | a       | 2025-03-03 | 2025-03-01 10:00 | drug     | 1        | 60         | 60
            2       | a       | 2025-03-03 | -                | drug     | 1        | 40         | 40
        """,
    )
    check_measured(
        history,
        "stay",
        """
        stay_id | idle_days | longest_idle_run | first_day_share | lines_outside_stay
        a       | 1         | 1                | 0.6             | 0
        """,
    )


def test_first_day_and_last_third_are_compared_with_the_whole() -> None:
    history = world(
        stays="""
            stay_id | hospital_id | admitted_at | discharged_at | total_amount
            a       | H           | 2025-03-01  | 2025-03-07    | 600
        """,
        fee_lines="""
            line_id | stay_id | charged_at | category | quantity | unit_price | amount
            1       | a       | 2025-03-01 | drug     | 1        | 300        | 300
            2       | a       | 2025-03-03 | drug     | 1        | 200        | 200
            3       | a       | 2025-03-05 | drug     | 1        | 60         | 60
            4       | a       | 2025-03-06 | drug     | 1        | 40         | 40
        """,
    )
    check_measured(
        history,
        "stay",
        """
        stay_id | first_day_share | late_day_ratio
        a       | 0.5             | 0.5
        """,
    )


def test_a_line_one_day_outside_the_stay_is_a_habit_and_two_days_outside_is_not() -> None:
    history = world(
        stays="""
            stay_id | hospital_id | admitted_at      | discharged_at    | total_amount
            a       | H           | 2025-03-10 09:00 | 2025-03-12 09:00 | 100
        """,
        fee_lines="""
            line_id | stay_id | charged_at       | category | quantity | unit_price | amount
            1       | a       | 2025-03-08 23:00 | drug     | 1        | 20         | 20
            2       | a       | 2025-03-09 01:00 | drug     | 1        | 20         | 20
            3       | a       | 2025-03-13 23:00 | drug     | 1        | 20         | 20
            4       | a       | 2025-03-14 01:00 | drug     | 1        | 20         | 20
        """,
    )
    assert one(history, "stay", "lines_outside_stay", "a") == 2
