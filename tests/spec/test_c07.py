"""C07, set billed in parts, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import alike, amounts, brought, verdicts, written

RULE = BY_CODE["C07"]
PLAIN = """
    subject_id | parts_for_recorded | parts_for_lot | sum_over_recorded | sum_over_lot | billed_amount | verdict   | because
    hip        | 4                  | -             | 1.25              | -            | 5,000         | accused   | four parts for a recorded set, a quarter dearer
    nail       | -                  | 3             | -                 | 2            | 1,000         | accused   | three parts from the lot of a set, at twice its price
    pair       | 2                  | -             | 1.02              | -            | 5,100         | accused   | two parts, two per cent dearer
    rounded    | 4                  | -             | 1.01              | -            | 5,000         | acquitted | within a per cent of the set
    cheaper    | 3                  | -             | 0.9               | -            | 5,000         | acquitted | cheaper than the set
    alone      | 1                  | -             | 2                 | -            | 5,000         | acquitted | one article for another is a swap
    in_parts   | -                  | -             | -                 | -            | 5,000         | acquitted | bought and recorded as parts
"""
GUARDED = """
    subject_id | parts_never_held | sum_over_held | verdict   | because
    bought_set | 3                | 1.2           | accused   | the hospital buys the set alone and bills three parts
    one_part   | 1                | 1.2           | acquitted | a single article of the class
    as_dear    | 3                | 1.01          | acquitted | the parts cost no more than the set
"""
CASES = alike(PLAIN, "rounded", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, PLAIN))
    expected = {"hip": 1000, "nail": 500, "pair": 100}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
