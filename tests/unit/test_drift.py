"""Drift is told where something changed, from its night on, and nowhere else."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from features.catalogue import CATALOGUES
from flows.monitor_words import message, sentence, told
from models.drift import FEW, MOVED, STEADY, WATCH, Figure, Scale, changed_on, corrected, psi
from models.drift_counts import CITY, alerts_of, moved_alerts, moved_rows, moved_volumes
from models.drift_frames import (
    Seen,
    missing_values,
    moved_features,
    moved_prices,
    unseen_codes,
)
from models.drift_limits import LIMITS
from models.expected import DRAWS, expected, expected_auc, realised
from models.quality import auc

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRAINED = date(2025, 1, 31)
LAST = date(2025, 3, 28)
CHANGED = date(2025, 3, 8)
A_DAY, DAYS, YEAR = 20, 28, 364
HOSPITALS, ITEMS = 8, 12


def records(seed: int = 31) -> pl.DataFrame:
    """A year before a training, and eight weeks after it, in which nothing changes."""
    random = np.random.default_rng(seed)
    first = TRAINED - timedelta(days=YEAR - 1)
    nights = [first + timedelta(days=day) for day in range((LAST - first).days + 1)] * A_DAY
    n = len(nights)
    house = random.integers(0, HOSPITALS, n)
    item = random.integers(0, ITEMS, n)
    return pl.DataFrame(
        {
            "subject_id": [f"S{at}" for at in range(n)],
            "as_of": nights,
            "hospital_id": [f"H{one}" for one in house],
            "principal_diagnosis": [f"I{one:02}" for one in random.zipf(1.6, n).clip(1, 300)],
            # Hospitals differ, and a season moves the length of stay by a day.
            "length_of_stay": random.gamma(4, 2, n)
            + house / 4
            + np.sin([night.timetuple().tm_yday / 58 for night in nights]),
            "emergency": (random.random(n) < 0.3).astype(float),
            "item_code": [f"C{one % 3}-{one}" for one in item],
            "class_code": [f"C0{one % 3}001" for one in item],
            "billed_price": 1000.0 * (item + 1) * random.choice([1, 1, 1, 1.1], n),
        }
    ).sort("as_of", "subject_id")


def seen(rows: pl.DataFrame, days: int = DAYS) -> Seen:
    """The rows as a watch sees them."""
    first = LAST - timedelta(days=days - 1)
    return Seen(
        "stay",
        rows.filter(pl.col("as_of") <= TRAINED),
        rows.filter(pl.col("as_of").is_between(TRAINED, first, closed="none")),
        rows.filter(pl.col("as_of") >= first),
        days,
    )


def later(expr: pl.Expr, column: str) -> pl.Expr:
    """A column that is another one from the change on."""
    return pl.when(pl.col("as_of") >= CHANGED).then(expr).otherwise(column).alias(column)


NUMBERS = ("length_of_stay", "emergency")
TEXTS = ("principal_diagnosis", "hospital_id", "item_code")


def everything(one: Seen) -> list[Figure]:
    """All figures of records."""
    return [
        *moved_features(one, NUMBERS),
        *missing_values(one, NUMBERS),
        *unseen_codes(one, TEXTS),
        *moved_prices(one, "item_code", "class_code", "billed_price"),
    ]


def loud(figures: list[Figure]) -> dict[str, Figure]:
    """What moved or is to be watched, by name."""
    return {one.name: one for one in figures if one.verdict in (WATCH, MOVED)}


@pytest.mark.parametrize("days", [7, 28])
@pytest.mark.parametrize("seed", range(31, 36))
def test_where_nothing_changes_nothing_is_said(seed: int, days: int) -> None:
    figures = everything(seen(records(seed), days))
    assert loud(figures) == {}
    assert sum(one.verdict == STEADY for one in figures) >= len(figures) - 3


def test_new_codes_of_diagnoses_are_told_and_dated() -> None:
    new = pl.col("principal_diagnosis") + "x"
    rows = records().with_columns(later(new, "principal_diagnosis"))
    found = loud(everything(seen(rows)))
    assert set(found) == {"principal_diagnosis"}
    assert found["principal_diagnosis"].verdict == MOVED
    assert abs((found["principal_diagnosis"].since - CHANGED).days) <= 1  # type: ignore[operator]


def test_new_codes_of_articles_are_told_and_no_price() -> None:
    rows = records().with_columns(later(pl.col("item_code") + "-2025", "item_code"))
    found = loud(everything(seen(rows)))
    assert set(found) == {"item_code"}
    assert found["item_code"].since == CHANGED


def test_a_price_cut_of_a_class_is_told_of_this_class() -> None:
    cut = pl.when(pl.col("class_code").str.starts_with("C01")).then(0.5).otherwise(1.0)
    rows = records().with_columns(later(pl.col("billed_price") * cut, "billed_price"))
    found = loud(everything(seen(rows, 7)))
    assert found == {}, "four articles are too few to speak of a class"
    more = rows.with_columns(
        pl.col("item_code") + "-" + pl.col("subject_id").str.tail(1).alias("item_code")
    )
    found = loud(everything(seen(more)))
    assert set(found) == {"C01"}
    assert found["C01"].verdict == MOVED
    assert found["C01"].recent == pytest.approx(0.5, abs=0.1)
    assert found["C01"].since == CHANGED


def test_one_article_that_gets_dear_is_no_price_of_a_class() -> None:
    dear = pl.when(pl.col("item_code") == "C1-1").then(3.0).otherwise(1.0)
    rows = records().with_columns(
        later(pl.col("billed_price") * dear, "billed_price"),
    )
    assert loud(moved_prices(seen(rows), "item_code", "class_code", "billed_price")) == {}


def test_a_feature_that_moves_is_told_with_its_night() -> None:
    rows = records().with_columns(later(pl.col("length_of_stay") * 1.8, "length_of_stay"))
    found = loud(everything(seen(rows)))
    assert set(found) == {"length_of_stay"}
    one = found["length_of_stay"]
    assert one.verdict == MOVED
    assert one.since == CHANGED
    assert (one.p_value or 1.0) < 1e-6
    assert (one.distance or 0.0) > LIMITS["psi_moved"].value


def test_a_value_that_goes_missing_is_told_as_missing() -> None:
    rows = records().with_columns(later(pl.lit(None), "emergency"))
    found = loud(everything(seen(rows)))
    assert set(found) == {"emergency"}
    assert found["emergency"].part == "quality"
    assert found["emergency"].since == CHANGED


def test_what_grows_all_year_is_no_news_of_these_nights() -> None:
    grown = pl.col("length_of_stay") + (pl.col("as_of") - date(2024, 1, 1)).dt.total_days() / 60
    rows = records().with_columns(grown.alias("length_of_stay"))
    assert loud(moved_features(seen(rows), ["length_of_stay"])) == {}


def test_few_records_say_nothing() -> None:
    few = records().filter(pl.col("subject_id").str.ends_with("7"))
    assert {one.verdict for one in moved_features(seen(few, 7), NUMBERS)} == {FEW}


# --- counts ----------------------------------------------------------------------------


def nightly(rows: pl.DataFrame) -> pl.DataFrame:
    """Stays by hospital and night."""
    return rows.group_by("hospital_id", night="as_of").agg(stays=pl.len())


def volumes(rows: pl.DataFrame) -> dict[str, Figure]:
    first = LAST - timedelta(days=DAYS - 1)
    return loud(moved_volumes(nightly(rows), TRAINED, first, LAST))


@pytest.mark.parametrize("seed", range(31, 36))
def test_steady_volumes_are_quiet(seed: int) -> None:
    assert volumes(records(seed)) == {}


def test_a_hospital_that_falls_silent_is_told() -> None:
    rows = records().filter((pl.col("hospital_id") != "H3") | (pl.col("as_of") < CHANGED))
    found = volumes(rows)
    assert set(found) == {"H3"}
    assert found["H3"].verdict == MOVED
    assert abs((found["H3"].since - CHANGED).days) <= 1  # type: ignore[operator]


def test_a_training_since_does_not_hide_what_moved_before_it() -> None:
    """The models know the window; it is no past to hold itself against."""
    first = LAST - timedelta(days=DAYS - 1)
    rows = records().filter((pl.col("hospital_id") != "H3") | (pl.col("as_of") < first))
    found = loud(moved_volumes(nightly(rows), LAST - timedelta(days=3), first, LAST))
    assert found["H3"].verdict == MOVED
    nights = [LAST - timedelta(days=day) for day in range(400)]
    bad = {night: 100 if night >= first else 10 for night in nights}
    received = dict.fromkeys(nights, 1000)
    assert moved_rows("quarantine", received, bad, LAST, first, LAST).verdict == MOVED


def test_a_hospital_that_opens_is_told_as_volume_and_as_a_code() -> None:
    moved = later(pl.col("hospital_id").str.replace_all("^H[12]$", "H99"), "hospital_id")
    rows = records().with_columns(moved)
    assert volumes(rows)["H99"].reference == 0
    assert loud(unseen_codes(seen(rows), ["hospital_id"]))["hospital_id"].verdict == MOVED


def test_a_holiday_of_the_whole_city_is_one_figure() -> None:
    away = (pl.col("as_of") >= CHANGED) & (pl.int_range(pl.len()) % 4 != 0)
    assert set(volumes(records().filter(~away))) == {CITY}


def test_refused_rows_are_told_when_they_multiply() -> None:
    nights = [LAST - timedelta(days=day) for day in range(400)]
    received = dict.fromkeys(nights, 1000)
    usual = dict.fromkeys(nights, 3)
    first = LAST - timedelta(days=6)
    assert moved_rows("quarantine", received, usual, TRAINED, first, LAST).verdict == STEADY
    bad = usual | {LAST - timedelta(days=day): 60 for day in range(7)}
    found = moved_rows("quarantine", received, bad, TRAINED, first, LAST)
    assert found.verdict == MOVED
    assert found.since == first


def test_alert_rates_are_held_against_the_first_nights() -> None:
    before = {"orange, level 3": (40, 4000), "red, level 2": (4, 400)}
    same = {"orange, level 3": (45, 4000), "red, level 2": (2, 400)}
    assert {one.verdict for one in moved_alerts(before, same, "stay")} == {STEADY}
    more = same | {"orange, level 3": (160, 4000)}
    found = loud(moved_alerts(before, more, "stay"))
    assert set(found) == {"orange, level 3"}
    assert found["orange, level 3"].verdict == MOVED


def test_a_grade_that_is_gone_or_new_is_told() -> None:
    before, now = date(2025, 3, 1), date(2025, 3, 28)
    scored = pl.DataFrame({"run_date": [before] * 5000 + [now] * 5000}).with_columns(
        subject_id=pl.int_range(10_000).cast(pl.String), level=pl.lit("3")
    )
    ids = [*map(str, range(120)), *map(str, range(5000, 5090))]
    alerts = pl.DataFrame({"subject_id": ids}).with_columns(
        run_date=pl.Series([before] * 120 + [now] * 90),
        grade=pl.Series(["red"] * 120 + ["orange"] * 90),
    )
    first, last = (scored.filter(pl.col("run_date") == day) for day in (before, now))
    found = moved_alerts(alerts_of(first, alerts), alerts_of(last, alerts), "stay")
    assert {one.name: one.verdict for one in found} == {
        "orange, level 3": MOVED,
        "red, level 3": MOVED,
    }


# --- performance before labels -----------------------------------------------------------


def probabilities(n: int = 4000) -> NDArray[np.float64]:
    return np.random.default_rng(31).beta(0.4, 6, n)


def test_expected_figures_agree_with_labels_drawn_from_the_probabilities() -> None:
    p = probabilities()
    queue = p >= np.quantile(p, 0.95)
    found = expected(p, queue, seed=1)
    assert found is not None
    label = (np.random.default_rng(7).random(len(p)) < p).astype(np.int64)
    assert found.precision.low <= label[queue].mean() <= found.precision.high
    assert found.found.low <= label[queue].sum() / label.sum() <= found.found.high
    assert found.auc.low <= auc(p, label) <= found.auc.high


def test_records_drawn_block_by_block_give_the_figures_of_one_large_draw() -> None:
    p = probabilities(500)
    queue = p >= np.sort(p)[-60]
    whole = expected(p, queue, seed=1)
    assert whole == expected(p, queue, seed=1, block=7) == expected(p, queue, seed=1, block=499)
    assert whole is not None
    drawn = np.random.default_rng(1).random((DRAWS, len(p))) < p
    aucs = [auc(p, labels.astype(np.int64)) for labels in drawn]
    assert (whole.auc.low, whole.auc.high) == pytest.approx(np.quantile(aucs, (0.025, 0.975)))
    inside = drawn[:, queue].mean(axis=1)
    assert (whole.precision.low, whole.precision.high) == tuple(np.quantile(inside, (0.025, 0.975)))


def test_a_month_of_a_large_city_needs_no_matrix_of_draws() -> None:
    """Five hundred draws of 100,000 records at once would hold 400 MB."""
    p = probabilities(100_000)
    tracemalloc.start()
    expected(p, p > np.quantile(p, 0.99), seed=1)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20e6


def test_the_expected_auc_is_the_mean_over_all_labellings() -> None:
    p = np.array([0.1, 0.3, 0.3, 0.8])
    right = pairs = 0.0
    for code in range(2 ** len(p)):
        label = np.array([code >> at & 1 for at in range(len(p))])
        chance = float(np.prod(np.where(label == 1, p, 1 - p)))
        for up in np.flatnonzero(label):
            for down in np.flatnonzero(label == 0):
                pairs += chance
                right += chance * (1.0 if p[up] > p[down] else 0.5 if p[up] == p[down] else 0.0)
    assert expected_auc(p) == pytest.approx(right / pairs)


def test_nothing_handed_over_has_no_expectation_and_nothing_decided_no_result() -> None:
    assert expected(np.full(5, np.nan), np.ones(5, dtype=bool), 1) is None
    assert expected(probabilities(9), np.zeros(9, dtype=bool), 1) is None
    assert realised(np.array([], dtype=np.int64)) is None
    half = realised(np.array([1, 0, 1, 0]))
    assert half is not None
    assert half.low < 0.5 < half.high


# --- the parts ---------------------------------------------------------------------------


def test_the_index_is_zero_for_equal_shares_and_grows_with_distance() -> None:
    scale = Scale.of(np.arange(1000.0))
    same = scale.counts(np.arange(0, 1000.0, 2))
    assert psi(scale.counts(np.arange(1000.0)), same) < 0.001
    near, far = (psi(same, scale.counts(np.arange(1000.0) + by)) for by in (100, 400))
    assert 0.1 < near < far


def test_a_constant_and_a_flag_have_bins_of_their_own() -> None:
    assert Scale.of(np.zeros(50)).counts(np.zeros(7)).tolist() == [7]
    assert Scale.of(np.array([0.0, 1.0, 0.0])).counts(np.array([0, 1, 1, 2.0])).tolist() == [1, 3]


def test_holm_takes_the_smallest_times_all_and_never_falls() -> None:
    one = Figure("features", "stay", "a", 0, 0, 0.5, 0.1, 0.01, 9, 9, STEADY)
    others = [replace(one, name="b", p_value=0.04), replace(one, name="c", p_value=0.03)]
    values = [found.p_value for found in corrected([one, *others])]
    assert values == pytest.approx([0.03, 0.06, 0.06])


def test_a_change_is_dated_by_where_a_series_falls_apart() -> None:
    nights = [date(2025, 1, day) for day in range(1, 21)]
    values = np.array([1.0] * 12 + [4.0] * 8) + np.tile([0.1, -0.1], 10)
    assert changed_on(nights, values) == date(2025, 1, 13)
    assert changed_on(nights[:1], values[:1]) is None


# --- words ---------------------------------------------------------------------------------


def test_a_message_names_features_and_counts_hospitals() -> None:
    feature = CATALOGUES["stay"].features[0]
    moved = Figure("features", "stay", feature.name, 1, 2, 0.5, 0.1, 0.0, 900, 900, MOVED, LAST)
    house = replace(moved, part="volume", name="H99")
    said = message([moved, house], LAST)
    assert said is not None
    assert feature.title in said.body
    assert "Stays delivered (stays): 1" in said.body
    assert "H99" not in said.title + said.body
    assert message([replace(moved, verdict=WATCH)], LAST) is None


def test_every_figure_has_a_sentence_in_both_languages() -> None:
    figures = everything(seen(records().with_columns(later(pl.lit(None), "emergency"))))
    figures = [replace(one, name="length_of_stay") if one.name == "emergency" else one
               for one in figures if one.name != "length_of_stay"]  # fmt: skip
    for one in figures:
        assert one.name != sentence(one)
        assert "由" in sentence(one, zh=True)
    assert told(figures)


@pytest.mark.parametrize(
    ("name", "chinese"),
    [
        ("red, level 3", "红色、三级医疗机构"),
        ("orange, level 2", "橙色、二级医疗机构"),
        ("yellow, level 1", "黄色、一级医疗机构"),
        ("watch, level 0", "关注、未定级医疗机构"),
        ("red, level -", "红色、级别不明医疗机构"),
    ],
)
def test_an_alert_rate_is_told_in_chinese_without_english(name: str, chinese: str) -> None:
    one = Figure("alerts", "stay", name, 0.01, 0.04, 4.0, 1.5, 0.0, 900, 900, MOVED)
    assert f"{chinese}由1.0%变为4.0%" in sentence(one, zh=True)
    assert f"{name} from 1.0% to 4.0%" in sentence(one)
