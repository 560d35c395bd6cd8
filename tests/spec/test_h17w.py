"""H17W, admissions of a department bunched before a cut-off, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H17W"]
CASES = """
    subject_id | push_z | push_excess | push_urgent_share | push_school_share | stays_in_year | year_amount | verdict         | because
    year_end   | 6      | 30          | 0.2               | 0                 | 400           | 4,000,000   | accused         | thirty more than expected before the year ended
    small      | 5      | 5           | 0                 | 0                 | 20            | 100,000     | accused         | a small house, five too many at once
    holiday    | 3.2    | 12          | 0.5               | 0.2               | 900           | 9,000,000   | accused         | half urgent is not a wave
    calm       | 1      | 3           | 0.3               | 0                 | 400           | 4,000,000   | acquitted       | inside its usual error
    few        | 4      | 4           | 0.3               | 0                 | 60            | 400,000     | acquitted       | four more are not worth a visit
    unknown    | -      | -           | -                 | -                 | 40            | 400,000     | acquitted       | nothing to be expected after
    influenza  | 9      | 40          | 0.9               | 0.1               | 400           | 4,000,000   | surge_of_urgent | a wave of the airways
    tonsils    | 4      | 9           | 0.1               | 0.6               | 400           | 4,000,000   | school_holiday  | children wait for their holidays
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_stays_beyond_what_was_expected_are_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["year_end"] == 300_000
