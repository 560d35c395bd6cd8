"""C10, more billed than bought and held, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import ACCUSED, ACQUITTED, amounts, brought, measured, verdicts, world, written

RULE = BY_CODE["C10"]
CASES = """
    subject_id | billed_year | billed_over_available | billed_over_available_month | unexplained_share | billed_amount_year | verdict   | because
    a_tenth    | 100         | 10                    | 2                           | 0.1               | 50,000             | accused   | a tenth without a source
    all_of_it  | 40          | 40                    | 40                          | 1                 | 20,000             | accused   | nothing was ever bought
    just_over  | 100         | 4                     | -                           | 0.04              | 50,000             | accused   | past both limits
    three      | 20          | 3                     | 3                           | 0.15              | 10,000             | acquitted | three units may be a slip
    two_in_100 | 500         | 10                    | 10                          | 0.02              | 250,000            | acquitted | within two per cent
    closed     | 100         | 0                     | 0                           | 0                 | 50,000             | acquitted | the sum closes
    surplus    | 100         | -20                   | -20                         | -0.2              | 50,000             | acquitted | more bought than billed
    uncounted  | 100         | -                     | -                           | -                 | 50,000             | acquitted | no counts, no sum
    old_gap    | 100         | 10                    | 0                           | 0.1               | 50,000             | acquitted | the gap arose in an earlier month
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_price_of_the_unexplained_units_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES)) == {
        "a_tenth": 5000,
        "all_of_it": 20000,
        "just_over": 2000,
    }


def test_a_second_leg_of_a_transfer_and_late_consignment_acquit() -> None:
    tables = {
        "stays": """
            stay_id | hospital_id | admitted_at | discharged_at | total_amount
            a       | H           | 2025-06-01  | 2025-06-08    | 10,000
        """,
        "fee_lines": """
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | 2025-06-03 | consumable | STENT     | 50       | 100        | 5,000
        """,
        "stock_counts": """
            hospital_id | item_code | lot | counted_on | quantity
            H           | STENT     | L1  | 2024-12-31 | 10
            H           | STENT     | L1  | 2025-12-31 | 0
        """,
    }
    bought = """
        purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price | consignment
        1           | H           | STENT     | 2025-06-{day}   | {units}  | 100     | {consigned}
    """
    moved = """
        move_id | hospital_id | item_code | kind        | quantity | moved_at
        1       | {hospital}  | STENT     | transfer_in | 20       | 2025-06-01
    """
    ledger = "H|STENT|2025-12"

    def verdict(**given: str) -> str:
        values = {"day": "01", "units": "20", "consigned": "no", "hospital": "H"} | given
        history = world(
            **tables,
            purchases=bought.format(**values),
            stock_moves=moved.format(**values),
        )
        return verdicts(RULE, measured(history, "ledger", ledger))[ledger]

    assert verdict() == ACQUITTED
    assert verdict(hospital="K") == ACCUSED
    assert verdict(hospital="K", units="40", consigned="yes", day="28") == ACQUITTED
    assert verdict(units="1") == ACCUSED
