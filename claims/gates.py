"""Gates: when one hospital's delivery looks broken as a whole, it is held back, not the city's.

Held rows lie in quarantine, whole. The night shift corrects and delivers again, or accepts
the hospital by name once somebody has looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from claims.known import Known
    from claims.settings import Settings

BAD_ROWS = "gate.bad_rows"
VOLUME = "gate.volume"
NO_LINES = "gate.missing_lines"
# Below this many rows a share says nothing: one bad row among three is not a broken export.
FEWEST_ROWS = 50
# Nights needed before a hospital has a usual volume, how far back they are looked for, and
# the volume (stays) below which a multiple of the usual is ordinary chance.
FEWEST_NIGHTS = 7
DAYS_BACK = 56
SMALLEST_USUAL = 10


@dataclass(frozen=True)
class Hold:
    """One hospital held back: which gate, and why in words."""

    hospital_id: str
    code: str
    message: str


def bad_row_holds(counts: pl.DataFrame, settings: Settings) -> list[Hold]:
    """Hospitals with too large a share of bad rows; ``counts``: hospital_id, rows, bad."""
    limit = settings.bad_row_limit
    over = counts.filter((pl.col("rows") >= FEWEST_ROWS) & (pl.col("bad") > limit * pl.col("rows")))
    return [
        Hold(
            hospital,
            BAD_ROWS,
            f"Hospital {hospital}: {bad} of {rows} rows ({bad / rows:.0%}) cannot be stored, more "
            f"than the {limit:.0%} allowed (bad_row_limit); its delivery is held back whole. "
            f"Deliver it corrected, or accept hospital {hospital} for this night.",
        )
        for hospital, rows, bad in over.sort("hospital_id").iter_rows()
    ]


def volume_holds(
    stays: pl.DataFrame, known: Known, night: date, settings: Settings
) -> tuple[list[Hold], list[str]]:
    """Hospitals with far more stays than on their usual night, and notices about far fewer.

    Far fewer is told and not held: rows that did not come cannot be kept back, and those
    that came may be all there are.
    """
    usual = _usual(known, night)
    tonight = stays.group_by("hospital_id").len("stays")
    joined = tonight.join(usual, on="hospital_id").sort("hospital_id")
    ratio = settings.volume_ratio
    holds, notices = [], []
    for hospital, count, normal in joined.iter_rows():
        if count > ratio * max(normal, SMALLEST_USUAL):
            holds.append(
                Hold(
                    hospital,
                    VOLUME,
                    f"Hospital {hospital}: {count} stays tonight, usually about {normal:.0f}; more "
                    f"than {ratio:g} times the usual (volume_ratio), so its delivery is held "
                    f"back whole. If this is right, accept hospital {hospital} for this night.",
                )
            )
        elif normal >= SMALLEST_USUAL and count * ratio < normal:
            notices.append(
                f"Hospital {hospital}: only {count} stays tonight, usually about {normal:.0f}; "
                "a part of its delivery may be missing."
            )
    return holds, notices


def missing_line_holds(stays: pl.DataFrame, lines: pl.DataFrame | None, known: Known) -> list[Hold]:
    """Hospitals with many stays and not one fee line, where fee lines are otherwise delivered.

    ``lines`` has stay_id, and is None when the table did not come at all tonight.
    """
    if lines is None and not known.any("fee_lines"):
        return []
    billed = pl.DataFrame(schema={"stay_id": pl.String()}) if lines is None else lines
    has_lines = pl.col("stay_id").is_in(billed["stay_id"].unique().implode())
    bare = (
        stays.filter(~pl.col("voided").fill_null(value=False))
        .group_by("hospital_id")
        .agg(pl.len().alias("stays"), has_lines.any().alias("any"))
        .filter(~pl.col("any") & (pl.col("stays") >= SMALLEST_USUAL))
        .select("hospital_id", "stays")
    )
    return [
        Hold(
            hospital,
            NO_LINES,
            f"Hospital {hospital}: {count} stays tonight and not one fee line; its fee_lines are "
            f"missing, so its delivery is held back whole. Deliver it complete, or accept "
            f"hospital {hospital} for this night.",
        )
        for hospital, count in bare.sort("hospital_id").iter_rows()
    ]


def _usual(known: Known, night: date) -> pl.DataFrame:
    """Median stays a night of each hospital over its recent nights with a delivery."""
    since = pl.lit(night).dt.offset_by(f"-{DAYS_BACK}d")
    return (
        known.scan("stays", "hospital_id", "received_on")
        .filter((pl.col("received_on") >= since) & (pl.col("received_on") < night))
        .group_by("hospital_id", "received_on")
        .len("stays")
        .group_by("hospital_id")
        .agg(pl.col("stays").median().alias("usual"), pl.len().alias("nights"))
        .filter(pl.col("nights") >= FEWEST_NIGHTS)
        .select("hospital_id", "usual")
        .collect()
    )


def hospital_of(rows: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """Add ``_hospital_id``: the row's own, or that of the stay it hangs on, else null.

    ``homes`` has stay_id and _hospital_id, each stay once.
    """
    if "hospital_id" in rows.columns:
        return rows.with_columns(pl.col("hospital_id").alias("_hospital_id"))
    if "stay_id" in rows.columns:
        return rows.join(homes, on="stay_id", how="left", maintain_order="left")
    return rows.with_columns(pl.lit(None, dtype=pl.String).alias("_hospital_id"))


def counted(kept: Mapping[str, pl.DataFrame], refused: list[pl.DataFrame]) -> pl.DataFrame:
    """Rows and bad rows of each hospital; all frames carry ``_hospital_id``."""
    good = [_per_hospital(rows, bad=False) for rows in kept.values()]
    bad = [_per_hospital(rows, bad=True) for rows in refused]
    schema = {"hospital_id": pl.String(), "rows": pl.Int64(), "bad": pl.Int64()}
    return (
        pl.concat([pl.DataFrame(schema=schema), *good, *bad])
        .filter(pl.col("hospital_id").is_not_null())
        .group_by("hospital_id")
        .sum()
    )


def _per_hospital(rows: pl.DataFrame, *, bad: bool) -> pl.DataFrame:
    count = pl.col("rows").cast(pl.Int64)
    return (
        rows.group_by(pl.col("_hospital_id").alias("hospital_id"))
        .len("rows")
        .with_columns(count, (count if bad else pl.lit(0, dtype=pl.Int64)).alias("bad"))
    )
