"""Is a scheme found better than by chance? Two tests, each corrected over all schemes tested.

The first asks whether the capacity holds more of the planted than a random draw of as many
records would; it decides. The second asks whether the whole ranking puts them above all
others; it supports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from bench.report.asked import FEWEST, LEVEL
from evaluation.kinds import OURS, QUEUES
from evaluation.recall import EASIER
from models.capacity import places
from models.chance import Ranked, Stratum, at_least, holm, ranked_above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.kinds import Kind

PASSED, FAILED, FEW = "passed", "failed", "too few cases"
SCHEMA = {
    "subject_type": pl.String(),
    "scheme": pl.String(),
    "cases": pl.Int64(),
    "found": pl.Int64(),
    "expected": pl.Float64(),
    "p_value": pl.Float64(),
    "area": pl.Float64(),
    "rank_p_value": pl.Float64(),
}


def tests(kinds: Sequence[Kind]) -> pl.DataFrame:
    """Every scheme of a ranked kind with both tests on its cases of difficulty 1 to 3.

    Adds ``holm``, ``rank_holm`` (null where there are too few cases to test) and ``verdict``.
    """
    rows = [
        _row(name, scheme, [kind for kind in kinds if kind.name == name])
        for name in dict.fromkeys(kind.name for kind in kinds)
        for scheme in _schemes([kind for kind in kinds if kind.name == name])
    ]
    return corrected(pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def corrected(rows: pl.DataFrame) -> pl.DataFrame:
    """Correct the p-values of schemes with enough cases, and give the verdict."""
    enough = rows["cases"] >= FEWEST
    told = rows.with_columns(
        holm=_holm(rows["p_value"], enough), rank_holm=_holm(rows["rank_p_value"], enough)
    )
    better = pl.col("holm") < LEVEL
    return told.with_columns(
        verdict=pl.when(better)
        .then(pl.lit(PASSED))
        .when(pl.col("holm").is_not_null())
        .then(pl.lit(FAILED))
        .otherwise(pl.lit(FEW))
    )


def _holm(values: pl.Series, chosen: pl.Series) -> pl.Series:
    given = [float(one) for one in values.filter(chosen)]
    told = iter(holm(given))
    return pl.Series([next(told) if one else None for one in chosen], dtype=pl.Float64)


def _schemes(kinds: Sequence[Kind]) -> list[str]:
    return sorted({one for kind in kinds for one in kind.key.filter(~pl.col("innocent"))["scheme"]})


def _row(name: str, scheme: str, kinds: Sequence[Kind]) -> tuple[object, ...]:
    cases = [_cases(kind, scheme) for kind in kinds]
    # A case that was never scored cannot be drawn either; it counts as one more record.
    strata = [
        Stratum(
            kind.rows.height + int((~one["scored"]).sum()),
            int(places(kind.tested, kind.rows.height)),
            one.height,
        )
        for kind, one in zip(kinds, cases, strict=True)
    ]
    found = int(sum(float(one["taken"].sum()) for one in cases))
    ranked = ranked_above(_ranks(kind, one) for kind, one in zip(kinds, cases, strict=True))
    return (name, scheme, *_figures(found, strata, ranked))


def _figures(found: int, strata: Sequence[Stratum], ranked: Ranked) -> tuple[float, ...]:
    cases = sum(one.planted for one in strata)
    expected = sum(one.expected for one in strata)
    return cases, found, expected, at_least(found, strata), ranked.area, ranked.p_value


def _cases(kind: Kind, scheme: str) -> pl.DataFrame:
    """Planted subjects of a scheme at difficulty 1 to 3: scored, and taken where tested."""
    mine = kind.key.filter(
        ~pl.col("innocent") & (pl.col("scheme") == scheme) & pl.col("difficulty").is_in(EASIER)
    )
    taken = kind.rows.select("subject_id", taken=pl.Series(kind.taken(OURS, kind.tested)))
    return mine.join(taken, on="subject_id", how="left").select(
        "subject_id", scored=pl.col("taken").is_not_null(), taken=pl.col("taken").fill_null(0.0)
    )


def _ranks(kind: Kind, cases: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    scores = kind.rows[QUEUES[OURS]].cast(pl.Float64).fill_null(-np.inf).to_numpy()
    flags = kind.rows["subject_id"].is_in(cases["subject_id"].implode()).to_numpy()
    return scores, flags.astype(np.bool_)
