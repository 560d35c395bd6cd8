"""What a fee is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.tables import FEE_CATEGORIES
from synthetic.realism.measure import Measured, Values, measure, one, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

FEN = 100
PARTS = {
    "drug": ("drug",),
    "tests": ("examination", "laboratory"),
    "care": ("treatment", "nursing", "bed"),
    "consumable": ("consumable",),
}
JOINTS = ("hip_set", "knee_set")


def structure(rows: pl.DataFrame) -> dict[str, float]:
    """Share of each class in the fees of some stays."""
    total = max(int(rows["total_amount"].sum()), 1)
    return {name: int(rows[f"fee_{name}"].sum()) / total for name in FEE_CATEGORIES}


def _shares(facts: Facts, kind: str) -> Values:
    rows = facts.stays.filter(pl.col("structure") == kind)
    shares = structure(rows)
    return {
        name: Measured(sum(shares[part] for part in parts), len(rows))
        for name, parts in PARTS.items()
    }


@measure(
    "fee_medical",
    why="A medical fee begins from starting shares of its classes; consumables are held between "
    "the groups' own shares (4 to 6%) and this higher one.",
)
def fee_medical(facts: Facts) -> Values:
    """Share of a class in all fees of medical stays.

    Tests are examinations and laboratory; care is treatment, nursing and bed.
    """
    return _shares(facts, "medical")


@measure("fee_surgical", why="Kits and prices make less or more of the fee than proposed.")
def fee_surgical(facts: Facts) -> Values:
    """Share of a class in all fees of stays in surgical groups."""
    return {"consumable": _shares(facts, "surgical")["consumable"]}


@measure(
    "consumable_share",
    why="The published target is of all medical income, with outpatients; by the dossier's own "
    "shares and volumes of the groups, stays alone come to 29%.",
)
def consumable_share(facts: Facts) -> Values:
    """Consumables over all fees."""
    goods, total = facts.stays["fee_consumable"].sum(), facts.stays["total_amount"].sum()
    return ratio(int(goods), int(total), len(facts.stays))


@measure(
    "group_consumable",
    why="The dossier's units at its own prices after the cut (a plate or nail and its screws) "
    "do not add up to its share; elsewhere a kit costs more or less than the share.",
)
def group_consumable(facts: Facts) -> Values:
    """Consumables over all fees of a group's stays, at all levels."""
    sums = facts.stays.group_by("adrg").agg(
        pl.col("fee_consumable", "total_amount").sum(), n=pl.len()
    )
    return {
        row["adrg"]: Measured(row["fee_consumable"] / max(row["total_amount"], 1), row["n"])
        for row in sums.sort("adrg").to_dicts()
        if row["adrg"]
    }


@measure(
    "consumable_joint",
    why="A set of 5,000 to 7,000 yuan is at most 17% of the dossier's cost of 42,000; where a set "
    "is bought in parts it is not counted.",
)
def consumable_joint(facts: Facts) -> Values:
    """Hip and knee sets over all fees of joint replacements (IC2)."""
    rows = facts.stays.filter(pl.col("adrg") == "IC2")
    sets = facts.items.filter((pl.col("adrg") == "IC2") & pl.col("key").is_in(JOINTS))
    return ratio(int(sets["fen"].sum()), int(rows["total_amount"].sum()), len(rows))


@measure("consumable_coronary", why="Stent, balloons and wires are billed at selected prices.")
def consumable_coronary(facts: Facts) -> Values:
    """Mean yuan of consumables of a coronary stenting (FM1)."""
    rows = facts.stays.filter(pl.col("adrg") == "FM1")
    goods = rows["fee_consumable"].mean()
    return one(goods / FEN, len(rows)) if isinstance(goods, float) else {}


@measure("kit_units", why="The kit holds another number of units.")
def kit_units(facts: Facts) -> Values:
    """Units of a product billed in stays of a group, over all stays of the group."""
    stays = {a: n for a, n in facts.stays.group_by("adrg").len().iter_rows() if a}
    sums = facts.items.group_by("adrg", "key").agg(pl.col("units").sum()).sort("adrg", "key")
    return {
        f"{adrg}-{key}": Measured(units / 1000 / stays[adrg], stays[adrg])
        for adrg, key, units in sums.iter_rows()
        if adrg in stays
    }
