"""Planted schemes cannot be found by one column, one feature or a shallow tree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bench.free_lunch import limits
from bench.free_lunch.answers import ALL, FEWEST_CASES
from bench.free_lunch.city import City
from bench.free_lunch.limits import Verdict, judge
from bench.free_lunch.population import stays
from bench.free_lunch.survey import (
    FEATURE,
    MANY_CASES,
    RAW,
    Group,
    group_of,
    groups,
    luck,
    tree,
    unlisted,
)

PAGE = Path(__file__).parents[2] / "docs" / "no-free-lunch.md"
CANNOT_BE_LISTED = {"group", "line"}


@pytest.fixture(scope="module")
def verdicts(city: City) -> list[Verdict]:
    return [judge(group) for group in groups(city)]


def subtle(city: City, kind: str = "stay") -> pl.Series:
    """Guilty subjects of difficulty 2 or more."""
    planted = city.key.filter(~pl.col("innocent") & (pl.col("difficulty") >= 2))
    return planted.filter(pl.col("subject_type") == kind)["subject_id"].unique()


@pytest.fixture(scope="module")
def raw_stays(city: City) -> pl.DataFrame:
    """A few honest columns of stays, to hide a leak among."""
    rows = stays(city.tables)
    honest = ("total_amount", "department", "admitted_at", "settled_on", "received_on")
    return rows.select("subject_id", "place", *honest)


def leaking(city: City, rows: pl.DataFrame, **columns: pl.Expr) -> Verdict:
    """The verdict on stays with columns changed; ``guilty`` marks the subtle ones."""
    marked = rows.with_columns(guilty=pl.col("subject_id").is_in(subtle(city).implode()))
    return judge(group_of(city.key, "stay", RAW, marked.with_columns(**columns).drop("guilty")))


# --- the city ---------------------------------------------------------------------------


def test_nothing_reaches_its_limit(verdicts: list[Verdict]) -> None:
    assert [told for verdict in verdicts for told in verdict.too_much] == []


def test_every_kind_of_subject_is_measured_from_all_sides(
    city: City, verdicts: list[Verdict]
) -> None:
    measured = {(verdict.group.kind, verdict.group.source) for verdict in verdicts}
    for kind in ("stay", "use", "ledger"):
        assert {(kind, RAW), (kind, FEATURE)} <= measured
    assert set(unlisted(city)) <= CANNOT_BE_LISTED
    few = {scheme: n for verdict in verdicts for scheme, n in verdict.group.answers.few.items()}
    print("too few cases to be judged alone:", few)  # noqa: T201 - shown when the test fails


def test_everybody_whom_the_key_names_is_in_the_population(verdicts: list[Verdict]) -> None:
    absent = {v.group.kind: v.group.answers.absent for v in verdicts if v.group.source == RAW}
    assert set(absent.values()) == {0}, absent


def test_columns_of_every_delivered_table_are_measured(verdicts: list[Verdict]) -> None:
    names = {
        verdict.group.kind: " ".join(verdict.group.columns)
        for verdict in verdicts
        if verdict.group.source == RAW
    }
    for table in ("fee_lines", "stay_diagnoses", "stay_procedures", "device_uses", "visits",
                  "persons", "hospitals", "physicians", "drg_standards"):  # fmt: skip
        assert f"{table}." in names["stay"], table
    for table in ("fee_lines", "device_uses", "consumables", "purchases", "stock_moves",
                  "stock_counts"):  # fmt: skip
        assert f"{table}." in names["use"], table
        assert f"{table}." in names["ledger"], table


def test_the_page_states_the_limits() -> None:
    said = PAGE.read_text(encoding="utf-8")
    for limit in (limits.RAW_COLUMN, limits.ANY_COLUMN, limits.FEATURE_BAND, limits.SHALLOW_TREE):
        assert f"| {limit:.2f} |" in said
    for verdict_of in ("## Of a stay", "## Of a use", "## Of a ledger"):
        assert verdict_of in said


# --- a leak is found --------------------------------------------------------------------


def test_honest_columns_pass(city: City, raw_stays: pl.DataFrame) -> None:
    assert leaking(city, raw_stays).too_much == ()


def test_rounded_amounts_are_found_out(city: City, raw_stays: pl.DataFrame) -> None:
    amount = pl.col("total_amount")
    rounded = pl.when("guilty").then((amount / 100).round() * 100).otherwise(amount)
    told = leaking(city, raw_stays, total_amount=rounded).too_much
    assert any("total_amount (modulo 100)" in one for one in told)
    assert any("total_amount (closing zeros)" in one for one in told)


def test_slow_papers_are_found_out(city: City, raw_stays: pl.DataFrame) -> None:
    on = pl.col("received_on")
    late = pl.when("guilty").then(on + pl.duration(days=9)).otherwise(on)
    told = leaking(city, raw_stays, received_on=late).too_much
    assert any("settled_on to received_on" in one for one in told)


def test_a_word_of_their_own_is_found_out(city: City, raw_stays: pl.DataFrame) -> None:
    word = pl.when("guilty").then(pl.lit("儿科门诊")).otherwise("department")
    told = leaking(city, raw_stays, department=word).too_much
    assert any("department (order)" in one for one in told)


def test_a_leak_of_one_scheme_is_found_out(city: City, raw_stays: pl.DataFrame) -> None:
    scheme = min(set(judge_group(city, raw_stays).answers.guilty) - {ALL})
    mine = city.key.filter((pl.col("scheme") == scheme) & ~pl.col("innocent"))["subject_id"]
    told = leaking(city, raw_stays, mark=pl.col("subject_id").is_in(mine.implode())).too_much
    assert any(one.startswith(f"stay {scheme}:") and "'mark'" in one for one in told)


@pytest.mark.parametrize("name", ["visits count", "visits.amount sum", "stays of the person count"])
def test_what_is_counted_elsewhere_is_bounded_for_all_schemes_alone(
    city: City, raw_stays: pl.DataFrame, name: str
) -> None:
    scheme = min(set(judge_group(city, raw_stays).answers.guilty) - {ALL})
    mine = city.key.filter((pl.col("scheme") == scheme) & ~pl.col("innocent"))["subject_id"]
    told = leaking(city, raw_stays, **{name: pl.col("subject_id").is_in(mine.implode())}).too_much
    assert not any(one.startswith(f"stay {scheme}:") for one in told)
    everybody = leaking(city, raw_stays, **{name: pl.col("guilty")}).too_much
    assert any(one.startswith(f"stay {ALL}:") and f"'{name}'" in one for one in everybody)


def judge_group(city: City, rows: pl.DataFrame) -> Group:
    """The group of these columns."""
    return group_of(city.key, "stay", RAW, rows)


def test_two_columns_that_tell_together_are_found_by_the_tree(
    city: City, raw_stays: pl.DataFrame
) -> None:
    rng = np.random.default_rng(7)
    size, cases = len(raw_stays), len(subtle(city))
    # Each column names many innocents with the guilty; both together name few.
    share = 0.6 * np.sqrt(cases / size)
    pair = {name: pl.Series(rng.random(size) < share) for name in ("one", "two")}
    both = {name: pl.col("guilty") | pl.lit(values) for name, values in pair.items()}
    verdict = leaking(city, raw_stays, **both)
    assert verdict.tree > limits.SHALLOW_TREE
    single = verdict.areas.filter(pl.col("column").is_in(["one", "two"]))["area"]
    assert (single < limits.ANY_COLUMN).all()
    assert any("shallow tree" in one for one in verdict.too_much)


def test_a_feature_that_tells_is_found_out(city: City) -> None:
    features = city.features["use"].select("subject_id", "place")
    guilty = pl.col("subject_id").is_in(subtle(city, "use").implode())
    group = group_of(city.key, "use", FEATURE, features.with_columns(oracle=guilty))
    told = judge(group).too_much
    assert any("feature 'oracle'" in one for one in told)


# --- luck -------------------------------------------------------------------------------


def test_luck_is_tried_only_where_cases_are_few(city: City, raw_stays: pl.DataFrame) -> None:
    group = judge_group(city, raw_stays)
    assert luck(of_cases(group, MANY_CASES), ALL) == 0.0
    assert 0.0 < luck(of_cases(group, FEWEST_CASES), ALL) < 0.25


def of_cases(group: Group, cases: int) -> Group:
    """The group with so many guilty, whoever they are."""
    flags = np.zeros(len(group.half), dtype=np.bool_)
    flags[np.flatnonzero(~group.answers.clean)[:cases]] = True
    assert flags.sum() == cases
    return replace(group, answers=replace(group.answers, guilty={ALL: flags}))


def test_a_tree_on_noise_is_worth_chance(city: City, raw_stays: pl.DataFrame) -> None:
    noise = np.random.default_rng(3).random((len(raw_stays), 5))
    rows = raw_stays.select("subject_id", "place").with_columns(
        pl.Series(f"noise {place}", noise[:, place]) for place in range(5)
    )
    group = judge_group(city, rows)
    chance = group.answers.any.sum() / (group.answers.any.sum() + group.answers.clean.sum())
    assert tree(group) < 2 * chance
