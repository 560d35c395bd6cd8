"""C19, selected product abandoned, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C19"]
CASES = """
    subject_id | price_over_selected | choice_surprise | choice_share | expected_choice_share | billed_amount_month | reasoned_share | complicated_share | verdict         | because
    all_dear   | 3                   | 4               | 1            | 0.1                   | 30,000              | 0              | 0.2               | accused         | every case takes the dear one, one in ten would
    most       | 2                   | 2.2             | 0.7          | 0.2                   | 20,000              | 0.1            | 0.5               | accused         | seven in ten
    just_over  | 1.5                 | 2               | 0.5          | 0.25                  | 12,000              | -              | -                 | accused         | past both limits
    near       | 1.4                 | 5               | 1            | 0.1                   | 30,000              | 0              | 0.2               | acquitted       | hardly dearer than the selected one
    chance     | 3                   | 1.2             | 0.4          | 0.3                   | 9,000               | 0              | 0.2               | acquitted       | two cases more may be chance
    selected   | -                   | 6               | 1            | 0.2                   | 9,000               | 0              | 0.2               | acquitted       | it is selected itself
    allergic   | 3                   | 4               | 1            | 0.1                   | 30,000              | 0.6            | 0.2               | reasons_listed  | allergies are listed
    severe     | 3                   | 4               | 1            | 0.1                   | 30,000              | 0              | 0.9               | sicker_patients | nine in ten with complications
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_what_the_dear_ones_cost_more_is_in_doubt_for_those_too_many() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"all_dear": 30_000 * 2 / 3 * 0.9, "just_over": 12_000 / 3 * 0.5}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
