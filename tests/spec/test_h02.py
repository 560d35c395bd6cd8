"""H02, hanging bed, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import ACCUSED, amounts, brought, measured, verdicts, world, written

RULE = BY_CODE["H02"]
CASES = """
    subject_id | idle_days_seen_elsewhere | idle_days | longest_idle_run | visits_elsewhere | length_of_stay | total_amount | case_family | principal_diagnosis | hospital_kind  | day_case | newborn | verdict           | because
    seen_away  | 1                        | 2         | 1                | 1                | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | accused           | at another clinic on an idle day
    empty_bed  | 3                        | 12        | 12               | 3                | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | accused           | nobody was ever treated
    one_night  | 1                        | 1         | 1                | 1                | 1              | 12,000       | ES3         | J18.9               | general        | no       | no      | accused           | a single day
    family     | 0                        | 0         | 0                | 1                | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | acquitted         | the family bought while the person was treated every day
    two_days   | 0                        | 4         | 2                | 1                | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | acquitted         | seen elsewhere on a day of treatment, idle on others
    idle_only  | 0                        | 5         | 5                | 0                | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | acquitted         | one sign alone is a matter of H02E
    unknown    | -                        | -         | -                | -                | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | acquitted         | nothing is known
    rehab      | 1                        | 3         | 3                | 1                | 12             | 12,000       | XR2         | J18.9               | general        | no       | no      | rehabilitation    | a group that rests on weekends
    rehab_home | 1                        | 3         | 3                | 1                | 12             | 12,000       | ES3         | J18.9               | rehabilitation | no       | no      | rehabilitation    | a house that rests on weekends
    leave      | 1                        | 3         | 3                | 1                | 12             | 12,000       | TR1         | F20.0               | general        | no       | no      | psychiatric_leave | trial leave
    asylum     | 1                        | 3         | 3                | 1                | 12             | 12,000       | -           | F20.0               | psychiatric    | no       | no      | psychiatric_leave | trial leave, by the house
    kidney     | 4                        | 4         | 1                | 5                | 12             | 12,000       | ES3         | N18.0               | general        | no       | no      | dialysis_regular  | dialysis in another house
    day        | 1                        | 1         | 1                | 1                | 12             | 12,000       | ES3         | J18.9               | general        | yes      | no      | day_case          | day therapy
    baby       | 1                        | 3         | 3                | 1                | 12             | 12,000       | ES3         | P07.1               | general        | no       | yes     | newborn           | a newborn
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_idle_days_are_in_doubt_by_their_share_of_the_stay() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["seen_away"] == 2000
    assert found["empty_bed"] == 12000


STAYS = """
    stay_id | person_id | hospital_id | admitted_at | discharged_at | total_amount
    hanging | P         | H           | 2025-03-01  | 2025-03-06    | 1,000
    treated | Q         | H           | 2025-03-01  | 2025-03-03    | 1,000
    absent  | R         | H           | 2025-03-01  | 2025-03-04    | 900
"""
LINES = """
    line_id | stay_id | charged_at | category  | item_code | quantity | unit_price | amount
    1       | hanging | 2025-03-01 | treatment | infusion  | 1        | 500        | 500
    2       | hanging | 2025-03-02 | bed       | bed       | 1        | 125        | 125
    3       | hanging | 2025-03-03 | bed       | bed       | 1        | 125        | 125
    4       | hanging | 2025-03-04 | nursing   | nursing   | 1        | 125        | 125
    5       | hanging | 2025-03-05 | drug      | drip      | 1        | 125        | 125
    6       | treated | 2025-03-01 | drug      | drip      | 1        | 500        | 500
    7       | treated | 2025-03-02 | drug      | drip      | 1        | 500        | 500
    8       | absent  | 2025-03-01 | drug      | drip      | 1        | 300        | 300
    9       | absent  | 2025-03-03 | drug      | drip      | 2        | 300        | 600
"""
VISITS = """
    visit_id | person_id | hospital_id | visited_at       | kind   | amount
    1        | R         | K           | 2025-03-02 10:00 | clinic | 50
    2        | Q         | K           | 2025-03-02 10:00 | clinic | 50
"""


def test_it_finds_hanging_beds_among_stays_as_billed() -> None:
    history = world(stays=STAYS, fee_lines=LINES, outpatient_visits=VISITS)
    rows = measured(history, "stay", "hanging", "treated", "absent")
    said = verdicts(RULE, rows)
    assert {subject for subject, word in said.items() if word == ACCUSED} == {"absent"}
    assert amounts(RULE, rows) == {"absent": 300}
