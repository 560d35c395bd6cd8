"""What came, went, was used and billed of one article: from a count of stock to a day.

For a use from the last count before its day up to that day, for a ledger from count to count.
All in units of charge, packs read as such, under whichever codes the article had. Where a book
was not delivered, what it would tell is not known: that is said, and no break is told there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from claims.history import as_of
from claims.schema import THOUSANDTHS_PER_UNIT
from claims.tables import BY_NAME
from features import use_base
from features.ledger_flows import PAIR, flows
from features.ledger_frames import BILLED, BOUGHT, COUNTED, MOVED, USED
from features.renewals import of_article, with_other_codes
from rules.books import Books

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cases.judged import Judged
    from claims.history import History
    from features.frames import Pair

# A count that is older says little of the day, as ledgers hold it too.
OLDEST_COUNT: Final = timedelta(days=370)
LEDGER: Final = "ledger"
ENTITIES: Final = ("use", LEDGER)
COUNT: Final = "count_of_item"

# Each step: the book that tells it, and the kinds of flow that make it, in the order of goods.
STEPS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "bought": ("purchases", ("bought", "consigned")),
    "came": ("stock_moves", ("transfer_in", "gain")),
    "returned": ("stock_moves", ("supplier_return",)),
    "went": ("stock_moves", ("transfer_out",)),
    "scrapped": ("stock_moves", ("scrap", "loss")),
    "issued": ("stock_moves", ("issue",)),
    "brought_back": ("stock_moves", ("department_return",)),
    "used": ("device_uses", ("used",)),
    "billed": ("fee_lines", ("billed",)),
}
BOOKS: Final[dict[str, frozenset[Pair]]] = {
    "stock_counts": COUNTED[0],
    "purchases": BOUGHT[0],
    "stock_moves": MOVED[0],
    "device_uses": USED[0],
    "fee_lines": BILLED[0],
}
Told = dict[str, Any]


def supply(judged: Judged, alerts: pl.DataFrame, history: History) -> dict[str, Told]:
    """The chain of the article behind each alert about a use or a ledger, by subject.

    Each has ``since`` and ``until`` (days; what moved on the first is part of its count),
    ``steps`` in units, None where a book is missing, ``left`` (what the shelf should have held
    in the end), ``breaks`` by how many units, and the ``missing`` books, with ``count_of_item``
    where the article was not counted in the year before.
    """
    entity = judged.catalogue.entity.name
    if entity not in ENTITIES or alerts.is_empty():
        return {}
    mine = judged.measured.join(alerts.select("subject_id"), on="subject_id", how="semi")
    asked = _of_ledgers(mine) if entity == LEDGER else _of_uses(history, mine)
    sums = _sums(history, asked)
    missing = _missing(history, mine)
    return {
        row["subject_id"]: _told(row, sums.get(row["subject_id"], {}), missing[row["subject_id"]])
        for row in asked.iter_rows(named=True)
    }


def breaks(steps: Mapping[str, int | None]) -> dict[str, int]:
    """Where the chain does not hold, in the order of goods, and by how much.

    Quantities are whole thousandths, as the lake holds them, so that none breaks by rounding.
    ``use``: more recorded as used than was there. ``bill``: more billed than recorded as used,
    or than was there where nothing is recorded. ``shelf``: the count that closes it has fewer
    units than should be left (positive), or more.
    """
    there, used, billed = available(steps), steps["used"], steps["billed"]
    closing = steps.get("closing")
    allowed = there if used is None else used
    gaps = {"use": _over(used, there), "bill": _over(billed, allowed)}
    if closing is not None and there is not None and used is not None:
        # What a count shows tells the same units better than what was used beyond all stock.
        gaps |= {"use": 0, "shelf": there - used - closing}
    return {node: units for node, units in gaps.items() if units}


def available(steps: Mapping[str, int | None]) -> int | None:
    """What there was to use: counted, bought and come, less what left other than to patients."""
    came = [steps[name] for name in ("opening", "bought", "came")]
    left = [steps[name] for name in ("returned", "went", "scrapped")]
    known = [one for one in (*came, *left) if one is not None]
    if len(known) < len(came) + len(left):
        return None
    return sum(known[: len(came)]) - sum(known[len(came) :])


def _over(value: int | None, most: int | None) -> int:
    return 0 if value is None or most is None else max(value - most, 0)


def _of_ledgers(mine: pl.DataFrame) -> pl.DataFrame:
    """From the first count of a ledger's year to the one that closes its month."""
    return mine.select(
        "subject_id",
        "as_of",
        *PAIR,
        since="year_opening_on",
        opening=pl.col("year_opening").cast(pl.Int64),
        until=pl.coalesce("closing_on", "event_on"),
        closing=pl.col("closing").cast(pl.Int64),
    )


def _of_uses(history: History, mine: pl.DataFrame) -> pl.DataFrame:
    """From the last count of each use's article before its day, where there is one."""
    asked = mine.select("subject_id", "as_of", *PAIR, until="event_on")
    counts = use_base.counted(history, asked.lazy()).filter(
        (pl.col("counted_on") < pl.col("until"))
        & (pl.col("counted_on") >= pl.col("until") - OLDEST_COUNT)
    )
    last = counts.group_by("subject_id", maintain_order=True).last().collect()
    opening = last.select("subject_id", since="counted_on", opening="quantity")
    return asked.join(opening, on="subject_id", how="left").with_columns(
        closing=pl.lit(None, pl.Int64)
    )


def _sums(history: History, asked: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Thousandths of each kind of flow between the two days, or in a year where no count is."""
    items = with_other_codes(history, asked.lazy().select("item_code")).collect()
    rows = of_article(history, flows(_about(history, items)))
    begin = pl.coalesce("since", pl.col("until") - OLDEST_COUNT)
    found = (
        asked.lazy()
        .join(rows, on=list(PAIR))
        .filter(as_of("as_of") & (pl.col("day") > begin) & (pl.col("day") <= pl.col("until")))
        .group_by("subject_id", "kind")
        .agg(pl.col("quantity").sum())
        .collect()
    )
    sums: dict[str, dict[str, int]] = {}
    for subject, kind, moved in found.iter_rows():
        sums.setdefault(subject, {})[kind] = moved
    return sums


def _about(history: History, items: pl.DataFrame) -> History:
    """The same knowledge of these articles alone: a lake has many more lines than theirs.

    A row that was ever about one of them comes with all its versions, so that nothing which
    was put right since is taken for known.
    """
    tables = dict(history.tables)
    for name in ("fee_lines", "device_uses", "purchases", "stock_moves"):
        rows, key = tables[name], list(BY_NAME[name].key)
        ids = rows.join(items.lazy(), on="item_code", how="semi").select(key).unique()
        tables[name] = rows.join(ids.collect().lazy(), on=key, how="semi").collect().lazy()
    stays = pl.concat(tables[name].select("stay_id") for name in ("fee_lines", "device_uses"))
    tables["stays"] = tables["stays"].join(stays.unique(), on="stay_id", how="semi")
    return replace(history, tables=tables, ready={})


def _missing(history: History, mine: pl.DataFrame) -> dict[str, list[str]]:
    """The books that the hospital of each subject had not delivered on its night."""
    books = Books(history)
    told = mine.join(
        books.lacking(mine.select("hospital_id", "as_of").unique()),
        on=["hospital_id", "as_of"],
        how="left",
    )
    found = {}
    for subject, lacks in told.select("subject_id", "_lacks").iter_rows():
        present = books.gaps(lacks or "").history.present
        found[subject] = [name for name, needed in BOOKS.items() if not needed <= present]
    return found


def _told(row: Mapping[str, Any], sums: Mapping[str, int], missing: list[str]) -> Told:
    since: date | None = row["since"]
    steps: dict[str, int | None] = {"opening": row["opening"]}
    for name, (book, kinds) in STEPS.items():
        moved = sum(sums.get(kind, 0) for kind in kinds)
        steps[name] = None if book in missing else moved
    steps["closing"] = row["closing"]
    there, used = available(steps), steps["used"]
    uncounted = since is None and "stock_counts" not in missing
    return {
        "since": None if since is None else str(since),
        "until": str(row["until"]),
        "steps": {name: _in_units(quantity) for name, quantity in steps.items()},
        "left": None if there is None or used is None else _in_units(there - used),
        "breaks": {node: _in_units(quantity) for node, quantity in breaks(steps).items()},
        "missing": [*missing, COUNT] if uncounted else missing,
    }


def _in_units(quantity: int | None) -> float | None:
    return None if quantity is None else quantity / THOUSANDTHS_PER_UNIT
