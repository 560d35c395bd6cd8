"""C03: another product on the bill than in the store, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import USE, Delivery, least, most
from tests.witness import goods_view
from tests.witness.conftest import CityOf


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C03")


@pytest.fixture(scope="module")
def rows(city: Delivery) -> pl.DataFrame:
    return goods_view.billed(city, city.truth("C03"))


def level(rows: pl.DataFrame, *levels: int) -> pl.DataFrame:
    return rows.filter(pl.col("difficulty").is_in(levels))


def test_the_lot_belongs_to_another_product(city: Delivery, rows: pl.DataFrame) -> None:
    assert len(rows) == len(city.truth("C03"))
    true = goods_view.truly_used(city, rows)
    other = true.filter(pl.col("true_item") != pl.col("item_code"))
    assert other["subject_id"].n_unique() > 0.85 * len(rows)
    # Only where a hospital has two lots of one number can the billed product be meant.
    assert true.filter(pl.col("true_item") == pl.col("item_code"))["subject_id"].n_unique() < 3


def test_the_record_names_what_was_used_unless_it_was_copied(
    city: Delivery, rows: pl.DataFrame
) -> None:
    both = rows.join(goods_view.recorded(city), on=USE, how="left")
    assert level(both, 1, 2, 4)["recorded"].is_null().all()
    copied = level(both, 3)
    assert goods_view.share(copied["recorded"] == copied["units"]) == 1
    kinds = goods_view.catalogue(city).select("item_code", used_class="class_code")
    used = city.table("device_uses").select("stay_id", "item_code").join(kinds, on="item_code")
    near = rows.with_columns(chapter=pl.col("class_code").str.slice(0, 5))
    same = near.join(used.with_columns(chapter=pl.col("used_class").str.slice(0, 5)),
                     on=["stay_id", "chapter"], how="semi")  # fmt: skip
    assert len(level(same, 1, 2, 4)) == len(level(rows, 1, 2, 4))


def test_only_the_bold_show_the_identifier_of_the_product_used(
    city: Delivery, rows: pl.DataFrame
) -> None:
    true = goods_view.truly_used(city, rows).filter(pl.col("true_item") != pl.col("item_code"))
    own = goods_view.identifier(city).rename({"item_code": "true_item"})
    both = true.join(own, on="true_item").unique("subject_id")
    shown = both["di"] == both["usual_di"]
    assert goods_view.share(shown.filter(both["difficulty"] == 1)) > 0.9
    assert goods_view.share(shown.filter(both["difficulty"] > 1)) == 0


def test_the_gap_narrows_and_is_the_loss(city: Delivery, rows: pl.DataFrame) -> None:
    gap = rows.with_columns(ratio=pl.col("total") / (pl.col("total") - pl.col("amount")))
    assert level(gap, 1, 2)["ratio"].is_between(1.99, 7.01).all()
    assert level(gap, 3)["ratio"].is_between(1.09, 2.01).all()
    assert level(gap, 4)["ratio"].is_between(1.009, 1.201).all()
    true = goods_view.truly_used(city, gap).filter(pl.col("true_item") != pl.col("item_code"))
    true = true.drop_nulls("invoice").unique("subject_id")
    cost = (true["total"] - true["amount"]) / true["units"]
    assert goods_view.share((cost / true["invoice"] - 1).abs() < 0.08) > 0.85


def test_imported_for_domestic_and_one_maker(city: Delivery, rows: pl.DataFrame) -> None:
    true = goods_view.truly_used(city, rows).filter(pl.col("true_item") != pl.col("item_code"))
    third, fourth = level(true, 3), level(true, 4)
    assert len(third) > 0
    assert len(fourth) > 0
    assert (third["origin"] == "imported").all()
    assert (third["true_origin"] == "domestic").all()
    assert (fourth["maker"] == fourth["true_maker"]).all()
    assert (fourth["origin"] == fourth["true_origin"]).all()  # the imported share stays


def test_a_renewed_code_has_the_same_identifier_and_price(city: Delivery) -> None:
    late = goods_view.billed(city, city.truth("renewed_code", innocent=True))
    assert len(late) > 0
    record = city.table("device_uses").select("stay_id", "udi_di", used_item="item_code")
    both = late.join(record, left_on=["stay_id", "di"], right_on=["stay_id", "udi_di"])
    both = both.unique("subject_id")
    assert len(both) > 0.9 * len(late)
    assert (both["used_item"] != both["item_code"]).all()
    prices = (
        city.table("consumables").group_by("item_code").agg(listed=pl.col("platform_price").last())
    )
    dear = both.join(prices, on="item_code")
    assert (dear["price"] <= dear["listed"] + 0.01).all()


def test_substitutes_cost_what_the_product_used_costs(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("same_group_substitute", innocent=True))
    true = goods_view.truly_used(city, rows).filter(pl.col("true_item") != pl.col("item_code"))
    assert len(true) > 0
    assert (true["vbp_group"] == true["true_vbp_group"]).all()
    prices = (
        city.table("consumables")
        .group_by(true_item="item_code")
        .agg(listed=pl.col("platform_price").max())
    )
    both = true.join(prices, on="true_item")
    assert (both["price"] <= both["listed"] + 0.01).all()


def test_a_wrong_code_leaves_nothing_on_the_bill(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("wrong_code_corrected", innocent=True))
    assert len(rows) > 0
    assert least(rows["units"]) == most(rows["units"]) == 0
    lines = city.table("fee_lines").filter(pl.col("reverses_line_id").is_not_null())
    assert len(rows.join(lines, on=USE, how="semi")) == len(rows)
