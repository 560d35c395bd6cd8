"""Whether a person was where the bill says, by example."""

from __future__ import annotations

from tests.worlds import check_measured, world

STAYS = """
    stay_id | person_id | hospital_id | admitted_at      | discharged_at    | total_amount
    away    | P         | H           | 2025-03-01 09:00 | 2025-03-10 09:00 | 100
    present | Q         | H           | 2025-03-01 09:00 | 2025-03-10 09:00 | 100
    short   | R         | H           | 2025-03-01 09:00 | 2025-03-02 09:00 | 100
"""
VISITS = """
    visit_id | person_id | hospital_id | visited_at       | kind      | amount
    clinic   | P         | K           | 2025-03-04 10:00 | clinic    | 80
    emergency| P         | L           | 2025-03-05 10:00 | emergency | 80
    pharmacy | P         | D           | 2025-03-06 10:00 | pharmacy  | 80
    own      | P         | H           | 2025-03-07 10:00 | clinic    | 80
    before   | Q         | K           | 2025-02-28 10:00 | clinic    | 80
    going_in | Q         | K           | 2025-03-01 07:00 | clinic    | 80
    going_out| Q         | K           | 2025-03-10 11:00 | pharmacy  | 80
    r        | R         | K           | 2025-03-02 07:00 | clinic    | 80
"""


def test_visits_elsewhere_count_on_days_strictly_inside_the_stay() -> None:
    check_measured(
        world(stays=STAYS, outpatient_visits=VISITS),
        "stay",
        """
        stay_id | visits_elsewhere | clinic_visits_elsewhere
        away    | 3                | 2
        present | 0                | 0
        short   | 0                | 0
        """,
    )


LINES = """
    line_id | stay_id | charged_at | category  | amount
    1       | away    | 2025-03-01 | drug      | 10
    2       | away    | 2025-03-04 | bed       | 10
    3       | away    | 2025-03-06 | treatment | 10
    4       | present | 2025-03-01 | drug      | 10
"""


def test_a_day_is_idle_and_seen_elsewhere_when_both_fall_on_it() -> None:
    # The bed alone on the fourth, nothing at all on the fifth, treatment on the sixth.
    check_measured(
        world(stays=STAYS, outpatient_visits=VISITS, fee_lines=LINES),
        "stay",
        """
        stay_id | idle_days_seen_elsewhere
        away    | 2
        present | 0
        short   | 0
        """,
    )


def test_two_visits_of_one_idle_day_are_one_day() -> None:
    twice = VISITS + "    again    | P         | L           | 2025-03-04 15:00 | clinic    | 80\n"
    check_measured(
        world(stays=STAYS, outpatient_visits=twice, fee_lines=LINES),
        "stay",
        """
        stay_id | idle_days_seen_elsewhere
        away    | 2
        """,
    )
