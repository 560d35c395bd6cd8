"""C03, swapped for a dearer article, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C03"]
CASES = """
    subject_id  | price_over_recorded | price_over_lot | price_over_label | recorded_not_covered | lot_not_covered | parts_for_recorded | covered_share | billed_amount | verdict     | because
    drug_coated | 4                   | -              | -                | 0                    | -               | 1                  | 1             | 8,000         | accused     | the record names a plain balloon that is on no bill
    imported    | -                   | 1.5            | -                | -                    | 0               | -                  | 1             | 3,000         | accused     | the lot was bought as the domestic one
    mislabelled | -                   | -              | 2              | -                    | -               | -                  | 1             | 2,000         | accused     | the line bears the identifier of a cheaper one
    renewed     | 1                   | -              | -                | 0                    | -               | 1                  | 1             | 2,000         | acquitted   | a renewed code at the same price
    cheaper     | 0.8                 | -              | -                | 0                    | -               | 1                  | 1             | 2,000         | acquitted   | billed cheaper than used
    set         | 1.5                 | -              | -                | 0                    | -               | 3                  | 1             | 2,000         | acquitted   | a set in parts is another question
    uncovered   | 2                   | -              | -                | 1                    | -               | 1                  | 1             | 2,000         | acquitted   | what was used is not covered: another question
    agreed      | -                   | -              | -                | -                    | -               | -                  | 1             | 2,000         | acquitted   | record and lot name what was billed
    paid        | 4                   | -              | -                | 0                    | -               | 1                  | 0             | 8,000         | own_expense | the person paid for it
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"drug_coated": 6000, "imported": 1000, "mislabelled": 1000}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
