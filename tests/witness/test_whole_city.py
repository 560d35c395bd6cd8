"""A city with everything in it: each scheme at each difficulty, each look-alike, one label each."""

from __future__ import annotations

import polars as pl
import pytest

from synthetic.asked import DIFFICULTIES
from synthetic.declared import lookalikes, schemes
from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.conftest import CityOf

STAYS, SHARE = 12_000, 0.004
# Subjects of their own kind are few: these need a larger city for every difficulty.
RARE = {scheme.code for scheme in schemes() if scheme.subject == "hospital"}


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of(*(scheme.code for scheme in schemes()), share=SHARE, stays=STAYS)


def test_every_scheme_is_planted_at_every_difficulty_and_costs_something(city: Delivery) -> None:
    for scheme in schemes():
        planted = city.truth(scheme.code)
        levels = set(planted["difficulty"])
        assert levels == set(DIFFICULTIES) or (scheme.code in RARE and levels), scheme.code
        assert least(planted["amount"]) > 0, scheme.code
        assert set(planted["subject_type"]) == {scheme.subject}, scheme.code


def test_every_look_alike_is_found_and_costs_nothing(city: Delivery) -> None:
    labelled = city.truth().filter("innocent")
    assert {one.name for one in lookalikes()} - set(labelled["scheme"]) == set()
    assert most(labelled["amount"]) == 0


def test_nothing_is_both_guilty_and_innocent_and_nothing_is_innocent_twice(city: Delivery) -> None:
    key = city.truth()
    subjects = key.group_by("subject_type", "subject_id")
    assert most(subjects.agg(pl.col("innocent").n_unique())["innocent"]) == 1
    innocent = key.filter("innocent").group_by("subject_type", "subject_id").len()
    assert most(innocent["len"]) == 1


def test_every_labelled_subject_is_in_the_delivered_tables(city: Delivery) -> None:
    key = city.truth()

    def named(kind: str) -> set[str]:
        return set(key.filter(pl.col("subject_type") == kind)["subject_id"])

    assert named("stay") <= set(city.live("stays")["stay_id"])
    assert named("use") <= set(city.uses()["subject_id"])
    assert named("hospital") <= set(city.table("hospitals")["hospital_id"])
    assert named("physician") <= set(city.table("physicians")["physician_id"])
    assert named("person") <= set(city.table("persons")["person_id"])
    billed = city.uses().select(subject=pl.col("hospital_id") + "|" + pl.col("item_code"))[
        "subject"
    ]
    bought = city.table("purchases").select(
        subject=pl.col("hospital_id") + "|" + pl.col("item_code")
    )["subject"]
    ledgers = {one.rsplit("|", 1)[0] for one in named("ledger")}
    assert ledgers <= set(billed) | set(bought)
