"""C04, article outside the scope billed as one inside, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C04"]
CASES = """
    subject_id | recorded_not_covered | lot_not_covered | label_not_covered | covered_share | billed_amount | verdict     | because
    glue       | 1                    | -               | -                 | 1             | 2,000         | accused     | the record names glue that nobody pays for
    lens       | -                    | 1               | -                 | 1             | 3,000         | accused     | the lot was bought as a lens that is not covered
    anchor     | -                    | -               | 1                 | 0.5           | 4,000         | accused     | the identifier is that of an anchor outside the scope
    covered    | 0                    | 0               | -                 | 1             | 2,000         | acquitted   | what was used is covered too
    newly      | 0                    | -               | -                 | 1             | 2,000         | acquitted   | it was taken into the scope before that day
    agreed     | -                    | -               | -                 | 1             | 2,000         | acquitted   | record and lot name what was billed
    paid       | 1                    | -               | -                 | 0             | 2,000         | own_expense | nothing was put to the fund
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"glue": 2000, "lens": 3000, "anchor": 2000}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
