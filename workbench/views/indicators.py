"""Indicators of consumables: from the city down to an article, and to the cases about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from workbench.access import READ_CASE, READ_OVERVIEW
from workbench.indicators import AHEAD, ITEM, RUNGS, of_rung
from workbench.selectors import indicators as figures
from workbench.selectors import overview, queue
from workbench.selectors.indicators import EVERY, PERIODS, Wanted
from workbench.services import looks
from workbench.views.desk import Desk, desk, reader
from workbench.views.overview import RUNG_WORDS

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from workbench.models import User
    from workbench.selectors.indicators import Subject
    from workbench.selectors.queue import CaseRow

WORDS = RUNG_WORDS | {"item": _("Item")}
PERIOD_WORDS = {"month": _("The month"), "year": _("Twelve months")}
MOST_SHOWN = 200
CONSUMABLES = "consumables"
LEDGER_PARTS = 3


@require_safe
@permission_required(READ_OVERVIEW, raise_exception=True)
def indicators(request: HttpRequest) -> HttpResponse:
    """One place of the ladder: its figures with their lines, its parts, its warnings, its cases."""
    here, user = desk(), reader(request)
    months = figures.months(here.lake)
    wanted = _wanted(request, user, list(months))
    names = _names(here, user)
    mine = figures.place(here.lake, wanted, names)
    parts = figures.parts(here.lake, wanted, names) if mine else []
    finer = RUNGS.get(wanted.finer or "", "")
    cases = _cases(here, wanted, user)
    context = {
        "wanted": wanted,
        "months": list(months),
        "periods": PERIOD_WORDS.items(),
        "kinds": _kinds(here, wanted, names),
        "way": _way(wanted, names),
        "top": user.district,
        "place": mine,
        "rung_word": WORDS.get(finer),
        "columns": _columns(wanted, parts),
        "parts": [(_link(wanted, {finer: one.key}), one) for one in parts[:MOST_SHOWN]],
        "more": max(len(parts) - MOST_SHOWN, 0),
        "warnings": _warnings(wanted, mine, parts),
        "of_month": _link(wanted, {}, period="month"),
        "cases": cases,
        "seen": looks.listed(user, cases, looks.INDICATORS),
        "elsewhere": _overview(wanted),
    }
    return render(request, "workbench/indicators.html", context)


def _wanted(request: HttpRequest, user: User, months: list[date]) -> Wanted:
    """Read the address from the top down, without a gap; who minds a district begins there."""
    given = request.GET
    chosen = {"district": user.district} if user.district else {}
    for name in RUNGS.values():
        if name == "district" and user.district:
            if given.get(name, user.district) != user.district:
                break
        elif not given.get(name):
            break
        else:
            chosen[name] = given[name]
    period = given.get("period", "")
    return Wanted(
        chosen,
        next((one for one in months if str(one)[:7] == given.get("month")), (*months, None)[0]),
        period if period in PERIODS else PERIODS[0],
        given.get("class") or EVERY,
    )


def _names(here: Desk, user: User) -> dict[str, str]:
    """What hospitals, classes and articles are called."""
    goods = figures.goods(here.lake, here.published[0]) if here.published else {}
    return goods | overview.names(here.lake, here.published, user.district)


def _kinds(here: Desk, wanted: Wanted, names: dict[str, str]) -> list[tuple[str, str]]:
    """The classes on offer, each with its name where the catalogue has one."""
    if wanted.month is None:
        return []
    codes = figures.kinds(here.lake, wanted.month)
    return [(code, f"{code} {names.get(code, '')}".strip()) for code in codes if code != EVERY]


def _link(wanted: Wanted, more: dict[str, str], **change: str) -> str:
    """The address of a place, with what else is asked for."""
    told = wanted.chosen | more | {"period": wanted.period} | change
    if wanted.month is not None:
        told["month"] = f"{wanted.month:%Y-%m}"
    if wanted.kind != EVERY:
        told["class"] = wanted.kind
    return "?" + urlencode(told)


def _way(wanted: Wanted, names: dict[str, str]) -> list[tuple[Any, str, str]]:
    """The places above, the city first, each with its address."""
    way = []
    for depth, (rung, value) in enumerate(wanted.chosen.items(), 1):
        above = Wanted(
            dict(list(wanted.chosen.items())[:depth]), wanted.month, wanted.period, wanted.kind
        )
        way.append((WORDS[rung], names.get(value, value), _link(above, {})))
    return way


def _columns(wanted: Wanted, parts: list[Subject]) -> list[Any]:
    """The indicators that any of the parts has, as the first part tells them."""
    told = {
        one.what.name
        for part in parts
        for one in part.measured
        if not part.hidden and one.value is not None
    }
    lines = [one for part in parts[:1] for one in part.measured]
    return [
        one for one in lines if one.what in of_rung(wanted.finer or "") and one.what.name in told
    ]


def _warnings(
    wanted: Wanted, mine: Subject | None, parts: list[Subject]
) -> list[tuple[str, Subject, Any]]:
    """Lines that the next month will cross at the present trend."""
    finer = RUNGS.get(wanted.finer or "", "")
    placed = [(_link(wanted, {}), mine)] if mine else []
    placed += [(_link(wanted, {finer: one.key}), one) for one in parts]
    return [
        (link, subject, one)
        for link, subject in placed
        for one in subject.alerts
        if one.state == AHEAD
    ]


def _cases(here: Desk, wanted: Wanted, user: User) -> tuple[CaseRow, ...]:
    """Cases about the uses of a physician, or about an article of one, for who may read cases."""
    if wanted.rung not in ("physician", ITEM) or not user.has_perm(READ_CASE):
        return ()
    hospital = {name: wanted.chosen[name] for name in ("district", "hospital_id")}
    place = overview.Place(hospital, CONSUMABLES, user.district)
    rows = overview.points(here.lake, here.published, place)
    mine = [row["case_id"] for row in rows.iter_rows(named=True) if _about(row, wanted)]
    return queue.some(here.lake, here.published, mine)


def _about(row: dict[str, Any], wanted: Wanted) -> bool:
    """Whether a point is about a use of the physician, or the hospital's ledger of the article."""
    item = wanted.chosen.get("item")
    parts = str(row["subject_id"]).split("|")
    if len(parts) == LEDGER_PARTS:
        return parts[1] == item
    same = all(row[name] == wanted.chosen[name] for name in ("department", "physician_id"))
    return same and (item is None or item in parts)


def _overview(wanted: Wanted) -> str:
    """The same place among the overviews."""
    told = {name: value for name, value in wanted.chosen.items() if name != "item"}
    return "?" + urlencode(told | {"scenario": CONSUMABLES})
