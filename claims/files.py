"""Reading one delivered file, whatever its format and encoding, as it stands.

CSV is read as text throughout: UTF-8 with or without a byte-order mark, or GB18030, plain
or compressed, parted by commas, semicolons or tabs. Parquet keeps its types. Whatever
cannot be read at all is refused with the name of the file and a way out; a CSV row with
too many fields is set aside, not lost.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import DeliveryError

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "_number"
SUFFIXES = (".parquet", ".csv", ".csv.gz")
# GB18030 contains GBK and GB2312, so that every Chinese Windows export is covered.
ENCODINGS = ("utf-8-sig", "gb18030")
# What Python's decoders say of a character that begins and does not end.
CUT_SHORT = ("unexpected end of data", "incomplete multibyte sequence")
SEPARATORS = (",", ";", "\t")
RESEND = "Ask the sender to deliver the file again."


@dataclass(frozen=True)
class Sheet:
    """The rows of one file in file order.

    ``too_long`` has one number a row: how many fields a CSV row has where that is more
    than the header has, else null. ``numbers`` are the row numbers in the file, from 1.
    """

    file: str
    rows: pl.DataFrame
    too_long: pl.Series
    numbers: pl.Series


def suffix_of(path: Path) -> str | None:
    """The suffix by which the file is read, None when it is not a format we read."""
    name = path.name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def stem_of(path: Path) -> str:
    """File name without the suffix by which it is read."""
    suffix = suffix_of(path)
    return path.name if suffix is None else path.name[: -len(suffix)]


def row_numbers(height: int) -> pl.Series:
    """Row numbers from 1."""
    return pl.int_range(1, height + 1, dtype=pl.Int64, eager=True)


def read_sheet(path: Path, name: str, within: pl.Expr | None = None) -> Sheet:
    """Read one file; ``name`` is how messages call it.

    ``within`` reads those rows of a Parquet file alone that meet a condition. Raises
    DeliveryError when the file is truncated, empty, or in an unknown encoding.
    """
    if suffix_of(path) != ".parquet":
        return _read_csv(_text(path, name), name)
    if within is None:
        return _whole(name, _read_parquet(path, name))
    return _chosen(name, path, within)


def _whole(name: str, rows: pl.DataFrame) -> Sheet:
    return _sheet(name, rows, row_numbers(rows.height))


def _sheet(name: str, rows: pl.DataFrame, numbers: pl.Series) -> Sheet:
    # Polars 2.1 panics when it formats a filtered column that lies in several chunks.
    rows = rows.rechunk()
    return Sheet(name, rows, pl.repeat(None, rows.height, dtype=pl.Int64, eager=True), numbers)


def _chosen(name: str, path: Path, within: pl.Expr) -> Sheet:
    numbered = pl.scan_parquet(path, glob=False, row_index_name=NUMBER, row_index_offset=1)
    rows = numbered.filter(within).collect()
    return _sheet(name, rows.drop(NUMBER), rows[NUMBER].cast(pl.Int64))


def _read_parquet(path: Path, name: str) -> pl.DataFrame:
    try:
        # The address is given as bytes: a '*' or '[' in a file name is not a pattern.
        return pl.read_parquet(io.BytesIO(path.read_bytes()))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DeliveryError(
            f"The file {name} cannot be read as Parquet; it looks truncated or damaged "
            f"({str(error).splitlines()[0]}).",
            RESEND,
        ) from error


def _text(path: Path, name: str) -> str:
    try:
        raw = path.read_bytes()
        plain = gzip.decompress(raw) if path.name.lower().endswith(".gz") else raw
    except (OSError, EOFError, zlib.error) as error:
        raise DeliveryError(
            f"The file {name} cannot be unpacked; it looks truncated or damaged ({error}).",
            RESEND,
        ) from error
    for encoding in ENCODINGS:
        try:
            return plain.decode(encoding)
        except UnicodeDecodeError as error:
            _refuse_cut_character(error, plain, name)
    raise DeliveryError(
        f"The file {name} is text in neither UTF-8 nor GB18030.",
        "Export it again in one of the two encodings, or as Parquet.",
    )


def _refuse_cut_character(error: UnicodeDecodeError, plain: bytes, name: str) -> None:
    """A last character that stops half way is a truncated file, not another encoding.

    Where it is the only one that is not ASCII, nothing speaks for this encoding yet.
    """
    proven = not plain[: error.start].isascii()
    if proven and error.end == len(plain) and error.reason in CUT_SHORT:
        raise DeliveryError(
            f"The file {name} stops in the middle of a character; it looks truncated.", RESEND
        ) from error


def _separator(text: str) -> str:
    """The separator that the header uses most."""
    header = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=header.count)


def _read_csv(text: str, name: str) -> Sheet:
    if not text.strip():
        raise DeliveryError(
            f"The file {name} is empty; it has not even a header.",
            "Deliver at least the header line, or leave the file out.",
        )
    try:
        rows = pl.read_csv(text.encode(), infer_schema=False, separator=_separator(text))
    except pl.exceptions.PolarsError:
        return _read_uneven(text, name)
    _refuse_twins(rows.columns, name)
    return _whole(name, rows)


def _refuse_twins(columns: list[str], name: str) -> None:
    twins = [one for one in columns if "_duplicated_" in one]
    if twins:
        column = twins[0].partition("_duplicated_")[0]
        raise DeliveryError(
            f"The file {name} has two columns named '{column}'.", "Rename or remove one of them."
        )


def _read_uneven(text: str, name: str) -> Sheet:
    """Read a CSV with rows longer than its header: slower, and such rows are marked."""
    try:
        header, *records = [
            one for one in csv.reader(io.StringIO(text), delimiter=_separator(text)) if one
        ]
    except csv.Error as error:
        raise DeliveryError(f"The file {name} is not a usable CSV: {error}.", RESEND) from error
    width = len(header)
    rows = pl.DataFrame(
        [(record + [None] * width)[:width] for record in records],
        schema=dict.fromkeys(header, pl.String),
        orient="row",
    )
    lengths = [len(record) if len(record) > width else None for record in records]
    return Sheet(name, rows, pl.Series(lengths, dtype=pl.Int64), row_numbers(rows.height))
