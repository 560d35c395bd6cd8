"""C20, supplier concentration, by example."""

from __future__ import annotations

from rules.catalogue import BY_CODE
from tests.worlds import brought, verdicts, written

RULE = BY_CODE["C20"]
CASES = """
    subject_id | top_supplier_share | top_supplier_premium | top_supplier_above | verdict   | because
    alone      | 1                  | 0.25                 | 90,000             | accused   | one sells all, a quarter too dear
    most       | 0.8                | 0.12                 | 40,000             | accused   | four fifths at an eighth more
    just_over  | 0.55               | 0.06                 | 9,000              | accused   | past both limits
    agent      | 1                  | 0                    | 0                  | acquitted | a sole agent, as dear for all
    split      | 0.4                | 0.3                  | 20,000             | acquitted | others sell more than half
    bargain    | 0.9                | -0.05                | 0                  | acquitted | cheaper than others buy
    unknown    | 1                  | -                    | -                  | acquitted | nobody else buys it
"""


def test_the_verdicts_are_as_written() -> None:
    assert verdicts(RULE, brought(RULE, CASES)) == written(CASES)
