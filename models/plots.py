"""Pictures of a model on later audits, as SVG that leaves text to the reader's program."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.later import precision_of
from models.resampling import draws, interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 5.0, 3.6  # inches
BINS = 10
SHARES = np.linspace(0.02, 1.0, 50)
REPLICATES = 200
BLUE, GREY = "#1F5FA8", "#888888"


def pictures(tried: pl.DataFrame, seed: int) -> dict[str, str]:
    """File name and content of each picture; none without later audits.

    ``tried`` has subject_id, hospital_id, label, weight, margin and score.
    """
    if tried.is_empty():
        return {}
    drawn = {"precision-by-capacity.svg": _written(_capacity(tried, seed))}
    scored = tried.drop_nulls("score")
    if scored.height:
        drawn["reliability.svg"] = _written(_reliability(scored))
    return drawn


def _capacity(tried: pl.DataFrame, seed: int) -> Figure:
    """Precision among the first of the later audits, with its interval over hospitals."""
    margins = tried["margin"].to_numpy()
    labels = tried["label"].cast(pl.Int64).to_numpy()
    ones = np.ones(len(labels), dtype=np.int64)
    measures = [precision_of(margins, labels, float(share)) for share in SHARES]
    rounds = list(draws(tried["hospital_id"].to_list(), REPLICATES, seed))
    bands = np.array([interval([one(counts) for counts in rounds]) for one in measures])
    figure = _figure()
    axes = figure.subplots()
    axes.fill_between(SHARES, bands[:, 0], bands[:, 1], color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(SHARES, [one(ones) for one in measures], color=BLUE, label="this model")
    axes.axhline(labels.mean(), color=GREY, linestyle=":", label="in any order")
    axes.set(xlabel="share of later audits worked, best first", ylabel="share confirmed")
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="upper right", frameon=False)
    return figure


def _reliability(scored: pl.DataFrame) -> Figure:
    """Share confirmed against the probability told, in bins of equal size."""
    chances = scored["score"].to_numpy()
    labels = scored["label"].cast(pl.Int64).to_numpy()
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    # Weighted as the map was fitted: a record drawn at random stands for many.
    weights = scored["weight"].to_numpy()
    told = [float(np.average(chances[part], weights=weights[part])) for part in parts]
    seen = [float(np.average(labels[part], weights=weights[part])) for part in parts]
    figure = _figure()
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="what is told is what is found")
    axes.plot(told, seen, "o-", color=BLUE, label=f"tenths of {len(labels)} later audits")
    axes.set(xlabel="probability told", ylabel="share confirmed", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="upper left", frameon=False)
    return figure


def _figure() -> Figure:
    # Imported here: a second that only a training needs to spend. No window system is asked for.
    from matplotlib.figure import Figure  # noqa: PLC0415

    return Figure(figsize=(WIDTH, HEIGHT), layout="constrained")


def _written(figure: Figure) -> str:
    import matplotlib as mpl  # noqa: PLC0415

    held = io.StringIO()
    # The same figure gives the same bytes.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "jianbao"}):
        figure.savefig(held, format="svg", metadata={"Date": None})
    return held.getvalue()
