"""Three hospitals that use stents: a tiny world for the indicators of consumables."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.worlds import world

if TYPE_CHECKING:
    from claims.history import History

MARCH, END = date(2025, 3, 1), date(2025, 3, 31)
STENT, BALLOON = "C020101X", "C020201X"
HOSPITALS = """
    hospital_id | name | level | kind    | district
    H           | H    | 3     | general | north
    K           | K    | 3     | general | north
    L           | L    | 3     | general | south
"""
STAYS = """
    stay_id | hospital_id | department | physician_id | total_amount | settled_on | drg
    a       | H           | heart      | D            | 20,000       | 2025-03-03 | FM19
    b       | H           | heart      | E            | 30,000       | 2025-03-09 | FM19
    c       | K           | heart      | F            | 20,000       | 2025-03-04 | FM19
    d       | L           | heart      | G            | 20,000       | 2025-03-05 | FM19
    old     | L           | heart      | G            | 20,000       | 2024-03-31 | FM19
"""
PROCEDURES = """
    stay_id | position | code
    a       | 1        | 36.06
    b       | 1        | 36.06
    c       | 1        | 36.06
"""
LINES = f"""
    line_id | stay_id | charged_at       | category   | item_code | quantity | unit_price | amount | udi_di | lot | serial
    1       | a       | 2025-03-02 08:00 | consumable | {STENT}   | 1        | 1,000      | 1,000  | 069    | l1  | s1
    2       | b       | 2025-03-02 08:00 | consumable | {STENT}   | 2        | 1,100      | 2,200  | 069    | l1  | s2
    3       | b       | 2025-03-02 08:00 | consumable | {STENT}   | 1        | 1,000      | 1,000  | 069    | -   | -
    4       | b       | 2025-03-03 08:00 | consumable | {STENT}   | -1       | 1,000      | -1,000 | 069    | -   | -
    5       | c       | 2025-03-02 08:00 | consumable | {STENT}   | 1        | 1,000      | 1,000  | 069    | l2  | s3
    6       | d       | 2025-03-02 08:00 | consumable | {STENT}   | 1        | 1,000      | 1,000  | 069    | l3  | s4
    7       | d       | 2025-03-02 08:00 | consumable | {BALLOON} | 1        | 300        | 300    | 069    | l4  | s5
    8       | d       | 2025-03-02 08:00 | drug       | PILL      | 1        | 300        | 300    | -      | -   | -
    9       | old     | 2024-03-02 08:00 | consumable | {STENT}   | 9        | 1,000      | 9,000  | 069    | l3  | s6
"""
CATALOGUE = f"""
    item_code | valid_from | generic_name | class_code | class_name | implantable | vbp_selected | platform_price | payment_standard
    {STENT}   | 2020-01-01 | stent        | C020101    | stent      | yes         | yes          | 1,000          | 1,050
    {BALLOON} | 2020-01-01 | balloon      | C020201    | balloon    | no          | no           | 300            | -
"""
PURCHASES = f"""
    purchase_id | hospital_id | item_code | supplier_id | delivered_on | quantity | unit_price | gift
    1           | H           | {STENT}   | S           | 2025-01-01   | 6        | 1,000      | no
    2           | H           | {STENT}   | T           | 2025-01-01   | 4        | 1,000      | no
    3           | K           | {STENT}   | T           | 2025-01-01   | 10       | 1,000      | no
    4           | H           | {STENT}   | T           | 2025-01-01   | 99       | 1,000      | yes
    5           | H           | {STENT}   | T           | 2023-01-01   | 99       | 1,000      | no
"""  # fmt: skip


def stent_world() -> History:
    """All of it as one history."""
    return world(
        hospitals=HOSPITALS,
        stays=STAYS,
        stay_procedures=PROCEDURES,
        fee_lines=LINES,
        consumables=CATALOGUE,
        purchases=PURCHASES,
    )
