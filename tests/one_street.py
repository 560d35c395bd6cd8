"""One street as text: two hospitals, four persons, and every table of the contract filled.

Small enough to read, and rich enough that every feature can be said of somebody; a test
holds that. What is known, is known by ``NIGHT``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from claims.frozen import Frozen
from claims.history import History
from claims.standard_tables import STANDARD_DAYS, STANDARD_ITEMS
from tests.worlds import cells, frames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claims.schema import Table

NIGHT = date(2026, 1, 15)

TABLES = {
    "hospitals": """
        hospital_id | name  | level | kind    | ownership | district | approved_beds
        H           | North | 3     | general | public    | 黄浦区   | 400
        K           | South | 2     | general | private   | 宝山区   | 100
    """,
    "physicians": """
        physician_id | hospital_id | department
        D            | H           | cardiology
        E            | H           | medicine
    """,
    "persons": """
        person_id | sex | birth_date | scheme   | person_type | death_date | relief | district | address_hash | blood_group | received_on
        P         | F   | 1950-05-01 | employee | retired     | -          | no     | 黄浦区   | A1           | O           | -
        Q         | M   | 1980-05-01 | resident | resident    | 2025-12-20 | no     | 崇明区   | A2           | A           | -
        Q         | F   | 1980-05-01 | resident | resident    | 2025-12-20 | no     | 崇明区   | A2           | B           | 2025-12-12
        Q         | M   | 1980-05-01 | resident | resident    | 2025-12-20 | no     | 崇明区   | A2           | A           | 2026-01-10
        R         | M   | 2010-05-01 | resident | student     | -          | yes    | 外省市   | A2           | -           | -
        S         | F   | 1940-05-01 | employee | retired     | -          | no     | 宝山区   | A3           | O           | -
        T         | F   | 1945-05-01 | resident | resident    | -          | no      | 宝山区   | A4           | -           | -
        U         | M   | 1946-05-01 | resident | resident    | -          | no      | 宝山区   | A4           | -           | -
        V         | F   | 1947-05-01 | resident | resident    | -          | yes     | 宝山区   | A4           | -           | -
    """,
    "stays": """
        stay_id | hospital_id | total_amount | person_id | department | ward | physician_id | admitted_at      | discharged_at    | settled_on | received_on | admission_way | discharge_way | principal_diagnosis | drg  | day_case | newborn | planned_readmission | fund_amount | self_pay_amount | payment_standard | severity | referrer | length_of_stay
        p1      | H           | 9,500        | P         | cardio     | W1   | D            | 2025-11-01 09:00 | 2025-11-08 10:00 | 2025-11-08 | 2025-11-09  | outpatient    | home          | I21.0               | FM19 | no       | no      | no                  | 7,000       | 2,500           | 10,000           | 1 | R1       | 7
        p2      | H           | 12,000       | P         | cardio     | W1   | D            | 2025-11-15 09:00 | 2025-11-20 10:00 | 2025-11-21 | 2025-11-22  | emergency     | home          | I21.4               | FM19 | no       | no      | no                  | 7,000       | 5,000           | 10,000           | 1 | -        | 5
        p3      | H           | 5,000        | P         | cardio     | W2   | D            | 2025-12-06 09:00 | 2025-12-14 10:00 | 2025-12-14 | 2025-12-15  | outpatient    | home          | I21.0               | FM19 | no       | no      | yes                 | 4,000       | 1,000           | 10,000           | 2 | -        | 8
        q0      | H           | 2,000        | Q         | surgery    | W1   | -            | 2025-12-01 09:00 | 2025-12-08 10:00 | 2025-12-08 | 2025-12-09  | outpatient    | home          | K35.8               | GD23 | no       | no      | no                  | 1,500       | 500             | 4,000            | 1        | R1       | 7
        q1      | K           | 3,000        | Q         | surgery    | W1   | -            | 2025-12-10 23:00 | 2025-12-23 10:00 | 2025-12-27 | 2025-12-28  | transfer      | against_advice | K35.8              | GD23 | no       | no      | no                  | 1,000       | 2,000           | 4,000            | 1 | R1       | 13
        r1      | K           | 800          | R         | surgery    | W1   | -            | 2025-12-13 08:00 | 2025-12-13 18:00 | 2025-12-13 | 2025-12-14  | outpatient    | home          | K35.8               | GD29 | yes      | no      | no                  | 500         | 300             | 4,000            | 1 | -        | 0
        s1      | K           | 0            | S         | surgery    | W1   | -            | 2025-12-01 08:00 | 2025-12-30 18:00 | 2025-12-30 | 2025-12-31  | outpatient    | home          | I50.9               | FR29 | no       | no      | no                  | 0           | 0               | 0                | 1 | -        | 29
        t1      | H           | 2,000        | T         | medicine   | W1   | E            | 2025-10-20 09:00 | 2025-10-24 10:00 | 2025-10-24 | 2025-10-25  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 1,900       | 100             | 3,000            | 1        | R1       | 4
        u1      | H           | 2,000        | U         | medicine   | W1   | E            | 2025-10-20 09:00 | 2025-10-24 10:00 | 2025-10-24 | 2025-10-25  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 1,900       | 100             | 3,000            | 1        | R1       | 4
        v1      | H           | 2,000        | V         | medicine   | W1   | E            | 2025-10-20 09:00 | 2025-10-24 10:00 | 2025-10-24 | 2025-10-25  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 1,900       | 100             | 3,000            | 1        | R1       | 4
        t2      | H           | 2,000        | T         | medicine   | W1   | E            | 2025-12-26 09:00 | 2025-12-30 10:00 | 2025-12-30 | 2025-12-31  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 1,900       | 100             | 3,000            | 1        | R1       | 4
        u2      | H           | 2,000        | U         | medicine   | W1   | E            | 2025-12-26 09:00 | 2025-12-30 10:00 | 2025-12-30 | 2025-12-31  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 1,900       | 100             | 3,000            | 1        | R1       | 4
        v2      | H           | 2,000        | V         | medicine   | W1   | E            | 2025-12-26 09:00 | 2025-12-30 10:00 | 2025-12-30 | 2025-12-31  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 1,900       | 100             | 3,000            | 1        | R1       | 4
        v3      | K           | 400          | V         | surgery    | W2   | -            | 2025-11-20 09:00 | 2025-11-22 10:00 | 2025-11-22 | 2025-11-23  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 300         | 100             | 3,000            | 1        | R1       | 2
        w0      | H           | 3,400        | W         | surgery    | W2   | -            | 2025-07-10 09:00 | 2025-07-12 10:00 | 2025-07-12 | 2025-07-13  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 300         | 100             | 3,000            | 1        | R1       | 2
        w1      | K           | 3,400        | W         | surgery    | W2   | -            | 2025-11-10 09:00 | 2025-11-12 10:00 | 2025-11-12 | 2025-11-13  | outpatient    | home          | M54.5               | IU29 | no       | no      | no                  | 300         | 100             | 3,000            | 1        | R1       | 2
    """,
    "stay_diagnoses": """
        stay_id | position | code  | present_on_admission
        p1      | 1        | I21.0 | yes
        p1      | 2        | E11.9 | yes
        p1      | 3        | I48.0 | no
        p2      | 1        | I21.4 | yes
        q1      | 1        | K35.8 | yes
    """,
    "stay_procedures": """
        stay_id | position | code  | performed_at | physician_id | laterality
        p1      | 1        | 36.06 | 2025-11-03 10:00 | D | left
        p3      | 1        | 36.07 | 2025-12-05 10:00 | - | -
        q0      | 1        | 47.0  | 2025-12-02 10:00 | - | -
        q1      | 1        | 47.0  | 2025-12-11 10:00 | - | -
    """,
    "fee_lines": """
        line_id | stay_id | reverses_line_id | charged_at       | performed_at     | category    | item_code     | quantity | unit_price | amount | covered | udi_di | lot
        1       | p1      | -                | 2025-11-01 10:00 | 2025-11-01 10:00 | laboratory  | LAB           | 2        | 100        | 200    | yes | - | -
        2       | p1      | -                | 2025-11-03 10:00 | -                | consumable  | C010101STENTA | 2        | 3,000      | 6,000  | yes | - | L1
        3       | p1      | -                | 2025-11-03 10:00 | -                | surgery     | PCI           | 1        | 2,300      | 2,300  | yes | - | -
        4       | p1      | -                | 2025-11-05 10:00 | -                | bed         | BED           | 7        | 100        | 700    | yes | - | -
        5       | p1      | -                | 2025-11-06 10:00 | -                | drug        | HEPARIN       | 3        | 100        | 300    | yes | - | -
        6       | p2      | -                | 2025-11-16 10:00 | -                | consumable  | C010101STENTA | 3        | 3,200      | 9,600  | yes | - | -
        7       | p2      | -                | 2025-11-17 10:00 | -                | consumable  | C010101STENTB | 2        | 1,200      | 2,400  | yes | - | -
        8       | p2      | 7                | 2025-11-18 10:00 | -                | consumable  | C010101STENTB | -1       | 1,200      | -1,200 | yes | - | -
        9       | p2      | -                | 2025-11-18 10:00 | 2025-11-16 12:00 | examination | ECHO          | 1        | 1,200      | 1,200  | no | - | -
        10      | p3      | -                | 2025-12-07 10:00 | -                | treatment   | INFUSION      | 5        | 200        | 1,000  | yes | - | -
        11      | p3      | -                | 2025-12-08 10:00 | -                | consumable  | C010101STENTA | 1        | 2,000      | 2,000  | yes | - | -
        12      | p3      | -                | 2025-12-20 10:00 | -                | nursing     | NURSING       | 8        | 250        | 2,000  | yes | - | -
        13      | q1      | -                | 2025-12-11 10:00 | -                | bed         | BED           | 13       | 100        | 1,300  | yes | - | -
        14      | q1      | -                | 2025-12-12 10:00 | -                | consumable  | C020202MESH01 | 1        | 1,700      | 1,700  | yes | D0 | L0
        15      | r1      | -                | 2025-12-13 10:00 | -                | drug        | HEPARIN       | 8        | 100        | 800    | yes | - | -
        16      | p1      | -                | 2025-11-02 11:00 | -                | examination | CT            | 1        | 100        | 100     | yes | - | -
        17      | p1      | -                | 2025-11-02 11:00 | -                | examination | ECG           | 1        | 100        | 100     | yes | - | -
        18      | p1      | -                | 2025-11-02 11:00 | -                | laboratory  | GLUCOSE       | 1        | 100        | 100     | yes | - | -
        19      | p1      | -                | 2025-11-02 11:00 | -                | laboratory  | LIVER         | 1        | 100        | 100     | yes | - | -
        20      | p1      | -                | 2025-11-02 11:00 | -                | laboratory  | KIDNEY        | 1        | 100        | 100     | yes | - | -
        21      | p2      | -                | 2025-11-16 11:00 | -                | examination | CT            | 1        | 100        | 100     | yes | - | -
        22      | p2      | -                | 2025-11-16 11:00 | -                | examination | ECG           | 1        | 100        | 100     | yes | - | -
        23      | p2      | -                | 2025-11-16 11:00 | -                | laboratory  | GLUCOSE       | 1        | 100        | 100     | yes | - | -
        24      | p2      | -                | 2025-11-16 11:00 | -                | laboratory  | LIVER         | 1        | 100        | 100     | yes | - | -
        25      | p2      | -                | 2025-11-16 11:00 | -                | laboratory  | KIDNEY        | 1        | 100        | 100     | yes | - | -
        101     | t1      | -                | 2025-10-21 10:00 | -                | treatment   | MASSAGE       | 4        | 400        | 1,600    | yes | - | -
        102     | t1      | -                | 2025-10-21 10:00 | -                | laboratory  | LAB           | 4        | 100        | 400    | yes | - | -
        103     | u1      | -                | 2025-10-21 10:00 | -                | treatment   | MASSAGE       | 4        | 400        | 1,600    | yes | - | -
        104     | u1      | -                | 2025-10-21 10:00 | -                | laboratory  | LAB           | 4        | 100        | 400    | yes | - | -
        105     | v1      | -                | 2025-10-21 10:00 | -                | treatment   | MASSAGE       | 4        | 400        | 1,600    | yes | - | -
        106     | v1      | -                | 2025-10-21 10:00 | -                | laboratory  | LAB           | 4        | 100        | 400    | yes | - | -
        107     | t2      | -                | 2025-12-27 10:00 | -                | treatment   | MASSAGE       | 4        | 400        | 1,600    | yes | - | -
        108     | t2      | -                | 2025-12-27 10:00 | -                | laboratory  | LAB           | 4        | 100        | 400    | yes | - | -
        109     | u2      | -                | 2025-12-27 10:00 | -                | treatment   | MASSAGE       | 4        | 400        | 1,600    | yes | - | -
        110     | u2      | -                | 2025-12-27 10:00 | -                | laboratory  | LAB           | 4        | 100        | 400    | yes | - | -
        111     | v2      | -                | 2025-12-27 10:00 | -                | treatment   | MASSAGE       | 4        | 400        | 1,600    | yes | - | -
        112     | v2      | -                | 2025-12-27 10:00 | -                | laboratory  | LAB           | 4        | 100        | 400    | yes | - | -
        113     | v3      | -                | 2025-12-28 10:00 | -                | laboratory  | LAB           | 4        | 100        | 400    | yes | - | -
        114     | v3      | -                | 2025-11-21 10:00 | -                | consumable  | C160401FILM00 | 1        | 8          | 8        | yes  | - | -
        115     | v3      | 114              | 2025-11-24 09:00 | -                | consumable  | C160401FILM00 | -1       | 8          | -8       | yes  | - | -
        117     | v3      | -                | 2025-11-21 11:00 | -                | consumable  | C160401FILM01 | 1        | 10         | 10       | no   | - | -
        118     | v3      | 117              | 2025-11-24 09:30 | -                | consumable  | C160401FILM01 | -1       | 10         | -10      | no   | - | -
        116     | v3      | -                | 2025-11-24 10:00 | -                | consumable  | C160401FILM01 | 2        | 10         | 20       | no   | - | -
        201     | w0      | -                | 2025-07-11 10:00 | -                | consumable  | C010101STENTA | 1        | 3,000      | 3,000    | yes  | - | -
        202     | w1      | -                | 2025-11-11 10:00 | -                | consumable  | C010101STENTA | 1        | 3,000      | 3,000    | yes  | - | -
        203     | w1      | -                | 2025-11-11 10:00 | -                | consumable  | C160401FILM01 | 1        | 10         | 10       | yes  | - | LF
    """,
    "service_items": """
        item_code | valid_from | name   | category   | unit | price
        LAB       | 2024-01-01 | Blood  | laboratory | test | 100
        INFUSION  | 2024-01-01 | 静脉输液 | treatment  | time | 200
        NURSING   | 2024-01-01 | Ⅰ级护理 | nursing    | 小时 | 250
        HEPARIN   | 2024-01-01 | 肝素   | drug       | 支   | 100
        ECHO      | 2024-01-01 | 心电图 | examination | 次  | 1,200
    """,
    "consumables": """
        item_code     | valid_from | generic_name | class_code | class_name | maker | origin   | unit  | pack_factor | implantable | single_use | key_list | covered | vbp_selected | platform_price | payment_standard | sex_limit | registration_valid_to
        C010101STENTA | 2024-01-01 | stent        | C010101    | stents     | A     | imported | piece | 1           | yes         | yes        | yes      | yes     | no           | 3,000          | 2,800 | - | 2027-01-01
        C010101STENTA | 2025-12-01 | stent        | C010101    | stents     | A     | imported | piece | 1           | yes         | yes        | yes      | yes     | yes          | 2,000          | - | - | 2027-01-01
        C010101STENTB | 2024-01-01 | stent        | C010101    | stents     | B     | domestic | piece | 1           | yes         | yes        | yes      | yes     | no           | 1,200          | - | - | -
        C020202MESH01 | 2024-01-01 | mesh         | C020202    | meshes     | C     | domestic | piece | 1           | no          | yes        | yes      | yes     | no           | 1,700          | - | F | -
        C020201MESH00 | 2024-01-01 | mesh         | C020201    | meshes     | C     | domestic | piece | 1           | no          | yes        | yes      | no      | no           | 1,000          | -                | - | -
        C020202MESH02 | 2024-01-01 | mesh         | C020202    | meshes     | C     | domestic | piece | 1           | no          | yes        | yes      | yes     | no           | 1,500          | -                | - | -
        C020202MESH03 | 2025-12-05 | mesh         | C020202    | meshes     | C     | domestic | piece | 1           | no          | yes        | yes      | yes     | no           | 1,600          | -                | - | -
        C160401FILM01 | 2024-01-01 | film         | C160401    | films      | C     | domestic | sheet | 50          | no          | yes        | no       | yes     | no           | 10             | -                | - | -
        C030101WIRE01 | 2024-01-01 | wire         | C030101    | wires      | C     | domestic | piece | 1           | no          | yes        | no       | yes     | no           | 90             | -                | - | -
    """,
    "drg_standards": """
        drg  | hospital_level | scheme   | valid_from | weight | payment_standard
        FM19 | 3              | employee | 2024-01-01 | 1.5    | 10,000
        GD21 | 2              | resident | 2024-01-01 | 1.2    | 6,000
        GD23 | 2              | resident | 2024-01-01 | 1.0    | 4,000
        GD25 | 2              | resident | 2024-01-01 | 0.8    | 3,000
    """,
    "purchases": """
        purchase_id | hospital_id | item_code     | lot | supplier_id | ordered_on | delivered_on | quantity | unit_price | on_platform | consignment | gift | serial | expiry_on
        1           | H           | C010101STENTA | L1  | V           | 2025-09-01 | 2025-09-10   | 3        | 3,000      | yes         | no          | no | - | 2025-10-01
        2           | H           | C010101STENTA | L1  | V           | 2025-11-20 | 2025-12-01   | 1        | 1,900      | yes         | yes         | no | SX | -
        3           | H           | C010101STENTB | L1  | V           | 2025-09-01 | 2025-09-10   | 3        | 1,200      | yes         | no          | no | SB1 | -
        5           | K           | C020202MESH02 | L2  | V           | 2025-09-01 | 2025-09-10   | 1        | 1,500      | yes         | no          | no   | - | -
        4           | K           | C020201MESH00 | L0  | V           | 2025-09-01 | 2025-09-10   | 3        | 900        | yes         | no          | no   | - | -
        6           | K           | C160401FILM01 | LF  | V           | 2025-11-01 | 2025-11-05   | 2        | 9          | yes         | no          | yes  | - | -
    """,
    "stock_moves": """
        move_id | hospital_id | item_code     | kind              | quantity | moved_at | lot
        1       | H           | C010101STENTA | issue             | 2        | 2025-12-02 | -
        2       | H           | C010101STENTA | department_return | 1        | 2025-12-03 | -
        3       | H           | C010101STENTA | scrap             | 1        | 2025-10-03 | -
        4       | H           | C010101STENTA | transfer_in       | 1        | 2025-10-04 | -
        5       | K           | C020201MESH00 | opening           | 1        | 2024-01-01 | L0
    """,
    "stock_counts": """
        hospital_id | item_code     | lot | counted_on | quantity
        H           | C010101STENTA | L1  | 2024-12-31 | 2
        H           | C010101STENTA | L1  | 2025-12-31 | 1
        K           | C020202MESH01 | L2  | 2025-11-30 | 2
        K           | C020202MESH01 | L2  | 2025-12-31 | 1
    """,
    "device_uses": """
        use_id | stay_id | item_code     | serial | quantity | used_at          | site | udi_di | lot | laterality
        1      | p1      | C010101STENTA | SN1    | 1        | 2025-11-03 10:00 | lad | - | L1 | left
        2      | p1      | C010101STENTA | SN2    | 1        | 2025-11-03 10:00 | lad | - | - | -
        3      | p2      | C010101STENTA | SN3    | 2        | 2025-11-16 10:00 | lad | - | - | -
        4      | p3      | C010101STENTA | SN1    | 1        | 2025-12-08 10:00 | rca | - | - | -
        5      | q1      | C020201MESH00 | -      | 1        | 2025-12-12 10:00 | -    | D0 | - | -
        6      | q0     | C010101STENTA | SN5    | 1        | 2025-12-02 10:00 | -    | - | - | -
        7      | p3     | C010101STENTA | SN5    | 1        | 2025-12-08 10:00 | -    | - | - | -
        8      | w1     | C160401FILM01 | -      | 2        | 2025-11-11 10:00 | -    | - | LF | -
    """,
    "outpatient_visits": """
        visit_id | person_id | hospital_id | visited_at       | kind     | amount
        1        | P         | K           | 2025-12-09 10:00 | clinic   | 80
        2        | P         | X           | 2025-12-10 10:00 | pharmacy | 80
        3        | P         | H           | 2025-12-11 10:00 | clinic   | 80
        4        | P         | H           | 2025-10-30 10:00 | clinic   | 400
        5        | P         | H           | 2025-09-01 10:00 | clinic   | 100
    """,
    "audit_outcomes": """
        outcome_id | subject_type | subject_id | scenario        | scheme | outcome   | event_on   | decided_on | amount_recovered | selected_by
        1          | stay         | p2         | hospitalization | H01    | confirmed | 2025-11-20 | 2026-01-10 | 12,000           | tip
    """,
}  # fmt: skip
# Two houses of the street buy wires of one supplier, three others beyond it as well.
TABLES["purchases"] += "".join(
    f"        {house}{number} | {house} | C030101WIRE01 | LW | {maker} | 2025-10-01 | 2025-10-{number}"
    f" | 2 | {price} | yes | no | no | - | -\n"
    for house, maker, price in (("H", "V", 80), ("K", "V", 60), ("M", "U", 60), ("N", "U", 70),
                                ("O", "U", 60))
    for number in range(10, 21)
)  # fmt: skip
SUBJECTS = {
    "stay": ("p1", "p2", "p3", "q0", "q1", "r1", "s1"),
    "use": (
        "p1|C010101STENTA",
        "p2|C010101STENTA",
        "p2|C010101STENTB",
        "p3|C010101STENTA",
        "q1|C020202MESH01",
        "v3|C160401FILM01",
    ),
    "ledger": (
        "H|C010101STENTA|2025-12",
        "H|C010101STENTA|2025-11",
        "H|C010101STENTB|2025-11",
        "H|C010101STENTB|2025-12",
        "K|C020202MESH01|2025-12",
        "K|C160401FILM01|2025-11",
    ),
    "person": ("P", "Q", "R", "S", "T"),
    "physician": ("D", "E"),
    "department": ("H|cardio", "K|surgery", "H|medicine"),
    "hospital": ("H", "K"),
    "group": ("H|T",),
}


# What two families of case groups hold, and when, as frozen before anybody fell ill. The
# family of a stay is that of its case group, or of its diagnosis where there is none.
FROZEN_ON = date(2025, 10, 1)
FAMILIES = (("FM1", "I21"), ("GD2", "K35"))
ITEMS = """
    family | item    | category    | n  | share
    FM1    | LAB     | laboratory  | 40 | 0.90
    FM1    | C010101 | consumable  | 40 | 0.85
    FM1    | PCI     | surgery     | 40 | 0.88
    FM1    | NURSING | nursing     | 40 | 0.95
    FM1    | HEPARIN | drug        | 40 | 0.50
    FM1    | ECHO    | examination | 40 | 0.01
    GD2    | BED     | bed         | 30 | 0.99
    GD2    | HEPARIN | drug        | 30 | 0.015
    -      | LAB     | laboratory  | 90 | 0.60
    -      | C020202 | consumable  | 90 | 0.02
"""
DAYS = """
    family | step        | from_day | n  | share
    FM1    | examination | 0        | 40 | 0.80
    FM1    | examination | 1        | 40 | 0.15
    FM1    | operation   | 2        | 40 | 0.01
    FM1    | consumable  | 2        | 40 | 0.50
    FM1    | consumable  | 1        | 40 | 0.01
    GD2    | drug        | 0        | 30 | 0.40
"""


def frozen() -> Frozen:
    """The standards of the street, under one version."""
    items = _frozen_rows(ITEMS, STANDARD_ITEMS, share="share", with_item=0, kind="optional")
    days = _frozen_rows(DAYS, STANDARD_DAYS, share="share_began", began=0, there=0)
    return Frozen.of_frames(items, days)


def _frozen_rows(text: str, table: Table, share: str, **constant: object) -> pl.DataFrame:
    rows = [
        dict.fromkeys(table.names, 0.0)
        | constant
        | {name: row[name] for name in row if name in ("item", "category", "step")}
        | {"version": "v1", "run_date": FROZEN_ON, "cell": f"*|*|*|{name}", "n": int(row["n"])}
        | {share: float(row["share"]), "from_day": int(row.get("from_day", 0))}
        for row in cells(text)
        for name in _names(row["family"])
    ]
    return pl.DataFrame(rows).select(table.names).cast(table.dtypes())  # type: ignore[arg-type]


def _names(family: str) -> tuple[str, ...]:
    return next((names for names in FAMILIES if family in names), ("*",))


def known(tables: Mapping[str, pl.DataFrame], until: date = NIGHT) -> History:
    """What is known of these tables by a night, beside the street's standards."""
    return History.of_frames(tables, until, frozen())


def street() -> History:
    """All that is known."""
    return known(frames(**TABLES))
