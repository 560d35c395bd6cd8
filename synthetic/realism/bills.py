"""Fee lines, read part by part: fees of each stay, products by month, and harmless slips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.tables import FEE_CATEGORIES

if TYPE_CHECKING:
    from pathlib import Path

LATE_HOURS = 20  # a line posted that much after the service was not posted on its day
WANTED = (
    "stay_id", "received_on", "category", "item_code", "quantity", "amount", "charged_at",
    "performed_at", "reverses_line_id", "lot",
)  # fmt: skip
ITEM = ["item_code", "month", "adrg"]


@dataclass(frozen=True)
class Bills:
    """``fees``: fen by stay and class (``fee_drug`` ...). ``items``: units and fen of products.

    ``counts``: lines, late ones, reversals, consumable lines, those without a lot, and uses
    (a stay and a product).
    """

    fees: pl.DataFrame
    items: pl.DataFrame
    counts: dict[str, int]


def _files(data: Path) -> list[Path]:
    single = data / "fee_lines.parquet"
    return [single] if single.exists() else sorted((data / "fee_lines").glob("*.parquet"))


def read_bills(data: Path, current: pl.DataFrame) -> Bills:
    """Sum the lines of the stays in ``current``, each in the version sent last."""
    fees, items, counts = [], [], []
    for path in _files(data):
        lines = pl.read_parquet(path, columns=list(WANTED))
        # A settlement may be sent again alone, or with all its lines; parts hold whole stays.
        newest = pl.col("received_on") == pl.col("received_on").max().over("stay_id")
        lines = lines.filter(newest).join(current, on="stay_id")
        lines = lines.with_columns(
            fen=(pl.col("amount") * 100).cast(pl.Int64),
            units=(pl.col("quantity") * 1000).cast(pl.Int64),
        )
        fees.append(_fees(lines))
        items.append(_items(lines))
        counts.append(_counts(lines))
    totals = pl.concat(counts).sum().to_dicts()[0]
    summed = [pl.concat(part).group_by(by).sum() for part, by in ((fees, "stay_id"), (items, ITEM))]
    return Bills(summed[0], summed[1], totals)


def _fees(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.group_by("stay_id").agg(
        pl.col("fen").filter(pl.col("category") == name).sum().alias(f"fee_{name}")
        for name in FEE_CATEGORIES
    )


def _items(lines: pl.DataFrame) -> pl.DataFrame:
    """Thousandths of units and fen by product, month of service and group."""
    goods = lines.filter(pl.col("category") == "consumable")
    return goods.group_by(
        "item_code",
        month=pl.col("performed_at").dt.date().dt.month_start(),
        adrg=pl.col("drg").str.slice(0, 3),
    ).agg(pl.col("units", "fen").sum())


def _counts(lines: pl.DataFrame) -> pl.DataFrame:
    goods = pl.col("category") == "consumable"
    waited = pl.col("charged_at") - pl.col("performed_at")
    return lines.select(
        lines=pl.len(),
        late=(waited >= pl.duration(hours=LATE_HOURS)).sum().cast(pl.Int64),
        reversed=pl.col("reverses_line_id").is_not_null().sum().cast(pl.Int64),
        goods=goods.sum().cast(pl.Int64),
        no_lot=(goods & pl.col("lot").is_null()).sum().cast(pl.Int64),
        uses=pl.struct("stay_id", "item_code").filter(goods).n_unique().cast(pl.Int64),
    ).cast(pl.Int64)
