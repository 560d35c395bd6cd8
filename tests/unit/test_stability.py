"""An explanation keeps its reasons under small changes, and a model is explained as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from flows.explain_page import page
from models.detectors import ordinary
from models.explain import by_family, explain, top_reasons
from models.explain_global import Whole, way, whole
from models.stability import REPEATS, STEP, nudged, stability
from models.train import train
from tests.records import FEATURES, RULES, audits, records

if TYPE_CHECKING:
    from models.bundle import Bundle

SUFFIX = "_vs_peers"
FAMILIES = {name: f"family {name}" for name in FEATURES}


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    return records(2500, seed=2)


@pytest.fixture(scope="module")
def learned(measured: pl.DataFrame) -> Bundle:
    return train(
        measured, audits(measured, 900), scenario="hospitalization", entity="stay",
        features=FEATURES, rule_columns=RULES, seed=3, threads=1, as_of=date(2025, 1, 1), minimum=50,
    )  # fmt: skip


@pytest.fixture(scope="module")
def told(learned: Bundle, measured: pl.DataFrame) -> Whole:
    return whole(learned, measured, FAMILIES, SUFFIX, seed=5)


def test_figures_move_by_a_tenth_of_a_spread_at_most(
    learned: Bundle, measured: pl.DataFrame
) -> None:
    rows = measured.head(200)
    moved = nudged(learned, rows, 0, SUFFIX)
    spread = dict(
        zip(learned.detectors.scaling.columns, learned.detectors.scaling.spread, strict=True)
    )
    for name in FEATURES:
        away = (moved[name] - rows[name]).drop_nulls().abs()
        assert 0 < (away.max() or 0) <= STEP * spread[name]  # type: ignore[operator]
        assert moved[name].null_count() == rows[name].null_count()


def test_a_column_that_tonight_lacks_is_unknown_and_stops_nothing(
    learned: Bundle, measured: pl.DataFrame
) -> None:
    """A feature that was renamed since, or whose table was not delivered that night."""
    lost = learned.detectors.scaling.columns[0]
    rows = measured.head(20)
    found = stability(learned, rows.drop(lost), FAMILIES, SUFFIX)
    as_null = rows.with_columns(pl.lit(None, pl.Float64).alias(lost))
    assert found == stability(learned, as_null, FAMILIES, SUFFIX)


def test_a_figure_and_its_distance_from_peers_move_together(learned: Bundle) -> None:
    rows = records(30, seed=4).with_columns((pl.col("x0") / 2).alias("x0_vs_peers"))
    paired = train(
        records(400, seed=6).with_columns((pl.col("x0") / 2).alias("x0_vs_peers")), None,
        scenario="hospitalization", entity="stay", features=(*FEATURES, "x0_vs_peers"),
        rule_columns=RULES, seed=3, threads=1, as_of=date(2025, 1, 1),
    )  # fmt: skip
    moved = nudged(paired, rows, 1, SUFFIX)
    plain = (moved["x0"] - rows["x0"]).drop_nulls().to_numpy()
    away = (moved["x0_vs_peers"] - rows["x0_vs_peers"]).drop_nulls().to_numpy()
    assert np.corrcoef(plain, away)[0, 1] == pytest.approx(1.0)


def test_steadiness_is_the_same_alone_and_in_company_and_again(
    learned: Bundle, measured: pl.DataFrame
) -> None:
    rows = measured.head(20)
    together = stability(learned, rows, FAMILIES, SUFFIX)
    assert together == stability(learned, rows, FAMILIES, SUFFIX)
    for place in (0, 7, 19):
        alone = stability(learned, rows[place : place + 1], FAMILIES, SUFFIX)
        assert alone == {rows["subject_id"][place]: together[rows["subject_id"][place]]}
    assert all(0 <= part <= 1 for part in together.values())
    assert np.mean(list(together.values())) > 0.7
    assert stability(learned, rows.clear(), FAMILIES, SUFFIX) == {}


def test_reasons_that_flip_are_told_as_unsteady(
    learned: Bundle, measured: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With steps of many spreads another reason leads almost every time."""
    rows = measured.head(40)
    calm = stability(learned, rows, FAMILIES, SUFFIX)
    monkeypatch.setattr("models.stability.STEP", 8.0)
    wild = stability(learned, rows, FAMILIES, SUFFIX)
    assert np.mean(list(wild.values())) < np.mean(list(calm.values())) - 0.1
    assert REPEATS >= 5


def test_the_families_that_cause_suspicion_carry_the_model(told: Whole) -> None:
    assert {one.name for one in told.families[:3]} <= {"family x0", "family x1", "rules"}
    assert {"x0", "x1"} <= {one.name for one in told.features[:3]}
    for one in (*told.families, *told.features):
        assert one.low <= one.mean <= one.high


def test_means_are_those_of_the_contributions(
    told: Whole, learned: Bundle, measured: pl.DataFrame
) -> None:
    from models.frames import sample  # noqa: PLC0415

    rows = sample(measured, told.records, 5)
    plain = by_family(explain(learned, rows), FAMILIES).filter(pl.col("source") == "ranker")
    means = dict(plain.group_by("family").agg(pl.col("contribution").abs().mean()).rows())
    for one in told.families:
        assert one.mean == pytest.approx(means[one.name])


def test_the_way_of_a_feature_is_found(told: Whole) -> None:
    assert way(told.dependence["x0"].leaning) == "high"
    # One record in fifteen has a hit: rare, and still it pushes one way.
    assert way(told.dependence["rule_H01"].leaning) == "high"
    assert way(0.1) == "both"
    assert way(-0.5) == "low"
    assert way(float("nan")) == ""


def test_the_page_stands_alone(learned: Bundle, told: Whole) -> None:
    text = page("stay", learned, told)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert text.count("<svg") >= 4
    assert "rule H01" in text
    assert learned.version in text


def test_where_rules_alone_order_nothing_is_told_of_figures(
    learned: Bundle, measured: pl.DataFrame
) -> None:
    """No reason, and no family but the rules: nothing that could change."""
    blind = replace(learned, detectors=ordinary(), ranker=None)
    rows = measured.head(3)
    assert top_reasons(explain(blind, rows), 3).is_empty()
    assert set(stability(blind, rows, FAMILIES, SUFFIX).values()) == {1.0}
    seen = whole(blind, measured, FAMILIES, SUFFIX, seed=1)
    assert [one.name for one in seen.families] == ["rules"]
    assert {one.name for one in seen.features} <= set(RULES)
    assert "</html>" in page("stay", blind, seen)
