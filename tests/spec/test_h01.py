"""H01, split stay, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from rules.judge import judge
from tests.worlds import ACCUSED, amounts, brought, measured, verdicts, world, written

RULE = BY_CODE["H01"]
CASES = """
    subject_id | days_since_same_condition | previous_standard_ratio | total_amount | case_family | principal_diagnosis | procedures | planned_readmission | admission_way | day_case | newborn | verdict             | because
    next_day   | 1                         | 0.4                     | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | accused             | inside the core window
    at_once    | 0                         | -                       | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | accused             | the day of leaving is inside the core window
    core_end   | 7                         | 0.4                     | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | accused             | the last day of the core window
    near_limit | 8                         | 0.95                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | accused             | the stay before ended near its standard
    low_edge   | 15                        | 0.85                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | accused             | the edges belong to the zone and the window
    high_edge  | 15                        | 1.05                    | 8,000        | -           | -                   | -          | -                   | -             | -        | -       | accused             | what is not known protects nobody
    cheap      | 8                         | 0.84                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | acquitted           | later, and far below the standard
    dear       | 8                         | 1.06                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | acquitted           | later, and above the standard
    no_limit   | 8                         | -                       | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | acquitted           | later, and no standard to compare with
    late       | 16                        | 0.95                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | acquitted           | after the window
    overlap    | -1                        | 0.95                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | acquitted           | overlapping stays are another question
    first      | -                         | -                       | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | no      | acquitted           | no stay before
    chemo      | 1                         | 0.95                    | 8,000        | RE1         | C50.9               | 0          | no                  | outpatient    | no       | no      | oncology_cycle      | a group of cancer treatment
    chemo_code | 1                         | 0.95                    | 8,000        | ES3         | Z51.100             | 0          | no                  | outpatient    | no       | no      | oncology_cycle      | a code of cancer treatment, to its fifth character
    dialysis   | 1                         | 0.95                    | 8,000        | LL1         | N18.5               | 0          | no                  | outpatient    | no       | no      | dialysis_regular    | dialysis
    eyes       | 1                         | 0.95                    | 8,000        | CB3         | H25.9               | 1          | no                  | outpatient    | no       | no      | staged_surgery      | the second eye
    no_knife   | 1                         | 0.95                    | 8,000        | CB3         | H25.9               | 0          | no                  | outpatient    | no       | no      | accused             | a surgical group without an operation is not staged
    announced  | 1                         | 0.95                    | 8,000        | ES3         | J18.9               | 0          | yes                 | outpatient    | no       | no      | planned_readmission | announced at discharge
    moved      | 1                         | 0.95                    | 8,000        | ES3         | J18.9               | 0          | no                  | transfer      | no       | no      | transfer            | moved between hospitals
    crisis     | 1                         | 0.95                    | 8,000        | ES3         | J18.9               | 0          | no                  | emergency     | no       | no      | emergency_new       | came as an emergency
    day        | 1                         | 0.95                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | yes      | no      | day_case            | day surgery
    baby       | 1                         | 0.95                    | 8,000        | ES3         | J18.9               | 0          | no                  | outpatient    | no       | yes     | newborn             | a newborn
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_whole_second_stay_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["next_day"] == 8000


STAYS = """
    stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount | payment_standard | admission_way
    before  | P         | H           | ES35 | 2025-03-01  | 2025-03-08    | 9,500        | 10,000           | outpatient
    split   | P         | H           | ES35 | 2025-03-20  | 2025-03-25    | 5,000        | 10,000           | outpatient
    far     | P         | H           | ES35 | 2025-06-20  | 2025-06-25    | 5,000        | 10,000           | outpatient
    other   | P         | K           | ES35 | 2025-06-28  | 2025-06-30    | 5,000        | 10,000           | outpatient
"""


def test_it_finds_the_split_stay_among_stays_as_billed() -> None:
    history = world(stays=STAYS, stay_procedures="stay_id | position | code\n before | 1 | 96.04")
    rows = measured(history, "stay", "before", "split", "far", "other")
    assert [subject for subject, said in verdicts(RULE, rows).items() if said == ACCUSED] == [
        "split"
    ]


def test_its_evidence_is_what_was_measured() -> None:
    (hit,) = judge(brought(RULE, CASES).filter(subject_id="near_limit"), [RULE]).to_dicts()
    assert hit["evidence"] == (
        '{"days_since_same_condition":8.0,"linked_days":null,'
        '"previous_standard_ratio":0.95,"linked_standard_ratio":null}'
    )
