"""What moved in numbers of things: stays by hospital, refused rows, alerts by grade and level."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import stats

from models.drift import (
    FEW,
    MOVED,
    STEADY,
    WATCH,
    Figure,
    changed_on,
    corrected,
    verdict,
)
from models.drift_limits import limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VOLUME, ROWS, ALERT_RATE = "volume", "rows", "alerts"
CITY = "*"
FEWEST_WINDOWS = 3


def moved_volumes(nightly: pl.DataFrame, before: date, first: date, last: date) -> list[Figure]:
    """Stays of the city, and each hospital's part of them, against windows up to ``before``.

    ``nightly`` has hospital_id, night and stays. A hospital is held against its share of the
    city, so that a holiday, which all of them keep, is one figure and not one a hospital.
    """
    days = (last - first).days + 1
    recent = _by_hospital(nightly, first, last)
    past = [_by_hospital(nightly, *span) for span in _spans(nightly, _past(before, first), days)]
    total = sum(recent.values())
    totals = [sum(one.values()) for one in past]
    found = [_volume(CITY, total, totals, totals)]
    for name in sorted({*recent, *(key for one in past for key in one)}):
        shares = [one.get(name, 0) / whole * total for one, whole in zip(past, totals, strict=True)
                  if whole]  # fmt: skip
        counts = [one.get(name, 0) for one in past]
        found.append(_volume(name, recent.get(name, 0), shares, counts))
    return [_volume_dated(one, nightly, first, last) for one in found]


def _past(before: date, first: date) -> date:
    """The last day of the past: models trained since know the window, which is none of it."""
    return min(before, first - timedelta(days=1))


def _spans(nightly: pl.DataFrame, before: date, days: int) -> list[tuple[date, date]]:
    """Whole windows of the same length that end on ``before``, within a year."""
    begun = nightly["night"].min()
    if not isinstance(begun, date):
        return []
    ends = [before - timedelta(days=days * turn) for turn in range(math.ceil(365 / days))]
    spans = [(end - timedelta(days=days - 1), end) for end in ends]
    return [span for span in spans if span[0] >= begun]


def _by_hospital(nightly: pl.DataFrame, first: date, last: date) -> dict[str, int]:
    rows = nightly.filter(pl.col("night").is_between(first, last)).drop_nulls("hospital_id")
    return dict(rows.group_by("hospital_id").agg(pl.col("stays").sum()).sort("hospital_id").rows())


def _volume(name: str, now: int, expected: Sequence[float], counts: Sequence[int]) -> Figure:
    mean = float(np.mean(expected)) if expected else 0.0
    blank = Figure(VOLUME, "stay", name, mean, float(now), None, None, None,
                   sum(counts), now, FEW)  # fmt: skip
    if len(expected) < FEWEST_WINDOWS or max(mean, now) < limit("fewest_stays"):
        return blank
    change = abs(now - mean) / max(mean, 1.0)
    spread = max(float(np.std(expected, ddof=1)), math.sqrt(max(mean, 1.0)))
    far = limit("volume_deviations") * spread / max(mean, 1.0)
    told = verdict(change, limit("volume_watch"), limit("volume_moved"), least=far)
    return replace(blank, distance=change, bound=max(limit("volume_watch"), far), verdict=told)


def _volume_dated(found: Figure, nightly: pl.DataFrame, first: date, last: date) -> Figure:
    if found.verdict not in (WATCH, MOVED):
        return found
    back = first - (last - first) - timedelta(days=1)
    mine = nightly if found.name == CITY else nightly.filter(pl.col("hospital_id") == found.name)
    counts = dict(mine.group_by("night").agg(pl.col("stays").sum()).rows())
    nights = [back + timedelta(days=turn) for turn in range((last - back).days + 1)]
    values = np.array([counts.get(night, 0) for night in nights], dtype=float)
    return replace(found, since=changed_on(nights, values))


def moved_rows(
    name: str, received: Mapping[date, int], bad: Mapping[date, int],
    before: date, first: date, last: date,
) -> Figure:  # fmt: skip
    """Share of delivered rows that were refused (or found faulty), then and now.

    ``received`` and ``bad`` count rows by night.
    """
    now, came = _within(bad, first, last), _within(received, first, last)
    until = _past(before, first)
    since = until - timedelta(days=364)
    was, had = _within(bad, since, until), _within(received, since, until)
    blank = Figure(ROWS, "delivery", name, was / had if had else None,
                   now / came if came else None, None, None, None, had, came, FEW)  # fmt: skip
    if min(had, came) < limit("fewest"):
        return blank
    usually = max(was / had, limit("rows_share") / limit("rows_moved"))
    times = now / came / usually
    watch, moved = limit("rows_watch"), limit("rows_moved")
    told = verdict(times, watch, moved)
    if told == MOVED and now / came < limit("rows_share"):
        told = WATCH
    nights = sorted(night for night in received if since <= night <= last)
    rates = np.array([bad.get(night, 0) / max(received[night], 1) for night in nights])
    dated = changed_on(nights, rates) if told in (WATCH, MOVED) else None
    return replace(blank, distance=times, bound=watch, verdict=told, since=dated)


def _within(counts: Mapping[date, int], first: date, last: date) -> int:
    return sum(number for night, number in counts.items() if first <= night <= last)


def alerts_of(placed: pl.DataFrame, alerts: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Alerts and records by grade and hospital level, for every grade that was ever given.

    ``placed`` has run_date, subject_id and level of the records of some nights, ``alerts``
    run_date, subject_id and grade of all nights: a grade that is gone, or new, is a change too.
    """
    level = pl.col("level").fill_null("-")
    whole = placed.group_by(level).len().sort("level")
    hit = placed.join(alerts, on=["run_date", "subject_id"]).group_by("grade", level).len()
    found = {(grade, name): number for grade, name, number in hit.iter_rows()}
    return {
        f"{grade}, level {name}": (found.get((grade, name), 0), records)
        for name, records in whole.iter_rows()
        for grade in alerts["grade"].unique().sort()
    }


def moved_alerts(
    before: Mapping[str, tuple[int, int]], now: Mapping[str, tuple[int, int]], entity: str
) -> list[Figure]:
    """Alerts in records scored, by grade and hospital level: name to (alerts, records)."""
    found = [
        _rate(name, entity, before.get(name, (0, 0)), now.get(name, (0, 0)))
        for name in sorted({*before, *now})
    ]
    return [
        one if one.distance is None else replace(one, verdict=_rate_verdict(one))
        for one in corrected(found)
    ]


def _rate(name: str, entity: str, before: tuple[int, int], now: tuple[int, int]) -> Figure:
    (was, had), (is_now, came) = before, now
    blank = Figure(ALERT_RATE, entity, name, was / had if had else None,
                   is_now / came if came else None, None, None, None, had, came, FEW)  # fmt: skip
    if min(had, came) < limit("fewest"):
        return blank
    # Half an alert on each side: none at all is no infinite change.
    ratio = ((is_now + 0.5) / came) / ((was + 0.5) / had)
    p = float(stats.fisher_exact([[was, had - was], [is_now, came - is_now]]).pvalue)
    return replace(
        blank, distance=max(ratio, 1 / ratio), bound=limit("alerts_watch"), p_value=p,
        verdict=STEADY,
    )  # fmt: skip


def _rate_verdict(one: Figure) -> str:
    return verdict(one.distance or 0.0, limit("alerts_watch"), limit("alerts_moved"), p=one.p_value)
