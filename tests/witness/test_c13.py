"""C13: nothing was done that needs the device, and its look-alikes explain it."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, most
from tests.witness.conftest import CityOf
from tests.witness.devices import judged, level, main_operations, share, stays, uses

CHEAP = 2_500.0  # yuan; a wire before its price was cut


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C13")


def test_no_procedure_at_all_or_an_unfitting_one(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("C13")))
    for difficulty in (1, 2, 3):
        assert not level(rows, difficulty)["fits"].any(), difficulty
    assert (level(rows, 1)["procedures"].list.len() == 0).all()
    assert (level(rows, 2)["procedures"].list.len() > 0).all()
    looked = level(rows, 3)["procedures"].list.join(",")
    assert looked.str.contains("88.55|37.22").all()
    assert (level(rows, 3)["class_code"] == "C020101").all()


def test_nothing_was_operated_in_the_stays_without_procedure(city: Delivery) -> None:
    rows = level(uses(city, city.truth("C13")), 1)
    cut = city.table("fee_lines").filter(pl.col("category").is_in(["surgery", "anaesthesia"]))
    assert not rows["stay_id"].is_in(cut["stay_id"].implode()).any()


def test_the_most_cunning_write_a_fitting_operation_whose_kit_is_missing(city: Delivery) -> None:
    rows = level(judged(city, uses(city, city.truth("C13"))), 4)
    assert rows["fits"].all()
    assert most(rows["billed"]) < CHEAP
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    classes = lines.group_by("stay_id").agg(have=pl.col("item_code").str.slice(0, 7).unique())
    needed = {"C020301": "C020401", "C030702": "C030701"}  # the wire's catheter, the screw's plate
    both = rows.join(classes, on="stay_id").with_columns(
        needed=pl.col("class_code").replace_strict(needed)
    )
    missing = both.filter(~pl.col("have").list.contains(pl.col("needed")))
    assert len(missing) == len(both)
    # In honest stays with these operations the main part is there.
    first = main_operations(city).select("stay_id", "code")
    honest = first.filter(pl.col("code").str.starts_with("00.66")).join(classes, on="stay_id")
    honest = honest.join(rows, on="stay_id", how="anti")
    assert share(honest["have"].list.contains("C020401")) > 0.95


def test_the_loss_is_the_whole_bill(city: Delivery) -> None:
    rows = uses(city, city.truth("C13"))
    assert ((rows["billed"] - rows["amount"]).abs() < 0.02).all()


def test_the_coder_left_out_an_operation_that_was_billed(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("coder_omission", innocent=True)))
    assert len(rows) > 0
    assert not rows["fits"].any()
    cut = city.table("fee_lines").filter(pl.col("category") == "surgery")["stay_id"]
    assert share(rows["stay_id"].is_in(cut.implode())) > 0.9
    register = city.table("device_uses").select("stay_id", "item_code").unique()
    assert share(rows.join(register, on=["stay_id", "item_code"], how="left", coalesce=False)[
        "stay_id_right"].is_not_null()) > 0.9  # fmt: skip


def test_the_clinic_put_the_device_in(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("outpatient_device", innocent=True)))
    assert len(rows) > 0
    assert not rows["fits"].any()
    listed = rows["diagnoses"].list.eval(pl.element().str.starts_with("N20")).list.any()
    assert listed.all()
    where = stays(city).select("stay_id", "person_id", "hospital_id", "admitted_at")
    visits = city.table("outpatient_visits").select("person_id", "hospital_id", "visited_at",
                                                    "kind", fee="amount")  # fmt: skip
    near = (
        rows.join(where, on="stay_id")
        .drop("hospital_id")
        .join(where.select("stay_id", "hospital_id"), on="stay_id")
    )
    seen = near.join(visits, on=["person_id", "hospital_id"]).with_columns(
        days=(pl.col("admitted_at").dt.date() - pl.col("visited_at").dt.date()).dt.total_days()
    )
    seen = seen.filter(
        pl.col("days").is_between(0, 1) & (pl.col("kind") == "emergency") & (pl.col("fee") >= 900)
    )
    assert set(rows["stay_id"]) == set(seen["stay_id"])


def test_a_fitting_procedure_is_listed_second(city: Delivery) -> None:
    for name in ("combined_operation", "second_illness"):
        rows = judged(city, uses(city, city.truth(name, innocent=True)))
        assert len(rows) > 0, name
        assert rows["fits"].all(), name
        assert rows["paid"].all(), name
        assert (rows["procedures"].list.len() >= 2).all(), name
