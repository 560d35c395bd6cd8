"""A city whose last month is delivered in one night, with a year of history behind it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from claims.settings import load_settings
from claims.tables import BY_NAME
from flows.landing import land_history
from synthetic import generate

if TYPE_CHECKING:
    from pathlib import Path

    from claims.schema import Table
    from claims.settings import Settings

MONTHS, SEED = 13, 7
# A tenth, on which the ledgers of the month before are settled, and a Monday, on which groups
# are looked at: the fullest of nights, but for the houses of an eleventh.
NIGHT = date(2025, 2, 10)
UNTIL = date(2024, 12, 31)


def lake_of(home: Path, night_stays: int) -> Settings:
    """Make the city and land it, or find it landed already."""
    settings = load_settings(home=home)
    done = home / "landed"
    if not done.exists():
        generate(home / "made", stays=night_stays * MONTHS, months=MONTHS, seed=SEED)
        gather(home / "made", home / "city")
        land_history(settings, home / "city", source="city")
        done.touch()
    return settings


def gather(made: Path, into: Path) -> None:
    """Write the city anew, with all that was received after ``UNTIL`` received on ``NIGHT``."""
    into.mkdir(parents=True, exist_ok=True)
    stays = _scan(made, "stays").filter(_late()).group_by("stay_id").agg(
        _newest=pl.col("received_on").max()
    ).collect().lazy()  # fmt: skip
    for name, table in BY_NAME.items():
        if _files(made, name):
            rows = _scan(made, name)
            tonight = _tonight(table, rows.filter(_late()), stays)
            pl.concat([rows.filter(~_late()), tonight]).sink_parquet(into / f"{name}.parquet")


def _tonight(table: Table, late: pl.LazyFrame, stays: pl.LazyFrame) -> pl.LazyFrame:
    """What a delivery of one night would hold: each row once, as it was sent last."""
    if table.parent is not None:
        sent_last = pl.col("received_on") >= pl.col("_newest")
        late = late.join(stays, on="stay_id", how="left").filter(sent_last.fill_null(value=True))
        late = late.drop("_newest")
    newest = late.sort("received_on").unique(list(table.key), keep="last", maintain_order=True)
    return newest.with_columns(received_on=pl.lit(NIGHT))


def _late() -> pl.Expr:
    return (pl.col("received_on") > UNTIL).fill_null(value=False)


def _files(made: Path, name: str) -> list[Path]:
    one = made / f"{name}.parquet"
    return [one] if one.exists() else sorted((made / name).glob("*.parquet"))


def _scan(made: Path, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(_files(made, name))
