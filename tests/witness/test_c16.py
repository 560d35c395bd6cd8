"""C16: the fund was asked to pay for what its scope leaves out."""

from __future__ import annotations

import polars as pl
import pytest

from claims.knowledge.scopes import load_scopes
from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf
from tests.witness.devices import judged, level, stays, uses


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C16")


def prefixes(rows: pl.DataFrame) -> list[tuple[str, ...]]:
    """The diagnoses that each device is paid for on its day."""
    found = []
    for item, day in rows.select("item_code", "day").iter_rows():
        scope = load_scopes().of_item(item, day)
        assert scope is not None
        found.append(scope.diagnoses)
    return found


def test_no_illness_of_the_stay_is_in_the_scope(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("C16")))
    for difficulty in (1, 2):
        assert not level(rows, difficulty)["paid"].any(), difficulty
    assert (level(rows, 1)["class_code"] == "C010402").all()
    assert not (level(rows, 2)["class_code"] == "C010402").any()


def test_the_fund_was_asked_all_the_same(city: Delivery) -> None:
    rows = uses(city, city.truth("C16"))
    assert rows["covered"].all()
    assert ((rows["billed"] - rows["amount"]).abs() < 0.02).all()


def test_a_fitting_diagnosis_is_listed_that_nothing_treats(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("C16")))
    principal = stays(city).select("stay_id", "principal_diagnosis")
    rows = rows.join(principal, on="stay_id")
    for difficulty in (3, 4):
        mine = level(rows, difficulty)
        assert mine["paid"].all(), difficulty
        main = [
            main.startswith(fit)
            for main, fit in zip(mine["principal_diagnosis"], prefixes(mine), strict=True)
        ]
        assert all(main) if difficulty == 4 else not any(main), difficulty
        treated = mine["procedures"].list.eval(
            pl.element().str.contains("^(39.95|51.8|56|55|57.0)")
        )
        assert not treated.list.any().any(), difficulty


def test_honest_stones_are_removed_where_the_basket_was_used(city: Delivery) -> None:
    lines = city.table("fee_lines").filter(pl.col("item_code").str.starts_with("C010402"))
    named = lines.select(subject_id=pl.col("stay_id") + "|" + pl.col("item_code")).unique()
    known = city.truth().select("subject_id")
    honest = named.join(known, on="subject_id", how="anti").with_columns(subject_type=pl.lit("use"))
    rows = judged(city, uses(city, honest))
    assert len(rows) > 10
    treated = rows["procedures"].list.eval(pl.element().str.contains("^(51.8|56|55|57.0)"))
    assert treated.list.any().all()


def test_at_own_expense_the_fund_is_not_asked(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("own_expense", innocent=True)))
    assert len(rows) > 0
    assert not rows["paid"].any()
    assert not rows["covered"].any()


def test_a_second_illness_was_treated(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("second_illness", innocent=True)))
    assert len(rows) > 0
    assert rows["paid"].all()
    treated = rows["procedures"].list.eval(pl.element().str.starts_with("51.88"))
    assert treated.list.any().all()


def test_the_wider_scope_held_on_the_day(city: Delivery) -> None:
    rows = judged(city, uses(city, city.truth("scope_widened", innocent=True)))
    assert len(rows) > 0
    assert rows["paid"].all()
    first = load_scopes()["C030501"].versions[0]
    assert not any(first.pays_for(codes) for codes in rows["diagnoses"])
