"""Due dates in working days of mainland China: weekends, holidays and make-up days counted."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices are open.

    Years whose make-up days are not announced yet fall back to weekends and the fixed holidays.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY and day not in holidays.country_holidays(
            "CN", years=day.year
        )


def after(start: date, working_days: int) -> date:
    """The day on which so many working days have passed; the first day does not count."""
    day = start
    while working_days > 0:
        day += ONE_DAY
        working_days -= is_working_day(day)
    return day


def between(start: date, end: date) -> int:
    """Working days after ``start`` up to ``end``; negative when ``end`` has passed."""
    if end < start:
        return -between(end, start)
    days = (start + ONE_DAY * step for step in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)
