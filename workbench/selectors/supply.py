"""The chain of an item as its page shows it: each step, where it breaks, which book is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.selectors.shown import Link, chain
from workbench.wording import BREAK_WORDS, CHAIN_WORDS, MISSING_WORDS, OWN_WORDS, SUPPLY_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrPromise

    from workbench.selectors.dossier import Point

# Told where they moved anything, or where a count closes the chain.
SELDOM = ("issued", "brought_back", "closing")
# The step at which each break shows.
AT = {"use": "used", "bill": "billed", "shelf": "closing"}


@dataclass(frozen=True)
class Supply:
    """One item in one hospital, from ``since`` (None without a count) to ``until``."""

    since: date | None
    until: date
    steps: list[Link]
    left: float | None
    missing: list[StrPromise]
    # What the stay of a use itself has on record and on its bill.
    own: list[Link]

    @property
    def broken(self) -> bool:
        """Whether any step does not fit the ones before it."""
        return any(link.broken for link in self.steps)


def supply(point: Point) -> Supply | None:
    """The chain of the item of a point; None where its night wrote none."""
    told = point.content.get("supply")
    if told is None:
        return None
    return Supply(
        date.fromisoformat(told["since"]) if told["since"] else None,
        date.fromisoformat(told["until"]),
        [_link(told, name) for name in SUPPLY_WORDS if _is_shown(told, name)],
        told["left"],
        [MISSING_WORDS[name] for name in told["missing"]],
        chain(point, OWN_WORDS),
    )


def before_supply(point: Point) -> list[Link]:
    """The chain of a night that looked into no books beside the use."""
    return [] if "supply" in point.content else chain(point, CHAIN_WORDS)


def _is_shown(told: Mapping[str, Any], name: str) -> bool:
    value = told["steps"].get(name)
    return bool(value) or (name not in SELDOM) or (name == "closing" and value is not None)


def _link(told: Mapping[str, Any], name: str) -> Link:
    value = told["steps"].get(name)
    units = next((told["breaks"][one] for one, at in AT.items() if at == name
                  and one in told["breaks"]), None)  # fmt: skip
    if units is None:
        return Link(str(SUPPLY_WORDS[name]), value)
    says = str(BREAK_WORDS[_kind(told, name, units)]) % {"units": f"{abs(units):,g}"}
    return Link(str(SUPPLY_WORDS[name]), value, broken=True, says=says)


def _kind(told: Mapping[str, Any], name: str, units: float) -> str:
    """Which sentence a break has."""
    if name == "closing":
        return "fewer" if units > 0 else "more"
    if name == "billed":
        return "bill_unrecorded" if told["steps"]["used"] is None else "bill"
    return "use"
