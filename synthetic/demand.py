"""How care and choice answer to prices: volume-based buying, and growth from year to year.

After a price cut more is used: more operations where each takes one implant, more units where
it takes several. In the months that follow, part of the use drifts to products outside the
selection, until the agreed volume has to be met before the agreement's year is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic.catalogue import NEVER, PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

YEAR = 365
CITY_GROWTH = 0.05  # discharges grow by 4 to 6% a year (dossier 5.1)
GROUP_GROWTH = {"FM1": 0.16}  # stents: +17% a year after the cut (dossier 5.3)
RISE = (0.10, 0.26)  # volume grows by 10 to 30% after a cut (dossier 5.3)
USUAL = 0.5  # chance from which a kit's item belongs to every operation
SINGLE = 1.5  # typical units up to which more use means more operations
DRIFT = (60, 120)  # days after the cut in which use moves to products not selected
DRIFT_SHARE = 0.32  # of the uses of selected products, once the drift is complete
COMPLETION = 60  # last days of an agreement's year, when the agreed volume has to be met
COMPLETED = 0.6  # uses of products not selected that go back to selected ones then
SETTLED = 0.85  # the same where the selection is old: more than 95% of use (dossier 5.3)


def cut_day(world: World) -> Whole:
    """First day of the selected price of each generic inside the window; else NEVER."""
    chosen, day = world.products.generic, world.products.selected_at
    first = np.full(len(world.reference.generics), NEVER, dtype=np.int64)
    np.minimum.at(first, chosen, np.where(day > 0, day, NEVER))
    return first


def _rise(world: World, generic: Whole) -> Floats:
    low, high = RISE
    rise: Floats = 1 + low + (high - low) * world.draw.uniform("demand/rise", generic)
    return rise


def _fuller(world: World, adrg: str) -> tuple[int, float]:
    """Day from which a group has more operations, and by what factor; NEVER where it has not."""
    if adrg in GROUP_GROWTH:  # its growth is known by itself
        return NEVER, 1.0
    kits = world.reference.kits
    most = (kits["typical"] <= SINGLE) & (kits["chance"] > USUAL)
    rows = kits.filter((kits["adrg"] == adrg) & most)
    keys = world.reference.generics["key"].to_list()
    generic = np.array([keys.index(item) for item in rows["item"]], dtype=np.int64)
    cuts = cut_day(world)[generic]
    if not (cuts < NEVER).any():
        return NEVER, 1.0
    first = int(np.argmin(cuts))
    return int(cuts[first]), float(_rise(world, generic[first : first + 1])[0])


def admissions(world: World, adrg: str) -> Floats:
    """Relative readiness to admit a group on each day of the window."""
    days = np.arange(world.clock.days)
    yearly = GROUP_GROWTH.get(adrg, CITY_GROWTH)
    begin, factor = _fuller(world, adrg)
    weight: Floats = (1 + yearly) ** (days / YEAR) * np.where(days >= begin, factor, 1.0)
    return weight


def units(world: World, kit: Mapping[str, object], rows: pl.DataFrame) -> Floats:
    """Factor on the units of a kit's item in the operations of some rows of a plan."""
    generic = world.reference.generics["key"].to_list().index(str(kit["item"]))
    cut = cut_day(world)[generic]
    if cut == NEVER or float(str(kit["typical"])) <= SINGLE:
        return np.ones(len(rows))
    begin, operations = _fuller(world, str(kit["adrg"]))
    more = float(_rise(world, np.array([generic]))[0])
    more = max(1.0, more / operations) if begin <= cut else more
    factor: Floats = np.where(rows["admit"].to_numpy() >= cut, more, 1.0)
    return factor


def answered(world: World, taken: Whole, rows: tuple[Whole, Whole, Whole]) -> Whole:
    """The products taken once selection is answered; ``rows``: hospital, source and day."""
    generic = world.products.generic[taken]
    chosen = taken.copy()
    for one in np.unique(generic).tolist():
        mine = generic == one
        hospital, source, day = (values[mine] for values in rows)
        chosen[mine] = _selected(world, taken[mine], one, (hospital, source, day))
    return chosen


def _selected(world: World, taken: Whole, generic: int, rows: tuple[Whole, Whole, Whole]) -> Whole:
    """Drift to products outside the selection, and back when the agreement asks for it."""
    hospital, source, day = rows
    draw, begin = world.draw, world.products.selected_at
    offered = np.flatnonzero(world.products.generic == generic)[: len(PRODUCTS)]
    inside, outside = offered[begin[offered] < NEVER], offered[begin[offered] >= NEVER]
    if not len(inside) or not len(outside):
        return taken
    since = day - int(begin[inside].min())
    in_force = begin[inside].min() < 0  # selected long before the window
    ending = (since % YEAR) >= YEAR - COMPLETION
    progress = np.clip((since - DRIFT[0]) / (DRIFT[1] - DRIFT[0]), 0.0, 1.0)
    lean = 0.4 + 1.2 * draw.uniform("demand/lean", hospital, generic)
    away = 0.0 if in_force else DRIFT_SHARE * progress * lean * ~ending
    back = SETTLED if in_force else COMPLETED * (ending & (since >= 0))
    luck = draw.uniform("demand/switch", source, generic)
    is_inside = np.isin(taken, inside)
    # A hospital stocks one product of each side, so that its choice stays a habit.
    instead = inside[draw.below("demand/inside", len(inside), hospital, generic)]
    left = outside[draw.below("demand/outside", len(outside), hospital, generic)]
    moved = np.where(is_inside & (luck < away), left, taken)
    chosen: Whole = np.where(~is_inside & (luck < back), instead, moved)
    return chosen
