"""How the pictures look, and how they are written so that a second run gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from synthetic.realism.cells import printed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from matplotlib.axes import Axes

# Okabe and Ito: told apart by all eyes, in colour and in grey.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PINK, SKY, YELLOW, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#666666"
BAND = "#BBBBBB"  # the accepted range
WIDE = 9.0  # inches
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "jianbao",
    "font.family": "sans-serif",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "figure.facecolor": "white",
}
IN_RANGE, OUT_OF_RANGE = "o", "D"  # shape tells it as well as colour


def canvas(height: float, columns: int = 1, rows: int = 1) -> tuple[Figure, Sequence[Axes]]:
    """An empty figure and its axes, row by row."""
    figure = Figure(figsize=(WIDE, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, [cell for line in axes for cell in line]


def save(figure: Figure, path: Path) -> None:
    """Write an SVG without a date."""
    FigureCanvasSVG(figure)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def styled() -> AbstractContextManager[None]:
    """The style, for as long as the pictures are made."""
    return mpl.rc_context(STYLE)


def dots_on_ranges(
    axes: Axes, labels: Sequence[str], ranges: Sequence[tuple[float, float]],
    values: Sequence[float | None],
) -> None:  # fmt: skip
    """A grey bar for each accepted range, and a mark for what the city gives."""
    for place, (low, high) in enumerate(ranges):
        axes.plot([low, high], [place, place], color=BAND, linewidth=6, solid_capstyle="butt")
    for inside, colour, mark in ((True, BLUE, IN_RANGE), (False, RED, OUT_OF_RANGE)):
        spots = [
            (value, place)
            for place, (value, (low, high)) in enumerate(zip(values, ranges, strict=True))
            if value is not None and (low <= printed(value) <= high) == inside
        ]
        axes.scatter(
            [x for x, _ in spots], [y for _, y in spots], color=colour, marker=mark, s=22,
            zorder=3, label="inside its range" if inside else "outside",
        )  # fmt: skip
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)
    axes.set_axisbelow(True)


def band(axes: Axes, low: float, high: float, label: str | None = None) -> None:
    """A grey band across the picture for an accepted range of its heights."""
    axes.axhspan(low, high, color=BAND, alpha=0.45, linewidth=0, label=label)
