"""What carries a model as a whole: contributions of many records, by family and by feature.

Importance is the mean absolute contribution to the margin (log-odds of the ranker, or the order
of the queue before there is one); its interval draws whole hospitals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import stats

from models.bundle import PRIOR
from models.explain import LEADING, RANKER, by_family, explain
from models.frames import SUBJECT, sample
from models.resampling import draws, interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from models.bundle import Bundle

# Cost grows with records; of 600 the mean of a family is known to a few per cent.
RECORDS = 600
REPLICATES = 200
# Below this rank correlation a feature pushes both ways.
LEANING = 0.2
FEWEST = 20


@dataclass(frozen=True)
class Carried:
    """How much a family or feature moves the model in the mean, with its 95% interval."""

    name: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Dependence:
    """Values of a feature and what each gave; ``leaning`` is their rank correlation."""

    name: str
    values: NDArray[np.float64]
    given: NDArray[np.float64]
    leaning: float


@dataclass(frozen=True)
class Whole:
    """What carries a model: families and features, the strongest first."""

    source: str
    records: int
    families: list[Carried]
    features: list[Carried]
    dependence: dict[str, Dependence]


def whole(
    bundle: Bundle, measured: pl.DataFrame, families: Mapping[str, str], suffix: str, *, seed: int
) -> Whole:
    """Explain a sample of records and add up what moved them."""
    rows = sample(measured, RECORDS, seed)
    told = explain(bundle, rows).filter(pl.col("source").is_in(LEADING))
    clusters = rows["hospital_id"].to_list()
    plain = told.with_columns(pl.col("feature").str.replace(f"{suffix}$", ""))
    features = _wide(rows, plain, "feature")
    return Whole(
        PRIOR if bundle.ranker is None else RANKER,
        rows.height,
        _carried(_wide(rows, by_family(told, families), "family"), clusters, seed),
        _carried(features, clusters, seed),
        {
            name: _dependence(name, rows, features[name].to_numpy())
            for name in features.columns
            if name in rows.columns
        },
    )


def _wide(rows: pl.DataFrame, told: pl.DataFrame, column: str) -> pl.DataFrame:
    """Contributions as one column a name, in the order of the rows."""
    summed = told.group_by(SUBJECT, column).agg(pl.col("contribution").sort().sum())
    wide = summed.sort(column, SUBJECT).pivot(on=column, index=SUBJECT, values="contribution")
    return rows.select(SUBJECT).join(wide, on=SUBJECT, maintain_order="left").drop(SUBJECT)


def _carried(wide: pl.DataFrame, clusters: list[str | None], seed: int) -> list[Carried]:
    if not wide.columns:
        return []
    size = np.abs(wide.fill_null(0.0).to_numpy())
    drawn = np.array(
        [counts @ size / max(counts.sum(), 1) for counts in draws(clusters, REPLICATES, seed)]
    )
    found = [
        Carried(name, float(size[:, at].mean()), *interval(drawn[:, at].tolist()))
        for at, name in enumerate(wide.columns)
    ]
    return sorted((one for one in found if one.mean > 0), key=lambda one: (-one.mean, one.name))


def _dependence(name: str, rows: pl.DataFrame, given: NDArray[np.float64]) -> Dependence:
    values = rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = ~np.isnan(values) & ~np.isnan(given)
    x, y = values[known], given[known]
    varied = len(x) >= FEWEST and np.ptp(x) > 0 and np.ptp(y) > 0
    return Dependence(name, x, y, _leaning(x, y) if varied else float("nan"))


def _leaning(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Rank correlation, -1 to 1; of a flag that of its two sides, however rare one is."""
    levels = np.unique(x)
    if len(levels) > 2:  # noqa: PLR2004
        return float(stats.spearmanr(x, y).statistic)
    over, under = y[x == levels[1]], y[x == levels[0]]
    won = stats.mannwhitneyu(over, under).statistic / (len(over) * len(under))
    return float(2 * won - 1)


def way(leaning: float) -> str:
    """Which way of a feature raises suspicion: high, low, both, or '' where nobody can say."""
    if np.isnan(leaning):
        return ""
    if abs(leaning) < LEANING:
        return "both"
    return "high" if leaning > 0 else "low"
