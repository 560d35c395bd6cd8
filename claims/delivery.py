"""A delivery: the tables of one folder or file, read, named, typed, nothing dropped in silence.

Every row keeps the file and the row number it came from, so that whatever is said about
it later can be looked up by the sender. A row with a value that cannot be understood is
set aside as it was delivered; the rest goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import DeliveryError, did_you_mean
from claims.files import read_sheet, stem_of, suffix_of
from claims.naming import by_header
from claims.tables import BY_NAME, DELIVERED
from claims.typing_rows import typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Dict
    from pathlib import Path

    from claims.mapping import Mapping
    from claims.naming import Named
    from claims.schema import Table

# The answer key of a synthetic city lies beside its data; only evaluation may open it.
IGNORED = frozenset({"truth"})


@dataclass(frozen=True)
class Delivery:
    """What one folder or file holds.

    ``tables``: one frame a delivered table, every declared column in lake types (null
    where not delivered) plus ``_file`` and ``_row`` (from 1, without the header).
    ``unreadable``: rows set aside, declared columns as delivered text, plus a remark.
    ``remarks``: what is to be said about kept rows (claims.origin). ``filled``: (table,
    column) pairs that the sender really delivers; constants of a mapping are left out.
    """

    path: str
    tables: Dict[str, pl.DataFrame] = field(default_factory=dict)
    unreadable: Dict[str, pl.DataFrame] = field(default_factory=dict)
    remarks: Dict[str, pl.DataFrame] = field(default_factory=dict)
    filled: frozenset[tuple[str, str]] = frozenset()
    notices: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is not a single row."""
        return all(frame.is_empty() for frame in (*self.tables.values(), *self.unreadable.values()))


def must_be_there(path: Path) -> None:
    """Raise DeliveryError when a path leads nowhere."""
    if not path.exists():
        raise DeliveryError(f"There is nothing at {path}.", "Check the path of the delivery.")


def files_of(path: Path) -> list[Path]:
    """The files of a contract folder that hold rows of its tables; none where it is no folder."""
    if not path.is_dir():
        return []
    return [
        file
        for entry in sorted(path.iterdir())
        if _table_of(entry) is not None
        for file in _files_of(entry)
    ]


def read_delivery(
    path: Path, mapping: Mapping | None = None, within: pl.Expr | None = None
) -> Delivery:
    """Read a folder of the contract's tables, or any files through a mapping.

    ``within`` takes those rows of Parquet tables alone that meet a condition (claims.parts).
    Raises DeliveryError when the path, a required table or a required column is missing
    or a file is unusable, MappingError when the mapping does not fit the files.
    """
    must_be_there(path)
    notices: list[str] = []
    parts = list(mapping.read(path) if mapping is not None else _parts_of(path, notices, within))
    if not parts:
        notices.append(f"The delivery at {path.name} holds no tables; nothing arrived.")
    elif all(part.table.name != "stays" for part in parts):
        raise DeliveryError(
            f"The delivery at {path} has no table 'stays', the only one that is required.",
            "Add stays.parquet or stays.csv, with the header alone if no stay was settled.",
        )
    return _assembled(path, parts, notices)


def _assembled(path: Path, parts: list[Named], notices: list[str]) -> Delivery:
    done = [typed(part) for part in parts]
    return Delivery(
        str(path),
        tables=_joined((one.table.name, one.rows) for one in done),
        unreadable=_joined((one.table.name, one.unreadable) for one in done),
        remarks=_joined((one.table.name, one.remarks) for one in done),
        filled=frozenset(pair for one in done for pair in one.filled),
        notices=(*notices, *(notice for part in parts for notice in part.notices)),
    )


def _joined(parts: Iterable[tuple[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    gathered: dict[str, list[pl.DataFrame]] = {}
    for name, frame in parts:
        gathered.setdefault(name, []).append(frame)
    return {name: pl.concat(frames) for name, frames in gathered.items()}


def _parts_of(path: Path, notices: list[str], within: pl.Expr | None) -> Iterator[Named]:
    """Every file of a contract folder, its columns under their declared names."""
    if path.is_file():
        raise DeliveryError(
            f"{path.name} is a single file.",
            "Give the folder that holds it, or a mapping that says which tables it fills.",
        )
    for entry in sorted(path.iterdir()):
        table = _table_of(entry)
        if table is not None:
            for part in _files_of(entry):
                yield by_header(table, read_sheet(part, part.relative_to(path).as_posix(), within))
        elif not entry.name.startswith((".", "_")) and entry.name not in IGNORED:
            hint = did_you_mean(stem_of(entry), BY_NAME)
            notices.append(f"{entry.name} is not a table of the contract; ignored.{hint}")


def _table_of(entry: Path) -> Table | None:
    if entry.is_file() and suffix_of(entry) is None:
        return None
    stem = stem_of(entry)
    return next((table for table in DELIVERED if stem in {table.name, table.zh}), None)


def _files_of(entry: Path) -> list[Path]:
    if entry.is_file():
        return [entry]
    return sorted(part for part in entry.rglob("*") if part.is_file() and suffix_of(part))
