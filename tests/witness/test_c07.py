"""C07: parts on the bill, a set in the store, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import LEDGER, USE, Delivery, least, most
from tests.witness import goods_view
from tests.witness.conftest import CityOf, untouched

USUAL_LIMIT = 1.01  # sum of the parts over the price of the set (dossier, C07)


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C07")


@pytest.fixture(scope="module")
def honest(city_of: CityOf) -> Delivery:
    """Single parts are rare by themselves."""
    return untouched(city_of)


@pytest.fixture(scope="module")
def rows(city: Delivery) -> pl.DataFrame:
    return goods_view.billed(city, city.truth("C07"))


def level(rows: pl.DataFrame, *levels: int) -> pl.DataFrame:
    return rows.filter(pl.col("difficulty").is_in(levels))


def sets(rows: pl.DataFrame) -> pl.DataFrame:
    """One row an operation and class: parts, their sum and the loss."""
    return rows.group_by("stay_id", "class_code", "difficulty").agg(
        parts=pl.len(), total=pl.col("total").sum(), amount=pl.col("amount").sum()
    )


def test_all_parts_of_a_set_are_on_the_bill(city: Delivery, rows: pl.DataFrame) -> None:
    assert len(rows) == len(city.truth("C07"))
    assert set(rows["difficulty"]) == {1, 2, 3, 4}
    assert least(sets(rows)["parts"]) >= 3
    assert rows["generic_name"].str.contains("系统").not_().all()


def test_no_kind_of_set_bears_most_of_it(rows: pl.DataFrame) -> None:
    kinds = sets(rows).group_by("class_code").len()["len"]
    assert len(kinds) >= 4
    assert most(kinds) < 0.6 * len(sets(rows))


def test_the_lot_is_that_of_a_set(city: Delivery, rows: pl.DataFrame) -> None:
    true = goods_view.truly_used(city, rows)
    assert true["subject_id"].n_unique() > 0.85 * len(rows)
    assert true["true_generic_name"].str.contains("系统").all()
    assert (true["true_class_code"] == true["class_code"]).all()


def test_the_loss_is_the_sum_less_the_price_of_the_set(city: Delivery, rows: pl.DataFrame) -> None:
    true = goods_view.truly_used(city, rows).drop_nulls("invoice")
    invoice = true.group_by("stay_id", "class_code").agg(pl.col("invoice").min())
    both = sets(rows).join(invoice, on=["stay_id", "class_code"])
    near = ((both["total"] - both["amount"]) / both["invoice"] - 1).abs() < 0.08
    assert goods_view.share(near) > 0.9


def test_the_cunning_stay_below_the_usual_limit(rows: pl.DataFrame) -> None:
    sums = sets(rows).with_columns(ratio=pl.col("total") / (pl.col("total") - pl.col("amount")))
    assert level(sums, 4)["ratio"].is_between(1.001, USUAL_LIMIT).all()
    assert least(level(sums, 1, 2, 3)["ratio"]) > USUAL_LIMIT


def test_the_record_names_the_set_or_was_copied(city: Delivery, rows: pl.DataFrame) -> None:
    both = rows.join(goods_view.recorded(city), on=USE, how="left")
    assert level(both, 1, 2)["recorded"].is_null().all()
    assert goods_view.share(level(both, 3, 4)["recorded"] == level(both, 3, 4)["units"]) == 1
    kinds = goods_view.catalogue(city).select("item_code", "class_code", name="generic_name")
    used = city.table("device_uses").join(kinds, on="item_code")
    used = used.filter(pl.col("name").str.contains("系统"))
    told = rows.join(used, on=["stay_id", "class_code"], how="semi")
    assert len(level(told, 1, 2)) == len(level(rows, 1, 2))
    assert level(told, 3, 4).is_empty()


def test_only_the_bold_show_the_identifier_of_the_set(city: Delivery, rows: pl.DataFrame) -> None:
    per_set = rows.group_by("stay_id", "class_code", "difficulty").agg(pl.col("di").n_unique())
    assert set(level(per_set, 1)["di"]) == {1}
    assert least(level(per_set, 2, 3, 4)["di"]) >= 3


def test_parts_that_are_bought_singly_are_recorded_singly(honest: Delivery) -> None:
    shelf = goods_view.kept(honest).select(LEDGER).unique()
    for name in ("sold_in_parts", "revision_parts", "spare_part"):
        rows = goods_view.billed(honest, honest.truth(name, innocent=True))
        both = rows.join(goods_view.recorded(honest), on=USE, how="left")
        assert len(both) > 0, name
        assert goods_view.share(both["recorded"] == both["units"]) > 0.9, name
        assert len(rows.join(shelf, on=LEDGER, how="semi")) == len(rows), name


def test_parts_cost_more_than_sets_for_the_honest_too(honest: Delivery) -> None:
    rows = goods_view.billed(honest, honest.truth("sold_in_parts", innocent=True))
    lines = honest.table("fee_lines").join(
        goods_view.catalogue(honest).filter(pl.col("generic_name").str.contains("系统")),
        on="item_code",
    )
    price = lines.group_by("class_code").agg(set_price=pl.col("unit_price").mean())
    both = sets(rows).join(price, on="class_code").filter(pl.col("parts") >= 3)
    assert len(both) > 3
    assert most(both["amount"]) == 0
    assert goods_view.share(both["total"] > both["set_price"]) > 0.5


def test_a_revision_or_a_set_explains_a_single_part(honest: Delivery) -> None:
    revised = goods_view.billed(honest, honest.truth("revision_parts", innocent=True))
    assert revised["drg"].str.starts_with("IC1").all()
    spare = goods_view.billed(honest, honest.truth("spare_part", innocent=True))
    kinds = goods_view.catalogue(honest).select("item_code", "class_code", name="generic_name")
    whole = honest.table("fee_lines").join(kinds, on="item_code")
    whole = whole.filter(pl.col("name").str.contains("系统"))
    assert len(spare.join(whole, on=["stay_id", "class_code"], how="semi")) == len(spare)
