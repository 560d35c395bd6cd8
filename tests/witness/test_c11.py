"""C11: codes settled twice or sold to others, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import LEDGER, USE, Delivery, least, most
from tests.witness import goods_view
from tests.witness.conftest import CityOf
from tests.witness.test_c09 import coded, level

CODE = ["item_code", "serial"]


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C11", share=0.01)


@pytest.fixture(scope="module")
def rows(city: Delivery) -> pl.DataFrame:
    """Subjects beside the recorded unit whose code the hospital did not buy for it."""
    named = goods_view.billed(city, city.truth("C11"))
    units = coded(city).drop("hospital_id", "person_id", "day").join(named, on=USE)
    owner = city.table("purchases").drop_nulls("serial")
    owner = owner.unique(CODE).select(
        *CODE, "expiry_on", buyer="hospital_id", own_lot="lot", paid="unit_price"
    )
    return units.join(owner, on=CODE, how="left")


def wrong(rows: pl.DataFrame) -> pl.DataFrame:
    """Of several units of a subject, those whose code is used twice or bought elsewhere."""
    twice = (pl.col("persons") > 1) & (pl.col("day") > pl.col("first"))
    same_day = (pl.col("persons") > 1) & (pl.col("day") == pl.col("first"))
    return rows.filter(twice | same_day | (pl.col("buyer") != pl.col("hospital_id")))


def test_implants_bear_the_code_of_another_unit(city: Delivery, rows: pl.DataFrame) -> None:
    assert rows["subject_id"].n_unique() == len(city.truth("C11"))
    assert set(rows["difficulty"]) == {1, 2, 3, 4}
    assert rows["implantable"].all()
    assert wrong(rows)["subject_id"].n_unique() == rows["subject_id"].n_unique()


def test_the_first_three_are_settled_twice_and_bought_once(rows: pl.DataFrame) -> None:
    again = level(wrong(rows), 1, 2, 3).filter(pl.col("persons") > 1)
    assert again["subject_id"].n_unique() == level(rows, 1, 2, 3)["subject_id"].n_unique()
    assert (again["uses"] > again["bought"]).all()
    assert set(level(again, 1)["houses"]) >= {1}
    assert least(level(again, 2, 3)["houses"]) >= 2


def test_days_weeks_and_past_the_shelf_life(rows: pl.DataFrame) -> None:
    again = wrong(rows).filter(pl.col("persons") > 1)
    again = again.with_columns(gap=(pl.col("day") - pl.col("first")).dt.total_days())
    assert goods_view.share(level(again, 1)["gap"] <= 10) > 0.7
    assert goods_view.share(level(again, 2)["gap"] >= 11) == 1
    third = level(again, 3).drop_nulls("expiry_on")
    assert goods_view.share(third["day"] > third["expiry_on"]) > 0.9


def test_the_cunning_code_is_seen_once_but_was_sold_elsewhere(
    city: Delivery, rows: pl.DataFrame
) -> None:
    diverted = level(wrong(rows), 4).filter(pl.col("persons") == 1)
    assert diverted["subject_id"].n_unique() == level(rows, 4)["subject_id"].n_unique()
    assert (diverted["buyer"] != diverted["hospital_id"]).all()
    handed = city.table("stock_moves").filter(pl.col("kind") == "transfer_in")
    handed = handed.select(*LEDGER, "lot").unique()
    campus = city.truth("campus_transfer", innocent=True)["hospital_id"].unique().implode()
    moved = diverted.join(handed, left_on=[*LEDGER, "own_lot"], right_on=[*LEDGER, "lot"])
    assert moved.filter(~pl.col("hospital_id").is_in(campus)).is_empty()


def test_the_loss_is_the_price_of_the_unit(rows: pl.DataFrame) -> None:
    # Two units of one operation may differ by some cents.
    assert most((rows["price"] / rows["amount"] - 1).abs()) < 0.03


def test_a_label_scanned_by_mistake_leaves_a_unit_bought_and_gone(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("mis_scan", innocent=True))
    units = coded(city).join(rows.select(USE), on=USE)
    assert units.filter(pl.col("persons") > 1)["stay_id"].n_unique() == len(rows) > 0
    books = goods_view.undisturbed(city, "mis_scan").join(rows, on=LEDGER, how="semi")
    assert len(books) > 0
    assert (books["residual"] == 0).all()


def test_a_unit_typed_twice_was_taken_back(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("typed_twice", innocent=True))
    lines = city.table("fee_lines").join(rows.select(USE), on=USE)
    assert len(rows) > 0
    assert set(rows["units"]) == {1.0}
    assert least(lines.group_by(USE).len()["len"]) >= 3
    assert lines["reverses_line_id"].drop_nulls().is_in(lines["line_id"].implode()).all()


def test_a_borrowed_unit_has_both_legs_in_the_books(city: Delivery) -> None:
    rows = goods_view.billed(city, city.truth("borrowed_unit", innocent=True))
    units = coded(city).join(rows.select(USE), on=USE)
    owner = (
        city.table("purchases")
        .drop_nulls("serial")
        .select(*CODE, "lot", lender="hospital_id", kept="quantity")
    )
    lent = units.join(owner, on=CODE).filter(pl.col("lender") != pl.col("hospital_id"))
    assert lent["stay_id"].n_unique() == rows["stay_id"].n_unique() > 0
    moves = city.table("stock_moves")
    came = moves.filter(pl.col("kind") == "transfer_in").select(
        *LEDGER, "lot", lender="counterpart"
    )
    went = moves.filter(pl.col("kind") == "transfer_out").select(
        "item_code", "lot", lender="hospital_id", hospital_id="counterpart"
    )
    on = [*LEDGER, "lot_right", "lender"]
    came, went = (leg.rename({"lot": "lot_right"}) for leg in (came, went))
    assert len(lent.join(came, on=on, how="semi").join(went, on=on, how="semi")) == len(lent)
