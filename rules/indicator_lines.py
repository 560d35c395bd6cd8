"""Alert lines of the indicators: which are crossed, and which will be next month.

A line says where to look; it is no finding. The values stand in
claims/knowledge/limits.toml and are read as they stood at the end of the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge import load_limits
from claims.results import CROSSED
from claims.schema import FEN_PER_YUAN
from features.indicator_change import monthly
from features.indicator_figures import LASTING
from features.indicators import ITEM_OF_PHYSICIAN, MONTHS, RUNGS, months_before
from features.robust_trend import trend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from features.indicator_figures import Ground
    from features.robust_trend import Trend

SCHEMA = {"subject_id": pl.String()} | {one.name: one.dtype for one in CROSSED.fields}
AHEAD = "ahead"


@dataclass(frozen=True)
class AlertLine:
    """The lines of one indicator: names of limits, rungs they hold for, and what else red asks.

    ``down`` says that low values are doubtful. ``asks`` must hold for any grade, ``red_asks``
    for red. ``projected`` says that crossing it next month is announced.
    """

    indicator: str
    yellow: str | None
    red: str | None
    rungs: tuple[str, ...] = LASTING
    down: bool = False
    projected: bool = False
    asks: Callable[[Callable[[str], float]], pl.Expr] | None = None
    red_asks: Callable[[Callable[[str], float]], pl.Expr] | None = None

    def beyond(self, line: float) -> pl.Expr:
        """Whether the value of a row lies beyond a line."""
        value = pl.col(self.indicator)
        return (value < line) if self.down else (value > line)


def _many(limit: Callable[[str], float]) -> pl.Expr:
    return pl.col("stays") >= limit("line_least_stays")


def _many_this_month(limit: Callable[[str], float]) -> pl.Expr:
    return pl.col("month_stays") >= limit("line_least_stays")


def _unlikely(limit: Callable[[str], float]) -> pl.Expr:
    return pl.col("oe_z") >= limit("line_oe_z")


def _costly(limit: Callable[[str], float]) -> pl.Expr:
    return pl.col("amount") >= limit("line_case_yuan") * FEN_PER_YUAN


def _dear_by_choice(limit: Callable[[str], float]) -> pl.Expr:  # noqa: ARG001
    """Billed above the median of the peers, and not because the class has a sole agent."""
    return (pl.col("price_deviation") > pl.col("peers_price")) & (pl.col("class_suppliers") > 1)


def _no_implant(limit: Callable[[str], float]) -> pl.Expr:  # noqa: ARG001
    return pl.col("implant_lines") == 0


EVERY_RUNG = (*RUNGS, ITEM_OF_PHYSICIAN)
HOUSES = ("district", "hospital", "department", "physician")
LINES = (
    AlertLine("oe", "line_oe_yellow", "line_oe_red", projected=True, red_asks=_unlikely),
    AlertLine("oe", "line_case_yellow", "line_case_red", ("stay",), red_asks=_costly),
    AlertLine("share", None, "line_case_share_red", ("stay",)),
    AlertLine("share", "line_case_share_yellow", None, ("stay",), asks=_no_implant),
    AlertLine("share_rank", "line_share_yellow", "line_share_red", HOUSES[1:]),
    AlertLine(
        "intensity_z", "line_intensity_yellow", "line_intensity_red", HOUSES, red_asks=_many
    ),
    AlertLine(
        "price_deviation", "line_price_yellow", "line_price_red", EVERY_RUNG, projected=True
    ),
    AlertLine("price_dispersion", "line_dispersion_yellow", "line_dispersion_red"),
    AlertLine("scan_rate", "line_scan_yellow", "line_scan_red", down=True, projected=True),
    AlertLine(
        "top_supplier", "line_supplier_yellow", "line_supplier_red", ("hospital",),
        red_asks=_dear_by_choice,
    ),
    AlertLine("hhi", "line_hhi_yellow", None, ("hospital",)),
    AlertLine("growth", "line_growth_yellow", "line_growth_red", asks=_many_this_month),
    AlertLine("cusum", None, "line_cusum_red", asks=_many_this_month),
    AlertLine("mix_shift", "line_mix_yellow", "line_mix_red", asks=_many_this_month),
)  # fmt: skip


def _on(day: date) -> Callable[[str], float]:
    def held(name: str) -> float:
        value = load_limits()[name].on(day)
        if value is None:
            raise ValueError(f"limit {name} did not hold on {day}")
        return value

    return held


def crossed(figures: pl.DataFrame, rung: str, day: date) -> pl.DataFrame:
    """Lines that the subjects of a rung have crossed, as ``SCHEMA``; red before yellow."""
    limit = _on(day)
    found = [rows for line in LINES if rung in line.rungs for rows in _grades(figures, line, limit)]
    told = pl.concat([pl.DataFrame(schema=SCHEMA), *found], how="diagonal")
    return told.unique(["subject_id", "indicator"], keep="first", maintain_order=True)


def _grades(
    figures: pl.DataFrame, line: AlertLine, limit: Callable[[str], float]
) -> Iterator[pl.DataFrame]:
    asked = pl.lit(value=True) if line.asks is None else line.asks(limit)
    for grade, name, more in (("red", line.red, line.red_asks), ("yellow", line.yellow, None)):
        if name is not None:
            meets = asked if more is None else asked & more(limit)
            yield figures.filter(line.beyond(limit(name)) & meets).select(
                "subject_id",
                indicator=pl.lit(line.indicator),
                grade=pl.lit(grade),
                value=pl.col(line.indicator),
                line=pl.lit(limit(name)),
            )


def ahead(told: Ground, rung: str, day: date) -> pl.DataFrame:
    """Lines not crossed this month that the next one will cross at the present trend.

    Announced where the trend of the year goes towards the line beyond its own uncertainty,
    and the month has enough stays to speak. ``low`` and ``high`` are the 90% interval of
    the projection.
    """
    if rung not in LASTING or told.rows.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    limit = _on(day)
    series = monthly(told.rows, rung)
    speaking = series.filter((pl.col("month") == told.month) & _many(limit))
    mine = series.join(speaking.select("subject_id"), on="subject_id", how="semi")
    rows = [
        row
        for line in LINES
        if line.projected and line.yellow is not None and rung in line.rungs
        for row in _announced(mine, line, limit(line.yellow), told.month)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _announced(
    series: pl.DataFrame, line: AlertLine, border: float, month: date
) -> Iterator[tuple[object, ...]]:
    """Rows of ``SCHEMA`` for the subjects that will cross one line."""
    first = months_before(month, MONTHS - 1)
    place = (pl.col("month").dt.year() - first.year) * 12 + pl.col("month").dt.month() - first.month
    known = series.select("subject_id", place=place, value=pl.col(line.indicator)).drop_nulls()
    for (subject,), rows in known.sort("subject_id", "place").group_by(
        "subject_id", maintain_order=True
    ):
        values = dict(rows.select("place", "value").iter_rows())
        told = coming(values, MONTHS, border, down=line.down)
        if told is not None:
            yield (
                subject, line.indicator, AHEAD, values[MONTHS - 1], border,
                told.projected, told.low, told.high,
            )  # fmt: skip


def coming(
    values: Mapping[int, float], at: int, border: float, *, down: bool = False
) -> Trend | None:
    """The trend that will carry values over a border at month ``at``; None where none will.

    The month before ``at`` must be known and still on the right side.
    """
    now = values.get(at - 1)
    if now is None or _over(now, border, down=down):
        return None
    found = trend(values, at)
    if found is None or not found.leads(down=down):
        return None
    return found if _over(found.projected, border, down=down) else None


def _over(value: float, border: float, *, down: bool) -> bool:
    return value < border if down else value > border
