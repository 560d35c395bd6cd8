"""What the earlier stays of a person say about this one, by example."""

from __future__ import annotations

from datetime import date

from tests.worlds import check_measured, one, world

STAYS = """
    stay_id  | person_id | hospital_id | drg  | principal_diagnosis | admitted_at | discharged_at | total_amount | payment_standard
    first    | P         | H           | ES35 | J18.9               | 2025-03-01  | 2025-03-08    | 9,500        | 10,000
    again    | P         | H           | ES33 | J15.0               | 2025-03-18  | 2025-03-22    | 4,500        | 10,000
    knee     | P         | H           | IC29 | M17.1               | 2025-03-25  | 2025-04-01    | 30,000       | 40,000
    away     | P         | K           | ES35 | J18.9               | 2025-04-03  | 2025-04-07    | 8,000        | 10,000
    stranger | Q         | H           | ES35 | J18.9               | 2025-03-18  | 2025-03-22    | 8,000        | 10,000
    nobody   | -         | H           | ES35 | J18.9               | 2025-03-18  | 2025-03-22    | 8,000        | 10,000
"""


def test_days_since_the_last_stay_and_since_the_same_condition() -> None:
    check_measured(
        world(stays=STAYS),
        "stay",
        """
        stay_id  | days_since_last_stay | days_since_same_condition
        first    | -                    | -
        again    | 10                   | 10
        knee     | 3                    | -
        away     | 2                    | -
        stranger | -                    | -
        nobody   | -                    | -
        """,
    )


def test_the_same_condition_is_the_same_family_of_groups_or_of_diagnoses() -> None:
    stays = """
        stay_id     | person_id | hospital_id | drg  | principal_diagnosis | admitted_at | discharged_at | total_amount
        before      | P         | H           | ES35 | J18.9               | 2025-03-01  | 2025-03-08    | 100
        family      | P         | H           | ES31 | A41.9               | 2025-03-10  | 2025-03-11    | 100
        diagnosis   | R         | H           | ES35 | J18.9               | 2025-03-10  | 2025-03-11    | 100
        r_before    | R         | H           | ET11 | J18.0               | 2025-03-01  | 2025-03-05    | 100
        neither     | S         | H           | ES35 | J18.9               | 2025-03-10  | 2025-03-11    | 100
        s_before    | S         | H           | ET11 | I50.9               | 2025-03-01  | 2025-03-05    | 100
        uncoded     | U         | H           | -    | -                   | 2025-03-10  | 2025-03-11    | 100
        u_before    | U         | H           | -    | -                   | 2025-03-01  | 2025-03-05    | 100
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id   | days_since_same_condition | days_since_last_stay
        family    | 2                         | 2
        diagnosis | 5                         | 5
        neither   | -                         | 5
        uncoded   | -                         | 5
        """,
    )


def test_two_linked_stays_are_added_up_against_one_standard() -> None:
    check_measured(
        world(stays=STAYS),
        "stay",
        """
        stay_id | linked_days | previous_standard_ratio | linked_standard_ratio
        first   | -           | -                       | -
        again   | 11          | 0.95                    | 1.4
        knee    | -           | -                       | -
        """,
    )


def test_a_stay_sixteen_days_ago_is_no_longer_linked() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount | payment_standard
        a1      | A         | H           | ES35 | 2025-03-01  | 2025-03-05    | 900          | 1,000
        a2      | A         | H           | ES35 | 2025-03-20  | 2025-03-22    | 500          | 1,000
        b1      | B         | H           | ES35 | 2025-03-01  | 2025-03-05    | 900          | 1,000
        b2      | B         | H           | ES35 | 2025-03-21  | 2025-03-22    | 500          | 1,000
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | days_since_same_condition | linked_days | previous_standard_ratio
        a2      | 15                        | 6           | 0.9
        b2      | 16                        | -           | -
        """,
    )


def test_the_newest_of_several_earlier_stays_is_the_linked_one() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount | payment_standard
        one     | P         | H           | ES35 | 2025-03-01  | 2025-03-05    | 500          | 1,000
        two     | P         | H           | ES35 | 2025-03-06  | 2025-03-09    | 950          | 1,000
        three   | P         | H           | ES35 | 2025-03-10  | 2025-03-12    | 450          | 2,000
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | previous_standard_ratio | linked_standard_ratio | linked_days
        three   | 0.95                    | 0.7                   | 5
        """,
    )


def test_stays_are_counted_by_window_hospital_and_condition() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount
        old     | P         | H           | ES35 | 2024-01-01  | 2024-01-05    | 100
        spring  | P         | H           | ES35 | 2024-12-01  | 2024-12-05    | 100
        edge    | P         | K           | IC29 | 2025-02-01  | 2025-03-03    | 100
        near    | P         | H           | ES35 | 2025-04-01  | 2025-04-05    | 100
        next    | P         | H           | ES31 | 2025-05-01  | 2025-05-05    | 100
        now     | P         | H           | ES35 | 2025-06-01  | 2025-06-03    | 100
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | stays_in_90_days | stays_in_a_year | hospitals_in_90_days | same_condition_in_90_days | same_hospital_share
        now     | 3                | 4               | 2                    | 2                         | 0.75
        old     | 0                | 0               | 0                    | 0                         | -
        """,
    )


def test_a_stay_that_ended_more_than_a_year_before_is_forgotten() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount
        a1      | A         | H           | ES35 | 2024-05-28  | 2024-06-01    | 100
        a2      | A         | H           | ES35 | 2025-06-01  | 2025-06-03    | 100
        b1      | B         | H           | ES35 | 2024-05-28  | 2024-05-31    | 100
        b2      | B         | H           | ES35 | 2025-06-01  | 2025-06-03    | 100
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | days_since_last_stay | stays_in_a_year
        a2      | 365                  | 1
        b2      | -                    | 0
        """,
    )


def test_overlapping_stays_are_counted_and_leave_the_interval_alone() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at      | discharged_at    | total_amount
        long    | P         | H           | ES35 | 2025-03-01 09:00 | 2025-03-20 09:00 | 100
        inside  | P         | K           | IC29 | 2025-03-05 09:00 | 2025-03-08 09:00 | 100
        at_once | P         | K           | IC29 | 2025-03-08 12:00 | 2025-03-09 09:00 | 100
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | days_since_last_stay | overlapping_stays
        long    | -                    | 0
        inside  | -                    | 1
        at_once | 0                    | 1
        """,
    )


def test_even_cycles_repeat_at_the_same_interval() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount
        e1      | even      | H           | RE19 | 2025-01-01  | 2025-01-03    | 100
        e2      | even      | H           | RE19 | 2025-01-22  | 2025-01-24    | 100
        e3      | even      | H           | RE19 | 2025-02-12  | 2025-02-14    | 100
        e4      | even      | H           | RE19 | 2025-03-05  | 2025-03-07    | 100
        o1      | odd       | H           | RE19 | 2025-01-01  | 2025-01-03    | 100
        o2      | odd       | H           | RE19 | 2025-01-10  | 2025-01-12    | 100
        o3      | odd       | H           | RE19 | 2025-02-20  | 2025-02-22    | 100
        o4      | odd       | H           | RE19 | 2025-03-05  | 2025-03-07    | 100
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | interval_irregularity
        e4      | 0
        e2      | -
        o4      | 32
        """,
    )


def test_a_cancelled_stay_and_a_later_stay_are_not_earlier_stays() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount | voided | received_on
        void    | P         | H           | ES35 | 2025-03-01  | 2025-03-08    | 100          | no     | 2025-03-10
        void    | P         | H           | ES35 | 2025-03-01  | 2025-03-08    | 100          | yes    | 2025-03-20
        now     | P         | H           | ES35 | 2025-03-12  | 2025-03-14    | 100          | no     | 2025-03-15
        late    | P         | H           | ES35 | 2025-03-16  | 2025-03-18    | 100          | no     | 2025-03-19
    """
    history = world(stays=stays)
    gap = "days_since_same_condition"
    assert one(history, "stay", gap, "now", as_of=date(2025, 3, 15)) == 4
    assert one(history, "stay", gap, "now", as_of=date(2025, 3, 20)) is None


def test_one_stay_that_never_ended_does_not_hide_a_split_behind_it() -> None:
    stays = """
        stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount
        endless | P         | H           | ES35 | 2025-01-05  | 2025-10-09    | 100
        first   | P         | H           | ES35 | 2025-03-01  | 2025-03-08    | 100
        second  | P         | H           | ES35 | 2025-03-10  | 2025-03-14    | 100
    """
    check_measured(
        world(stays=stays),
        "stay",
        """
        stay_id | days_since_same_condition | linked_days | overlapping_stays
        second  | 2                         | 11          | 1
        """,
    )
