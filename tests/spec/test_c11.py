"""C11, code seen elsewhere or never sold here, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C11"]
CASES = """
    subject_id | serial_other_hospitals | units_unbought | units_bought_elsewhere | units_transferred_in | serial_other_persons | pieces_in_pack | from_opening_stock | billed_amount | verdict       | because
    settled    | 1                      | 0              | 0                      | 0                    | 1                    | 1              | 0                  | 750           | accused       | another hospital has settled the same code
    forged     | 0                      | 1              | 0                      | 0                    | 0                    | 1              | 0                  | 750           | accused       | nobody ever bought it
    strayed    | 0                      | 0              | 1                      | 0                    | 0                    | 1              | 1                  | 750           | accused       | sold to another hospital, and no transfer
    own        | 0                      | 0              | 0                      | 0                    | 0                    | 1              | 0                  | 750           | acquitted     | bought here, used once
    unnumbered | -                      | -              | -                      | 2                    | -                    | 1              | -                  | 750           | acquitted     | no numbers are recorded
    moved_in   | 0                      | 0              | 0                      | 3                    | 0                    | 1              | 0                  | 750           | acquitted     | others came by transfer
    borrowed   | 0                      | 0              | 1                      | 1                    | 0                    | 1              | 0                  | 750           | borrowed_unit | lent by the hospital that bought it
    box        | 0                      | 1              | 0                      | 0                    | 3                    | 5              | 0                  | 100           | box_label     | the number of a box of five
    old        | 0                      | 1              | 0                      | 0                    | 0                    | 1              | 1                  | 750           | opening_stock | bought before the books began
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"settled": 750, "forged": 750, "strayed": 750}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
