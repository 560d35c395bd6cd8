"""The city's days: whole numbers from the first day, with weekends, holidays and seasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import chinese_calendar
import numpy as np
import polars as pl

if TYPE_CHECKING:
    from synthetic.randomness import Flags, Floats, Whole

EPOCH = date(1970, 1, 1)
SECONDS_PER_DAY = 86_400
SATURDAY = 5
MICROSECONDS = 1_000_000

# Admissions on a free day over those on a working day, by kind of group (proposal).
FREE_DAY = {"elective": 0.30, "emergency": 0.95, "respiratory": 0.85, "chronic": 0.70, "flat": 0.75}
# Height of the winter over the yearly mean (proposal).
WINTER = {"elective": 0.0, "emergency": 0.05, "respiratory": 0.35, "chronic": 0.15, "flat": 0.0}
COLDEST_DAY_OF_YEAR = 20
WAVE_HEIGHT = 1.4  # epidemic wave: extra respiratory admissions at its top
WAVE_DAYS = 14.0
WAVE_AT = 0.62  # share of the window passed when the wave peaks


def _is_free(day: date) -> bool:
    """Weekend or public holiday; years not announced yet fall back to weekends."""
    try:
        return not chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() >= SATURDAY


@cache
def _free_days(start: date, days: int) -> Flags:
    return np.array([_is_free(start + timedelta(days=day)) for day in range(days)])


def add_months(day: date, months: int) -> date:
    """The first day of the month ``months`` after ``day``'s month, keeping day 1 to 28."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, min(day.day, 28))


@dataclass(frozen=True)
class Clock:
    """Day numbers run from 0 (``start``) up to ``days`` (the day after the window)."""

    start: date
    months: int

    @property
    def days(self) -> int:
        """Length of the window in days."""
        return (add_months(self.start, self.months) - self.start).days

    @property
    def offset(self) -> int:
        """Days from the Unix epoch to the first day."""
        return (self.start - EPOCH).days

    def on(self, day: int) -> date:
        """The date of a day number."""
        return self.start + timedelta(days=int(day))

    def share(self, part: float) -> int:
        """Day number at a share of the window."""
        return int(self.days * part)

    def free(self) -> Flags:
        """True for weekends and holidays, one value a day of the window."""
        return _free_days(self.start, self.days)

    def month_ends(self) -> Whole:
        """Day numbers of the last day of each month of the window."""
        ends = [(add_months(self.start, m + 1) - self.start).days - 1 for m in range(self.months)]
        return np.array(ends, dtype=np.int64)

    def admission_weights(self, season: str) -> Floats:
        """Relative number of admissions on each day of the window for a season."""
        days = np.arange(self.days)
        first = self.start.timetuple().tm_yday
        year = np.cos(2 * np.pi * (first + days - COLDEST_DAY_OF_YEAR) / 365.25)
        weight = 1.0 + WINTER[season] * year
        if season == "respiratory":
            peak = self.share(WAVE_AT)
            weight = weight + WAVE_HEIGHT * np.exp(-(((days - peak) / WAVE_DAYS) ** 2))
        out: Floats = np.where(self.free(), weight * FREE_DAY[season], weight)
        return out

    def wave_top(self) -> int:
        """Day on which the epidemic wave is highest."""
        return self.share(WAVE_AT)

    def wave_width(self) -> float:
        """Days from the top of the wave to where it has fallen to about a third."""
        return WAVE_DAYS

    def dates(self, days: Whole) -> pl.Series:
        """Day numbers as dates."""
        return pl.Series((np.asarray(days) + self.offset).astype(np.int32)).cast(pl.Date)

    def moments(self, days: Whole, seconds: Whole) -> pl.Series:
        """Day numbers and seconds of the day as datetimes of whole seconds."""
        total = (np.asarray(days, dtype=np.int64) + self.offset) * SECONDS_PER_DAY + seconds
        return pl.Series(total * MICROSECONDS).cast(pl.Datetime("us"))
