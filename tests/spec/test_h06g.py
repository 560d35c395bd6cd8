"""H06G, induced stays of one place, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import brought, verdicts, written

RULE = BY_CODE["H06G"]
CASES = """
    subject_id     | size | arrival_surprise | waived_share | address_share | address_persons | waves | first_to_last_day | regular_care_share | infectious_share | injury_share | screening_share | old_age_share | winter_share | respiratory_share | relief_share | group_amount | verdict            | because
    bus            | 8    | 9                | 1            | 0.9           | 300             | 1     | 3                 | 0.1                | 0                | 0            | 0               | 0.8           | 0            | 0                 | 0            | 60,000       | accused            | eight of one village in a week, nobody paid
    referrer       | 5    | 4                | 0.6          | 0.2           | 900             | 1     | 5                 | 0                  | 0                | 0            | 0               | 0.2           | 0            | 0                 | 0.2          | 30,000       | accused            | one referrer, and most paid hardly anything
    just_enough    | 4    | 3                | 0.5          | 0.5           | 300             | 1     | 6                 | 0                  | 0                | 0            | 0               | 0             | 1            | 0.3               | 0.1          | 20,000       | accused            | each limit is just reached
    village_doctor | 6    | 5                | 0.1          | 0.5           | 300             | 1     | 5                 | 0                  | 0                | 0            | 0               | 0.5           | 0            | 0                 | 0            | 30,000       | acquitted          | they paid their part
    usual          | 6    | 1                | 1            | 0.9           | 900             | 1     | 5                 | 0                  | 0                | 0            | 0               | 0.5           | 0            | 0                 | 0            | 30,000       | acquitted          | that place always sends so many
    couple         | 3    | 4                | 1            | 1             | 300             | 1     | 0                 | 0                  | 0                | 0            | 0               | 0             | 0            | 0                 | 0            | 10,000       | acquitted          | three persons are not yet a group
    family         | 4    | 4                | 1            | 1             | 5               | 1     | 2                 | 0                  | 0.5              | 0            | 0               | 0             | 0            | 0                 | 0            | 10,000       | group_household    | one household
    dialysis       | 4    | 4                | 1            | 0.5           | 300             | 1     | 2                 | 1                  | 0                | 0            | 0               | 0             | 0            | 0                 | 0            | 10,000       | group_regular_care | dialysis is nearly free
    outbreak       | 7    | 8                | 0.5          | 1             | 300             | 1     | 4                 | 0                  | 1                | 0            | 0               | 0             | 1            | 0.2               | 0            | 20,000       | group_outbreak     | one wave of infections
    care_home      | 7    | 8                | 0.5          | 1             | 120             | 2     | 9                 | 0                  | 0.3              | 0            | 0               | 1             | 1            | 1                 | 0            | 20,000       | group_care_home    | old people of one home with coughs in winter
    accident       | 7    | 8                | 0.5          | 1             | 300             | 1     | 0                 | 0                  | 0                | 1            | 0               | 0             | 0            | 0                 | 0            | 20,000       | group_accident     | injuries of one day
    programme      | 9    | 9                | 1            | 1             | 300             | 1     | 5                 | 0                  | 0                | 0            | 1               | 0.5           | 0            | 0                 | 0            | 9,000        | group_screening    | screening that the city pays
    relief         | 5    | 5                | 1            | 1             | 300             | 1     | 5                 | 0                  | 0                | 0            | 0               | 0.5           | 0            | 0                 | 0.8          | 9,000        | group_relief       | relief pays their part
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)
