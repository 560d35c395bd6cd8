"""C21: more units in the same operations; and new specialities, free weeks, full stores."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least
from tests.witness import books
from tests.witness.conftest import CityOf

PUBLISHED_GROWTH = 0.30
LAST_DAYS = 10
ALL = ("C21",)


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return books.shared(city_of)


def months(city: Delivery) -> pl.DataFrame:
    """Units, stays and price of each ledger, and the units of the month before."""
    rows = books.used(city).group_by(books.LEDGER).agg(
        pl.col("units").sum(), stays=pl.col("stay_id").n_unique(),
        price=pl.col("yuan").sum() / pl.col("units").sum(),
    )  # fmt: skip
    first = pl.concat_str("month", pl.lit("-01")).str.to_date()
    rows = rows.with_columns(first=first)
    before = rows.select(
        *books.PLACE,
        first=pl.col("first").dt.offset_by("1mo"),
        before="units",
        stays_before="stays",
    )
    return rows.join(before, on=[*books.PLACE, "first"], how="left")


def planted(city: Delivery) -> pl.DataFrame:
    rows = books.ledgers(city, "C21").join(months(city), on=books.LEDGER)
    needed = pl.col("units") - pl.col("amount") / pl.col("price")
    return rows.with_columns(needed=needed, growth=pl.col("units") / pl.col("before") - 1)


def test_units_grow_as_the_recipe_says(city: Delivery) -> None:
    rows = planted(city)
    assert len(rows) == len(city.truth("C21")) >= 25
    times = rows.with_columns(times=pl.col("units") / pl.col("needed"))
    bounds = {1: (2.4, 5.5), 2: (1.6, 3.0), 3: (1.25, 2.2), 4: (1.0, 1.45)}
    for level, (low, high) in bounds.items():
        mine = times.filter(pl.col("difficulty") == level)["times"]
        assert len(mine) >= 4, level
        assert mine.is_between(low, high).to_numpy().mean() > 0.85, (level, mine.to_list())


def test_growth_crosses_the_published_limit_only_below_the_highest_difficulty(
    city: Delivery,
) -> None:
    rows = planted(city).drop_nulls("growth")
    assert len(rows) >= 0.9 * len(city.truth("C21"))
    bold = rows.filter(pl.col("difficulty") < 4)
    assert (bold["growth"] > PUBLISHED_GROWTH).to_numpy().mean() > 0.85
    cunning = rows.filter(pl.col("difficulty") == 4)
    assert len(cunning) >= 4
    assert (cunning["growth"] < PUBLISHED_GROWTH).to_numpy().mean() > 0.9


def test_there_are_more_units_in_each_operation_not_more_operations(city: Delivery) -> None:
    rows = planted(city).filter(pl.col("difficulty") <= 2)
    each = books.total(rows["units"]) / books.total(rows["stays"])
    before = books.total(rows["before"]) / books.total(rows["stays_before"])
    assert each > 1.6 * before
    honest = months(city).filter(pl.col("before") >= 4)
    usual = (honest["units"] / honest["stays"]) / (honest["before"] / honest["stays_before"])
    assert (usual > 2.0).to_numpy().mean() < 0.1


def test_the_rush_falls_into_the_last_days(city: Delivery) -> None:
    rows = planted(city).filter(pl.col("difficulty") == 3).select(*books.LEDGER, "ended_on")
    uses = books.used(city).join(rows, on=books.LEDGER)
    late = pl.col("day") > pl.col("ended_on") - timedelta(days=LAST_DAYS)
    both = uses.group_by(late=late).agg(each=pl.col("units").mean())
    found = dict(both.iter_rows())
    assert found[True] > 1.35 * found[False]


def test_what_was_added_is_registered_and_bought(city: Delivery) -> None:
    key = books.ledgers(city, "C21").filter(pl.col("difficulty") <= 2)
    uses = books.used(city).join(key.select(books.LEDGER), on=books.LEDGER)
    register = (
        city.table("device_uses")
        .group_by("stay_id", "item_code")
        .agg(recorded=pl.col("quantity").sum())
    )
    both = uses.join(register, on=["stay_id", "item_code"], how="left")
    assert books.total(both["recorded"]) > 0.93 * books.total(both["units"])
    gone = city.residuals().join(key.select(books.PLACE).unique(), on=books.PLACE)
    assert gone["residual"].is_between(-6, 6).to_numpy().mean() > 0.7


def test_a_new_speciality_brings_its_operations(city: Delivery) -> None:
    key = books.ledgers(city, "new_speciality", innocent=True)
    assert key["hospital_id"].n_unique() == 1
    uses = books.used(city).join(key.select(books.LEDGER), on=books.LEDGER)
    operated = city.table("stay_procedures").select("stay_id").unique()
    share = len(uses.select("stay_id").unique().join(operated, on="stay_id"))
    assert share >= 0.9 * uses["stay_id"].n_unique() >= 5
    started = key["started_on"].min()
    items = books.used(city).join(key.select(books.PLACE).unique(), on=books.PLACE)
    fresh = items.group_by("item_code").agg(pl.col("day").min())
    assert (fresh["day"] >= started).any()
    # In these months the hospital does one operation many times as often as before and after.
    house = city.table("stays").filter(pl.col("hospital_id") == key["hospital_id"][0])
    day = pl.col("admitted_at").dt.date()
    busy = day.is_between(started, key["ended_on"].max())
    done = house.group_by(pl.col("drg").str.head(3)).agg(
        during=pl.col("stay_id").filter(busy).n_unique(),
        else_=pl.col("stay_id").filter(~busy).n_unique(),
    )
    months = books.days_apart(pl.concat([key["started_on"], key["ended_on"]]))
    part = months / books.days_apart(house.select(day).to_series())
    assert 0 < part < 0.5
    usual = pl.col("else_") * part / (1 - part)
    assert done.filter((pl.col("during") >= 8) & (pl.col("during") > 3 * usual)).height >= 1


def test_free_cataract_weeks_are_paid_by_no_patient(city: Delivery) -> None:
    key = books.ledgers(city, "sight_weeks", innocent=True)
    uses = books.used(city).join(key.select(books.LEDGER), on=books.LEDGER)
    stays = city.table("stays").join(uses.select("stay_id").unique(), on="stay_id")
    own = stays["self_pay_amount"] / stays["total_amount"]
    assert (own < 0.06).to_numpy().mean() > 0.5
    assert stays["day_case"].to_numpy().mean() > 0.7
    rows = key.join(months(city), on=books.LEDGER)
    assert (rows["units"] / rows["stays"]).to_numpy().mean() < 1.6


def test_stocking_up_moves_purchases_and_no_bill(city: Delivery) -> None:
    key = books.ledgers(city, "stocking_up", innocent=True)
    assert len(key) >= 5
    bought = books.bought(city).group_by(books.LEDGER).agg(bought=pl.col("quantity").sum())
    rows = key.join(months(city), on=books.LEDGER).join(bought, on=books.LEDGER)
    assert (rows["bought"] >= rows["units"]).to_numpy().mean() > 0.6
    gone = city.residuals().join(key.select(books.PLACE).unique(), on=books.PLACE)
    assert gone["residual"].is_between(-5, 5).to_numpy().mean() > 0.8
    counts = city.table("stock_counts").with_columns(
        month=pl.col("counted_on").dt.strftime("%Y-%m")
    )
    stock = counts.group_by(books.LEDGER).agg(stock=pl.col("quantity").sum())
    mean = stock.group_by(books.PLACE).agg(usual=pl.col("stock").mean())
    full = key.join(stock, on=books.LEDGER).join(mean, on=books.PLACE)
    assert (full["stock"] > full["usual"]).to_numpy().mean() > 0.75
    assert least(full["stock"]) > 0
