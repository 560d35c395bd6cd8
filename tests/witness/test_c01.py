"""C01: what was billed without being used, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import LEDGER, USE, Delivery, least, most
from tests.unit.test_synthetic_schemes import limit
from tests.witness import goods_view
from tests.witness.conftest import CityOf

SMALL = 800.0  # yuan


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C01")


@pytest.fixture(scope="module")
def rows(city: Delivery) -> pl.DataFrame:
    return goods_view.billed(city, city.truth("C01"))


def level(rows: pl.DataFrame, *levels: int) -> pl.DataFrame:
    return rows.filter(pl.col("difficulty").is_in(levels))


def test_it_is_billed_and_never_recorded(city: Delivery, rows: pl.DataFrame) -> None:
    assert len(rows) == len(city.truth("C01"))
    assert least(rows["units"]) >= 1
    assert rows.join(goods_view.recorded(city), on=USE, how="inner").is_empty()
    assert most((rows["total"] - rows["amount"]).abs()) < 0.02


def test_others_are_recorded(city: Delivery) -> None:
    kept = city.table("purchases")["item_code"].unique()
    registered = city.table("device_uses")["item_code"].unique()
    uses = city.uses().join(city.truth("C01"), on="subject_id", how="anti")
    uses = uses.filter(pl.col("item_code").is_in(registered.implode()) & (pl.col("billed") > 0))
    assert len(kept) > 0
    assert goods_view.share(uses["used"] == 0) < 0.03


def test_nothing_left_the_store(city: Delivery, rows: pl.DataFrame) -> None:
    books = goods_view.undisturbed(city, "C01")
    false = rows.group_by(LEDGER).agg(invented=pl.col("units").sum())
    both = books.join(false, on=LEDGER)
    assert len(both) > 10
    assert goods_view.share(both["residual"] == both["invented"]) > 0.9


def test_the_bold_bill_stays_without_procedure(city: Delivery, rows: pl.DataFrame) -> None:
    operated = city.table("stay_procedures")["stay_id"].unique().implode()
    assert not level(rows, 1)["stay_id"].is_in(operated).any()
    assert goods_view.share(level(rows, 2, 3, 4)["stay_id"].is_in(operated)) > 0.9


def test_the_others_bill_what_the_operation_may_need(city: Delivery, rows: pl.DataFrame) -> None:
    drg = (
        city.table("stays").unique("stay_id").select("stay_id", adrg=pl.col("drg").str.slice(0, 3))
    )
    kinds = goods_view.catalogue(city).select("item_code", "class_code")
    peers = city.table("device_uses").join(drg, on="stay_id").join(kinds, on="item_code")
    usual = peers.group_by("adrg", "class_code").agg(high=pl.col("quantity").max())
    own = rows.with_columns(adrg=pl.col("drg").str.slice(0, 3))
    fitting = own.join(usual, on=["adrg", "class_code"], how="left")
    assert goods_view.share(level(fitting, 2, 3, 4)["high"].is_not_null()) > 0.9
    assert goods_view.share(level(fitting, 1)["high"].is_null()) > 0.7  # a stray peer or two
    third = level(fitting, 3).drop_nulls("high")
    assert goods_view.share(third["units"] <= third["high"]) > 0.9


def test_the_third_hides_among_small_items(rows: pl.DataFrame) -> None:
    third = level(rows, 3)
    assert most(third["price"]) < SMALL
    assert least(third.group_by("stay_id").len()["len"]) >= 2


def test_the_cunning_stay_inside_the_tolerance(rows: pl.DataFrame) -> None:
    single = level(rows, 4)
    assert set(single["units"]) == {1.0}
    yearly = single.group_by(*LEDGER, pl.col("day").dt.year()).len()
    assert most(yearly["len"]) < limit("ledger_residual_units")


def test_late_records_come_in_the_end(city: Delivery) -> None:
    key = city.truth("late_record", innocent=True)
    late = goods_view.billed(city, key).join(goods_view.recorded(city), on=USE)
    assert len(late) == len(key) > 0
    waited = (late["written"] - late["received_on"]).dt.total_days()
    assert least(waited) >= 10
    assert (late["units"] == late["recorded"]).all()
