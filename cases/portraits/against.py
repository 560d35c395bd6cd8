"""Positions against peers that are counted here and now, where no table of standards exists.

Units (physicians, departments, hospitals) and persons are held against those like them:
median, 1.4826 x MAD (or the range from P5 to P95 over 3.29, the larger), percentiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cases.portraits.record import Position
from cases.wording import FEW_PEERS
from features.declaration import BOTH, HIGH, Direction
from features.standards import LIMIT_OF_DISTANCE, MAD_TO_SPREAD, P5_TO_P95_SPREADS

if TYPE_CHECKING:
    from features.units import Unit


@dataclass(frozen=True)
class Dimension:
    """One figure of a unit or person: how it is called, written, and read."""

    name: str
    family: str
    en: str
    zh: str
    unit: Unit
    direction: Direction = HIGH


def against(
    own: dict[str, float | None], peers: pl.DataFrame, dimensions: tuple[Dimension, ...], who: str
) -> list[Position]:
    """Positions of one subject's figures among its peers' (one row a peer).

    ``who`` names the peers in both languages, as 'hospitals of level 3 三级医院'.
    """
    found: list[Position] = []
    for one in dimensions:
        value = own.get(one.name)
        others = peers[one.name].drop_nulls() if one.name in peers.columns else pl.Series()
        if value is not None and len(others):
            found.append(_position(one, float(value), others.cast(pl.Float64), who))
    return found


def _position(one: Dimension, value: float, others: pl.Series, who: str) -> Position:
    middle = _quantile(others, 0.5)
    p5, p25, p75, p95 = (_quantile(others, share) for share in (0.05, 0.25, 0.75, 0.95))
    deviation = _quantile((others - middle).abs(), 0.5) * MAD_TO_SPREAD
    spread = max(deviation, (p95 - p5) / P5_TO_P95_SPREADS, one.unit.grain)
    away = max(-LIMIT_OF_DISTANCE, min(LIMIT_OF_DISTANCE, (value - middle) / spread))
    n = len(others)
    few = n < FEW_PEERS
    show = one.unit.show
    said = f"{one.en} {show(value)}; peers {show(middle)} (P5 {show(p5)}, P95 {show(p95)}), "
    said_zh = (
        f"{one.zh}{show(value, zh=True)}；同类中位{show(middle, zh=True)}"
        f"（P5 {show(p5, zh=True)}，P95 {show(p95, zh=True)}），"
    )
    return Position(
        feature=one.en,
        family=one.family,
        zh=one.zh,
        value=value,
        standard=middle,
        p5=p5,
        p25=p25,
        p75=p75,
        p95=p95,
        spread=spread,
        n=n,
        cell=who,
        away=away,
        suspicious=abs(away) if one.direction is BOTH else away,
        weak=few,
        shown=show(value),
        shown_standard=show(middle),
        shown_range=f"{show(p5)} to {show(p95)}",
        text_en=said + f"{n:,} {who}" + (", too few for a strong comparison" if few else ""),
        text_zh=said_zh + f"{n:,} {who}" + ("，样本少，可比性弱" if few else ""),
    )


def _quantile(values: pl.Series, share: float) -> float:
    found = values.quantile(share, "linear")
    return 0.0 if found is None else float(found)
