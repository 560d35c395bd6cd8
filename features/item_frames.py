"""Prepared frames of stays: their items and steps, each beside the share of peers that have it.

The narrowest group of ``FEWEST_STAYS`` stays speaks, the family of case groups at the widest:
what is rare in the whole city may be the daily bread of a rare group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.frozen import VERSION_READ
from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import stay_frames
from features.frames import Frame, source, together
from features.item_standards import (
    CELLS,
    CLASS_CHARACTERS,
    CONTEXT,
    EXPECTED_FROM,
    FEWEST_STAYS,
    UNUSUAL_BELOW,
    cells,
    item_of,
    span_of,
    step_of,
)
from features.standards import PRIOR_RECORDS
from features.stay_device_frames import GIFTS, given

if TYPE_CHECKING:
    from claims.history import History

THOUSANDTHS = 1000
# Groups that may speak, the whole city left out.
WIDTHS = range(len(CELLS) - 1)
# All that the standards of a stay depend on: many stays share it.
PATH = (
    VERSION_READ,
    "width",
    *(f"{name}_{width}" for name in ("cell", "n") for width in range(len(CELLS))),
)
COMPARED = source(
    "fee_lines.stay_id", "fee_lines.category", "fee_lines.item_code", "fee_lines.quantity"
)
ITEM = tuple(a | b for a in COMPARED for b in stay_frames.GROUP)
STEP = tuple(a | b | c for a in COMPARED for b in stay_frames.GROUP for c in stay_frames.LINE_DAY)


def billed_items(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Items of the stays (subject_id, item, category), reversed ones left out."""
    ids = subjects.select(stay_id="subject_id")
    lines = history.versions("fee_lines", ids).select(
        "stay_id", "category", "item_code", "quantity", KNOWN_FROM, KNOWN_UNTIL
    )
    return (
        subjects.join(lines, left_on="subject_id", right_on="stay_id")
        .filter(as_of("as_of"))
        .with_columns(item=item_of())
        .group_by("subject_id", "item")
        .agg(pl.col("quantity").sum(), pl.col("category").min())
        .filter(pl.col("quantity") > 0)
        .select("subject_id", "item", "category")
    )


def billed_steps(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Spans of days on which the stays have a step (subject_id, step, from_day, began)."""
    first = pl.col("from_day").min().over("subject_id", "step")
    return (
        stay_frames.lines(history, subjects)
        .filter(pl.col("quantity") > 0)
        .select("subject_id", step=step_of(), from_day=span_of(pl.col("day")))
        .drop_nulls()
        .unique()
        .with_columns(began=pl.col("from_day") == first)
    )


def peers(history: History, subjects: pl.LazyFrame) -> pl.DataFrame:
    """Subjects with their version and, of each width, the group and how many stays it has.

    ``width`` is that of the narrowest group that speaks, null where none does.
    """
    around = stay_frames.stay(history, subjects).select("subject_id", *CONTEXT)
    versioned = history.frozen.for_subjects(subjects).collect().lazy()
    found = cells(versioned.join(around, on="subject_id"), VERSION_READ)
    sizes = _rows(history, versioned, "standard_items").select(VERSION_READ, "cell", "n").unique()
    for width in range(len(CELLS)):
        found = found.join(
            sizes.rename({"cell": f"cell_{width}", "n": f"n_{width}"}),
            on=[VERSION_READ, f"cell_{width}"],
            how="left",
        )
    speaking = pl.coalesce(
        pl.when(pl.col(f"n_{one}") >= FEWEST_STAYS).then(pl.lit(one)) for one in WIDTHS
    )
    chosen = found.with_columns(width=speaking)
    return chosen.with_columns(cell=_of_width("cell"), peers=_of_width("n")).collect()


def _rows(history: History, versioned: pl.LazyFrame, table: str) -> pl.LazyFrame:
    return history.frozen.rows(table, versioned).drop("run_date")


def _of_width(column: str) -> pl.Expr:
    """The column of the group that speaks, as ``n_1`` where width is 1; null where none does."""
    return pl.coalesce(
        pl.when(pl.col("width") == width).then(f"{column}_{width}") for width in WIDTHS
    )


def items(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and item that it holds, or that its peers do and it does not.

    ``share`` is that of the peers that hold it, null where no group speaks or nobody in the
    city ever held it: a new code says nothing about a stay. ``surprise`` is in thousandths
    of a bit: whole numbers add up to the same, whatever the number of threads. ``given`` says
    that the record shows a device of this class from a lot that the hospital was given.
    """
    compared = peers(history, subjects)
    kinds = compared.select(PATH).unique(maintain_order=True).with_row_index("kind_of_stay")
    known = compared.join(kinds, on=PATH, nulls_equal=True).lazy()
    stays = known.select("subject_id", "kind_of_stay", VERSION_READ, "cell", "peers")
    # Both are read several times, so they are computed once.
    found = billed_items(history, subjects).with_columns(billed=pl.lit(value=True)).collect()
    held = found.lazy()
    standard = _rows(history, known, "standard_items").collect().lazy()
    both = pl.concat([held, _expected(standard, stays, held)], how="diagonal_relaxed")
    rows = both.join(stays, on="subject_id").collect().lazy()
    shares = _shares(standard, rows.select("kind_of_stay", "item").unique(), kinds.lazy())
    gifts = (
        given(history, subjects)
        .select("subject_id", item=pl.col("item_code").str.slice(0, CLASS_CHARACTERS))
        .unique()
        .with_columns(given=pl.lit(value=True))
    )
    shared = rows.join(shares, on=["kind_of_stay", "item"], how="left")
    return shared.join(gifts, on=["subject_id", "item"], how="left").with_columns(
        unusual=pl.col("billed") & (pl.col("share") < UNUSUAL_BELOW),
        missing=~pl.col("billed"),
        given=pl.col("given").fill_null(value=False),
        surprise=(-pl.col("share").log(2) * THOUSANDTHS).round().cast(pl.Int64),
    )


def _expected(standard: pl.LazyFrame, stays: pl.LazyFrame, held: pl.LazyFrame) -> pl.LazyFrame:
    """What the peers hold and the stay does not; only of stays that hold something."""
    expected = standard.filter(pl.col("share") >= EXPECTED_FROM).select(
        VERSION_READ, "cell", "item", "category"
    )
    return (
        stays.join(held.select("subject_id").unique(), on="subject_id", how="semi")
        .select("subject_id", VERSION_READ, "cell")
        .join(expected, on=[VERSION_READ, "cell"])
        .join(held, on=["subject_id", "item"], how="anti")
        .select("subject_id", "item", "category", billed=pl.lit(value=False))
    )


def _shares(standard: pl.LazyFrame, pairs: pl.LazyFrame, kinds: pl.LazyFrame) -> pl.LazyFrame:
    """Share of each item in the group that speaks: wider groups first, as they were frozen.

    An item that a group never held has no row there; its share is what the wider group
    lends, as if the row said 0.
    """
    rows = pairs.join(kinds, on="kind_of_stay")
    shares = standard.select(VERSION_READ, "cell", "item", "share")
    around: pl.Expr = pl.lit(None, pl.Float64)
    for width in range(len(CELLS) - 1, -1, -1):
        own = f"share_{width}"
        lent = PRIOR_RECORDS / (PRIOR_RECORDS + pl.col(f"n_{width}").fill_null(0))
        rows = rows.join(
            shares.rename({"cell": f"cell_{width}", "share": own}),
            on=[VERSION_READ, f"cell_{width}", "item"],
            how="left",
        ).with_columns(pl.coalesce(own, around * lent).alias(own))
        around = pl.col(own)
    return rows.select("kind_of_stay", "item", share=_of_width("share"))


def steps(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and step: when it begins, and the share of peers that begin it then."""
    stays = peers(history, subjects).lazy().select("subject_id", VERSION_READ, "cell")
    standard = _rows(history, stays, "standard_days").select(
        VERSION_READ, "cell", "step", "from_day", peers="n", share="share_began"
    )
    rare = (pl.col("share") < UNUSUAL_BELOW) & (pl.col("peers") >= FEWEST_STAYS)
    return (
        billed_steps(history, subjects)
        .filter("began")
        .join(stays, on="subject_id")
        .join(standard, on=[VERSION_READ, "cell", "step", "from_day"], how="left")
        .with_columns(out_of_order=rare)
    )


FRAMES = {
    "items": Frame(
        "items",
        items,
        needs=ITEM,
        sources={
            **dict.fromkeys(("unusual", "missing", "surprise", "peers", "share", "category"), ITEM),
            "given": together(ITEM, GIFTS),
        },
    ),
    "steps": Frame(
        "steps", steps, needs=STEP, sources=dict.fromkeys(("out_of_order", "peers"), STEP)
    ),
}
