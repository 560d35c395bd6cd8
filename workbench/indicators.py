"""The indicators of consumables as a page shows them: words, how values are written, lines.

What is judged, and what a grade asks for beside its line, is said where it is done, in
rules/indicator_lines.py; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from claims.knowledge import load_limits

if TYPE_CHECKING:
    from datetime import date

    from django_stubs_ext import StrPromise

CITY, ITEM = "city", "physician_item"
# Each rung, and what an address calls the unit that was chosen on it.
RUNGS: Final = {
    "district": "district",
    "hospital": "hospital_id",
    "department": "department",
    "physician": "physician_id",
    ITEM: "item",
}
LASTING: Final = (CITY, "district", "hospital", "department", "physician")
HOUSES: Final = LASTING[1:]
WITHIN, UNMEASURED, FEW = "within", "unmeasured", "few"
RED, YELLOW, AHEAD = "red", "yellow", "ahead"
# Gravest first.
GRAVITY: Final = (RED, YELLOW, AHEAD, FEW, WITHIN, UNMEASURED)
STATE_WORDS: Final[dict[str, StrPromise]] = {
    RED: _("Red"),
    YELLOW: _("Yellow"),
    AHEAD: _("Next month"),
    FEW: _("Beyond, but no alert"),
    WITHIN: _("Within"),
    UNMEASURED: _("Not measured"),
}


@dataclass(frozen=True)
class Indicator:
    """One indicator: its column in the lake, its words, and the names of its limits."""

    name: str
    word: StrPromise
    says: StrPromise
    form: str
    yellow: str | None
    red: str | None
    rungs: tuple[str, ...] = LASTING
    down: bool = False

    def told(self, value: float | None) -> str:
        """A value as people write it."""
        return "–" if value is None else self.form.format(value)

    def lines(self, day: date) -> tuple[float | None, float | None]:
        """The yellow and the red line as they stood on a day."""
        return _held(self.yellow, day), _held(self.red, day)

    def beyond(self, value: float, line: float | None) -> bool:
        """Whether a value lies beyond a line."""
        if line is None:
            return False
        return value < line if self.down else value > line

    def state(self, value: float | None, grade: str | None, day: date) -> str:
        """Where a value stands; ``grade`` is what was written beside it, None for nothing."""
        if value is None:
            return UNMEASURED
        if grade is not None:
            return grade
        return FEW if any(self.beyond(value, line) for line in self.lines(day)) else WITHIN


INDICATORS: Final = (
    Indicator(
        "oe", _("Observed over expected"),
        _("billed, over what the same cases of other hospitals lead to expect"),
        "{:.2f}", "line_oe_yellow", "line_oe_red",
    ),
    Indicator(
        "intensity_z", _("Use over peers"),
        _("units per 100 stays with an operation, in spreads over the median of the peers"),
        "{:z.1f}", "line_intensity_yellow", "line_intensity_red", HOUSES,
    ),
    Indicator(
        "share_rank", _("Place by share in the fee"),
        _("of how many peers consumables take a smaller share of the fee"),
        "{:.1%}", "line_share_yellow", "line_share_red", HOUSES[1:],
    ),
    Indicator(
        "price_deviation", _("Price"),
        _("billed over the lower of platform price and payment standard, less one"),
        "{:+z.1%}", "line_price_yellow", "line_price_red", (*LASTING, ITEM),
    ),
    Indicator(
        "price_dispersion", _("Spread of prices"),
        _("95th less 5th percentile of price over reference, over the median"),
        "{:.0%}", "line_dispersion_yellow", "line_dispersion_red",
    ),
    Indicator(
        "scan_rate", _("Traced implants"),
        _("lines of implants with device identifier and lot or serial number"),
        "{:.1%}", "line_scan_yellow", "line_scan_red", down=True,
    ),
    Indicator(
        "top_supplier", _("Largest supplier"), _("its share in what was bought in the year"),
        "{:.0%}", "line_supplier_yellow", "line_supplier_red", ("hospital",),
    ),
    Indicator(
        "hhi", _("Concentration of suppliers"), _("sum of squared shares in percent"),
        "{:,.0f}", "line_hhi_yellow", None, ("hospital",),
    ),
    Indicator(
        "growth", _("Growth"),
        _("observed over expected of the month, over that of the months before, less one"),
        "{:+z.0%}", "line_growth_yellow", "line_growth_red",
    ),
    Indicator(
        "cusum", _("Change-point"),
        _("cumulated excess of the months over their own median, in spreads"),
        "{:z.1f}", None, "line_cusum_red",
    ),
    Indicator(
        "mix_shift", _("Away from selected articles"),
        _("rise of the share of units not selected in volume-based buying"),
        "{:+z.0%}", "line_mix_yellow", "line_mix_red",
    ),
)  # fmt: skip
BY_NAME: Final = {one.name: one for one in INDICATORS}


def of_rung(rung: str) -> list[Indicator]:
    """The indicators that have a line on a rung."""
    return [one for one in INDICATORS if rung in one.rungs]


def _held(name: str | None, day: date) -> float | None:
    return None if name is None else load_limits()[name].on(day)
