"""How measured values are handed to people: yuan, units and hours, not fen and thousandths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.units import HOURS, UNITS, YUAN

if TYPE_CHECKING:
    from features.catalogue import Catalogue
    from features.units import Unit

# Context columns that are amounts or quantities of the lake; all others are shown as they are.
CONTEXT_UNITS: dict[str, Unit] = dict.fromkeys(
    (
        "total_amount",
        "fund_amount",
        "payment_standard",
        "platform_price",
        "price_limit",
        "previous_price",
        "billed_price",
        "invoice_price",
        "dearest_invoice",
        "billed_amount_year",
    ),
    YUAN,
) | dict.fromkeys(
    (
        "used_quantity",
        "billed_year",
        "bought_year",
        "consigned_year",
        "in_year",
        "out_year",
        "year_opening",
        "closing",
    ),
    UNITS,
)


def divisor(catalogue: Catalogue, name: str) -> float:
    """What a measured column is divided by before a person sees it, 1 for most."""
    unit = catalogue[name].unit if name in catalogue else CONTEXT_UNITS.get(name)
    return unit.divisor if unit in (YUAN, UNITS, HOURS) else 1.0
