"""H18D, bills of one physician alike line for line, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H18D"]
CASES = """
    subject_id  | alike_bills | alike_diagnoses | one_day_share | stays_in_year | year_amount | verdict           | because
    copied      | 8           | 4               | 0             | 80            | 800,000     | accused           | eight bills of four diagnoses, one like the other
    five        | 5           | 2               | 0.2           | 100           | 900,000     | accused           | each limit is just reached
    mixed       | 12          | 3               | 0.5           | 200           | 900,000     | accused           | half of the stays are no day care
    four        | 4           | 4               | 0             | 80            | 800,000     | acquitted         | four may be chance
    one_illness | 9           | 1               | 0             | 80            | 800,000     | acquitted         | one illness, one treatment
    none        | 0           | 0               | 0             | 80            | 800,000     | acquitted         | no two bills are alike
    day_ward    | 20          | 3               | 0.9           | 300           | 900,000     | standard_day_care | a package of day care
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_as_many_usual_stays_as_there_are_like_bills_are_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["copied"] == 80_000
