"""Lines put forward before payment: read as any delivery is, landed nowhere.

A file holds fee lines, optionally with the columns of their stays beside; a folder holds a
delivery. Nobody is refused: a line that cannot be examined keeps its place and says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from claims import proposal_doubts as doubts
from claims.admission import SHOWN_MESSAGES
from claims.delivery import Delivery, must_be_there, read_delivery
from claims.errors import DeliveryError, did_you_mean
from claims.files import SUFFIXES, read_sheet, suffix_of
from claims.naming import by_header
from claims.nights import NIGHT
from claims.origin import MESSAGE, ORIGIN, REMARK_SCHEMA
from claims.refusals import refuse_missing_keys, refuse_second_copies
from claims.tables import BY_NAME
from claims.typing_rows import typed

if TYPE_CHECKING:
    from datetime import date

    from claims.files import Sheet
    from claims.history import History
    from claims.naming import Named

LINES, STAYS = BY_NAME["fee_lines"], BY_NAME["stays"]
# In a file of lines these columns are about the line.
OF_THE_LINE = frozenset(LINES.names) - {"stay_id"}
SHOWN = ("line_id", "stay_id", "item_code", "category")


@dataclass(frozen=True)
class Proposal:
    """What is put forward.

    ``lines``: every fee line in the order of its file, with ``_file`` and ``_row``.
    ``doubts``: remarks (claims.origin) on lines that cannot be examined as they stand.
    ``tables``: the rows that can be, received on ``night``; ``filled`` as in a delivery.
    ``bare``: stays (stay_id) of which only the columns beside their lines are known.
    """

    night: date
    lines: pl.DataFrame
    doubts: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    bare: pl.DataFrame
    filled: frozenset[tuple[str, str]]
    notices: tuple[str, ...]


def read_proposal(path: Path) -> Delivery:
    """Read a file of fee lines or a folder in the delivery format.

    Raises DeliveryError when nothing is there, or no line can be told from it.
    """
    must_be_there(path)
    delivery = read_delivery(path) if path.is_dir() else _of_file(path)
    if LINES.name not in delivery.tables:
        raise DeliveryError(
            f"The folder {path} has no table '{LINES.name}', so that there is nothing to verify.",
            f"Add {LINES.name}.csv or {LINES.name}.parquet.",
        )
    return _as_consumables(delivery)


def _of_file(path: Path) -> Delivery:
    if suffix_of(path) is None:
        raise DeliveryError(
            f"{path.name} is in no format that is read here.", f"Use {', '.join(SUFFIXES)}."
        )
    sheet = read_sheet(path, path.name)
    lines, stays = by_header(LINES, sheet), _stays_beside(sheet)
    parts = {one.table.name: typed(one) for one in (lines, *([stays] if stays else []))}
    return Delivery(
        str(path),
        tables={name: one.rows for name, one in parts.items()},
        unreadable={name: one.unreadable for name, one in parts.items()},
        remarks={name: one.remarks for name, one in parts.items()},
        filled=frozenset(pair for one in parts.values() for pair in one.filled),
        notices=_strangers(lines, stays),
    )


def _stays_beside(sheet: Sheet) -> Named | None:
    """The columns of stays in a file of lines, None where they do not make a stay."""
    named = by_header(STAYS, sheet)
    if not set(STAYS.required) <= set(named.rows.columns):
        return None
    own = [name for name in named.rows.columns if name not in OF_THE_LINE]
    return replace(named, rows=named.rows.select(own))


def _strangers(lines: Named, stays: Named | None) -> tuple[str, ...]:
    """Columns that are of neither table, each told once."""
    unknown = [one for one in lines.strangers if stays is None or one in stays.strangers]
    known = {*LINES.names, *STAYS.names}
    return tuple(
        f"{lines.file}: the column '{one}' is not used.{did_you_mean(one, known - {one})}"
        for one in unknown
    )


def _as_consumables(delivery: Delivery) -> Delivery:
    """Take lines without a class of fee for what is put forward here: consumables."""
    if (LINES.name, "category") in delivery.filled:
        return delivery
    rows = delivery.tables[LINES.name].with_columns(category=pl.lit(doubts.CONSUMABLE))
    told = "No column 'category' was delivered; every line is taken for a consumable."
    return replace(
        delivery,
        tables={**delivery.tables, LINES.name: rows},
        filled=delivery.filled | {(LINES.name, "category")},
        notices=(*delivery.notices, told),
    )


def proposed(delivery: Delivery, history: History, night: date) -> Proposal:
    """Sort out what is put forward, beside what was known before the ``night``."""
    kept = {name: _keyed(name, rows, night) for name, rows in delivery.tables.items()}
    tables = {name: rows for name, (rows, _) in kept.items()}
    bare = STAYS.empty()
    if Path(delivery.path).is_file() and STAYS.name in tables:
        bare = tables[STAYS.name] = _unknown_stays(tables[STAYS.name], history)
    lines = tables[LINES.name]
    orphans = doubts.orphans(lines, tables.get(STAYS.name, STAYS.empty()), history)
    tables[LINES.name] = lines.join(orphans, on=ORIGIN, how="anti", maintain_order="left")
    remarks = pl.concat([
        *(rows.select(*REMARK_SCHEMA) for rows in delivery.unreadable.values()),
        *(refused.select(*REMARK_SCHEMA) for _, refused in kept.values()),
        orphans,
        *doubts.gaps(lines),
        doubts.strange_items(lines, tables.get("consumables"), history),
    ])  # fmt: skip
    every = _every_line(delivery)
    return Proposal(
        night,
        every,
        remarks.join(every, on=ORIGIN, how="semi", maintain_order="left"),
        tables,
        bare.select("stay_id").unique(),
        delivery.filled,
        (*delivery.notices, *_about_other_tables(remarks, every)),
    )


def _keyed(name: str, rows: pl.DataFrame, night: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that can be told apart, as received on the night, and the others with a remark."""
    stamped = rows.with_columns(pl.lit(night).alias(NIGHT))
    if name == STAYS.name:
        # Beside lines the same stay stands in every row.
        stamped = stamped.unique(STAYS.names, keep="first", maintain_order=True)
    keyed, without = refuse_missing_keys(BY_NAME[name], stamped)
    kept, copies = refuse_second_copies(BY_NAME[name], keyed)
    return kept, pl.concat([without, copies])


def _unknown_stays(stays: pl.DataFrame, history: History) -> pl.DataFrame:
    """Stays that nobody knew: sent again, a known one would replace all rows it has."""
    known = history.tables[STAYS.name].select("stay_id").unique()
    return stays.lazy().join(known, on="stay_id", how="anti", maintain_order="left").collect()


def _every_line(delivery: Delivery) -> pl.DataFrame:
    """Every line that was delivered, understood or not, in the order of the file."""
    parts = (delivery.tables[LINES.name], delivery.unreadable[LINES.name])
    return pl.concat(rows.select(*ORIGIN, *SHOWN) for rows in parts).sort(*ORIGIN)


def _about_other_tables(remarks: pl.DataFrame, every: pl.DataFrame) -> list[str]:
    others = remarks.join(every, on=ORIGIN, how="anti", maintain_order="left")[MESSAGE]
    more = len(others) - SHOWN_MESSAGES
    return [*others.head(SHOWN_MESSAGES), *([f"... and {more:,} more rows."] if more > 0 else [])]
