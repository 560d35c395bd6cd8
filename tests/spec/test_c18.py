"""C18, given or bought off the platform and billed at its price, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C18"]
CASES = """
    subject_id | gain_share | billed_off_platform | given_units | unbilled_gifts | gain_amount | verdict         | because
    gift       | 1          | 3                   | 3           | 0                     | 9,000       | accused         | three gifts billed in full
    half_price | 0.5        | 4                   | 0           | 0                     | 2,000       | accused         | bought at half the price elsewhere
    a_quarter  | 0.25       | 1                   | 0           | -                     | 700         | accused         | one unit a quarter below
    at_cost    | 0          | 2                   | 0           | 0                     | 0           | acquitted       | an emergency purchase billed at what it cost
    platform   | 0.3        | 0                   | 0           | 0                     | 500         | acquitted       | all of it was bought on the platform
    rounding   | 0.04       | 5                   | 0           | 0                     | 4           | acquitted       | within the margin
    untraced   | -          | -                   | 2           | -                     | -           | acquitted       | its bills name no lots
    trial      | 0.3        | 4                   | 2           | 2                     | 300         | gift_not_billed | the two units on trial are on no bill
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_gain_is_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"gift": 9000, "half_price": 2000, "a_quarter": 700}
    assert {name: found[name] for name in expected} == pytest.approx(expected)
