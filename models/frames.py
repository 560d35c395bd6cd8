"""Frames into matrices, in an order that does not depend on how they arrived.

A shuffled file, another batch or another night must not change a model or a score, so
every fit starts from rows sorted by ``subject_id``, and every draw is a hash of the id.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

SUBJECT = "subject_id"
# The night on which a record was first to be judged.
NIGHT = "as_of"
RULE_PREFIX = "rule_"
_HASH_BYTES = 8


def in_key_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows sorted by ``subject_id``, which is unique."""
    return frame.sort(SUBJECT)


def matrix(frame: pl.DataFrame, columns: Sequence[str]) -> NDArray[np.float64]:
    """Values as rows x columns of float64; null, infinite and absent become NaN.

    An absent column is a feature that was switched off: unknown, not an error.
    """
    values = np.full((frame.height, len(columns)), np.nan)
    for place, name in enumerate(columns):
        if name in frame.columns:
            values[:, place] = frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    values[~np.isfinite(values)] = np.nan
    return values


def hashes(keys: Iterable[str], salt: int) -> NDArray[np.uint64]:
    """One repeatable number a key; another salt gives another draw.

    BLAKE2 rather than Polars' own hash, which may change from one version to the next.
    """
    return np.fromiter((_hash(key, salt) for key in keys), dtype=np.uint64)


def sample(frame: pl.DataFrame, size: int, salt: int) -> pl.DataFrame:
    """At most ``size`` rows, drawn by the hash of their key, in key order."""
    ordered = in_key_order(frame)
    if ordered.height <= size:
        return ordered
    drawn = np.argsort(hashes(ordered[SUBJECT], salt), kind="stable")[:size]
    return ordered[np.sort(drawn)]


def values_frame(
    subjects: pl.Series, columns: Sequence[str], values: NDArray[np.float64]
) -> pl.DataFrame:
    """A matrix (rows x columns) back as a frame led by ``subject_id``."""
    series = [pl.Series(name, values[:, place]) for place, name in enumerate(columns)]
    return pl.DataFrame([subjects.alias(SUBJECT), *series])


def digest(parts: Iterable[str | bytes | NDArray[Any]]) -> str:
    """SHA-256 of texts, bytes and arrays in turn, as hexadecimal digits."""
    total = hashlib.sha256()
    for part in parts:
        total.update(_bytes(part))
        total.update(b"\0")
    return total.hexdigest()


def _hash(key: str, salt: int) -> int:
    text = f"{salt}|{key}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=_HASH_BYTES).digest(), "little")


def _bytes(part: str | bytes | NDArray[Any]) -> bytes:
    if isinstance(part, bytes):
        return part
    return part.encode() if isinstance(part, str) else np.ascontiguousarray(part).tobytes()
