"""H12, cost shifting, by example."""

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

RULE = BY_CODE["H12"]
PLAIN = """
    subject_id | cost_before_share | early_tests | self_paid_covered_share | kits_not_billed_nor_recorded | cost_before | self_paid_covered_amount | verdict   | because
    moved      | 0.3               | 1           | 0                       | 0                            | 3,000       | 0                        | accused   | the work-up was billed in a clinic
    edges      | 0.15              | 2           | -                       | -                            | 1,500       | -                        | accused   | the edges belong to it
    left       | 0                 | 6           | 0.02                    | 0                            | 0           | 200                      | accused   | covered items were left to the person
    lacking    | 0                 | 6           | 0                       | 1                            | 0           | 0                        | accused   | an operation without its device
    worked_up  | 0.3               | 3           | 0                       | 0                            | 3,000       | 0                        | acquitted | visits before, and a work-up of its own
    cheap      | 0.14              | 0           | 0                       | 0                            | 1,400       | 0                        | acquitted | too little was spent before
    slip       | 0                 | 6           | 0.01                    | 0                            | 0           | 100                      | acquitted | one small item outside the scope
    complete   | 0                 | 6           | 0                       | 0                            | 0           | 0                        | acquitted | all is billed in the stay
    unknown    | -                 | -           | -                       | -                            | -           | -                        | acquitted | nothing is known
"""
GUARDED = """
    subject_id | admission_way | fund_share | verdict     | because
    own_money  | outpatient    | 0          | private_pay | the fund paid nothing at all
    sent_on    | transfer      | 0.6        | transfer    | the hospital before had done the work-up
    usual      | outpatient    | 0.6        | accused     | nothing explains it
"""
CASES = alike(PLAIN, "moved", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_what_was_spent_outside_is_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert {name: found[name] for name in ("moved", "left", "lacking")} == {
        "moved": 3000,
        "left": 200,
        "lacking": 0,
    }


STAYS = """
    stay_id | person_id | hospital_id | drg  | admitted_at | discharged_at | total_amount | fund_amount
    joint   | P         | H           | IC29 | 2025-03-05  | 2025-03-10    | 10,000       | 8,000
    knee    | Q         | H           | IC29 | 2025-03-05  | 2025-03-10    | 10,000       | 8,000
    given   | R         | H           | IC29 | 2025-03-05  | 2025-03-10    | 10,000       | 8,000
"""
OPERATIONS = """
    stay_id | position | code
    joint   | 1        | 81.5100
    knee    | 1        | 81.5400
    given   | 1        | 81.5400
"""
LINES = """
    line_id | stay_id | charged_at | category   | item_code   | quantity | unit_price | amount
    1       | joint   | 2025-03-06 | surgery    | replacement | 1        | 10,000     | 10,000
    2       | knee    | 2025-03-06 | consumable | C030101KNEE | 1        | 10,000     | 10,000
    3       | given   | 2025-03-06 | surgery    | replacement | 1        | 10,000     | 10,000
"""
USES = """
    use_id | stay_id | item_code   | quantity | used_at
    1      | given   | C030102GIFT | 1        | 2025-03-06
"""


def test_an_operation_without_its_device_is_found_unless_the_record_shows_one() -> None:
    tables = {"stays": STAYS, "stay_procedures": OPERATIONS, "fee_lines": LINES}
    rows = measured(world(**tables, device_uses=USES), "stay", "joint", "knee", "given")
    assert verdicts(RULE, rows) == {"joint": ACCUSED, "knee": ACQUITTED, "given": ACQUITTED}
