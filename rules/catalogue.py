"""All rules, in written order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules import (
    consumable,
    consumable_bill,
    consumable_ledger,
    consumable_scope,
    consumable_source,
    consumable_trace,
    levels,
    stay,
    stay_coding,
    stay_dates,
    stay_devices,
    stay_history,
    stay_identity,
    stay_inducement,
    stay_need,
    stay_proof,
)
from rules.declaration import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claims.history import History
    from features.catalogue import Catalogue

RULES: tuple[Rule, ...] = tuple(
    item
    for module in (
        stay,
        stay_need,
        stay_proof,
        stay_coding,
        stay_identity,
        stay_history,
        stay_dates,
        stay_inducement,
        stay_devices,
        consumable,
        consumable_source,
        consumable_bill,
        consumable_scope,
        consumable_trace,
        consumable_ledger,
        levels,
    )
    for item in vars(module).values()
    if isinstance(item, Rule)
)
BY_CODE: dict[str, Rule] = {item.code: item for item in RULES}


def rules_of(entity: str) -> list[Rule]:
    """Rules on one kind of subject."""
    return [item for item in RULES if item.entity.name == entity]


def missing(item: Rule, catalogue: Catalogue, history: History) -> list[str]:
    """What a rule would need that is not delivered, as 'table.column'.

    Empty when one of its branches has all it needs.
    """
    gaps = [_gaps(names, catalogue, history) for names in item.branches or (tuple(item.reads),)]
    return min(gaps, key=len)


def _gaps(names: Iterable[str], catalogue: Catalogue, history: History) -> list[str]:
    needed = [catalogue[name] for name in names if name in catalogue]
    return sorted({gap for one in needed for gap in catalogue.missing(one, history)})
