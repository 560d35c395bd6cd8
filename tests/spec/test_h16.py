"""H16, conflict of sex or age, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H16"]
CASES = """
    subject_id     | diagnoses_of_other_sex | operations_of_other_sex | items_of_other_sex | diagnoses_of_other_age | operations_of_other_age | items_of_other_age | amount_of_other_sex_or_age | total_amount | newborn | sexes_known | verdict         | because
    womb           | 1                      | 0                       | 0                  | 0                      | 0                       | 0                  | 0                          | 9,000        | no      | 1           | accused         | a man with a fibroid
    knife          | 0                      | 1                       | 0                  | 0                      | 0                       | 0                  | 0                          | 9,000        | no      | 1           | accused         | a man whose womb was taken out
    item           | 0                      | 0                       | 1                  | 0                      | 0                       | 0                  | 300                        | 9,000        | no      | 1           | accused         | an item for the other sex
    old_baby       | -                      | -                       | -                  | 1                      | -                       | -                  | -                          | -            | -       | -           | accused         | what is not known protects nobody
    child_item     | 0                      | 0                       | 0                  | 0                      | 0                       | 2                  | 0                          | 9,000        | no      | 1           | accused         | items for children
    right          | 0                      | 0                       | 0                  | 0                      | 0                       | 0                  | 0                          | 9,000        | no      | 1           | acquitted       | all go with the person
    nothing_known  | -                      | -                       | -                  | -                      | -                       | -                  | -                          | -            | -       | -           | acquitted       | nothing is known
    two_sexes_only | 0                      | 0                       | 0                  | 0                      | 0                       | 0                  | 0                          | 9,000        | no      | 2           | acquitted       | two sexes on record, but nothing conflicts
    mother_card    | 0                      | 0                       | 0                  | 1                      | 0                       | 0                  | 0                          | 9,000        | yes     | 1           | newborn         | a newborn on the mother's card
    register       | 1                      | 0                       | 0                  | 0                      | 0                       | 0                  | 0                          | 9,000        | no      | 2           | sex_in_question | the register, not the care, is in question
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_items_are_in_doubt_or_the_stay_where_only_codes_are_wrong() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["item"] == 300
    assert found["womb"] == 9000
