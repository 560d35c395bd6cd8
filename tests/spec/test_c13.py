"""C13, article without its operation, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import alike, amounts, brought, verdicts, written

RULE = BY_CODE["C13"]
PLAIN = """
    subject_id | operation_missing | operations_coded | has_record | operating_lines | covered_share | billed_amount | verdict        | because
    stent      | 1                 | 1                | 0          | 2               | 1             | 750           | accused        | a stent, and no operation that takes one
    lens       | 1                 | 0                | 1          | 0               | 1             | 700           | accused        | recorded, but no operation was coded or billed
    lead       | 1                 | 1                | 1          | 2               | 1             | 4,600         | accused        | other operations are coded, none with a lead
    fitting    | 0                 | 1                | 1          | 2               | 1             | 750           | acquitted      | its operation is coded
    free       | 0                 | 0                | 0          | 0               | 1             | 75            | acquitted      | its class needs no operation
    unknown    | -                 | -                | 0          | 0               | 1             | 750           | acquitted      | operations are not delivered
    left_out   | 1                 | 0                | 1          | 2               | 1             | 750           | coder_omission | billed and recorded, the coder left it out
    paid       | 1                 | 1                | 0          | 0               | 0             | 750           | own_expense    | the person paid for it
"""
GUARDED = """
    subject_id | visits_before_use | verdict           | because
    clinic     | 1                 | outpatient_device | put in by the emergency clinic that day
"""
CASES = alike(PLAIN, "lens", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, PLAIN))
    expected = {"stent": 750, "lens": 700, "lead": 4600}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
