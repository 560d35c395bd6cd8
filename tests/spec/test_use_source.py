"""What stands behind a billed consumable, by example: record, lot, identifier, sets in parts."""

from __future__ import annotations

from tests.worlds import check_measured, world

STAYS = """
    stay_id | hospital_id | admitted_at | discharged_at | total_amount
    a       | H           | 2025-03-01  | 2025-03-08    | 10,000
    b       | H           | 2025-03-01  | 2025-03-08    | 10,000
    c       | H           | 2025-03-01  | 2025-03-08    | 10,000
"""
CATALOGUE = """
    item_code  | valid_from | platform_price | covered
    C0202DRUG  | 2024-01-01 | 6,000          | yes
    C0202PLAIN | 2024-01-01 | 400            | yes
    C0202PLAIN | 2025-03-01 | 300            | yes
    C030101STM | 2024-01-01 | 2,900          | yes
    C030101CUP  | 2024-01-01 | 2,100          | yes
    C030101SET  | 2024-01-01 | 4,000          | yes
    C1301GAUZE | 2024-01-01 | 180            | yes
    C1301GLUE  | 2024-01-01 | 100            | no
"""


def test_the_record_names_another_article_of_the_kind_that_is_on_no_bill() -> None:
    check_measured(
        world(
            stays=STAYS,
            consumables=CATALOGUE,
            fee_lines="""
                line_id | stay_id | charged_at | category   | item_code  | quantity | unit_price | amount
                1       | a       | 2025-03-03 | consumable | C0202DRUG  | 1        | 6,000      | 6,000
                2       | b       | 2025-03-03 | consumable | C0202DRUG  | 1        | 6,000      | 6,000
                3       | b       | 2025-03-03 | consumable | C0202PLAIN | 1        | 300        | 300
                4       | c       | 2025-03-03 | consumable | C1301GAUZE | 2        | 180        | 360
            """,
            device_uses="""
                use_id | stay_id | item_code  | quantity | used_at
                1      | a       | C0202PLAIN | 1        | 2025-03-03
                2      | b       | C0202PLAIN | 1        | 2025-03-03
                3      | c       | C1301GLUE  | 2        | 2025-03-03
            """,
        ),
        "use",
        """
        use          | price_over_recorded | recorded_not_covered | parts_for_recorded
        a/C0202DRUG  | 20                  | 0                    | 1
        b/C0202DRUG  | -                   | -                    | -
        b/C0202PLAIN | -                   | -                    | -
        c/C1301GAUZE | 1.8                 | 1                    | 1
        """,
    )


def test_parts_are_added_up_over_the_set_that_was_used() -> None:
    check_measured(
        world(
            stays=STAYS,
            consumables=CATALOGUE,
            fee_lines="""
                line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount
                1       | a       | 2025-03-03 | consumable | C030101STM| 1        | 2,900      | 2,900
                2       | a       | 2025-03-03 | consumable | C030101CUP | 1        | 2,100      | 2,100
                3       | b       | 2025-03-03 | consumable | C030101STM| 1        | 2,900      | 2,900
                4       | b       | 2025-03-03 | consumable | C030101CUP | 1        | 2,100      | 2,100
            """,
            device_uses="""
                use_id | stay_id | item_code | quantity | used_at
                1      | a       | C030101SET | 1        | 2025-03-03
                2      | b       | C030101STM| 1        | 2025-03-03
                3      | b       | C030101CUP | 1        | 2025-03-03
            """,
        ),
        "use",
        """
        use         | parts_for_recorded | sum_over_recorded
        a/C030101STM| 2                  | 1.25
        a/C030101CUP | 2                  | 1.25
        b/C030101STM| -                  | -
        """,
    )


def test_a_lot_bought_as_another_article_alone_tells_what_was_used() -> None:
    check_measured(
        world(
            stays=STAYS,
            consumables=CATALOGUE,
            fee_lines="""
                line_id | stay_id | charged_at | category   | item_code | quantity | unit_price | amount | lot | udi_di
                1       | a       | 2025-03-03 | consumable | C0202DRUG | 1        | 6,000      | 6,000  | L1  | D1
                2       | b       | 2025-03-03 | consumable | C0202DRUG | 1        | 6,000      | 6,000  | L2  | D2
                3       | c       | 2025-03-03 | consumable | C0202DRUG | 1        | 6,000      | 6,000  | L3  | D2
            """,
            device_uses="""
                use_id | stay_id | item_code  | quantity | used_at    | udi_di
                1      | b       | C0202PLAIN | 1        | 2025-03-03 | D1
                2      | b       | C0202DRUG  | 1        | 2025-03-03 | D2
            """,
            purchases="""
                purchase_id | hospital_id | item_code  | lot | delivered_on | quantity | unit_price
                1           | H           | C0202PLAIN | L1  | 2025-02-01   | 5        | 300
                2           | H           | C0202PLAIN | L2  | 2025-02-01   | 5        | 300
                3           | H           | C0202DRUG  | L2  | 2025-02-01   | 5        | 6,000
                4           | K           | C0202PLAIN | L3  | 2025-02-01   | 5        | 300
            """,
        ),
        "use",
        """
        use         | price_over_lot | price_over_label
        a/C0202DRUG | 20             | 20
        b/C0202DRUG | -              | -
        c/C0202DRUG | -              | -
        """,
    )


def test_what_a_hospital_never_held_is_set_against_what_it_buys_of_the_class() -> None:
    check_measured(
        world(
            stays=STAYS,
            consumables=CATALOGUE,
            fee_lines="""
                line_id | stay_id | charged_at | category   | item_code  | quantity | unit_price | amount
                1       | a       | 2025-03-03 | consumable | C030101STM | 1        | 2,900      | 2,900
                2       | a       | 2025-03-03 | consumable | C030101CUP | 1        | 2,100      | 2,100
                3       | b       | 2025-03-03 | consumable | C030101SET | 1        | 4,000      | 4,000
                4       | c       | 2025-03-03 | consumable | C0202PLAIN | 1        | 300        | 300
            """,
            purchases="""
                purchase_id | hospital_id | item_code  | delivered_on | quantity | unit_price
                1           | H           | C030101SET | 2025-02-01   | 5        | 4,000
            """,
            stock_moves="""
                move_id | hospital_id | item_code  | kind    | quantity | moved_at
                1       | H           | C0202PLAIN | opening | 4        | 2025-01-01
            """,
        ),
        "use",
        """
        use          | never_held | parts_never_held | sum_over_held
        a/C030101STM | 1          | 2                | 1.25
        a/C030101CUP | 1          | 2                | 1.25
        b/C030101SET | 0          | -                | -
        c/C0202PLAIN | 0          | -                | -
        """,
    )
