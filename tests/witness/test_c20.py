"""C20: one supplier for a class, too dear; and agents, trained surgeons and winners."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness import books
from tests.witness.conftest import CityOf

PUBLISHED_SHARE, PUBLISHED_PRICE = 0.5, 0.10
ALL = ("C20",)
FAMILY = ["hospital_id", "family"]
FIXED = ("C09", "C11", "C02")


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return books.shared(city_of)


def suppliers(city: Delivery) -> pl.DataFrame:
    """Share and premium of each supplier of each family and hospital, since a planted day if any."""
    key = city.truth("C20").select("hospital_id", "started_on")
    rows = books.bought(city).filter(~pl.col("gift")).join(key, on="hospital_id", how="left")
    since = pl.col("started_on").is_null() | (pl.col("delivered_on") >= pl.col("started_on"))
    ratio = pl.col("unit_price") / pl.col("platform_price")
    rows = rows.with_columns(
        ratio=ratio, family=pl.col("class_code").str.slice(0, 3),
        worth=pl.col("quantity") * pl.col("unit_price"),
        median=ratio.median().over("item_code"),
    ).filter(since)  # fmt: skip
    # Packs typed for pieces and old stock after a cut are no sign of anybody's price.
    rows = rows.filter(pl.col("ratio") < 1.4)
    each = rows.group_by(*FAMILY, "supplier_id").agg(
        pl.col("worth").sum(), rows=pl.len(),
        premium=(pl.col("worth") * (pl.col("ratio") / pl.col("median") - 1)).sum() / pl.col("worth").sum(),
        above=((pl.col("ratio") - pl.col("median")).clip(0) * pl.col("platform_price") * pl.col("quantity")).sum(),
    )  # fmt: skip
    return each.with_columns(
        share=pl.col("worth") / pl.col("worth").sum().over(FAMILY),
        every=pl.col("rows").sum().over(FAMILY),
    )


def favoured(city: Delivery) -> pl.DataFrame:
    """The family and supplier of each planted hospital whose surplus price is nearest to the loss."""
    key = city.truth("C20")
    rows = suppliers(city).join(key, on="hospital_id").filter(pl.col("every") >= 10)
    far = (pl.col("above") / pl.col("amount")).log().abs()
    ranked = rows.filter(pl.col("above") > 0).sort(far, "worth", descending=[False, True])
    return ranked.unique("hospital_id", keep="first", maintain_order=True)


def test_share_and_price_are_those_of_the_recipe(city: Delivery) -> None:
    rows = favoured(city)
    assert len(rows) == len(city.truth("C20"))
    assert set(rows["difficulty"]) == {1, 2, 3, 4}
    share = {1: (0.93, 1.0), 2: (0.55, 0.90), 3: (0.48, 0.70), 4: (0.05, PUBLISHED_SHARE)}
    price = {1: (0.12, 0.32), 2: (0.07, 0.20), 3: (0.03, 0.10), 4: (-0.03, PUBLISHED_PRICE)}
    for row in rows.iter_rows(named=True):
        level = row["difficulty"]
        assert share[level][0] <= row["share"] <= share[level][1], row
        assert price[level][0] <= row["premium"] <= price[level][1], row


def test_the_most_cunning_pay_no_more_than_the_list(city: Delivery) -> None:
    key = city.truth("C20").filter(pl.col("difficulty") == 4)
    tops = suppliers(city).join(key, on="hospital_id")
    own = favoured(city).filter(pl.col("difficulty") == 4).select(*FAMILY)
    tops = tops.join(own, on=FAMILY)
    assert most(tops["share"]) < PUBLISHED_SHARE
    assert most(tops["premium"]) < PUBLISHED_PRICE


def test_the_loss_is_what_was_paid_above_the_median(city: Delivery) -> None:
    rows = favoured(city).with_columns(ratio=pl.col("amount") / pl.col("above"))
    clear = rows.filter(pl.col("difficulty") < 3)["ratio"]
    # The city's median is counted here without knowing the day of each price.
    assert clear.is_between(0.75, 1.4).all(), clear.to_list()
    assert rows["ratio"].is_between(0.4, 2.5).to_numpy().mean() > 0.6
    cunning = rows.filter(pl.col("difficulty") == 4)
    assert (cunning["amount"] < 0.06 * cunning["worth"]).all()
    assert least(city.truth("C20")["amount"]) > 0


def test_honest_houses_pay_the_price_of_the_city(city: Delivery) -> None:
    key = city.truth().filter(pl.col("subject_type") == "hospital")["subject_id"].implode()
    rows = suppliers(city).filter(~pl.col("hospital_id").is_in(key) & (pl.col("every") >= 10))
    bold = (pl.col("share") > PUBLISHED_SHARE) & (pl.col("premium") > 0.05)
    assert rows.filter(bold).height <= 0.005 * len(rows)


def innocent(city: Delivery, name: str) -> pl.DataFrame:
    key = city.truth(name, innocent=True)
    assert 0 < len(key) <= 2
    return suppliers(city).join(key, on="hospital_id")


def test_a_sole_agent_serves_every_hospital_at_the_citys_price(city: Delivery) -> None:
    rows = innocent(city, "sole_agent").filter(pl.col("family").is_in(["C06", "C07"]))
    top = rows.filter(pl.col("share") > 0.99)
    assert len(top) >= 1
    assert most(top["premium"]) < 0.03
    key = city.truth("C20")["subject_id"].implode()
    others = suppliers(city).filter(~pl.col("hospital_id").is_in(key))
    found = []
    for family, who in top.select("family", "supplier_id").iter_rows():
        buyers = others.filter(pl.col("family") == family)
        served = buyers.filter(pl.col("supplier_id") == who)
        found.append(len(served) / buyers["hospital_id"].n_unique())
    assert max(found) > 0.95


def test_trained_surgeons_cost_no_more_than_others(city: Delivery) -> None:
    rows = innocent(city, "trained_family").filter(pl.col("family") == "C03")
    top = rows.filter(pl.col("share") > 0.6)
    assert top["hospital_id"].n_unique() == rows["hospital_id"].n_unique()
    assert most(top["premium"]) < 0.03


def test_the_winner_delivers_selected_products_at_the_fixed_price(city: Delivery) -> None:
    key = city.truth("selection_winner", innocent=True)
    assert len(key) > 0
    rows = books.bought(city).join(key, on="hospital_id")
    rows = rows.with_columns(family=pl.col("class_code").str.slice(0, 3))
    fixed = rows.filter(pl.col("vbp_selected") & pl.col("family").is_in(FIXED))
    each = fixed.group_by(FAMILY).agg(
        suppliers=pl.col("supplier_id").n_unique(), rows=pl.len(),
        ratio=(pl.col("unit_price") / pl.col("platform_price")).median(),
    )  # fmt: skip
    winner = each.filter((pl.col("suppliers") <= 2) & (pl.col("rows") >= 3))
    assert winner["hospital_id"].n_unique() == len(key)
    assert winner["ratio"].is_between(0.99, 1.001).all()
