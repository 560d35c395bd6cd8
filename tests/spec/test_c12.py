"""C12, article against sex, side or site, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C12"]
CASES = """
    subject_id | wrong_sex | wrong_listed_sex | other_side | site_not_diagnosed | sexes_known | covered_share | billed_amount | verdict         | because
    gel        | 1         | -                | 0          | 0                  | 1           | 1             | 800           | accused         | a gel for women in a man
    side       | 0         | 0                | 1          | 0                  | 1           | 1             | 9,000         | accused         | operated left, recorded right
    plate      | 0         | 0                | -          | 1                  | 1           | 1             | 1,100         | accused         | a plate for the arm and a broken leg
    fitting    | 0         | 0                | 0          | 0                  | 1           | 1             | 1,100         | acquitted       | nothing contradicts
    second     | 0         | 0                | -          | 0                  | 1           | 1             | 1,100         | acquitted       | a second diagnosis names the place
    unknown    | -         | -                | -          | -                  | -           | 1             | 1,100         | acquitted       | nothing is known
    retyped    | 1         | 1                | 0          | 0                  | 2           | 1             | 800           | sex_in_question | two sexes on record
    paid       | 1         | -                | 0          | 0                  | 1           | 0             | 800           | own_expense     | the person paid for it
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"gel": 800, "side": 9000, "plate": 1100}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
