"""What is kept of one judged city: small tables that everything on the page is counted from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from bench.report.membership import MEMBERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MADE = "made.json"
# Subjects that a record may belong to; the column holds the subject's id, or null.
KIN = ("stay", "person", "physician", "department", "hospital")
# Which of these the subjects of a kind point to, beside what they are themselves.
POINTS_TO: Mapping[str, tuple[str, ...]] = {
    "use": KIN,
    "stay": KIN[1:],
    "ledger": ("hospital",),
    "department": ("hospital",),
}
KIN_SCHEMA: dict[str, pl.DataType] = dict.fromkeys(KIN, pl.String())
SUBJECT: dict[str, pl.DataType] = {"subject_type": pl.String(), "subject_id": pl.String()}
RECORDS: dict[str, pl.DataType] = SUBJECT | {
    "hospital_id": pl.String(),
    "level": pl.String(),
    "margin": pl.Float64(),
    "anomaly": pl.Float64(),
    "rule_hits": pl.Int64(),
    "whole_amount": pl.Int64(),
}
KEY: dict[str, pl.DataType] = (
    SUBJECT
    | {
        "scheme": pl.String(),
        "campaign_id": pl.String(),
        "difficulty": pl.Int64(),
        "amount": pl.Int64(),
        "innocent": pl.Boolean(),
        "hospital_id": pl.String(),
    }
    | KIN_SCHEMA
)
HITS: dict[str, pl.DataType] = SUBJECT | {"code": pl.String(), "spoken": pl.Boolean()} | KIN_SCHEMA
ALERTS: dict[str, pl.DataType] = SUBJECT | {"grade": pl.String(), "selected_by": pl.String()}
TABLES: Mapping[str, dict[str, pl.DataType]] = {
    "records": RECORDS,
    "key": KEY,
    "hits": HITS,
    "alerts": ALERTS,
    "members": MEMBERS,
}


@dataclass(frozen=True)
class Result:
    """One judged city.

    ``records``: every scored subject with what orders the queues; ``key``: the answer key
    (amounts in fen) with whom each subject belongs to; ``hits``: breaches of rules,
    ``spoken`` unless a protective condition silenced them; ``alerts``: what was handed over;
    ``members``: the stays that groups hold.
    ``made``: what it was made with (``asked``), code, seconds, gigabytes, and the
    ``population`` of kinds that stand above records.
    """

    seed: int
    made: Mapping[str, Any]
    records: pl.DataFrame
    key: pl.DataFrame
    hits: pl.DataFrame
    alerts: pl.DataFrame
    members: pl.DataFrame

    @classmethod
    def of(cls, made: Mapping[str, Any], **tables: pl.DataFrame) -> Result:
        """Keep the columns that count, in their types."""
        kept = {
            name: tables[name].select(pl.col(column).cast(kind) for column, kind in schema.items())
            for name, schema in TABLES.items()
        }
        return cls(seed=int(made["asked"]["seed"]), made=made, **kept)

    def save(self, folder: Path) -> None:
        """Write it; the description last, so that half a result is none."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            getattr(self, name).write_parquet(folder / f"{name}.parquet")
        (folder / MADE).write_text(json.dumps(dict(self.made), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Result:
        """Read it back."""
        tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        return cls.of(read_made(folder), **tables)


def read_made(folder: Path, tables: Iterable[str] = ()) -> dict[str, Any]:
    """The description of what a folder holds, empty where it or one of these tables is missing."""
    needed = [folder / MADE, *(folder / f"{name}.parquet" for name in tables)]
    if not all(path.exists() for path in needed):
        return {}
    made: dict[str, Any] = json.loads((folder / MADE).read_text(encoding="utf-8"))
    return made
