"""C23, reversed and billed dearer, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["C23"]
CASES = """
    subject_id | price_over_reversed | units_over_reversed | reversed_after_discharge | gain_by_reversal | billed_price | has_record | billed_over_used | verdict       | because
    dearer     | 2                   | -                   | 1                        | 1,000            | 2,000        | 0          | 1                | accused       | a dearer article without a record, after discharge
    more       | -                   | 2                   | 1                        | -                | 600          | 1          | 1                | accused       | three for one, and the record shows fewer
    unrecorded | 1.2                 | -                   | 1                        | 200              | 1,200        | -          | -                | accused       | nobody keeps records
    same       | 1                   | 0                   | 1                        | 0                | 1,000        | 0          | 1                | acquitted     | at the same price, as many
    cheaper    | 0.7                 | -                   | 1                        | -300             | 700          | 0          | 1                | acquitted     | put right to a cheaper one
    untouched  | -                   | -                   | -                        | -                | 700          | 0          | 1                | acquitted     | nothing was reversed
    forgotten  | -                   | 1                   | 1                        | -                | 700          | 1          | 0                | record_agrees | one unit had been forgotten
    put_right  | 2                   | -                   | 1                        | 1,000            | 2,000        | 1          | 0                | record_agrees | the record shows what is billed now
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    expected = {"dearer": 1000, "more": 1200, "unrecorded": 200}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
