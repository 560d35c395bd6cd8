"""A city that is large enough to measure on: its tables, its key and its features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.history import History
from claims.settings import load_settings
from claims.tables import DELIVERED
from features.catalogue import CATALOGUES
from features.standards import compare, freeze
from flows.judging import base_measures
from flows.landing import land_history, open_lake
from flows.training import subjects_of_history
from synthetic import Prevalence, generate
from synthetic.declared import schemes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MONTHS = 12
DENSER = 2.0  # times the usual share of planted subjects
FLOOR = 0.004  # planted subjects a stay, at least
MANY_SUBJECTS = ("stay", "use", "ledger")  # a city has few hospitals, and no more for being dense
AUDIT_SHARE = 0.03
ONE_VERSION = "whole city"


@dataclass(frozen=True)
class City:
    """Delivered tables (decimals as floats), the answer key, and features by kind of subject."""

    tables: Mapping[str, pl.DataFrame]
    key: pl.DataFrame
    features: Mapping[str, pl.DataFrame]


def make(folder: Path, *, stays: int, seed: int) -> City:
    """Generate a city below a folder, take it in as an installation does, and measure it."""
    out = folder / "city"
    generate(
        out, stays=stays, months=MONTHS, seed=seed, audit_share=AUDIT_SHARE,
        prevalence=dense(),
    )  # fmt: skip
    key = pl.read_parquet(out / "truth" / "truth.parquet")
    return City(read(out), key, features(folder / "home", out))


def dense() -> Prevalence:
    """Twice the usual share of every scheme, and of the rare ones enough to be measured."""
    shares = {
        scheme.code: max(DENSER * scheme.share, FLOOR)
        for scheme in schemes()
        if scheme.subject in MANY_SUBJECTS
    }
    return Prevalence(shares)


def read(out: Path) -> dict[str, pl.DataFrame]:
    """Tables of a city, rows in their order."""
    return standing({table.name: _read(out, table.name) for table in DELIVERED})


def standing(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables as the newest version of each stay has them; cancelled settlements are gone."""
    stays = tables["stays"].with_row_index("row").sort("received_on", "row")
    newest = stays.unique("stay_id", keep="last").filter(~pl.col("voided")).sort("row").drop("row")
    since = newest.select("stay_id", since="received_on")
    hanging = [n for n, t in tables.items() if "stay_id" in t.columns and n != "stays"]
    kept = {
        name: tables[name]
        .join(since, on="stay_id", maintain_order="left")
        .filter(pl.col("received_on") >= pl.col("since"))
        .drop("since")
        for name in hanging
    }
    return {**tables, **kept, "stays": newest}


def _read(out: Path, name: str) -> pl.DataFrame:
    one = out / f"{name}.parquet"
    rows = pl.read_parquet(one if one.exists() else out / name / "*.parquet")
    return rows.with_columns(pl.selectors.decimal().cast(pl.Float64))


def features(home: Path, out: Path) -> dict[str, pl.DataFrame]:
    """Every feature and its distance from peers, by the code that nights use.

    Peers are the whole city, the guilty among them: what a night that looks back sees.
    """
    settings = load_settings(home=home)
    landed = land_history(settings, out, source="city")
    if landed.admission is None or landed.admission.last is None:
        return {}
    history = History.of(open_lake(settings), landed.admission.last)
    return {
        kind: _compared(history, kind, subjects)
        for kind, subjects in subjects_of_history(history).items()
    }


def _compared(history: History, kind: str, subjects: pl.DataFrame) -> pl.DataFrame:
    catalogue = CATALOGUES[kind]
    measurable = catalogue.measurable(history)
    base = base_measures(history, kind, subjects).with_columns(standard_version=pl.lit(ONE_VERSION))
    frozen = freeze(base, catalogue.entity, measurable, version=ONE_VERSION, on=history.until)
    rows = compare(base, catalogue.entity, frozen, measurable)
    names = catalogue.columns(measurable)
    return rows.select("subject_id", pl.col("hospital_id").alias("place"), *names)
