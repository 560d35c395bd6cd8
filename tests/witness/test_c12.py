"""C12: the device contradicts the person or the place, and its look-alikes do not."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf
from tests.witness.devices import judged, level, main_operations, share, stays, uses

SIDES = ["left", "right"]


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C12")


def sexes(city: Delivery) -> pl.DataFrame:
    return city.table("persons").sort("received_on").unique("person_id", keep="first")


def limited(city: Delivery) -> list[str]:
    catalogue = city.table("consumables").filter(pl.col("sex_limit") == "F")
    return catalogue["item_code"].unique().to_list()


def sided(city: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """Uses with the side of the first operation and of the register."""
    register = city.table("device_uses").select("stay_id", "item_code", told="laterality").unique()
    operated = main_operations(city).select("stay_id", "laterality", "site", "code", "performed_at")
    return rows.join(register, on=["stay_id", "item_code"], how="left").join(
        operated, on="stay_id", how="left"
    )


def test_a_product_for_women_is_billed_for_a_man(city: Delivery) -> None:
    rows = level(uses(city, city.truth("C12")), 1)
    people = stays(city).join(sexes(city), on="person_id").select("stay_id", "sex")
    assert rows["item_code"].is_in(limited(city)).all()
    assert (rows.join(people, on="stay_id")["sex"] == "M").all()
    lines = city.table("fee_lines").filter(pl.col("item_code").is_in(limited(city)))
    honest = lines.join(people, on="stay_id").join(rows, on="stay_id", how="anti")
    assert len(honest) > 0
    assert (honest["sex"] == "F").all()


def test_the_register_gives_the_other_side_only_at_the_second_difficulty(city: Delivery) -> None:
    rows = sided(city, uses(city, city.truth("C12")))
    second, fourth = level(rows, 2), level(rows, 4)
    assert share(second["told"] != second["laterality"]) > 0.9
    assert (fourth["told"].drop_nulls() == fourth.drop_nulls("told")["laterality"]).all()
    register = city.table("device_uses").filter(pl.col("laterality").is_in(SIDES))
    honest = register.join(
        main_operations(city).select("stay_id", operated="laterality"), on="stay_id"
    ).filter(pl.col("operated").is_in(SIDES))
    labelled = city.truth()["subject_id"].str.split("|").list.get(0)
    void = city.table("stays").filter("voided")["stay_id"]
    honest = honest.filter(~pl.col("stay_id").is_in(void.implode()))
    honest = honest.filter(~pl.col("stay_id").is_in(labelled.implode()))
    assert len(honest) > 100
    assert (honest["laterality"] == honest["operated"]).all()


def test_the_plate_belongs_to_another_bone(city: Delivery) -> None:
    rows = level(judged(city, uses(city, city.truth("C12"))), 3)
    assert not rows["paid"].any()
    assert not rows["fits"].any()
    plates = city.table("fee_lines").filter(
        pl.col("item_code").str.slice(0, 7).is_in(["C030705", "C030706"])
    )
    subjects = plates.select(
        subject_id=pl.col("stay_id") + "|" + pl.col("item_code"),
        difficulty=pl.lit(0),
        subject_type=pl.lit("use"),
    ).unique()
    honest = subjects.join(city.truth("C12"), on="subject_id", how="anti")
    assert judged(city, uses(city, honest))["paid"].all()


def test_the_same_side_received_its_implant_before(city: Delivery) -> None:
    rows = level(sided(city, uses(city, city.truth("C12"))), 4)
    person = stays(city).select("stay_id", "person_id")
    now = rows.join(person, on="stay_id")
    before = city.table("device_uses").join(person, on="stay_id").select(
        "person_id", "laterality", old_stay="stay_id", old_class=pl.col("item_code").str.slice(0, 5),
        old_used="used_at",
    )  # fmt: skip
    pairs = now.join(before, on=["person_id", "laterality"])
    again = pairs.filter(
        (pl.col("old_used") < pl.col("performed_at"))
        & (pl.col("old_class") == pl.col("class_code").str.slice(0, 5))
    )
    assert share(rows["stay_id"].is_in(again["stay_id"].implode())) > 0.9
    assert judged(city, rows.drop("code"))["paid"].all()
    assert judged(city, rows.drop("code"))["fits"].all()


def test_the_loss_is_the_whole_bill(city: Delivery) -> None:
    rows = uses(city, city.truth("C12"))
    assert ((rows["billed"] - rows["amount"]).abs() < 0.02).all()


def test_a_second_fracture_is_diagnosed_and_operated(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("second_fracture", innocent=True)))
    assert len(rows) > 0
    assert rows["paid"].all()
    assert rows["fits"].all()
    principal = stays(city).select("stay_id", "principal_diagnosis")
    codes = rows.join(principal, on="stay_id")
    mismatch = codes["principal_diagnosis"].str.slice(0, 3) != codes["class_code"].replace_strict(
        {"C030705": "S42", "C030706": "S72"}
    )
    assert mismatch.all()


def test_a_bilateral_operation_took_two_joints(city: Delivery) -> None:
    rows = sided(city, uses(city, city.truth("bilateral_operation", innocent=True)))
    assert len(rows) > 0
    assert (rows["laterality"] == "bilateral").all()
    # Single parts and what one dose serves for both sides are labelled with the joints.
    assert share(rows["units"] >= 2) > 0.6


def test_the_sex_was_put_right(city: Delivery) -> None:
    rows = uses(city, city.truth("sex_typed_anew", innocent=True)).join(
        stays(city).select("stay_id", "person_id", "received_on"), on="stay_id"
    )
    assert len(rows) > 0
    people = city.table("persons").select("person_id", "sex", known="received_on")
    told = rows.join(people, on="person_id").sort("known")
    then = told.filter(pl.col("known") <= pl.col("received_on")).group_by("stay_id").agg(
        pl.col("sex").last()
    )  # fmt: skip
    last = told.group_by("stay_id").agg(pl.col("sex").last())
    assert (then["sex"] == "M").all()
    assert (last["sex"] == "F").all()


def test_the_wrong_side_stands_only_in_a_voided_settlement(city: Delivery) -> None:
    rows = sided(city, uses(city, city.truth("side_typed_anew", innocent=True)))
    assert len(rows) > 0
    assert (rows["told"].drop_nulls() == rows.drop_nulls("told")["laterality"]).all()
    place = ["person_id", "hospital_id", "admitted_at"]
    lain = stays(city).select("stay_id", *place)
    voided = city.table("stays").filter("voided").select(*place, cancelled="stay_id")
    now = rows.drop("hospital_id").join(lain, on="stay_id").join(voided, on=place)
    assert set(now["stay_id"]) == set(rows["stay_id"])
    register = city.table("device_uses").select("item_code", cancelled="stay_id", then="laterality")
    both = now.join(register, on=["cancelled", "item_code"])
    assert share(both["then"] != both["laterality"]) > 0.9
