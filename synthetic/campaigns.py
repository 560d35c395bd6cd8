"""Who cheats, when and how cleverly: most of it in few hospitals, for some weeks at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.grammar import Dose

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.world import World

IN_CAMPAIGNS = 0.70  # the rest are isolated cases (dossier 5.4)
CROOKED = 0.15  # hospitals that run campaigns of one scheme
LARGE_HOUSES, LARGE_CROOKED = 12, 3
RING = (5, 30)  # subjects of one campaign (dossier 5.4)
RING_SHARE = 0.35  # of what the hospital could corrupt in the period
TIE = 1e-9
OUT_OF_RING = 2.0
CAMPAIGN_DAYS = 42
ACTIVE = 0.6  # share of periods in which a crooked hospital is active
PRIVATE_LEANING = 4.0  # odds of a private house over a public one


def crooked(world: World, code: str) -> Floats:
    """1 for the hospitals that run campaigns of a scheme, else 0."""
    keys = np.arange(len(world.houses.frame))
    private = (world.houses.frame["ownership"] == "private").to_numpy()
    lean = np.where(private, PRIVATE_LEANING, 1.0)
    rank = world.draw.uniform(f"campaign/crooked/{code}", keys) ** (1 / lean)
    flags = np.zeros(len(keys))
    # Two of the large houses always take part, else small ones would hold no volume.
    order = np.argsort(-world.houses.volume.sum(axis=1), kind="stable")[:LARGE_HOUSES]
    flags[
        order[np.argsort(world.draw.uniform(f"campaign/large/{code}", order))[:LARGE_CROOKED]]
    ] = 1.0
    flags[np.argsort(-rank)[: max(3, int(CROOKED * len(keys)))]] = 1.0
    return flags


def choose_each(
    world: World, code: str, fitting: dict[int, pl.DataFrame], dose: Dose
) -> pl.DataFrame:
    """An equal part of the dose for each difficulty, each from the candidates that fit it."""
    parts: list[pl.DataFrame] = []
    for place, level in enumerate(dose.difficulties):
        free = fitting[level]
        for earlier in parts:
            free = free.join(earlier.select("key"), on="key", how="anti")
        wanted = (dose.subjects + place) // len(dose.difficulties)
        part = Dose(wanted, (level,), dose.since)
        parts.append(choose(world, code, free, part, salt=f"/{level}"))
    return pl.concat(parts)


def evened(world: World, code: str, candidates: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Candidates of which no kind has more than the kind in the middle; the luckiest are kept.

    Who cheats takes what is at hand. Where one item were offered far more often than the others,
    nearly all campaigns would be about it, and the item itself would name the guilty.
    ``candidates`` needs ``key`` (unique) and the column named ``kind``.
    """
    sizes = candidates.group_by(kind).len()["len"].sort().to_numpy()
    if not len(sizes):
        return candidates
    luck = pl.Series(world.draw.uniform(f"campaign/even/{code}", candidates["key"]))
    place = pl.col("luck").rank("ordinal").over(kind)
    ordered = candidates.with_columns(luck=luck).sort("luck", "key")
    return ordered.filter(place <= int(sizes[len(sizes) // 2])).drop("luck").sort("key")


def choose(
    world: World, code: str, candidates: pl.DataFrame, dose: Dose, salt: str = ""
) -> pl.DataFrame:
    """The candidates to corrupt, with ``campaign`` and ``difficulty``.

    ``candidates`` needs ``key`` (unique), ``hospital`` and ``day``; the order of its rows
    does not matter.
    """
    ordered = candidates.filter(pl.col("day") >= dose.since).sort("key")
    key, hospital, day = (ordered[n].to_numpy() for n in ("key", "hospital", "day"))
    period = day // CAMPAIGN_DAYS
    active = crooked(world, code)[hospital] > 0
    active &= world.draw.chance(f"campaign/active/{code}", ACTIVE, hospital, period)
    luck = world.draw.uniform(f"campaign/luck/{code}{salt}", key)
    turn = world.draw.uniform(f"campaign/turn/{code}{salt}", hospital, period)
    # Crooked houses first; where they cannot hold all campaigns, others join for a period.
    rank = _rings(ordered.select("hospital"), period, np.where(active, turn, 1 + turn), luck)
    ring = _first(rank, rank < OUT_OF_RING, round(dose.subjects * IN_CAMPAIGNS))
    lone = _first(luck, ~ring & ~active, dose.subjects - int(ring.sum()))
    chosen = ring | lone
    name = np.where(ring, hospital * 1_000 + period, 500_000 + key)
    level = np.array(dose.difficulties)[
        world.draw.below(f"campaign/difficulty/{code}", len(dose.difficulties), name)
    ]
    hashed = (world.draw.bits(f"campaign/name/{code}{salt}", name) >> np.uint64(16)).astype(
        np.int64
    )
    campaign = world.draw.identifiers("K", hashed)
    return ordered.with_columns(campaign=campaign, difficulty=pl.Series(level)).filter(
        pl.Series(chosen)
    )


def _rings(place: pl.DataFrame, period: Whole, turn: Floats, luck: Floats) -> Floats:
    """Rank that fills one campaign after the other, each with a part of what it could take."""
    cells = place.with_columns(period=pl.Series(period), turn=pl.Series(turn), luck=pl.Series(luck))
    cell = ["hospital", "period"]
    cells = cells.with_columns(
        within=pl.col("luck").rank("ordinal").over(cell),
        most=(pl.len() * RING_SHARE).clip(RING[0], RING[1]).over(cell),
    )
    taken = pl.col("within") <= pl.col("most")
    rank = pl.when(taken).then(pl.col("turn") + pl.col("luck") * TIE).otherwise(OUT_OF_RING)
    ranked: Floats = cells.select(rank).to_series().to_numpy()
    return ranked


def _first(luck: Floats, allowed: Whole | np.ndarray, number: int) -> np.ndarray:
    """The ``number`` luckiest of the allowed."""
    ranked = np.where(allowed, luck, 2.0)
    picked = np.zeros(len(luck), dtype=bool)
    picked[np.argsort(ranked, kind="stable")[: max(0, number)]] = True
    return picked & allowed
