"""Indicators of consumables from the city down to the serial number, in figures that add up.

Every figure that is printed comes from sums: what is summed is whole (fen, thousandths of a
unit, millionths of what is expected), each row belongs to one subject on every rung, and
ratios are made of the sums of their own rung, never of the ratios below. Children therefore
sum to their parent to the fen.

A stay belongs to its own department and attending physician, whoever ordered an article,
because what is expected is expected of a stay. Below the stay nothing is expected.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from claims.schema import FEN_PER_YUAN, THOUSANDTHS_PER_UNIT
from features.exact import divided
from features.level_expected import BY_GROUP, MILLIONTHS, with_expected
from features.use_frames import CLASS_CHARACTERS

if TYPE_CHECKING:
    from claims.history import History

RUNGS = (
    "city", "district", "hospital", "department", "physician", "stay", "item", "lot", "serial",
)  # fmt: skip
# Columns that name a subject of a rung, as elsewhere in the house (features/level_frames.py).
KEYS: dict[str, tuple[str, ...]] = {
    "city": (),
    "district": ("district",),
    "hospital": ("hospital_id",),
    "department": ("hospital_id", "department"),
    "physician": ("hospital_id", "department", "physician_id"),
    "stay": ("stay_id",),
    "item": ("stay_id", "item_code"),
    "lot": ("stay_id", "item_code", "lot"),
    "serial": ("stay_id", "item_code", "lot", "serial"),
}
# Beside the ladder: the articles of a physician over all stays, for who reads and asks for none.
ITEM_OF_PHYSICIAN = "physician_item"
KEYS[ITEM_OF_PHYSICIAN] = (*KEYS["physician"], "item_code")
UNKNOWN = "-"
MONTHS = 12
# What is summed of fee lines and, down to the stay alone, of stays.
OF_LINES = (
    "amount", "quantity", "lines", "implant_lines", "traced_lines",
    "priced_amount", "reference_amount", "selected_quantity",
)  # fmt: skip
OF_STAYS = (
    "stays", "operated", "total_amount", "expected_amount", "expected_quantity", "squares",
)  # fmt: skip
SUMS = (*OF_LINES, *OF_STAYS)
# What a subject is compared by, where the rung has it.
TRAITS = ("level", "department", "drg")
PATH = (
    "district", "hospital_id", "department", "physician_id", "stay_id", "item_code", "lot",
    "serial",
)  # fmt: skip


def months_before(month: date, count: int) -> date:
    """The first day of the month so many months before."""
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def subject_of(rung: str) -> pl.Expr:
    """The id of the subject of a rung that a row belongs to."""
    keys = KEYS[rung]
    return pl.concat_str(*keys, separator="|") if keys else pl.lit("city")


def below(rung: str) -> str | None:
    """The next finer rung; None under the last."""
    place = RUNGS.index(rung) + 1
    return RUNGS[place] if place < len(RUNGS) else None


def above(rung: str) -> str | None:
    """The next wider rung; None over the city."""
    if rung == ITEM_OF_PHYSICIAN:
        return "physician"
    place = RUNGS.index(rung)
    return RUNGS[place - 1] if place else None


def grounded(stays: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """What the indicators stand on: one row a stay and one a consumable line.

    Each has the path from the district down, the ``month`` of the settlement, and the columns
    ``SUMS`` (null where the row has none). Money is in fen, quantities in thousandths,
    expectations in millionths of these, ``squares`` in squared yuan.
    """
    cases = _expected(stays, lines)
    places = cases.select(*PATH[:5], "month", "level", "drg")
    goods = lines.join(places, on="stay_id")
    rows = pl.concat([cases, goods], how="diagonal")
    return rows.with_columns(pl.col(PATH).fill_null(UNKNOWN))


def settled_stays(history: History, month: date) -> pl.DataFrame:
    """Stays settled in the twelve months up to the month, with their hospital."""
    settled = pl.coalesce("settled_on", pl.col("discharged_at").dt.date())
    first, end = months_before(month, MONTHS - 1), months_before(month, -1)
    houses = history.current("hospitals").select("hospital_id", "level", "district")
    operated = history.current("stay_procedures").select("stay_id").unique()
    return (
        history.current("stays")
        .filter((settled >= first) & (settled < end))
        .select(
            "stay_id", "hospital_id", "department", "physician_id", "total_amount", "drg",
            family=pl.col("drg").str.slice(0, 3),
            month=settled.dt.truncate("1mo"),
            stays=pl.lit(1, pl.Int64),
        )
        .join(houses, on="hospital_id", how="left")
        .join(operated.with_columns(operated=pl.lit(1, pl.Int64)), on="stay_id", how="left")
        .with_columns(pl.col("operated").fill_null(0), pl.col("district").fill_null(UNKNOWN))
        .collect()
    )  # fmt: skip


def consumable_lines(history: History, stays: pl.DataFrame) -> pl.DataFrame:
    """Consumable lines of these stays with their catalogue row of the day of service."""
    rows = (
        history.current("fee_lines")
        .filter(pl.col("category") == "consumable")
        .join(stays.lazy().select("stay_id"), on="stay_id", how="semi")
        .with_columns(served_on=pl.coalesce("performed_at", "charged_at").dt.date())
        .sort("served_on", nulls_last=False)
    )
    listed = (
        history.current("consumables")
        .select(
            "item_code", "valid_from", "implantable", "vbp_selected",
            limit=pl.min_horizontal("platform_price", "payment_standard"),
        )
        .sort("valid_from")
    )  # fmt: skip
    dated = rows.join_asof(
        listed, left_on="served_on", right_on="valid_from", by="item_code",
        strategy="backward", check_sortedness=False,
    )  # fmt: skip
    return dated.select(
        "stay_id", "item_code", "lot", "serial", "unit_price", "limit", *_measures()
    ).collect()


def class_of() -> pl.Expr:
    """The class of an article: the head of its code."""
    return pl.col("item_code").str.slice(0, CLASS_CHARACTERS)


def _measures() -> list[pl.Expr]:
    """What is summed of a line; a reversal takes back amounts and units, and is no line."""
    sold = pl.col("quantity") > 0
    implant = (sold & pl.col("implantable")).fill_null(value=False)
    # A device identifier names the model; lot or serial number name the unit.
    traced = pl.col("udi_di").is_not_null() & pl.any_horizontal(
        pl.col("lot", "serial").is_not_null()
    )
    priced = pl.col("limit") > 0
    thousandths = pl.col("quantity") * pl.col("limit")
    return [
        pl.col("amount"),
        pl.col("quantity"),
        sold.cast(pl.Int64).alias("lines"),
        implant.cast(pl.Int64).alias("implant_lines"),
        (implant & traced).cast(pl.Int64).alias("traced_lines"),
        pl.when(priced).then("amount").alias("priced_amount"),
        pl.when(priced)
        .then(divided(thousandths, THOUSANDTHS_PER_UNIT).round().cast(pl.Int64))
        .alias("reference_amount"),
        pl.when(pl.col("vbp_selected")).then("quantity").alias("selected_quantity"),
    ]


def _expected(stays: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Stays with what the same cases of other hospitals lead to expect, over the year."""
    billed = lines.group_by("stay_id").agg(pl.col("amount", "quantity").sum())
    both = stays.join(billed, on="stay_id", how="left").with_columns(
        pl.col("amount", "quantity").fill_null(0), as_of=pl.lit(0)
    )
    told = with_expected(both, {"amount": BY_GROUP, "quantity": BY_GROUP})
    beyond = divided(
        pl.col("amount") - divided(pl.col("expected_amount"), MILLIONTHS), FEN_PER_YUAN
    )
    return told.with_columns(squares=beyond.round().cast(pl.Int64) ** 2).drop(
        "amount", "quantity", "as_of", "family"
    )


def rolled(rows: pl.DataFrame, rung: str, apart: tuple[str, ...] = ()) -> pl.DataFrame:
    """Plain sums of the subjects of a rung: ``subject_id``, ``parent_id``, traits and ``SUMS``.

    ``apart`` names columns, as the month, of which each value is summed by itself.
    """
    fine = rung not in RUNGS[: RUNGS.index("stay") + 1]
    mine = rows.filter(pl.col("lines").is_not_null()) if fine else rows
    parent = above(rung)
    named = mine.with_columns(
        subject_id=subject_of(rung),
        parent_id=pl.lit(None, pl.String) if parent is None else subject_of(parent),
    )
    summed = named.group_by("subject_id", "parent_id", *apart).agg(
        pl.col(SUMS).sum(), pl.col(TRAITS).drop_nulls().min()
    )
    if fine:
        summed = summed.with_columns(pl.lit(None, pl.Int64).alias(name) for name in OF_STAYS)
    return summed.sort("subject_id", *apart)


def with_ratios(sums: pl.DataFrame) -> pl.DataFrame:
    """Add the ratios, each made of the sums of its own row; null where nothing stands below.

    ``oe`` and ``oe_units``: observed over expected. ``oe_z``: the excess in standard errors.
    ``per_100``: units per 100 stays with an operation. ``share``: of consumables in the fee.
    ``price_deviation``: billed over reference price, less one. ``scan_rate``: implant lines
    with a full trace code. ``selected_share``: units selected in volume-based buying.
    """
    excess = divided(pl.col("amount") * MILLIONTHS - pl.col("expected_amount"), MILLIONTHS)
    per_operated = divided(pl.col("quantity") * 100.0, THOUSANDTHS_PER_UNIT)
    return sums.with_columns(
        oe=over(pl.col("amount") * MILLIONTHS, "expected_amount"),
        oe_units=over(pl.col("quantity") * MILLIONTHS, "expected_quantity"),
        oe_z=pl.when(pl.col("squares") > 0).then(
            divided(excess, FEN_PER_YUAN) / pl.col("squares").cast(pl.Float64).sqrt()
        ),
        per_100=over(per_operated, "operated"),
        share=over(pl.col("amount"), "total_amount"),
        price_deviation=over(pl.col("priced_amount"), "reference_amount") - 1.0,
        scan_rate=over(pl.col("traced_lines"), "implant_lines"),
        selected_share=over(pl.col("selected_quantity"), "quantity"),
    )


def over(value: pl.Expr, column: str) -> pl.Expr:
    """A quotient, null where there is nothing to divide by."""
    return pl.when(pl.col(column) > 0).then(value / pl.col(column))


def dispersion(rows: pl.DataFrame, rung: str) -> pl.DataFrame:
    """``price_dispersion`` of each subject: how far billed prices lie apart.

    The price of each line is taken over the reference price of its article on its day, so
    that articles can stand together; 95th less 5th percentile, over the median.
    """
    ratio = pl.col("unit_price") / pl.col("limit")
    lines = rows.filter((pl.col("lines") == 1) & (pl.col("limit") > 0))
    apart = ratio.quantile(0.95, "linear") - ratio.quantile(0.05, "linear")
    return (
        lines.with_columns(subject_id=subject_of(rung))
        .group_by("subject_id")
        .agg(price_dispersion=apart / ratio.median())
    )
