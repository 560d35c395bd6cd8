"""Why people come back: the honest reasons for one stay to follow another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthetic.randomness import Floats


@dataclass(frozen=True)
class Link:
    """Why one stay follows another: an honest reason for a person to come back.

    A course begins with a stay of one of ``groups``; its further stays belong to ``target``,
    or to the same group where there is none, and go on with the same ``chance``, ``most`` times.
    ``gap`` counts days from discharge to admission.
    """

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
    newborn: bool = False


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
TUMOUR_SURGERY = ("JA2", "GB1", "GB2", "EB1")
# Chances follow the returns of a large centre: 6.7% planned in 30 days, a third of them for
# chemotherapy, 0.9% unplanned (dossier 5.1). New reasons go to the end: places are keys.
LINKS = (
    Link("chemo_cycle", ("RE1",), 0.58, 5, (17, 20)),
    Link("chemo_cycle", ("RG1",), 0.57, 5, (18, 22)),
    Link("dialysis_course", ("LL1",), 0.52, 4, (20, 30)),
    Link("staged_eye", ("CB3",), 0.48, 1, (6, 14), other_side=True),
    Link("staged_joint", ("IC2",), 0.10, 1, (45, 110), other_side=True),
    Link("exacerbation", ("ET2", "FR2"), 0.11, 2, (8, 60), emergency=True, planned=False),
    Link("complication", SURGERY, 0.018, 1, (2, 13), "VZ1", emergency=True, planned=False),
    Link("rehabilitation_transfer", ("BR2", "IF3"), 0.10, 1, (0, 1), "XR2", speciality="rehab"),
    Link("adjuvant_chemotherapy", TUMOUR_SURGERY, 0.10, 3, (21, 29), "RE1"),
    Link("staged_coronary", ("FM1", "FM3"), 0.10, 1, (9, 28), "FM1"),
    Link("staged_stone", ("LB1",), 0.30, 1, (14, 28), "LC1"),
    Link("newborn", ("OB1", "OR1"), 0.035, 1, (0, 2), "PU1", planned=False, newborn=True),
)  # fmt: skip
# The first key of each reason's stays within a chain; 0 is the chain's first stay.
PLACES_OF = tuple(1 + sum(link.most for link in LINKS[:place]) for place in range(len(LINKS)))


def link_names(plan: pl.DataFrame) -> pl.Series:
    """The reason of each stay as text; "index" for a chain's first stay."""
    names = np.array([*(link.name for link in LINKS), "index"])
    return pl.Series(names[plan["link"].to_numpy()])


def marked(flag: str) -> list[int]:
    """Places of the links that have a mark, such as ``emergency``."""
    return [place for place, link in enumerate(LINKS) if getattr(link, flag)]


def first_share(adrgs: Sequence[str], volume: Floats) -> Floats:
    """Of each group's stays, the share that begins a chain; the rest are returns.

    A group's volume counts all its stays, so those that courses of illness bring must not be
    drawn again as first stays.
    """
    place = {adrg: number for number, adrg in enumerate(adrgs)}
    first = volume.copy()
    for _ in range(len(LINKS)):  # an inflow may come from a group that has inflows itself
        stays_of_one, inflow = np.ones(len(volume)), np.zeros(len(volume))
        for link in LINKS:
            further = sum(link.chance**turn for turn in range(1, link.most + 1))
            for adrg in link.groups:
                if link.target in {"", adrg}:
                    stays_of_one[place[adrg]] += further
                else:
                    inflow[place[link.target]] += first[place[adrg]] * further
        first = np.maximum(volume - inflow, 0.0) / stays_of_one
    share: Floats = first / np.maximum(volume, 1e-9)
    return share
