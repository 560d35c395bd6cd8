"""What the course and the payment of a stay are, by example."""

from __future__ import annotations

from tests.worlds import check_measured, one, world


def test_days_are_counted_from_admission_to_discharge() -> None:
    stays = """
        stay_id  | hospital_id | admitted_at      | discharged_at    | total_amount
        week     | H           | 2025-03-01 09:00 | 2025-03-08 10:00 | 7,000
        night    | H           | 2025-03-01 23:50 | 2025-03-02 00:10 | 500
        same_day | H           | 2025-03-01 08:00 | 2025-03-01 17:00 | 300
        backward | H           | 2025-03-05 08:00 | 2025-03-03 17:00 | 300
        open     | H           | 2025-03-05 08:00 | -                | 300
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id  | length_of_stay | total_cost | cost_per_day
        week     | 7              | 7000       | 1000
        night    | 1              | 500        | 500
        same_day | 0              | 300        | 300
        backward | -2             | 300        | 300
        open     | -              | 300        | -
        """,
    )


def test_a_source_without_dates_tells_the_days_itself() -> None:
    stays = """
        stay_id | hospital_id | length_of_stay | total_amount
        a       | H           | 4              | 1,000
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | length_of_stay | cost_per_day
        a       | 4              | 250
        """,
    )


def test_payment_is_compared_with_its_standard_and_shared_out() -> None:
    stays = """
        stay_id  | hospital_id | total_amount | payment_standard | fund_amount | self_pay_amount
        near     | H           | 9,500        | 10,000           | 7,600       | 1,900
        above    | H           | 30,000       | 10,000           | 9,000       | 0
        no_limit | H           | 9,500        | 0                | 9,500       | -
        free     | H           | 0            | 10,000           | 0           | 0
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id  | payment_standard_ratio | fund_share | self_pay_share
        near     | 0.95                   | 0.8        | 0.2
        above    | 3                      | 0.3        | 0
        no_limit | -                      | 1          | -
        free     | 0                      | -          | -
        """,
    )


def test_a_weekend_is_saturday_and_sunday_and_settling_late_is_counted_in_days() -> None:
    stays = """
        stay_id  | hospital_id | admitted_at      | discharged_at    | settled_on | total_amount
        friday   | H           | 2025-02-28 23:59 | 2025-03-03 10:00 | 2025-03-03 | 100
        saturday | H           | 2025-03-01 00:00 | 2025-03-03 10:00 | 2025-03-13 | 100
        sunday   | H           | 2025-03-02 12:00 | 2025-03-03 10:00 | -          | 100
        monday   | H           | 2025-03-03 00:00 | 2025-03-04 10:00 | 2025-03-03 | 100
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id  | admitted_on_weekend | settlement_delay
        friday   | 0                   | 0
        saturday | 1                   | 10
        sunday   | 1                   | -
        monday   | 0                   | -1
        """,
    )


PERSONS = """
    person_id | birth_date | death_date
    child     | 2019-03-02 | -
    old       | 1940-01-01 | 2025-03-04
    gone      | 1940-01-01 | 2025-02-20
"""


def test_age_is_counted_in_whole_years_and_nobody_stays_after_death() -> None:
    stays = """
        stay_id   | hospital_id | person_id | admitted_at      | discharged_at    | total_amount
        child     | H           | child     | 2025-03-01 09:00 | 2025-03-06 09:00 | 100
        survived  | H           | old       | 2025-02-01 09:00 | 2025-03-01 09:00 | 100
        died_here | H           | old       | 2025-03-01 09:00 | 2025-03-04 09:00 | 100
        ghost     | H           | gone      | 2025-02-18 09:00 | 2025-03-01 09:00 | 100
        stranger  | H           | -         | 2025-02-18 09:00 | 2025-03-01 09:00 | 100
    """
    check_measured(
        world(stays=stays, persons=PERSONS),
        "stay",
        """
        stay_id   | age | days_after_death
        child     | 5   | 0
        survived  | 85  | 0
        died_here | 85  | 0
        ghost     | 85  | 9
        stranger  | -   | 0
        """,
    )


def test_coded_diagnoses_and_operations_are_counted_and_none_is_zero() -> None:
    history = world(
        stays="""
            stay_id | hospital_id | total_amount
            coded   | H           | 100
            bare    | H           | 100
        """,
        stay_diagnoses="""
            stay_id | position | code
            coded   | 1        | I21.0
            coded   | 2        | E11.9
            coded   | 3        | E11.9
        """,
        stay_procedures="""
            stay_id | position | code
            coded   | 1        | 36.06
            coded   | 2        | 36.06
        """,
    )
    check_measured(
        history,
        "stay",
        """
        stay_id | diagnoses | procedures
        coded   | 2         | 2
        bare    | 0         | 0
        """,
    )


def test_a_stay_can_be_measured_alone() -> None:
    stays = """
        stay_id | hospital_id | admitted_at | discharged_at | total_amount
        a       | H           | 2025-03-01  | 2025-03-08    | 7,000
        b       | H           | 2025-03-01  | 2025-03-31    | 9,000
    """
    assert one(world(stays=stays), "stay", "length_of_stay", "a") == 7
    assert one(world(stays=stays), "stay", "cost_per_day", "b") == 300
