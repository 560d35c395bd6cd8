"""Standard characteristics: small groups borrow from wider ones, and nothing is infinite."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.results import STANDARDS
from features.catalogue import LEDGERS, STAYS
from features.declaration import LEDGER, STAY
from features.standards import (
    COMPARED_AT_ONCE,
    FEWEST_PEERS,
    LIMIT_OF_DISTANCE,
    MAD_TO_SPREAD,
    P5_TO_P95_SPREADS,
    PRIOR_RECORDS,
    cell_name,
    compare,
    freeze,
    look_up,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from features.declaration import Feature

FROZEN = date(2026, 1, 1)
UNITS_OVER = LEDGERS["billed_over_available"]
DAYS = STAYS["length_of_stay"]
# One class of items at hospitals of level 3, and one record of another class.
STENTS = [1_000.0, 2_000.0, 3_000.0, 4_000.0, 10_000.0]
MESH = [50_000.0]


def ledgers(**values: Sequence[float | None]) -> pl.DataFrame:
    """Ledger records of level 3 by class, one record a value."""
    rows = [
        {"subject_id": f"{name}{place}", "class_code": name, "level": "3", UNITS_OVER.name: value}
        for name, listed in values.items()
        for place, value in enumerate(listed)
    ]
    return pl.DataFrame(rows, schema_overrides={UNITS_OVER.name: pl.Float64()}).with_columns(
        standard_version=pl.lit("v1")
    )


def frozen(measured: pl.DataFrame, *features: Feature) -> pl.DataFrame:
    """Standards of ledgers under version v1."""
    return freeze(measured, LEDGER, features or (UNITS_OVER,), version="v1", on=FROZEN)


def cell(standards: pl.DataFrame, name: str) -> dict[str, float]:
    """The standard of one peer group."""
    (row,) = standards.filter(cell=name).select(pl.exclude("run_date")).to_dicts()
    return row


def distance(measured: pl.DataFrame, standards: pl.DataFrame, item: Feature = UNITS_OVER) -> float:
    """Distance of the one record from its peers."""
    found: float = compare(measured, LEDGER, standards, [item])[f"{item.name}_vs_peers"].item()
    return found


def test_the_whole_city_keeps_its_own_figures() -> None:
    city = cell(frozen(ledgers(STENT=STENTS)), "*|*")
    assert city["n"] == 5
    assert city["location"] == 3000
    # P5 and P95 by linear interpolation: a fifth of a step from either end.
    assert (city["p5"], city["p95"]) == pytest.approx((1200, 8800))
    by_median = 1000 * MAD_TO_SPREAD
    by_range = (8800 - 1200) / P5_TO_P95_SPREADS
    assert city["spread"] == pytest.approx(max(by_median, by_range))


def test_a_group_is_drawn_towards_the_wider_one_by_the_formula() -> None:
    standards = frozen(ledgers(STENT=STENTS, MESH=MESH))
    city = cell(standards, "*|*")
    assert city["location"] == 3500
    own = 5 / (5 + PRIOR_RECORDS)
    stents = cell(standards, "STENT|*")
    assert stents["location"] == pytest.approx(own * 3000 + (1 - own) * 3500)
    assert stents["p5"] == pytest.approx(own * 1200 + (1 - own) * city["p5"])
    level = cell(standards, "STENT|3")
    assert level["location"] == pytest.approx(own * 3000 + (1 - own) * stents["location"])


def test_a_group_of_one_borrows_nearly_everything() -> None:
    standards = frozen(ledgers(STENT=STENTS, MESH=MESH))
    mesh, city = cell(standards, "MESH|*"), cell(standards, "*|*")
    assert mesh["n"] == 1
    assert mesh["location"] == pytest.approx((50_000 + PRIOR_RECORDS * city["location"]) / 21)
    assert mesh["spread"] == pytest.approx(PRIOR_RECORDS * city["spread"] / 21)


def test_peers_who_all_agree_are_given_the_grain_as_spread() -> None:
    standards = frozen(ledgers(STENT=[7_000.0] * 50))
    assert set(standards["spread"]) == {UNITS_OVER.unit.grain}
    assert distance(ledgers(STENT=[7_500.0]), standards) == 1


def test_the_narrowest_group_of_enough_peers_is_found_and_else_the_wider() -> None:
    enough = [float(size) for size in range(FEWEST_PEERS)]
    standards = frozen(ledgers(STENT=enough, MESH=enough[1:]))
    asked = pl.DataFrame(
        {
            "subject_id": ["same", "level", "few", "class", "unknown"],
            "class_code": ["STENT", "STENT", "MESH", "WIRE", None],
            "level": ["3", "2", "3", "3", "3"],
            "standard_version": "v1",
        }
    )
    found = look_up(asked, LEDGER, standards, [UNITS_OVER.name])
    assert dict(found.select("subject_id", "cell").iter_rows()) == {
        "same": "STENT|3",
        "level": "STENT|*",
        "few": "*|*",
        "class": "*|*",
        "unknown": "*|*",
    }


def test_where_the_whole_city_is_small_the_whole_city_is_the_standard() -> None:
    standards = frozen(ledgers(STENT=STENTS))
    found = look_up(ledgers(STENT=STENTS), LEDGER, standards, [UNITS_OVER.name])
    assert set(found["cell"]) == {"*|*"}


def test_each_record_reads_the_version_of_its_own_night() -> None:
    early = frozen(ledgers(STENT=[0.0] * 50))
    late = frozen(ledgers(STENT=[5_000.0] * 50)).with_columns(version=pl.lit("v2"))
    asked = ledgers(STENT=[5_000.0] * 3).with_columns(
        standard_version=pl.Series(["v1", "v2", None])
    )
    told = compare(asked, LEDGER, pl.concat([early, late]), [UNITS_OVER])
    assert told["billed_over_available_vs_peers"].to_list() == [10.0, 0.0, None]
    assert told["subject_id"].to_list() == asked["subject_id"].to_list()


@pytest.mark.parametrize("at_once", [1, 2, COMPARED_AT_ONCE])
def test_records_are_compared_alike_however_many_are_looked_up_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known class, a small one, one without a standard, an unknown one and no version."""
    standards = frozen(ledgers(STENT=[1_000.0] * 30, MESH=[9_000.0] * 30))
    asked = ledgers(MESH=[9_000.0], STENT=[1_000.0, 9_000.0], WIRE=[5_000.0]).vstack(
        ledgers(OPEN=[5_000.0, 5_000.0]).with_columns(
            class_code=pl.lit(None, pl.String), standard_version=pl.Series(["v1", None])
        )
    )
    monkeypatch.setattr("features.standards.COMPARED_AT_ONCE", at_once)
    told = compare(asked, LEDGER, standards, [UNITS_OVER])
    mesh, low, high, *others = told["billed_over_available_vs_peers"].to_list()
    # Each class is drawn towards the whole city's 5,000 by the same share.
    assert mesh == -low > 0
    assert high > mesh
    assert others == [0.0, 0.0, None]
    assert told["subject_id"].to_list() == asked["subject_id"].to_list()


@pytest.mark.parametrize(("value", "said"), [(1e12, 20.0), (-1e12, -20.0), (3_000.0, 0.0)])
def test_a_distance_is_never_more_than_twenty_spreads(value: float, said: float) -> None:
    standards = frozen(ledgers(STENT=STENTS))
    assert distance(ledgers(STENT=[value]), standards) == said
    assert LIMIT_OF_DISTANCE == 20


def test_a_value_that_is_not_known_has_no_distance_and_counts_in_no_standard() -> None:
    standards = frozen(ledgers(STENT=[*STENTS, None]))
    assert cell(standards, "*|*")["n"] == 5
    assert distance(ledgers(STENT=[None]), standards) is None


def test_before_there_are_standards_every_distance_is_null() -> None:
    told = compare(ledgers(STENT=STENTS), LEDGER, STANDARDS.empty(), [UNITS_OVER])
    assert told["billed_over_available_vs_peers"].null_count() == 5
    assert told["billed_over_available_vs_peers"].dtype == pl.Float64


def test_a_feature_without_peers_is_not_compared() -> None:
    alone = replace(UNITS_OVER, peers=False)
    told = compare(ledgers(STENT=STENTS), LEDGER, frozen(ledgers(STENT=STENTS)), [alone])
    assert told.columns == ledgers(STENT=STENTS).columns


def test_a_group_is_named_after_all_that_defines_it_and_unknown_parts_leave_it_open() -> None:
    record = pl.DataFrame(
        {"case_group": "ES35", "level": "2", "scheme": None, "case_family": "ES3"},
        schema_overrides={"scheme": pl.String()},
    )
    names = [record.select(cell_name(columns, STAY)).item() for columns in STAY.cells]
    assert names == [None, "ES35|2|*|*", "ES35|*|*|*", "*|*|*|ES3", "*|*|*|*"]


def test_frozen_rows_are_rows_of_the_table_whatever_the_order_of_records() -> None:
    records = ledgers(STENT=STENTS, MESH=MESH, WIRE=[float(size) for size in range(30)])
    standards = frozen(records)
    assert standards.schema == STANDARDS.empty().schema
    keys = ["version", "entity", "feature", "cell"]
    assert standards.select(keys).is_duplicated().sum() == 0
    assert frozen(records.sample(fraction=1.0, shuffle=True, seed=3)).equals(standards)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B", "C"]),
            st.one_of(st.none(), st.integers(-(10**9), 10**9), st.just(0)),
        ),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=20, derandomize=True)
def test_standards_and_distances_are_finite_and_ordered(
    told: list[tuple[str, int | None]],
) -> None:
    grouped: dict[str, list[float | None]] = {}
    for name, value in told:
        grouped.setdefault(name, []).append(None if value is None else float(value))
    records = ledgers(**grouped)
    standards = frozen(records)
    for row in standards.iter_rows(named=True):
        ladder = [row[name] for name in ("p5", "p25", "location", "p75", "p95")]
        assert all(math.isfinite(value) for value in (*ladder, row["spread"]))
        assert row["spread"] >= UNITS_OVER.unit.grain
        assert all(low <= high + 1e-3 for low, high in pairwise(ladder))
    distances = compare(records, LEDGER, standards, [UNITS_OVER])["billed_over_available_vs_peers"]
    assert all(abs(value) <= LIMIT_OF_DISTANCE for value in distances.drop_nulls())
