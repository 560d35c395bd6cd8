"""C09, single-use article used again, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import alike, amounts, brought, verdicts, written

RULE = BY_CODE["C09"]
PLAIN = """
    subject_id | serial_other_persons | serial_other_hospitals | pieces_in_pack | billed_amount | verdict   | because
    catheter   | 1                    | 0                      | 1              | 5,000         | accused   | the same catheter in the next patient
    thrice     | 2                    | 0                      | 1              | 5,000         | accused   | in two others
    emptied    | 5                    | 0                      | 5              | 500           | accused   | more pieces than the box held
    once       | 0                    | 0                      | 1              | 5,000         | acquitted | used once
    elsewhere  | 1                    | 1                      | 1              | 5,000         | acquitted | in another hospital: another question
    unknown    | -                    | -                      | -              | 5,000         | acquitted | no numbers are recorded
    box        | 4                    | 0                      | 5              | 500           | box_label | the number of a box of five
"""
GUARDED = """
    subject_id | units_gone_unread | verdict  | because
    scanned    | 1                 | mis_scan | another one was bought, left the store and is in no record
    shelved    | 0                 | accused  | all others are recorded or on the shelf
"""
CASES = alike(PLAIN, "catheter", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_amount_in_doubt_is_what_the_doubt_is_about() -> None:
    found = amounts(RULE, brought(RULE, PLAIN))
    expected = {"catheter": 5000, "thrice": 5000, "emptied": 500}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)
