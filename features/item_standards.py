"""Standards that are sets and sequences: which items a case group holds, which step when.

For every peer group the share of its stays that hold an item, and the days on which a step
begins (DOMAIN 7.3: expected from .8, unusual below .02). A small group is drawn towards the
wider one around it: its share counts like ``PRIOR_RECORDS`` more stays of the wider group,
the m-estimate of a probability (Cestnik 1990), which is the posterior mean of a beta prior
and the same weight n / (n + PRIOR_RECORDS) that numeric standards have. In the whole city
half a stay is added on either side (Krichevsky and Trofimov 1981), so that no share is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.standard_tables import STANDARD_DAYS, STANDARD_ITEMS
from features.declaration import STAY
from features.standards import PRIOR_RECORDS, cell_name

if TYPE_CHECKING:
    from datetime import date

EXPECTED_FROM = 0.8
UNUSUAL_BELOW = 0.02
# A share of a fiftieth cannot be told from fewer stays; the next wider group speaks.
FEWEST_STAYS = 30
HALF = 0.5
# Narrowest first. Schemes share a group: what is done to a patient is a matter of medicine.
CELLS: tuple[tuple[str, ...], ...] = (
    ("case_group", "level"),
    ("case_group",),
    ("case_family",),
    (),
)
CONTEXT = ("case_group", "case_family", "level")
CLASS_CHARACTERS = 7
# What is done to a patient, step by step; bed and nursing accompany every day.
STEPS: dict[str, tuple[str, ...]] = {
    "examination": ("examination", "laboratory"),
    "operation": ("surgery", "anaesthesia"),
    "drug": ("drug",),
    "treatment": ("treatment",),
    "rehabilitation": ("rehabilitation",),
    "consumable": ("consumable",),
}
STEPS_ZH = {
    "examination": "检查检验",
    "operation": "手术麻醉",
    "drug": "用药",
    "treatment": "治疗",
    "rehabilitation": "康复",
    "consumable": "耗材",
}
# First days of the spans of a stay; day 0 is that of admission, -1 all before it.
DAY_STARTS = (-1, 0, 1, 2, 3, 4, 7, 14, 30)


def item_of() -> pl.Expr:
    """The item of a line: its code, of a consumable its class, because makers differ."""
    consumable = pl.col("category") == "consumable"
    code = pl.col("item_code")
    return pl.when(consumable).then(code.str.slice(0, CLASS_CHARACTERS)).otherwise(code)


def step_of() -> pl.Expr:
    """The step that a fee class belongs to, null for what accompanies every day."""
    steps = {one: step for step, classes in STEPS.items() for one in classes}
    return pl.col("category").replace_strict(steps, default=None, return_dtype=pl.String)


def span_of(day: pl.Expr) -> pl.Expr:
    """First day of the span that a day of the stay lies in."""
    start = pl.lit(DAY_STARTS[0], pl.Int64)
    for first in DAY_STARTS[1:]:
        start = pl.when(day >= first).then(pl.lit(first, pl.Int64)).otherwise(start)
    return pl.when(day.is_not_null()).then(start)


def cells(stays: pl.LazyFrame, *kept: str) -> pl.LazyFrame:
    """Names of the peer groups of stays, as ``cell_0`` (narrowest) to ``cell_3``."""
    names = [cell_name(columns, STAY).alias(f"cell_{i}") for i, columns in enumerate(CELLS)]
    # Not part of these groups, but of the names that stays' standards have.
    return stays.with_columns(scheme=pl.lit("*")).select("subject_id", *kept, *names)


def freeze_items(
    stays: pl.DataFrame, items: pl.DataFrame, *, version: str, on: date
) -> pl.DataFrame:
    """Build rows of table `standard_items`.

    ``stays`` (subject_id, ``CONTEXT``) are those with fee lines; ``items`` (subject_id,
    item, category) holds each item of a stay once.
    """
    named = cells(stays.lazy()).collect()
    wider: pl.DataFrame | None = None
    built: list[pl.DataFrame] = []
    for width in range(len(CELLS) - 1, -1, -1):
        wider = _items_of(named, items, width, wider)
        built.append(wider)
    kind = (
        pl.when(pl.col("share") >= EXPECTED_FROM)
        .then(pl.lit("expected"))
        .when(pl.col("share") < UNUSUAL_BELOW)
        .then(pl.lit("unusual"))
        .otherwise(pl.lit("optional"))
    )
    return (
        pl.concat(built)
        .with_columns(kind=kind, version=pl.lit(version), run_date=pl.lit(on))
        .select(STANDARD_ITEMS.names)
        .sort(STANDARD_ITEMS.key)
    )


def _groups(named: pl.DataFrame, width: int) -> pl.DataFrame:
    """Stays with their group of one width and the group around it."""
    around = pl.lit(None, pl.String) if width == len(CELLS) - 1 else pl.col(f"cell_{width + 1}")
    return named.select("subject_id", cell=f"cell_{width}", around=around).drop_nulls("cell")


def _items_of(
    named: pl.DataFrame, items: pl.DataFrame, width: int, wider: pl.DataFrame | None
) -> pl.DataFrame:
    groups = _groups(named, width)
    sizes = groups.group_by("cell").agg(n=pl.len().cast(pl.Int64), around=pl.col("around").min())
    counted = (
        items.join(groups.select("subject_id", "cell"), on="subject_id")
        .group_by("cell", "item")
        .agg(with_item=pl.len().cast(pl.Int64), category=pl.col("category").min())
        .join(sizes, on="cell")
    )
    if wider is None:
        share = (pl.col("with_item") + HALF) / (pl.col("n") + 2 * HALF)
    else:
        counted = counted.join(
            wider.select("item", around="cell", share_around="share"),
            on=["around", "item"],
            how="left",
        )
        share = shrunk("with_item", "n", "share_around")
    return counted.with_columns(share=share).select(
        "cell", "item", "category", "n", "with_item", "share"
    )


def shrunk(part: str, whole: str, around: str) -> pl.Expr:
    """A share drawn towards the wider group's; its own where there is no wider one."""
    own = pl.col(part) / pl.col(whole)
    return (pl.col(part) + PRIOR_RECORDS * pl.coalesce(pl.col(around), own)) / (
        pl.col(whole) + PRIOR_RECORDS
    )


def freeze_days(
    stays: pl.DataFrame, steps: pl.DataFrame, *, version: str, on: date
) -> pl.DataFrame:
    """Build rows of table `standard_days`.

    ``steps`` (subject_id, step, from_day, began) holds each span on which a stay has a
    step once; ``began`` says that it is the first one.
    """
    named = cells(stays.lazy()).collect()
    wider: pl.DataFrame | None = None
    built: list[pl.DataFrame] = []
    for width in range(len(CELLS) - 1, -1, -1):
        wider = _days_of(named, steps, width, wider)
        built.append(wider)
    return (
        pl.concat(built)
        .with_columns(version=pl.lit(version), run_date=pl.lit(on))
        .select(STANDARD_DAYS.names)
        .sort(STANDARD_DAYS.key)
    )


def _days_of(
    named: pl.DataFrame, steps: pl.DataFrame, width: int, wider: pl.DataFrame | None
) -> pl.DataFrame:
    groups = _groups(named, width)
    joined = steps.join(groups, on="subject_id")
    whole = joined.group_by("cell", "step").agg(
        n=pl.col("subject_id").n_unique().cast(pl.Int64), around=pl.col("around").min()
    )
    counted = joined.group_by("cell", "step", "from_day").agg(
        began=pl.col("began").sum().cast(pl.Int64), there=pl.len().cast(pl.Int64)
    )
    spans = pl.DataFrame({"from_day": DAY_STARTS}, schema={"from_day": pl.Int64()})
    full = (
        whole.join(spans, how="cross")
        .join(counted, on=["cell", "step", "from_day"], how="left")
        .with_columns(pl.col("began", "there").fill_null(0))
    )
    if wider is None:
        return _city_days(full)
    parent = wider.select(
        "step", "from_day", around="cell", began_around="share_began", there_around="share"
    )
    return full.join(parent, on=["around", "step", "from_day"], how="left").select(
        *DAY_COLUMNS,
        share_began=shrunk("began", "n", "began_around"),
        share=shrunk("there", "n", "there_around"),
    )


DAY_COLUMNS = ("cell", "step", "from_day", "n", "began", "there")


def _city_days(full: pl.DataFrame) -> pl.DataFrame:
    """Shares of the whole city; those of the beginning add up to one."""
    return full.select(
        *DAY_COLUMNS,
        share_began=(pl.col("began") + HALF) / (pl.col("n") + HALF * len(DAY_STARTS)),
        share=(pl.col("there") + HALF) / (pl.col("n") + 2 * HALF),
    )
