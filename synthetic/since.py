"""From which day on there is a hospital, a price, a code or a way of coding, where that shifts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.catalogue import NEVER, Products

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from synthetic.clock import Clock
    from synthetic.hospitals import Houses
    from synthetic.randomness import Draw, Flags, Whole
    from synthetic.reference import Reference
    from synthetic.shift import Shift

NEW_CODES_FROM = 290_000  # numbers from which renewed codes are drawn
SELECTED_PRICE = 0.45  # of the price before, once a class is bought by volume


@dataclass(frozen=True)
class Since:
    """First days: of hospitals (0: always), and of each group's coding in the next edition."""

    houses: Whole
    coding: Whole

    def closed(self, hospital: Whole, day: Whole) -> Flags:
        """Rows before the hospital's opening."""
        flags: Flags = np.asarray(day) < self.houses[hospital]
        return flags

    def stocked(self, hospital: Whole) -> Whole:
        """First day of a unit on the shelf; -1, before the first day, where it may be older."""
        opened = self.houses[hospital]
        first: Whole = np.where(opened > 0, opened, -1)
        return first


def _days(named: Mapping[str, date], of: pl.Series, clock: Clock) -> Whole:
    """The day of the first name that each text begins with; NEVER where none does."""
    days = np.full(len(of), NEVER, dtype=np.int64)
    for name, day in named.items():
        mine = of.str.starts_with(name).to_numpy()
        days[mine] = np.minimum(days[mine], (day - clock.start).days)
    return days


def priced(products: Products, shift: Shift, clock: Clock) -> Products:
    """Products with the price cuts of the shift: one selected price from that day on."""
    cut = _days(shift.prices, products.frame["class_code"], clock)
    hit = cut < NEVER
    standing = np.where(products.change < cut, products.later_price, products.price)
    return replace(
        products,
        price=np.where(hit, standing, products.price),
        later_price=np.where(hit, np.round(standing * SELECTED_PRICE, 2), products.later_price),
        change=np.where(hit, cut, products.change),
        selected_at=np.where(hit, cut, products.selected_at),
        frame=products.frame.with_columns(
            vbp=pl.when(pl.Series(hit)).then(1).otherwise("vbp").cast(products.frame["vbp"].dtype)
        ),
    )


def renewed(draw: Draw, products: Products, shift: Shift, clock: Clock) -> Products:
    """Products and, at the end, those that replace some of them under a new code."""
    day = _days(shift.items, products.frame["class_code"], clock)
    # Codes that are renewed anyway, or are themselves new, stay as they are.
    own = np.isin(np.arange(len(day)), products.successor[products.renewed_at < NEVER])
    old = np.flatnonzero((day < NEVER) & (products.renewed_at == NEVER) & ~own)
    row = np.concatenate([np.arange(len(day)), old])
    digits = draw.identifiers("", old + NEW_CODES_FROM).str.slice(5, 10)
    kept = products.codes.gather(old)
    codes = pl.select(kept.str.slice(0, 10) + digits + kept.str.slice(20, 7)).to_series()
    successor = np.concatenate([products.successor, np.arange(len(day), len(row))])
    successor[old] = np.arange(len(day), len(row))
    renewed_at = np.concatenate([products.renewed_at, np.full(len(old), NEVER)])
    renewed_at[old] = day[old]
    frame = pl.concat([products.frame, products.frame[old].with_columns(item_code=codes)])
    arrays = ("generic", "price", "later_price", "change", "selected_at", "registered",
              "serialised", "covered", "pack")  # fmt: skip
    return replace(
        products,
        frame=frame,
        codes=pl.concat([products.codes, codes]),
        udi=products.udi.gather(row),
        successor=successor,
        renewed_at=renewed_at,
        **{name: getattr(products, name)[row] for name in arrays},
    )


def opened(draw: Draw, houses: Houses, shift: Shift, clock: Clock) -> Whole:
    """Opening day of each hospital: public general ones of the second level open, if any."""
    days = np.zeros(len(houses.frame), dtype=np.int64)
    fit = (
        (houses.frame["level"] == "2")
        & (houses.frame["kind"] == "general")
        & (houses.frame["ownership"] == "public")
    ).to_numpy()
    mothers = [*houses.campus_of, *houses.campus_of.values()]
    fit &= ~np.isin(np.arange(len(fit)), mothers)
    rows = np.flatnonzero(fit)
    order = rows[np.argsort(draw.uniform("shift/opening", rows), kind="stable")]
    for row, day in zip(order, shift.hospitals, strict=False):
        days[row] = (day - clock.start).days
    return days


def build(
    draw: Draw, clock: Clock, reference: Reference, houses: Houses, products: Products, shift: Shift
) -> tuple[Products, Since]:
    """The price list with the shift's changes, and the first days of everything."""
    coding = _days(shift.diagnoses, reference.groups["adrg"], clock)
    listed = renewed(draw, priced(products, shift, clock), shift, clock)
    return listed, Since(opened(draw, houses, shift, clock), coding)
