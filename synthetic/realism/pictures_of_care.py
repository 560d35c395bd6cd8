"""Pictures of stays: length, cost, fees, ages, the year, returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.clock import EPOCH
from synthetic.realism import days
from synthetic.realism.drawing import (
    BAND,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    SKY,
    YELLOW,
    band,
    canvas,
    dots_on_ranges,
)
from synthetic.realism.measures.fees import structure
from synthetic.realism.returns import returns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from synthetic.realism.facts import Facts
    from synthetic.realism.verdict import Verdict

    Verdicts = Mapping[str, Verdict]

LEVELS = {"3": "tertiary", "2": "secondary", "1": "primary", "0": "ungraded"}
CLASSES = {
    "drug": ("drug",), "examination": ("examination",), "laboratory": ("laboratory",),
    "bed, nursing": ("bed", "nursing"), "treatment": ("treatment", "rehabilitation"),
    "surgery": ("surgery", "anaesthesia"), "consumable": ("consumable",),
    "other": ("consultation", "other"),
}  # fmt: skip
COLOURS = (BLUE, SKY, "#9AD0F5", GREEN, YELLOW, ORANGE, RED, GREY)
KINDS = ("medical", "surgical", "procedure", "day", "chemo", "rehab", "psychiatric", "icu")
BAND_OF_AGE = 5
OLDEST = 95
OLD = 60
LABELLED = 0.06  # a part of a bar from this share on bears its number
WEEK = 7


def length_by_group(_facts: Facts, verdicts: Verdicts) -> Figure:
    """Mean days of each group beside its range."""
    rows = [v for v in verdicts.values() if v.anchor.measure == "group_days"]
    rows.sort(key=lambda v: (-v.anchor.high, v.anchor.name))
    figure, (axes,) = canvas(9.5)
    dots_on_ranges(
        axes,
        [v.anchor.of for v in rows],
        [(v.anchor.low, v.anchor.high) for v in rows],
        [None if v.measured is None else v.measured.value for v in rows],
    )
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5, 10, 20, 50, 100], ["1", "2", "5", "10", "20", "50", "100"])
    axes.set_xlabel("mean days, tertiary stays (logarithmic)")
    axes.tick_params(axis="y", labelsize=7)
    axes.set_title("Length of stay by group; grey: accepted range")
    axes.legend(loc="lower right")
    return figure


def cost_by_level(facts: Facts, verdicts: Verdicts) -> Figure:
    """Quarter, median, mean and three quarters of the fee by level beside the range of means."""
    figure, (axes,) = canvas(3.0)
    for place, level in enumerate(LEVELS):
        yuan = facts.stays.filter(pl.col("level") == level)["total_amount"] / 100
        anchor = verdicts[f"cost_of_level/{level}"].anchor
        axes.plot([anchor.low / 1e3, anchor.high / 1e3], [place + 0.22] * 2, color=BAND,
                  linewidth=8, solid_capstyle="butt")  # fmt: skip
        if len(yuan):
            low, middle, high = np.quantile(yuan.to_numpy(), (0.25, 0.5, 0.75)) / 1e3
            axes.plot([low, high], [place, place], color=SKY, linewidth=8, solid_capstyle="butt")
            axes.plot([middle], [place], "|", color="black", markersize=10)
            mean = yuan.to_numpy().mean() / 1e3
            axes.plot([mean], [place + 0.22], "o", color=BLUE)
            axes.annotate(f"{mean:.1f}", (mean, place + 0.22), xytext=(6, -3),
                          textcoords="offset points")  # fmt: skip
    axes.set_yticks(range(len(LEVELS)), LEVELS.values())
    axes.set_ylim(len(LEVELS) - 0.4, -0.5)
    axes.set_xlim(0, None)
    axes.set_xlabel("thousand yuan a stay")
    axes.set_title(
        "Cost by level: middle half (blue bar), median (line); mean (dot) on its range (grey)"
    )
    return figure


def fee_structure(facts: Facts, verdicts: Verdicts) -> Figure:
    """Classes of fees by kind of stay, and the anchored shares on their ranges."""
    figure, (bars, dots) = canvas(5.2, rows=2)
    for place, kind in enumerate(KINDS):
        shares = structure(facts.stays.filter(pl.col("structure") == kind))
        begin = 0.0
        for colour, (name, parts) in zip(COLOURS, CLASSES.items(), strict=True):
            width = sum(shares[part] for part in parts)
            label = name if place == 0 else None
            bars.barh(place, width, left=begin, color=colour, label=label, height=0.7)
            if width >= LABELLED:
                dark = colour in {BLUE, GREEN, RED, GREY}
                bars.text(begin + width / 2, place, f"{width:.0%}", ha="center", va="center",
                          fontsize=7, color="white" if dark else "black")  # fmt: skip
            begin += width
    bars.set_yticks(range(len(KINDS)), KINDS)
    bars.invert_yaxis()
    bars.set_xlim(0, 1)
    bars.set_title("What fees are made of, by kind of stay")
    figure.legend(ncols=8, loc="outside upper right", fontsize=7, columnspacing=1.0)
    names = [n for n in verdicts if n.startswith("fee_")] + ["consumable_share"]
    rows = [verdicts[name] for name in names]
    dots_on_ranges(
        dots,
        [v.anchor.label_en for v in rows],
        [(v.anchor.low, v.anchor.high) for v in rows],
        [None if v.measured is None else v.measured.value for v in rows],
    )
    dots.set_xlim(0, 0.5)
    dots.set_title("Shares with a range (grey)")
    dots.legend(loc="upper right")
    return figure


def ages(facts: Facts, verdicts: Verdicts) -> Figure:
    """Stays by age and sex."""
    figure, (axes,) = canvas(4.2)
    bands = facts.stays.select(
        "sex", age=(pl.col("age") // BAND_OF_AGE * BAND_OF_AGE).clip(0, OLDEST).cast(pl.Int64)
    )
    counts = bands.group_by("sex", "age").len()
    total = max(facts.stays.height, 1)
    for sex, side, colour, label in (("F", -1, ORANGE, "women"), ("M", 1, BLUE, "men")):
        mine = dict(counts.filter(pl.col("sex") == sex).select("age", "len").iter_rows())
        steps = list(range(0, OLDEST + 1, BAND_OF_AGE))
        shares = [side * 100 * mine.get(age, 0) / total for age in steps]
        axes.barh(steps, shares, height=4.4, align="edge", color=colour, label=label)
    axes.axhline(OLD, color="black", linewidth=0.8, linestyle="--")
    verdict = verdicts["person_old"]
    share = "" if verdict.measured is None else f"{verdict.measured.value:.0%}"
    axes.set_title(
        f"Stays by age and sex; 60 and older {share} "
        f"(accepted {verdict.anchor.low:.0%} to {verdict.anchor.high:.0%})"
    )
    widest = max(abs(edge) for edge in axes.get_xlim())
    axes.set_xlim(-widest, widest)
    ticks = [t for t in axes.get_xticks() if abs(t) <= widest]
    axes.set_xticks(ticks, [f"{abs(t):g}%" for t in ticks])
    axes.set_ylabel("age at admission")
    axes.set_xlabel("share of all stays")
    axes.legend(loc="upper right")
    return figure


def year(facts: Facts, _verdicts: Verdicts) -> Figure:
    """Admissions by day with free days, and respiratory admissions by week."""
    table, weeks = days.admissions(facts), days.weekly(facts)
    figure, (above, below) = canvas(5.0, rows=2)
    dates = table["day"].to_numpy()
    above.plot(dates, table["all"].to_numpy(), color=SKY, linewidth=0.5, label="a day")
    mean = table["all"].rolling_mean(WEEK, center=True).to_numpy()
    above.plot(dates, mean, color=BLUE, linewidth=1.4, label="mean of seven days")
    for kind, colour, label in (
        ("festival", RED, "Spring Festival"),
        ("holiday", PINK, "other public holidays"),
    ):
        for number, day in enumerate(table.filter(pl.col("kind") == kind)["day"]):
            begin = (day - EPOCH).days  # as matplotlib counts days
            named = label if number == 0 else None
            above.axvspan(begin, begin + 1, color=colour, alpha=0.35, linewidth=0, label=named)
    above.set_ylim(0, None)
    above.set_ylabel("admissions")
    above.set_title("Admissions (the last weeks miss stays that had not ended)")
    above.legend(loc="lower left", ncols=4, fontsize=7)
    below.step(weeks["day"].to_numpy(), weeks["respiratory"].to_numpy(), color=GREEN, where="post")
    usual = weeks["respiratory"].median()
    below.axhline(float(str(usual or 0)), color=GREY, linestyle="--", linewidth=0.8,
                  label="median week")  # fmt: skip
    below.set_ylim(0, None)
    below.set_ylabel("a week")
    below.set_title("Respiratory admissions (ES3, ET2): winter, and one epidemic wave")
    below.legend(loc="lower left", fontsize=7)
    return figure


def returns_by_month(facts: Facts, verdicts: Verdicts) -> Figure:
    """Planned and unplanned returns to the same hospital by month of discharge."""
    hit = pl.col("returned") & pl.col("same")
    monthly = returns(facts).group_by(month=pl.col("discharged").dt.month_start()).agg(
        planned=(hit & pl.col("planned")).mean(),
        unplanned=(hit & ~pl.col("planned") & ~pl.col("transferred")).mean(),
        n=pl.len(),
    )  # fmt: skip
    monthly = monthly.sort("month")
    figure, cells = canvas(2.8, columns=2)
    for axes, name, colour in zip(cells, ("planned", "unplanned"), (BLUE, ORANGE), strict=True):
        anchor = verdicts[f"return_{name}"].anchor
        band(axes, anchor.low * 100, anchor.high * 100, "accepted range")
        share = 100 * monthly[name].to_numpy()
        axes.plot(monthly["month"].to_numpy(), share, color=colour, marker="o", markersize=3)
        axes.set_ylim(0, None)
        axes.set_ylabel("% of discharges")
        axes.set_title(f"{name.capitalize()} returns in 30 days")
        axes.tick_params(axis="x", labelrotation=45)
        axes.legend(loc="lower right" if name == "planned" else "center right", fontsize=7)
    return figure
