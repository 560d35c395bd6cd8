"""From a doubtful point to what its page shows: facts, comparisons, chain, waterfall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from workbench.wording import FACT_WORDS, LEVEL_WORDS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from workbench.selectors.dossier import Point

COMPARISONS_SHOWN = 10
Names = dict[str, dict[str, str]]
# How reasons write yuan and units: in fen and thousandths, as the lake holds them.
WHOLE = {"yuan": 100, "units": 1000}
# Bars of a waterfall: where every record begins, one a family, and the families left over.
BASE, FAMILY, REST = "base", "family", "rest"
FAMILIES_SHOWN = 8
# A remark of who made a feature about its source, which is no word for an auditor.
SOURCE = re.compile(r" \((?:DOMAIN\b|indicators? |[HC]\d\d)[^()]*\)$")


@dataclass(frozen=True)
class Compared:
    """One value beside its standard; ``text`` is the sentence in both languages."""

    name_en: str
    name_zh: str
    value: float
    standard: float
    p5: float
    p95: float
    n: int
    shown: str
    shown_standard: str
    shown_range: str
    weak: bool
    away: float
    text_en: str
    text_zh: str

    @property
    def outside(self) -> bool:
        """Whether nine in ten peers lie on one side."""
        return not self.p5 <= self.value <= self.p95


@dataclass(frozen=True)
class Link:
    """One link of the chain from purchase to bill: whether and how it does not fit."""

    name: str
    value: float | None
    broken: bool = False
    says: str = ""


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall, from ``start`` to ``end``; ``kind`` is BASE, FAMILY or REST."""

    kind: str
    family: str
    start: float
    end: float

    @property
    def size(self) -> float:
        """What it adds."""
        return self.end - self.start


@dataclass(frozen=True)
class Waterfall:
    """What one source adds up from; ``voice`` is a detector's part of what all detectors say."""

    source: str
    voice: float
    steps: list[Step]

    @property
    def end(self) -> float:
        """What all steps add up to."""
        return self.steps[-1].end if self.steps else 0.0


def facts(point: Point) -> list[tuple[StrPromise, Any]]:
    """What the subject is, in the order in which an auditor asks."""
    told = dict(point.content.get("facts", {}))
    told["level"] = LEVEL_WORDS.get(str(told.get("level")), told.get("level"))
    return [(word, told[name]) for name, word in FACT_WORDS.items() if told.get(name) is not None]


def compared(point: Point) -> list[Compared]:
    """The dimensions farthest out, one a family; of the portrait where there is one."""
    position = point.portrait.get("position") or []
    names = point.content.get("labels", {})
    if not position:
        found = [_of_reason(reason, names) for reason in point.content.get("reasons", [])]
        # By distance, not by what each adds to the score, which is no fact.
        return sorted(found, key=lambda one: -abs(one.away))
    leading: dict[str, dict[str, Any]] = {}
    for one in position:
        held = leading.get(one["family"])
        if held is None or one["suspicious"] > held["suspicious"]:
            leading[one["family"]] = one
    ordered = sorted(leading.values(), key=lambda one: (-one["suspicious"], one["feature"]))
    return [_of_position(one, names) for one in ordered[:COMPARISONS_SHOWN]]


def _title(feature: str, names: Names) -> str:
    """What a feature is called in English; its plain name where nothing was written."""
    return plain(names[feature]["en"]) if feature in names else feature.replace("_", " ")


def plain(title: str) -> str:
    """An English name without its last full stop and without where its makers found it."""
    return SOURCE.sub("", title.rstrip("."))


def _of_position(one: dict[str, Any], names: Names) -> Compared:
    same = ("value", "standard", "p5", "p95", "n", "shown", "shown_standard", "shown_range", "weak",
            "text_en", "text_zh", "away")  # fmt: skip
    name = _title(one["feature"], names)
    return Compared(name_en=name, name_zh=one["zh"], **{key: one[key] for key in same})


def _of_reason(one: dict[str, Any], names: Names) -> Compared:
    by = WHOLE.get(one["unit"], 1)
    shown = {key: (one[key] or 0.0) / by for key in ("value", "standard", "p5", "p95")}
    # The distance in halves of the peers' range, which stands at the place of the spread.
    half = max((shown["p95"] - shown["p5"]) / 2, 1e-9)
    feature = one["feature"]
    return Compared(
        name_en=_title(feature, names),
        name_zh=names[feature]["zh"] if feature in names else feature,
        **shown,
        n=one["n"] or 0,
        shown=f"{shown['value']:,.2f}",
        shown_standard=f"{shown['standard']:,.2f}",
        shown_range=f"{shown['p5']:,.2f} to {shown['p95']:,.2f}",
        weak=False,
        away=(shown["value"] - shown["standard"]) / half,
        text_en=one["text_en"],
        text_zh=one["text_zh"],
    )


def chain(point: Point, words: dict[str, StrPromise]) -> list[Link]:
    """The named facts of an item in order, those marked that do not fit the ones before them."""
    told = point.content.get("facts", {})
    broken = _broken(told)
    return [Link(str(word), told[name], name in broken) for name, word in words.items()
            if told.get(name) is not None]  # fmt: skip


def _broken(told: dict[str, Any]) -> set[str]:
    """The links that are larger than what the ones before them allow."""
    allowed = {
        "billed_quantity": told.get("used_quantity"),
        "billed_price": told.get("price_limit"),
        "billed": told.get("used"),
        "used": told.get("issued"),
        "billed_year": _consumed(told),
    }
    return {
        name
        for name, most in allowed.items()
        if most is not None and told.get(name) is not None and told[name] > most
    }


def _consumed(told: dict[str, Any]) -> float | None:
    """What can have been used between two counts of a ledger."""
    came = [told.get(name) for name in ("year_opening", "bought_year", "in_year")]
    went = [told.get(name) for name in ("out_year", "closing")]
    known = [value for value in (*came, *went) if value is not None]
    # Without one of the books nobody knows, and what is not known breaks nothing.
    if len(known) < len(came) + len(went):
        return None
    return float(sum(known[: len(came)]) - sum(known[len(came) :]))


def waterfalls(point: Point) -> list[Waterfall]:
    """How the stored margin adds up, then what each detector that speaks adds up to.

    None where the night did not keep it: the shares of reasons are no part of any sum, and
    nobody can say afterwards what the rest was.
    """
    return [_waterfall(told) for told in point.content.get("adds", [])]


def _waterfall(told: dict[str, Any]) -> Waterfall:
    ordered = sorted(told["families"], key=lambda one: (-abs(one["adds"]), one["family"]))
    parts = [(FAMILY, one["family"], one["adds"]) for one in ordered[:FAMILIES_SHOWN]]
    if told["base"]:
        parts.insert(0, (BASE, "", told["base"]))
    if len(ordered) > FAMILIES_SHOWN:
        parts.append((REST, "", sum(one["adds"] for one in ordered[FAMILIES_SHOWN:])))
    ends = list(accumulate((size for _, _, size in parts), initial=0.0))
    steps = [
        Step(kind, family, start, end)
        for (kind, family, _), start, end in zip(parts, ends[:-1], ends[1:], strict=True)
    ]
    return Waterfall(told["source"], told["voice"], steps)
