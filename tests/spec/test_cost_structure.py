"""What a fee is made of, by example: shares with reversals, kinds of items, dearest line."""

from __future__ import annotations

from tests.worlds import check_measured, world

STAYS = """
    stay_id  | hospital_id | total_amount
    mixed    | H           | 1,000
    reversed | H           | 500
    undone   | H           | 0
    silent   | H           | 300
"""
LINES = """
    line_id | stay_id  | reverses_line_id | charged_at | category    | item_code | quantity | unit_price | amount
    m1      | mixed    | -                | 2025-03-01 | examination | ct        | 1        | 200        | 200
    m2      | mixed    | -                | 2025-03-01 | laboratory  | blood     | 1        | 100        | 100
    m3      | mixed    | -                | 2025-03-02 | laboratory  | blood     | 1        | 100        | 100
    m4      | mixed    | -                | 2025-03-02 | drug        | heparin   | 2        | 50         | 100
    m5      | mixed    | -                | 2025-03-02 | surgery     | graft     | 1        | 150        | 150
    m6      | mixed    | -                | 2025-03-02 | anaesthesia | general   | 1        | 50         | 50
    m7      | mixed    | -                | 2025-03-02 | consumable  | stent     | 1        | 250        | 250
    m8      | mixed    | -                | 2025-03-02 | bed         | bed       | 1        | 50         | 50
    r1      | reversed | -                | 2025-03-01 | drug        | heparin   | 8        | 50         | 400
    r2      | reversed | r1               | 2025-03-02 | drug        | heparin   | -8       | 50         | -400
    r3      | reversed | -                | 2025-03-02 | drug        | heparin   | 2        | 50         | 100
    r4      | reversed | -                | 2025-03-02 | examination | ct        | 1        | 400        | 400
    u1      | undone   | -                | 2025-03-01 | drug        | heparin   | 1        | 50         | 50
    u2      | undone   | u1               | 2025-03-01 | drug        | heparin   | -1       | 50         | -50
"""


def test_each_class_of_fee_is_a_share_of_the_sum_of_lines() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES),
        "stay",
        """
        stay_id | test_share | drug_share | treatment_share | consumable_share | care_share
        mixed   | 0.4        | 0.1        | 0.2             | 0.25             | 0.05
        """,
    )


def test_a_reversal_takes_its_line_out_of_the_share() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES),
        "stay",
        """
        stay_id  | drug_share | test_share | reversal_share | dearest_line_share
        reversed | 0.2        | 0.8        | 0.25           | 0.8
        """,
    )


def test_a_sum_of_nothing_has_no_shares() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES),
        "stay",
        """
        stay_id | drug_share | dearest_line_share | reversal_share | distinct_items
        undone  | -          | -                  | 0.5            | 1
        silent  | -          | -                  | -              | -
        """,
    )


def test_items_are_counted_once_however_often_they_are_billed() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES),
        "stay",
        """
        stay_id | distinct_items | distinct_tests | dearest_line_share
        mixed   | 7              | 2              | 0.25
        """,
    )
