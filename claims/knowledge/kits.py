"""Dated kits: the classes of device one of which an operation cannot be done without."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

FILE = Path(__file__).with_name("kits.toml")
FRAME: dict[str, Any] = {
    "kit": pl.String, "valid_from": pl.Date, "valid_to": pl.Date,
    "operation": pl.String, "classes": pl.List(pl.String),
}  # fmt: skip


@dataclass(frozen=True)
class Kit:
    """One version of a kit: prefixes of operations, and classes one of which they need."""

    name: str
    since: date
    until: date | None
    operations: tuple[str, ...]
    classes: tuple[str, ...]

    def is_for(self, operation: str) -> bool:
        """Whether the operation needs this kit."""
        return operation.startswith(self.operations)


@cache
def load_kits(path: Path = FILE) -> tuple[Kit, ...]:
    """Read the dated kits; ``until`` is the day on which the next version begins."""
    with path.open("rb") as file:
        raw: dict[str, dict[str, Any]] = tomllib.load(file)
    return tuple(kit for name, entry in raw.items() for kit in _versions(name, entry["versions"]))


def _versions(name: str, entries: Iterable[dict[str, Any]]) -> list[Kit]:
    ordered = sorted(entries, key=lambda entry: entry["since"])
    ends = [later["since"] for later in ordered[1:]]
    return [
        Kit(name, one["since"], end, tuple(one["operations"]), tuple(one["classes"]))
        for one, end in zip(ordered, [*ends, None], strict=True)
    ]


def kit_frame(kits: tuple[Kit, ...] | None = None) -> pl.DataFrame:
    """One row a kit, version and operation: in force from ``valid_from``, before ``valid_to``."""
    chosen = load_kits() if kits is None else kits
    rows = [
        (kit.name, kit.since, kit.until, operation, list(kit.classes))
        for kit in chosen
        for operation in kit.operations
    ]
    return pl.DataFrame(rows, schema=FRAME, orient="row")
