"""What proves that a stay took place, by example: goods, daily detail, the person's presence."""

from __future__ import annotations

from datetime import date

from tests.worlds import check_measured, one, world

STAYS = """
    stay_id | hospital_id | person_id | admitted_at      | discharged_at    | total_amount
    mine    | H           | P         | 2025-03-10 09:00 | 2025-03-14 10:00 | 1,000
    other   | H           | Q         | 2025-03-10 09:00 | 2025-03-14 10:00 | 1,000
"""
CATALOGUE = """
    item_code | valid_from | generic_name | class_code | class_name | maker | origin   | unit  | pack_factor | implantable | single_use | key_list | covered | vbp_selected | platform_price
    STENT     | 2024-01-01 | stent        | C020101    | stents     | A     | imported | piece | 1           | yes         | yes        | no       | yes     | no           | 1,000
    STAPLER   | 2024-01-01 | stapler      | C090101    | staplers   | A     | imported | piece | 1           | no          | yes        | yes      | yes     | no           | 1,000
    SYRINGE   | 2024-01-01 | syringe      | C140402    | syringes   | A     | imported | piece | 1           | no          | yes        | no       | yes     | no           | 1
"""
LINES = """
    line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
    1       | mine    | 2025-03-11 | consumable | STENT     | 1        | 700        | 700
    2       | mine    | 2025-03-11 | consumable | STAPLER   | 1        | 200        | 200
    3       | mine    | 2025-03-11 | consumable | SYRINGE   | 9        | 1          | 9
    4       | other   | 2025-03-11 | consumable | SYRINGE   | 9        | 1          | 9
    5       | other   | 2025-03-11 | consumable | STENT     | 1        | 700        | 700
    6       | other   | 2025-03-12 | consumable | STENT     | -1       | 700        | -700
"""
USES = """
    use_id | stay_id | item_code | quantity | used_at
    1      | mine    | STENT     | 1        | 2025-03-11
"""


def test_implants_and_key_devices_must_be_recorded_and_syringes_need_not() -> None:
    check_measured(
        world(stays=STAYS, consumables=CATALOGUE, fee_lines=LINES, device_uses=USES),
        "stay",
        """
        stay_id | devices_not_recorded | unrecorded_share
        mine    | 1                    | 0.5
        other   | 0                    | -
        """,
    )


MOVES = """
    move_id | hospital_id | item_code | kind    | quantity | moved_at   | received_on
    1       | H           | STENT     | issue   | 1        | 2024-12-11 | 2024-12-12
    2       | H           | STAPLER   | issue   | 1        | 2024-12-10 | 2024-12-12
    3       | H           | SYRINGE   | issue   | 99       | 2025-03-14 | 2025-03-20
    4       | K           | STAPLER   | issue   | 1        | 2025-03-10 | 2025-03-11
    5       | H           | STAPLER   | opening | 9        | 2025-03-10 | 2025-03-11
"""
PURCHASES = """
    purchase_id | hospital_id | item_code | supplier_id | ordered_on | delivered_on | quantity | unit_price | on_platform | consignment | gift | received_on
    1           | K           | STENT     | V           | 2025-03-01 | 2025-03-02   | 1        | 700        | yes         | no          | no   | 2025-03-03
"""


def test_a_device_leaves_the_store_of_its_hospital_in_time_or_it_did_not() -> None:
    history = world(stays=STAYS, fee_lines=LINES, stock_moves=MOVES, purchases=PURCHASES)
    check_measured(
        history,
        "stay",
        """
        stay_id | devices_not_issued | amount_not_issued
        mine    | 1                  | 200
        other   | 0                  | 0
        """,
    )
    # The movement of the syringes was not known yet.
    assert one(history, "stay", "devices_not_issued", "mine", date(2025, 3, 19)) == 2


def test_consigned_goods_never_lay_in_the_store() -> None:
    consigned = PURCHASES.replace("| K ", "| H ").replace("STENT  ", "STAPLER").replace(
        "| yes         | no          |", "| yes         | yes         |")  # fmt: skip
    history = world(stays=STAYS, fee_lines=LINES, stock_moves=MOVES, purchases=consigned)
    assert one(history, "stay", "devices_not_issued", "mine") == 0


def test_of_a_hospital_that_reports_no_movements_nothing_can_be_said() -> None:
    moves = MOVES.replace("| H ", "| K ")
    history = world(stays=STAYS, fee_lines=LINES, stock_moves=moves, purchases=PURCHASES)
    assert one(history, "stay", "devices_not_issued", "mine") is None
    assert one(history, "stay", "amount_not_issued", "mine") is None


TWO = """
    stay_id | hospital_id | person_id | admitted_at      | discharged_at    | total_amount | received_on | voided
    first   | H           | P         | 2025-03-01 09:00 | 2025-03-10 10:00 | 1,000        | 2025-03-11  | no
    second  | K           | P         | 2025-03-08 09:00 | 2025-03-12 10:00 | 1,000        | 2025-03-13  | no
    moved   | X           | P         | 2025-03-12 11:00 | 2025-03-20 10:00 | 1,000        | 2025-03-21  | no
    beside  | H           | P         | 2025-03-02 09:00 | 2025-03-04 10:00 | 1,000        | 2025-03-05  | no
    void    | K           | P         | 2025-03-13 09:00 | 2025-03-19 10:00 | 1,000        | 2025-03-20  | yes
"""


def test_a_person_cannot_lie_in_two_hospitals_whichever_began_first() -> None:
    history = world(stays=TWO)
    check_measured(
        history,
        "stay",
        """
        stay_id | days_in_two_hospitals
        first   | 2
        second  | 2
        moved   | 0
        beside  | 0
        """,
    )
    assert one(history, "stay", "days_in_two_hospitals", "first", date(2025, 3, 12)) == 0


DETAIL = """
    line_id | stay_id | charged_at       | category     | item_code | quantity | unit_price | amount
    n1      | mine    | 2025-03-10 10:00 | nursing      | nursing   | 1        | 10         | 10
    n2      | mine    | 2025-03-12 10:00 | nursing      | nursing   | 1        | 10         | 10
    b1      | mine    | 2025-03-14 10:00 | bed          | bed       | 4        | 10         | 40
    t1      | mine    | 2025-03-11 10:00 | treatment    | infusion  | 2        | 10         | 20
    t2      | mine    | 2025-03-12 10:00 | treatment    | infusion  | 2        | 10         | 20
    t3      | mine    | 2025-03-13 10:00 | treatment    | infusion  | 1        | 10         | 10
    s1      | mine    | 2025-03-13 11:00 | surgery      | repair    | 1        | 90         | 90
    s2      | other   | 2025-03-13 11:00 | surgery      | repair    | 1        | 90         | 90
    a2      | other   | 2025-03-13 11:00 | anaesthesia  | block     | 1        | 90         | 90
"""


def test_nursing_and_bed_are_billed_each_day_or_for_several_at_once() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=DETAIL),
        "stay",
        """
        stay_id | days_without_nursing | days_without_bed | lines_a_day | posting_moments_share | surgery_without_anaesthesia
        mine    | 2                    | 0                | 1.75        | 0.8571428571428571    | 1
        other   | 4                    | 4                | 0.5         | 0.5                   | 0
        """,
    )


def test_days_of_the_same_care_repeat_each_other() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=DETAIL),
        "stay",
        """
        stay_id | repeated_days_share   | items_on_days_of_care
        mine    | 0.3333333333333333333 | 1.3333333333333333333
        other   | 0                     | 2
        """,
    )
