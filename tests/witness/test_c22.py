"""C22: the mix moves to dearer products; and guidelines, upgrades and what patients need."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness import books
from tests.witness.conftest import CityOf

PUBLISHED_INDEX = 0.15
SOON = 60
CELL = ["hospital_id", "class_code"]
ALL = ("C22",)


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return books.shared(city_of)


def planted(city: Delivery) -> pl.DataFrame:
    """Planted ledgers with class, units, list price, and units of the class in that month."""
    used = books.used(city)
    own = used.group_by(books.LEDGER).agg(
        pl.col("class_code", "vbp_selected", "generic_name").first(),
        units=pl.col("units").sum(), listed=pl.col("listed").max(), first=pl.col("day").min(),
        last=pl.col("day").max(),
    )  # fmt: skip
    every = used.group_by(*CELL, "month").agg(
        every=pl.col("units").sum(), dearest=pl.col("listed").max(), cheapest=pl.col("listed").min()
    )
    rows = books.ledgers(city, "C22").join(own, on=books.LEDGER)
    return rows.join(every, on=[*CELL, "month"])


def test_the_product_is_dearer_and_of_the_same_status(city: Delivery) -> None:
    rows = planted(city)
    assert len(rows) == len(city.truth("C22")) >= 25
    assert set(rows["difficulty"]) == {1, 2, 3, 4}
    names = city.table("consumables")
    plain = names.group_by("class_code").agg(plain=pl.col("platform_price").min())
    bold = rows.filter(pl.col("difficulty") < 4).join(plain, on="class_code")
    assert least(bold["listed"] / bold["plain"]) > 1.5
    # On the last day of the month, plain products are selected if and only if this one is.
    kinds = names.select("class_code", other="item_code").unique()
    own = rows.select("subject_id", "item_code", "class_code", "ended_on")
    beside = own.join(kinds, on="class_code").filter(pl.col("other") != pl.col("item_code"))
    others = beside.select("subject_id", "ended_on", item_code="other")
    status = (
        books.listed(city, others, "ended_on")
        .group_by("subject_id")
        .agg(some=pl.col("vbp_selected").any())
    )
    both = books.listed(city, own.drop("class_code"), "ended_on").join(status, on="subject_id")
    assert len(both) == len(rows)
    assert (both["vbp_selected"] == both["some"]).to_numpy().mean() > 0.85


def by_month_of_period(city: Delivery, difficulty: int) -> pl.DataFrame:
    """Units of the dear kind and of its whole class, by month of the campaigns' quarters."""
    rows = planted(city).filter(pl.col("difficulty") == difficulty)
    quarter = pl.col("started_on").dt.truncate("1q")
    campaigns = rows.select(*CELL, "generic_name", quarter=quarter).unique([*CELL, "quarter"])
    used = books.used(city).with_columns(
        quarter=pl.col("day").dt.truncate("1q"), step=(pl.col("day").dt.month() - 1) % 3
    )
    both = used.join(campaigns, on=[*CELL, "quarter"], suffix="_dear")
    dear = pl.col("units").filter(pl.col("generic_name") == pl.col("generic_name_dear"))
    months = both.group_by("step").agg(dear=dear.sum(), every=pl.col("units").sum()).sort("step")
    assert len(campaigns) >= 8
    assert least(months["every"]) >= 40
    return months


def test_the_dear_kind_takes_over_as_the_recipe_says(city: Delivery) -> None:
    steady = by_month_of_period(city, 2)
    assert 0.4 < books.total(steady["dear"]) / books.total(steady["every"]) < 0.9
    growing = by_month_of_period(city, 3)
    shares = (growing["dear"] / growing["every"]).to_list()
    assert all(0.1 < share < 0.9 for share in shares)
    # From a quarter to two thirds; all campaigns together, since one is a dozen of uses.
    assert shares[2] > shares[0] + 0.15


def test_at_the_first_difficulty_all_changes_with_the_price_cut(city: Delivery) -> None:
    rows = planted(city).filter(pl.col("difficulty") == 1)
    prices = city.table("consumables").sort("item_code", "valid_from")
    fell = prices.with_columns(before=pl.col("platform_price").shift(1).over("item_code"))
    cut = (
        fell.filter(pl.col("platform_price") < pl.col("before"))
        .group_by("class_code")
        .agg(cut=pl.col("valid_from").min())
    )
    both = rows.join(cut, on="class_code")
    assert len(both) == len(rows)
    used = books.used(city).join(both.select(*CELL, "cut", "generic_name").unique(CELL), on=CELL,
                                 suffix="_dear")  # fmt: skip
    soon = used.filter(
        (pl.col("day") >= pl.col("cut")) & (pl.col("day") < pl.col("cut") + timedelta(days=SOON))
    )
    months = both.select(*CELL, "month").unique()
    soon = soon.join(months, on=[*CELL, "month"])
    dear = soon["generic_name"] == soon["generic_name_dear"]
    assert dear.to_numpy().mean() > 0.7
    before = used.filter(pl.col("day") < pl.col("cut"))
    assert (before["generic_name"] == before["generic_name_dear"]).to_numpy().mean() < 0.35


def test_the_price_index_stays_below_the_published_limit(city: Delivery) -> None:
    rows = planted(city).filter(pl.col("difficulty") == 4)
    worth = (
        books.used(city)
        .group_by(*CELL, "month")
        .agg(worth=(pl.col("units") * pl.col("listed")).sum())
    )
    periods = rows.join(worth, on=[*CELL, "month"]).with_columns(
        quarter=pl.col("started_on").dt.truncate("1q")
    )
    index = periods.group_by(*CELL, "quarter").agg(
        raised=pl.col("amount").sum() / (pl.col("worth").sum() - pl.col("amount").sum())
    )
    whole = index.filter(pl.col("raised") < 1)
    assert most(whole["raised"].sort().head(max(1, int(len(whole) * 0.8)))) < PUBLISHED_INDEX * 1.3
    assert (rows["units"] <= rows["every"]).all()


def test_the_loss_is_the_difference_of_the_list_prices(city: Delivery) -> None:
    names = city.table("consumables").group_by("class_code").agg(low=pl.col("platform_price").min())
    rows = planted(city).join(names, on="class_code")
    assert least(rows["amount"]) > 0
    assert (rows["amount"] <= rows["units"] * (rows["listed"] - rows["low"]) * 1.001).all()


def test_a_guideline_is_followed_by_the_whole_city_alike(city: Delivery) -> None:
    key = books.ledgers(city, "guideline_change", innocent=True)
    assert key["hospital_id"].n_unique() >= 4
    names = (
        city.table("consumables")
        .unique("item_code")
        .select("item_code", "generic_name", "class_code")
    )
    kinds = key.join(names, on="item_code")
    assert kinds["class_code"].n_unique() == 1
    begin = kinds["started_on"].sort().gather([len(kinds) // 3]).item()
    used = books.used(city).join(books.touched(city, "guideline_change"), on=CELL, how="anti")
    used = used.filter(pl.col("class_code") == kinds["class_code"][0])
    dear = used.with_columns(dear=pl.col("generic_name").is_in(kinds["generic_name"].implode()))
    after, before = dear.filter(pl.col("day") >= begin), dear.filter(pl.col("day") < begin)
    assert after["dear"].to_numpy().mean() > before["dear"].to_numpy().mean() + 0.1
    # In many hospitals, though each has few such operations.
    assert after.filter("dear")["hospital_id"].n_unique() >= 3


def test_an_upgrade_is_for_patients_with_complications(city: Delivery) -> None:
    key = books.ledgers(city, "clinical_upgrade", innocent=True)
    levels = city.table("hospitals").select("hospital_id", "level").unique()
    assert set(key.join(levels, on="hospital_id")["level"]) == {"3"}
    used = books.used(city).join(key.select(*books.PLACE).unique(), on=books.PLACE)
    during = used.join(key.select(*books.LEDGER), on=books.LEDGER)
    stays = city.table("stays").unique("stay_id").select("stay_id", "drg")
    groups = during.join(stays, on="stay_id")["drg"]
    assert len(groups) == len(during) > 0
    # The last digit of a group is 5 where a stay has no complication, and groups split by it.
    assert not groups.str.ends_with("5").any()
    codes = city.table("stay_diagnoses").group_by("stay_id").agg(codes=pl.len())
    assert least(during.join(codes, on="stay_id")["codes"]) >= 2
