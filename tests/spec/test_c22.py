"""C22, mix shift to dearer products, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C22"]
CASES = """
    subject_id | price_over_plain | price_over_selected | choice_surprise | choice_share | expected_choice_share | choice_share_before | billed_amount_month | reasoned_share | complicated_share | verdict         | because
    taken_over | 2                | -                   | 5               | 1            | 0.1                   | 0.05                | 20,000              | 0              | 0.2               | accused         | from one in twenty to all
    most       | 1.8              | -                   | 2.5             | 0.6          | 0.2                   | 0                   | 9,000               | 0              | 0.3               | accused         | six in ten
    just_over  | 1.5              | -                   | 2               | 0.5          | 0.25                  | 0.2                 | 6,000               | -              | -                 | accused         | past both limits
    outside    | 2                | 2                   | 5               | 1            | 0.1                   | 0.05                | 20,000              | 0              | 0.2               | acquitted       | outside the selection, which is C19
    plain      | 1.1              | -                   | 5               | 1            | 0.1                   | 0.05                | 20,000              | 0              | 0.2               | acquitted       | hardly dearer
    new        | 2                | -                   | 5               | 1            | 0.1                   | -                   | 20,000              | 0              | 0.2               | acquitted       | no year to compare with
    guideline  | 2                | -                   | 0.5             | 0.6          | 0.55                  | 0.1                 | 20,000              | 0              | 0.2               | acquitted       | all hospitals changed alike
    severe     | 2                | -                   | 5               | 1            | 0.1                   | 0.05                | 20,000              | 0              | 0.95              | sicker_patients | nearly all with complications
    allergic   | 2                | -                   | 5               | 1            | 0.1                   | 0.05                | 20,000              | 0.7            | 0.2               | reasons_listed  | allergies are listed
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_what_the_dear_ones_cost_more_is_in_doubt_for_those_too_many() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["taken_over"] == pytest.approx(20_000 / 2 * 0.9, abs=0.01)
