"""The registry: recorded, promoted, rolled back, and silent about it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from claims.errors import NotFoundError
from models.registry import (
    CHAMPION,
    DATABASE,
    RegistryError,
    challenger,
    champion,
    champion_version,
    load_version,
    model_name,
    promote,
    record,
    rollback,
)
from models.train import train
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
        record(bundle, metrics={"auprc": 0.4, "auc": float("nan")}, params={"seed": 1}, home=home)
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
    assert record(bundles[1], metrics={}, params={}, home=home) == recorded[1]


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
    version = record(bundles[0], metrics={}, params={}, home=tmp_path / "old")
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
    promote(tmp_path, NAME, record(bundles[0], metrics={}, params={}, home=tmp_path))
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
    assert champion_version(tmp_path, NAME) is not None
    assert CHAMPION == "champion"
