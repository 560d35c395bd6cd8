"""Who is looked at: the worthiest within capacity, and a few drawn by lot."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cases.selection import LEAST_PLAUSIBILITY, Capacity, draw_probability, lot, select

NIGHT = date(2025, 6, 2)
NOBODY_BY_LOT = Capacity(alerts=3, random_share=0.0, seed=7)


def weighed(*recoveries: int, **columns: object) -> pl.DataFrame:
    """Weighed records s0, s1 ... with these expected recoveries, all plausible."""
    given: dict[str, object] = {
        "subject_id": [f"s{place}" for place in range(len(recoveries))],
        "expected_recovery": list(recoveries),
        "plausibility": 0.5,
        "anomaly": 0.9,
        "rule_codes": [["H01"]] * len(recoveries),
        "score_kind": "prior",
        "repeat": False,
    }
    schema = {
        "subject_id": pl.String(),
        "expected_recovery": pl.Int64(),
        "rule_codes": pl.List(pl.String()),
        "repeat": pl.Boolean(),
    }
    plain = {"plausibility": pl.Float64(), "anomaly": pl.Float64(), "score_kind": pl.String()}
    return pl.DataFrame(given | columns, schema_overrides=schema | plain)


def chosen(records: pl.DataFrame, capacity: Capacity = NOBODY_BY_LOT) -> list[str]:
    """Subjects chosen for their worth."""
    picked = select(records, capacity, NIGHT).filter(pl.col("selected_by").is_in(["rule", "model"]))
    found: list[str] = picked["subject_id"].to_list()
    return found


def test_the_greatest_expected_recovery_is_chosen_within_capacity() -> None:
    assert chosen(weighed(10, 50, 30, 20, 40)) == ["s1", "s2", "s4"]
    assert chosen(weighed(10, 50)) == ["s0", "s1"]
    assert chosen(weighed()) == []


def test_equal_recoveries_are_ordered_by_plausibility_then_anomaly_then_name() -> None:
    records = weighed(9, 9, 9, 9, 9, plausibility=[0.5, 0.6, 0.5, 0.5, 0.5],
                      anomaly=[0.1, 0.1, 0.9, 0.1, 0.1])  # fmt: skip
    assert sorted(chosen(records)) == ["s1", "s2", "s4"]
    assert sorted(chosen(records.reverse())) == ["s1", "s2", "s4"]


def test_what_is_hardly_plausible_takes_nobodys_time() -> None:
    least = LEAST_PLAUSIBILITY
    records = weighed(900, 10, 5, plausibility=[least - 0.01, least, 0.9])
    assert chosen(records) == ["s1", "s2"]


def test_a_repeat_takes_no_place() -> None:
    records = weighed(50, 40, 30, 20, 10, repeat=[True, False, True, False, False])
    assert chosen(records) == ["s1", "s3", "s4"]


def test_what_chose_a_record_is_said() -> None:
    records = weighed(
        30, 20, 10, score_kind=["prior", "calibrated", "prior"], rule_codes=[["H01"], ["H01"], []]
    )
    assert select(records, NOBODY_BY_LOT, NIGHT)["selected_by"].to_list() == [
        "rule",
        "model",
        "model",
    ]


def test_a_share_of_the_places_goes_by_lot() -> None:
    capacity = Capacity(alerts=10, random_share=0.25, seed=7)
    assert capacity.drawn == 3
    many = weighed(*range(1, 41))
    assert len(chosen(many, capacity)) == 7
    assert draw_probability(40, capacity) == 3 / 40
    assert draw_probability(2, capacity) == 1.0
    assert draw_probability(0, capacity) == 0.0


def test_the_lot_falls_on_a_record_whoever_else_is_in_the_batch() -> None:
    subjects = pl.Series(["a", "b", "c", "d"])
    numbers = dict(zip(subjects, lot(subjects, NIGHT, 7), strict=True))
    assert lot(pl.Series(["c"]), NIGHT, 7).item() == numbers["c"]
    assert lot(subjects.reverse(), NIGHT, 7).to_list() == list(reversed(numbers.values()))
    assert all(0 <= number < 1 for number in numbers.values())


def test_the_lot_is_another_on_another_night_and_with_another_seed() -> None:
    subject = pl.Series(["a"])
    draws = {
        lot(subject, night, seed).item() for night in (NIGHT, date(2025, 6, 3)) for seed in (7, 8)
    }
    assert len(draws) == 4


def test_the_lot_is_fair() -> None:
    capacity = Capacity(alerts=100, random_share=1.0, seed=7)
    found = select(weighed(*[0] * 2000, plausibility=0.0), capacity, NIGHT)
    drawn = found.filter(selected_by="random")
    # 100 of 2,000 at five in a hundred: three standard deviations are 29.
    assert 71 <= drawn.height <= 129
    assert set(drawn["selection_probability"]) == {0.05}
    assert set(found["draw_probability"]) == {0.05}
    rest = found.filter(pl.col("selected_by").is_null())
    assert rest["selection_probability"].null_count() == rest.height


def test_a_record_that_is_worth_it_and_drawn_keeps_its_probability() -> None:
    everybody = Capacity(alerts=2, random_share=0.5, seed=7)
    found = select(weighed(5, 4), everybody, NIGHT).row(0, named=True)
    assert found["selected_by"] == "rule"
    assert found["draw_probability"] == 0.5
    certain = Capacity(alerts=4, random_share=0.5, seed=7)
    both = select(weighed(5, 4), certain, NIGHT)
    assert both["selected_by"].to_list() == ["rule", "rule"]
    assert both["selection_probability"].to_list() == [1.0, 1.0]


def test_a_repeat_may_still_be_drawn_so_that_its_probability_stays_true() -> None:
    certain = Capacity(alerts=2, random_share=1.0, seed=7)
    found = select(weighed(5, 4, repeat=True), certain, NIGHT)
    assert found["selected_by"].to_list() == ["random", "random"]


@pytest.mark.parametrize("seed", range(3))
def test_rows_keep_their_order_and_their_fate_in_any_order(seed: int) -> None:
    capacity = Capacity(alerts=6, random_share=0.3, seed=7)
    records = weighed(*[5, 9, 2, 8, 8, 1, 7, 7, 3, 0])
    mixed = records.sample(fraction=1.0, shuffle=True, seed=seed)
    there, back = (select(each, capacity, NIGHT) for each in (records, mixed))
    assert back["subject_id"].to_list() == mixed["subject_id"].to_list()
    assert there.equals(back.sort("subject_id"))
