"""What one consumable in one stay shows, by example: units, record, prices, traces."""

from __future__ import annotations

import pytest

from tests.worlds import check_measured, one, world

STAYS = """
    stay_id | hospital_id | admitted_at | discharged_at | total_amount
    a       | H           | 2025-03-01  | 2025-03-08    | 10,000
    b       | H           | 2025-03-01  | 2025-03-08    | 10,000
"""
LINES = """
    line_id | stay_id | reverses_line_id | charged_at | category   | item_code | quantity | unit_price | amount
    1       | a       | -                | 2025-03-03 | consumable | STENT     | 4        | 1,000      | 4,000
    2       | a       | -                | 2025-03-03 | consumable | WIRE      | 2        | 200        | 400
    3       | a       | 2                | 2025-03-04 | consumable | WIRE      | -1       | 200        | -200
    4       | a       | -                | 2025-03-03 | consumable | GLUE      | 0.5      | 300        | 150
    5       | b       | -                | 2025-03-03 | consumable | STENT     | 2        | 1,000      | 2,000
    6       | b       | 5                | 2025-03-03 | consumable | STENT     | -2       | 1,000      | -2,000
"""
USES = """
    use_id | stay_id | item_code | quantity | used_at          | serial
    1      | a       | STENT     | 1        | 2025-03-03 10:00 | SN1
    2      | a       | STENT     | 1        | 2025-03-03 11:00 | SN2
    3      | a       | WIRE      | 1        | 2025-03-03 11:00 | -
    4      | a       | BALLOON   | 1        | 2025-03-03 11:00 | -
    5      | b       | STENT     | 1        | 2025-03-03 11:00 | SN2
"""


def test_billed_is_set_against_the_operation_record_with_reversals_taken_off() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES, device_uses=USES),
        "use",
        """
        use       | billed_quantity | billed_over_used | unrecorded_share | has_record | billed_lines
        a/STENT   | 4               | 2                | 0.5              | 1          | 1
        a/WIRE    | 1               | 0                | 0                | 1          | 2
        a/GLUE    | 0.5             | 0.5              | 1                | 0          | 1
        a/BALLOON | 0               | -1               | -                | 1          | 0
        b/STENT   | 0               | -1               | -                | 1          | 2
        """,
    )


def test_amounts_are_net_and_set_against_the_fee_of_the_stay() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES, device_uses=USES),
        "use",
        """
        use     | billed_amount | share_of_stay | reversed_lines
        a/STENT | 4000          | 0.4           | 0
        a/WIRE  | 200           | 0.02          | 1
        b/STENT | 0             | 0             | 1
        """,
    )


def test_a_serial_number_stands_in_one_stay_only() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=LINES, device_uses=USES),
        "use",
        """
        use     | shared_serials
        a/STENT | 1
        b/STENT | 1
        a/WIRE  | 0
        """,
    )


CATALOGUE = """
    item_code | valid_from | class_code | platform_price | payment_standard | implantable | origin
    STENT     | 2024-01-01 | C01       | 1,000          | -                | yes         | imported
    STENT     | 2025-03-01 | C01       | 800            | 700              | yes         | imported
    STENT     | 2025-06-01 | C01       | 600            | -                | yes         | imported
"""


@pytest.mark.parametrize(
    ("day", "over_limit", "over_previous", "since_change"),
    [
        ("2025-02-28", 0.8, None, 424),
        ("2025-03-01", 800 / 700, 0.8, 0),
        ("2025-05-31", 800 / 700, 0.8, 91),
        ("2025-06-01", 800 / 600, 1.0, 0),
        ("2023-12-31", None, None, None),
    ],
)
def test_the_price_of_the_day_is_the_limit_around_a_cut_over(
    day: str, over_limit: float | None, over_previous: float | None, since_change: int | None
) -> None:
    history = world(
        stays=STAYS,
        consumables=CATALOGUE,
        fee_lines=f"""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | {day}      | consumable | STENT     | 1        | 800        | 800
        """,
    )
    assert one(history, "use", "price_over_limit", "a|STENT") == pytest.approx(over_limit)
    assert one(history, "use", "price_over_previous", "a|STENT") == pytest.approx(over_previous)
    assert one(history, "use", "days_since_price_change", "a|STENT") == since_change


def test_the_invoices_of_the_shelf_time_are_what_the_hospital_paid() -> None:
    history = world(
        stays=STAYS,
        fee_lines=LINES,
        purchases="""
            purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price
            stale       | H           | STENT     | 2024-09-03   | 5        | 2,000
            dear        | H           | STENT     | 2024-09-04   | 5        | 1,250
            latest      | H           | STENT     | 2025-02-20   | 5        | 500
            tomorrow    | H           | STENT     | 2025-03-04   | 5        | 1
            elsewhere   | K           | STENT     | 2025-02-20   | 5        | 4,000
            other_item  | H           | WIRE      | 2024-01-01   | 5        | 100
        """,
    )
    check_measured(
        history,
        "use",
        """
        use     | price_over_invoice | price_over_dearest_invoice
        a/STENT | 2                  | 0.8
        a/WIRE  | -                  | -
        """,
    )


def test_scope_and_origin_are_read_from_the_catalogue_and_the_operations() -> None:
    history = world(
        stays=STAYS,
        fee_lines=LINES,
        consumables=CATALOGUE,
        stay_procedures="""
            stay_id | position | code
            b       | 1        | 36.06
        """,
    )
    check_measured(
        history,
        "use",
        """
        use     | implant_without_operation | imported
        a/STENT | 1                         | 1
        b/STENT | 0                         | 1
        a/WIRE  | -                         | -
        """,
    )


def test_units_of_the_same_class_are_added_up_over_the_stay() -> None:
    history = world(
        stays=STAYS,
        consumables=CATALOGUE,
        fee_lines="""
            line_id | stay_id | charged_at | category   | item_code     | quantity | unit_price | amount
            1       | a       | 2025-03-03 | consumable | C010101AAAAAA | 3        | 10         | 30
            2       | a       | 2025-03-03 | consumable | C010101BBBBBB | 2        | 10         | 20
            3       | a       | 2025-03-03 | consumable | C010101BBBBBB | -1       | 10         | -10
            4       | a       | 2025-03-03 | consumable | C020202AAAAAA | 7        | 10         | 70
        """,
    )
    check_measured(
        history,
        "use",
        """
        use             | class_quantity
        a/C010101AAAAAA | 4
        a/C010101BBBBBB | 4
        a/C020202AAAAAA | 7
        """,
    )
