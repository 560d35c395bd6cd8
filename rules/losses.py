"""The ways a loss is established (细则 art. 35), as amounts that a rule declares; all in fen.

Under case payment a wrong group costs the difference between two payments; what is exact is
summed line by line. Proportional calculation over what was not examined (extrapolation) is
no way of this system: it is for people, after a full investigation, and never in a total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

GROUP_DIFFERENCE = "drg_difference"
GROUP_VERSUS_FEES = "drg_vs_ffs"
LINE_SUM = "line_sum"
METHODS = (GROUP_DIFFERENCE, GROUP_VERSUS_FEES, LINE_SUM)


def group_difference(coded: pl.Expr, proper: pl.Expr) -> pl.Expr:
    """Art. 35 (a): payment standard of the group coded above that of the proper group.

    Nothing where the proper group pays more, or where either is unknown.
    """
    return (coded - proper).clip(lower_bound=0)


def group_versus_fees(fees: pl.Expr, proper: pl.Expr) -> pl.Expr:
    """Art. 35 (b): what was settled by fee for service above the proper group's payment."""
    return (fees - proper).clip(lower_bound=0)


def line_sum(amount: pl.Expr, doubtful: pl.Expr) -> pl.Expr:
    """Art. 35, exact: the lines in doubt, reversals of them taken off; never below nothing."""
    return amount.filter(doubtful).sum().clip(lower_bound=0)
