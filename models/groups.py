"""Who must stay together when records are split, and how the splits are cut.

A person seen on both sides of a split, or a computed group of persons, lets a model
recognise instead of learn; a later audit on the training side lets it know the future.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from models.frames import SUBJECT, hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PERSON = "person_id"
GROUP = "group_id"
EVENT = "event_on"
# How many parts of an id its kin share: a use (stay_id|item_code) the stay, a ledger
# (hospital_id|item_code|YYYY-MM) all but the month, because stock runs on from month to month.
SHARED_PARTS = {"use": 1, "ledger": 2}
OWN = "own"
ID_SEPARATOR = "|"


@dataclass(frozen=True)
class Fold:
    """Row numbers to learn from and to be tried on."""

    learn: NDArray[np.int64]
    tried: NDArray[np.int64]


def group_keys(measured: pl.DataFrame, entity: str = "") -> list[str]:
    """One key a row; rows with one key never part.

    Rows belong together through ``person_id`` and, where the frame has it, ``group_id``
    (a computed group), also in chains; the uses of one stay and the months of one ledger
    always do. A row with none of these stands alone. The key is the smallest id of the
    group, whatever the row order.
    """
    own = pl.col(SUBJECT)
    if entity in SHARED_PARTS:
        parts = own.str.split(ID_SEPARATOR).list.head(SHARED_PARTS[entity])
        own = parts.list.join(ID_SEPARATOR)
    given = [name for name in (PERSON, GROUP) if name in measured.columns]
    ties = measured.select(own.alias(OWN), *given)
    named = ties.select(OWN).with_columns(pl.Series("component", _components(ties)))
    return named.select(pl.col(OWN).min().over("component")).to_series().to_list()


def ties(members: pl.DataFrame) -> pl.DataFrame:
    """One row a person of a computed group: (person_id, group_id).

    ``members`` has a row for each person of each group. Groups that share a person become one,
    named after the smallest id of theirs.
    """
    held = members.select(GROUP, PERSON).drop_nulls().unique().sort(GROUP, PERSON)
    if held.is_empty():
        return held.select(PERSON, GROUP)
    named = held.with_columns(pl.Series("component", _components(held)))
    whole = named.select(PERSON, pl.col(GROUP).min().over("component"))
    return whole.unique().sort(PERSON)


def hash_folds(keys: Sequence[str], folds: int, salt: int) -> NDArray[np.int64]:
    """A fold number for each row, the same for equal keys."""
    return (hashes(keys, salt) % np.uint64(folds)).astype(np.int64)


def forward_folds(days: pl.Series, keys: Sequence[str], blocks: int) -> list[Fold]:
    """Folds that learn from earlier blocks of days and are tried on the next one.

    Blocks hold about equal numbers of rows and never part a day. Rows of a group that is
    tried are left out of the earlier side. Empty when any day is unknown.
    """
    if days.null_count() or days.is_empty():
        return []
    ordinal = days.cast(pl.Int32).to_numpy()
    cuts = np.quantile(ordinal, np.arange(1, blocks) / blocks)
    block = np.searchsorted(np.unique(cuts), ordinal, side="left")
    names = np.array(keys)
    return [_forward(block, names, number) for number in range(1, int(block.max()) + 1)]


def group_folds(keys: Sequence[str], folds: int, salt: int) -> list[Fold]:
    """Folds by the hash of the group, where there is no time to go by."""
    number = hash_folds(keys, folds, salt)
    return [
        Fold(np.flatnonzero(number != one), np.flatnonzero(number == one)) for one in range(folds)
    ]


def _components(ties: pl.DataFrame) -> NDArray[np.int64]:
    """The connected component of each row, where rows with an equal value are linked."""
    rows, nodes, size = [], [], ties.height
    for values in ties.iter_columns():
        known = values.is_not_null().to_numpy()
        codes = values.drop_nulls().rank("dense").to_numpy().astype(np.int64)
        rows.append(np.flatnonzero(known))
        nodes.append(codes + size)
        size += values.n_unique() + 1
    left, right = np.concatenate(rows), np.concatenate(nodes)
    graph = coo_matrix((np.ones(len(left)), (left, right)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1][: ties.height])


def _forward(block: NDArray[np.int64], keys: NDArray[np.str_], number: int) -> Fold:
    tried = np.flatnonzero(block == number)
    earlier = (block < number) & ~np.isin(keys, keys[tried])
    return Fold(np.flatnonzero(earlier), tried)
