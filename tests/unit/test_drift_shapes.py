"""Pictures of the watch on drift: both sides in the same bins, and a panel for each."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

import numpy as np
import polars as pl
import pytest

from flows.monitor_pictures import distributions
from flows.monitor_words import SCORE
from models.drift import FEW, Figure
from models.drift_frames import Seen
from models.drift_shapes import BARS, Shape, shape


def seen(before: list[float | None], now: list[float | None]) -> Seen:
    """Stays with one margin each."""
    held, came = (
        pl.DataFrame(
            {"as_of": [date(2025, 1, 1)] * len(values), "margin": values},
            schema_overrides={"margin": pl.Float64},
        )
        for values in (before, now)
    )
    return Seen("stay", held, held.clear(), came, 7)


def shaped(before: list[float | None], now: list[float | None]) -> Shape:
    """Their shape."""
    found = shape(seen(before, now), SCORE, "margin")
    assert found is not None
    return found


def test_a_flag_has_a_bin_for_each_value_and_nulls_have_none() -> None:
    found = shaped([0, 0, 0, 1, None], [0, 1, 1, 1])
    assert (found.before, found.now) == ((0.75, 0.25), (0.25, 0.75))
    assert (found.first, found.last) == (0.0, 1.0)


def test_what_moved_up_lies_further_right_in_the_same_bins() -> None:
    random = np.random.default_rng(0)
    found = shaped(random.normal(0, 1, 900).tolist(), random.normal(2, 1, 400).tolist())
    assert len(found.before) == len(found.now) == BARS
    assert sum(found.before) == pytest.approx(1) == sum(found.now)
    places = np.arange(BARS)
    assert places @ np.array(found.now) > places @ np.array(found.before) + 4


def test_one_far_value_does_not_press_all_others_into_one_bar() -> None:
    values: list[float | None] = [float(n) for n in range(500)]
    found = shaped([*values, 1e9], values)
    assert found.last < 600
    assert sum(found.before) == pytest.approx(1)
    assert max(found.before) < 0.1


def test_mostly_one_value_still_has_a_shape() -> None:
    values: list[float | None] = [*[0.0] * 5000, *map(float, range(1, 12))]
    assert sum(shaped(values, values).now) == pytest.approx(1)


def test_a_side_without_values_has_no_shape() -> None:
    assert shape(seen([1.0, 2.0], [None]), SCORE, "margin") is None


def test_every_figure_has_its_panel_with_the_ends_in_its_unit() -> None:
    one = Figure(SCORE, "stay", "margin", 0.0, 1.0, None, None, None, 900, 400, FEW)
    drawn = distributions([(one, shaped([0, 1, 2], [1, 2, 2]))] * 4)
    svg, caption = drawn[: drawn.index("</svg>") + 6], drawn[drawn.index("<p>") :]
    words = [part.text for part in ET.fromstring(svg).iter() if part.tag.endswith("text")]  # noqa: S314 - our own
    assert words.count("stays") == words.count("margin, which orders the queue") == 4
    assert words.count("0.00") == words.count("2.00") == 4
    assert "Grey: what the model learned from" in caption
    assert "蓝线" in caption
