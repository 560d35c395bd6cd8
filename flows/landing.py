"""Bring deliveries in: history at once, a night from the inbox (plain functions)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

from claims.admission import Admission
from claims.delivery import files_of, read_delivery
from claims.errors import DeliveryError
from claims.intake import admit, land
from claims.lake import Lake
from claims.mapping import read_mapping
from claims.parts import ROWS_AT_ONCE, parts_of
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from claims.parts import Nights
    from claims.settings import Settings

INBOX_SOURCE = "inbox"


@dataclass(frozen=True)
class Landed:
    """What a landing did; ``admission`` is None for a night without a delivery."""

    admission: Admission | None
    notice: str | None

    @property
    def held(self) -> int:
        """Hospitals whose delivery was held back."""
        return 0 if self.admission is None else len(self.admission.report.held)

    @property
    def quarantined(self) -> int:
        """Rows that went to quarantine."""
        return 0 if self.admission is None else self.admission.report.quarantined

    def without_rows(self) -> Landed:
        """The same without the rows that landed."""
        if self.admission is None:
            return self
        return replace(self, admission=self.admission.without_rows())

    def lines(self) -> list[str]:
        """What to tell a person."""
        told = [] if self.admission is None else self.admission.report.lines()
        return [*told, *([self.notice] if self.notice else [])]


def open_lake(settings: Settings) -> Lake:
    """The lake of this installation."""
    return Lake.at(settings.lake, settings.retention_days)


def parts_of_extract(path: Path, mapping: Path | None) -> list[Nights | None]:
    """Parts in which an extract is landed one after the other; None alone lands it whole."""
    files = [] if mapping else files_of(path)
    return [*parts_of(files, ROWS_AT_ONCE)] or [None]


def land_part(
    settings: Settings,
    path: Path,
    part: Nights | None,
    *,
    mapping: Path | None = None,
    source: str | None = None,
    fallback_night: date | None = None,
    lake: Lake | None = None,
) -> Landed:
    """Land a part of an extract, each row on its own night."""
    into = lake or open_lake(settings)
    named = read_mapping(mapping) if mapping else None
    admission = admit(
        read_delivery(path, named, None if part is None else part.within),
        lake=into,
        settings=settings,
        source=source or source_of(path),
        night=None,
        fallback_night=fallback_night,
    )
    land(admission, into)
    return Landed(admission, None)


def land_history(
    settings: Settings,
    path: Path,
    *,
    mapping: Path | None = None,
    source: str | None = None,
    fallback_night: date | None = None,
    lake: Lake | None = None,
) -> Landed:
    """Land a whole extract, part by part where it is large, each row on its own night."""
    parts = parts_of_extract(path, mapping)
    landed: list[Landed] = []
    for part in parts:
        one = land_part(
            settings,
            path,
            part,
            mapping=mapping,
            source=source,
            fallback_night=fallback_night,
            lake=lake,
        )
        # Of many parts the books alone are kept, so that the next finds the memory free.
        landed.append(one if part is None else one.without_rows())
    return together(landed)


def together(landed: Sequence[Landed]) -> Landed:
    """The parts of one extract as one landing."""
    found = [one.admission for one in landed if one.admission is not None]
    return Landed(Admission.of_parts(found), None)


def source_of(path: Path) -> str:
    """Name of an extract: its own, and a hash of where it lies.

    The same extract taken in again replaces itself; another one of the same name does not.
    """
    where = blake2b(str(path.resolve()).encode(), digest_size=4).hexdigest()
    return f"{path.resolve().name.split('.')[0]}-{where}"


def land_night(settings: Settings, on: date, accept: frozenset[str] = frozenset()) -> Landed:
    """Land what waits in the inbox for a night; an empty inbox succeeds with a notice."""
    folder = settings.inbox / f"{on:%Y-%m-%d}"
    if not folder.exists():
        return Landed(None, f"Nothing was delivered for the night of {on}.")
    lake = open_lake(settings)
    admission = admit(
        read_delivery(folder),
        lake=lake,
        settings=settings,
        source=INBOX_SOURCE,
        night=on,
        accept=accept,
    )
    land(admission, lake)
    empty = "The delivery was empty." if admission.report.tables == {} else None
    return Landed(admission, empty)


def split(path: Path, history: Path, inbox: Path, *, until: date) -> list[date]:
    """Part an extract: rows received by ``until`` go to ``history``, later ones to the inbox.

    Each later night gets a folder of its own, as a hospital network would deliver it.
    Returns these nights. Every table with rows must have ``received_on``.
    """
    tables = {name: path / f"{name}.parquet" for name in BY_NAME}
    if not _any(tables["stays"]):
        raise DeliveryError(
            f"{path} has no stays.parquet, and only Parquet extracts can be parted by night.",
            "Ingest it whole, without --until.",
        )
    frames = {name: pl.scan_parquet(_files(file)) for name, file in tables.items() if _any(file)}
    for name, rows in frames.items():
        _check_nights(tables[name], rows)
    history.mkdir(parents=True, exist_ok=True)
    nights: set[date] = set()
    later: dict[str, pl.DataFrame] = {}
    for name, rows in frames.items():
        on = pl.col("received_on").cast(pl.Date)
        # A row that does not say its night stays with the history, which works it out.
        known_later = (on > until).fill_null(value=False)
        rows.filter(~known_later).sink_parquet(history / f"{name}.parquet")
        later[name] = rows.filter(known_later).with_columns(on).collect()
        nights |= set(later[name]["received_on"].unique())
    for night in sorted(nights):
        _deliver(later, inbox / f"{night:%Y-%m-%d}", night)
    return sorted(nights)


def _check_nights(file: Path, rows: pl.LazyFrame) -> None:
    dtype = rows.collect_schema().get("received_on")
    if dtype is None:
        raise DeliveryError(
            f"{file} has no column 'received_on', so it cannot be parted by night.",
            "Ingest it whole, or add the night on which each row became known.",
        )
    if not dtype.is_temporal():
        raise DeliveryError(
            f"In {file} the column 'received_on' holds {dtype}, not dates.",
            "Ingest it whole, or write the column as dates.",
        )


def _deliver(later: dict[str, pl.DataFrame], folder: Path, night: date) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in later.items():
        tonight = rows.filter(pl.col("received_on") == night)
        if tonight.height or name == "stays":
            tonight.write_parquet(folder / f"{name}.parquet")


def _any(file: Path) -> bool:
    return file.exists() or file.with_suffix("").is_dir()


def _files(file: Path) -> list[Path]:
    return [file] if file.exists() else sorted(file.with_suffix("").glob("*.parquet"))
