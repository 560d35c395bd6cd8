"""Everything that scores one kind of record, as one thing that is stored, named and loaded.

Without a ranker the queue is ordered by a prior: ``margin`` = logit(anomaly) + HIT for each
rule hit. It is increasing in both, and no probability is claimed.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.detectors import ANOMALY, DETECTORS, DetectorSet
from models.frames import SUBJECT, digest, matrix
from models.ranker import DECIMALS, Ranker
from models.start import HIT
from models.storage import (
    RETRAIN,
    ModelError,
    checksum,
    load_detectors,
    load_ranker,
    read_json,
    save_detectors,
    save_ranker,
    write_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

CALIBRATED, PRIOR = "calibrated", "prior"
SCORE_COLUMNS = ("score", "score_kind", "margin", ANOMALY, *DETECTORS)
BUNDLE_FILE = "bundle.json"
VERSION_LENGTH = 12
# What ``bundle.json`` must say.
CARD = {
    "entity",
    "features",
    "files",
    "notes",
    "rule_columns",
    "scenario",
    "trained_as_of",
    "versions",
}


@dataclass(frozen=True)
class Bundle:
    """Detectors, and a ranker once there were enough audits, for one entity of a scenario.

    ``features`` and ``rule_columns`` name the columns of a measured frame that are read;
    ``versions`` names what it was made with; ``notes`` say what a reader should know.
    """

    scenario: str
    entity: str
    detectors: DetectorSet
    ranker: Ranker | None
    features: tuple[str, ...]
    rule_columns: tuple[str, ...]
    trained_as_of: date
    versions: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What the ranker reads: features, detector percentiles, rule hits."""
        return (*self.features, *DETECTORS, *self.rule_columns)

    @property
    def version(self) -> str:
        """The beginning of ``content``, by which a version is called."""
        return self.content[:VERSION_LENGTH]

    @cached_property
    def content(self) -> str:
        """A hash of all that decides a score; the same data, seed and code give the same one."""
        ranker = self.ranker
        learned = [] if ranker is None else _learned(ranker)
        named = [self.scenario, self.entity, "|".join(self.columns), self.trained_as_of.isoformat()]
        return digest([*named, self.detectors.fingerprint(), *learned])

    def score(self, measured: pl.DataFrame) -> pl.DataFrame:
        """Score each row, in the order given; a row scores the same in any company.

        Returns subject_id, score (probability 0 to 1; null for a prior), score_kind,
        margin (log-odds), anomaly, iforest, hbos, knn (percentiles in (0, 1)).
        """
        placed = self.with_percentiles(measured)
        ranker = self.ranker
        if ranker is None:
            scored = placed.with_columns(
                pl.lit(None, dtype=pl.Float64).alias("score"),
                pl.lit(PRIOR).alias("score_kind"),
                pl.Series("margin", prior_margin(placed, self.rule_columns)),
            )
        else:
            scored = placed.with_columns(
                pl.Series("score", ranker.probability(placed)),
                pl.lit(CALIBRATED).alias("score_kind"),
                pl.Series("margin", ranker.margin(placed)),
            )
        return scored.select(SUBJECT, *SCORE_COLUMNS)

    def with_percentiles(self, measured: pl.DataFrame) -> pl.DataFrame:
        """The measured frame with the detector percentiles the ranker reads."""
        places = self.detectors.score(measured).drop(SUBJECT)
        return measured.drop(places.columns, strict=False).hstack(places)

    def save(self, folder: Path) -> None:
        """Write the bundle into a folder of its own, with a checksum of every file."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        save_detectors(folder, self.detectors)
        if self.ranker is not None:
            save_ranker(folder, self.ranker)
        files = {path.name: checksum(path) for path in sorted(folder.iterdir())}
        write_json(folder / BUNDLE_FILE, self._card() | {"files": files})

    @classmethod
    def load(cls, folder: Path) -> Bundle:
        """Read a bundle; ModelError when a file is missing, altered or not one of its own."""
        card = read_json(folder / BUNDLE_FILE)
        missing = sorted(CARD - card.keys())
        if missing:
            raise ModelError(f"{folder / BUNDLE_FILE} does not say: {', '.join(missing)}.", RETRAIN)
        _check_files(folder, card["files"])
        return cls(
            scenario=card["scenario"],
            entity=card["entity"],
            detectors=load_detectors(folder),
            ranker=load_ranker(folder),
            features=tuple(card["features"]),
            rule_columns=tuple(card["rule_columns"]),
            trained_as_of=date.fromisoformat(card["trained_as_of"]),
            versions=card["versions"],
            notes=tuple(card["notes"]),
        )

    def _card(self) -> dict[str, object]:
        return {
            "scenario": self.scenario,
            "entity": self.entity,
            "features": self.features,
            "rule_columns": self.rule_columns,
            "trained_as_of": self.trained_as_of.isoformat(),
            "version": self.version,
            "versions": dict(self.versions),
            "notes": self.notes,
        }


def _learned(ranker: Ranker) -> list[str]:
    return [ranker.text, repr(ranker.start), repr(ranker.calibration)]


def prior_margin(placed: pl.DataFrame, rule_columns: tuple[str, ...]) -> NDArray[np.float64]:
    """The order of the queue before there is a ranker: logit(anomaly) + HIT x rule hits."""
    unusual, hits = prior_terms(placed, rule_columns)
    return np.asarray(np.round(unusual + HIT * hits.sum(axis=1), DECIMALS))


def prior_terms(
    placed: pl.DataFrame, rule_columns: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the prior adds up: log-odds of ``anomaly`` (a row), and hits (rows x rules, 0 or 1).

    A rule without data (null) counts as silent.
    """
    anomaly = placed[ANOMALY].to_numpy()
    return np.log(anomaly / (1.0 - anomaly)), np.nan_to_num(matrix(placed, rule_columns))


def _check_files(folder: Path, files: Mapping[str, str]) -> None:
    present = {path.name for path in folder.iterdir()} - {BUNDLE_FILE}
    wrong = present.symmetric_difference(files)
    wrong |= {name for name in present & set(files) if checksum(folder / name) != files[name]}
    if wrong:
        names = ", ".join(sorted(wrong))
        raise ModelError(f"The model in {folder} is not as it was saved: {names}.", RETRAIN)
