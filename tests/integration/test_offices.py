"""Who scores tonight: the champion, and what stands in for it when something is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from flows.offices import bundles_of, empty, in_office, keep_one, office, promote, rollback
from models import office_copy, registry
from models.gates import FAILED, PASSED, Verdict
from models.registry import GateError, Papers
from models.registry_client import RegistryError
from models.storage import ModelError
from models.train import train
from tests.locked import held_by_another_process
from tests.records import FEATURES, RULES, audits, records

if TYPE_CHECKING:
    from pathlib import Path

    from models.bundle import Bundle

AS_OF = date(2025, 1, 1)
NAME = "hospitalization.stay"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A bundle with a ranker."""
    measured = records(1_500)
    made = train(
        measured,
        audits(measured, 400),
        scenario="hospitalization",
        entity="stay",
        features=FEATURES,
        rule_columns=RULES,
        seed=1,
        threads=1,
        as_of=AS_OF,
        minimum=50,
    )
    assert made.ranker is not None
    return made


@pytest.fixture
def newer(bundle: Bundle) -> Bundle:
    """Another content."""
    return replace(bundle, trained_as_of=AS_OF + timedelta(days=30))


def judged(state: str) -> Papers:
    """Papers with one gate."""
    return Papers(verdicts=(Verdict("calibration", state, 0.1, "It misses.", "A reason."),))


def test_the_first_that_passed_takes_office_and_is_copied(tmp_path: Path, bundle: Bundle) -> None:
    version = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    assert registry.champion_version(tmp_path, NAME) == version
    assert office_copy.current(tmp_path, NAME) == bundle.version
    found = in_office(tmp_path)
    assert found.bundles["stay"].version == bundle.version
    assert found.notices == ()


def test_a_later_one_waits(tmp_path: Path, bundle: Bundle, newer: Bundle) -> None:
    first = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    keep_one(tmp_path, "stay", newer, judged(PASSED))
    assert registry.champion_version(tmp_path, NAME) == first


def test_a_first_that_failed_leaves_its_detectors_and_rules(tmp_path: Path, bundle: Bundle) -> None:
    version = keep_one(tmp_path, "stay", bundle, judged(FAILED))
    assert registry.champion_version(tmp_path, NAME) is None
    found = in_office(tmp_path)
    standing = found.bundles["stay"]
    assert standing.ranker is None
    assert "the first model failed: calibration" in standing.notes[-1]
    assert "No stay model passed its gates" in found.notices[0]
    # A past night can name what stood in.
    assert bundles_of(tmp_path, f"stay:{standing.version}")["stay"].version == standing.version
    with pytest.raises(GateError, match="calibration"):
        promote(tmp_path, {"stay": version})
    promote(tmp_path, {"stay": version}, "a week's trial")
    assert in_office(tmp_path).bundles["stay"].version == bundle.version
    assert in_office(tmp_path).notices == ()


def test_there_and_back(tmp_path: Path, bundle: Bundle, newer: Bundle) -> None:
    first = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    second = keep_one(tmp_path, "stay", newer, judged(PASSED))
    promote(tmp_path, {"stay": second})
    assert office_copy.current(tmp_path, NAME) == newer.version
    assert rollback(tmp_path, "stay") == first
    assert office_copy.current(tmp_path, NAME) == bundle.version


def test_a_held_registry_leaves_the_copy_to_score(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_one(tmp_path, "stay", bundle, judged(PASSED))
    monkeypatch.setattr("models.registry_client.WAIT_SECONDS", 0.1)
    with held_by_another_process(tmp_path / registry.DATABASE):
        found = in_office(tmp_path)
        assert found.bundles["stay"].version == bundle.version
        assert "does not answer" in found.notices[0]
        assert (
            f"the copy of the last model in office was used: {bundle.version}" in found.notices[0]
        )
        assert bundles_of(tmp_path, f"stay:{bundle.version}")["stay"].version == bundle.version
        with pytest.raises(RegistryError):
            registry.must_answer(tmp_path)
        shutil.rmtree(tmp_path / office_copy.COPIES)
        assert set(in_office(tmp_path).lost) == {"stay", "use", "ledger"}


def test_files_that_are_gone_are_replaced_by_the_copy_or_the_champion_before(
    tmp_path: Path, bundle: Bundle, newer: Bundle
) -> None:
    first = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    second = keep_one(tmp_path, "stay", newer, judged(PASSED))
    promote(tmp_path, {"stay": second})
    shutil.rmtree(registry.artifacts_of(tmp_path, NAME, second))
    found = in_office(tmp_path)
    assert found.bundles["stay"].version == newer.version
    assert "files of the model in office cannot be read" in found.notices[0]
    shutil.rmtree(tmp_path / office_copy.COPIES)
    found = in_office(tmp_path)
    assert found.bundles["stay"].version == bundle.version
    assert f"the champion before was used: {first}" in found.notices[0]
    shutil.rmtree(registry.artifacts_of(tmp_path, NAME, first))
    assert in_office(tmp_path).lost == ("stay",)


def test_an_altered_copy_is_not_used(tmp_path: Path, bundle: Bundle) -> None:
    keep_one(tmp_path, "stay", bundle, judged(PASSED))
    shutil.rmtree(tmp_path / registry.ARTIFACTS)
    (tmp_path / office_copy.COPIES / NAME / bundle.version / "ranker.txt").write_text("another")
    assert in_office(tmp_path).lost == ("stay",)


def lose(home: Path) -> None:
    """Remove the files of every version and every copy; the registry still names them."""
    for name in (registry.ARTIFACTS, office_copy.COPIES):
        shutil.rmtree(home / name)


def test_where_nothing_can_be_read_the_next_that_passed_takes_office(
    tmp_path: Path, bundle: Bundle, newer: Bundle
) -> None:
    """Else every night would train anew until somebody promotes."""
    keep_one(tmp_path, "stay", bundle, judged(PASSED))
    lose(tmp_path)
    version = keep_one(tmp_path, "stay", newer, judged(PASSED))
    assert registry.champion_version(tmp_path, NAME) == version
    found = in_office(tmp_path)
    assert (found.bundles["stay"].version, found.notices) == (newer.version, ())


def test_where_nothing_can_be_read_detectors_and_rules_of_the_next_that_failed_stand_in(
    tmp_path: Path, bundle: Bundle, newer: Bundle
) -> None:
    lost = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    lose(tmp_path)
    keep_one(tmp_path, "stay", newer, judged(FAILED))
    assert registry.champion_version(tmp_path, NAME) == lost
    found = in_office(tmp_path)
    standing = found.bundles["stay"]
    assert standing.ranker is None
    assert "cannot be read; rules and detectors order the queue" in found.notices[0]
    assert bundles_of(tmp_path, f"stay:{standing.version}")["stay"].version == standing.version


def test_why_nobody_is_in_office_is_told_apart(tmp_path: Path, bundle: Bundle) -> None:
    """None was trained, or what was trained cannot be read."""
    assert "No model of 'stay' is in office" in str(empty(in_office(tmp_path), " of 'stay'"))
    keep_one(tmp_path, "stay", bundle, judged(PASSED))
    lose(tmp_path)
    assert "cannot be read" in str(empty(in_office(tmp_path), " of 'stay'"))


def test_a_version_that_cannot_be_read_neither_takes_office_nor_stands_in(
    tmp_path: Path, bundle: Bundle, newer: Bundle
) -> None:
    """Whoever is in office stays there, and a night goes on without the one that stood in."""
    first = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    second = keep_one(tmp_path, "stay", newer, judged(PASSED))
    shutil.rmtree(registry.artifacts_of(tmp_path, NAME, second))
    with pytest.raises(ModelError):
        promote(tmp_path, {"stay": second})
    assert registry.champion_version(tmp_path, NAME) == first
    other = tmp_path / "other"
    keep_one(other, "stay", bundle, judged(FAILED))
    (acting,) = registry.versions(other, NAME, acting=True)
    assert in_office(other).bundles["stay"].ranker is None
    shutil.rmtree(registry.artifacts_of(other, NAME, acting))
    assert in_office(other).bundles["stay"].ranker is None  # its copy
    shutil.rmtree(other / office_copy.COPIES)
    assert in_office(other).bundles == {}


def test_without_an_alias_the_copy_of_the_last_champion_scores(
    tmp_path: Path, bundle: Bundle
) -> None:
    keep_one(tmp_path, "stay", bundle, judged(PASSED))
    with closing(sqlite3.connect(tmp_path / registry.DATABASE)) as held, held:
        held.execute("delete from registered_model_aliases where alias = 'champion'")
    found = in_office(tmp_path)
    assert found.bundles["stay"].version == bundle.version
    assert "nobody is in office, though versions are recorded" in found.notices[0]


def test_the_name_of_an_office_is_that_of_its_model() -> None:
    assert office("stay") == NAME
