"""C23: a reversal hides a better paid line; innocent corrections end at what was used."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C23")


def corrections(city: Delivery) -> pl.DataFrame:
    """Reversed consumable lines with what was billed within two minutes after the reversal."""
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    back = lines.filter(pl.col("quantity") < 0).select("stay_id", "reverses_line_id",
                                                       taken_back="charged_at")  # fmt: skip
    first = lines.select(
        "line_id", "performed_at", first_item="item_code", first_units="quantity",
        first_price="unit_price", lot="lot",
    )  # fmt: skip
    pairs = back.join(first, left_on="reverses_line_id", right_on="line_id")
    again = lines.filter(pl.col("quantity") > 0).select(
        "stay_id", "item_code", "charged_at", units="quantity", price="unit_price", lot="lot"
    )
    both = pairs.join(again, on=["stay_id", "lot"], nulls_equal=True)
    wait = (pl.col("charged_at") - pl.col("taken_back")).dt.total_seconds()
    both = both.filter(wait.is_between(1, 120))
    return both.with_columns(
        subject_id=pl.col("stay_id") + "|" + pl.col("item_code"),
        waited=(pl.col("taken_back") - pl.col("performed_at")).dt.total_minutes(),
    ).unique(["subject_id", "first_item"])


def test_c23_bills_dearer_or_more_after_a_reversal(city: Delivery) -> None:
    rows = corrections(city).join(city.truth("C23"), on="subject_id")
    key = city.truth("C23")
    assert rows["subject_id"].n_unique() == len(key) > 20
    dear = rows.filter(pl.col("difficulty") != 3)
    assert (dear["item_code"] != dear["first_item"]).all()
    assert (dear["price"] > dear["first_price"] * 1.2).all()
    more = rows.filter(pl.col("difficulty") == 3)
    assert (more["item_code"] == more["first_item"]).all()
    assert (more["units"] > more["first_units"]).all()
    gain = rows["units"] * rows["price"] - rows["first_units"] * rows["first_price"]
    assert ((gain - rows["amount"]).abs() < 0.02).all()


def test_c23_comes_late_but_for_the_most_cunning(city: Delivery) -> None:
    stays = city.table("stays").select("stay_id", "discharged_at")
    rows = corrections(city).join(city.truth("C23"), on="subject_id").join(stays, on="stay_id")
    after = rows["taken_back"] > rows["discharged_at"]
    rows = rows.with_columns(after=after)
    assert rows.filter(pl.col("difficulty").is_in([1, 3]))["after"].all()
    assert not rows.filter(pl.col("difficulty").is_in([2, 4]))["after"].any()
    assert (rows.filter(pl.col("difficulty") == 4)["waited"] <= 30).all()


def test_c23_leaves_the_record_as_it_was(city: Delivery) -> None:
    used = city.uses().select("subject_id", "used")
    rows = corrections(city).join(city.truth("C23"), on="subject_id").join(used, on="subject_id")
    same = rows.filter(pl.col("difficulty") == 3)
    assert (same["used"] == same["first_units"]).all()
    other = rows.filter(pl.col("difficulty") != 3)
    assert (other["used"] == 0).all()


@pytest.mark.parametrize("name", ["rebilled_alike", "forgotten_unit", "price_corrected"])
def test_the_innocent_end_at_what_was_used_at_its_price(city: Delivery, name: str) -> None:
    key = city.truth(name, innocent=True)
    assert len(key) > 0
    rows = corrections(city).join(key, on="subject_id")
    assert rows["subject_id"].n_unique() == len(key)
    assert (rows["item_code"] == rows["first_item"]).all()
    assert (rows["price"] <= rows["first_price"]).all()
    used = city.uses().join(key, on="subject_id")
    assert (used["used"] == used["billed"]).all()
