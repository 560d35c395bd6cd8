"""Features of a person, by example: how often, where, and what is known to bring people often."""

from __future__ import annotations

from datetime import date

from tests.worlds import check_measured, world

NIGHT = date(2025, 12, 31)
HOSPITALS = """
    hospital_id | level
    H           | 2
    K           | 2
    M           | 3
"""
PERSONS = """
    person_id | birth_date | scheme
    often     | 1960-01-01 | resident
    chemo     | 1955-06-01 | employee
    moved     | 1940-12-31 | resident
"""
STAYS = """
    stay_id | person_id | hospital_id | admitted_at      | discharged_at    | principal_diagnosis | drg  | admission_way | discharge_way  | day_case | newborn | planned_readmission | total_amount | self_pay_amount
    o1      | often     | H           | 2025-02-01 09:00 | 2025-02-06 09:00 | I25.1               | FR45 | outpatient    | home           | no       | no      | no                  | 5,000        | 500
    o2      | often     | K           | 2025-10-10 09:00 | 2025-10-14 09:00 | E11.9               | KS15 | outpatient    | home           | no       | no      | no                  | 4,000        | 400
    o3      | often     | H           | 2025-11-10 09:00 | 2025-11-13 09:00 | Z50.1               | XR25 | outpatient    | home           | no       | no      | no                  | 3,000        | 300
    o4      | often     | H           | 2025-12-10 09:00 | 2025-12-12 09:00 | I25.1               | FR45 | outpatient    | home           | no       | no      | no                  | 4,000        | 400
    c1      | chemo     | M           | 2025-11-01 09:00 | 2025-11-03 09:00 | Z51.1               | RE15 | outpatient    | home           | no       | no      | no                  | 6,000        | 600
    c2      | chemo     | M           | 2025-11-22 09:00 | 2025-11-24 09:00 | Z51.1               | RE15 | outpatient    | home           | no       | no      | yes                 | 6,000        | 600
    m1      | moved     | H           | 2025-12-01 09:00 | 2025-12-03 09:00 | I63.9               | BR25 | outpatient    | against_advice | no       | no      | no                  | 2,000        | 200
    m2      | moved     | M           | 2025-12-04 09:00 | 2025-12-14 09:00 | I63.9               | BR25 | outpatient    | home           | no       | no      | no                  | 20,000       | 2,000
    m3      | moved     | K           | 2025-12-20 09:00 | 2025-12-28 09:00 | Z50.1               | XR25 | outpatient    | home           | no       | no      | no                  | 8,000        | 800
"""
CITY = {"hospitals": HOSPITALS, "persons": PERSONS, "stays": STAYS}


def test_stays_are_counted_in_a_year_and_in_ninety_days() -> None:
    check_measured(
        world(**CITY),
        "person",
        """
        person_id | stays_in_year | stays_in_quarter | hospitals_in_year | days_in_year | shortest_gap | age_of_person
        often     | 4             | 3                | 2                 | 14           | 27           | 65
        chemo     | 2             | 2                | 1                 | 4            | 19           | 70
        moved     | 3             | 3                | 3                 | 20           | 1            | 85
        """,
        NIGHT,
    )


def test_known_causes_to_come_often_are_told_apart() -> None:
    """Rehabilitation by itself is none; as a step after another stay it is, and so is moving on."""
    check_measured(
        world(**CITY),
        "person",
        """
        person_id | unexplained_in_year | unexplained_in_quarter | hospitals_in_quarter | oncology_share | rehabilitation_share | unexplained_amount
        often     | 4                   | 3                      | 2                    | 0              | 0                    | 16,000
        chemo     | 0                   | 0                      | 0                    | 1              | 0                    | 0
        moved     | 1                   | 1                      | 1                    | 0              | 0.3333333333         | 2,000
        """,
        NIGHT,
    )


def test_an_emergency_of_a_new_chapter_explains_itself_and_of_the_same_does_not() -> None:
    rows = [line.replace("outpatient    | home ", "emergency     | home ")
            if line.strip().startswith(("o2", "o4")) else line for line in STAYS.splitlines()]  # fmt: skip
    same = [line.replace("Z50.1               | XR25", "I20.0               | FR45")
            if line.strip().startswith("o3") else line for line in rows]  # fmt: skip
    check_measured(
        world(**CITY | {"stays": "\n".join(same)}),
        "person",
        """
        person_id | unexplained_in_year | emergencies_share
        often     | 3                   | 0.5
        """,
        NIGHT,
    )


def test_yesterdays_stays_are_not_those_of_tomorrow() -> None:
    check_measured(
        world(**CITY),
        "person",
        """
        person_id | stays_in_year | days_in_year
        often     | 3             | 12
        """,
        date(2025, 12, 9),
    )
