"""H15, date conflict, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import ACCUSED, amounts, brought, measured, verdicts, world, written

RULE = BY_CODE["H15"]
CASES = """
    subject_id    | lines_outside_stay | amount_outside_stay | bed_days_beyond | nursing_days_beyond | nights_twice_here | lines_after_death | operation_days_outside | length_of_stay | total_amount | newborn | admission_way | verdict   | because
    outside       | 1                  | 400                 | 0               | 0                   | 0                 | 0                 | 0                      | 8              | 10,000       | no      | outpatient    | accused   | a line days after discharge
    beds          | 0                  | 0                   | 2               | 0                   | 0                 | 0                 | 0                      | 8              | 10,000       | no      | outpatient    | accused   | ten beds in eight days
    nurses        | 0                  | 0                   | 0               | 3                   | 0                 | 0                 | 0                      | 8              | 10,000       | no      | outpatient    | accused   | more nursing than days
    twice         | 0                  | 0                   | 0               | 0                   | 4                 | 0                 | 0                      | 8              | 10,000       | no      | outpatient    | accused   | twice in one hospital in the same nights
    dead          | -                  | -                   | -               | -                   | -                 | 1                 | -                      | -              | -            | -       | -             | accused   | what is not known protects nobody
    knife         | 0                  | 0                   | 0               | 0                   | 0                 | 0                 | 2                      | 8              | 10,000       | no      | outpatient    | accused   | an operation two days before admission
    sound         | 0                  | 0                   | 0               | 0                   | 0                 | 0                 | 0                      | 8              | 10,000       | no      | outpatient    | acquitted | all within the stay
    last_day      | 0                  | 0                   | 1               | 0                   | 0                 | 0                 | 0                      | 8              | 10,000       | no      | outpatient    | acquitted | the day of discharge counted too
    midnight      | 0                  | 0                   | 0               | 0                   | 0                 | 0                 | 1                      | 8              | 10,000       | no      | outpatient    | acquitted | a day is a matter of shifts
    nothing_known | -                  | -                   | -               | -                   | -                 | -                 | -                      | -              | -            | -       | -             | acquitted | nothing is known
    baby          | 0                  | 0                   | 0               | 0                   | 3                 | 0                 | 0                      | 8              | 10,000       | yes     | outpatient    | newborn   | mother and child on one card
    moved         | 0                  | 0                   | 0               | 0                   | 1                 | 0                 | 0                      | 8              | 10,000       | no      | transfer      | transfer  | moved between wards of two settlements
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_lines_outside_or_the_days_too_many_are_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["outside"] == 400
    assert found["beds"] == 10_000 * 2 / 10
    assert found["twice"] == 10_000 * 4 / 8


STAYS = """
    stay_id   | person_id | hospital_id | admitted_at      | discharged_at    | total_amount | voided
    cancelled | P         | H           | 2025-03-01 09:00 | 2025-03-09 10:00 | 8,000        | yes
    anew      | P         | H           | 2025-03-01 09:00 | 2025-03-09 10:00 | 8,000        | no
    runs_on   | Q         | H           | 2025-03-01 09:00 | 2025-03-09 10:00 | 8,000        | no
    next      | Q         | H           | 2025-03-06 09:00 | 2025-03-12 10:00 | 6,000        | no
"""


def test_a_settlement_that_was_cancelled_and_its_new_one_are_one_stay() -> None:
    history = world(stays=STAYS)
    said = verdicts(RULE, measured(history, "stay", "cancelled", "anew", "runs_on", "next"))
    assert {subject for subject, word in said.items() if word == ACCUSED} == {"runs_on", "next"}
