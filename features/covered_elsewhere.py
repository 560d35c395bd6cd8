"""What a person paid for items that the hospital bills to others as covered, by blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from features.beside import Bags, Block, blocks, numbered, table
from features.ward_likeness import WINDOW_DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Others to whom the hospital billed an item as covered, before it counts as covered there.
FEWEST_COVERED = 3


def covered_elsewhere(mine: pl.DataFrame, rows: pl.DataFrame, bills: pl.DataFrame) -> pl.DataFrame:
    """Amount each stay paid outside the scope for items billed inside it to three or more."""
    named = rows.drop_nulls("item")
    # Most of what is paid outside the scope is covered for nobody, and asks for no comparison.
    inside, outside = (named.filter(is_so) for is_so in ("covered", ~pl.col("covered")))
    outside = outside.join(inside, on="item", how="semi")
    inside = inside.join(outside, on="item", how="semi")
    items = int(named["item"].max() or 0) + 1  # type: ignore[arg-type]
    paid, covered = (
        Bags.of(held.select("item", owner="bill_row", value="amount"), bills.height, items)
        for held in (outside, inside)
    )
    bill = mine["bill_row"].cast(pl.Int64).to_numpy()
    amounts = np.zeros(mine.height, dtype=np.int64)
    stays = mine.rename({"subject_id": "stay_id"})
    asked = stays.with_row_index("at").join(outside, on="bill_row", how="semi")
    at = asked["at"].to_numpy()
    for block in blocks(asked, bills, ("hospital_id",), WINDOW_DAYS):
        rows_of = at[block.mine]
        amounts[rows_of] = _amounts(block, bill[rows_of], paid, covered)
    return pl.DataFrame({"subject_id": mine["subject_id"], "covered_elsewhere": amounts})


def _amounts(block: Block, bill: NDArray[np.int64], paid: Bags, covered: Bags) -> NDArray[np.int64]:
    place, item, amount = paid.open(bill)
    there, their_item, _ = covered.open(block.theirs)
    columns, number = numbered(paid.items, item, their_item)
    theirs = table(block.theirs.size, columns, (there, number[their_item]))
    # Counts are whole, and exact as such to 16 million.
    others = block.beside.astype(np.float32) @ theirs.astype(np.float32)
    counts = others[place, number[item]] >= FEWEST_COVERED
    sums = np.zeros(block.mine.size, dtype=np.int64)
    np.add.at(sums, place[counts], amount[counts])
    return sums
