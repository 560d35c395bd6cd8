"""How values and limits are written for people: a number with its unit, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from features.shown import CONTEXT_UNITS
from features.units import YES_NO, inflected

if TYPE_CHECKING:
    from features.catalogue import Catalogue

PER_CENT: Final = 100.0


@dataclass(frozen=True)
class Words:
    """What stands after a number, in forms for one and many where they differ."""

    en: str
    zh: str
    decimals: int = 2
    times: float = 1.0


NOTHING: Final = Words("", "")
# By the name of the unit, of features and of limits alike.
WORDS: Final[dict[str, Words]] = {
    "days": Words(" {day|days}", "天"),
    "nights": Words(" {night|nights}", "晚"),
    "years": Words(" {year|years}", "岁"),
    "hours": Words(" {hour|hours}", "小时"),
    "kilometres": Words(" km", "公里"),
    "yuan": Words(" yuan", "元"),
    "units": Words(" {piece|pieces}", "件"),
    "share": Words("%", "%", times=PER_CENT),
    "share of peers": Words("% of peers", "%的同类", times=PER_CENT),
    # A price a thousandth above another is told apart.
    "ratio": Words(" times", "倍", decimals=4),
    "points": Words(" points", "点"),
    "spreads": Words(" {spread|spreads}", "个离散度", decimals=3),
    "standard errors": Words(" standard {error|errors}", "个标准误", decimals=3),
    "powers of ten": Words(" {power|powers} of ten", "个数量级"),
    "bits": Words(" bits", "比特"),
    "stays": Words(" {stay|stays}", "次住院"),
    "admissions": Words(" {admission|admissions}", "次入院"),
    "visits": Words(" {visit|visits}", "次就诊"),
    "persons": Words(" {person|persons}", "人"),
    "hospitals": Words(" {hospital|hospitals}", "家医院"),
    "diagnoses": Words(" {diagnosis|diagnoses}", "项诊断"),
    "articles": Words(" {article|articles}", "种耗材"),
    "devices": Words(" {device|devices}", "种器械"),
    "items": Words(" {item|items}", "项"),
    "lines": Words(" {line|lines}", "条明细"),
    "codes": Words(" {code|codes}", "个编码"),
    "facts": Words(" {fact|facts}", "项事实"),
    "signs": Words(" {sign|signs}", "项迹象"),
    "count": NOTHING,
    "weight": NOTHING,
    "cosine": NOTHING,
}


def written(value: float | None, unit: str, *, zh: bool = False) -> str:
    """A value with its unit, as '3 days' or '3天'; a dash where there is none.

    Yuan, pieces and hours are given as such; a share as a fraction is written in per cent.
    """
    if value is None:
        return "–"
    if unit == YES_NO.name:
        if value in (0, 1):
            return (("否", "是") if zh else ("no", "yes"))[int(value)]
        unit = "share"
    words = WORDS.get(unit, NOTHING)
    # Adding nothing makes a zero of one that is below it by less than what is written.
    number = f"{round(value * words.times, words.decimals) + 0.0:,.{words.decimals}f}"
    number = number.rstrip("0").rstrip(".")
    return number + (words.zh if zh else inflected(words.en, number))


def unit_of(catalogue: Catalogue, name: str) -> str:
    """The name of the unit of a measured column, or of one that is delivered beside them."""
    if name in catalogue:
        return catalogue[name].unit.name
    return CONTEXT_UNITS[name].name if name in CONTEXT_UNITS else "count"
