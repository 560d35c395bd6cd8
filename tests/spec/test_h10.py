"""H10, up-coding, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H10"]
CASES = """
    subject_id | bare_major_complications | thin_major_complications | major_complications | payment_standard_ratio | lighter_sibling_ratio | unsupported_payment | step_to_lighter_group | total_amount | payment_standard | discharge_way  | admission_way | clinic_visits_elsewhere | case_family | principal_diagnosis | palliative_coded | verdict           | because
    bare       | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | 6,000               | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | accused           | nothing in the bill bears the complication out, whatever it cost
    bare_only  | 1                        | -                        | -                   | -                      | -                     | -                   | -                     | 8,000        | -                | -              | -             | -                       | -           | -                   | -                | accused           | one branch is enough, and what is not known protects nobody
    thin       | 0                        | 1                        | 1                   | 1.0                    | 1.15                  | 0                   | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | accused           | tested or treated alone, and the lighter group would have done
    cheap      | 0                        | 0                        | 1                   | 0.59                   | 0.9                   | 0                   | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | accused           | far below its group, and the lighter group would have done
    unsplit    | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | -                   | -                     | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | accused           | no sibling: the fee itself stands against the standard
    supported  | 0                        | 0                        | 1                   | 1.0                    | 1.3                   | 0                   | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | acquitted         | tested, treated and as dear as its group
    thin_dear  | 0                        | 1                        | 1                   | 1.0                    | 1.16                  | 0                   | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | acquitted         | tested alone, but too dear for the lighter group
    cheap_edge | 0                        | 0                        | 1                   | 0.6                    | 0.9                   | 0                   | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | acquitted         | the limit itself is not below it
    plain      | 0                        | 0                        | 0                   | 0.4                    | 0.6                   | 0                   | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | acquitted         | cheap, but coded no graver than it is
    lowest     | 0                        | 0                        | 1                   | 0.4                    | -                     | 0                   | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 0                | acquitted         | no lighter sibling to compare with
    died       | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | 6,000               | 4,000                 | 8,000        | 14,000           | death          | outpatient    | 0                       | ES3         | J18.9               | 0                | care_cut_short    | who dies early runs up no bill
    advice     | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | 6,000               | 4,000                 | 8,000        | 14,000           | against_advice | outpatient    | 0                       | ES3         | J18.9               | 0                | care_cut_short    | left before the care was complete
    moved      | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | 6,000               | 4,000                 | 8,000        | 14,000           | home           | transfer      | 0                       | ES3         | J18.9               | 0                | transfer          | tested where he came from
    outside    | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | 6,000               | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 2                       | ES3         | J18.9               | 0                | treated_elsewhere | dialysed at another clinic meanwhile
    chemo      | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | 6,000               | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | RE1         | Z51.1               | 0                | oncology_cycle    | a cycle of cancer treatment
    hospice    | 1                        | 0                        | 1                   | 1.0                    | 1.3                   | 6,000               | 4,000                 | 8,000        | 14,000           | home           | outpatient    | 0                       | ES3         | J18.9               | 1                | palliative        | nothing more is tested
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_the_difference_between_the_groups_is_in_doubt() -> None:
    found = amounts(RULE, brought(RULE, CASES))
    assert found["bare"] == 6000
    assert found["cheap"] == 4000
    assert found["unsplit"] == 14000 - 8000
    assert found["bare_only"] == 0
