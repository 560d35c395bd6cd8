"""H13, early discharge, by example."""

from __future__ import annotations

from datetime import date

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, one, verdicts, world, written

RULE = BY_CODE["H13"]
CASES = """
    subject_id   | length_of_stay | length_of_stay_vs_peers | payment_standard_ratio | days_to_next_stay_elsewhere | days_to_death | total_amount | payment_standard | discharge_way  | palliative_coded | case_family | principal_diagnosis | planned_readmission | day_case | newborn | verdict             | because
    sent_off     | 2              | -1.3                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | no      | accused             | short, cheap, and in another hospital three days later
    same_day     | 2              | -1.0                    | 0.3                    | 0                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | no      | accused             | the limits belong to it, and so does the day of leaving
    died         | 2              | -1.3                    | 0.3                    | -                           | 7             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | no      | accused             | dead within a week
    unknown      | -              | -2                      | 0.2                    | -                           | 1             | -            | -                | -              | -                | -           | -                   | -                   | -        | -       | accused             | what is not known protects nobody
    later        | 2              | -1.3                    | 0.3                    | 8                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | no      | acquitted           | a week had passed
    usual_length | 2              | -0.9                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | no      | acquitted           | not shorter than others of its group
    dear         | 2              | -1.3                    | 0.5                    | 3                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | no      | acquitted           | half of the standard was spent
    well         | 2              | -1.3                    | 0.3                    | -                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | no      | acquitted           | nothing followed, as far as known
    own_wish     | 2              | -1.3                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | against_advice | 0                | FR2         | I50.9               | no                  | no       | no      | care_cut_short      | left against advice
    hospice      | 2              | -1.3                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | home           | 1                | FR2         | I50.9               | no                  | no       | no      | palliative          | went to die elsewhere
    chemo        | 2              | -1.3                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | home           | 0                | RE1         | I50.9               | no                  | no       | no      | oncology_cycle      | the next cycle elsewhere
    announced    | 2              | -1.3                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | yes                 | no       | no      | planned_readmission | the next step was announced
    day          | 2              | -1.3                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | yes      | no      | day_case            | day surgery is short
    baby         | 2              | -1.3                    | 0.3                    | 3                           | -             | 3,000        | 10,000           | home           | 0                | FR2         | I50.9               | no                  | no       | yes     | newborn             | a newborn moved to the children's hospital
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_what_was_paid_above_the_fee_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["sent_off"] == 7000


STAYS = """
    stay_id | person_id | hospital_id | admitted_at | discharged_at | total_amount | received_on
    short   | P         | H           | 2025-03-01  | 2025-03-02    | 800          | 2025-03-03
    after   | P         | K           | 2025-03-05  | 2025-03-15    | 9,000        | 2025-03-16
"""


def test_what_followed_is_known_from_its_own_night_on() -> None:
    history = world(stays=STAYS)
    found = [
        one(history, "stay", "days_to_next_stay_elsewhere", "short", night)
        for night in (date(2025, 3, 15), date(2025, 3, 16))
    ]
    assert found == [None, 3]
