"""C26, more small articles than a body needs, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C26"]
CASES = """
    subject_id | units_per_day | small_article | films_over_images | intensive_care | billed_quantity | billed_amount | verdict        | because
    gloves     | 100           | 1             | -                 | 0              | 1000            | 1,200         | accused        | a hundred pairs a day
    syringes   | 60            | 1             | -                 | 0              | 300             | 600           | accused        | sixty a day
    needles    | 75            | 1             | -                 | 0              | 75              | 300           | accused        | seventy-five in a day
    fifty      | 50            | 1             | -                 | 0              | 500             | 600           | acquitted      | at the limit
    screws     | 60            | 0             | -                 | 0              | 120             | 600           | acquitted      | no small article
    pictures   | 2             | 1             | 3                 | 0              | 6               | 108           | acquitted      | more films than images raise nothing
    unknown    | -             | -             | -                 | -              | 6               | 108           | acquitted      | nobody knows how long it lasted
    ventilated | 100           | 1             | -                 | 1              | 1000            | 1,200         | intensive_care | intensive care uses many gloves
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"gloves": 600, "syringes": 100, "needles": 100}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
