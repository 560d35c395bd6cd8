"""H10 and what is taken for it, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from synthetic.coding import MAJOR, MINOR
from tests.unit.synthetic_city import Delivery
from tests.witness import books
from tests.witness.conftest import CityOf
from tests.witness.test_coding import had

# What a reader of the codes would look for.
SIGNS = {
    "J96.000": {"血气分析", "吸氧"}, "R57.000": {"心电监测", "深静脉置管", "血气分析"},
    "A41.900": {"细菌培养", "哌拉西林他唑巴坦", "降钙素原"},
    "E43.x00": {"人血白蛋白", "复方氨基酸", "肝功能组合"}, "N17.000": {"肾功能组合", "呋塞米"},
    "I48.000": {"动态心电图", "利伐沙班"}, "E87.600": {"电解质组合"}, "N18.900": {"肾功能组合"},
    "J44.900": {"布地奈德", "雾化吸入"}, "I80.200": {"下肢血管彩色超声", "D-二聚体", "低分子肝素"},
    "I50.900": {"脑钠肽", "呋塞米"}, "I50.900x002": {"脑钠肽", "呋塞米"},
}  # fmt: skip


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H10")


def coded(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """Labelled stays with cost over standard and the best-supported of their coded illnesses."""
    stays = city.table("stays").join(key, left_on="stay_id", right_on="subject_id")
    stays = stays.with_columns(ratio=pl.col("total_amount") / pl.col("payment_standard"))
    items = had(city).group_by("stay_id").agg(items="item")
    listed = city.table("stay_diagnoses").group_by("stay_id").agg(codes="code")
    both = stays.join(items, on="stay_id").join(listed, on="stay_id")
    shown = [
        _shares(row["codes"], set(row["items"])) for row in both.select("codes", "items").to_dicts()
    ]
    return both.with_columns(shown=pl.Series(shown, dtype=pl.List(pl.Float64)))


def _shares(codes: list[str], items: set[str]) -> list[float]:
    """Share of the signs of each listed illness that the bill holds."""
    return [len(SIGNS[c] & items) / len(SIGNS[c]) for c in codes if c in SIGNS]


def level(rows: pl.DataFrame, difficulty: int) -> pl.DataFrame:
    mine = rows.filter(pl.col("difficulty") == difficulty)
    assert len(mine) >= 10
    return mine


def test_h10_codes_what_the_bill_does_not_show(city: Delivery) -> None:
    rows = coded(city, city.truth("H10"))
    bold, part = level(rows, 1), level(rows, 2)
    assert (bold["shown"].list.min() == 0).all()
    assert part["shown"].list.min().to_numpy().max() < 1
    assert ((part["shown"].list.min() > 0) & (part["shown"].list.min() < 1)).to_numpy().mean() > 0.8
    for cunning in (3, 4):
        assert (level(rows, cunning)["shown"].list.max() > 0).all()
    # A true minor complication beside the claimed one may lack one of its signs.
    assert (level(rows, 3)["shown"].list.max() == 1).all()
    assert (level(rows, 3)["shown"].list.min() == 1).to_numpy().mean() > 0.75
    # Honest stays with a major complication show it.
    key = city.truth().filter(pl.col("subject_type") == "stay")
    stays = city.table("stays").filter(~pl.col("voided"), ~pl.col("newborn"))
    honest = stays.join(key, left_on="stay_id", right_on="subject_id", how="anti").select(
        subject_id="stay_id"
    )
    honest = coded(city, honest)
    worst = honest.filter(pl.col("codes").list.set_intersection(list(MAJOR)).list.len() > 0)
    assert len(worst) > 50
    assert (worst["shown"].list.min() == 0).to_numpy().mean() < 0.05


def test_h10_costs_what_the_true_case_costs(city: Delivery) -> None:
    rows = coded(city, city.truth("H10"))
    for difficulty in (1, 2, 3):
        assert level(rows, difficulty)["ratio"].is_between(0.39, 0.75).all()
    assert level(rows, 4)["ratio"].to_numpy().min() >= 0.7
    with_major = level(rows, 4)["codes"].list.set_intersection(list(MAJOR)).list.len() > 0
    assert with_major.to_numpy().mean() < 0.1  # as a main diagnosis of its own group only
    minor = level(rows, 4)["codes"].list.set_intersection(list(MINOR)).list.len() > 0
    assert minor.all()


def test_the_loss_is_the_difference_of_two_standards(city: Delivery) -> None:
    rows = coded(city, city.truth("H10"))
    persons = city.table("persons").unique("person_id").select("person_id", "scheme")
    houses = city.table("hospitals").select("hospital_id", hospital_level="level")
    paid = rows.drop("scheme").join(persons, on="person_id").join(houses, on="hospital_id")
    listed = city.table("drg_standards").select(
        "drg", "hospital_level", "scheme", other="payment_standard"
    )
    both = paid.join(listed, on=["hospital_level", "scheme"], suffix="_true")
    near = ((pl.col("payment_standard") - pl.col("other") - pl.col("amount")).abs() < 0.02) & (
        pl.col("drg") != pl.col("drg_true")
    )
    same = both.filter(near & (pl.col("drg").str.slice(0, 3) == pl.col("drg_true").str.slice(0, 3)))
    moved = both.filter(
        near & pl.col("drg_true").str.slice(0, 3).is_in(["FV2", "FR3", "FR4", "KS1"])
    )
    found = pl.concat([same.select("stay_id"), moved.select("stay_id")]).unique()
    assert len(found) == len(rows)
    assert rows["amount"].to_numpy().min() > 0


def test_severe_cases_that_left_or_came_from_elsewhere_are_treated(city: Delivery) -> None:
    for name in ("left_early", "transferred_in"):
        rows = coded(city, city.truth(name, innocent=True))
        assert len(rows) >= 4
        assert (
            rows["codes"].list.set_intersection(list(MAJOR)).list.len() > 0
        ).to_numpy().mean() > 0.85
        assert (rows["shown"].list.max() > 0).all(), name
    left = coded(city, city.truth("left_early", innocent=True))
    assert (left["discharge_way"].is_in(["against_advice", "death"])).all()
    assert (left["ratio"] < 0.9).to_numpy().mean() > 0.5
    moved = coded(city, city.truth("transferred_in", innocent=True))
    assert (moved["admission_way"] == "transfer").all()


def test_better_coding_shows_what_it_codes(city_of: CityOf) -> None:
    dense = books.shared(city_of)  # the largest: such hospitals are rare
    rows = coded(dense, dense.truth("better_coding", innocent=True))
    assert len(rows) >= 5
    assert (rows["shown"].list.max() > 0).all()
    assert rows["codes"].list.set_intersection(list(MAJOR)).list.len().to_numpy().min() > 0
