"""C08: material that nobody's illness explains, and material that some illness does."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf

MATERIAL = ["可吸收止血纱", "可吸收防粘连材料"]
EXPLAINED = {
    "bleeding_disorder": ("D68.900", "D69.600"),
    "anticoagulated": ("Z92.100", "I48.000"),
    "former_adhesions": ("K66.000",),
}


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C08")


def material(city: Delivery) -> pl.DataFrame:
    """Material against bleeding and adhesion, by stay, with the stay's group."""
    items = city.table("consumables").select("item_code", "generic_name").unique("item_code")
    rows = city.uses().join(items, on="item_code").filter(pl.col("generic_name").is_in(MATERIAL))
    stays = city.table("stays").select("stay_id", adrg=pl.col("drg").str.slice(0, 3))
    return rows.join(stays, on="stay_id")


def operated(city: Delivery) -> pl.Series:
    """Stays with a procedure."""
    return city.table("stay_procedures")["stay_id"].unique()


def test_c08_uses_material_without_an_operation_or_in_a_small_one(city: Delivery) -> None:
    rows = material(city).join(city.truth("C08"), on="subject_id")
    assert len(rows) == len(city.truth("C08")) > 20
    first = rows.filter(pl.col("difficulty") == 1)
    assert not first["stay_id"].is_in(operated(city).implode()).any()
    assert (first["billed"] >= 3).all()
    second = rows.filter(pl.col("difficulty") == 2)
    assert second["stay_id"].is_in(operated(city).implode()).all()
    assert second["billed"].is_between(2, 5).all()  # one may have been opened in vain


def test_peers_of_the_bold_never_use_it(city: Delivery) -> None:
    rows = material(city)
    bold = rows.join(city.truth("C08").filter(pl.col("difficulty") <= 2), on="subject_id")
    key = city.truth().filter(pl.col("scheme").is_in(["C08", *EXPLAINED]))
    honest = rows.join(key, on="subject_id", how="anti")
    shared = honest.filter(pl.col("adrg").is_in(bold["adrg"].unique().implode()))
    assert shared.is_empty()


def test_the_most_cunning_use_what_peers_use(city: Delivery) -> None:
    rows = material(city)
    last = rows.join(city.truth("C08").filter(pl.col("difficulty") == 4), on="subject_id")
    honest = rows.join(city.truth("C08"), on="subject_id", how="anti")
    high = honest.group_by("adrg", "generic_name").agg(high=pl.col("billed").max())
    both = last.join(high, on=["adrg", "generic_name"])
    assert len(both) > 0
    assert (both["billed"] <= both["high"] * 1.5).all()


def test_c08_is_bought_and_recorded_and_its_bill_is_the_loss(city: Delivery) -> None:
    rows = material(city).join(city.truth("C08"), on="subject_id")
    assert (rows["used"] == rows["billed"]).to_numpy().mean() > 0.95
    assert ((rows["billed"] * rows["price"] - rows["amount"]).abs() < 0.02).all()


def test_no_listed_illness_explains_the_small_operations(city: Delivery) -> None:
    codes = [code for listed in EXPLAINED.values() for code in listed if code != "I48.000"]
    second = city.truth("C08").filter(pl.col("difficulty") <= 2)
    stays = second["subject_id"].str.split("|").list.first()
    listed = city.table("stay_diagnoses").filter(pl.col("stay_id").is_in(stays.implode()))
    assert not listed["code"].is_in(codes).any()


@pytest.mark.parametrize("name", ["bleeding_disorder", "anticoagulated", "former_adhesions"])
def test_an_illness_explains_the_innocent_ones(city: Delivery, name: str) -> None:
    key = city.truth(name, innocent=True)
    assert len(key) > 0
    stays = key["subject_id"].str.split("|").list.first().unique()
    listed = city.table("stay_diagnoses").filter(
        pl.col("stay_id").is_in(stays.implode()), pl.col("code").is_in(EXPLAINED[name])
    )
    assert listed["stay_id"].n_unique() == len(stays)
