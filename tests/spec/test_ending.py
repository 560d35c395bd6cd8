"""How a stay ends, by example: its last third, its last treatment, its last test."""

from __future__ import annotations

from tests.worlds import check_measured, world

STAYS = """
    stay_id | hospital_id | admitted_at      | discharged_at    | total_amount
    kept    | H           | 2025-03-01 09:00 | 2025-03-10 10:00 | 1,000
    day     | H           | 2025-03-01 09:00 | 2025-03-01 18:00 | 1,000
"""
LINES = """
    line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
    1       | kept    | 2025-03-02 | laboratory | blood     | 1        | 100        | 100
    2       | kept    | 2025-03-05 | laboratory | blood     | 1        | 100        | 100
    3       | kept    | 2025-03-07 | treatment  | infusion  | 1        | 60         | 60
    4       | kept    | 2025-03-08 | bed        | bed       | 1        | 120        | 120
    5       | kept    | 2025-03-10 | bed        | bed       | 1        | 20         | 20
    6       | day     | 2025-03-01 | treatment  | infusion  | 1        | 60         | 60
"""


def test_the_last_third_is_measured_without_the_day_of_leaving() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES),
        "stay",
        """
        stay_id | late_day_cost | late_active_share  | late_care_share | idle_tail | longest_run_without_tests
        kept    | 60            | 0.3333333333333333 | 0.7             | 3         | 5
        day     | -             | -                  | 0               | 0         | 0
        """,
    )


def test_a_stay_without_any_test_went_without_one_all_along() -> None:
    untested = LINES.replace("laboratory", "treatment ")
    check_measured(
        world(stays=STAYS, fee_lines=untested),
        "stay",
        """
        stay_id | longest_run_without_tests
        kept    | 9
        """,
    )
