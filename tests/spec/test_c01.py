"""C01, billed and never used, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C01"]
CASES = """
    subject_id | billed_quantity | has_record | record_expected | others_recorded | parts_for_recorded | gone_unrecorded | billed_over_used | covered_share | billed_amount | verdict      | because
    screw      | 4               | 0          | 1               | 3               | -                  | 0               | 4                | 1             | 1,800         | accused      | the record has plate and rod, and no screw
    cartridge  | 1               | 0          | 1               | 1               | -                  | 0               | 1                | 1             | 700           | accused      | the store gave out what is recorded
    part       | 2               | 0          | 1               | 2               | -                  | 1               | 2                | 1             | 900           | accused      | the store gave out one of two
    recorded   | 4               | 1          | 1               | 3               | -                  | -               | 0                | 1             | 1,800         | acquitted    | it is in the record
    late       | 4               | 0          | 1               | 0               | -                  | -               | 4                | 1             | 1,800         | acquitted    | nothing is recorded or counted yet
    uncounted  | 1               | 0          | 1               | 1               | -                  | -               | 1                | 1             | 700           | acquitted    | nobody counted the stock since
    gauze      | 4               | 0          | 0               | 3               | -                  | -               | 4                | 1             | 100           | acquitted    | its use need not be recorded
    swapped    | 1               | 0          | 1               | 1               | 1                  | -               | 1                | 1             | 700           | acquitted    | another article of its kind is recorded instead
    forgotten  | 1               | 0          | 1               | 1               | -                  | 1               | 1                | 1             | 700           | stock_agrees | the store gave it out
    paid       | 1               | 0          | 1               | 1               | -                  | 0               | 1                | 0             | 700           | own_expense  | the person paid for it
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"screw": 1800, "cartridge": 700, "part": 900}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
