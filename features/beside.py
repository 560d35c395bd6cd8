"""Stays that stand beside each other: who is met in one place within some days, by blocks.

A stay beside each other of its ward, with the items of both, is too much to write down: a
night of 14,000 stays meets millions of others, each with dozens of items. A block holds a few
stays of one place and all that ended around them, as a table of yes and no, and is counted and
let go before the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

# Stays of a block: enough that numpy works and not Python, few enough that they end together.
BLOCK = 128
FOREVER = np.iinfo(np.int32).max
UNKNOWN = -1
WORD = 64  # bits


@dataclass(frozen=True)
class Block:
    """Some rows of ``mine`` and of ``theirs``, and which stands beside which."""

    mine: NDArray[np.int64]
    theirs: NDArray[np.int64]
    beside: NDArray[np.bool_]


def blocks(
    mine: pl.DataFrame, theirs: pl.DataFrame, place: Sequence[str], days: int
) -> Iterator[Block]:
    """Every stay of ``mine`` beside the others of ``theirs`` at its place, in blocks.

    Both have ``stay_id``, ``discharged_on`` and the columns of ``place``, ``mine`` has
    ``as_of``, ``theirs`` the nights for which a row was known. Others ended within ``days``
    and were known on the night of the stay. Whoever has no place or end is in no block.
    """
    places = theirs.select(place).drop_nulls().unique().with_row_index("place")
    names = theirs.select("stay_id").unique().with_row_index("stay")
    left, right = (_placed(rows, places, names, place) for rows in (mine, theirs))
    if not left["row"].size:
        return
    asked = np.unique(left["place"], return_index=True)
    for at, few in zip(
        asked[0], np.split(np.arange(left["place"].size), asked[1][1:]), strict=True
    ):
        among = slice(*np.searchsorted(right["place"], (at, at + 1)))
        for start in range(0, few.size, BLOCK):
            yield _block(left, right, few[start : start + BLOCK], among, days)


def _placed(
    rows: pl.DataFrame, places: pl.DataFrame, names: pl.DataFrame, place: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """Numbers of rows with a place and an end, by place and day."""
    far = pl.lit(None, pl.Date)
    held = {
        name: name if name in rows.columns else far for name in ("as_of", KNOWN_FROM, KNOWN_UNTIL)
    }
    numbered = (
        rows.with_row_index("row")
        .lazy()
        .with_columns(**held)
        .join(places.lazy(), on=list(place))
        .join(names.lazy(), on="stay_id", how="left")
        .filter(pl.col("discharged_on").is_not_null())
        .select(
            pl.col("row", "place").cast(pl.Int64),
            pl.col("stay").cast(pl.Int64).fill_null(UNKNOWN),
            pl.col("discharged_on", "as_of", KNOWN_FROM).cast(pl.Int32).fill_null(0),
            pl.col(KNOWN_UNTIL).cast(pl.Int32).fill_null(FOREVER),
        )
        .sort("place", "discharged_on", "row")
        .collect()
    )
    return {name: numbered[name].to_numpy() for name in numbered.columns}


def _block(
    left: dict[str, NDArray[Any]],
    right: dict[str, NDArray[Any]],
    few: NDArray[np.int64],
    among: slice,
    days: int,
) -> Block:
    ended = left["discharged_on"][few]
    first, last = np.searchsorted(
        right["discharged_on"][among], (ended[0] - days, ended[-1] + days + 1)
    )
    others = slice(among.start + first, among.start + last)
    night = left["as_of"][few][:, None]
    near = np.abs(ended[:, None] - right["discharged_on"][others]) <= days
    known = (right[KNOWN_FROM][others] <= night) & (night < right[KNOWN_UNTIL][others])
    another = left["stay"][few][:, None] != right["stay"][others]
    return Block(left["row"][few], right["row"][others], near & known & another)


@dataclass(frozen=True)
class Bags:
    """What each of some rows holds: numbers of items and a value for each, one after another."""

    first: NDArray[np.int64]
    item: NDArray[np.int64]
    value: NDArray[Any]
    items: int

    @classmethod
    def of(cls, rows: pl.DataFrame, owners: int, items: int) -> Bags:
        """Take rows of ``owner`` (from 0 to below ``owners``), ``item`` and ``value``."""
        ordered = rows.sort("owner", "item")
        counts = np.bincount(ordered["owner"].to_numpy(), minlength=owners)
        first = np.concatenate([[0], np.cumsum(counts)])
        return cls(
            first, ordered["item"].cast(pl.Int64).to_numpy(), ordered["value"].to_numpy(), items
        )

    def open(self, owners: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """All that these hold: place of the owner among ``owners``, item, value."""
        counts = self.first[owners + 1] - self.first[owners]
        ends = np.cumsum(counts)
        place = np.repeat(np.arange(owners.size), counts)
        rows = np.arange(place.size) + np.repeat(self.first[owners] - ends + counts, counts)
        return place, self.item[rows], self.value[rows]


def numbered(items: int, *held: NDArray[np.int64]) -> tuple[int, NDArray[np.int64]]:
    """How many different items these are, and a number for each of them from 0 on."""
    met = np.zeros(items, dtype=bool)
    for one in held:
        met[one] = True
    return int(met.sum()), np.cumsum(met) - 1


def table(
    rows: int, columns: int, at: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """A table of yes where it is said, and of no elsewhere."""
    filled = np.zeros((rows, columns), dtype=np.bool_)
    filled[at] = True
    return filled


def bits(
    rows: int, columns: int, at: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.uint64]:
    """The same table with 64 columns in a word."""
    whole = -(-columns // WORD) * WORD
    return np.packbits(table(rows, whole, at), axis=1).view(np.uint64)


def in_common(mine: NDArray[np.uint64], theirs: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For each row of one table and each of another, how many columns say yes in both."""
    counts = np.zeros((len(mine), len(theirs)), dtype=np.int64)
    for word in range(mine.shape[1]):
        counts += np.bitwise_count(mine[:, word, None] & theirs[:, word])
    return counts
