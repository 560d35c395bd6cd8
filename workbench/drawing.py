"""Charts as geometry: the templates write them as SVG, so that text stays text.

Nothing here writes markup. Positions are in pixels of the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from workbench.wording import CATEGORY_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrPromise

    from workbench.selectors.dossier import Point
    from workbench.selectors.shown import Compared, Step

TIME_WIDTH, TIME_ROW, NAME_WIDTH = 900, 24, 190
LEAST_DAYS = 120
DOT_WIDTH, SPREADS = 240, 6.0
FALL_WIDTH = 420
SHADES = 5
# Fees that a bed runs up by itself; what is left on a day without others is an idle day.
PASSIVE = frozenset({"bed", "nursing", "consultation", "other"})


@dataclass(frozen=True)
class Bar:
    """A stay on the line of time."""

    x: float
    y: float
    width: float
    mine: bool
    says: str


@dataclass(frozen=True)
class Mark:
    """A visit on the line of time."""

    x: float
    y: float
    kind: str
    says: str


@dataclass(frozen=True)
class Timeline:
    """Bars in rows (one a hospital), marks in the last row, with the months they stand in."""

    rows: list[tuple[float, str]]
    bars: list[Bar]
    marks: list[Mark]
    months: list[tuple[float, str]]
    height: int


def timeline(
    stays: Sequence[dict[str, Any]], visits: Sequence[dict[str, Any]], mine: set[str]
) -> Timeline | None:
    """Draw stays and visits; stays in ``mine`` belong to the case. None where there is no stay."""
    if not stays:
        return None
    spans = [(_day(one["from"]), _day(one["to"]), one) for one in stays]
    seen = [(_day(one["on"]), one) for one in visits]
    last = max(*(end for _, end, _ in spans), *(day for day, _ in seen), date.min)
    early = [*(start for start, _, _ in spans), *(day for day, _ in seen)]
    first = min(*early, last - timedelta(days=LEAST_DAYS))
    step = (TIME_WIDTH - NAME_WIDTH) / ((last - first).days + 1)

    def at(day: date) -> float:
        return NAME_WIDTH + (day - first).days * step

    names = list(dict.fromkeys(one["row"] for _, _, one in spans))
    bars = [
        Bar(
            at(start),
            names.index(one["row"]) * TIME_ROW,
            max(at(end) - at(start), 4.0),
            one["stay"] in mine,
            f"{one['stay']} {one['group'] or ''} {start} – {end}",
        )
        for start, end, one in spans
    ]
    below = len(names) * TIME_ROW
    marks = [Mark(at(day), below, one["kind"], f"{day} {one['row']}") for day, one in seen]
    if marks:
        names.append(_("Visits"))
    rows: list[tuple[float, str]] = [(place * TIME_ROW, name) for place, name in enumerate(names)]
    return Timeline(rows, bars, marks, _months(first, last, at), len(names) * TIME_ROW + 22)


def _months(first: date, last: date, at: Any) -> list[tuple[float, str]]:  # noqa: ANN401
    firsts = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    every = max(1, -(-len(firsts) // 10))
    return [(at(day), f"{day:%Y-%m}") for day in firsts[::every]]


def _day(told: str | date) -> date:
    return told if isinstance(told, date) else date.fromisoformat(str(told)[:10])


@dataclass(frozen=True)
class Matrix:
    """Fees by day and class; a cell is (shade from 0 to 5, fen)."""

    days: list[date]
    idle: list[bool]
    outside: list[bool]
    rows: list[tuple[StrPromise | str, list[tuple[int, int]], int]]

    @property
    def idle_days(self) -> int:
        """Days on which nothing was billed but bed, nursing and consultation."""
        return sum(self.idle)


def matrix(point: Point) -> Matrix | None:
    """The day matrix of a stay, every day of it a column; None without fee lines."""
    lines = point.content.get("days") or []
    if not lines:
        return None
    told = point.content.get("facts", {})
    cells: dict[tuple[date, str], int] = {}
    for one in lines:
        if one["day"] is not None:
            key = (_day(one["day"]), one["category"])
            cells[key] = cells.get(key, 0) + one["amount"]
    if not cells:
        return None
    first = _day(told.get("admitted_on") or min(day for day, _ in cells))
    last = _day(told.get("discharged_on") or max(day for day, _ in cells))
    stay = {first + timedelta(days=step) for step in range((last - first).days + 1)}
    days = sorted(stay | {day for day, _ in cells})
    treated = {day for (day, kind), fen in cells.items() if kind not in PASSIVE and fen > 0}
    most = max(*cells.values(), 1)
    return Matrix(
        days,
        [day in stay and day not in treated and day != last for day in days],
        [day not in stay for day in days],
        [_row(kind, word, days, cells, most) for kind, word in CATEGORY_WORDS.items()
         if any(held == kind for _, held in cells)],
    )  # fmt: skip


def _row(
    kind: str, word: StrPromise, days: list[date], cells: dict[tuple[date, str], int], most: int
) -> tuple[StrPromise | str, list[tuple[int, int]], int]:
    fees = [cells.get((day, kind), 0) for day in days]
    # By the root, so that small fees stay visible beside an operation.
    shades = [0 if fen <= 0 else max(1, round(SHADES * (fen / most) ** 0.5)) for fen in fees]
    return word, list(zip(shades, fees, strict=True)), sum(fees)


@dataclass(frozen=True)
class Dot:
    """A value against its peers: band of nine in ten, median, dot."""

    one: Compared
    band_x: float
    band_width: float
    median: float
    dot: float
    beyond: bool


def dot(one: Compared) -> Dot:
    """Place a value; all rows share a scale of spreads, so that far is far in every row."""
    spread = abs(one.value - one.standard) / abs(one.away) if one.away else None
    spread = spread or max(one.p95 - one.p5, 1e-9) / 4

    def at(value: float) -> float:
        away = max(-SPREADS, min(SPREADS, (value - one.standard) / spread))
        return (away + SPREADS) / (2 * SPREADS) * DOT_WIDTH

    low, high = at(one.p5), at(one.p95)
    return Dot(one, low, max(high - low, 1.0), at(one.standard), at(one.value),
               abs(one.away) > SPREADS)  # fmt: skip


@dataclass(frozen=True)
class Fall:
    """One bar of the waterfall."""

    step: Step
    x: float
    width: float
    up: bool


def falls(steps: Sequence[Step]) -> list[Fall]:
    """Place the bars of a waterfall on one scale."""
    if not steps:
        return []
    edges = [0.0, *(edge for step in steps for edge in (step.start, step.end))]
    low, high = min(edges), max(edges)
    scale = FALL_WIDTH / max(high - low, 1e-9)
    return [
        Fall(
            step,
            (min(step.start, step.end) - low) * scale,
            max(abs(step.size) * scale, 1.0),
            step.size >= 0,
        )
        for step in steps
    ]
