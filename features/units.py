"""Units of features: how a value is written, and the smallest difference worth naming."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A unit, its suffixes, and its grain.

    ``divisor`` turns the measured value into the shown one (fen to yuan). ``grain`` is the
    least spread a peer group is given, in measured units: where all peers agree to the
    last digit, a smaller difference than this is still no oddity.
    """

    name: str
    en: str
    zh: str
    grain: float
    decimals: int = 1
    divisor: float = 1.0

    def show(self, value: float | None, *, zh: bool = False) -> str:
        """Write a value with its unit; a dash where there is none."""
        if value is None:
            return "-"
        if self is YES_NO and value in (0, 1):
            return (("否", "是") if zh else ("no", "yes"))[int(value)]
        number = f"{value / self.divisor:,.{self.decimals}f}"
        return number + (self.zh if zh else self.en)


DAYS = Unit("days", " d", " 天", grain=0.5)
YEARS = Unit("years", " years", " 岁", grain=1.0, decimals=0)
COUNT = Unit("count", "", "", grain=0.5, decimals=0)
KILOMETRES = Unit("kilometres", " km", " 公里", grain=1.0, decimals=0)
UNITS = Unit("units", " units", " 件", grain=500.0, decimals=1, divisor=1000.0)
YUAN = Unit("yuan", " yuan", " 元", grain=5_000.0, decimals=0, divisor=100.0)
SHARE = Unit("share", "%", "%", grain=0.01, decimals=0, divisor=0.01)
RATIO = Unit("ratio", " times", " 倍", grain=0.02, decimals=2)
BITS = Unit("bits", " bits", " 比特", grain=2.0)
WEIGHT = Unit("weight", "", "", grain=0.02, decimals=2)
YES_NO = Unit("yes or no", "%", "%", grain=0.25, decimals=0, divisor=0.01)
