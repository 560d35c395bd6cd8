"""H05, false stay, by example."""

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

RULE = BY_CODE["H05"]
PLAIN = """
    subject_id   | unrecorded_share | devices_not_issued | surgery_without_anaesthesia | procedures | days_in_two_hospitals | clinic_visits_elsewhere | ward_likeness | days_without_nursing | total_amount | verdict   | because
    paper        | 1                | 0                  | 1                           | 1          | 0                     | 0                       | 0.2           | 0                    | 30,000       | accused   | implants without a record, an operation without anaesthesia
    shell        | -                | -                  | 0                           | 0          | 0                     | 1                       | 0.95          | 0                    | 9,000        | accused   | seen elsewhere, and billed like somebody else
    twice        | -                | 0                  | 0                           | 0          | 3                     | 0                       | 0.8           | 0                    | 9,000        | accused   | in two hospitals, and the edge of likeness
    unnursed     | -                | 1                  | 0                           | 0          | 0                     | 0                       | 0.2           | 4                    | 9,000        | accused   | devices that never left the store, days without nursing
    three        | 1                | 1                  | 1                           | 2          | 1                     | 0                       | 0.1           | 0                    | 9,000        | accused   | three signs
    one_kind     | 1                | 2                  | 0                           | 1          | 0                     | 0                       | 0.2           | 0                    | 9,000        | acquitted | no record and no issue are one kind of sign
    some_record  | 0.5              | 0                  | 1                           | 1          | 0                     | 0                       | 0.2           | 0                    | 9,000        | acquitted | half of its devices are recorded
    small        | 1                | 0                  | 1                           | 0          | 0                     | 0                       | 0.2           | 0                    | 9,000        | acquitted | a fee of surgery without a coded operation
    two_days     | -                | 1                  | 0                           | 0          | 0                     | 0                       | 0.2           | 2                    | 9,000        | acquitted | two days without nursing may be a slip
    one_visit    | -                | -                  | 0                           | 0          | 0                     | 1                       | 0.79          | 0                    | 9,000        | acquitted | one sign alone is a clue for other rules
    present      | 0                | 0                  | 0                           | 1          | 0                     | 0                       | 0.2           | 0                    | 9,000        | acquitted | no sign at all
    unknown      | -                | -                  | -                           | -          | -                     | -                       | -             | -                    | 9,000        | acquitted | nothing is known
"""
GUARDED = """
    subject_id | case_family | principal_diagnosis | hospital_kind  | day_case | newborn | verdict           | because
    cataract   | CB3         | H25.9               | general        | yes      | no      | day_case          | a day case, billed like all others
    baby       | PU1         | P59.9               | general        | no       | yes     | newborn           | a newborn, lying at its mother's
    dialysis   | LL1         | N18.5               | general        | no       | no      | dialysis_regular  | one dialysis is billed like another
    chemo      | RE1         | Z51.1               | general        | no       | no      | oncology_cycle    | a protocol is billed alike
    exercises  | XR2         | I69.3               | general        | no       | no      | rehabilitation    | seen elsewhere on a weekend
    on_leave   | TR1         | F20.0               | general        | no       | no      | psychiatric_leave | on trial leave
"""
CASES = alike(PLAIN, "shell", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_whole_stay_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["paper"] == 30_000


STAYS = """
    stay_id | person_id | hospital_id | ward | drg  | admitted_at | discharged_at | total_amount | principal_diagnosis
    true    | P         | H           | W    | ES35 | 2025-03-01  | 2025-03-06    | 500          | J18.9
    copied  | Q         | H           | W    | ES35 | 2025-03-08  | 2025-03-13    | 500          | J18.9
    at_home | Q         | K           | W    | ES35 | 2025-03-07  | 2025-03-10    | 500          | J18.9
"""
ITEMS = ("ct", "blood", "heparin", "infusion", "oxygen")
HEAD = "line_id | stay_id | charged_at | category | item_code | quantity | unit_price | amount"
LINES = "\n".join(
    [
        HEAD,
        *(
            f"{stay}{item} | {stay} | 2025-03-{day} | {category} | {item} | {units} | 100 | 500"
            for stay, day in (("true", "02"), ("copied", "09"))
            for item, category, units in (
                ("nursing", "nursing", 5),
                *((item, "treatment", 1) for item in ITEMS),
            )
        ),
    ]
)


def test_it_finds_the_copied_stay_of_somebody_who_lay_elsewhere() -> None:
    rows = measured(world(stays=STAYS, fee_lines=LINES), "stay", "true", "copied", "at_home")
    assert verdicts(RULE, rows) == {"true": ACQUITTED, "copied": ACCUSED, "at_home": ACQUITTED}
