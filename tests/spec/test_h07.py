"""H07, clustered stays, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H07"]
CASES = """
    subject_id  | size | meetings_per_pair | repeat_surprise | bill_likeness | address_share | address_persons | waves | first_to_last_day | regular_care_share | infectious_share | injury_share | old_age_share | winter_share | respiratory_share | group_amount | verdict            | because
    ring        | 6    | 3                 | 20              | 0.99          | 0.2           | 900             | 3     | 60                | 0                  | 0                | 0            | 0             | 0            | 0                 | 90,000       | accused            | six persons, three times together, one bill
    village     | 8    | 2.5               | 30              | 0.6           | 0.9           | 400             | 3     | 90                | 0                  | 0                | 0            | 0.5           | 0.3          | 0                 | 80,000       | accused            | one large address, again and again
    just_enough | 4    | 2                 | 3               | 0.95          | 0             | -               | 2     | 30                | 0.5                | 0                | 0            | 0             | 0            | 0                 | 20,000       | accused            | each limit is just reached
    three       | 3    | 3                 | 12              | 1             | 1             | 900             | 3     | 60                | 0                  | 0                | 0            | 0             | 0            | 0                 | 30,000       | acquitted          | three persons are not yet a group
    by_chance   | 6    | 2                 | 2.9             | 1             | 0             | -               | 2     | 30                | 0                  | 0                | 0            | 0             | 0            | 0                 | 30,000       | acquitted          | a busy ward brings that about by chance
    different   | 6    | 3                 | 20              | 0.7           | 0.3           | 900             | 3     | 60                | 0                  | 0                | 0            | 0             | 0            | 0                 | 30,000       | acquitted          | neither bills nor addresses are alike
    once        | 6    | 1.4               | 8               | 1             | 1             | 900             | 2     | 60                | 0                  | 0                | 0            | 0             | 0            | 0                 | 30,000       | acquitted          | hardly more than once together
    family      | 4    | 2                 | 9               | 0.99          | 1             | 5               | 2     | 60                | 0                  | 0                | 0            | 0             | 0            | 0                 | 20,000       | group_household    | five persons are registered there
    dialysis    | 5    | 9                 | 30              | 1             | 0.2           | 900             | 9     | 250               | 1                  | 0                | 0            | 0.4           | 0.3          | 0                 | 60,000       | group_regular_care | the same days of dialysis
    school      | 5    | 2                 | 9               | 0.99          | 0.2           | 900             | 1     | 2                 | 0                  | 1                | 0            | 0             | 1            | 0.1               | 20,000       | group_outbreak     | one wave of infections
    home        | 6    | 2                 | 9               | 0.97          | 0.9           | 120             | 2     | 40                | 0                  | 0.2              | 0            | 1             | 1            | 0.9               | 50,000       | group_care_home    | old people of one home with coughs in winter
    bus         | 5    | 2                 | 5               | 0.96          | 0             | -               | 1     | 1                 | 0                  | 0                | 1            | 0.2           | 0            | 0                 | 70,000       | group_accident     | injuries of one day
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_all_that_they_cost_together_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["ring"] == 90_000
