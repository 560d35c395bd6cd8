"""Pictures of consumables and of what was planted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.cutover import around_cuts
from synthetic.realism.drawing import BLUE, GREY, ORANGE, SKY, band, canvas, dots_on_ranges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from synthetic.realism.facts import Facts
    from synthetic.realism.verdict import Verdict

    Verdicts = Mapping[str, Verdict]

REACH = 9  # months shown on either side of the cut
HALF_YEAR = 6


def cut_over(facts: Facts, verdicts: Verdicts) -> Figure:
    """Price and volume of each cut product around its cut, over its mean before."""
    rows = around_cuts(facts).with_columns(
        price=pl.col("fen") / pl.col("units"), rate=pl.col("units") / pl.col("stays")
    )
    before = rows.filter(pl.col("offset").is_between(-HALF_YEAR, -1)).group_by("key").agg(
        first_price=pl.col("fen").sum() / pl.col("units").sum(),
        first_rate=pl.col("units").sum() / pl.col("stays").sum(),
    )  # fmt: skip
    rows = rows.join(before, on="key").filter(pl.col("offset").abs() <= REACH)
    figure, cells = canvas(3.4, columns=2)
    anchor = verdicts["buying_volume"].anchor
    band(cells[1], anchor.low, anchor.high, "accepted after the cut")
    for axes, name, colour in zip(cells, ("price", "rate"), (BLUE, ORANGE), strict=True):
        table = rows.with_columns(index=pl.col(name) / pl.col(f"first_{name}"))
        ranks = table.group_by("offset").agg(
            low=pl.col("index").quantile(0.25), middle=pl.col("index").median(),
            high=pl.col("index").quantile(0.75),
        ).sort("offset")  # fmt: skip
        steps = ranks["offset"].to_numpy()
        axes.fill_between(steps, ranks["low"].to_numpy(), ranks["high"].to_numpy(), color=SKY,
                          alpha=0.4, linewidth=0, label="middle half of the products")  # fmt: skip
        axes.plot(steps, ranks["middle"].to_numpy(), color=colour, marker="o", markersize=3,
                  label="median product")  # fmt: skip
        axes.axvline(0, color=GREY, linestyle="--", linewidth=0.8)
        axes.set_ylim(0, None)
        axes.set_xticks(range(-REACH, REACH + 1, 3))
        axes.set_xlabel("months from the month of the cut")
        axes.legend(loc="lower left", fontsize=7)
    cells[0].set_title("Billed price over the mean before")
    cells[1].set_title("Units for each stay over the mean before")
    return figure


def prices(_facts: Facts, verdicts: Verdicts) -> Figure:
    """Billed prices before and after beside their ranges."""
    figure, cells = canvas(7.0, columns=2)
    for axes, name in zip(cells, ("price_before", "price_after"), strict=True):
        rows = [v for v in verdicts.values() if v.anchor.measure == name]
        after = {v.anchor.of: v.anchor.high for v in verdicts.values()
                 if v.anchor.measure == "price_after"}  # fmt: skip
        rows.sort(key=lambda v: (-after[v.anchor.of], v.anchor.of))
        dots_on_ranges(
            axes,
            [v.anchor.label_en.split(", price")[0] for v in rows],
            [(v.anchor.low, v.anchor.high) for v in rows],
            [None if v.measured is None else v.measured.value for v in rows],
        )
        axes.set_xscale("log")
        axes.tick_params(axis="y", labelsize=7)
        axes.set_xlabel("yuan a unit (logarithmic)")
    cells[0].set_title("Before the cut (empty: cut before day one)")
    cells[1].set_title("After the cut")
    cells[1].set_yticklabels([])
    cells[1].legend(loc="upper left", fontsize=7)
    return figure


def planted(_facts: Facts, verdicts: Verdicts) -> Figure:
    """The mix of planted schemes beside the dossier's."""
    rows = [v for v in verdicts.values() if v.anchor.measure == "planted_mix"]
    figure, (axes,) = canvas(4.0)
    dots_on_ranges(
        axes,
        [v.anchor.of.replace("+", ", ") for v in rows],
        [(v.anchor.low, v.anchor.high) for v in rows],
        [None if v.measured is None else v.measured.value for v in rows],
    )
    axes.set_xlabel("share of the planted subjects of stays (H) or of consumables (C)")
    axes.set_xlim(left=-0.02)
    axes.set_title("Mix of planted schemes; grey: accepted range")
    axes.legend(loc="lower right")
    return figure
