"""Indicators of consumables: sums that add up, ratios by hand, lines and warnings."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.history import History
from features.indicator_change import cusum
from features.indicator_figures import Books, Ground, figures
from features.indicators import (
    OF_LINES,
    OF_STAYS,
    PATH,
    RUNGS,
    SUMS,
    below,
    months_before,
    rolled,
    with_ratios,
)
from features.robust_trend import trend
from rules.indicator_lines import ahead, coming, crossed
from tests.stents import CATALOGUE, END, HOSPITALS, LINES, MARCH, STAYS, STENT, stent_world
from tests.worlds import world


@pytest.fixture(scope="module")
def history() -> History:
    return stent_world()


def one(told: Ground, rung: str, subject: str) -> dict[str, object]:
    rows = figures(told, rung, "month").filter(pl.col("subject_id") == subject)
    return rows.to_dicts()[0]


def children_sum(rows: pl.DataFrame) -> None:
    """Every rung is the plain sum of the next one."""
    for rung, finer in pairwise(RUNGS):
        names = SUMS if RUNGS.index(finer) <= RUNGS.index("stay") else OF_LINES
        children = rolled(rows, finer).group_by("parent_id").agg(pl.col(names).sum())
        # A stay without any article has no row below.
        both = rolled(rows, rung).join(
            children, left_on="subject_id", right_on="parent_id", how="left", suffix="_below"
        )
        for name in names:
            same = both[name] == both[f"{name}_below"].fill_null(0)
            assert same.all(), (rung, name)


def test_children_sum_to_their_parent_on_every_rung(history: History) -> None:
    children_sum(Books.of(history, MARCH).of_class().rows)


def test_the_finest_rung_names_the_serial_number(history: History) -> None:
    told = Books.of(history, MARCH).of_class(["C020101"])
    assert one(told, "serial", f"b|{STENT}|l1|s2")["amount"] == 220_000
    assert one(told, "lot", f"b|{STENT}|-")["amount"] == 0
    assert below("serial") is None


def test_the_city_by_hand(history: History) -> None:
    city = one(Books.of(history, MARCH).of_class(["C020101"]), "city", "city")
    assert (city["amount"], city["quantity"], city["stays"]) == (520_000, 5_000, 4)
    assert (city["lines"], city["implant_lines"], city["traced_lines"]) == (5, 5, 4)
    assert city["total_amount"] == 9_000_000
    assert city["per_100"] == pytest.approx(500 / 3)
    assert city["price_deviation"] == pytest.approx(0.04)
    assert city["scan_rate"] == pytest.approx(0.8)
    assert city["selected_share"] == 1.0
    # 6,000 of 20,000 yuan from S, 14,000 from T; gifts and older purchases stay out.
    assert (city["top_supplier"], city["hhi"]) == (0.7, pytest.approx(5_800))


def test_a_ratio_is_made_of_sums_and_not_of_ratios(history: History) -> None:
    told = Books.of(history, MARCH).of_class(["C020101"])
    assert one(told, "physician", "H|heart|D")["price_deviation"] == 0.0
    assert one(told, "physician", "H|heart|E")["price_deviation"] == pytest.approx(0.1)
    # The mean of both would be 5%.
    assert one(told, "hospital", "H")["price_deviation"] == pytest.approx(200 / 3_000)


def test_expected_is_what_the_same_cases_cost_elsewhere(history: History) -> None:
    told = Books.of(history, MARCH).of_class(["C020101"])
    hospital = one(told, "hospital", "H")
    assert hospital["expected_amount"] == 2 * 100_000 * 1_000_000
    assert hospital["oe"] == pytest.approx(1.6)
    assert one(told, "stay", "b")["oe"] == pytest.approx(2.2)
    assert one(told, "item", f"b|{STENT}")["oe"] is None


def test_an_even_city_is_as_expected_everywhere() -> None:
    even = LINES.replace("| 2        | 1,100      | 2,200", "| 1        | 1,000      | 1,000")
    frames = {"hospitals": HOSPITALS, "stays": STAYS, "fee_lines": even, "consumables": CATALOGUE}
    told = Books.of(world(**frames), MARCH).of_class(["C020101"])
    for rung in RUNGS[: RUNGS.index("item")]:
        assert figures(told, rung, "month")["oe"].to_list() == pytest.approx(
            [1.0] * figures(told, rung, "month").height
        )


def test_a_city_of_one_hospital_expects_nothing() -> None:
    alone = STAYS.replace("| K ", "| H ").replace("| L ", "| H ")
    told = Books.of(world(hospitals=HOSPITALS, stays=alone, fee_lines=LINES), MARCH).of_class()
    assert one(told, "city", "city")["oe"] is None


ROWS = st.lists(
    st.tuples(
        *(st.sampled_from("xyz") for _ in PATH),
        st.integers(-(10**9), 10**9),
        st.integers(0, 10**15),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


@given(ROWS)
@settings(max_examples=60, derandomize=True)
def test_children_sum_to_their_parent_whatever_the_rows(rows: list[tuple[object, ...]]) -> None:
    columns = [*PATH, "value", "expected", "of_line"]
    invented = pl.DataFrame(rows, schema=columns, orient="row")
    # A stay lies in one place, as a line's stay does in the tables.
    place = PATH[: PATH.index("stay_id")]
    stay = pl.concat_str(*place, "stay_id", separator="/")
    home = pl.col("district").first().over("hospital_id")
    once = invented.with_columns(district=home).with_columns(stay_id=stay)
    children_sum(
        once.with_columns(
            *(pl.when("of_line").then("value").alias(name) for name in OF_LINES),
            *(pl.when(~pl.col("of_line")).then("expected").alias(name) for name in OF_STAYS),
            level=pl.lit("3"),
            drg=pl.lit("FM19"),
        )
    )


def test_nothing_below_nothing_is_null() -> None:
    empty = pl.DataFrame({name: [0] for name in SUMS})
    ratios = with_ratios(empty).drop(SUMS)
    assert all(ratios[name].item() is None for name in ratios.columns)


def test_months_are_counted_over_the_year() -> None:
    assert months_before(date(2025, 3, 1), 11) == date(2024, 4, 1)
    assert months_before(date(2024, 12, 1), -1) == date(2025, 1, 1)


def test_a_line_is_crossed_above_it_and_not_on_it(history: History) -> None:
    told = Books.of(history, MARCH).of_class(["C020101"])
    found = crossed(figures(told, "hospital", "month"), "hospital", END)
    by = {(row["subject_id"], row["indicator"]): row["grade"] for row in found.to_dicts()}
    # 1.6 times the expected, which two stays do not make unlikely.
    assert by["H", "oe"] == "yellow"
    assert by["H", "price_deviation"] == "yellow"
    assert by["H", "scan_rate"] == "red"
    assert by["K", "top_supplier"] == "yellow"
    assert ("L", "oe") not in by
    assert ("L", "scan_rate") not in by


def test_the_trend_of_a_straight_line_is_that_line() -> None:
    found = trend({month: 1.0 + 0.01 * month for month in range(12)}, 12)
    assert found is not None
    assert found.slope == pytest.approx(0.01)
    assert [found.low, found.projected, found.high] == pytest.approx([1.12] * 3)


def test_one_odd_month_does_not_bend_a_trend() -> None:
    values = {month: 1.0 + 0.01 * month for month in range(12)} | {5: 9.0}
    found = trend(values, 12)
    assert found is not None
    assert found.slope == pytest.approx(0.01, abs=0.002)
    assert found.low <= found.projected <= found.high


def test_fewer_than_six_months_are_no_trend() -> None:
    assert trend(dict.fromkeys(range(5), 1.0), 12) is None


@pytest.mark.parametrize(
    ("values", "down", "announced"),
    [
        ([1.0 + 0.0125 * month for month in range(12)], False, True),  # 1.1375, then 1.15 and more
        ([1.0 + 0.0140 * month for month in range(12)], False, False),  # over it already
        ([1.0 + 0.0050 * month for month in range(12)], False, False),  # not yet
        ([1.14, 1.0, 1.14, 1.0] * 3, False, False),  # to and fro leads nowhere
        ([1.0] * 12, False, False),
        ([0.99 - 0.0030 * month for month in range(12)], True, False),
    ],
)
def test_a_line_that_will_be_crossed_next_month_is_announced(
    *, values: list[float], down: bool, announced: bool
) -> None:
    border = 0.95 if down else 1.1499
    assert (coming(dict(enumerate(values)), 12, border, down=down) is not None) is announced


def test_what_falls_towards_its_line_is_announced() -> None:
    found = coming({month: 0.99 - 0.0035 * month for month in range(12)}, 12, 0.95, down=True)
    assert found is not None
    assert found.low <= found.projected < 0.95


def test_a_warning_of_a_hospital_by_hand() -> None:
    """A hospital whose stays grow dearer by a step a month; the others stay as they are."""
    rows = []
    for place in range(12):
        month = months_before(MARCH, 11 - place)
        observed = 100_000 + 1_300 * place
        rows += [
            {"month": month, "hospital_id": "H", "stays": 20, "expected_amount": 20 * 10**11,
             "amount": 20 * observed, "lines": None},
        ]  # fmt: skip
    made = pl.DataFrame(rows)
    blank = [name for name in SUMS if name not in made.columns]
    ready = made.with_columns(
        *(pl.lit(None, pl.Int64).alias(name) for name in blank),
        *(pl.lit("x").alias(name) for name in PATH if name != "hospital_id"),
        level=pl.lit("3"), drg=pl.lit("FM19"),
    )  # fmt: skip
    told = Ground(MARCH, ready, pl.DataFrame())
    (warned,) = ahead(told, "hospital", END).to_dicts()
    assert (warned["subject_id"], warned["indicator"], warned["grade"]) == ("H", "oe", "ahead")
    assert warned["value"] == pytest.approx(1.143)
    assert warned["projected"] == pytest.approx(1.156)
    assert warned["low"] <= warned["projected"] <= warned["high"]


def test_a_step_adds_up_to_a_change_point() -> None:
    steady = [1.0, 1.02, 0.98, 1.01, 0.99, 1.0]
    series = pl.DataFrame(
        {
            "subject_id": "H",
            "month": [months_before(MARCH, 8 - place) for place in range(9)],
            "oe": [*steady, 1.1, 1.1, 1.1],
        }
    )
    flat = series.with_columns(oe=pl.Series([*steady, 1.0, 0.99, 1.01]))
    assert cusum(series, MARCH)["cusum"].item() > 5
    assert cusum(flat, MARCH)["cusum"].item() < 1


def test_a_stay_made_of_goods_is_looked_at_unless_it_needed_an_implant() -> None:
    figures_of = pl.DataFrame(
        {
            "subject_id": ["goods", "implant", "mostly", "usual"],
            "share": [0.6, 0.6, 0.75, 0.5],
            "implant_lines": [0, 1, 1, 0],
            "oe": [1.0] * 4,
            "amount": [1] * 4,
            "price_deviation": [0.0] * 4,
        }
    )
    found = crossed(figures_of, "stay", END)
    assert dict(found.select("subject_id", "grade").iter_rows()) == {
        "goods": "yellow",
        "mostly": "red",
    }


def test_the_place_among_peers_counts_the_others() -> None:
    stays = [f"{n} | H{n} | heart | D{n} | 1,000 | 2025-03-03 | FM19" for n in range(10)]
    lines = [
        f"{n} | {n} | 2025-03-02 08:00 | consumable | {STENT} | 1 | {n * 10} | {n * 10}"
        for n in range(10)
    ]
    houses = [f"H{n} | H | 3 | general | north" for n in range(10)]
    made = world(
        hospitals="\n".join(["hospital_id | name | level | kind | district", *houses]),
        stays="\n".join([STAYS.strip().splitlines()[0], *stays]),
        fee_lines="\n".join(
            ["line_id|stay_id|charged_at|category|item_code|quantity|unit_price|amount", *lines]
        ),
    )
    rows = figures(Books.of(made, MARCH).of_class(), "hospital", "month")
    assert rows["share_rank"].to_list() == pytest.approx([n / 9 for n in range(10)])
    assert one(Books.of(made, MARCH).of_class(), "district", "north")["share_rank"] is None
    # Of a class that nobody used nobody stands above the others.
    unused = figures(Books.of(made, MARCH).of_class(["C090101"]), "hospital", "month")
    assert set(unused["share_rank"]) == {0.0}
