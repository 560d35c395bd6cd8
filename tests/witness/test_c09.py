"""C09: single-use items used again, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import LEDGER, USE, Delivery, least, most
from tests.unit.test_synthetic_schemes import limit
from tests.witness import goods_view
from tests.witness.conftest import CityOf


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C09", share=0.01)


@pytest.fixture(scope="module")
def rows(city: Delivery) -> pl.DataFrame:
    return goods_view.billed(city, city.truth("C09"))


def level(rows: pl.DataFrame, *levels: int) -> pl.DataFrame:
    return rows.filter(pl.col("difficulty").is_in(levels))


def coded(city: Delivery) -> pl.DataFrame:
    """Recorded units with a code, with person, hospital and day, and purchases of the code."""
    stays = city.table("stays").unique("stay_id").select("stay_id", "person_id", "hospital_id")
    bought = city.table("purchases").drop_nulls("serial")
    bought = bought.group_by("item_code", "serial").agg(bought=pl.col("quantity").sum())
    used = city.table("device_uses").drop_nulls("serial").join(stays, on="stay_id")
    used = used.join(bought, on=["item_code", "serial"], how="left")
    return used.with_columns(
        pl.col("bought").fill_null(0.0),
        day=pl.col("used_at").dt.date(),
        persons=pl.col("person_id").n_unique().over("item_code", "serial"),
        uses=pl.col("quantity").sum().over("item_code", "serial"),
        first=pl.col("used_at").min().dt.date().over("item_code", "serial"),
        houses=pl.col("hospital_id").n_unique().over("item_code", "serial"),
    )


def test_implants_are_not_used_again(city: Delivery, rows: pl.DataFrame) -> None:
    assert len(rows) == len(city.truth("C09"))
    assert set(rows["difficulty"]) == {1, 2, 3, 4}
    assert not rows["implantable"].any()


def test_one_number_in_several_patients_of_one_hospital(city: Delivery, rows: pl.DataFrame) -> None:
    numbered = level(rows, 1, 2).join(coded(city), on=USE)
    again = numbered.filter((pl.col("persons") > 1) & (pl.col("uses") > pl.col("bought")))
    assert again["subject_id"].n_unique() == len(level(rows, 1, 2))
    assert set(again["houses"]) == {1}
    assert most(again["bought"]) <= 1
    on_bill = city.table("fee_lines").drop_nulls("serial").select(*USE, "serial")
    assert again.join(on_bill, on=[*USE, "serial"], how="semi")[
        "subject_id"
    ].n_unique() > 0.9 * len(level(rows, 1, 2))


def test_the_bold_wait_less(city: Delivery, rows: pl.DataFrame) -> None:
    numbered = level(rows, 1, 2).join(coded(city), on=USE).filter(pl.col("uses") > pl.col("bought"))
    waited = numbered.with_columns(gap=(pl.col("day_right") - pl.col("first")).dt.total_days())
    # In a chain of patients the first use lies further back.
    assert goods_view.share(level(waited, 1)["gap"] <= 14) > 0.6
    assert least(level(waited, 2)["gap"]) >= 15


def test_other_numbers_are_used_once(city: Delivery) -> None:
    labelled = pl.concat([
        city.truth("C09").select("subject_id"),
        city.truth("mis_scan", innocent=True).select("subject_id"),
        city.truth("box_label", innocent=True).select("subject_id"),
    ])  # fmt: skip
    subject = pl.concat_str(USE, separator="|")
    marked = coded(city).with_columns(
        touched=subject.is_in(labelled["subject_id"].implode()).any().over("item_code", "serial")
    )
    clean = marked.filter(~pl.col("touched") & (pl.col("bought") > 0))
    assert len(clean) > 100
    assert most(clean["persons"]) == 1


def test_counted_items_are_used_more_often_than_bought(city: Delivery, rows: pl.DataFrame) -> None:
    books = goods_view.undisturbed(city, "C09")
    again = level(rows, 3, 4).group_by(LEDGER).agg(
        again=pl.len(), low=pl.col("difficulty").min(), high=pl.col("difficulty").max()
    )  # fmt: skip
    both = books.join(again, on=LEDGER)
    assert len(both) > 5
    assert goods_view.share(both["residual"] == both["again"]) > 0.85
    assert least(both.filter(pl.col("low") == 3)["residual"]) >= limit("ledger_residual_units")
    cunning = level(rows, 4).group_by(*LEDGER, pl.col("day").dt.year()).len()
    assert most(cunning["len"]) < limit("ledger_residual_units")


def test_the_loss_is_one_unit(rows: pl.DataFrame) -> None:
    assert most((rows["price"] - rows["amount"]).abs()) < 0.02


def test_a_box_holds_as_many_pieces_as_bear_its_code(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("box_label", innocent=True))
    boxes = coded(city).join(rows.select(*USE, "pack_factor"), on=USE)
    assert boxes["stay_id"].n_unique() == rows["stay_id"].n_unique() > 0
    assert (boxes["uses"] <= boxes["pack_factor"]).all()
    shelf = goods_view.undisturbed(city, "box_label", "C09").join(rows, on=LEDGER, how="semi")
    assert (shelf["residual"] == 0).all()
