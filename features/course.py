"""Features of a stay against what its case group usually holds, and when (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, STAY, feature
from features.exact import divided
from features.item_frames import THOUSANDTHS
from features.units import BITS, COUNT

# Without a group of enough stays there is nothing to be unusual against.
COMPARED = pl.col("peers").is_not_null().any()


@feature(
    STAY,
    over="items",
    unit=COUNT,
    family="items",
    direction=HIGH,
    zh="同类罕见项目数",
    says="holds {value} {item|items} that fewer than 2% of its peers hold",
    says_zh="含{value}项同类病例中不足2%才有的项目",
)
def unusual_items() -> pl.Expr:
    """Items billed that fewer than a fiftieth of the case group's stays hold."""
    return pl.when(COMPARED).then(pl.col("unusual").fill_null(value=False).sum())


@feature(
    STAY,
    over="items",
    unit=BITS,
    family="items",
    direction=HIGH,
    zh="罕见项目意外度",
    says="its rare items add up to {value} of surprise",
    says_zh="罕见项目意外度合计{value}",
)
def unusual_item_surprise() -> pl.Expr:
    """Sum of -log2 of the peers' share over the unusual items: ten bits are one in a thousand."""
    rare = pl.col("surprise").filter(pl.col("unusual").fill_null(value=False))
    return pl.when(COMPARED).then(divided(rare.sum(), THOUSANDTHS))


@feature(
    STAY,
    over="items",
    unit=COUNT,
    family="items",
    direction=HIGH,
    zh="缺少的常规项目数",
    says="lacks {value} {item|items} that at least 80% of its peers hold",
    says_zh="缺少{value}项同类病例中八成以上都有的项目",
)
def missing_expected_items() -> pl.Expr:
    """Items that four fifths of the case group's stays hold and this one does not."""
    return pl.when(COMPARED).then(pl.col("missing").sum())


@feature(
    STAY,
    over="steps",
    unit=COUNT,
    family="items",
    direction=HIGH,
    zh="时序异常的步骤数",
    says="begins {value} {step|steps} on a day on which fewer than 2% of its peers begin {it|them}",
    says_zh="有{value}个步骤的开始日在同类病例中不足2%",
)
def steps_out_of_order() -> pl.Expr:
    """Steps (tests, operation, drugs, ...) that begin on a day on which hardly any peer's do."""
    return pl.when(COMPARED).then(pl.col("out_of_order").fill_null(value=False).sum())
