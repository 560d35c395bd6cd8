"""C21, surge of use, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C21"]
CASES = """
    subject_id | growth_on_last_month | units_over_expected | units_surprise | billed_amount_month | key_list | platform_price | verdict        | because
    fourfold   | 4                    | 4                   | 9              | 40,000              | no       | 900            | accused        | four times the units for the same cases
    double     | 2                    | 2                   | 3              | 20,000              | yes      | 900            | accused        | twice as many
    just_over  | 1.3                  | 1.4                 | 2              | 14,000              | yes      | 40             | accused        | past all limits, on the key list though cheap
    more_cases | 3                    | 1                   | 0.2            | 60,000              | no       | 900            | acquitted      | three times the operations
    habit      | 1                    | 2                   | 4              | 20,000              | no       | 900            | acquitted      | as many as the month before
    chance     | 1.5                  | 1.5                 | 0.9            | 3,000               | no       | 900            | acquitted      | one case more
    first      | -                    | -                   | -              | 3,000               | no       | 900            | acquitted      | never used before
    gloves     | 4                    | 4                   | 9              | 400                 | no       | 1              | everyday_goods | gloves follow the days in bed
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_units_beyond_the_expected_are_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert {name: found[name] for name in ("fourfold", "double", "just_over")} == pytest.approx(
        {"fourfold": 30_000, "double": 10_000, "just_over": 4_000}, abs=0.01
    )
