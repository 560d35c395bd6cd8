"""H11, wrong or lower coding, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H11"]
CASES = """
    subject_id     | main_diagnosis_not_allowed | fell_into_no_group | main_diagnosis_off_operation | main_diagnosis_answered | payment_standard | total_amount | newborn | verdict              | because
    vague          | 1                          | 0                  | 0                            | 0                       | 10,000           | 8,000        | no      | accused              | a code that may not stand first
    no_group       | 0                          | 1                  | 0                            | 0                       | -                | 8,000        | no      | accused              | the grouper found nothing
    mismatch       | 0                          | 0                  | 1                            | 0                       | 10,000           | 8,000        | no      | accused              | the operation belongs to another illness
    unknown        | -                          | 1                  | -                            | -                       | -                | -            | -       | accused              | what is not known protects nobody
    vague_answered | 1                          | 0                  | 0                            | 1                       | 10,000           | 8,000        | no      | accused              | treatment does not make the code right
    sound          | 0                          | 0                  | 0                            | 0                       | 10,000           | 8,000        | no      | acquitted            | diagnosis, operation and group go together
    sound_answered | 0                          | 0                  | 0                            | 1                       | 10,000           | 8,000        | no      | acquitted            | the same, with everything billed
    nothing_known  | -                          | -                  | -                            | -                       | -                | -            | -       | acquitted            | nothing is known
    came_for_it    | 0                          | 0                  | 1                            | 1                       | 10,000           | 8,000        | no      | main_illness_treated | came for the heart, was operated on the way
    baby           | 0                          | 0                  | 1                            | 0                       | 10,000           | 8,000        | yes     | newborn              | the operation was the mother's
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_difference_to_the_fee_is_in_doubt_and_all_of_it_without_a_group() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["mismatch"] == 2000
    assert found["no_group"] == 8000
