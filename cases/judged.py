"""What the earlier rooms hand over about one kind of subject on one night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import polars as pl

    from features.catalogue import Catalogue


def unsummed(_rows: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """No sums at all, of what is only portrayed."""
    return {}


@dataclass(frozen=True)
class Judged:
    """Measured, ruled and scored subjects of one entity.

    ``measured``: subject_id, context, features and their distances from peers.
    ``scores``: subject_id, score (null when prior), score_kind, margin, anomaly, one
    percentile a detector. ``hits``: as ``rules.judge.HITS``. ``standards``: the table
    `standards` as frozen; ``benchmark_version`` names the newest version read. ``top``
    gives the strongest contributions of measured rows: subject_id, rank, feature,
    contribution; only alerts are explained, because that is what costs. ``sums`` gives of the
    same rows what adds up to the stored margin, by subject (see ``models.explain.family_sums``).
    """

    catalogue: Catalogue
    measured: pl.DataFrame
    scores: pl.DataFrame
    hits: pl.DataFrame
    standards: pl.DataFrame
    top: Callable[[pl.DataFrame], pl.DataFrame]
    run_date: date
    model_version: str | None
    benchmark_version: str | None
    data_version: str
    sums: Callable[[pl.DataFrame], dict[str, list[dict[str, Any]]]] = unsummed

    @property
    def scenario(self) -> str:
        """Scenario of the subjects."""
        return self.catalogue.entity.scenario
