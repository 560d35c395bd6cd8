"""C16, article outside its paid illnesses, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C16"]
CASES = """
    subject_id | illness_out_of_scope | covered_share | billed_amount | verdict     | because
    basket     | 1                    | 1             | 1,000         | accused     | a stone basket without a stone
    graft      | 1                    | 0.5           | 4,000         | accused     | half of it put to the fund
    cartridge  | 1                    | -             | 420           | accused     | nobody says what was put to the fund
    stone      | 0                    | 1             | 1,000         | acquitted   | one of its illnesses
    free       | 0                    | 1             | 75            | acquitted   | its class is paid for any illness
    unknown    | -                    | 1             | 1,000         | acquitted   | no diagnosis is known
    paid       | 1                    | 0             | 1,000         | own_expense | the person paid for it
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"basket": 1000, "graft": 2000, "cartridge": 420}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
