"""Models that were trained while the registry did not answer: kept in folders, recorded later.

A training takes hours, and a registry that answered at its beginning may be held by another
program at its end. What was trained then lies under ``unrecorded/``, a folder a model: its
bundle, its card and pictures, and what the gates said.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.promoting import record
from models.bundle import Bundle
from models.gates import Verdict
from models.registry import Papers
from models.registry_client import RegistryError
from models.storage import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.office_trail import By

FOLDER, BUNDLE, PAPERS = "unrecorded", "bundle", "papers.json"
COMMAND = "jianbao retrain --record"


def keep(home: Path, entity: str, bundle: Bundle, papers: Papers) -> Path:
    """Keep a model that cannot be recorded now; returns its folder, which is never half-written."""
    folder = home / FOLDER / f"{entity}-{bundle.version}"
    making = folder.with_name(f"{folder.name}.new")
    for old in (making, folder):
        shutil.rmtree(old, ignore_errors=True)
    bundle.save(making / BUNDLE)
    for file, text in papers.artifacts.items():
        (making / file).write_text(text, encoding="utf-8", newline="\n")
    told = asdict(papers) | {"entity": entity, "artifacts": sorted(papers.artifacts)}
    (making / PAPERS).write_text(json.dumps(told, indent=1), encoding="utf-8")
    return making.rename(folder)


def record_kept(home: Path, by: By) -> list[tuple[str, str]]:
    """Record all that was kept, oldest training first, and clear its folders.

    Returns entity and version of each. Raises RegistryError where the registry still does not
    answer, and ModelError, at the end, of what cannot be read; both leave what was not taken.
    """
    held, damaged = [], []
    for folder in _folders(home):
        try:
            held.append((folder, Bundle.load(folder / BUNDLE)))
        except ModelError as error:
            damaged.append(error)
    done = []
    for folder, bundle in sorted(held, key=lambda one: one[1].trained_as_of):
        entity, papers = _papers(folder)
        done.append((entity, record(home, entity, bundle, papers, by)))
        shutil.rmtree(folder)
    if damaged:
        raise damaged[0]
    return done


def must_be_recorded(report: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise RegistryError where a training had to keep a model; ``report`` is the flow's."""
    kept = [made["waits_in"] for made in report.values() if made["waits_in"] is not None]
    if kept:
        raise RegistryError(
            "The model registry did not answer at the end of the training. Nothing is lost: what"
            f" was trained is kept in {', '.join(kept)}.",
            f"Once the registry answers, record it with `{COMMAND}`.",
        )


def _folders(home: Path) -> list[Path]:
    return sorted(file.parent for file in (home / FOLDER).glob(f"*/{PAPERS}")
                  if file.parent.suffix != ".new")  # fmt: skip


def _papers(folder: Path) -> tuple[str, Papers]:
    held = json.loads((folder / PAPERS).read_text(encoding="utf-8"))
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in held["artifacts"]}
    verdicts = tuple(Verdict(**one) for one in held["verdicts"])
    return held["entity"], Papers(held["metrics"], held["params"], texts, verdicts)
