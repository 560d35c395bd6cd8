"""C06, contained in a service, billed again, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C06"]
CASES = """
    subject_id | contained_units | contained_share | needed_besides | covered_share | billed_amount | verdict        | because
    set        | 3               | 1               | 0              | 1             | 300           | accused        | three sets beside the intervention that contains one
    line       | 1               | 0.5             | 0              | 1             | 200           | accused        | one of two lines on a day of dialysis
    tube       | 1               | 1               | 0              | 1             | 130           | accused        | a tube beside the general anaesthesia
    other_day  | 0               | 0               | 0              | 1             | 130           | acquitted      | no service of those days contains it
    half       | 0.5             | 0.5             | 0              | 1             | 130           | acquitted      | less than a unit
    unknown    | -               | -               | -              | 1             | 130           | acquitted      | the services have no names
    ventilated | 1               | 1               | 1              | 1             | 130           | needed_besides | ventilation needs a tube of its own
    paid       | 1               | 1               | 0              | 0             | 130           | own_expense    | the person paid for it
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"set": 300, "line": 100, "tube": 130}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
