"""H14, overlong stay, by example."""

from __future__ import annotations

import pytest

from rules.catalogue import BY_CODE
from tests.worlds import alike, amounts, brought, verdicts, written

RULE = BY_CODE["H14"]
PLAIN = """
    subject_id | length_of_stay | length_of_stay_vs_peers | late_day_ratio | late_care_share | total_amount | verdict   | because
    kept       | 30             | 4                       | 0.2            | 1               | 15,000       | accused   | ten days of bed and nursing at the end
    edges      | 10             | 1.645                   | 0.39           | 0.8             | 9,000        | accused   | the edges belong to it
    very_long  | 900            | 20                      | 0.3            | 0.95            | 90,000       | accused   | however long
    short      | 9              | 6                       | 0.1            | 1               | 9,000        | acquitted | nine days have no last third that is too long
    usual      | 30             | 1.6                     | 0.2            | 1               | 9,000        | acquitted | peers stay as long
    dear       | 30             | 4                       | 0.4            | 1               | 9,000        | acquitted | its last days cost as the others
    treated    | 30             | 4                       | 0.2            | 0.79            | 9,000        | acquitted | a fifth of the end was treatment
    no_peers   | 30             | -                       | 0.2            | 1               | 9,000        | acquitted | nobody to compare with
    unknown    | -              | 4                       | -              | -               | 9,000        | acquitted | nothing is known
"""
GUARDED = """
    subject_id | case_family | hospital_kind  | discharge_way | newborn | longest_run_without_tests | awaiting_place | verdict            | because
    exercises  | XR2         | general        | home          | no      | 27                        | 0              | re_evaluated       | rehabilitation, tested within four weeks
    radiation  | RC1         | general        | home          | no      | 14                        | 0              | re_evaluated       | radiotherapy takes weeks
    asylum     | ES3         | psychiatric    | home          | no      | 20                        | 0              | re_evaluated       | a psychiatric hospital that looks again in time
    forgotten  | XR2         | rehabilitation | home          | no      | 28                        | 0              | accused            | four weeks without looking again
    waiting    | BR2         | general        | transfer      | no      | 10                        | 1              | awaiting_placement | waits for a nursing home
    dying      | ES3         | general        | death         | no      | 10                        | 0              | left_early         | died
    tiny       | PU1         | general        | home          | yes     | 10                        | 0              | newborn            | a premature child
    plain      | ES3         | general        | home          | no      | 10                        | 0              | accused            | nothing explains it
"""
CASES = alike(PLAIN, "kept", GUARDED)


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_what_the_last_third_cost_is_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["kept"] == pytest.approx(15_000 * 0.2 / 3)
