"""C04: covered codes for what patients should have paid, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import LEDGER, USE, Delivery, least, most
from tests.unit.test_synthetic_schemes import limit
from tests.witness import goods_view
from tests.witness.conftest import CityOf


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C04", share=0.008)


@pytest.fixture(scope="module")
def rows(city: Delivery) -> pl.DataFrame:
    return goods_view.billed(city, city.truth("C04"))


def level(rows: pl.DataFrame, *levels: int) -> pl.DataFrame:
    return rows.filter(pl.col("difficulty").is_in(levels))


def test_the_fund_is_billed_for_all_of_it(city: Delivery, rows: pl.DataFrame) -> None:
    assert len(rows) == len(city.truth("C04"))
    assert set(rows["difficulty"]) == {1, 2, 3, 4}
    assert rows["covered"].all()
    assert rows["ever_covered"].all()
    assert most((rows["total"] - rows["amount"]).abs()) < 0.02


def test_the_lot_is_of_something_not_covered(city: Delivery, rows: pl.DataFrame) -> None:
    true = goods_view.truly_used(city, rows).filter(pl.col("true_item") != pl.col("item_code"))
    assert true["subject_id"].n_unique() > 0.85 * len(rows)
    assert not true["true_ever_covered"].any()


def test_only_the_cunning_use_a_code_that_is_bought(city: Delivery, rows: pl.DataFrame) -> None:
    shelf = goods_view.kept(city).select(LEDGER).unique()
    known = rows.join(shelf, on=LEDGER, how="semi")
    assert level(known, 1, 2, 3).is_empty()
    assert len(level(known, 4)) == len(level(rows, 4)) > 0
    single = level(rows, 4)
    yearly = single.group_by(*LEDGER, pl.col("day").dt.year()).agg(pl.col("units").sum())
    assert most(yearly["units"]) < limit("ledger_residual_units")


def test_the_record_is_copied_from_the_third_on(city: Delivery, rows: pl.DataFrame) -> None:
    both = rows.join(goods_view.recorded(city), on=USE, how="left")
    assert level(both, 1, 2)["recorded"].is_null().all()
    assert goods_view.share(level(both, 3, 4)["recorded"] == level(both, 3, 4)["units"]) == 1
    kinds = goods_view.catalogue(city).select("item_code", "ever_covered")
    used = city.table("device_uses").join(kinds, on="item_code").filter(~pl.col("ever_covered"))
    told = level(rows, 1, 2)
    assert len(told.join(used, on="stay_id", how="semi")) == len(told)


def test_only_the_bold_show_the_identifier_of_the_item_used(
    city: Delivery, rows: pl.DataFrame
) -> None:
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    true = goods_view.truly_used(city, rows).filter(pl.col("true_item") != pl.col("item_code"))
    own = goods_view.identifier(city).rename({"item_code": "true_item"})
    both = true.join(own, on="true_item").unique("subject_id")
    shown = both["di"] == both["usual_di"]
    assert len(lines) > 0
    assert goods_view.share(shown.filter(both["difficulty"] == 1)) > 0.9
    assert goods_view.share(shown.filter(both["difficulty"] > 1)) == 0


def test_no_covered_item_bears_most_of_it(rows: pl.DataFrame) -> None:
    share = rows.group_by("generic_name").len()["len"] / len(rows)
    assert len(share) >= 4
    assert most(share) < 0.5


def test_patients_else_pay_for_what_is_not_covered(city: Delivery) -> None:
    kinds = goods_view.catalogue(city).filter(~pl.col("ever_covered")).select("item_code")
    lines = city.table("fee_lines").join(kinds, on="item_code")
    assert len(lines) > 20
    assert not lines["covered"].any()


def test_a_class_updated_in_the_year_is_in_the_catalogue(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("class_updated", innocent=True))
    history = city.table("consumables").select("item_code", "valid_from", paid="covered")
    both = rows.join(history, on="item_code").filter(pl.col("valid_from") <= pl.col("day"))
    last = both.sort("valid_from").unique("subject_id", keep="last")
    assert len(last) == len(rows) > 0
    assert last["paid"].all()
    assert least(history.group_by("item_code").len().join(rows, on="item_code")["len"]) == 2


def test_both_used_means_both_recorded_and_bought(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("both_used", innocent=True))
    both = rows.join(goods_view.recorded(city), on=USE)
    assert len(both) == len(rows) > 0
    # Now and then a unit was opened in vain.
    assert goods_view.share(both["recorded"] == both["units"]) > 0.9
    shelf = goods_view.kept(city).select(LEDGER).unique()
    assert len(rows.join(shelf, on=LEDGER, how="semi")) == len(rows)
    kinds = goods_view.catalogue(city).filter(~pl.col("ever_covered")).select("item_code")
    own = city.table("fee_lines").join(kinds, on="item_code").filter(~pl.col("covered"))
    assert len(rows.join(own, on="stay_id", how="semi")) == len(rows)
