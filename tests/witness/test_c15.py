"""C15: who signed may not use the device, or has no business to do so."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from claims.knowledge.scopes import load_scopes
from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf
from tests.witness.devices import level, main_operations, stays, uses

TODAY = date(2025, 1, 1)


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C15")


def signed(city: Delivery, rows: pl.DataFrame, *, latest: bool = False) -> pl.DataFrame:
    """Uses with the operator's department and hospital, and whether the list names it."""
    rows_of = city.table("physicians").sort("received_on", descending=latest)
    staff = rows_of.unique("physician_id", keep="first", maintain_order=True)
    where = stays(city).select("stay_id", "department", lain="hospital_id")
    operators = main_operations(city).select("stay_id", "physician_id")
    both = rows.join(where, on="stay_id").join(operators, on="stay_id")
    both = both.join(
        staff.select("physician_id", works="hospital_id", of="department"), on="physician_id"
    )
    listed = [
        (scope := load_scopes().of_item(item, TODAY)) is not None and scope.belongs_to(of)
        for item, of in both.select("item_code", "of").iter_rows()
    ]
    return both.with_columns(listed=pl.Series(listed, dtype=pl.Boolean))


def restricted(city: Delivery) -> pl.DataFrame:
    """Unlabelled uses of devices that belong to some departments only."""
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    frame = load_scopes().frame().filter(pl.col("departments").list.len() > 0)
    mine = lines.filter(
        pl.col("item_code").str.slice(0, 7).is_in(frame["class_code"].unique().implode())
    )
    labelled = city.truth()["subject_id"].str.split("|").list.get(0)
    honest = mine.filter(~pl.col("stay_id").is_in(labelled.implode()))
    return honest.select("stay_id", "item_code").unique()


def test_the_operator_is_of_the_wrong_department(city: Delivery) -> None:
    rows = signed(city, uses(city, city.truth("C15")))
    for difficulty in (1, 2):
        mine = level(rows, difficulty)
        assert not mine["listed"].any(), difficulty
        assert (mine["works"] == mine["lain"]).all(), difficulty
    cutting = city.table("fee_lines").filter(pl.col("category") == "surgery")
    operating = set(stays(city).join(cutting, on="stay_id", how="semi")["department"])
    assert not set(level(rows, 1)["of"]) & (operating - {"消化内科", "心血管内科", "肾内科"})
    assert set(level(rows, 2)["of"]) <= operating


def test_the_guest_works_in_another_hospital(city: Delivery) -> None:
    rows = level(signed(city, uses(city, city.truth("C15"))), 3)
    assert rows["listed"].all()
    assert (rows["of"] == rows["department"]).all()
    assert (rows["works"] != rows["lain"]).all()


def test_the_most_cunning_stay_inside_the_published_list(city: Delivery) -> None:
    rows = level(signed(city, uses(city, city.truth("C15"))), 4)
    assert rows["listed"].all()
    assert (rows["works"] == rows["lain"]).all()
    assert (rows["of"] != rows["department"]).all()


def test_honest_operators_are_of_the_department_and_the_hospital(city: Delivery) -> None:
    rows = signed(city, restricted(city))
    assert len(rows) > 100
    assert rows["listed"].all()
    assert (rows["works"] == rows["lain"]).all()
    assert (rows["of"] == rows["department"]).all()


def test_the_operator_signs_the_lines_too(city: Delivery) -> None:
    rows = signed(city, uses(city, city.truth("C15")))
    lines = city.table("fee_lines").select("stay_id", "item_code", line="physician_id").unique()
    both = rows.join(lines, on=["stay_id", "item_code"])
    assert (both["line"] == both["physician_id"]).all()
    assert ((rows["billed"] - rows["amount"]).abs() < 0.02).all()


def test_a_licensed_operator_is_listed_as_well(city: Delivery) -> None:
    staff = city.table("physicians").sort("received_on").unique("physician_id", keep="last")
    for name in ("joint_operation", "combined_operation"):
        rows = uses(city, city.truth(name, innocent=True))
        assert len(rows) > 0, name
        assert not signed(city, rows)["listed"].any(), name
        second = city.table("stay_procedures").filter(pl.col("position") > 1)
        told = (
            rows.select("stay_id", "item_code")
            .join(second, on="stay_id")
            .join(staff.select("physician_id", "department", "hospital_id"), on="physician_id")
        )
        lain = stays(city).select("stay_id", lain="hospital_id")
        here = told.join(lain, on="stay_id").filter(pl.col("hospital_id") == pl.col("lain"))
        fit = set()
        for row in here.iter_rows(named=True):
            scope = load_scopes().of_item(row["item_code"], TODAY)
            assert scope is not None
            if scope.belongs_to(row["department"]) and scope.goes_with([row["code"]]):
                fit.add((row["stay_id"], row["item_code"]))
        assert fit == set(rows.select("stay_id", "item_code").iter_rows()), name


def test_the_register_of_staff_was_put_right(city: Delivery) -> None:
    rows = uses(city, city.truth("moved_department", innocent=True))
    assert len(rows) > 0
    assert not signed(city, rows)["listed"].any()
    assert signed(city, rows, latest=True)["listed"].all()
