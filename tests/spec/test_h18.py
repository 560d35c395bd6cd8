"""H18, identical records, by example."""

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

RULE = BY_CODE["H18"]
PLAIN = """
    subject_id | identical_care_of_physician | diagnoses_of_physicians_identical_care | physician_twins | diagnoses_of_physician_twins | total_amount | verdict   | because
    fifth      | 4                           | 2                                      | 4               | 2                            | 6,000        | accused   | the fifth stay with the same bill, for two diagnoses
    many       | 9                           | 3                                      | 9               | 3                            | 6,000        | accused   | ten stays, three diagnoses
    alike      | 0                           | 0                                      | 6               | 2                            | 6,000        | accused   | nearly the same items, other units
    no_ward    | 4                           | 2                                      | -               | -                            | 6,000        | accused   | the same bill, wherever it lay
    fourth     | 3                           | 2                                      | 3               | 2                            | 6,000        | acquitted | four stays may be chance
    one_illness | 8                          | 1                                      | 8               | 1                            | 6,000        | acquitted | one illness is treated one way
    single     | 0                           | 0                                      | 0               | 0                            | 6,000        | acquitted | like nobody
    unknown    | -                           | -                                      | -               | -                            | 6,000        | acquitted | nothing is known
"""
GUARDED = """
    subject_id | case_family | principal_diagnosis | procedures | day_case | newborn | isolation_needed | verdict          | because
    cataract   | CB1         | H43.1               | 1          | yes      | no      | 0                | day_case         | a day package
    dialysis   | LL1         | N18.5               | 0          | no       | no      | 0                | dialysis_regular | one dialysis is like another
    chemo      | RE1         | Z51.1               | 0          | no       | no      | 0                | oncology_cycle   | a protocol
    eyes       | CB3         | H25.9               | 1          | no       | no      | 0                | staged_surgery   | one lens is set like another
    flu        | ES3         | J10.1               | 0          | no       | no      | 1                | isolation        | an outbreak is treated one way
    births     | OR1         | O80.0               | 1          | no       | no      | 0                | obstetric        | one birth is like another
    baby       | PU1         | P59.9               | 0          | no       | yes     | 0                | newborn          | one newborn is like another
    plain      | ES3         | J18.9               | 0          | no       | no      | 0                | accused          | nothing explains it
"""
CASES = alike(PLAIN, "fifth", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_whole_stay_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["fifth"] == 6000


DIAGNOSES = ("J18.9", "I10.x00", "J18.9", "E11.9", "J18.9")
STAYS = (
    "stay_id | person_id | hospital_id | ward | physician_id | drg | principal_diagnosis | admitted_at | discharged_at | total_amount\n"
    + "\n".join(
        f"s{place} | P{place} | H | W | D | ES35 | {diagnosis} | 2025-03-0{place + 1} | 2025-03-1{place} | 500"
        for place, diagnosis in enumerate(DIAGNOSES)
    )
)
LINES = (
    "line_id | stay_id | charged_at | category | item_code | quantity | unit_price | amount\n"
    + "\n".join(
        f"{place}{item} | s{place} | 2025-03-09 | treatment | {item} | 1 | 100 | 100"
        for place in range(len(DIAGNOSES))
        for item in ("ct", "blood", "heparin", "infusion", "oxygen")
    )
)


def test_five_stays_with_one_bill_are_found_and_four_are_not() -> None:
    every = [f"s{place}" for place in range(len(DIAGNOSES))]
    history = world(stays=STAYS, fee_lines=LINES)
    assert verdicts(RULE, measured(history, "stay", *every)) == dict.fromkeys(every, ACCUSED)
    four = "\n".join(STAYS.splitlines()[:-1])
    assert set(
        verdicts(RULE, measured(world(stays=four, fee_lines=LINES), "stay", *every)).values()
    ) == {ACQUITTED}
