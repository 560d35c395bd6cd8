"""H06, induced stay, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H06"]
CASES = """
    subject_id | self_pay_share | stays_of_the_referrer | stays_from_the_address | first_stay_here | area_week_over_usual | procedures | total_amount | relief | admission_way | case_family | principal_diagnosis | planned_readmission | newborn | verdict             | because
    brought    | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | accused             | paid next to nothing, and one hand brought three
    bus        | 0.05           | 0                     | 4                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | accused             | four from one house in a week
    wave       | 0.05           | 0                     | 1                      | 1               | 3.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | accused             | new here, in a week of three times the usual
    unknown    | 0.01           | 5                     | -                      | -               | -                    | -          | -            | -      | -             | -           | -                   | -                   | -       | accused             | what is not known protects nobody
    paid       | 0.1            | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | acquitted           | paid a tenth
    alone      | 0.05           | 0                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | acquitted           | paid little, but came alone
    known_here | 0.05           | 0                     | 1                      | 0               | 5.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | acquitted           | a patient of the house
    operated   | 0.05           | 0                     | 1                      | 1               | 5.0                  | 1          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | acquitted           | nobody is operated on for company
    two        | 0.05           | 2                     | 2                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | no      | acquitted           | two are no crowd
    poor       | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | yes    | outpatient    | IU2         | M54.5               | no                  | no      | relief              | poverty relief pays
    crisis     | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | emergency     | IU2         | M54.5               | no                  | no      | emergency_new       | came as an emergency
    moved      | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | transfer      | IU2         | M54.5               | no                  | no      | transfer            | moved between hospitals
    chemo      | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | RE1         | M54.5               | no                  | no      | oncology_cycle      | a cycle of cancer treatment
    dialysis   | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | LL1         | M54.5               | no                  | no      | dialysis_regular    | the same bus to dialysis
    announced  | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | yes                 | no      | planned_readmission | announced
    baby       | 0.05           | 3                     | 1                      | 1               | 1.0                  | 0          | 6,000        | no     | outpatient    | IU2         | M54.5               | no                  | yes     | newborn             | a newborn
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_whole_stay_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["brought"] == 6000
