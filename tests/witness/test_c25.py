"""C25: the date of the very unit had passed on the day of its use."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C25", stays=4_000)


def units(city: Delivery) -> pl.DataFrame:
    """Recorded serial units with the purchase of the same serial: days past its date."""
    stays = city.live("stays").select("stay_id", "hospital_id")
    used = city.live("device_uses").filter(pl.col("serial").is_not_null()).join(stays, on="stay_id")
    bought = (
        city.table("purchases")
        .filter(pl.col("serial").is_not_null())
        .select("hospital_id", "item_code", "serial", "expiry_on", "delivered_on")
    )
    both = used.join(bought, on=["hospital_id", "item_code", "serial"])
    past = (pl.col("used_at").dt.date() - pl.col("expiry_on")).dt.total_days()
    return both.with_columns(subject_id=pl.col("stay_id") + "|" + pl.col("item_code"), past=past)


def test_c25_uses_units_past_their_date(city: Delivery) -> None:
    rows = units(city).join(city.truth("C25"), on="subject_id")
    for level, (low, high) in {1: (90, 300), 2: (8, 60), 3: (1, 7)}.items():
        mine = rows.filter(pl.col("difficulty") == level)
        assert len(mine) > 3
        assert mine["past"].is_between(low, high).all(), level


def test_the_most_cunning_say_neither_lot_nor_serial(city: Delivery) -> None:
    key = city.truth("C25").filter(pl.col("difficulty") == 4)
    assert len(key) > 3
    assert units(city).join(key, on="subject_id").is_empty()
    silent = key.with_columns(
        stay_id=pl.col("subject_id").str.split("|").list.first(),
        item_code=pl.col("subject_id").str.split("|").list.last(),
    )
    for table in ("fee_lines", "device_uses"):
        rows = city.table(table).join(silent, on=["stay_id", "item_code"])
        assert len(rows) >= len(key)
        assert rows["serial"].is_null().all()
        assert rows["lot"].is_null().all()
    # The store of the hospital still holds a unit of the item whose date ended just before.
    stays = city.table("stays").select("stay_id", "hospital_id", "admitted_at", "discharged_at")
    places = silent.join(stays, on="stay_id")
    stock = city.table("purchases").join(places, on=["hospital_id", "item_code"])
    ended = pl.col("expiry_on").cast(pl.Datetime("us"))
    near = stock.filter(
        ended.is_between(pl.col("admitted_at") - pl.duration(days=4), pl.col("discharged_at"))
    )
    assert near["subject_id"].n_unique() == len(key)


def test_c25_costs_its_whole_bill(city: Delivery) -> None:
    rows = city.uses().join(city.truth("C25"), on="subject_id")
    assert (rows["billed"] == 1).all()
    assert ((rows["price"] - rows["amount"]).abs() < 0.02).all()


def test_nobody_else_is_out_of_date(city: Delivery) -> None:
    key = city.truth().filter(pl.col("scheme").is_in(["C25", "expiry_typed_wrong"]))
    honest = units(city).join(key, on="subject_id", how="anti")
    assert len(honest) > 100
    assert (honest["past"] <= 0).all()


def test_stock_near_its_date_was_in_date(city: Delivery) -> None:
    for name, most in (("last_days", 9), ("short_life_stock", 45)):
        key = city.truth(name, innocent=True)
        rows = units(city).join(key, on="subject_id")
        assert len(rows) > 0
        assert rows["past"].is_between(-most, 0).all(), name


def test_a_typing_error_lies_years_before_the_delivery(city: Delivery) -> None:
    key = city.truth("expiry_typed_wrong", innocent=True)
    rows = units(city).join(key, on="subject_id")
    assert len(rows) > 0
    assert ((rows["delivered_on"] - rows["expiry_on"]).dt.total_days() > 365).all()
