"""H09P, persons with frequent stays, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import amounts, brought, verdicts, written

RULE = BY_CODE["H09P"]
CASES = """
    subject_id      | stays_in_year | stays_in_quarter | hospitals_in_quarter | days_in_year | unexplained_in_year | unexplained_in_quarter | explained_share | oncology_share | dialysis_share | transfusion_share | psychiatric_share | palliative_share | rehabilitation_share | emergencies_share | unexplained_amount | verdict               | because
    every_month     | 9             | 3                | 1                    | 80           | 9                   | 3                      | 0               | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 60,000             | accused               | nine stays without a known cause
    dense           | 4             | 4                | 2                    | 30           | 4                   | 4                      | 0               | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 30,000             | accused               | four in 90 days
    wandering       | 3             | 3                | 3                    | 20           | 3                   | 3                      | 0               | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 20,000             | accused               | three hospitals in 90 days
    half_a_year     | 2             | 1                | 1                    | 190          | 2                   | 1                      | 0               | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 90,000             | accused               | more than 180 days in bed
    cancer_and_more | 14            | 4                | 1                    | 70           | 7                   | 2                      | 0.5             | 0.5            | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 50,000             | accused               | seven more than the treatment explains
    five            | 5             | 3                | 2                    | 40           | 5                   | 3                      | 0               | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 30,000             | acquitted             | below every limit
    once            | 1             | 1                | 1                    | 12           | 1                   | 1                      | 0               | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 9,000              | acquitted             | one stay
    six_months      | 1             | 0                | 0                    | 180          | 1                   | 0                      | 0               | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 90,000             | acquitted             | not more than 180 days
    chemotherapy    | 12            | 4                | 0                    | 30           | 1                   | 0                      | 0.9             | 0.9            | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 9,000              | person_oncology       | a cycle every four weeks
    dialysis        | 9             | 3                | 0                    | 30           | 0                   | 0                      | 1               | 0              | 1              | 0                 | 0                 | 0                | 0                    | 0                 | 0                  | person_dialysis       | dialysis for life
    thalassaemia    | 12            | 3                | 0                    | 20           | 0                   | 0                      | 1               | 0              | 0              | 1                 | 0                 | 0                | 0                    | 0                 | 0                  | person_transfusion    | a transfusion a month
    psychiatric     | 6             | 2                | 0                    | 0            | 1                   | 0                      | 0.8             | 0              | 0              | 0                 | 0.8               | 0                | 0                    | 0                 | 5,000              | person_psychiatric    | long psychiatric care in settlements
    hospice         | 6             | 5                | 1                    | 60           | 2                   | 1                      | 0.6             | 0              | 0              | 0                 | 0                 | 0.6              | 0                    | 0                 | 9,000              | person_palliative     | the last months of a life
    stroke          | 6             | 4                | 1                    | 120          | 2                   | 1                      | 0.7             | 0              | 0              | 0                 | 0                 | 0                | 0.7                  | 0                 | 9,000              | person_rehabilitation | from acute care through rehabilitation
    planned         | 7             | 4                | 1                    | 30           | 3                   | 1                      | 0.6             | 0.2            | 0              | 0                 | 0                 | 0                | 0                    | 0                 | 9,000              | person_announced      | most returns were announced or day care
    end_stage       | 9             | 4                | 1                    | 90           | 8                   | 4                      | 0.1             | 0              | 0              | 0                 | 0                 | 0                | 0                    | 0.9               | 60,000             | person_emergencies    | an ambulance brings nobody for money
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)


def test_only_what_has_no_known_cause_is_in_doubt() -> None:
    assert amounts(RULE, brought(RULE, CASES))["cancer_and_more"] == 50_000
