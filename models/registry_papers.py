"""What is kept with a recorded bundle: figures, parameters, files, and what the gates said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.gates import FAILED, PASSED
from models.registry_client import ARTIFACTS, FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mlflow import MlflowClient

    from models.bundle import Bundle
    from models.gates import Verdict

GATE_TAG, GATES_TAG, ACTING_TAG, RUN_TAG = "gate.", "gates", "acting", "run"
# Stands in ``gates`` while they are written one by one, so that a run that stops there has
# not let a version pass.
UNFINISHED = "unfinished"
# MLflow keeps so many characters of a parameter; a tag may be longer, but nobody reads it.
LONGEST = 500


@dataclass(frozen=True)
class Papers:
    """What is kept with a recorded bundle.

    ``artifacts`` maps file names to texts; ``acting`` marks what stands in where nothing that
    passed its gates is in office.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    artifacts: Mapping[str, str] = field(default_factory=dict)
    verdicts: Sequence[Verdict] = ()
    acting: bool = False


def keep_run(
    client: MlflowClient, name: str, bundle: Bundle, papers: Papers, home: Path
) -> tuple[str, str]:
    """Keep a run with its figures and files; returns its id and where its bundle lies."""
    run = client.create_run(_experiment(client, name, home), run_name=bundle.version)
    run_id = run.info.run_id
    for key, value in sorted(papers.params.items()):
        client.log_param(run_id, key, str(value)[:LONGEST])
    for key, number in sorted(papers.metrics.items()):
        client.log_metric(run_id, key, number)
    # Where MLflow looks for it, but under this home: an experiment keeps the address it was
    # made with, and the home may have been moved or copied since.
    folder = (home / ARTIFACTS / run_id / "artifacts").absolute()
    bundle.save(folder / FOLDER)
    for file, text in papers.artifacts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    client.set_terminated(run_id)
    return run_id, (folder / FOLDER).as_uri()


def _experiment(client: MlflowClient, name: str, home: Path) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    place = (home / ARTIFACTS).absolute().as_uri()
    return str(client.create_experiment(name, artifact_location=place))


def tag(client: MlflowClient, name: str, version: str, papers: Papers, run_id: str) -> None:
    """Write anew what each gate said, and which run has the card, of a version known before."""
    told = tags_of_papers(papers, run_id)
    known = client.get_model_version(name, version).tags
    if GATES_TAG in told:
        client.set_model_version_tag(name, version, GATES_TAG, UNFINISHED)
        for key in known:
            if key not in told and (key == ACTING_TAG or key.startswith(GATE_TAG)):
                client.delete_model_version_tag(name, version, key)
    for key, value in sorted(told.items(), key=lambda one: one[0] == GATES_TAG):
        client.set_model_version_tag(name, version, key, value)


def tags_of_papers(papers: Papers, run_id: str) -> dict[str, str]:
    """The tags of a version: what each gate said and all together, and which run has the card."""
    told = {f"{GATE_TAG}{one.gate}": f"{one.state}: {one.says}" for one in papers.verdicts}
    if told:
        states = {one.state for one in papers.verdicts}
        told[GATES_TAG] = FAILED if FAILED in states else PASSED
    if papers.acting:
        told[ACTING_TAG] = "yes"
    if papers.artifacts:
        told[RUN_TAG] = run_id
    return {key: value[:LONGEST] for key, value in told.items()}
