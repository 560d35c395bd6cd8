"""Why people come back: the honest reasons for one stay to follow another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Link:
    """Why one stay follows another: an honest reason for a person to come back."""

    name: str
    groups: tuple[str, ...]
    chance: float
    most: int
    gap: tuple[int, int]
    target: str = ""
    emergency: bool = False
    planned: bool = True
    other_side: bool = False
    speciality: str = ""


SURGERY = (
    "IC2",
    "IB2",
    "IB1",
    "GB1",
    "GB2",
    "HC2",
    "IF3",
    "IF4",
    "EB1",
    "NC1",
    "LB1",
    "OB1",
    "BB2",
    "GD2",
)
LINKS = (
    Link("chemo_cycle", ("RE1",), 0.72, 5, (17, 20)),
    Link("chemo_cycle", ("RG1",), 0.70, 5, (18, 22)),
    Link("dialysis_course", ("LL1",), 0.55, 4, (20, 30)),
    Link("staged_eye", ("CB3",), 0.45, 1, (6, 14), other_side=True),
    Link("staged_joint", ("IC2",), 0.10, 1, (45, 110), other_side=True),
    Link("exacerbation", ("ET2", "FR2"), 0.16, 2, (8, 60), emergency=True, planned=False),
    Link("complication", SURGERY, 0.035, 1, (2, 13), "VZ1", emergency=True, planned=False),
    Link("rehabilitation_transfer", ("BR2", "IF3"), 0.14, 1, (0, 1), "XR2", speciality="rehab"),
)  # fmt: skip


def link_names(plan: pl.DataFrame) -> pl.Series:
    """The reason of each stay as text; "index" for a chain's first stay."""
    names = np.array([*(link.name for link in LINKS), "index"])
    return pl.Series(names[plan["link"].to_numpy()])
