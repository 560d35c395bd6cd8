"""Case groups and their payment standards, derived from what a clean stay is expected to cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import expected
from synthetic.arrays import by_case
from synthetic.catalogue import FAR_PAST
from synthetic.effort import LEVEL_COST, SEVERITY_COST, SEVERITY_SHARE

if TYPE_CHECKING:
    from synthetic.clock import Clock
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

SEVERITIES = (1, 3, 5)
LEVELS = ("3", "2", "1", "0")
SCHEMES = ("employee", "resident")
SCHEME_FACTOR = {"employee": 1.0, "resident": 0.97}
GENEROSITY = 0.915  # standard over mean cost: standards are kept tight
BASE_RATE = 13_000.0  # yuan of weight 1, near the city's mean cost of a stay


@dataclass(frozen=True)
class Standards:
    """``codes``: group x severity; ``amount``: group x severity x level x scheme, in yuan."""

    codes: np.ndarray
    amount: Floats
    frame: pl.DataFrame

    def code(self, group: Whole, severity: Whole) -> np.ndarray:
        """Case group of each stay."""
        return self.codes[group, np.searchsorted(SEVERITIES, severity)]

    def payment(
        self, group: Whole, severity: Whole, level: np.ndarray, scheme: np.ndarray
    ) -> Floats:
        """Payment standard of each stay in yuan."""
        place = [
            np.searchsorted(SEVERITIES, severity),
            _place(LEVELS, level),
            _place(SCHEMES, scheme),
        ]
        amount: Floats = self.amount[group, place[0], place[1], place[2]]
        return amount


def _place(names: tuple[str, ...], values: np.ndarray) -> Whole:
    return by_case([values == name for name in names], list(range(len(names))), 0).astype(np.int64)


def _code(drgs: str, severity: int) -> str:
    """The subgroup for a severity; the nearest milder or worse one where it is missing."""
    listed = drgs.split()
    order = sorted(listed, key=lambda code: abs(int(code[-1]) - severity))
    return order[0]


def build(world: World, clock: Clock) -> Standards:
    """Codes and standards of all groups for both settlement years."""
    groups = world.reference.groups
    codes = np.array([[_code(drgs, s) for s in SEVERITIES] for drgs in groups["drgs"]])
    mean = expected.services(world)
    factor = _severity_factor(codes)
    level = np.array([LEVEL_COST[name] for name in LEVELS])
    scheme = np.array([SCHEME_FACTOR[name] for name in SCHEMES])
    services = (mean[:, None] * factor)[:, :, None] * level[None, None, :]
    total = services + expected.goods(world)[:, None, None]
    amount = np.round(GENEROSITY * total[..., None] * scheme, -1)
    return Standards(codes, amount, _frame(codes, amount, clock))


def scaled(standards: Standards, factor: Floats, clock: Clock) -> Standards:
    """The standards with each group's amounts times a factor."""
    amount = np.round(standards.amount * factor[:, None, None, None], -1)
    return Standards(standards.codes, amount, _frame(standards.codes, amount, clock))


def _severity_factor(codes: np.ndarray) -> Floats:
    """Cost factor of each subgroup: the mean over the severities that share its code."""
    factor = np.zeros(codes.shape)
    for group, row in enumerate(codes):
        for code in set(row.tolist()):
            mine = np.flatnonzero(row == code)
            share = np.array(SEVERITY_SHARE)[mine]
            factor[group, mine] = (np.array(SEVERITY_COST)[mine] * share).sum() / share.sum()
    return factor


def _frame(codes: np.ndarray, amount: Floats, clock: Clock) -> pl.DataFrame:
    rows = {
        (code, LEVELS[lv], SCHEMES[sc]): float(amount[g, s, lv, sc])
        for g in range(len(codes))
        for s, code in enumerate(codes[g])
        for lv in range(len(LEVELS))
        for sc in range(len(SCHEMES))
    }
    return pl.DataFrame(
        {
            "drg": [drg for drg, _, _ in rows],
            "hospital_level": [level for _, level, _ in rows],
            "scheme": [scheme for _, _, scheme in rows],
            "valid_from": [clock.on(FAR_PAST)] * len(rows),
            "valid_to": pl.Series([None] * len(rows), dtype=pl.Date),
            "weight": np.round(np.array(list(rows.values())) / BASE_RATE, 4),
            "payment_standard": list(rows.values()),
        }
    )
