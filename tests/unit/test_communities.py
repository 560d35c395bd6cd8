"""Groups are those that chance does not explain, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from features import coadmission
from features.chance import surprise
from features.communities import Found, communities, named
from tests.coadmitted import NIGHT, RING, WAVES, crowd, history, ring, stay

if TYPE_CHECKING:
    from collections.abc import Iterable

VILLAGE = dict.fromkeys((f"v{n}" for n in range(6)), "one village")


def found(stays: Iterable[dict[str, object]], places: dict[str, str] | None = None) -> Found:
    """Communities as known on the night."""
    return communities(history(stays, places), pl.LazyFrame({"as_of": [NIGHT]}), None)


def groups(told: Found) -> list[list[str]]:
    """Members of the groups that are named."""
    inside = told.members.join(named(told), on=["subject_id", "as_of"])
    return sorted(sorted(part["person_id"].to_list()) for _, part in inside.group_by("subject_id"))


def test_who_comes_together_again_and_again_is_a_group() -> None:
    told = found([*crowd(), *ring()])
    assert groups(told) == [list(RING)]
    waves = told.stays.filter(pl.col("person_id") == RING[0])["wave"].to_list()
    assert waves == list(range(len(WAVES)))


def test_a_busy_ward_alone_has_none() -> None:
    assert groups(found(crowd())) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_same_stays_dealt_out_anew_have_none(seed: int) -> None:
    """Persons are permuted among all stays: degrees and dates stay, company is by chance."""
    rows = [*crowd(), *ring()]
    persons = pl.Series([row["person_id"] for row in rows]).shuffle(seed)
    dealt = [row | {"person_id": person} for row, person in zip(rows, persons, strict=True)]
    assert groups(found(dealt)) == []


def test_one_wave_of_strangers_is_no_group_but_one_of_a_village_is() -> None:
    wave = [stay(person, 100 + place) for place, person in enumerate(VILLAGE)]
    assert groups(found([*crowd(), *wave])) == []
    assert groups(found([*crowd(), *wave], VILLAGE)) == [sorted(VILLAGE)]


def test_a_village_that_always_comes_is_no_group() -> None:
    often = [
        stay(person, day * 7 + place, nights=3)
        for day in range(40)
        for place, person in enumerate(VILLAGE)
    ]
    apart = [row | {"ward": f"ward {row['person_id']}"} for row in often]
    assert groups(found([*crowd(), *apart], VILLAGE)) == []


def test_another_ward_or_other_days_are_not_together() -> None:
    other_ward = [
        stay(person, day, ward=f"W{place}") for day in WAVES for place, person in enumerate(RING)
    ]
    other_days = [
        stay(person, day + 3 * place) for day in WAVES for place, person in enumerate(RING)
    ]
    assert groups(found([*crowd(), *other_ward])) == []
    assert groups(found([*crowd(), *other_days])) == []


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [*crowd(), *ring()]
    told = found(rows)
    again = found(reversed(rows))
    assert told.told.equals(again.told)
    assert told.members.equals(again.members)
    assert told.stays.equals(again.stays)


def test_a_group_of_one_hospital_does_not_depend_on_another_hospital() -> None:
    here = [*crowd(), *ring()]
    there = [row | {"hospital_id": "K", "stay_id": f"K{row['stay_id']}"} for row in here]
    both = found([*here, *there]).told.filter(pl.col("hospital_id") == "H")
    assert both.equals(found(here).told)


def test_a_ward_with_hundreds_a_day_is_passed_over() -> None:
    huge = [stay(f"d{n}", 50) for n in range(coadmission.CROWD + 1)]
    met = found([*crowd(), *huge, *ring()])
    assert groups(met) == [list(RING)]
    assert not any(name.startswith("d") for name in met.members["person_id"])


def test_what_becomes_known_later_is_not_seen() -> None:
    told = communities(
        history([*crowd(), *ring()]), pl.LazyFrame({"as_of": [NIGHT.replace(month=3)]}), None
    )
    assert groups(told) == []


@pytest.mark.parametrize(
    ("count", "mean", "looks", "said"),
    [
        (0, 1.0, 1, 0.0),
        (1, 1.0, 1, 0.199),
        (3, 0.1, 1, 3.810),
        (5, 0.1, 52, 5.399),
        (10, 10.0, 1, 0.266),
        (500, 400.0, 1, 6.091),
        (200, 0.001, 1, 30.0),
        (2, 0.0, 1, 30.0),
    ],
)
def test_surprise_is_the_tail_of_a_poisson_count(
    count: int, mean: float, looks: float, said: float
) -> None:
    assert surprise(count, mean, looks) == pytest.approx(said, abs=0.001)
