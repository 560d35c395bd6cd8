"""What a stay needs a bed for, by example: acuity, treatment of a ward, tests, reasons."""

from __future__ import annotations

from tests.worlds import check_measured, world

HOSPITALS = """
    hospital_id | name  | level | kind    | ownership | district
    H           | North | 3     | general | public    | north
"""
PERSONS = """
    person_id | sex | birth_date | scheme   | person_type
    P         | F   | 1950-05-01 | employee | retired
"""
STAYS = """
    stay_id | hospital_id | person_id | drg  | principal_diagnosis | admitted_at      | discharged_at    | total_amount
    light   | H           | P         | KS15 | E11.900             | 2025-03-01 09:00 | 2025-03-05 10:00 | 1,000
    heavy   | H           | P         | BR21 | I63.900             | 2025-03-11 09:00 | 2025-03-15 10:00 | 1,000
"""
STANDARDS = """
    drg  | hospital_level | scheme   | valid_from | valid_to   | weight | payment_standard
    KS15 | 3              | employee | 2022-01-01 | 2024-12-31 | 0.6    | 6,000
    KS15 | 3              | employee | 2025-01-01 | -          | 0.4    | 5,000
    KS15 | 2              | employee | 2025-01-01 | -          | 0.3    | 4,000
    KS15 | 3              | employee | 2025-06-01 | -          | 0.7    | 7,000
"""


def test_a_group_weighs_what_it_did_on_the_day_at_its_level() -> None:
    check_measured(
        world(hospitals=HOSPITALS, persons=PERSONS, stays=STAYS, drg_standards=STANDARDS),
        "stay",
        """
        stay_id | group_weight | low_acuity_diagnosis
        light   | 0.4          | 1
        heavy   | -            | 0
        """,
    )


DIAGNOSES = """
    stay_id | position | code
    light   | 1        | E11.900
    light   | 2        | Z53.000
    light   | 3        | Z75.100
    heavy   | 1        | I63.900
    heavy   | 2        | Z03.100
    heavy   | 3        | Z01.800
    heavy   | 4        | U07.100
"""


def test_any_diagnosis_may_name_the_reason_for_a_bed() -> None:
    check_measured(
        world(stays=STAYS, stay_diagnoses=DIAGNOSES),
        "stay",
        """
        stay_id | operation_put_off | awaiting_place | tumour_looked_for | transplant_prepared | isolation_needed
        light   | 1                 | 1              | 0                 | 0                   | 0
        heavy   | 0                 | 0              | 1                 | 1                   | 1
        """,
    )


SERVICES = """
    item_code | valid_from | name     | category  | unit | price
    infusion  | 2024-01-01 | 静脉输液 | treatment | time | 100
    glucose   | 2024-01-01 | 血糖监测 | treatment | time | 100
    massage   | 2024-01-01 | 推拿     | treatment | time | 100
    first     | 2024-01-01 | Ⅰ级护理  | nursing   | day  | 100
"""
CARE = """
    line_id | stay_id | charged_at | category  | item_code | quantity | unit_price | amount
    l1      | light   | 2025-03-01 | treatment | glucose   | 1        | 100        | 100
    l2      | light   | 2025-03-02 | treatment | massage   | 1        | 300        | 300
    l3      | light   | 2025-03-02 | drug      | metformin | 1        | 600        | 600
    h1      | heavy   | 2025-03-11 | treatment | infusion  | 1        | 100        | 100
    h2      | heavy   | 2025-03-13 | treatment | infusion  | 1        | 100        | 100
    h3      | heavy   | 2025-03-12 | nursing   | first     | 1        | 100        | 100
    h4      | heavy   | 2025-03-13 | nursing   | first     | 1        | 100        | 100
    h5      | heavy   | 2025-03-13 | treatment | unheard   | 1        | 600        | 600
"""


def test_some_treatments_need_a_ward_and_some_are_given_to_outpatients() -> None:
    check_measured(
        world(stays=STAYS, service_items=SERVICES, fee_lines=CARE),
        "stay",
        """
        stay_id | bed_care_items | bed_care_days | physiotherapy_share | intensive_nursing_days
        light   | 0              | 0             | 0.3                 | 0
        heavy   | 1              | 2             | 0                   | 2
        """,
    )


def test_a_treatment_that_nobody_can_name_may_have_needed_a_ward() -> None:
    unnamed = CARE.replace("glucose", "unheard")
    check_measured(
        world(stays=STAYS, service_items=SERVICES, fee_lines=unnamed),
        "stay",
        """
        stay_id | bed_care_items | bed_care_days | treatment_items
        light   | -              | -             | 2
        heavy   | 1              | 2             | 2
        """,
    )


TESTS = """
    line_id | stay_id | charged_at | category    | item_code | quantity | unit_price | amount
    l1      | light   | 2025-03-01 | examination | ct        | 1        | 400        | 400
    l2      | light   | 2025-03-02 | laboratory  | blood     | 1        | 100        | 100
    l3      | light   | 2025-03-03 | laboratory  | blood     | 1        | 100        | 100
    l4      | light   | 2025-03-05 | laboratory  | liver     | 1        | 200        | 200
    l5      | light   | 2025-03-02 | drug        | metformin | 4        | 50         | 200
    h1      | heavy   | 2025-03-12 | surgery     | craniotomy | 1       | 1,000      | 1,000
"""


def test_tests_are_counted_by_kind_and_by_day() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=TESTS),
        "stay",
        """
        stay_id | imaging_items | laboratory_items | imaging_share | laboratory_share | early_tests | early_test_share | repeated_test_share | tests_a_day
        light   | 1             | 2                | 0.4           | 0.4              | 2           | 0.625            | 0.25                | 0.75
        heavy   | 0             | 0                | 0             | 0                | 0           | -                | -                   | 0
        """,
    )


def test_treatment_and_drugs_are_counted_for_each_day() -> None:
    check_measured(
        world(stays=STAYS, fee_lines=TESTS),
        "stay",
        """
        stay_id | drug_items | treatment_items | care_cost_per_day
        light   | 1          | 0               | 50
        heavy   | 0          | 1               | 250
        """,
    )
