"""C15, article outside its departments, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import alike, amounts, brought, verdicts, written

RULE = BY_CODE["C15"]
PLAIN = """
    subject_id | department_out_of_scope | operator_out_of_scope | billed_amount | verdict           | because
    stent      | 1                       | 1                     | 750           | accused           | a stent in general surgery, by its surgeon
    lens       | 1                       | -                     | 700           | accused           | nobody says who operated
    valve      | 0                       | 1                     | 26,000        | accused           | in its department, by an operator of another
    fitting    | 0                       | 0                     | 750           | acquitted         | department and operator have leave
    own        | 0                       | -                     | 750           | acquitted         | the department has leave
    unknown    | -                       | -                     | 750           | acquitted         | no department is known
    visitor    | 1                       | 0                     | 750           | visiting_operator | the cardiologist came to operate
"""
GUARDED = """
    subject_id | operations_coded | visits_before_use | verdict           | because
    clinic     | 0                | 1                 | outpatient_device | put in by the emergency clinic that day
    operated   | 1                | 1                 | accused           | operated in the stay, whatever the clinic did
"""
CASES = alike(PLAIN, "stent", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, PLAIN))
    expected = {"stent": 750, "lens": 700, "valve": 26000}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
