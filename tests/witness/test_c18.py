"""C18: bought off the platform or given, and billed at its price; and what only looks so."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness import books
from tests.witness.conftest import CityOf

NAME = "C18"
ALL = ("C18",)
PUBLISHED_BELOW = 0.20
ROUNDING = 0.02
OFF = {1: (1.0, 1.0), 2: (0.35, 0.65), 3: (0.20, 0.40), 4: (0.08, PUBLISHED_BELOW)}


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return books.shared(city_of)


def planted(city: Delivery) -> pl.DataFrame:
    """Lines of the deliveries that came cheaply in a planted ledger, with what was gained."""
    key = books.ledgers(city, "C18").select(
        *books.LEDGER, "difficulty", "subject_id", loss="amount"
    )
    rows = (
        books.traced(city)
        .drop("month")
        .join(key, left_on=[*books.PLACE, "came"], right_on=books.LEDGER)
    )
    off = 1 - pl.col("cost") / pl.col("platform_price")
    gained = (pl.col("unit_price") - pl.col("cost")) * pl.col("quantity")
    return rows.with_columns(off=off, gained=gained).filter(pl.col("off") > 0.075)


def test_cheap_deliveries_are_billed_at_the_platform_price(city: Delivery) -> None:
    rows = planted(city)
    full = (rows["unit_price"] - rows["platform_price"]).abs() < ROUNDING
    assert full.to_numpy().mean() > 0.95
    for level, (low, high) in OFF.items():
        mine = rows.filter(pl.col("difficulty") == level)
        assert mine["subject_id"].n_unique() >= 5, level
        assert mine["off"].is_between(low - 0.01, high + 0.005).to_numpy().mean() > 0.9, level
        assert (mine["gift"] == (level == 1)).all()
        assert (mine["on_platform"] == (level == 4)).to_numpy().mean() > 0.95


def test_the_most_cunning_stay_below_the_published_limit(city: Delivery) -> None:
    rows = planted(city).filter(pl.col("difficulty") == 4)
    assert most(rows["off"]) < PUBLISHED_BELOW
    assert not rows["gift"].any()


def test_the_loss_is_what_was_billed_above_the_invoice(city: Delivery) -> None:
    sums = planted(city).group_by("subject_id").agg(pl.col("gained").sum(), pl.col("loss").first())
    ratio = sums["gained"] / sums["loss"]
    # Two lines in a hundred name no lot, and one purchase in a hundred neither.
    assert (ratio.is_between(0.97, 1.03)).to_numpy().mean() > 0.75
    assert most(ratio) < 1.15
    assert least(books.ledgers(city, "C18")["amount"]) > 0


def test_honest_deliveries_are_neither_cheap_nor_given(city: Delivery) -> None:
    key = city.truth().filter(pl.col("subject_type") == "ledger")["subject_id"].implode()
    ledger = pl.concat_str("hospital_id", "item_code", "came", separator="|")
    rows = books.traced(city).filter(~ledger.is_in(key) & ~pl.col("consignment"))
    assert not rows["gift"].any()
    cheap = rows["cost"] < rows["platform_price"] * (1 - PUBLISHED_BELOW)
    assert cheap.to_numpy().mean() < 0.01
    assert rows["on_platform"].to_numpy().mean() > 0.97


def lookalike(city: Delivery, name: str) -> pl.DataFrame:
    key = books.ledgers(city, name, innocent=True).select(*books.LEDGER)
    rows = books.traced(city).drop("month")
    return rows.join(key, left_on=[*books.PLACE, "came"], right_on=books.LEDGER)


def test_emergency_purchases_cost_what_is_billed(city: Delivery) -> None:
    rows = lookalike(city, "emergency_purchase").filter(~pl.col("on_platform"))
    assert rows["item_code"].len() >= 5
    # One purchase in a hundred names no lot, so that another one is taken for it.
    assert ((rows["unit_price"] - rows["cost"]).abs() < ROUNDING).to_numpy().mean() > 0.95
    buys = books.bought(city).join(rows.select("purchase_id").unique(), on="purchase_id")
    assert (buys["ordered_on"] == buys["delivered_on"]).all()
    late = (buys["received_on"] - buys["delivered_on"]).dt.total_days()
    assert least(late) >= 6


def test_goods_on_trial_are_registered_and_on_no_bill(city: Delivery) -> None:
    key = books.ledgers(city, "trial_goods", innocent=True).select(*books.LEDGER)
    gifts = books.bought(city).filter("gift").join(key, on=books.LEDGER)
    assert gifts.select(books.LEDGER).unique().height >= 0.9 * len(key) > 0
    billed = books.traced(city).join(gifts.select("purchase_id"), on="purchase_id")
    assert billed.is_empty()
    serials = gifts.drop_nulls("serial").select("serial", "item_code")
    registered = city.table("device_uses").join(serials, on=["serial", "item_code"])
    assert len(registered) >= 0.9 * len(serials)


def test_a_rebate_is_passed_on(city: Delivery) -> None:
    rows = lookalike(city, "rebate_passed_on")
    cheap = rows.filter(pl.col("cost") < pl.col("platform_price") * 0.92)
    assert len(cheap) >= 10
    assert ((cheap["unit_price"] - cheap["cost"]).abs() < ROUNDING).to_numpy().mean() > 0.98
