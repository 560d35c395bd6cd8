"""Randomness by counting: every draw is a hash of (seed, purpose, keys of the row).

No draw depends on which rows were drawn before it, so a hospital or a month can be made
alone and agree, bit for bit, with the same rows of the whole city.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

# Odd constants of the splitmix64 finaliser (Steele, Lea, Flood 2014).
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)

ID_BITS = 48
ID_DIGITS = 15  # decimal digits that hold 48 bits
ID_MASK = np.uint64((1 << ID_BITS) - 1)
HALF = np.uint64(ID_BITS // 2)
HALF_MASK = np.uint64((1 << ID_BITS // 2) - 1)
ID_DROP = np.uint64(64 - ID_BITS // 2)
ID_TURNS = 4
UNIT = 2.0**-53


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * FIRST
    state = (state ^ (state >> np.uint64(27))) * SECOND
    return state ^ (state >> np.uint64(31))


@dataclass(frozen=True)
class Draw:
    """Draws of one city; ``keys`` are whole-number arrays of equal length (or scalars)."""

    seed: int

    def _purpose(self, purpose: str) -> np.uint64:
        digest = blake2b(f"{self.seed}:{purpose}".encode(), digest_size=8).digest()
        return np.uint64(int.from_bytes(digest, "little"))

    def bits(self, purpose: str, *keys: ArrayLike) -> NDArray[np.uint64]:
        """64 random bits a row."""
        state = np.array([self._purpose(purpose)], dtype=np.uint64)
        for key in keys:
            word = np.atleast_1d(np.asarray(key, dtype=np.int64)).astype(np.uint64)
            state = _mix((state ^ (word * GOLDEN)) + GOLDEN)
        return _mix(state + GOLDEN)

    def uniform(self, purpose: str, *keys: ArrayLike) -> Floats:
        """Uniform in [0, 1)."""
        shifted = self.bits(purpose, *keys) >> np.uint64(11)
        uniform: Floats = shifted.astype(np.float64) * UNIT
        return uniform

    def chance(self, purpose: str, probability: ArrayLike, *keys: ArrayLike) -> Flags:
        """True with the given probability."""
        hit: Flags = self.uniform(purpose, *keys) < np.asarray(probability)
        return hit

    def below(self, purpose: str, bound: ArrayLike, *keys: ArrayLike) -> Whole:
        """Whole number from 0 up to, not including, ``bound``."""
        drawn = np.floor(self.uniform(purpose, *keys) * np.asarray(bound, dtype=np.float64))
        return drawn.astype(np.int64)

    def between(self, purpose: str, low: ArrayLike, high: ArrayLike, *keys: ArrayLike) -> Whole:
        """Whole number from ``low`` to ``high``, both included."""
        lowest = np.asarray(low, dtype=np.int64)
        width = np.asarray(high, dtype=np.int64) - lowest + 1
        drawn: Whole = np.add(lowest, self.below(purpose, width, *keys), dtype=np.int64)
        return drawn

    def normal(self, purpose: str, *keys: ArrayLike) -> Floats:
        """Standard normal, by Box and Muller."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(purpose + "/radius", *keys)))
        angle = 2.0 * np.pi * self.uniform(purpose + "/angle", *keys)
        drawn: Floats = radius * np.cos(angle)
        return drawn

    def spread(self, purpose: str, sigma: ArrayLike, *keys: ArrayLike) -> Floats:
        """Log-normal factor of mean 1 with the given sigma of its logarithm."""
        width = np.asarray(sigma, dtype=np.float64)
        factor: Floats = np.exp(width * self.normal(purpose, *keys) - width**2 / 2)
        return factor

    def pick(self, purpose: str, weights: ArrayLike, *keys: ArrayLike) -> Whole:
        """Place in a list drawn with the given weights."""
        total = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(total, self.uniform(purpose, *keys) * total[-1], side="right")
        place: Whole = np.minimum(found, len(total) - 1)
        return place.astype(np.int64)

    def luckiest(
        self, purpose: str, rows: pl.DataFrame, count: int, key: str = "key"
    ) -> pl.DataFrame:
        """The ``count`` rows that a lot over ``key`` picks, with their ``luck``, luckiest first."""
        luck = pl.Series(self.uniform(purpose, rows[key]))
        order = pl.DataFrame(
            {"luck": luck, key: rows[key], "place": pl.int_range(len(rows), eager=True)}
        )
        first = order.sort("luck", key).head(count)
        return rows[first["place"]].with_columns(first["luck"])

    def identifiers(self, prefix: str, keys: ArrayLike) -> pl.Series:
        """Opaque text ids, one a key below 2**48, no two alike: a shuffle of all 48-bit numbers.

        The numbers tell nothing about order, hospital or origin of a row.
        """
        word = np.asarray(keys, dtype=np.int64).astype(np.uint64) & ID_MASK
        left, right = word >> HALF, word & HALF_MASK
        salt = self._purpose("id/" + prefix)
        for turn in range(ID_TURNS):  # a Feistel network: every turn can be undone
            left, right = (
                right,
                left ^ (_mix((right + np.uint64(turn << ID_BITS)) ^ salt) >> ID_DROP),
            )
        word = (left << HALF) | right
        digits = pl.Series(word.astype(np.int64)).cast(pl.String).str.zfill(ID_DIGITS)
        return pl.select(pl.lit(prefix) + digits).to_series()
