"""C26: gloves and syringes billed beyond what a day can take."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import LEDGER, Delivery
from tests.witness.conftest import CityOf

HANDS = ["一次性使用医用手套", "一次性使用无菌注射器"]
PUBLISHED = 50  # units a day and person (dossier C26)
HEAVY = ("intensive_nursing", "isolation_ward", "frail_nursing")


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C26", share=0.01, stays=6_000)


def daily(city: Delivery) -> pl.DataFrame:
    """Units a day of each use of such items."""
    items = city.table("consumables").select("item_code", "generic_name").unique("item_code")
    rows = city.uses().join(items, on="item_code").filter(pl.col("generic_name").is_in(HANDS))
    nights = (pl.col("discharged_at").dt.date() - pl.col("admitted_at").dt.date()).dt.total_days()
    stays = city.live("stays").select("stay_id", "drg", nights=nights.clip(1))
    return rows.join(stays, on="stay_id").with_columns(rate=pl.col("billed") / pl.col("nights"))


def sound_books(city: Delivery) -> pl.DataFrame:
    """Residuals of the window, where no packs were typed for pieces."""
    parts = city.truth("pack_slip", innocent=True)["subject_id"].str.split("|")
    slips = pl.DataFrame({"hospital_id": parts.list.get(0), "item_code": parts.list.get(1)})
    return city.residuals().join(slips, on=LEDGER, how="anti")


def test_c26_bills_so_many_a_day(city: Delivery) -> None:
    rows = daily(city).join(city.truth("C26"), on="subject_id")
    assert len(rows) == len(city.truth("C26")) > 20
    for level, (low, high) in {1: (99, 181), 2: (50, 91), 3: (17, 41), 4: (6, 13)}.items():
        rates = rows.filter(pl.col("difficulty") == level)["rate"]
        assert rates.is_between(low, high).to_numpy().mean() > 0.9, level
    assert (rows.filter(pl.col("difficulty") > 2)["rate"] < PUBLISHED).all()


def test_c26_bills_more_than_was_ever_bought(city: Delivery) -> None:
    rows = daily(city).join(city.truth("C26"), on="subject_id")
    extra = rows.group_by(LEDGER).agg(extra=(pl.col("amount") / pl.col("price")).sum())
    ledgers = extra.join(sound_books(city), on=LEDGER)
    assert ((ledgers["extra"] - ledgers["residual"]).abs() < 1.5).to_numpy().mean() > 0.9


def test_ordinary_wards_need_a_few(city: Delivery) -> None:
    key = city.truth().filter(pl.col("scheme").is_in(["C26", *HEAVY]))
    honest = daily(city).join(key, on="subject_id", how="anti")
    assert len(honest) > 500
    assert (honest["rate"] < 12).to_numpy().mean() > 0.99


def test_heavy_nursing_takes_many_and_bought_them(city: Delivery) -> None:
    usual = daily(city)["rate"].median()
    assert isinstance(usual, float)
    touched = city.truth("C26")["subject_id"].str.split("|").list.last()
    stays = city.table("stays").select("stay_id", "hospital_id")
    planted = city.truth("C26").with_columns(
        stay_id=pl.col("subject_id").str.split("|").list.first(), item_code=touched
    )
    places = planted.join(stays, on="stay_id", suffix="_of").select(
        "item_code", hospital_id="hospital_id_of"
    )
    for name in ("intensive_nursing", "isolation_ward", "frail_nursing"):
        rows = daily(city).join(city.truth(name, innocent=True), on="subject_id")
        assert len(rows) > 0, name
        assert float(rows["rate"].to_numpy().mean()) > 2 * usual, name
        clean = rows.join(places, on=LEDGER, how="anti").select(LEDGER).unique()
        assert (clean.join(sound_books(city), on=LEDGER)["residual"] == 0).all(), name
