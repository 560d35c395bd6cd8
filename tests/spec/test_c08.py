"""C08, material used without need, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C08"]
CASES = """
    subject_id | operation_material | operating_lines | operations_coded | billed_quantity | covered_share | billed_amount | verdict     | because
    sheets     | 1                  | 0               | 0                | 4               | 1             | 3,000         | accused     | four sheets against adhesion and no operation
    sponge     | 1                  | 0               | 0                | 1               | 1             | 180           | accused     | one is enough to look
    gelatine   | 1                  | 0               | 0                | 2               | 0.5           | 4,000         | accused     | partly put to the fund
    billed     | 1                  | 2               | 0                | 4               | 1             | 3,000         | acquitted   | an operation is billed
    coded      | 1                  | 0               | 1                | 4               | 1             | 3,000         | acquitted   | an operation is coded
    dressing   | 0                  | 0               | 0                | 4               | 1             | 3,000         | acquitted   | of use without an operation
    unknown    | -                  | -               | -                | 4               | 1             | 3,000         | acquitted   | nothing is known
    paid       | 1                  | 0               | 0                | 4               | 0             | 3,000         | own_expense | the person paid for it
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"sheets": 3000, "sponge": 180, "gelatine": 4000}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
