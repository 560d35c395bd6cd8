"""How like the bills of a ward are: every stay beside the others of its ward, by blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from features.beside import UNKNOWN, Bags, Block, bits, blocks, in_common, numbered

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

WINDOW_DAYS = 30
# Two bills are alike when they share nine tenths of all their items (DOMAIN, H04).
ALIKE = 0.9
# Bills of fewer items are alike by chance.
FEWEST_ITEMS = 5
WARD = ("hospital_id", "ward")
COUNTS = (
    "ward_stays", "physician_stays", "ward_twins", "ward_test_twins", "physician_twins",
    "physician_twin_diagnoses",
)  # fmt: skip
LIKENESS = ("ward_likeness", "ward_test_likeness")
# Likeness of bills that have too little in common to be compared.
INCOMPARABLE = -1.0

Sides = tuple["NDArray[np.int64]", "NDArray[np.int64]"]


@dataclass(frozen=True)
class Facts:
    """What is compared, as numbers: of each stay, and of each bill around it."""

    bill: NDArray[np.int64]
    physician: Sides
    person: Sides
    diagnosis: Sides
    items: Sides
    tests: Sides
    active: Bags

    @classmethod
    def of(cls, mine: pl.DataFrame, rows: pl.DataFrame, bills: pl.DataFrame) -> Facts:
        """Number persons, physicians, diagnoses and items."""
        named = rows.filter("active").drop_nulls("item")
        bags = named.select("item", owner="bill_row", value="test")
        bill = mine["bill_row"].cast(pl.Int64).to_numpy()
        items, tests = (bills[name].cast(pl.Int64).to_numpy() for name in ("care_items", "tests"))
        return cls(
            bill,
            physician=_coded(mine["physician_id"], bills["physician_id"]),
            person=_coded(mine["person_id"], bills["person_id"]),
            diagnosis=_coded(mine["diagnosis_3"], bills["diagnosis_3"]),
            items=(items[bill], items),
            tests=(tests[bill], tests),
            active=Bags.of(bags, bills.height, int(named["item"].max() or 0) + 1),  # type: ignore[arg-type]
        )


def in_ward(mine: pl.DataFrame, rows: pl.DataFrame, bills: pl.DataFrame) -> pl.DataFrame:
    """How many others each stay has in its ward, how many are like it, and how like they are.

    ``mine`` are stays with ``bill_row``, their row in ``bills``; ``rows`` the items of bills.
    """
    facts = Facts.of(mine, rows, bills)
    counts = np.zeros((mine.height, len(COUNTS)), dtype=np.int64)
    likest = np.full((mine.height, len(LIKENESS)), INCOMPARABLE)
    stays = mine.rename({"subject_id": "stay_id"})
    for block in blocks(stays, bills, WARD, WINDOW_DAYS):
        counts[block.mine], likest[block.mine] = _counted(block, facts)
    known = [
        pl.when(pl.col(name) > INCOMPARABLE).then(pl.col(name)).alias(name) for name in LIKENESS
    ]
    return pl.DataFrame(
        {"subject_id": mine["subject_id"]}
        | {name: counts[:, at] for at, name in enumerate(COUNTS)}
        | {name: likest[:, at] for at, name in enumerate(LIKENESS)}
    ).with_columns(known)


def _coded(mine: pl.Series, theirs: pl.Series) -> Sides:
    """Equal numbers for equal values of both."""
    codes = pl.concat([mine, theirs]).rank("dense").cast(pl.Int64).fill_null(UNKNOWN).to_numpy()
    return codes[: len(mine)], codes[len(mine) :]


def _counted(block: Block, facts: Facts) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    shared, same_tests = _shared(block, facts)
    met = block.beside & (shared > 0)
    of_items = _likeness(shared, met, block, facts.items)
    of_tests = _likeness(same_tests, met, block, facts.tests)
    own = _known(block, facts.physician) & _equal(block, facts.physician)
    twins = own & (of_items >= ALIKE) & _foreign(block, facts.person)
    counts = [
        block.beside, block.beside & own, of_items >= ALIKE, of_tests >= ALIKE, twins
    ]  # fmt: skip
    # The diagnosis of the stay itself counts as one, where there is anybody to compare with.
    others = _different(block, facts.diagnosis[1], twins & _foreign(block, facts.diagnosis))
    numbers = [one.sum(axis=1) for one in counts] + [(others + 1) * met.any(axis=1)]
    likest = [one.max(axis=1, initial=INCOMPARABLE) for one in (of_items, of_tests)]
    return np.column_stack(numbers), np.column_stack(likest)


def _shared(block: Block, facts: Facts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many items each pair has in common, and how many of them are tests of the stay."""
    place, item, test = facts.active.open(facts.bill[block.mine])
    there, their_item, _ = facts.active.open(block.theirs)
    columns, number = numbered(facts.active.items, item, their_item)
    theirs = bits(block.theirs.size, columns, (there, number[their_item]))
    mine = bits(block.mine.size, columns, (place, number[item]))
    tests = bits(block.mine.size, columns, (place[test], number[item[test]]))
    return in_common(mine, theirs), in_common(tests, theirs)


def _likeness(
    shared: NDArray[np.int64], met: NDArray[np.bool_], block: Block, sizes: Sides
) -> NDArray[np.float64]:
    """Shared items over all items of both (Jaccard), where both have enough to compare."""
    mine, theirs = sizes[0][block.mine][:, None], sizes[1][block.theirs]
    enough = met & (mine >= FEWEST_ITEMS) & (theirs >= FEWEST_ITEMS)
    both = np.maximum(mine + theirs - shared, 1)
    return np.where(enough, shared / both, INCOMPARABLE)


def _known(block: Block, codes: Sides) -> NDArray[np.bool_]:
    mine, theirs = codes[0][block.mine] != UNKNOWN, codes[1][block.theirs] != UNKNOWN
    both: NDArray[np.bool_] = mine[:, None] & theirs
    return both


def _equal(block: Block, codes: Sides) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = codes[0][block.mine][:, None] == codes[1][block.theirs]
    return same


def _foreign(block: Block, codes: Sides) -> NDArray[np.bool_]:
    """Whether both are known to have another."""
    return _known(block, codes) & ~_equal(block, codes)


def _different(
    block: Block, codes: NDArray[np.int64], among: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """How many different codes each stay meets among some pairs."""
    stay, other = np.nonzero(among)
    met: NDArray[Any] = np.unique(np.column_stack([stay, codes[block.theirs[other]]]), axis=0)
    return np.bincount(met[:, 0].astype(np.int64), minlength=block.mine.size)
