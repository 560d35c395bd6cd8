"""What a ledger of one consumable must add up to, by example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claims.tables import STOCK_KINDS
from tests.worlds import check_measured, one, world

if TYPE_CHECKING:
    from claims.history import History

LEDGER = "H|STENT|2025-12"
STAYS = """
    stay_id | hospital_id | admitted_at | discharged_at | total_amount
    a       | H           | 2025-06-01  | 2025-06-08    | 10,000
    b       | H           | 2025-12-01  | 2025-12-20    | 10,000
    c       | H           | 2025-09-15  | 2025-10-02    | 10,000
    other   | K           | 2025-12-01  | 2025-12-20    | 10,000
"""
LINES = """
    line_id | stay_id | charged_at       | category   | item_code | quantity | unit_price | amount
    1       | a       | 2025-06-03 10:00 | consumable | STENT     | 40       | 100        | 4,000
    2       | b       | 2025-12-02 10:00 | consumable | STENT     | 62       | 100        | 6,200
    3       | b       | 2025-12-05 10:00 | consumable | STENT     | -2       | 100        | -200
    4       | c       | 2025-09-15 10:00 | consumable | STENT     | 20       | 100        | 2,000
    5       | c       | 2025-10-01 10:00 | consumable | STENT     | 30       | 100        | 3,000
    6       | other   | 2025-12-02 10:00 | consumable | STENT     | 500      | 100        | 50,000
    7       | b       | 2025-12-02 10:00 | consumable | WIRE      | 500      | 1          | 500
"""
COUNTS = """
    hospital_id | item_code | lot | counted_on | quantity
    H           | STENT     | L1  | 2024-12-31 | 5
    H           | STENT     | L2  | 2024-12-31 | 5
    H           | STENT     | L2  | 2025-12-31 | 20
"""
PURCHASES = """
    purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price | consignment
    before      | H           | STENT     | 2024-12-31   | 1,000    | 100        | no
    1           | H           | STENT     | 2025-02-01   | 120      | 100        | no
    2           | H           | STENT     | 2025-12-31   | 40       | 100        | yes
    after       | H           | STENT     | 2026-01-01   | 1,000    | 100        | no
"""
NO_MOVES = """
    move_id | hospital_id | item_code | kind    | quantity | moved_at
    wire    | H           | WIRE      | scrap   | 9        | 2025-05-01
"""


def ledger(moves: str = NO_MOVES, **changed: str) -> History:
    """A year in which 150 were billed, of 10 on the shelf, 160 bought and 20 left."""
    tables = {
        "stays": STAYS,
        "fee_lines": LINES,
        "stock_counts": COUNTS,
        "purchases": PURCHASES,
        "stock_moves": moves,
    }
    return world(**(tables | changed))


def test_what_was_billed_is_what_was_held_and_bought_less_what_is_left() -> None:
    check_measured(
        ledger(),
        "ledger",
        """
        ledger          | billed | billed_amount_month | billed_over_available | unexplained_share
        H/STENT/2025-12 | 60     | 6000                | 0                     | 0
        """,
    )


def test_the_month_alone_is_counted_from_the_count_that_opens_it() -> None:
    counts = """
        hospital_id | item_code | lot | counted_on | quantity
        H           | STENT     | L1  | 2025-11-30 | 35
        H           | STENT     | L1  | 2025-12-31 | 5
    """
    # 60 were billed in December; 35 were held, 40 came, 5 are left: 10 are still to come.
    assert one(ledger(stock_counts=counts), "ledger", "billed_over_available_month", LEDGER) == -10
    assert one(ledger(), "ledger", "billed_over_available_month", LEDGER) == 0
    unopened = "\n".join(line for line in counts.splitlines() if "2025-11" not in line)
    assert (
        one(ledger(stock_counts=unopened), "ledger", "billed_over_available_month", LEDGER) is None
    )


def test_units_that_nobody_bought_are_unexplained() -> None:
    fewer = PURCHASES.replace("120 ", "90  ")
    check_measured(
        ledger(purchases=fewer),
        "ledger",
        """
        ledger          | billed_over_available | unexplained_share | bought_over_billed
        H/STENT/2025-12 | 30                    | 0.2               | 0.8666666666666667
        """,
    )


# Units unexplained after a move of ten.
MOVES = {
    "transfer_in": -10,
    "gain": -10,
    "transfer_out": 10,
    "supplier_return": 10,
    "scrap": 10,
    "loss": 10,
    "issue": 0,
    "department_return": 0,
    "opening": 0,
}


@pytest.mark.parametrize(("kind", "unexplained"), MOVES.items())
def test_each_kind_of_move_explains_what_it_should(kind: str, unexplained: float) -> None:
    moves = f"""
        move_id | hospital_id | item_code | kind   | quantity | moved_at
        1       | H           | STENT     | {kind} | 10       | 2025-05-01
    """
    assert one(ledger(moves), "ledger", "billed_over_available", LEDGER) == unexplained


def test_every_kind_of_move_is_among_the_examples() -> None:
    assert set(MOVES) == set(STOCK_KINDS)


def test_consignment_and_transfers_are_shown_beside_the_sum() -> None:
    moves = """
        move_id | hospital_id | item_code | kind        | quantity | moved_at
        1       | H           | STENT     | transfer_in | 30       | 2025-05-01
        2       | H           | STENT     | scrap       | 3        | 2025-05-01
        3       | H           | STENT     | loss        | 12       | 2025-05-02
    """
    check_measured(
        ledger(moves),
        "ledger",
        """
        ledger          | consigned_share | transferred_share | written_off_share | billed_over_available
        H/STENT/2025-12 | 0.25            | 0.2               | 0.1               | -15
        """,
    )


def test_without_a_count_at_the_end_of_the_month_the_year_is_not_closed() -> None:
    no_closing = """
        hospital_id | item_code | lot | counted_on | quantity
        H           | STENT     | L1  | 2024-12-31 | 10
        H           | STENT     | L1  | 2025-11-30 | 10
    """
    check_measured(
        ledger(stock_counts=no_closing),
        "ledger",
        """
        ledger          | billed | billed_over_available | unexplained_share
        H/STENT/2025-12 | 60     | -                     | -
        """,
    )


def test_a_count_in_the_first_days_of_the_next_month_closes_the_month() -> None:
    late = COUNTS.replace("2025-12-31", "2026-01-03")
    assert one(ledger(stock_counts=late), "ledger", "billed_over_available", LEDGER) == -1000
    too_late = COUNTS.replace("2025-12-31", "2026-01-04")
    assert one(ledger(stock_counts=too_late), "ledger", "billed_over_available", LEDGER) is None


def test_the_month_is_set_against_its_record_and_its_issues() -> None:
    uses = """
        use_id | stay_id | item_code | quantity | used_at
        1      | b       | STENT     | 45       | 2025-12-02
        2      | a       | STENT     | 40       | 2025-06-03
    """
    moves = """
        move_id | hospital_id | item_code | kind              | quantity | moved_at
        1       | H           | STENT     | issue             | 50       | 2025-12-01
        2       | H           | STENT     | department_return | 8        | 2025-12-31
        3       | H           | STENT     | issue             | 99       | 2026-01-01
    """
    check_measured(
        ledger(moves, device_uses=uses),
        "ledger",
        """
        ledger          | billed_over_used_month | unrecorded_share_month | used_over_issued
        H/STENT/2025-12 | 15                     | 0.25                   | 3
        """,
    )


def test_growth_is_set_against_the_ninety_days_before() -> None:
    """The 90 days before December begin on 2 September, and 50 were billed in them."""
    assert one(ledger(), "ledger", "growth", LEDGER) == pytest.approx(60 * 3 / 50)
    on_the_day = LINES.replace("2025-09-15", "2025-09-02")
    too_early = LINES.replace("2025-09-15", "2025-09-01")
    assert one(ledger(fee_lines=on_the_day), "ledger", "growth", LEDGER) == pytest.approx(3.6)
    assert one(ledger(fee_lines=too_early), "ledger", "growth", LEDGER) == pytest.approx(6)
    first_ever = "H|STENT|2025-06"
    assert one(ledger(), "ledger", "growth", first_ever) is None


def test_a_cancelled_stay_is_billed_to_nobody() -> None:
    voided = STAYS.replace("total_amount", "total_amount | voided").replace("10,000", "10,000 | no")
    voided = voided.replace("2025-12-20    | 10,000 | no", "2025-12-20    | 10,000 | yes")
    assert one(ledger(stays=voided), "ledger", "billed", LEDGER) == 0
