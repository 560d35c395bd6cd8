"""From what was delivered to what the lake keeps, and back, without losing a fen.

Text, decimals, whole numbers and floats of the same amount all become the same whole
number of fen. A value that cannot be understood is never guessed: its row is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.schema import BOOLEAN, DATE, DATETIME, REAL, TEXT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from claims.schema import Kind, Table

# Decimals looked at before rounding. Text is exact; a float carries about 15 digits, so
# that looking further would report the noise of its last bits as decimals of its own.
TEXT_DECIMALS = 10
FLOAT_DECIMALS = 6
DECIMAL_DIGITS = 38
# Largest amount or quantity that is believed, in delivered units; far above any budget.
LARGEST = 10**15

TRUE_WORDS = ("true", "t", "1", "1.0", "yes", "y", "是", "有")
FALSE_WORDS = ("false", "f", "0", "0.0", "no", "n", "否", "无")
DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")
CLOCK_FORMATS = ("%H:%M:%S%.f", "%H:%M")
MOMENT_FORMATS = (
    *(f"{day}{gap}{clock}" for gap in (" ", "T") for day in DAY_FORMATS for clock in CLOCK_FORMATS),
    "%Y%m%d%H%M%S",
)
LOCAL_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Converted:
    """Values in the lake's type; ``bad`` and ``rounded`` mark rows, one flag a row."""

    values: pl.Series
    bad: pl.Series
    rounded: pl.Series


def convert(given: pl.Series, kind: Kind, date_format: str | None = None) -> Converted:
    """Convert one delivered column to its kind.

    ``bad`` marks filled values that could not be understood (their value is null);
    ``rounded`` marks amounts and quantities with more decimals than the lake keeps.
    ``date_format`` is tried first for dates and moments.
    """
    tidy = _tidy(given)
    if kind.scale > 1:
        values, rounded = _scaled(tidy, kind.scale)
    else:
        values, rounded = _plain(tidy, kind, date_format), _none(tidy)
    bad = tidy.is_not_null() & values.is_null()
    return Converted(values.alias(given.name), bad, rounded)


def fits(dtype: pl.DataType, kind: Kind) -> bool:
    """Whether a typed column can hold values of the kind at all; text always may."""
    if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object | pl.Time | pl.Duration):
        return False
    is_day = isinstance(dtype, pl.Date | pl.Datetime)
    is_day_kind = kind in {DATE, DATETIME}
    if is_day:
        return is_day_kind or kind is TEXT
    if isinstance(dtype, pl.Boolean):
        return kind in {BOOLEAN, TEXT}
    return not (is_day_kind and dtype.is_float())


def as_delivered(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Render lake values as the text in which they could have been delivered.

    ``rows`` holds declared columns in lake types (columns of text are left as they are);
    converting the result again gives the same values.
    """
    return rows.with_columns(
        _rendered(pl.col(name), table.by_name[name].kind)
        for name, dtype in rows.schema.items()
        if name in table.by_name and dtype != pl.String
    )


def _rendered(column: pl.Expr, kind: Kind) -> pl.Expr:
    if kind.scale == 1:
        return column.cast(pl.String)
    places = len(str(kind.scale)) - 1
    return (column.cast(pl.Decimal(DECIMAL_DIGITS, places)) / kind.scale).cast(pl.String)


def _tidy(given: pl.Series) -> pl.Series:
    """Empty text and not-a-number become null; spaces around text go."""
    if given.dtype == pl.Categorical or isinstance(given.dtype, pl.Enum):
        given = given.cast(pl.String)
    if given.dtype == pl.String:
        bare = given.to_frame("v").select(pl.col("v").str.strip_chars())["v"]
        return bare.set(bare == "", None) if (bare == "").any() else bare
    return given.fill_nan(None) if given.dtype.is_float() else given


def _none(like: pl.Series) -> pl.Series:
    return pl.repeat(value=False, n=len(like), dtype=pl.Boolean, eager=True)


def _scaled(given: pl.Series, scale: int) -> tuple[pl.Series, pl.Series]:
    """Times ``scale``, rounded half away from zero, and which values that changed."""
    decimals = FLOAT_DECIMALS if given.dtype.is_float() else TEXT_DECIMALS
    if given.dtype.is_float():
        given = given.set((given.abs() >= LARGEST).fill_null(value=False), None)
    exact = given.cast(pl.Decimal(DECIMAL_DIGITS, decimals), strict=False)
    half = pl.lit("0.5").cast(pl.Decimal(DECIMAL_DIGITS, decimals))
    sane = pl.when(pl.col("v").abs() < LARGEST).then(pl.col("v")) * scale
    frame = exact.to_frame("v").select(sane.alias("v"))
    whole = frame.select(pl.col("v"), pl.col("v").cast(pl.Int64, strict=False).alias("whole"))
    rest = (pl.col("v") - pl.col("whole")).abs()
    away = pl.when(pl.col("v") < 0).then(-1).otherwise(1)
    result = whole.select(
        (pl.col("whole") + pl.when(rest >= half).then(away).otherwise(0)).alias("values"),
        (rest > 0).fill_null(value=False).alias("rounded"),
    )
    return result["values"].cast(pl.Int64), result["rounded"]


def _plain(given: pl.Series, kind: Kind, date_format: str | None) -> pl.Series:
    if given.dtype == kind.lake:
        return given
    reader: dict[Kind, Callable[[pl.Series], pl.Series]] = {
        TEXT: _text,
        WHOLE: _whole,
        REAL: lambda values: values.cast(pl.Float64, strict=False).fill_nan(None),
        BOOLEAN: _boolean,
        DATE: lambda values: _moment(values, date_format).dt.date(),
        DATETIME: lambda values: _moment(values, date_format),
    }
    return reader[kind](given)


def _text(given: pl.Series) -> pl.Series:
    if given.dtype.is_float() and (given.drop_nulls() % 1 == 0).all():
        given = given.cast(pl.Int64, strict=False)
    return given.cast(pl.String)


def _whole(given: pl.Series) -> pl.Series:
    if given.dtype.is_integer():
        return given.cast(pl.Int64, strict=False)
    exact = given.cast(pl.Decimal(DECIMAL_DIGITS, FLOAT_DECIMALS), strict=False)
    return exact.to_frame("v").select(
        pl.when(pl.col("v") % 1 == 0).then(pl.col("v")).cast(pl.Int64, strict=False)
    )["v"]


def _boolean(given: pl.Series) -> pl.Series:
    words = given.cast(pl.String).str.to_lowercase().to_frame("v")
    return words.select(
        pl.when(pl.col("v").is_in(TRUE_WORDS))
        .then(statement=True)
        .when(pl.col("v").is_in(FALSE_WORDS))
        .then(statement=False)
    ).to_series()


def _moment(given: pl.Series, date_format: str | None) -> pl.Series:
    """Read moments as local time in microseconds, trying format after format on what is left."""
    if isinstance(given.dtype, pl.Datetime):
        zoned = given.dtype.time_zone is not None
        local = given.dt.convert_time_zone(LOCAL_ZONE) if zoned else given
        return local.dt.replace_time_zone(None).cast(pl.Datetime("us"))
    if isinstance(given.dtype, pl.Date):
        return given.cast(pl.Datetime("us"))
    words = given.cast(pl.String).to_frame("v")
    found = pl.Series("v", [None] * len(given), dtype=pl.Datetime("us"))
    for one in _formats(date_format):
        rest = found.is_null() & words["v"].is_not_null()
        if not rest.any():
            break
        found = found.zip_with(~rest, _parsed(words, one))
    return found


def _formats(first: str | None) -> tuple[str, ...]:
    usual = (*DAY_FORMATS, *MOMENT_FORMATS)
    return usual if first is None else (first, *usual)


def _parsed(words: pl.DataFrame, one: str) -> pl.Series:
    has_clock = any(sign in one for sign in ("%H", "%I", "%T"))
    word = pl.col("v")
    if has_clock:
        return words.select(word.str.to_datetime(one, strict=False, time_unit="us"))["v"]
    return words.select(word.str.to_date(one, strict=False).cast(pl.Datetime("us")))["v"]
