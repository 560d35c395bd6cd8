"""Rows that waited for their stay: taken in by themselves on the night it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.conversion import convert
from claims.origin import FILE, ROW
from claims.refusals import HELD, RELEASED, UNKNOWN_PARENT
from claims.results import QUARANTINE
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claims.known import Known
    from claims.schema import Table

NO_ROWS = QUARANTINE.empty()


@dataclass(frozen=True)
class Release:
    """Rows by table in lake types with origin, and the quarantine rows that say so."""

    tables: Mapping[str, pl.DataFrame]
    entries: pl.DataFrame


def waiting(known: Known) -> pl.DataFrame:
    """Held rows of earlier nights that nobody released, with ``stay_id`` and ``held_on``."""
    span, lake = known.span, known.lake
    if span is None or not lake.has(QUARANTINE.name):
        return NO_ROWS
    before = lake.scan(QUARANTINE.name).filter(~span.expr())
    held = before.filter(
        (pl.col("code") == UNKNOWN_PARENT)
        & (pl.col("status") == HELD)
        & (pl.col("received_on") < span.last)
    )
    done = before.filter((pl.col("status") == RELEASED) & (pl.col("received_on") <= span.last))
    return (
        held.join(done.select("quarantine_id"), on="quarantine_id", how="anti")
        .with_columns(
            pl.col("payload").str.json_path_match("$.stay_id").alias("stay_id"),
            pl.col("received_on").alias("held_on"),
        )
        .sort("held_on", "quarantine_id")
        .collect()
    )


def released(
    waits: pl.DataFrame, stays: pl.DataFrame, kept: Mapping[str, pl.DataFrame], known: Known
) -> Release:
    """Release waiting rows whose stay is known.

    ``waits`` as ``waiting`` gives them; ``stays``: stay_id and ``known_on``, the night from
    which it is known. A row whose key comes again in this delivery (``kept``) is marked
    released and not taken in twice.
    """
    if known.span is None:
        return Release({}, NO_ROWS)
    # Known from the later of the nights; a delivery never writes into an earlier night.
    since = pl.max_horizontal("known_on", "held_on", pl.lit(known.span.first))
    entries = waits.join(stays, on="stay_id", maintain_order="left").with_columns(
        since.alias("received_on"),
        pl.lit(known.span.source).alias("source"),
        pl.lit(RELEASED).alias("status"),
        pl.format(
            "{}, row {}: its stay arrived; the row, held since {}, was taken in.",
            pl.col("file"),
            pl.col("row"),
            pl.col("held_on"),
        ).alias("message"),
    )
    tables = {
        name: _rows(BY_NAME[name], entries.filter(pl.col("table") == name), kept.get(name))
        for name in entries["table"].unique().sort().to_list()
    }
    return Release(tables, entries.select(QUARANTINE.names))


def _rows(table: Table, entries: pl.DataFrame, kept: pl.DataFrame | None) -> pl.DataFrame:
    """Payloads as rows in lake types; of a key held twice the newest."""
    shape = pl.Struct(dict.fromkeys(table.names, pl.String()))
    text = entries.select(pl.col("payload").str.json_decode(shape)).unnest("payload")
    rows = pl.DataFrame([convert(text[one.name], one.kind).values for one in table.columns])
    rows = rows.with_columns(
        entries["received_on"],
        entries["file"].alias(FILE),
        entries["row"].alias(ROW),
    ).unique(list(table.key), keep="last", maintain_order=True)
    if kept is None:
        return rows
    return rows.join(kept, on=list(table.key), how="anti", maintain_order="left")
