"""The pictures of the page, as SVG that stands inside it and refers to nothing outside."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING

from matplotlib.backends.backend_svg import FigureCanvasSVG

from evaluation.kinds import OURS
from evaluation.rates import TRAITS
from evaluation.telling import FEN_IN_WAN, called, capacity, first_of, where
from synthetic.realism.drawing import (
    BAND,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    SKY,
    canvas,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from evaluation.storing import Data

COLOURS = (BLUE, SKY, PINK, ORANGE, GREEN, RED, GREY)
MARKS = ("o", "P", "D", "s", "^", "v", "x")  # shape tells it as well as colour
LINES = "#E5E5E5"
APART = 0.11  # queues beside each other
ROW = 0.23  # inches a row


def inline(figure: Figure, name: str, said: str) -> str:
    """The figure as an element of a page: ids of its own, a label, no address.

    ``said`` tells the picture to who cannot see it.
    """
    FigureCanvasSVG(figure)
    held = io.StringIO()
    with styled(), warnings.catch_warnings():
        # Text stays text: who reads the page has the signs, though this machine may lack them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    drawn = held.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r'\s+xmlns(:\w+)?="[^"]*"', "", drawn).replace("xlink:href", "href")
    drawn = re.sub(r'\bid="', f'id="{name}-', drawn)
    drawn = re.sub(r'href="#', f'href="#{name}-', drawn)
    drawn = drawn.replace("url(#", f"url(#{name}-")
    return drawn.replace("<svg", f'<svg role="img" aria-label="{said}"', 1)


def yields(data: Data, kind: str) -> Figure:
    """Precision at each capacity by queue, and what ours recovers beside what it promises."""
    rows = where(data["capacity"], subject_type=kind)
    sizes = list(dict.fromkeys(row["size"] for row in rows))
    with styled():
        figure, (left, right) = canvas(3.5, columns=2)
        for place, name in enumerate(dict.fromkeys(row["queue"] for row in rows)):
            mine = where(rows, queue=name)
            spots = [sizes.index(row["size"]) + (place - 2.5) * APART for row in mine]
            _marks(left, spots, mine, ("precision", "low", "high"), place, called(name))
        left.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        left.set_ylim(-0.02, 1.02)
        left.set_title("Planted among the first so many")
        left.legend(fontsize=7.5, loc="upper right")
        _money(right, where(rows, queue=OURS), sizes)
        for axes in (left, right):
            axes.set_xticks(range(len(sizes)), [capacity(size) for size in sizes], fontsize=7.5)
            axes.grid(axis="y", color=LINES, linewidth=0.6)
    return figure


def _marks(
    axes: Axes, spots: Sequence[float], rows: list[Data], names: tuple[str, str, str],
    place: int, label: str,
) -> None:  # fmt: skip
    value, low, high = names
    known = [(spot, row) for spot, row in zip(spots, rows, strict=True) if row[value] is not None]
    whole = [(spot, row) for spot, row in known if row[low] is not None]
    axes.vlines(
        [spot for spot, _ in whole], [row[low] for _, row in whole],
        [row[high] for _, row in whole], color=COLOURS[place], linewidth=1.1,
    )  # fmt: skip
    axes.plot(
        [spot for spot, _ in known], [row[value] for _, row in known], MARKS[place],
        color=COLOURS[place], markersize=4.5, label=label,
    )  # fmt: skip


def _money(axes: Axes, rows: list[Data], sizes: list[float]) -> None:
    scaled = [
        row | {name: None if row[name] is None else row[name] / FEN_IN_WAN for name in _AMOUNTS}
        for row in rows
    ]
    for place, (name, label) in enumerate((("recovery", "recoverable, by the key"),
                                           ("expected", "promised by the scores"))):  # fmt: skip
        spots = [sizes.index(row["size"]) + (place - 0.5) * 2 * APART for row in rows]
        _marks(axes, spots, scaled, (name, f"{name}_low", f"{name}_high"), 3 * place, label)
    axes.set_ylim(bottom=0)
    axes.set_title("Recoverable amount, 10,000 yuan")
    axes.legend(fontsize=7.5, loc="upper left")


_AMOUNTS = (
    "recovery", "recovery_low", "recovery_high", "expected", "expected_low", "expected_high",
)  # fmt: skip


def leads(data: Data, kinds: Sequence[str]) -> Figure:
    """How far ours is ahead of each other queue at the capacity that stands for all, paired."""
    with styled():
        most = max(len(where(data["tested"], subject_type=kind)) for kind in kinds)
        figure, panels = canvas(1.0 + ROW * 1.2 * most, columns=len(kinds))
        for axes, kind in zip(panels, kinds, strict=True):
            rows = [row for row in where(data["tested"], subject_type=kind) if row["queue"] != OURS]
            for place, row in enumerate(rows):
                sure = row["ahead_low"] > 0 or row["ahead_high"] < 0
                colour = (BLUE if row["ahead"] > 0 else RED) if sure else GREY
                axes.plot([row["ahead_low"], row["ahead_high"]], [place] * 2, color=colour)
                axes.plot(row["ahead"], place, "o", color=colour, markersize=5)
            axes.axvline(0, color="black", linewidth=0.8)
            axes.set_yticks(range(len(rows)), [called(row["queue"]) for row in rows])
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+.0f}")
            axes.set_title(first_of(rows[0]["size"], kind) if rows else f"{kind}s")
            axes.set_xlabel("points of precision ahead")
            axes.grid(axis="x", color=LINES, linewidth=0.6)
    return figure


def reliability(data: Data, kinds: Sequence[str]) -> Figure:
    """What was said against what was so."""
    with styled():
        figure, panels = canvas(3.2, columns=len(kinds))
        for axes, kind in zip(panels, kinds, strict=True):
            rows = where(data["reliability"], subject_type=kind)
            said = [row["predicted"] for row in rows]
            axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, linestyle=":")
            _marks(axes, said, rows, ("share", "low", "high"), 0, "")
            axes.set_xlim(-0.02, 1.02)
            axes.set_ylim(-0.02, 1.02)
            axes.set_title(f"{kind}s")
            axes.set_xlabel("probability that was said")
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(lambda value, _: f"{value:.0%}")
            axes.grid(color=LINES, linewidth=0.6)
        panels[0].set_ylabel("share that is planted")
    return figure


def false_alarms(data: Data, kind: str) -> Figure:
    """False-alarm rate of innocent records by trait, beside that of all."""
    rows = [row for row in where(data["rates"], subject_type=kind) if row["innocent"]]
    labels = [f"{TRAITS[row['trait']]}: {row['value']}" for row in rows]
    overall = sum(row["false_alarms"] for row in where(rows, trait=rows[0]["trait"])) / sum(
        row["innocent"] for row in where(rows, trait=rows[0]["trait"])
    )
    with styled():
        figure, (axes,) = canvas(0.9 + ROW * len(rows))
        for place, row in enumerate(rows):
            colour = RED if row["low"] > overall else GREEN if row["high"] < overall else GREY
            axes.plot([row["low"], row["high"]], [place] * 2, color=colour, linewidth=1.3)
            axes.plot(row["false_rate"], place, "o", color=colour, markersize=4.5)
        axes.axvline(overall, color="black", linewidth=0.8, linestyle=":")
        axes.set_yticks(range(len(labels)), labels, fontsize=8)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        # Where few are, intervals reach far; what is read are the dots.
        most = max([overall, *(row["false_rate"] for row in rows)])
        axes.set_xlim(-0.02 * most, 1.5 * most if most else 1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
        axes.set_xlabel(f"innocent {kind}s that are asked; dotted: all")
        axes.grid(axis="x", color=LINES, linewidth=0.6)
        _between_traits(axes, rows)
    return figure


def _between_traits(axes: Axes, rows: list[Data]) -> None:
    for place in range(1, len(rows)):
        if rows[place]["trait"] != rows[place - 1]["trait"]:
            axes.axhline(place - 0.5, color="#BBBBBB", linewidth=0.6)


def learning(data: Data, kinds: Sequence[str]) -> Figure:
    """AUPRC of rankers by how many audits they learned from: each draw, and their mean."""
    with styled():
        figure, panels = canvas(3.2, columns=len(kinds))
        for axes, kind in zip(panels, kinds, strict=True):
            rows = where(data["learning"], subject_type=kind)
            for row in rows:
                if row["audits"]:
                    axes.plot(row["audits"], row["auprc"], "o", color=SKY, markersize=4.5)
            means = [(n, _mean(where(rows, audits=n)))
                     for n in sorted({row["audits"] for row in rows}) if n]  # fmt: skip
            axes.plot([n for n, _ in means], [value for _, value in means], "-", color=BLUE)
            for row in where(rows, audits=0):
                axes.axhline(row["auprc"], color=GREY, linestyle=":", linewidth=1)
            axes.set_xlim(left=0)
            axes.set_ylim(bottom=0)
            axes.set_title(f"{kind}s")
            axes.set_xlabel("audits learned from; dotted: none")
            axes.grid(color=LINES, linewidth=0.6)
        panels[0].set_ylabel("AUPRC on untouched records")
    return figure


def _mean(rows: list[Data]) -> float:
    return float(sum(row["auprc"] for row in rows)) / len(rows)


def exploration(data: Data, kinds: Sequence[str]) -> Figure:
    """Where 95% of the estimates of recall lie, beside what it is."""
    with styled():
        figure, panels = canvas(2.6, columns=len(kinds))
        for axes, kind in zip(panels, kinds, strict=True):
            rows = where(data["lots"], subject_type=kind)
            labels = []
            for place, row in enumerate(rows):
                labels.append(f"{row['audits']:,.0f} audits, {row['share']:.0%} by lot")
                axes.plot(row["recall"], place, "D", color="black", markersize=4.5, zorder=3)
                if row["estimate"] is None:
                    left = row["recall"] > 0.6  # noqa: PLR2004 - where words would leave the panel
                    spot, side = (-0.03, "right") if left else (0.03, "left")
                    axes.text(
                        row["recall"] + spot, place, "no estimate", va="center", ha=side, fontsize=8
                    )
                    continue
                axes.plot([row["team_low"], row["team_high"]], [place] * 2, color=BAND, linewidth=4)
                axes.plot([row["low"], row["high"]], [place] * 2, color=BLUE, linewidth=1.6)
                axes.plot(row["estimate"], place, "o", color=BLUE, markersize=4.5)
            axes.set_yticks(range(len(labels)), labels, fontsize=8)
            axes.set_ylim(len(labels) - 0.5, -0.5)
            axes.set_xlim(-0.02, 1.02)
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
            axes.set_title(f"{kind}s")
            axes.set_xlabel("recall; black: what it is")
            axes.grid(axis="x", color=LINES, linewidth=0.6)
    return figure
