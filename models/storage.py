"""Detectors and rankers as files: LightGBM's text, JSON for ours, skops for PyOD's.

No pickle: a pickle runs code when it is opened and ties a file to our module names. skops
rebuilds only the listed types; a file that names any other is refused.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED

import skops.io

from claims.errors import JianbaoError
from models.calibration import Calibration
from models.detectors import OTHER_FAMILY, DetectorSet
from models.percentiles import Percentiles
from models.ranker import Ranker
from models.rarity import Rarity
from models.scaling import Scaling
from models.start import Start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.histogram import Fitted

# The only types, beyond those skops itself trusts, that a fitted detector may contain.
TRUSTED = (
    "pyod.models.hbos.HBOS",
    "pyod.models.iforest.IForest",
    "pyod.models.knn.KNN",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.tree._tree.Tree",
)
FOREST, HISTOGRAM, NEIGHBOURS = "forest", "histogram", "neighbours"
DETECTORS_FILE = "detectors.json"
RANKER_TEXT, RANKER_FILE = "ranker.txt", "ranker.json"
RETRAIN = "Train it again with `jianbao retrain`, or restore the folder from a backup."


class ModelError(JianbaoError):
    """A stored model is damaged, altered, or holds what it may not."""

    exit_code = 8


def save_detectors(folder: Path, detectors: DetectorSet) -> None:
    """Write the detector set into the folder."""
    rarity = detectors.rarity
    fitted = {
        FOREST: detectors.forest,
        HISTOGRAM: rarity.histogram,
        NEIGHBOURS: detectors.neighbours,
    }
    for name, one in fitted.items():
        content = skops.io.dumps(one, compression=ZIP_DEFLATED)
        (folder / f"{name}.skops").write_bytes(content)
    ours = {
        "features": detectors.features,
        "scaling": asdict(detectors.scaling),
        "percentiles": {name: asdict(found) for name, found in detectors.percentiles.items()},
        "rarity": {
            "families": rarity.families,
            "percentiles": [asdict(found) for found in rarity.percentiles],
            "usual": rarity.usual,
        },
        "near": detectors.near,
        "rows": detectors.rows,
    }
    write_json(folder / DETECTORS_FILE, ours)


def load_detectors(folder: Path) -> DetectorSet:
    """Read a detector set; scores are bit-equal to those of the set that was saved."""
    ours = read_json(folder / DETECTORS_FILE)
    if "rarity" not in ours:
        ours = _of_earlier_code(ours)
    told = ours["rarity"]
    rarity = Rarity(
        histogram=_load_fitted(folder / f"{HISTOGRAM}.skops"),
        families=tuple(told["families"]),
        percentiles=tuple(Percentiles(**_tuples(one)) for one in told["percentiles"]),
        usual=tuple(told["usual"]),
    )
    return DetectorSet(
        features=tuple(ours["features"]),
        scaling=Scaling(**_tuples(ours["scaling"])),
        forest=_load_fitted(folder / f"{FOREST}.skops"),
        rarity=rarity,
        neighbours=_load_fitted(folder / f"{NEIGHBOURS}.skops"),
        percentiles={name: Percentiles(**_tuples(p)) for name, p in ours["percentiles"].items()},
        near=tuple(ours["near"]),
        rows=ours["rows"],
    )


def _of_earlier_code(ours: Mapping[str, Any]) -> dict[str, Any]:
    """What a model says that was stored before figures had sides and families: both, and one.

    It scores as it did, so that it stays in office, and its nights can be scored again.
    """
    usual, near = ours["bases"]["hbos"], ours["bases"]["knn"]
    sides = [0] * len(ours["scaling"]["columns"])
    return {
        **ours,
        "scaling": {**ours["scaling"], "sides": sides},
        "rarity": {"families": [OTHER_FAMILY] * len(usual), "percentiles": [], "usual": usual},
        "near": near,
    }


def save_ranker(folder: Path, ranker: Ranker) -> None:
    """Write the ranker into the folder."""
    (folder / RANKER_TEXT).write_text(ranker.text, encoding="utf-8", newline="\n")
    ours = {
        "columns": ranker.columns,
        "start": asdict(ranker.start),
        "calibration": asdict(ranker.calibration),
        "measures": dict(ranker.measures),
        "notes": ranker.notes,
    }
    write_json(folder / RANKER_FILE, ours)


def load_ranker(folder: Path) -> Ranker | None:
    """Read the ranker; None when the folder holds none."""
    if not (folder / RANKER_TEXT).exists():
        return None
    ours = read_json(folder / RANKER_FILE)
    measures = {
        name: math.nan if value is None else value for name, value in ours["measures"].items()
    }
    return Ranker(
        columns=tuple(ours["columns"]),
        start=Start.of_record(ours["start"]),
        text=(folder / RANKER_TEXT).read_bytes().decode(),
        calibration=Calibration(**ours["calibration"]),
        measures=measures,
        notes=tuple(ours["notes"]),
    )


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write repeatable JSON: sorted keys, every digit of a number, NaN as null."""
    text = json.dumps(
        _finite(content), sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; ModelError when it is missing or damaged."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"The model file {path} cannot be read.", RETRAIN) from error
    return content


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _load_fitted(path: Path) -> Fitted:
    content = path.read_bytes()
    try:
        strange = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)
        if not strange:
            return skops.io.loads(content, trusted=list(TRUSTED))
    # A library of another version raises what it likes about its own older state.
    except Exception as error:
        raise ModelError(f"The model file {path} cannot be read: {error}", RETRAIN) from error
    names = ", ".join(sorted(strange))
    raise ModelError(f"The model file {path} holds types that are not allowed: {names}.", RETRAIN)


def _tuples(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
