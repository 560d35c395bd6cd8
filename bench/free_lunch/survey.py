"""Measure every column of a kind of subject, and a shallow tree on all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from sklearn.tree import DecisionTreeClassifier

from bench.free_lunch.answers import ALL, Answers, answers, kinds
from bench.free_lunch.columns import Columns, as_numbers
from bench.free_lunch.population import POPULATIONS
from bench.free_lunch.scoring import Flags, Floats, Ranking, average_precision

if TYPE_CHECKING:
    from bench.free_lunch.city import City

RAW, FEATURE = "raw column", "feature"
SHOWN = ("kind", "source", "column", "scheme", "cases", "way", "area", "threshold")
DEPTH, LEAF = 3, 20
INNOCENTS_SHOWN = 3_000  # to the tree, of one half: enough for a depth of 3, and quick
LUCK_ROUNDS = 3
MANY_CASES = 100  # with so many, luck adds nothing worth a bound of its own


@dataclass(frozen=True)
class Group:
    """The columns of one kind of subject from one source, and the answers to its rows."""

    kind: str
    source: str
    columns: Columns
    answers: Answers
    half: Flags


def groups(city: City) -> list[Group]:
    """Raw columns and features of every kind in which something is planted."""
    planted = kinds(city.key)
    raw = [
        group_of(city.key, kind, RAW, POPULATIONS[kind](city.tables))
        for kind in planted
        if kind in POPULATIONS
    ]
    measured = [
        group_of(city.key, kind, FEATURE, city.features[kind])
        for kind in planted
        if kind in city.features
    ]
    return [group for group in raw + measured if group.answers.any.any()]


def unlisted(city: City) -> list[str]:
    """Kinds with something planted whose whole population cannot be listed from the tables."""
    return [kind for kind in kinds(city.key) if kind not in POPULATIONS]


def group_of(key: pl.DataFrame, kind: str, source: str, rows: pl.DataFrame) -> Group:
    """The columns of a frame with ``subject_id`` and ``place``."""
    numbers = as_numbers(rows) if source == RAW else _as_they_are(rows)
    return Group(kind, source, numbers, answers(key, kind, rows["subject_id"]),
                 halves(rows["place"]))  # fmt: skip


def _as_they_are(rows: pl.DataFrame) -> dict[str, Floats]:
    frame = rows.drop("subject_id", "place").select(pl.all().cast(pl.Float64).fill_null(np.nan))
    return {series.name: series.to_numpy() for series in frame.iter_columns()}


def halves(places: pl.Series) -> Flags:
    """Whether each row lies in the first half of the places, as a hash of them falls."""
    named = places.fill_null("")
    first = {
        name: blake2b(str(name).encode(), digest_size=1).digest()[0] % 2 == 0
        for name in named.unique()
    }
    flags: Flags = named.replace_strict(first, return_dtype=pl.Boolean).to_numpy().astype(np.bool_)
    return flags


def survey(group: Group) -> pl.DataFrame:
    """Worth of each column against each scheme and all of them, best first."""
    found: list[tuple[object, ...]] = []
    for name, values in group.columns.items():
        ranking = Ranking.of(values, group.answers.clean, group.half)
        for scheme, guilty in group.answers.guilty.items():
            if guilty.any():
                ways = ranking.ways(guilty)
                found.append((group.kind, group.source, name, scheme, int(guilty.sum()), ways.way,
                              ways.best, ways.threshold))  # fmt: skip
    frame = pl.DataFrame(found, schema=list(SHOWN), orient="row")
    return frame.sort("area", "column", descending=[True, False])


def luck(group: Group, scheme: str, seed: int = 0) -> float:
    """How far above chance the best of all columns gets for as many innocents, drawn at random.

    0 where there are cases enough.
    """
    cases = int(group.answers.guilty[scheme].sum())
    if cases >= MANY_CASES:
        return 0.0
    rng, clean = np.random.default_rng([seed, cases]), np.flatnonzero(group.answers.clean)
    drawn = []
    for _ in range(LUCK_ROUNDS):
        flags = np.zeros(len(group.half), dtype=np.bool_)
        flags[rng.choice(clean, cases, replace=False)] = True
        drawn.append(flags)
    best = 0.0
    for values in group.columns.values():
        ranking = Ranking.of(values, group.answers.clean, group.half)
        best = max(best, *(ranking.by_luck(flags).best for flags in drawn))
    return max(0.0, best - cases / len(clean))


def tree(group: Group, scheme: str = ALL, seed: int = 0) -> float:
    """Area of a shallow tree grown in one half of the places and read in the other, both ways."""
    guilty, clean = group.answers.guilty[scheme], group.answers.clean
    matrix = _matrix(group.columns)
    found = 0.0
    for half in (group.half, ~group.half):
        rows = _learned_from(guilty & half, clean & half, seed)
        if not guilty[rows].any():
            continue
        grown = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=LEAF, random_state=seed)
        grown.fit(matrix[rows], guilty[rows], sample_weight=_weights(guilty[rows], clean & half))
        mine, others = (
            grown.predict_proba(matrix[flags & ~half])[:, 1]
            if (flags & ~half).any() else np.zeros(0)
            for flags in (guilty, clean)
        )  # fmt: skip
        found += average_precision(mine, others) * len(mine)
    return found / max(int(guilty.sum()), 1)


def _matrix(columns: Columns) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """All columns side by side; what is unknown lies below everything."""
    filled = [
        np.where(np.isfinite(values), values, np.nanmin(values[np.isfinite(values)]) - 1.0)
        for values in columns.values()
        if np.isfinite(values).any()
    ]
    return np.column_stack(filled).astype(np.float32)


def _learned_from(
    guilty: Flags, clean: Flags, seed: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    innocent = np.flatnonzero(clean)
    rng = np.random.default_rng(seed)
    some = rng.choice(innocent, min(INNOCENTS_SHOWN, len(innocent)), replace=False)
    return np.sort(np.concatenate([np.flatnonzero(guilty), some]))


def _weights(guilty: Flags, clean: Flags) -> Floats:
    """Each innocent that is shown stands for those of its half that are not."""
    shown = int((~guilty).sum())
    return np.where(guilty, 1.0, max(1.0, float(clean.sum()) / max(shown, 1)))
