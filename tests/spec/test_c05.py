"""C05, price above the allowed, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import (
    ACCUSED,
    ACQUITTED,
    alike,
    amounts,
    brought,
    measured,
    verdicts,
    world,
    written,
)

RULE = BY_CODE["C05"]
PLAIN = """
    subject_id | price_over_limit | price_over_dearest_invoice | days_since_price_change | billed_amount | verdict   | because
    above      | 1.25             | 1.25                       | 300                     | 1,000         | accused   | above limit and invoice
    marked_up  | 0.9              | 1.25                       | 300                     | 1,000         | accused   | below the limit, but sold with a mark-up
    bare_limit | 1.25             | -                          | 300                     | 1,000         | accused   | above the limit, no invoice known
    old_late   | 1.25             | 1                          | 61                      | 1,000         | accused   | old stock, but the grace time is over
    cut_over   | 1.25             | 1.25                       | 10                      | 1,000         | accused   | inside the grace time, but above every invoice
    unlisted   | -                | 2                          | -                       | 1,000         | accused   | not in the catalogue, and twice its invoice
    exact      | 1                | 1                          | 300                     | 1,000         | acquitted | at the limit and at the invoice
    rounding   | 1.001            | 1.001                      | 300                     | 1,000         | acquitted | within the margin for small units
    cheap      | 0.5              | 0.8                        | 300                     | 1,000         | acquitted | below both
    unknown    | -                | -                          | -                       | 1,000         | acquitted | no price to compare with
    old_stock  | 1.25             | 1                          | 60                      | 1,000         | old_stock | bought dear before the change, billed at its invoice
"""
GUARDED = """
    subject_id | price_over_limit | price_over_own_lot | price_on_an_invoice | billed_from_opening_stock | verdict       | because
    own_lot    | 0.9              | 1                  | 0                   | 0                         | own_lot_price | exactly what its own lot cost
    agreed     | 0.9              | 1.25               | 1                   | 0                         | agreed_price  | the price of another delivery of the year
    opening    | 0.9              | -                  | 0                   | 1                         | opening_price | of the stock at the beginning
    first_lot  | 1.25             | -                  | 0                   | 1                         | accused       | above the allowed price for 300 days
    above_all  | 1.25             | 1                  | 1                   | 1                         | accused       | above the allowed price, whatever it cost
"""
CASES = alike(PLAIN, "marked_up", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_what_is_above_the_higher_excess_is_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, PLAIN))
    assert found["above"] == 200
    assert found["unlisted"] == 500
    assert found["marked_up"] == 200


CATALOGUE = """
    item_code | valid_from | class_code | platform_price | payment_standard
    STENT     | 2024-01-01 | C01       | 1,000          | -
    STENT     | 2025-03-01 | C01       | 500            | -
"""


@pytest.mark.parametrize(
    ("day", "price", "invoice", "verdict"),
    [
        ("2025-02-20", 1000, 1000, ACQUITTED),
        ("2025-03-10", 1000, 1000, "old_stock"),
        ("2025-04-30", 1000, 1000, "old_stock"),
        ("2025-05-01", 1000, 1000, ACCUSED),
        ("2025-03-10", 1000, 500, ACCUSED),
        ("2025-03-10", 500, 500, ACQUITTED),
    ],
)
def test_a_price_cut_leaves_a_grace_for_what_was_bought_before(
    day: str, price: int, invoice: int, verdict: str
) -> None:
    history = world(
        stays="""
            stay_id | hospital_id | admitted_at | discharged_at | total_amount
            a       | H           | 2025-02-10  | 2025-06-08    | 10,000
        """,
        fee_lines=f"""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | {day}      | consumable | STENT     | 1        | {price}    | {price}
        """,
        consumables=CATALOGUE,
        purchases=f"""
            purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price
            1           | H           | STENT     | 2025-02-01   | 9        | {invoice}
        """,
    )
    assert verdicts(RULE, measured(history, "use", "a|STENT")) == {"a|STENT": verdict}
