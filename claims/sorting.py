"""Sorting out: which rows of a delivery are kept, refused, held back or released."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.gates import (
    Hold,
    bad_row_holds,
    counted,
    hospital_of,
    missing_line_holds,
    volume_holds,
)
from claims.nights import NIGHT
from claims.origin import CODE, COLUMN, MESSAGE, ORIGIN, where
from claims.refusals import refuse_missing_keys, refuse_orphans, refuse_second_copies
from claims.release import Release, released, waiting
from claims.results import QUARANTINE
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from claims.known import Known
    from claims.settings import Settings

Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Sorted:
    """Rows by what becomes of them: kept, refused though parsed, not parsed, released."""

    kept: Frames
    refused: Frames
    unreadable: Frames
    release: Release
    held: tuple[Hold, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class Circumstances:
    """What decides about a row besides the row: the lake, the limits, who may pass.

    ``night`` is None for a history, which has no usual volume to be held against;
    ``accept`` are hospitals that pass the gates.
    """

    known: Known
    settings: Settings
    night: date | None
    accept: frozenset[str]


def sorted_out(tables: Frames, unreadable: Frames, given: Circumstances) -> Sorted:
    """Decide about every row: refuse what cannot be keyed, pass the gates, release.

    ``tables`` and ``unreadable`` carry their night.
    """
    kept, refused = _refused(tables, given.known)
    holds, told = _holds(kept, refused, unreadable, given)
    kept, held_back = _held_back(kept, holds, given.known)
    release = _released(kept, given.known)
    return Sorted(
        _with_released(kept, release),
        _joined(refused, held_back),
        unreadable,
        release,
        tuple(holds),
        tuple(told),
    )


def _refused(tables: Frames, known: Known) -> tuple[Frames, Frames]:
    """Split every table into rows that are kept and rows that cannot be."""
    kept: Frames = {}
    refused: dict[str, list[pl.DataFrame]] = {}
    for name, rows in tables.items():
        keyed, without = refuse_missing_keys(BY_NAME[name], rows)
        kept[name], copies = refuse_second_copies(BY_NAME[name], keyed)
        refused[name] = [without, copies]
    stays = _known_stays(kept, known)
    for name in kept:
        kept[name], orphans = refuse_orphans(BY_NAME[name], kept[name], stays)
        refused[name].append(orphans)
    return kept, {name: pl.concat(parts) for name, parts in refused.items()}


def _known_stays(kept: Frames, known: Known) -> pl.DataFrame:
    """Stays of this delivery, and those of the lake that its rows ask for."""
    here = _of_stays(kept).select("stay_id").unique()
    asked = [
        rows.select("stay_id") for name, rows in kept.items() if BY_NAME[name].parent == "stays"
    ]
    if not asked:
        return here
    wanted = pl.concat(asked).unique().join(here, on="stay_id", how="anti")
    return pl.concat([here, known.stays(wanted).select("stay_id")])


def _of_stays(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    empty = BY_NAME["stays"].empty()
    return frames.get("stays", empty)


def homes_of(frames: list[Frames], known: Known) -> pl.DataFrame:
    """Stay and hospital, each stay once: of the delivery, else as the lake knows it."""
    stays = [_of_stays(one).select("stay_id", "hospital_id") for one in frames]
    here = pl.concat(stays).unique("stay_id", keep="first", maintain_order=True)
    asked = [rows.select("stay_id") for one in frames for rows in one.values() if "stay_id" in rows]
    wanted = pl.concat([here.select("stay_id").clear(), *asked]).unique()
    before = known.stays(wanted.join(here, on="stay_id", how="anti"), "hospital_id")
    both = pl.concat([here, before.select("stay_id", "hospital_id")])
    return both.rename({"hospital_id": "_hospital_id"}).filter(pl.col("stay_id").is_not_null())


def _holds(
    kept: Frames, refused: Frames, unreadable: Frames, given: Circumstances
) -> tuple[list[Hold], list[str]]:
    """Hospitals that do not pass a gate, each once, and notices about the others."""
    homes = homes_of([kept, refused, unreadable], given.known)
    good = {name: hospital_of(rows, homes) for name, rows in kept.items()}
    bad = [hospital_of(rows, homes) for one in (refused, unreadable) for rows in one.values()]
    holds = bad_row_holds(counted(good, bad), given.settings)
    told: list[str] = []
    if given.night is not None:
        stays = _of_stays(kept)
        more, told = volume_holds(stays, given.known, given.night, given.settings)
        holds += more
        holds += missing_line_holds(stays, kept.get("fee_lines"), given.known)
    first = {hold.hospital_id: hold for hold in reversed(holds)}
    return [first[one] for one in sorted(first) if one not in given.accept], told


def _held_back(kept: Frames, holds: list[Hold], known: Known) -> tuple[Frames, Frames]:
    """Take every row of the held hospitals out of what is kept."""
    if not holds:
        return kept, {}
    homes = homes_of([kept], known)
    reasons = pl.DataFrame(
        {
            "_hospital_id": [hold.hospital_id for hold in holds],
            CODE: [hold.code for hold in holds],
            MESSAGE: [hold.message for hold in holds],
        }
    )
    free, held = {}, {}
    for name, rows in kept.items():
        placed = hospital_of(rows, homes)
        free[name] = placed.join(
            reasons, on="_hospital_id", how="anti", maintain_order="left"
        ).select(rows.columns)
        back = placed.join(reasons, on="_hospital_id", how="inner", maintain_order="left")
        told = pl.format("{}: {}", where(), pl.col(MESSAGE)).alias(MESSAGE)
        none = pl.lit(None, dtype=pl.String).alias(COLUMN)
        held[name] = back.select(*rows.columns, none, CODE, told)
    return free, held


def _released(kept: Frames, known: Known) -> Release:
    """Rows that waited in quarantine for stays which are known by now."""
    waits = waiting(known)
    if waits.is_empty():
        return Release({}, QUARANTINE.empty())
    here = _of_stays(kept).select("stay_id", NIGHT)
    before = known.stays(waits.select("stay_id"), NIGHT)
    both = pl.concat([here, before.select("stay_id", NIGHT)])
    stays = both.group_by("stay_id").agg(pl.col(NIGHT).min().alias("known_on"))
    return released(waits, stays, kept, known)


def _with_released(kept: Frames, release: Release) -> Frames:
    both = dict(kept)
    for name, rows in release.tables.items():
        columns = [*BY_NAME[name].names, *ORIGIN]
        before = [kept[name].select(columns)] if name in kept else []
        both[name] = pl.concat([*before, rows.select(columns)])
    return both


def _joined(first: Frames, second: Frames) -> Frames:
    return {
        name: pl.concat([rows, second[name].select(rows.columns)]) if name in second else rows
        for name, rows in first.items()
    }
