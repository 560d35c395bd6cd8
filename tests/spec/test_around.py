"""What lies around a stay, by example: visits close to it, devices its operations need."""

from __future__ import annotations

from tests.worlds import check_measured, world

STAYS = """
    stay_id | hospital_id | person_id | admitted_at      | discharged_at    | total_amount
    mid     | H           | P         | 2025-03-10 09:00 | 2025-03-15 10:00 | 1,000
    alone   | H           | Q         | 2025-03-10 09:00 | 2025-03-15 10:00 | 1,000
"""
VISITS = """
    visit_id | person_id | hospital_id | visited_at       | kind      | amount
    usual    | P         | K           | 2024-09-01 10:00 | clinic    | 100
    before   | P         | K           | 2025-03-06 10:00 | clinic    | 60
    third    | P         | H           | 2025-03-07 10:00 | clinic    | 200
    eve      | P         | K           | 2025-03-09 23:00 | emergency | 40
    same_day | P         | H           | 2025-03-10 08:00 | clinic    | 30
    during   | P         | X           | 2025-03-12 10:00 | pharmacy  | 70
    after    | P         | H           | 2025-03-18 10:00 | clinic    | 50
    later    | P         | H           | 2025-03-19 10:00 | clinic    | 500
    early_rx | P         | X           | 2025-03-08 10:00 | pharmacy  | 20
"""


def test_three_days_before_and_after_count_and_no_more() -> None:
    check_measured(
        world(stays=STAYS, outpatient_visits=VISITS),
        "stay",
        """
        stay_id | cost_before | cost_before_share | cost_after | around_cost_share | visits_before | own_clinic_cost_around | pharmacy_cost
        mid     | 240         | 0.24              | 50         | 0.32              | 2             | 250                    | 90
        alone   | 0           | 0                 | 0          | 0                 | 0             | 0                      | 0
        """,
    )


def test_the_dearest_visit_is_held_against_the_usual_one() -> None:
    check_measured(
        world(stays=STAYS, outpatient_visits=VISITS),
        "stay",
        """
        stay_id | visit_over_usual
        mid     | 2.5
        alone   | -
        """,
    )


OPERATED = """
    stay_id | hospital_id | total_amount | discharged_at
    billed  | H           | 1,000        | 2025-03-15
    given   | H           | 1,000        | 2025-03-15
    lacking | H           | 1,000        | 2025-03-15
    undone  | H           | 1,000        | 2025-03-15
    other   | H           | 1,000        | 2025-03-15
    silent  | H           | 1,000        | 2025-03-15
    ancient | H           | 1,000        | 2021-04-30
"""
OPERATIONS = """
    stay_id | position | code
    billed  | 1        | 36.0700x004
    given   | 1        | 36.0601
    lacking | 1        | 36.0601
    lacking | 2        | 37.8301
    undone  | 1        | 36.0601
    other   | 1        | 51.2300
    silent  | 1        | 36.0601
    ancient | 1        | 36.0601
"""
LINES = """
    line_id | stay_id | charged_at | category   | item_code   | quantity | unit_price | amount
    1       | billed  | 2025-03-12 | consumable | C020101DES1 | 1        | 700        | 700
    2       | given   | 2025-03-12 | surgery    | pci         | 1        | 700        | 700
    3       | lacking | 2025-03-12 | surgery    | pci         | 1        | 700        | 700
    4       | undone  | 2025-03-12 | consumable | C020101DES1 | 1        | 700        | 700
    5       | undone  | 2025-03-13 | consumable | C020101DES1 | -1       | 700        | -700
    6       | other   | 2025-03-12 | surgery    | lap         | 1        | 700        | 700
    7       | ancient | 2021-04-20 | surgery    | pci         | 1        | 700        | 700
"""
USES = """
    use_id | stay_id | item_code   | quantity | used_at
    1      | given   | C020101DES2 | 1        | 2025-03-12
"""


def test_a_device_that_an_operation_needs_is_billed_or_recorded_or_lacking() -> None:
    check_measured(
        world(stays=OPERATED, stay_procedures=OPERATIONS, fee_lines=LINES, device_uses=USES),
        "stay",
        """
        stay_id | kits_not_billed | kits_not_billed_nor_recorded
        billed  | 0               | 0
        given   | 1               | 0
        lacking | 2               | 2
        undone  | 1               | 1
        other   | -               | -
        silent  | -               | -
        ancient | -               | -
        """,
    )


def test_a_kit_is_given_where_the_record_shows_a_gift_of_its_class() -> None:
    told = """
        use_id | stay_id | item_code   | quantity | used_at    | lot
        1      | given   | C020101DES2 | 1        | 2025-03-12 | G1
        2      | lacking | C030101PIN  | 1        | 2025-03-12 | G2
    """
    gifts = """
        purchase_id | hospital_id | item_code   | lot | delivered_on | quantity | unit_price | gift
        1           | H           | C020101DES2 | G1  | 2025-02-01   | 1        | 0          | yes
        2           | H           | C030101PIN  | G2  | 2025-02-01   | 1        | 0          | yes
    """
    check_measured(
        world(
            stays=OPERATED, stay_procedures=OPERATIONS, fee_lines=LINES, device_uses=told,
            purchases=gifts,
        ),
        "stay",
        """
        stay_id | kits_not_billed | kits_not_billed_nor_given | given_devices
        given   | 1               | 0                         | 1
        lacking | 2               | 2                         | 1
        undone  | 1               | 1                         | 0
        """,
    )  # fmt: skip
