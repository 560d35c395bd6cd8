"""Why a proposed line cannot be examined as it stands: remarks with file, row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_UNTIL
from claims.origin import CODE, COLUMN, MESSAGE, REMARK_SCHEMA, quoted, where
from claims.tables import FEE_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claims.history import History

CONSUMABLE = "consumable"
NEEDED = ("category", "item_code", "quantity", "unit_price", "amount", "charged_at")
MISSING, STRANGE_CLASS = "missing_value", "unknown_class"
STRANGE_STAY, STRANGE_ITEM = "unknown_stay", "unknown_item"


def orphans(lines: pl.DataFrame, stays: pl.DataFrame, history: History) -> pl.DataFrame:
    """Lines of stays that neither come with them nor are known, or that were cancelled."""
    wanted = lines.lazy().select("stay_id").unique()
    before = history.versions("stays", wanted).filter(pl.col(KNOWN_UNTIL).is_null())
    both = pl.concat([before.select("stay_id", "voided"), stays.lazy().select("stay_id", "voided")])
    standing = both.filter(~pl.col("voided").fill_null(value=False)).select("stay_id").unique()
    strange = lines.join(standing.collect(), on="stay_id", how="anti", maintain_order="left")
    said = "{}: the stay {} is not known, or was cancelled; add the columns of the stay."
    return _remarks(strange, "stay_id", STRANGE_STAY, said)


def gaps(lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Lines without a value that every examination reads, and those of no class of fee."""
    said = "{}: the value is missing, so that line {} cannot be examined."
    for name in NEEDED:
        yield _remarks(lines.filter(pl.col(name).is_null()), name, MISSING, said, about="line_id")
    strange = lines.filter(~pl.col("category").is_in(FEE_CATEGORIES))
    yield _remarks(strange, "category", STRANGE_CLASS, "{}: {} is no class of fee.")


def strange_items(
    lines: pl.DataFrame, listed: pl.DataFrame | None, history: History
) -> pl.DataFrame:
    """Consumables that the catalogue does not know; none where there is no catalogue."""
    known = history.tables["consumables"].select("item_code")
    if listed is not None:
        known = pl.concat([known, listed.lazy().select("item_code")])
    codes = known.unique().collect()
    mine = lines.filter((pl.col("category") == CONSUMABLE) & pl.col("item_code").is_not_null())
    if codes.is_empty():
        return _remarks(mine.clear(), "item_code", STRANGE_ITEM, "{}{}")
    strange = mine.join(codes, on="item_code", how="anti", maintain_order="left")
    said = "{}: the consumable {} is not in the catalogue; is the code right?"
    return _remarks(strange, "item_code", STRANGE_ITEM, said)


def _remarks(
    rows: pl.DataFrame, column: str, code: str, said: str, about: str | None = None
) -> pl.DataFrame:
    """Say the same words about rows: where, and a value in quotation marks."""
    return (
        rows.rechunk()
        .with_columns(
            pl.lit(column).alias(COLUMN),
            pl.lit(code).alias(CODE),
            pl.format(said, where(column), quoted(about or column)).alias(MESSAGE),
        )
        .select(*REMARK_SCHEMA)
    )
