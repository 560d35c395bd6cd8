"""H04, check-up stay, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import alike, amounts, brought, verdicts, written

RULE = BY_CODE["H04"]
PLAIN = """
    subject_id | distinct_tests | treatment_share | test_share | ward_test_twins | procedures | total_amount | verdict   | because
    check_up   | 25             | 0               | 0.8        | 0               | 0          | 4,000        | accused   | the first of a series, made of tests
    package    | 16             | 0.05            | 0.4        | 5               | 0          | 4,000        | accused   | five others of the ward had the same tests
    edges      | 15             | 0.09            | 0.6        | -               | -          | 4,000        | accused   | the edges belong to it; nothing is known of the ward
    both       | 30             | 0               | 0.9        | 12              | 0          | 4,000        | accused   | made of tests, and a package
    few        | 14             | 0               | 0.8        | 9               | 0          | 4,000        | acquitted | fourteen tests are a work-up
    treated    | 25             | 0.1             | 0.8        | 9               | 0          | 4,000        | acquitted | a tenth of the fee was treatment
    single     | 25             | 0               | 0.59       | 4               | 0          | 4,000        | acquitted | neither most of the fee nor a package
    operated   | 25             | 0               | 0.8        | 9               | 1          | 4,000        | acquitted | the work-up of an operation that was done
    unknown    | -              | 0               | 0.8        | 9               | 0          | 4,000        | acquitted | nobody knows how many tests
"""
GUARDED = """
    subject_id | admission_way | discharge_way | day_case | age | diagnoses | tumour_looked_for | transplant_prepared | isolation_needed | operation_put_off | fund_share | verdict           | because
    crisis     | emergency     | home          | no       | 60  | 2         | 0                 | 0                   | 0                | 0                 | 0.5        | emergency_new     | came as an emergency
    moved      | transfer      | home          | no       | 60  | 2         | 0                 | 0                   | 0                | 0                 | 0.5        | transfer          | moved between hospitals
    day        | outpatient    | home          | yes      | 60  | 2         | 0                 | 0                   | 0                | 0                 | 0.5        | day_case          | a day case
    shadow     | outpatient    | home          | no       | 60  | 2         | 1                 | 0                   | 0                | 0                 | 0.5        | tumour_search     | a tumour is looked for
    kidney     | outpatient    | home          | no       | 60  | 2         | 0                 | 1                   | 0                | 0                 | 0.5        | transplant_workup | the fixed package before a transplant
    flu        | outpatient    | home          | no       | 60  | 2         | 0                 | 0                   | 1                | 0                 | 0.5        | isolation         | kept apart
    put_off    | outpatient    | home          | no       | 60  | 2         | 0                 | 0                   | 0                | 1                 | 0.5        | put_off           | the work-up of an operation that was put off
    frail      | outpatient    | home          | no       | 85  | 4         | 0                 | 0                   | 0                | 0                 | 0.5        | multimorbid       | old, with four diagnoses
    own_money  | outpatient    | home          | no       | 60  | 2         | 0                 | 0                   | 0                | 0                 | 0          | private_pay       | a check-up that the person paid
    died       | outpatient    | death         | no       | 60  | 2         | 0                 | 0                   | 0                | 0                 | 0.5        | left_early        | died before treatment could begin
    plain      | outpatient    | home          | no       | 79  | 9         | 0                 | 0                   | 0                | 0                 | 0.5        | accused           | nothing explains it
"""
CASES = alike(PLAIN, "check_up", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_whole_stay_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["check_up"] == 4000
