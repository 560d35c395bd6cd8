"""Who is asked, and who in vain: alerts and false alarms by what a record's hospital or person is.

A trait is a column of the records: level, ownership, district, scheme, age band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from evaluation.kinds import OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.kinds import Hospitals, Kind

TRAITS = {
    "level": "hospital level",
    "ownership": "ownership",
    "district": "district of the hospital",
    "scheme": "insurance scheme",
    "age": "age",
}
UNKNOWN = "unknown"


def rates(kinds: Sequence[Kind], hospitals: Hospitals, traits: Iterable[str]) -> pl.DataFrame:
    """Alert rate of all records and false-alarm rate of innocent ones, at the tested capacity.

    One row a kind, trait and value: records, alerts, alert_rate with its interval, innocent,
    false_alarms, false_rate with its interval.
    """
    parts = [
        _rates(kinds, hospitals, trait)
        for trait in traits
        if all(trait in kind.rows.columns for kind in kinds)
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def marked(kinds: Sequence[Kind], trait: str) -> pl.DataFrame:
    """The records with their value of a trait, and whether the tested capacity holds them."""
    return pl.concat(
        [
            kind.rows.select(
                "true",
                "hospital_id",
                pl.col(trait).fill_null(UNKNOWN).alias("value"),
                subject_type=pl.lit(kind.name),
                seed=pl.lit(kind.seed, pl.Int64),
                taken=pl.Series(kind.taken(OURS, kind.tested)),
            )
            for kind in kinds
        ]
    )


def _rates(kinds: Sequence[Kind], hospitals: Hospitals, trait: str) -> pl.DataFrame:
    rows, by = marked(kinds, trait), ("subject_type", "value")
    asked = hospitals.shares(rows, by, "taken").select(
        *by, records="of", alerts="found", alert_rate="share", alert_low="low",
        alert_high="high", alert_method="method",
    )  # fmt: skip
    vain = hospitals.shares(rows.filter(pl.col("true") == 0), by, "taken").select(
        *by, innocent="of", false_alarms="found", false_rate="share", low="low", high="high",
        method="method",
    )  # fmt: skip
    told = asked.join(vain, on=list(by), how="left", maintain_order="left")
    return told.with_columns(trait=pl.lit(trait))
