"""Features of the patients of a ledger: reasons to take this article (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, LEDGER, feature
from features.units import SHARE


@feature(
    LEDGER,
    over="ledger_patients",
    unit=SHARE,
    family="choice",
    direction=BOTH,
    zh="并发症病例占比",
    says="{value} of the month's cases are in groups with complications",
    says_zh="当月病例中{value}属伴并发症病组",
)
def complicated_share() -> pl.Expr:
    """Share of the month's stays in a group with complications or severe ones."""
    return pl.col("complicated").mean()


@feature(
    LEDGER,
    over="ledger_patients",
    unit=SHARE,
    family="choice",
    direction=BOTH,
    zh="有书面理由病例占比",
    says="{value} of the month's cases list an allergy or an unusual body",
    says_zh="当月病例中{value}列有过敏或特殊体型诊断",
)
def reasoned_share() -> pl.Expr:
    """Share of the month's stays with an allergy, obesity, deformity or malformation listed."""
    return pl.col("reasoned").mean()
