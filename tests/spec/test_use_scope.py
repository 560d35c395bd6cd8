"""Scope, traces, bill and book of a consumable, by example."""

from __future__ import annotations

from datetime import date

import pytest

from tests.worlds import check_measured, one, world

PERSONS = """
    person_id | sex | birth_date
    P         | M   | 1950-01-01
    Q         | F   | 1960-01-01
"""
STAYS = """
    stay_id | hospital_id | person_id | department | admitted_at | discharged_at | total_amount
    a       | H           | P         | 骨科       | 2025-03-01  | 2025-03-08    | 10,000
    b       | H           | Q         | 普通外科   | 2025-03-01  | 2025-03-08    | 10,000
    c       | K           | Q         | 心血管内科 | 2025-03-11  | 2025-03-18    | 10,000
"""


def test_sex_side_site_and_department_are_read_from_the_scope_of_the_class() -> None:
    check_measured(
        world(
            persons=PERSONS,
            stays=STAYS,
            physicians="""
                physician_id | hospital_id | department
                D            | H           | 骨科
                E            | H           | 心血管内科
            """,
            stay_diagnoses="""
                stay_id | position | code
                a       | 1        | S72.000
                b       | 1        | I21.000
            """,
            stay_procedures="""
                stay_id | position | code    | physician_id | laterality
                a       | 1        | 79.3500 | D            | left
                b       | 1        | 36.0700 | E            | -
            """,
            device_uses="""
                use_id | stay_id | item_code  | quantity | used_at    | laterality
                1      | a       | C030705ARM | 1        | 2025-03-03 | right
                2      | a       | C030706LEG | 1        | 2025-03-03 | left
            """,
            fee_lines="""
                line_id | stay_id | charged_at | category   | item_code  | quantity | unit_price | amount
                1       | a       | 2025-03-03 | consumable | C030705ARM | 1        | 1,100      | 1,100
                2       | a       | 2025-03-03 | consumable | C030706LEG | 1        | 1,250      | 1,250
                3       | a       | 2025-03-03 | consumable | C130202GEL | 1        | 820        | 820
                4       | b       | 2025-03-03 | consumable | C020101DES | 1        | 750        | 750
                5       | b       | 2025-03-03 | surgery    | OP         | 1        | 900        | 900
                6       | b       | 2025-03-03 | consumable | C010402NET | 1        | 900        | 900
            """,
        ),
        "use",
        """
        use          | wrong_sex | other_side | site_not_diagnosed | illness_out_of_scope | operation_missing | department_out_of_scope | operator_out_of_scope | operating_lines | operation_material
        a/C030705ARM | 0         | 1          | 1                  | 0                    | 1                 | 0                       | 0                     | 0               | 0
        a/C030706LEG | 0         | 0          | 0                  | 0                    | 0                 | 0                       | 0                     | 0               | 0
        a/C130202GEL | 1         | -          | 0                  | 0                    | 0                 | 0                       | 0                     | 0               | 0
        b/C020101DES | 0         | -          | 0                  | 0                    | 0                 | 1                       | 0                     | 1               | 0
        b/C010402NET | 0         | -          | 0                  | 1                    | 0                 | 0                       | 0                     | 1               | 0
        """,
    )


def test_a_number_is_followed_over_persons_hospitals_and_purchases() -> None:
    check_measured(
        world(
            persons=PERSONS,
            stays=STAYS,
            device_uses="""
                use_id | stay_id | item_code | serial | lot | quantity | used_at
                1      | a       | STENT     | S1     | L1  | 1        | 2025-03-03
                2      | b       | STENT     | S2     | L1  | 1        | 2025-03-05
                3      | c       | STENT     | S2     | -   | 1        | 2025-03-15
                4      | c       | STENT     | S3     | -   | 1        | 2025-03-15
            """,
            fee_lines="""
                line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
                1       | a       | 2025-03-03 | consumable | STENT     | 1        | 750        | 750
            """,
            purchases="""
                purchase_id | hospital_id | item_code | serial | lot | delivered_on | expiry_on  | quantity | consignment | gift | received_on
                1           | H           | STENT     | S1     | L1  | 2025-02-01   | 2025-03-01 | 1        | no          | yes  | -
                2           | H           | STENT     | S2     | L1  | 2025-03-04   | 2025-03-01 | 1        | no          | yes  | -
                3           | K           | ELSE      | -      | -   | 2025-05-04   | -          | 1        | no          | no   | 2025-05-05
            """,
        ),
        "use",
        """
        use     | serial_other_persons | serial_other_hospitals | days_between_serials | units_unbought | units_bought_elsewhere | days_after_expiry | life_at_delivery | from_gift
        a/STENT | 0                    | 0                      | -                    | 0              | 0                      | 2                 | 28               | 1
        b/STENT | 0                    | 0                      | -                    | 0              | 0                      | 4                 | -3               | 1
        c/STENT | 0                    | 1                      | 10                   | 1              | 1                      | -                 | -                | -
        """,
    )


@pytest.mark.parametrize(
    ("serial", "lot", "days"),
    [("S1", "L1", 9), ("S2", "L1", -21), ("-", "L1", -21), ("S9", "L1", -21), ("-", "L2", 9)],
    ids=["its own date", "its own later one", "the lot's latest", "no such number", "of one date"],
)
def test_a_unit_expires_by_its_own_delivery_and_else_by_the_latest_of_its_lot(
    serial: str, lot: str, days: int
) -> None:
    history = world(
        stays=STAYS,
        device_uses=f"""
            use_id | stay_id | item_code | serial   | lot   | quantity | used_at
            1      | a       | STENT     | {serial} | {lot} | 1        | 2025-03-10
        """,
        fee_lines="""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | 2025-03-10 | consumable | STENT     | 1        | 750        | 750
        """,
        purchases="""
            purchase_id | hospital_id | item_code | serial | lot | delivered_on | expiry_on  | quantity
            1           | H           | STENT     | S1     | L1  | 2025-02-01   | 2025-03-01 | 1
            2           | H           | STENT     | S2     | L1  | 2025-02-01   | 2025-03-31 | 1
            3           | H           | STENT     | S3     | L2  | 2025-02-01   | 2025-03-01 | 1
        """,
    )
    assert one(history, "use", "days_after_expiry", "a|STENT") == days


@pytest.mark.parametrize(
    ("posted", "night", "units"),
    [("2025-03-20", "2025-03-05", 1), ("2025-03-20", "2025-03-25", 1), ("-", "2025-03-02", 0)],
    ids=["not posted yet", "posted, and counted once", "not sent yet"],
)
def test_a_unit_that_was_sent_has_come_before_the_receiver_posts_it(
    posted: str, night: str, units: int
) -> None:
    received = (
        ""
        if posted == "-"
        else f"""
            2       | H           | STENT     | L1  | transfer_in  | 1        | 2025-03-01 | G           | {posted}"""
    )
    on = date.fromisoformat(night)
    history = world(
        on,
        stays=STAYS,
        device_uses="""
            use_id | stay_id | item_code | serial | lot | quantity | used_at
            1      | a       | STENT     | S1     | L1  | 1        | 2025-03-02
        """,
        fee_lines="""
            line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
            1       | a       | 2025-03-02 | consumable | STENT     | 1        | 750        | 750
        """,
        stock_moves=f"""
            move_id | hospital_id | item_code | lot | kind         | quantity | moved_at   | counterpart | received_on
            1       | G           | STENT     | L1  | transfer_out | 1        | 2025-03-01 | H           | 2025-03-03{received}
        """,
    )
    found = one(history, "use", "units_transferred_in", "a|STENT", on)
    assert (found or 0) == units


def test_a_service_contains_its_goods_on_its_day_and_the_next() -> None:
    check_measured(
        world(
            stays=STAYS,
            service_items="""
                item_code | valid_from | name         | category
                HD        | 2024-01-01 | 血液透析(1)  | treatment
                CRRT      | 2024-01-01 | 连续性血液滤过 | treatment
                CT        | 2024-01-01 | 胸部CT平扫   | examination
            """,
            fee_lines="""
                line_id | stay_id | reverses_line_id | charged_at       | category    | item_code   | quantity | unit_price | amount | covered
                1       | a       | -                | 2025-03-03 09:00 | treatment   | HD          | 1        | 400        | 400    | yes
                2       | a       | -                | 2025-03-04 09:00 | consumable  | C080104LINE | 2        | 62         | 124    | yes
                3       | a       | -                | 2025-03-06 09:00 | consumable  | C080104LINE | 1        | 62         | 62     | no
                4       | b       | -                | 2025-03-03 09:00 | treatment   | HD          | 1        | 400        | 400    | yes
                5       | b       | -                | 2025-03-03 09:00 | treatment   | CRRT        | 1        | 400        | 400    | yes
                6       | b       | -                | 2025-03-03 09:00 | consumable  | C080104LINE | 1        | 62         | 62     | yes
                7       | c       | -                | 2025-03-12 09:00 | examination | CT          | 1        | 300        | 300    | yes
                8       | c       | -                | 2025-03-12 09:00 | consumable  | C160401FILM | 3        | 18         | 54     | yes
                9       | c       | -                | 2025-03-12 09:00 | consumable  | C020301OLD  | 1        | 100        | 100    | yes
                10      | c       | 9                | 2025-03-20 09:00 | consumable  | C020301OLD  | -1       | 100        | -100   | yes
                11      | c       | -                | 2025-03-20 10:00 | consumable  | C020302NEW  | 1        | 250        | 250    | yes
            """,
        ),
        "use",
        """
        use           | contained_units | contained_share | needed_besides | covered_share | films_over_images | price_over_reversed | gain_by_reversal | days_outside_stay
        a/C080104LINE | 2               | 0.6666666667    | 0              | 0.6666666667  | -                 | -                   | -                | 0
        b/C080104LINE | 1               | 1               | 1              | 1             | -                 | -                   | -                | 0
        c/C160401FILM | 0               | 0               | 0              | 1             | 2                 | -                   | -                | 0
        c/C020302NEW  | 0               | 0               | 0              | 1             | -                 | 2.5                 | 150              | 2
        """,
    )


def test_the_store_tells_whether_the_record_forgot_a_unit() -> None:
    check_measured(
        world(
            stays=STAYS,
            consumables="""
                item_code | valid_from | platform_price | implantable | key_list
                SCREW     | 2024-01-01 | 450            | yes         | no
                NAIL      | 2024-01-01 | 900            | yes         | no
            """,
            fee_lines="""
                line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
                1       | a       | 2025-03-03 | consumable | SCREW     | 4        | 450        | 1,800
                2       | a       | 2025-03-03 | consumable | NAIL      | 2        | 900        | 1,800
            """,
            device_uses="""
                use_id | stay_id | item_code | quantity | used_at
                1      | a       | SCREW     | 3        | 2025-03-03
                2      | a       | NAIL      | 1        | 2025-03-03
            """,
            purchases="""
                purchase_id | hospital_id | item_code | delivered_on | quantity | unit_price
                1           | H           | SCREW     | 2025-03-02   | 10       | 450
                2           | H           | NAIL      | 2025-03-02   | 10       | 900
            """,
            stock_moves="""
                move_id | hospital_id | item_code | kind  | quantity | moved_at
                1       | H           | SCREW     | issue | 4        | 2025-03-02
                2       | H           | SCREW     | scrap | 1        | 2025-03-04
            """,
            stock_counts="""
                hospital_id | item_code | lot | counted_on | quantity
                H           | SCREW     | L   | 2025-02-28 | 5
                H           | SCREW     | L   | 2025-03-31 | 10
                H           | NAIL      | L   | 2025-02-28 | 5
                H           | NAIL      | L   | 2025-03-31 | 14
            """,
        ),
        "use",
        """
        use     | record_expected | others_recorded | gone_unrecorded
        a/SCREW | 1               | 1               | 1
        a/NAIL  | 1               | 1               | 0
        """,
    )
