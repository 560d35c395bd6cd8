"""The registry: recorded, promoted, rolled back, and silent about it."""

from __future__ import annotations

import shutil
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from claims.errors import NotFoundError
from models.gates import FAILED, PASSED, Verdict
from models.registry import (
    ARTIFACTS,
    CHAMPION,
    DATABASE,
    GateError,
    Papers,
    RegistryError,
    artifacts_of,
    challenger,
    champion,
    champion_version,
    last_champion_version,
    load_version,
    model_name,
    promote,
    record,
    rollback,
    tags_of,
    versions,
)
from models.storage import ModelError
from models.train import train
from tests.locked import held_by_another_process
from tests.records import FEATURES, RULES, records

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from models.bundle import Bundle

NAME = model_name("hospitalization", "stay")


@pytest.fixture(scope="module")
def measured() -> pl.DataFrame:
    """Measured records."""
    return records(300)


@pytest.fixture(scope="module")
def bundles(measured: pl.DataFrame) -> list[Bundle]:
    """Two bundles that differ."""
    return [
        train(
            measured,
            None,
            scenario="hospitalization",
            entity="stay",
            features=FEATURES,
            rule_columns=RULES,
            seed=seed,
            threads=1,
            as_of=date(2025, 1, 1),
        )
        for seed in (1, 2)
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose path needs quoting."""
    return tmp_path_factory.mktemp("a home")


@pytest.fixture(scope="module")
def recorded(home: Path, bundles: list[Bundle]) -> list[str]:
    """Both bundles, recorded in turn."""
    return [
        record(bundle, Papers({"auprc": 0.4, "auc": float("nan")}, {"seed": 1}), home=home)
        for bundle in bundles
    ]


def test_a_home_without_a_registry_has_no_champion_and_gets_no_file(tmp_path: Path) -> None:
    """Asking changes nothing."""
    assert champion(tmp_path, NAME) is None
    assert champion_version(tmp_path, NAME) is None
    assert not (tmp_path / DATABASE).exists()


def test_a_version_names_its_number_and_its_content(
    recorded: list[str], bundles: list[Bundle]
) -> None:
    """The content part repeats on any machine; the number tells the order."""
    assert recorded == [f"{number}-{one.version}" for number, one in enumerate(bundles, start=1)]


def test_the_newest_record_is_challenger_and_nobody_is_champion_unasked(
    home: Path, recorded: list[str], bundles: list[Bundle]
) -> None:
    """Promotion is a decision."""
    found = challenger(home, NAME)
    assert recorded
    assert found is not None
    assert found.version == bundles[1].version
    assert champion(home, NAME) is None


def test_the_same_content_keeps_its_number(
    home: Path, recorded: list[str], bundles: list[Bundle]
) -> None:
    """A second run of the same training is a run, not a version."""
    assert record(bundles[1], Papers(), home=home) == recorded[1]


def test_files_that_were_lost_are_written_again_with_the_same_content(
    tmp_path: Path, bundles: list[Bundle], measured: pl.DataFrame
) -> None:
    """Training repeats to the bit: the second run is what the version was."""
    version = record(bundles[0], Papers(), home=tmp_path)
    shutil.rmtree(tmp_path / ARTIFACTS)
    assert record(bundles[0], Papers(), home=tmp_path) == version
    found = load_version(tmp_path, NAME, version)
    assert found.score(measured).equals(bundles[0].score(measured))


class StoppedError(Exception):
    """What kills a run half-way."""


def stopping(monkeypatch: pytest.MonkeyPatch, call: str, key: str) -> None:
    """Let MLflow's client die when it is to write this."""
    from mlflow import MlflowClient  # noqa: PLC0415 - it may speak when nobody hushed it first

    real = getattr(MlflowClient, call)

    def write(self: Any, *given: str) -> Any:
        if key in given:
            raise StoppedError
        return real(self, *given)

    monkeypatch.setattr(MlflowClient, call, write)


def test_gates_that_were_half_written_let_nobody_pass(
    tmp_path: Path, bundles: list[Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run of the same training stops among its verdicts."""
    verdicts = [Verdict(name, PASSED, 1.0, "It holds.", "Why.") for name in ("a", "b")]
    version = record(bundles[0], Papers(verdicts=verdicts), home=tmp_path)
    with monkeypatch.context() as patched:
        stopping(patched, "set_model_version_tag", "gate.b")
        with pytest.raises(StoppedError):
            record(bundles[0], Papers(verdicts=verdicts), home=tmp_path)
    with pytest.raises(GateError, match="not written to the end"):
        promote(tmp_path, NAME, version)
    record(bundles[0], Papers(verdicts=verdicts), home=tmp_path)
    assert promote(tmp_path, NAME, version) == version


def test_a_gate_that_is_asked_no_more_stands_in_nobodys_way(
    tmp_path: Path, bundles: list[Bundle]
) -> None:
    old, new = (Verdict(name, state, 1.0, "Says.", "Why.")
                for name, state in (("renamed", FAILED), ("a", PASSED)))  # fmt: skip
    version = record(bundles[0], Papers(verdicts=[old], acting=True), home=tmp_path)
    record(bundles[0], Papers(verdicts=[new]), home=tmp_path)
    assert versions(tmp_path, NAME, acting=True) == []
    assert promote(tmp_path, NAME, version) == version


def test_a_promotion_that_stopped_half_way_is_no_step_to_roll_back(
    tmp_path: Path, bundles: list[Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (record(one, Papers(), home=tmp_path) for one in bundles[:2])
    promote(tmp_path, NAME, first)
    with monkeypatch.context() as patched:
        stopping(patched, "set_registered_model_alias", "champion")
        with pytest.raises(StoppedError):
            promote(tmp_path, NAME, second)
    assert champion_version(tmp_path, NAME) == first
    assert last_champion_version(tmp_path, NAME) is None
    with pytest.raises(NotFoundError, match="no earlier champion"):
        rollback(tmp_path, NAME)
    promote(tmp_path, NAME, second)
    assert rollback(tmp_path, NAME) == first


def test_promote_and_rollback_go_there_and_back(
    home: Path, recorded: list[str], bundles: list[Bundle], measured: pl.DataFrame
) -> None:
    """Promoting the one in office changes nothing; rolling back ends at the first."""
    promote(home, NAME, recorded[0])
    promote(home, NAME, recorded[0])
    assert promote(home, NAME, "2") == recorded[1]
    assert champion_version(home, NAME) == recorded[1]
    assert rollback(home, NAME) == recorded[0]
    found = champion(home, NAME)
    assert found is not None
    assert found.score(measured).equals(bundles[0].score(measured))
    with pytest.raises(NotFoundError, match="no earlier champion"):
        rollback(home, NAME)


def test_any_version_can_be_loaded_to_score_a_past_night_again(
    home: Path, recorded: list[str], bundles: list[Bundle]
) -> None:
    """By full name, number or content."""
    for version in (recorded[1], "2", bundles[1].version):
        assert load_version(home, NAME, version).version == bundles[1].version


def test_an_unknown_version_is_named_beside_the_known_ones(home: Path, recorded: list[str]) -> None:
    """A clear message with a way out."""
    with pytest.raises(NotFoundError, match=rf"no version '9'.*{recorded[0]}"):
        promote(home, NAME, "9")


def test_a_moved_home_still_finds_its_models(
    tmp_path: Path, bundles: list[Bundle], measured: pl.DataFrame
) -> None:
    """MLflow stores absolute addresses; the home is what counts."""
    version = record(bundles[0], Papers(), home=tmp_path / "old")
    promote(tmp_path / "old", NAME, version)
    (tmp_path / "old").rename(tmp_path / "new")
    found = champion(tmp_path / "new", NAME)
    assert found is not None
    assert found.score(measured).equals(bundles[0].score(measured))


def test_a_registry_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """Instead of a stack of somebody else's calls."""
    (tmp_path / DATABASE).write_bytes(b"not a database, but long enough to be read as one" * 20)
    with pytest.raises(RegistryError, match="does not answer"):
        champion(tmp_path, NAME)


def test_nothing_is_said_on_the_screen(
    tmp_path: Path, bundles: list[Bundle], capfd: pytest.CaptureFixture[str]
) -> None:
    """Creating the database is not news to an auditor."""
    promote(tmp_path, NAME, record(bundles[0], Papers(), home=tmp_path))
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
    assert champion_version(tmp_path, NAME) is not None
    assert CHAMPION == "champion"


def verdict(state: str) -> Verdict:
    """What a gate said."""
    return Verdict("calibration", state, 0.1, "Probabilities miss by 0.3.", "A reason.")


def test_a_version_that_failed_a_gate_is_refused_and_the_gate_named(
    tmp_path: Path, bundles: list[Bundle]
) -> None:
    """Unless somebody says why it should take office, which is kept."""
    first = record(bundles[0], Papers(verdicts=(verdict(PASSED),)), home=tmp_path)
    second = record(bundles[1], Papers(verdicts=(verdict(FAILED),)), home=tmp_path)
    promote(tmp_path, NAME, first)
    with pytest.raises(GateError, match=r"calibration .Probabilities miss by 0.3"):
        promote(tmp_path, NAME, second)
    assert champion_version(tmp_path, NAME) == first
    assert promote(tmp_path, NAME, second, despite="a trial for one week") == second
    assert champion_version(tmp_path, NAME) == second
    assert "a trial for one week" in tags_of(tmp_path, NAME, second)["promoted despite"]
    assert tags_of(tmp_path, NAME, first)["gate.calibration"].startswith("passed")


def test_card_and_pictures_lie_beside_the_model(tmp_path: Path, bundles: list[Bundle]) -> None:
    """Where MLflow shows them, and where a reader finds them."""
    papers = Papers(artifacts={"model-card.md": "# Card\n"})
    version = record(bundles[0], papers, home=tmp_path)
    folder = artifacts_of(tmp_path, NAME, version)
    assert (folder / "model-card.md").read_text() == "# Card\n"
    assert load_version(tmp_path, NAME, version).version == bundles[0].version


def test_rolling_back_to_a_model_that_is_gone_changes_nothing(
    tmp_path: Path, bundles: list[Bundle]
) -> None:
    """Who is in office stays, rather than somebody who cannot score."""
    versions = [record(one, Papers(), home=tmp_path) for one in bundles]
    for version in versions:
        promote(tmp_path, NAME, version)
    shutil.rmtree(artifacts_of(tmp_path, NAME, versions[0]))
    with pytest.raises(ModelError):
        rollback(tmp_path, NAME)
    assert champion_version(tmp_path, NAME) == versions[1]


def test_a_registry_that_another_program_holds_is_waited_for_a_bounded_time(
    tmp_path: Path, bundles: list[Bundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow alone would try for minutes."""
    record(bundles[0], Papers(), home=tmp_path)
    monkeypatch.setattr("models.registry_client.WAIT_SECONDS", 0.2)
    with held_by_another_process(tmp_path / DATABASE):
        began = time.monotonic()
        with pytest.raises(RegistryError, match="database is locked"):
            champion(tmp_path, NAME)
        assert time.monotonic() - began < 5
    assert champion(tmp_path, NAME) is None
