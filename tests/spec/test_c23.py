"""C23, reversed and billed dearer, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C23"]
CASES = """
    subject_id | price_over_reversed | reversed_after_discharge | gain_by_reversal | has_record | billed_over_used | verdict       | because
    dearer     | 2                   | 1                        | 1,000            | 0          | 1                | accused       | a dearer article without a record, after discharge
    more       | 1.5                 | 2                        | 600              | 1          | 1                | accused       | the record shows fewer units
    unrecorded | 1.2                 | 1                        | 200              | -          | -                | accused       | nobody keeps records
    same       | 1                   | 1                        | 0                | 0          | 1                | acquitted     | at the same price
    cheaper    | 0.7                 | 1                        | -300             | 0          | 1                | acquitted     | put right to a cheaper one
    forgotten  | -                   | 1                        | -                | 1          | 0                | acquitted     | the same article in full, one unit had been forgotten
    put_right  | 2                   | 1                        | 1,000            | 1          | 0                | record_agrees | the record shows what is billed now
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"dearer": 1000, "more": 600, "unrecorded": 200}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
