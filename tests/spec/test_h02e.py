"""H02E, empty days of a bed, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import ACCUSED, amounts, brought, measured, verdicts, world, written

RULE = BY_CODE["H02E"]
CASES = """
    subject_id | longest_idle_run | idle_days | visits_elsewhere | clinic_visits_elsewhere | idle_days_seen_elsewhere | length_of_stay | total_amount | case_family | principal_diagnosis | hospital_kind  | day_case | newborn | awaiting_place | verdict            | because
    three_days | 3                | 3         | 0                | 0                       | 0                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | accused            | three idle days in a row
    empty_bed  | 12               | 12        | 0                | 0                       | -                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | accused            | nobody was ever treated, and nothing is known of visits
    unmatched  | -                | -         | 1                | 1                       | 0                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | accused            | seen elsewhere, and no fee line has a day
    both_signs | 3                | 3         | 1                | 1                       | 1                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | acquitted          | two signs are a matter of H02
    two_days   | 2                | 4         | 0                | 0                       | 0                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | acquitted          | never three in a row
    in_person  | 0                | 0         | 1                | 1                       | 0                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | acquitted          | a relative at the clinic while the person was treated every day
    bought     | -                | -         | 1                | 0                       | 0                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | acquitted          | a pharmacy alone says nothing
    unknown    | -                | -         | -                | -                       | -                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 0              | acquitted          | nothing is known
    rehab      | 3                | 3         | 0                | 0                       | 0                        | 12             | 12,000       | XR2         | J18.9               | general        | no       | no      | 0              | rehabilitation     | a group that rests on weekends
    leave      | 3                | 3         | 0                | 0                       | 0                        | 12             | 12,000       | TR1         | F20.0               | general        | no       | no      | 0              | psychiatric_leave  | trial leave
    kidney     | 3                | 3         | 0                | 0                       | 0                        | 12             | 12,000       | ES3         | N18.0               | general        | no       | no      | 0              | dialysis_regular   | treated in another house
    day        | 3                | 3         | 0                | 0                       | 0                        | 12             | 12,000       | ES3         | J18.9               | general        | yes      | no      | 0              | day_case           | day therapy
    baby       | 3                | 3         | 0                | 0                       | 0                        | 12             | 12,000       | ES3         | P07.1               | general        | no       | yes     | 0              | newborn            | a newborn
    waiting    | 8                | 8         | 0                | 0                       | 0                        | 12             | 12,000       | ES3         | J18.9               | general        | no       | no      | 1              | awaiting_placement | a place in a nursing house was awaited
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_idle_days_are_in_doubt_by_their_share_of_the_stay() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["three_days"] == 3000
    assert found["empty_bed"] == 12000
    assert found["unmatched"] == 1000


STAYS = """
    stay_id | person_id | hospital_id | admitted_at | discharged_at | total_amount
    hanging | P         | H           | 2025-03-01  | 2025-03-06    | 1,000
    absent  | R         | H           | 2025-03-01  | 2025-03-06    | 1,000
"""
LINES = """
    line_id | stay_id | charged_at | category  | item_code | quantity | unit_price | amount
    1       | hanging | 2025-03-01 | treatment | infusion  | 1        | 500        | 500
    2       | hanging | 2025-03-02 | bed       | bed       | 1        | 125        | 125
    3       | hanging | 2025-03-03 | bed       | bed       | 1        | 125        | 125
    4       | hanging | 2025-03-04 | nursing   | nursing   | 1        | 125        | 125
    5       | hanging | 2025-03-05 | drug      | drip      | 1        | 125        | 125
    6       | absent  | 2025-03-01 | treatment | infusion  | 1        | 500        | 500
    7       | absent  | 2025-03-05 | drug      | drip      | 1        | 500        | 500
"""
VISITS = """
    visit_id | person_id | hospital_id | visited_at       | kind     | amount
    1        | R         | K           | 2025-03-03 10:00 | pharmacy | 50
"""


def test_of_two_stays_as_billed_it_speaks_of_the_one_without_a_second_sign() -> None:
    history = world(stays=STAYS, fee_lines=LINES, outpatient_visits=VISITS)
    rows = measured(history, "stay", "hanging", "absent")
    said = verdicts(RULE, rows)
    assert {subject for subject, word in said.items() if word == ACCUSED} == {"hanging"}
    assert amounts(RULE, rows) == {"hanging": 600}
