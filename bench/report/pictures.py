"""The pictures of the page: recall by difficulty, and each scheme beside chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.chance import FAILED, PASSED
from bench.report.sections import tested_size, titles
from evaluation.kinds import ASKED_OF, OURS
from evaluation.recall import EASY, HARD
from evaluation.telling import called, first, one, plural, where
from synthetic.realism.drawing import BLUE, GREEN, GREY, ORANGE, RED, canvas, save, styled

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import FillStyleType

    from evaluation.storing import Data

BY_DIFFICULTY = "recall-by-difficulty"
COLOURS = (BLUE, GREEN, ORANGE)
MARKS = ("o", "s", "^")  # shape tells it as well as colour
APART = 0.12  # queues beside each other
ROW = 0.24  # inches a scheme
VERDICTS = {PASSED: BLUE, FAILED: RED}
RULES = "rules only"
BESIDE = 0.17  # of a row, so that marks of one scheme do not hide each other
LEGEND: tuple[tuple[str, str, FillStyleType, str], ...] = (
    ("o", BLUE, "full", "Jianbao, difficulty 1 to 3: better than chance"),
    ("o", RED, "full", "the same: not better than chance"),
    ("o", GREY, "full", "the same: too few cases to test"),
    ("s", GREEN, "none", "rules only, difficulty 1 to 3"),
    ("x", "black", "full", "Jianbao, difficulty 4"),
)


def of_schemes(kind: str) -> str:
    """File name of the picture of a kind's schemes."""
    return f"schemes-of-{plural(kind)}"


def draw_all(data: Data, folder: Path) -> list[Path]:
    """Write every picture below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {BY_DIFFICULTY: by_difficulty(data)} if data["kinds"] else {}
    drawn |= {of_schemes(kind): schemes(data, kind) for kind in data["kinds"]}
    paths = [folder / f"{name}.svg" for name in drawn]
    with styled():
        for path, figure in zip(paths, drawn.values(), strict=True):
            save(figure, path)
    return paths


def by_difficulty(data: Data) -> Figure:
    """Recall by difficulty, one panel a kind, one mark a queue."""
    with styled():
        figure, panels = canvas(3.4, columns=len(data["kinds"]))
        for axes, kind in zip(panels, data["kinds"], strict=True):
            _panel(axes, where(data["by_difficulty"], subject_type=kind))
            axes.set_title(f"{plural(kind).capitalize()}, {first(tested_size(data, kind))}")
            axes.set_xlabel("difficulty")
        panels[0].set_ylabel("share of the planted that is found")
        panels[-1].legend(loc="upper right")
    return figure


def _panel(axes: Axes, rows: list[Data]) -> None:
    for place, name in enumerate(ASKED_OF):
        told = [row for row in where(rows, queue=name) if row["share"] is not None]
        spots = [row["difficulty"] + (place - 1) * APART for row in told]
        values = [row["share"] for row in told]
        axes.vlines(
            spots, [row["low"] for row in told], [row["high"] for row in told],
            color=COLOURS[place], linewidth=1,
        )  # fmt: skip
        axes.plot(spots, values, MARKS[place], color=COLOURS[place], label=called(name),
                  markersize=5)  # fmt: skip
    axes.set_xticks(sorted({row["difficulty"] for row in rows}))
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(axis="y", color="#E5E5E5", linewidth=0.6)


def schemes(data: Data, kind: str) -> Figure:
    """Each scheme's share found with its interval, rules alone, difficulty 4, and chance."""
    tests = sorted(where(data["tests"], subject_type=kind), key=lambda row: row["scheme"])
    chance = tested_size(data, kind)
    with styled():
        figure, (axes,) = canvas(1.4 + ROW * max(len(tests), 1))
        for place, test in enumerate(tests):
            _scheme(axes, place, data, test)
        axes.axvline(chance, color=GREY, linewidth=1, linestyle=":", label="chance")
        _frame(axes, data, tests)
        axes.set_xlabel(f"found in the {first(chance)} of {plural(kind)}")
        _legend(figure, axes)
    return figure


def _scheme(axes: Axes, place: int, data: Data, test: Data) -> None:
    mine = where(data["by_scheme"], subject_type=test["subject_type"], scheme=test["scheme"])
    colour = VERDICTS.get(test["verdict"], GREY)
    ours, alone = (one(mine, band=EASY, queue=name) for name in (OURS, RULES))
    hard = one(mine, band=HARD, queue=OURS)
    above, below = place - BESIDE, place + BESIDE
    if ours:
        axes.plot([ours["low"], ours["high"]], [above, above], color=colour, linewidth=1.2)
        axes.plot(ours["share"], above, "o", color=colour, markersize=6, zorder=3)
    if alone:
        axes.plot(alone["share"], below, "s", color=GREEN, fillstyle="none", markersize=5)
    if hard:
        axes.plot(hard["share"], below, "x", color="black", markersize=5)


def _legend(figure: Figure, axes: Axes) -> None:
    for mark, colour, style, label in LEGEND:
        axes.plot([], [], mark, color=colour, fillstyle=style, label=label, linestyle="none")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)


def _frame(axes: Axes, data: Data, tests: list[Data]) -> None:
    named = titles(data)
    labels = [f"{row['scheme']} {named.get(row['scheme'], '')}" for row in tests]
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    axes.set_xlim(-0.01, 1.01)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.6)
    axes.set_axisbelow(True)
