"""A rule hit as a dossier tells it: evidence and limits with units, as of the day of service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cases.quantities import unit_of, written
from claims.knowledge import load_limits
from features.catalogue import CATALOGUES
from rules.catalogue import BY_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rules.declaration import Rule

# What rules show beside features.
CONTEXT_WORDS: Final[dict[str, tuple[str, str]]] = {
    "billed_price": ("Billed price", "计费单价"),
    "price_limit": ("Price limit on the day", "当日限价"),
    "used_quantity": ("Recorded as used", "使用登记数量"),
    "billed_year": ("Billed between the counts", "盘点期间计费数量"),
    "bought_year": ("Bought between the counts", "盘点期间采购数量"),
    "in_year": ("Came from elsewhere between the counts", "盘点期间调入或盘盈数量"),
    "out_year": ("Left other than to patients between the counts", "盘点期间调出、退货或报损数量"),
    "year_opening": ("Opening count", "期初盘点"),
    "closing": ("Closing count", "期末盘点"),
}
Told = dict[str, Any]


def rule_hit(hit: Mapping[str, Any], day: date | None) -> Told:
    """What is told of one hit on a subject whose service was on ``day``.

    ``shown`` has name and value of the evidence, ``in_force`` the limits as they stood that day
    with the day since when, both in both languages.
    """
    item, limits = BY_CODE[hit["code"]], load_limits()
    evidence = json.loads(hit["evidence"])
    return {
        "code": item.code,
        "en": item.en,
        "zh": item.zh,
        "hook": item.hook,
        "official": item.official,
        "grade": hit["grade"],
        "full_grade": item.grade.value,
        "unasked_en": hit["unasked_en"],
        "unasked_zh": hit["unasked_zh"],
        "version": hit["version"],
        "evidence": evidence,
        "shown": [_shown(item, name, value) for name, value in evidence.items()],
        "limits": {name: limits[name].basis for name in item.limits},
        "limits_zh": {name: [limits[name].zh, limits[name].basis_zh] for name in item.limits},
        "in_force": [_in_force(name, day) for name in item.limits],
        "doc": item.doc,
    }


def _shown(item: Rule, name: str, value: float | None) -> Told:
    catalogue = CATALOGUES[item.entity.name]
    if name in catalogue:
        words = catalogue[name].title, catalogue[name].zh
    else:
        words = CONTEXT_WORDS.get(name, (name.replace("_", " "),) * 2)
    return _in_both(*words, value, unit_of(catalogue, name))


def _in_force(name: str, day: date | None) -> Told:
    limit = load_limits()[name]
    since = None if day is None else limit.since(day)
    value = None if since is None else limit.values[since]
    told = _in_both(limit.doc.rstrip("."), limit.zh or limit.doc, value, limit.unit)
    basis = {"basis_en": limit.basis, "basis_zh": limit.basis_zh or limit.basis}
    days = {"on": day, "since": since}
    return told | basis | {key: None if one is None else str(one) for key, one in days.items()}


def _in_both(en: str, zh: str, value: float | None, unit: str) -> Told:
    return {
        "name_en": en,
        "name_zh": zh,
        "value_en": written(value, unit),
        "value_zh": written(value, unit, zh=True),
    }
