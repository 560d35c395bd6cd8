"""Harmless slips, consignment and transfers: what every honest delivery holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.measure import Values, measure, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts


@measure("noise_late", why="Lines are posted late by a fixed share, cut off at the settlement.")
def noise_late(facts: Facts) -> Values:
    """Fee lines posted 20 hours or more after the service."""
    counts = facts.bills.counts
    return ratio(counts["late"], counts["lines"])


@measure("noise_no_lot", why="Lots go unscanned by a fixed share.")
def noise_no_lot(facts: Facts) -> Values:
    """Consumable lines without a lot."""
    counts = facts.bills.counts
    return ratio(counts["no_lot"], counts["goods"])


@measure("noise_reversed", why="Lines are reversed by a fixed share.")
def noise_reversed(facts: Facts) -> Values:
    """Reversing lines over all fee lines."""
    counts = facts.bills.counts
    return ratio(counts["reversed"], counts["lines"])


@measure(
    "noise_consigned",
    why="Only serialised implants are consigned, in some hospitals; they are few among "
    "consumables.",
)
def noise_consigned(facts: Facts) -> Values:
    """Purchase lines of consigned units (one a unit) over consumable fee lines."""
    rows = facts.table("purchases").filter("consignment").select(pl.len()).collect().item()
    return ratio(rows, facts.bills.counts["goods"])


@measure(
    "noise_transferred",
    why="Pairs of campuses move a part of their lots that was set, not measured.",
)
def noise_transferred(facts: Facts) -> Values:
    """Units transferred in over units purchased."""
    moved = facts.table("stock_moves").filter(pl.col("kind") == "transfer_in")
    units = [
        float(table.select(pl.col("quantity").sum()).collect().item() or 0)
        for table in (moved, facts.table("purchases"))
    ]
    return ratio(units[0], units[1])
