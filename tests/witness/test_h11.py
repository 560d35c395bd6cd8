"""H11 and what is taken for it, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf, untouched
from tests.witness.test_coding import had
from tests.witness.test_h10 import SIGNS, coded, level

UNGROUPED = ["R69.x00", "Z03.900", "Z76.800", "R53.x00"]
HIGH = 2.0  # cost over standard from which a case is paid by fee


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H11")


def settled(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """Labelled stays as first delivered, with the standards that their hospital could have."""
    stays = city.table("stays").sort("received_on").unique("stay_id", keep="first")
    rows = stays.join(key, left_on="stay_id", right_on="subject_id")
    persons = city.table("persons").unique("person_id").select("person_id", paid_as="scheme")
    houses = city.table("hospitals").select("hospital_id", hospital_level="level")
    rows = rows.join(persons, on="person_id").join(houses, on="hospital_id")
    return rows.with_columns(ratio=pl.col("total_amount") / pl.col("payment_standard"))


def standards(city: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """Each stay beside every group of its level and scheme."""
    listed = city.table("drg_standards").select(
        "hospital_level", paid_as="scheme", drg_other="drg", other="payment_standard"
    )
    return rows.join(listed, on=["hospital_level", "paid_as"])


def test_h11_first_level_has_no_group_and_is_paid_by_fee(city: Delivery) -> None:
    rows = level(settled(city, city.truth("H11")), 1)
    assert rows["principal_diagnosis"].is_in(UNGROUPED).all()
    assert rows["payment_standard"].is_null().all()
    assert (rows["drg"] == "0000").all()
    first = city.table("stay_diagnoses").filter(pl.col("position") == 1)
    both = rows.join(first, on="stay_id", suffix="_listed")
    assert (both["code"] == both["principal_diagnosis"]).all()
    apart = (pl.col("total_amount") - pl.col("other") - pl.col("amount")).abs() < 0.02
    assert standards(city, rows).filter(apart)["stay_id"].n_unique() == len(rows)


def test_h11_second_level_does_not_go_with_the_operation(city: Delivery) -> None:
    rows = level(settled(city, city.truth("H11")), 2)
    done = city.table("stay_procedures").filter(pl.col("position") == 1)
    both = rows.join(done, on="stay_id")
    assert len(both) == len(rows)
    # No honest stay has this main diagnosis with this operation.
    key = city.truth()["subject_id"].implode()
    honest = city.table("stays").filter(~pl.col("stay_id").is_in(key)).join(done, on="stay_id")
    pair = ["principal_diagnosis", "code"]
    assert len(both.join(honest.select(pair).unique(), on=pair, how="semi")) <= 0.1 * len(both)
    paid = (pl.col("payment_standard") - pl.col("other") - pl.col("amount")).abs() < 0.02
    assert standards(city, rows).filter(paid)["stay_id"].n_unique() == len(rows)


def test_h11_leaves_out_what_was_treated(city: Delivery) -> None:
    rows = settled(city, city.truth("H11"))
    items = had(city).group_by("stay_id").agg(items="item")
    listed = city.table("stay_diagnoses").group_by("stay_id").agg(codes="code")
    for difficulty in (3, 4):
        mine = level(rows, difficulty).join(items, on="stay_id").join(listed, on="stay_id")
        treated = [
            any(
                signs <= set(row["items"]) and not set(row["codes"]) & {code}
                for code, signs in SIGNS.items()
            )
            for row in mine.select("items", "codes").to_dicts()
        ]
        assert sum(treated) / len(treated) > 0.65, difficulty
        assert mine["drg"].str.ends_with("5").all()
        apart = (pl.col("total_amount") - pl.col("other") - pl.col("amount")).abs() < 0.02
        assert standards(city, mine).filter(apart)["stay_id"].n_unique() == len(mine)
    assert (level(rows, 3)["ratio"] > HIGH).to_numpy().mean() > 0.85
    assert (level(rows, 4)["ratio"] < HIGH).to_numpy().mean() > 0.95
    assert rows["amount"].to_numpy().min() > 0


def test_slips_are_corrected_by_a_second_record(city: Delivery) -> None:
    key = city.truth("coder_slip", innocent=True)
    stays = city.table("stays").filter(pl.col("stay_id").is_in(key["subject_id"].implode()))
    ordered = stays.sort("stay_id", "received_on")
    first, last = (
        ordered.unique("stay_id", keep=end, maintain_order=True) for end in ("first", "last")
    )
    assert len(first) == len(key) == len(ordered) / 2
    assert first["principal_diagnosis"].is_in(UNGROUPED).all()
    assert not last["principal_diagnosis"].is_in(UNGROUPED).any()
    assert last["payment_standard"].is_not_null().all()
    assert (last["received_on"] > first["received_on"]).all()
    codes = city.table("stay_diagnoses").filter(pl.col("position") == 1)
    codes = codes.sort("received_on").unique("stay_id", keep="last")
    both = last.join(codes, on="stay_id")
    assert (both["code"] == both["principal_diagnosis"]).all()


def test_complications_left_out_honestly_cost_the_hospital(city_of: CityOf) -> None:
    city = untouched(city_of)  # such coders are rare
    rows = settled(city, city.truth("under_documented", innocent=True))
    assert len(rows) > 0
    assert rows["ratio"].to_numpy().max() < 1.5
    higher = standards(city, rows).filter(
        (pl.col("drg").str.slice(0, 3) == pl.col("drg_other").str.slice(0, 3))
        & (pl.col("other") > pl.col("payment_standard"))
    )
    assert higher["stay_id"].n_unique() == len(rows)


def test_the_second_illness_was_truly_treated(city: Delivery) -> None:
    rows = coded(city, city.truth("secondary_first", innocent=True))
    assert len(rows) > 0
    assert rows["ratio"].is_between(0.5, 2.2).all()
    assert (rows["shown"].list.max() == 1).all()
    repeated = city.table("fee_lines").join(rows, on="stay_id", how="semi")
    names = city.table("service_items").unique("item_code").select("item_code", "name")
    drug = repeated.join(names, on="item_code").filter(pl.col("name").str.contains("呋塞米"))
    assert drug.group_by("stay_id").len()["len"].mean() > 1.5  # type: ignore[operator]
