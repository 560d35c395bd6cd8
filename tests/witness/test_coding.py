"""What is coded in the honest city was treated; both are counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from synthetic.coding import MAJOR, MINOR
from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf

# Code, items of which an honest stay with the code has nearly always one or more.
SIGNS = {
    "J96.000": ("血气分析", "吸氧"), "R57.000": ("心电监测", "深静脉置管"),
    "A41.900": ("细菌培养", "哌拉西林他唑巴坦"), "E43.x00": ("人血白蛋白", "肝功能组合"),
    "N17.000": ("肾功能组合", "呋塞米"), "E87.600": ("电解质组合",), "N18.900": ("肾功能组合",),
    "J44.900": ("布地奈德",), "I80.200": ("下肢血管彩色超声",), "I48.000": ("动态心电图",),
}  # fmt: skip


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of()


def honest(city: Delivery) -> pl.DataFrame:
    """Stays that nobody labelled, settled once."""
    stays = city.table("stays").filter(~pl.col("voided"), ~pl.col("newborn"))
    key = city.truth().filter(pl.col("subject_type") == "stay")["subject_id"].implode()
    return stays.filter(~pl.col("stay_id").is_in(key)).unique("stay_id")


def had(city: Delivery) -> pl.DataFrame:
    """Names of what was billed to each stay, without their grades."""
    names = (
        city.table("service_items")
        .unique("item_code")
        .select("item_code", item=pl.col("name").str.replace(r"\(\d+\)$", ""))
    )
    lines = city.table("fee_lines").filter(pl.col("category") != "consumable")
    return lines.join(names, on="item_code").select("stay_id", "item").unique()


def test_honest_codes_come_with_their_tests_drugs_and_treatments(city: Delivery) -> None:
    codes = city.table("stay_diagnoses").join(honest(city), on="stay_id", how="semi")
    billed = had(city)
    for code, items in SIGNS.items():
        mine = codes.filter((pl.col("code") == code) & (pl.col("position") > 1)).select("stay_id")
        others = (
            honest(city).select("stay_id").join(codes.filter(code=code), on="stay_id", how="anti")
        )
        assert len(mine) >= 10, code
        for item in items:
            with_item = billed.filter(item=item)
            share = len(mine.join(with_item, on="stay_id", how="semi")) / len(mine)
            usual = len(others.join(with_item, on="stay_id", how="semi")) / len(others)
            assert share > 0.8, (code, item, share)
            assert share > usual + 0.3, (code, item, share, usual)


def test_complications_are_listed_where_the_group_says_so(city: Delivery) -> None:
    codes = city.table("stay_diagnoses").filter(pl.col("position") > 1)
    major = codes.filter(pl.col("code").is_in(MAJOR)).select("stay_id").unique()
    split = honest(city).filter(pl.col("drg").str.slice(0, 3).is_in(["ES3", "BR2", "FV2", "LR1"]))
    with_major = split.join(major, on="stay_id", how="semi")
    assert with_major["drg"].str.ends_with("1").all()
    worst = split.filter(pl.col("drg").str.ends_with("1"))
    assert len(worst.join(major, on="stay_id", how="semi")) == len(worst) > 10
    mildest = split.filter(pl.col("drg").str.ends_with("5"))
    minor = codes.filter(pl.col("code").is_in(MINOR)).select("stay_id").unique()
    assert mildest.join(minor, on="stay_id", how="semi").is_empty()


def test_complications_are_partly_there_on_admission(city: Delivery) -> None:
    codes = city.table("stay_diagnoses").filter(pl.col("position") > 1)
    share = codes.group_by("code").agg(pl.col("present_on_admission").mean())
    present = dict(share.iter_rows())
    assert present["E43.x00"] > 0.75 > present["I80.200"]
    for code in ("J96.000", "R57.000", "A41.900", "N17.000"):
        assert 0.3 < present[code] < 0.9, code
    assert present["I10.x00x002"] == 1.0


def test_operations_of_one_sex_are_done_on_it(city: Delivery) -> None:
    names = city.table("service_items").select("item_code", "name").unique("item_code")
    names = names.filter(pl.col("name").str.contains("剖宫产|子宫切除"))
    lines = city.table("fee_lines").join(names, on="item_code", how="semi")
    persons = city.table("persons").unique("person_id").select("person_id", "sex")
    labelled = city.truth("sex_slip", innocent=True)["subject_id"].implode()
    stays = city.table("stays").filter(~pl.col("stay_id").is_in(labelled))
    stays = stays.join(lines, on="stay_id", how="semi").join(persons, on="person_id")
    assert len(stays) > 0
    assert set(stays["department"]) <= {"妇科", "产科"}
    assert set(stays["sex"]) == {"F"}
