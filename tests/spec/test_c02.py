"""C02, more billed than used, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import ACCUSED, alike, amounts, brought, measured, verdicts, world, written

RULE = BY_CODE["C02"]
PLAIN = """
    subject_id | billed_quantity | used_quantity | billed_over_used | unrecorded_share | has_record | billed_amount | verdict   | because
    one_more   | 3               | 2             | 1                | 0.3333333333     | 1          | 3,000         | accused   | one unit more than recorded
    double     | 4               | 2             | 2                | 0.5              | 1          | 2,000         | accused   | twice what was recorded
    none_used  | 2               | 0             | 2                | 1                | 1          | 800           | accused   | a record that says nothing was used
    equal      | 2               | 2             | 0                | 0                | 1          | 2,000         | acquitted | what was billed was used
    fewer      | 1               | 2             | -1               | -1               | 1          | 1,000         | acquitted | less was billed than used
    part       | 2.5             | 2             | 0.5              | 0.2              | 1          | 2,500         | acquitted | less than one unit
    no_record  | 3               | 0             | 3                | 1                | 0          | 3,000         | acquitted | no record at all is another question
    unknown    | 3               | -             | -                | -                | -          | 3,000         | acquitted | nobody keeps records
"""
STORED = """
    subject_id | gone_unrecorded | verdict      | because
    too_few    | 0               | accused      | the store gave out what is recorded and no more
    forgotten  | 1               | stock_agrees | the store gave out one more than the records show
"""
CASES = alike(PLAIN, "one_more", STORED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_price_of_the_surplus_units_is_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, PLAIN))
    assert found == pytest.approx({"one_more": 1000, "double": 1000, "none_used": 800})


def test_it_finds_the_surplus_among_uses_as_billed() -> None:
    history = world(
        stays="""
            stay_id | hospital_id | admitted_at | discharged_at | total_amount
            a       | H           | 2025-03-01  | 2025-03-08    | 10,000
        """,
        fee_lines="""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | 2025-03-03 | consumable | STENT     | 3        | 1,000      | 3,000
            2       | a       | 2025-03-03 | consumable | WIRE      | 2        | 200        | 400
            3       | a       | 2025-03-04 | consumable | WIRE      | -1       | 200        | -200
        """,
        device_uses="""
            use_id | stay_id | item_code | quantity | used_at
            1      | a       | STENT     | 2        | 2025-03-03
            2      | a       | WIRE      | 1        | 2025-03-03
        """,
    )
    rows = measured(history, "use", "a|STENT", "a|WIRE")
    assert verdicts(RULE, rows) == {"a|STENT": ACCUSED, "a|WIRE": "acquitted"}
    assert amounts(RULE, rows) == {"a|STENT": 1000}
