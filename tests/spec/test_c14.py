"""C14, operation without its device, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import brought, verdicts, written

RULE = BY_CODE["C14"]
CASES = """
    subject_id | kits_not_billed | absent_device_share | procedures | given_devices | kits_not_billed_nor_given | absent_share_not_given | fund_share | discharge_way   | verdict      | because
    bare       | 1               | 0.5                 | 1          | 0             | 1                         | 0.5                    | 0.7        | discharged      | accused      | a stent was put in and none is billed
    unlike     | 0               | 0.98                | 1          | 0             | 0                         | 0.98                   | 0.7        | discharged      | accused      | ninety-eight of a hundred peers are billed for one
    unlisted   | -               | 0.98                | 2          | 0             | -                         | 0.98                   | 0.7        | discharged      | accused      | no kit is known, its peers speak
    suture     | 1               | 0.5                 | 1          | 1             | 1                         | 0.5                    | 0.7        | discharged      | accused      | a suture was given, and the stent is lacking
    mesh       | 0               | 0.99                | 1          | 1             | 0                         | 0.98                   | 0.7        | discharged      | accused      | one class was given, another that peers are billed for was not
    usual      | 0               | 0.9                 | 1          | 0             | 0                         | 0.9                    | 0.7        | discharged      | acquitted    | one peer in ten does without
    unoperated | 0               | 0.99                | 0          | 0             | 0                         | 0.99                   | 0.7        | discharged      | acquitted    | nothing was operated
    unknown    | -               | -                   | 1          | 0             | -                         | -                      | 0.7        | discharged      | acquitted    | nothing is known of its peers
    gift       | 1               | 0.99                | 1          | 1             | 0                         | 0.5                    | 0.7        | discharged      | given_device | the implant was given, and is in the record
    only_kit   | 1               | 0.99                | 0          | 1             | 0                         | 0.99                   | 0.7        | discharged      | given_device | nothing but the kit speaks, and it was given
    private    | 1               | 0.99                | 1          | 0             | 1                         | 0.99                   | 0          | discharged      | private_pay  | the fund paid nothing
    gone       | 1               | 0.99                | 1          | 0             | 1                         | 0.99                   | 0.7        | against_advice  | left_early   | left before it was put in
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)
