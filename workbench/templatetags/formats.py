"""How values are shown: one filter a kind of value."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims.schema import FEN_PER_YUAN
from workbench.families import family
from workbench.selectors.shown import plain
from workbench.typologies import title
from workbench.wording import (
    CODE_WORDS,
    DETECTOR_WORDS,
    EVENT_WORDS,
    GRADE_WORDS,
    LOSS_WORDS,
    OUTCOME_WORDS,
    REASON_WORDS,
    RULE_GRADE_WORDS,
    SCENARIO_WORDS,
    SELECTED_WORDS,
    STATE_WORDS,
    SUBJECT_WORDS,
    SUM_WORDS,
)

if TYPE_CHECKING:
    from workbench.selectors.queue import CaseRow

register = template.Library()

SHORT_PSEUDONYM = 8
LEDGER = re.compile(r"^[^|]+\|(?P<item>[^|]+)\|(?P<month>\d{4}-\d{2})$")
PER_CENT = 100
BAR_WIDTH = 44
RANKER = "probability"
# How figures that were written when the score was made end, and what Chinese says instead.
UNIT_CHINESE = {
    "to": "至", "d": "天", "h": "小时", "yuan": "元", "units": "件", "km": "公里", "times": "倍",
    "year": "岁", "years": "岁", "bits": "比特", "yes": "是", "no": "否",
}  # fmt: skip
UNIT = re.compile(rf"\b({'|'.join(UNIT_CHINESE)})\b")


@register.filter
def yuan(fen: int) -> str:
    """Whole yuan with commas, as both languages write amounts."""
    return f"{round(fen / FEN_PER_YUAN):,}"


@register.filter
def yuan_and_fen(fen: int) -> str:
    """The exact amount."""
    return f"{fen / FEN_PER_YUAN:,.2f}"


@register.filter
def count(number: int) -> str:
    """A count with commas."""
    return f"{number:,}"


@register.filter
def per_cent(share: float) -> str:
    """A probability in whole per cent; never 0 or 100, which would claim certainty."""
    return f"{min(max(round(share * PER_CENT), 1), PER_CENT - 1)}%"


@register.filter
def percentile(share: float) -> str:
    """A percentile with one decimal; the highest shown is 99.9."""
    return f"{min(share * PER_CENT, 99.9):.1f}"


@register.filter
def bar(share: float) -> str:
    """The length of a bar that shows a share."""
    return f"{min(max(share, 0), 1) * BAR_WIDTH:.1f}"


@register.filter
def grade_word(grade: str) -> str:
    """The word of a grade."""
    return str(GRADE_WORDS.get(grade, grade))


@register.filter
def scenario_word(scenario: str) -> str:
    """The word of a scenario."""
    return str(SCENARIO_WORDS.get(scenario, scenario))


@register.filter
def state_word(state: str) -> str:
    """The word of a state."""
    return str(STATE_WORDS.get(state, state))


@register.filter
def outcome_word(outcome: str) -> str:
    """The word of a conclusion."""
    return str(OUTCOME_WORDS.get(outcome, STATE_WORDS.get(outcome, outcome)))


@register.filter
def reason_word(code: str) -> str:
    """The words of a reason code."""
    return str({k: w for words in REASON_WORDS.values() for k, w in words.items()}.get(code, code))


@register.filter
def event_word(name: str) -> str:
    """What the trail tells of, in words."""
    return str(EVENT_WORDS.get(name, name))


@register.filter
def loss_word(method: str) -> str:
    """How an amount was found."""
    return str(LOSS_WORDS.get(method, method))


@register.filter
def selected_word(way: str) -> str:
    """What chose an alert."""
    return str(SELECTED_WORDS.get(way, way))


@register.filter
def rule_grade_word(grade: str) -> str:
    """How far the data alone can carry a rule."""
    return str(RULE_GRADE_WORDS.get(grade, grade))


@register.filter
def detector_word(told: str) -> str:
    """A detector and the band from which it speaks, as ``hbos 99 9`` says it."""
    name, _blank, band = told.partition(" ")
    bound = band.replace(" ", ".")
    shown = f"{bound}%" if name == RANKER else f"P{bound}"
    return _("%(detector)s, from %(band)s") % {
        "detector": DETECTOR_WORDS.get(name, name),
        "band": shown,
    }


@register.filter
def figure(told: str) -> str:
    """A figure with its unit, written in English when the score was made, for the reader."""
    return UNIT.sub(lambda found: UNIT_CHINESE[found[1]], told) if in_chinese() else told


@register.filter
def sum_word(source: str) -> str:
    """What the bars of a source add up to."""
    return str(SUM_WORDS.get(source, source))


@register.filter
def family_word(name: str) -> str:
    """What a family of features is called."""
    return family(name, chinese=in_chinese())


@register.filter
def subject_word(kind: str) -> str:
    """What kind of subject a doubtful point is about."""
    return str(SUBJECT_WORDS.get(kind, kind))


@register.filter
def said(told: object, name: str = "text") -> str:
    """The text of a label, rule or reason in the reader's language, the other where missing."""
    held = told if isinstance(told, dict) else vars(told)
    stem = f"{name}_" if name else ""
    first, second = held.get(f"{stem}en"), held.get(f"{stem}zh")
    found = (second or first) if in_chinese() else (first or second)
    return _(", ").join(found) if isinstance(found, list) else str(found or "")


@register.filter
def clock(moment: str) -> str:
    """A moment of the trail by the clock on the wall of its readers."""
    return timezone.localtime(datetime.fromisoformat(moment)).strftime("%Y-%m-%d %H:%M:%S")


@register.filter
def measure(name: str, names: dict[str, dict[str, str]]) -> str:
    """What a measured column is called."""
    if name not in names:
        return name.replace("_", " ")
    return names[name]["zh"] if in_chinese() else plain(names[name]["en"])


@register.filter
def value(told: object) -> str:
    """A fact as people write it: dates and texts as they are, numbers with what they need."""
    if isinstance(told, bool):
        return _("yes") if told else _("no")
    if isinstance(told, float):
        return f"{told:,.0f}" if told == round(told) else f"{told:,.2f}"
    return str(CODE_WORDS.get(str(told), told))


@register.filter
def mask(pseudonym: str | None) -> str:
    """The beginning of a pseudonym."""
    return (pseudonym or "")[:SHORT_PSEUDONYM]


@register.filter
def rule_title(code: str) -> str:
    """What a rule code is about."""
    return title(code, chinese=in_chinese())


@register.filter
def neutral(rule: dict[str, str]) -> str:
    """The name of a rule as a hospital may read it: a doubt, where its own name is a verdict."""
    return rule_title(rule["code"]) or said(rule, "")


@register.filter
def headline(row: CaseRow) -> str:
    """The sentence in the reader's language, or the other one where it is missing."""
    first, second = row.headline_en, row.headline_zh
    return (second or first) if in_chinese() else (first or second)


@register.filter
def subject(row: CaseRow) -> list[str]:
    """What the case is about, in parts: a person, an item and its month, or as it was said."""
    if row.person_id:
        return [_("Person %(id)s") % {"id": row.person_id[:SHORT_PSEUDONYM]}]
    ledger = LEDGER.match(row.about)
    if ledger is None:
        return [row.about]
    return [_("Item %(item)s") % {"item": ledger["item"]}, ledger["month"]]


def in_chinese() -> bool:
    """Whether the reader asked for Chinese."""
    return (get_language() or "").startswith("zh")
