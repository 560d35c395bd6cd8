"""H08, impersonation, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import ACCUSED, brought, measured, verdicts, world, written

RULE = BY_CODE["H08"]
CASES = """
    subject_id    | blood_group_changed | organs_removed_again | nights_also_elsewhere | admitted_after_death | particulars_put_right | newborn | total_amount | verdict   | because
    blood         | 1                   | 0                    | 0                     | 0                    | 0                     | no      | 9,000        | accused   | a blood group does not change
    organ         | 0                   | 1                    | 0                     | 0                    | 0                     | no      | 9,000        | accused   | nobody has two gallbladders
    two_beds      | 0                   | 0                    | 1                     | 0                    | 0                     | no      | 9,000        | accused   | a night in two hospitals
    dead          | -                   | -                    | -                     | 3                    | -                     | -       | -            | accused   | what is not known protects nobody
    same          | 0                   | 0                    | 0                     | 0                    | 0                     | no      | 9,000        | acquitted | nothing contradicts
    death_day     | 0                   | 0                    | 0                     | 0                    | 0                     | no      | 9,000        | acquitted | came in alive, moved by day
    nothing_known | -                   | -                    | -                     | -                    | -                     | -       | -            | acquitted | nothing is known
    typing        | 1                   | 0                    | 0                     | 0                    | 1                     | no      | 9,000        | put_right | the laboratory had typed it wrong
    baby          | 0                   | 0                    | 2                     | 0                    | 0                     | yes     | 9,000        | newborn   | on the mother's card
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


STAYS = """
    stay_id | person_id | hospital_id | admitted_at | discharged_at | total_amount | received_on | principal_diagnosis
    first   | P         | H           | 2025-03-01  | 2025-03-05    | 8,000        | 2025-03-06  | K80.2
    again   | P         | K           | 2025-06-01  | 2025-06-05    | 9,000        | 2025-06-06  | K80.2
    two     | P         | H           | 2025-06-03  | 2025-06-09    | 4,000        | 2025-06-10  | J18.9
    next    | P         | H           | 2025-06-09  | 2025-06-12    | 4,000        | 2025-06-13  | J18.9
"""
PERSONS = """
    person_id | sex | birth_date | scheme   | person_type | blood_group | received_on
    P         | F   | 1950-05-01 | employee | retired     | A           | -
"""
OPERATIONS = """
    stay_id | position | code
    first   | 1        | 51.2300
    again   | 1        | 51.2200
"""


def test_it_finds_the_second_gallbladder_and_the_second_bed() -> None:
    history = world(stays=STAYS, persons=PERSONS, stay_procedures=OPERATIONS)
    rows = measured(history, "stay", "first", "again", "two", "next")
    said = verdicts(RULE, rows)
    assert [subject for subject, word in said.items() if word == ACCUSED] == ["again", "two"]
