"""The stores' books without units that nobody bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.stock import PLACE
from synthetic.supply import Goods

if TYPE_CHECKING:
    from synthetic.state import City

LOT = [*PLACE, "lot"]


def unbought(city: City, units: pl.DataFrame) -> Goods:
    """The books as if these units had never come: no purchase, no stock, no issue.

    ``units``: use, hospital, product, lot, serial_no, lot_day (of delivery), day (of use) and
    quantity; they are rows of ``uses`` as they were traced.
    """
    if city.goods is None:
        raise ValueError("the city has no stores yet; trace its uses first")
    store = city.goods
    return Goods(
        _purchases(store.purchases, units),
        _issues(store.moves, units),
        _counts(city, store.counts, units),
    )


def _purchases(bought: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Units with serial numbers have a row of their own; others are taken off their lot."""
    single = units.filter(pl.col("serial_no").is_not_null()).select("use")
    rest = bought.join(single, on="use", how="anti")
    counted = units.filter(pl.col("serial_no").is_null())
    less = counted.group_by(*LOT, delivered="lot_day").agg(gone=pl.col("quantity").sum())
    first = rest.filter(pl.col("serial_no").is_null()).unique([*LOT, "delivered"], keep="first")
    named = first.join(less, on=[*LOT, "delivered"]).select("purchase", "gone")
    return _reduced(rest, named, ["purchase"]).sort("purchase")


def _issues(moves: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """The issue to the ward that each unit went with: the newest before its use."""
    issued = moves.with_row_index("row").filter(pl.col("kind") == "issue")
    mine = issued.join(units.select(LOT).unique(), on=LOT, how="semi")
    found = units.sort("day").join_asof(
        mine.sort("day", "row").select(*LOT, "day", "row"), on="day", by=LOT,
        check_sortedness=False,
    )  # fmt: skip
    less = found.drop_nulls("row").group_by("row").agg(gone=pl.col("quantity").sum())
    return _reduced(moves.with_row_index("row"), less, ["row"]).drop("row")


def _counts(city: City, counts: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Month ends at which the unit would have lain on the shelf."""
    ends = pl.Series(city.world.clock.month_ends()).cast(pl.Int64)
    shelf = units.select(*LOT, "quantity", "lot_day", "day").join_where(
        pl.DataFrame({"end": ends}), pl.col("lot_day") <= pl.col("end"),
        pl.col("day") > pl.col("end"),
    )  # fmt: skip
    less = shelf.group_by(*LOT, day="end").agg(gone=pl.col("quantity").sum())
    return _reduced(counts, less, [*LOT, "day"])


def _reduced(rows: pl.DataFrame, less: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Rows with quantities lowered; those of which nothing is left are dropped."""
    joined = rows.join(less, on=on, how="left", maintain_order="left")
    lowered = joined.with_columns(quantity=pl.col("quantity") - pl.col("gone").fill_null(0))
    empty = pl.col("gone").is_not_null() & (pl.col("quantity") <= 0)
    return lowered.filter(~empty).select(rows.columns)


def moved_in(city: City, units: pl.DataFrame, lender: np.ndarray, late: np.ndarray) -> pl.DataFrame:
    """The two legs of a transfer of units between hospitals, in the columns of ``moves``.

    The receiving leg is posted ``late`` days after the unit was used.
    """
    house = units["hospital"].to_numpy()
    day = np.maximum(units["day"].to_numpy() - 1, units["lot_day"].to_numpy())
    legs = []
    for kind, at, other, known in (
        ("transfer_out", lender, house, day + 1),
        ("transfer_in", house, lender, day + 1 + late),
    ):
        legs.append(
            units.select(
                "product",
                "lot",
                "quantity",
                hospital=pl.Series(at),
                kind=pl.lit(kind),
                day=pl.Series(day),
                other=pl.Series(other),
                known=pl.Series(known),
            )
        )
    moves = city.goods.moves if city.goods else legs[0].clear()
    return pl.concat([leg.select(moves.columns) for leg in legs], how="vertical_relaxed")
