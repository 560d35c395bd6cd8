"""C25, used after expiry, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C25"]
CASES = """
    subject_id | days_after_expiry | life_at_delivery | billed_amount | verdict            | because
    week       | 7                 | 700              | 750           | accused            | a week too late
    day        | 1                 | 700              | 750           | accused            | the day after
    short      | 30                | 20               | 750           | accused            | delivered short before its end, used after it
    last_day   | 0                 | 700              | 750           | acquitted          | on its last day
    good       | -300              | 700              | 750           | acquitted          | good for long
    unknown    | -                 | -                | 750           | acquitted          | no date is known
    typed      | 900               | -500             | 750           | expiry_typed_wrong | expired before it was delivered
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"week": 750, "day": 750, "short": 750}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
