"""H03, low-acuity admission, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import (
    ACCUSED,
    ACQUITTED,
    alike,
    amounts,
    brought,
    measured,
    verdicts,
    world,
    written,
)

RULE = BY_CODE["H03"]
PLAIN = """
    subject_id | group_weight | low_acuity_diagnosis | length_of_stay | test_share | treatment_share | procedures | total_amount | verdict   | because
    light      | 0.4          | 0                    | 5              | 0.7        | 0               | 0          | 5,000        | accused   | a light group, examined and not treated
    back_pain  | 0.8          | 1                    | 5              | 0.7        | 0.05            | 0          | 5,000        | accused   | a diagnosis of low acuity, whatever the group weighs
    edges      | 0.49         | 0                    | 8              | 0.6        | 0.09            | 0          | 5,000        | accused   | the last day and the smallest share of tests belong to it
    one_day    | 0.4          | 1                    | 1              | 0.9        | 0               | -          | 5,000        | accused   | short, and no operation known
    no_weight  | -            | 1                    | 5              | 0.7        | 0               | 0          | 5,000        | accused   | the diagnosis is enough
    severe     | 0.5          | 0                    | 5              | 0.7        | 0               | 0          | 5,000        | acquitted | neither group nor diagnosis is light
    long       | 0.4          | 1                    | 9              | 0.7        | 0               | 0          | 5,000        | acquitted | longer than eight days
    treated    | 0.4          | 1                    | 5              | 0.7        | 0.1             | 0          | 5,000        | acquitted | a tenth of the fee was treatment
    few_tests  | 0.4          | 1                    | 5              | 0.59       | 0               | 0          | 5,000        | acquitted | tests are not most of it
    operated   | 0.4          | 1                    | 5              | 0.7        | 0               | 1          | 5,000        | acquitted | an operation was done
    unknown    | -            | -                    | 5              | 0.7        | 0               | 0          | 5,000        | acquitted | nothing is known of its acuity
"""
GUARDED = """
    subject_id | admission_way | discharge_way  | case_family | principal_diagnosis | day_case | newborn | age | diagnoses | tumour_looked_for | transplant_prepared | isolation_needed | operation_put_off | fund_share | verdict           | because
    plain      | outpatient    | home           | KS1         | E11.9               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | accused           | nothing explains it
    old        | outpatient    | home           | KS1         | E11.9               | no       | no      | 88  | 2         | 0                 | 0                   | 0                | 0                 | 0.6        | accused           | old, but with two diagnoses only
    many       | outpatient    | home           | KS1         | E11.9               | no       | no      | 79  | 6         | 0                 | 0                   | 0                | 0                 | 0.6        | accused           | many diagnoses, but not old enough
    crisis     | emergency     | home           | KS1         | E11.9               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | emergency_new     | came as an emergency
    moved      | transfer      | home           | KS1         | E11.9               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | transfer          | moved between hospitals
    chemo      | outpatient    | home           | RE1         | Z51.1               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | oncology_cycle    | a cycle of cancer treatment
    dialysis   | outpatient    | home           | LL1         | N18.5               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | dialysis_regular  | dialysis
    day        | outpatient    | home           | KS1         | E11.9               | yes      | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | day_case          | a day case
    baby       | outpatient    | home           | PU1         | P59.9               | no       | yes     | 0   | 1         | 0                 | 0                   | 0                | 0                 | 0.6        | newborn           | a newborn
    birth      | outpatient    | home           | OR1         | O80.0               | no       | no      | 28  | 1         | 0                 | 0                   | 0                | 0                 | 0.6        | obstetric         | a birth
    shadow     | outpatient    | home           | FV2         | I10.x00             | no       | no      | 60  | 3         | 1                 | 0                   | 0                | 0                 | 0.6        | tumour_search     | a tumour is looked for
    kidney     | outpatient    | home           | LR1         | N18.9               | no       | no      | 40  | 3         | 0                 | 1                   | 0                | 0                 | 0.6        | transplant_workup | prepared for a kidney
    flu        | outpatient    | home           | ES3         | J10.1               | no       | no      | 60  | 3         | 0                 | 0                   | 1                | 0                 | 0.6        | isolation         | kept apart
    put_off    | outpatient    | home           | FR4         | I25.1               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 1                 | 0.6        | put_off           | an operation was prepared and put off
    frail      | outpatient    | home           | KS1         | E11.9               | no       | no      | 80  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | multimorbid       | eighty, with three diagnoses
    own_money  | outpatient    | home           | KS1         | E11.9               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0          | private_pay       | the fund paid nothing
    left       | outpatient    | against_advice | KS1         | E11.9               | no       | no      | 60  | 3         | 0                 | 0                   | 0                | 0                 | 0.6        | left_early        | left before treatment could begin
"""
CASES = alike(PLAIN, "light", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_whole_stay_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["light"] == 5000


STAYS = """
    stay_id | person_id | hospital_id | drg  | principal_diagnosis | admitted_at | discharged_at | total_amount | admission_way
    checked | P         | H           | KS15 | E11.900             | 2025-03-01  | 2025-03-06    | 1,000        | outpatient
    treated | Q         | H           | KS15 | E11.900             | 2025-03-01  | 2025-03-06    | 1,000        | outpatient
    severe  | R         | H           | BR21 | I63.900             | 2025-03-01  | 2025-03-06    | 1,000        | outpatient
"""
LINES = """
    line_id | stay_id | charged_at | category    | item_code | quantity | unit_price | amount
    c1      | checked | 2025-03-01 | examination | ct        | 1        | 700        | 700
    c2      | checked | 2025-03-02 | drug        | metformin | 30       | 10         | 300
    t1      | treated | 2025-03-01 | examination | ct        | 1        | 700        | 700
    t2      | treated | 2025-03-02 | treatment   | infusion  | 1        | 300        | 300
    s1      | severe  | 2025-03-01 | examination | ct        | 1        | 700        | 700
    s2      | severe  | 2025-03-02 | drug        | heparin   | 30       | 10         | 300
"""
OPERATIONS = "stay_id | position | code\n elsewhere | 1 | 36.06"


def test_it_finds_the_light_stay_among_stays_as_billed() -> None:
    history = world(stays=STAYS, fee_lines=LINES, stay_procedures=OPERATIONS)
    rows = measured(history, "stay", "checked", "treated", "severe")
    assert verdicts(RULE, rows) == {
        "checked": ACCUSED,
        "severe": ACQUITTED,
        "treated": ACQUITTED,
    }
