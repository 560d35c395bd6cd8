"""Who scores tonight: the champion, and what stands in for it when something is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from claims.settings import load_settings
from flows.offices import bundles_of, empty, in_office, keep_one, office, without_ranker
from flows.promoting import promote, record, rollback, trail
from flows.retraining import champion_of
from models import office_copy, registry
from models.gates import APART, FAILED, PASSED, Verdict
from models.office_trail import NIGHT, By
from models.registry import GateError, Papers
from models.registry_client import RegistryError
from models.storage import ModelError
from models.train import train
from tests.locked import held_by_another_process
from tests.records import FEATURES, RULES, SOMEBODY, audits, records

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


def judged(state: str, gate: str = "calibration") -> Papers:
    """Papers with one gate, and a card."""
    verdict = Verdict(gate, state, 0.1, "It misses.", "A reason.")
    return Papers(verdicts=(verdict,), artifacts={"model-card.md": "# Card\n"})


def learned_on(bundle: Bundle, month: int) -> Bundle:
    """Another content, that learned from a night of another month."""
    return replace(bundle, trained_as_of=date(2025, month, 1))


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
        promote(tmp_path, {"stay": version}, SOMEBODY)
    promote(tmp_path, {"stay": version}, SOMEBODY, "a week's trial")
    assert in_office(tmp_path).bundles["stay"].version == bundle.version
    assert in_office(tmp_path).notices == ()


def test_what_stands_in_has_the_papers_of_what_failed_and_is_no_challenger(
    tmp_path: Path, bundle: Bundle
) -> None:
    """It passed no more gates than the model whose detectors it has."""
    version = keep_one(tmp_path, "stay", bundle, judged(FAILED))
    (acting,) = registry.versions(tmp_path, NAME, acting=True)
    assert (registry.artifacts_of(tmp_path, NAME, acting) / "model-card.md").exists()
    with pytest.raises(GateError, match="calibration"):
        promote(tmp_path, {"stay": acting}, SOMEBODY)
    challenger = registry.challenger(tmp_path, NAME)
    assert challenger is not None
    assert version.endswith(challenger.version)
    assert "No stay model passed its gates" in in_office(tmp_path).notices[0]


def test_detectors_that_tell_nothing_apart_do_not_stand_in(tmp_path: Path, bundle: Bundle) -> None:
    """Rules alone order the queue, and the night says so."""
    keep_one(tmp_path, "stay", bundle, judged(FAILED, APART))
    found = in_office(tmp_path)
    standing = found.bundles["stay"]
    assert "rules alone order the stay queue" in found.notices[0]
    assert standing.notes[-1].startswith("Rules alone order the queue")
    rows = records(200, seed=5)
    scored = standing.score(rows)
    assert scored["anomaly"].unique().to_list() == [0.5]
    by_rule = dict(zip(scored["margin"], rows["rule_H01"], strict=True))
    assert sorted(by_rule.values()) == [0.0, 1.0]
    assert max(by_rule) == next(margin for margin, hit in by_rule.items() if hit)


def test_a_past_night_is_scored_by_who_was_in_office_and_says_so(
    tmp_path: Path, bundle: Bundle
) -> None:
    """What waited, failed a gate or was rolled back never was to score that night."""
    first = keep_one(tmp_path, "stay", learned_on(bundle, 1), judged(PASSED))
    keep_one(tmp_path, "stay", learned_on(bundle, 2), judged(FAILED))
    third = keep_one(tmp_path, "stay", learned_on(bundle, 3), judged(PASSED))
    promote(tmp_path, {"stay": third}, SOMEBODY)
    rollback(tmp_path, "stay", SOMEBODY)
    fifth = keep_one(tmp_path, "stay", learned_on(bundle, 5), judged(PASSED))
    promote(tmp_path, {"stay": fifth}, SOMEBODY)
    for day in (date(2025, 2, 15), date(2025, 4, 15)):
        found = in_office(tmp_path, before=day)
        assert found.bundles["stay"].trained_as_of == date(2025, 1, 1)
        (notice,) = found.notices
        assert notice == (
            "For stay, the model of today learned from later nights; "
            f"a champion before was used: {first}."
        )
    tonight = in_office(tmp_path, before=date(2025, 6, 1))
    assert (tonight.bundles["stay"].trained_as_of, tonight.notices) == (date(2025, 5, 1), ())
    # Nobody was in office yet: who is now scores, and the night itself tells that it learned later.
    early = in_office(tmp_path, before=date(2024, 12, 1))
    assert (early.bundles["stay"].trained_as_of, early.notices) == (date(2025, 5, 1), ())


def test_a_past_night_that_somebody_stood_in_for_is_scored_by_what_stood_in(
    tmp_path: Path, bundle: Bundle
) -> None:
    keep_one(tmp_path, "stay", learned_on(bundle, 1), judged(FAILED))
    later = keep_one(tmp_path, "stay", learned_on(bundle, 3), judged(PASSED))
    assert registry.champion_version(tmp_path, NAME) == later
    found = in_office(tmp_path, before=date(2025, 2, 15))
    assert found.bundles["stay"].ranker is None
    assert "learned from later nights; rules and detectors order the queue" in found.notices[0]


def test_a_lost_version_takes_office_from_its_copy(
    tmp_path: Path, bundle: Bundle, newer: Bundle
) -> None:
    """The copy has the same content; the version's own files are written again."""
    first = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    second = keep_one(tmp_path, "stay", newer, judged(PASSED))
    promote(tmp_path, {"stay": second}, SOMEBODY)
    shutil.rmtree(registry.artifacts_of(tmp_path, NAME, first))
    assert rollback(tmp_path, "stay", SOMEBODY) == first
    assert registry.load_version(tmp_path, NAME, first).content == bundle.content
    file = registry.artifacts_of(tmp_path, NAME, second) / "bundle" / "ranker.txt"
    file.write_text("another")
    assert promote(tmp_path, {"stay": second}, SOMEBODY) == {"stay": second}
    assert registry.load_version(tmp_path, NAME, second).content == newer.content
    # A copy that is damaged as well is none.
    shutil.rmtree(registry.artifacts_of(tmp_path, NAME, first))
    (tmp_path / office_copy.COPIES / NAME / bundle.version / "ranker.txt").write_text("another")
    with pytest.raises(ModelError):
        rollback(tmp_path, "stay", SOMEBODY)
    assert registry.champion_version(tmp_path, NAME) == second


def test_the_trail_keeps_who_came_into_office_when_by_whom_and_why(
    tmp_path: Path, bundle: Bundle, newer: Bundle
) -> None:
    assert trail(tmp_path, "stay") == []
    first = record(tmp_path, "stay", bundle, judged(PASSED), By(NIGHT, SOMEBODY.at))
    second = record(tmp_path, "stay", newer, judged(FAILED), By(NIGHT, SOMEBODY.at))  # it waits
    promote(tmp_path, {"stay": second}, replace(SOMEBODY, why="asked for"), "a trial")
    promote(tmp_path, {"stay": second}, SOMEBODY, "again")  # it is there already
    later = replace(SOMEBODY, at=SOMEBODY.at + timedelta(days=1), why="too many alerts")
    rollback(tmp_path, "stay", later)
    kept = trail(tmp_path, "stay")
    assert [(one.action, one.version, one.before) for one in kept] == [
        ("took office", first, None),
        ("promoted", second, first),
        ("rolled back", first, second),
    ]
    assert kept[0].by == By(NIGHT, SOMEBODY.at)
    assert kept[1].by == replace(SOMEBODY, why="asked for; despite: a trial")
    assert kept[2].by == later


@pytest.mark.parametrize("again", ["record", "promote"])
def test_a_trail_that_could_not_be_kept_is_completed_by_acting_again(
    tmp_path: Path, bundle: Bundle, newer: Bundle, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    """The first event of an office is lost, and so is a later one."""

    def silent(*_: object) -> None:
        raise RegistryError("It does not answer.", "Try again.")

    night, passed = By(NIGHT, SOMEBODY.at), judged(PASSED)
    with monkeypatch.context() as patched:
        patched.setattr("flows.promoting.keep_event", silent)
        with pytest.raises(RegistryError, match="its trail does not say so"):
            record(tmp_path, "stay", bundle, passed, night)
    first = str(registry.champion_version(tmp_path, NAME))
    if again == "record":
        assert record(tmp_path, "stay", bundle, passed, night) == first
    else:
        promote(tmp_path, {"stay": first}, SOMEBODY)
    second = record(tmp_path, "stay", newer, passed, night)
    with monkeypatch.context() as patched:
        patched.setattr("flows.promoting.keep_event", silent)
        with pytest.raises(RegistryError, match="its trail does not say so"):
            promote(tmp_path, {"stay": second}, SOMEBODY)
    assert registry.champion_version(tmp_path, NAME) == second
    promote(tmp_path, {"stay": second}, SOMEBODY)
    promote(tmp_path, {"stay": second}, SOMEBODY)
    kept = [(one.version, one.before) for one in trail(tmp_path, "stay")]
    assert kept == [(first, None), (second, first)]


def test_what_only_stands_in_takes_no_office_and_the_next_counts_as_the_first(
    tmp_path: Path, bundle: Bundle, newer: Bundle
) -> None:
    """A kind of subjects that came later than the others, with few records at first."""
    few = without_ranker(bundle, [])
    keep_one(tmp_path, "stay", few, replace(judged(PASSED), acting=True))
    assert registry.champion_version(tmp_path, NAME) is None
    assert in_office(tmp_path).bundles["stay"].version == few.version
    assert few.notes[-1].endswith("until the next retraining, which has more to learn from.")
    version = keep_one(tmp_path, "stay", newer, judged(PASSED))
    assert registry.champion_version(tmp_path, NAME) == version


def test_a_registry_that_falls_silent_between_two_questions_leaves_the_copy(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_one(tmp_path, "stay", bundle, judged(FAILED))
    held = in_office(tmp_path).bundles["stay"]

    def silent(*_: object, **__: object) -> None:
        raise RegistryError("It does not answer.", "Try again.")

    monkeypatch.setattr("flows.offices.registry.versions", silent)
    found = in_office(tmp_path)
    assert found.bundles["stay"].version == held.version
    assert "does not answer" in found.notices[0]


def test_a_champion_without_files_is_compared_with_by_its_copy(
    tmp_path: Path, bundle: Bundle
) -> None:
    version = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    shutil.rmtree(registry.artifacts_of(tmp_path, NAME, version))
    settings = load_settings(home=tmp_path)
    compared = champion_of(settings, "stay")
    assert compared is not None
    assert compared.version == bundle.version
    shutil.rmtree(tmp_path / office_copy.COPIES)
    assert champion_of(settings, "stay") is None


def test_a_file_that_another_library_wrote_is_a_model_that_cannot_be_read(
    tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """scikit-learn refuses trees of another layout with a ValueError of its own."""
    keep_one(tmp_path, "stay", bundle, judged(PASSED))

    def refuse(*_: object, **__: object) -> None:
        raise ValueError("node array from the pickle has an incompatible dtype")

    monkeypatch.setattr("models.storage.skops.io.loads", refuse)
    found = in_office(tmp_path)
    assert "stay" in found.lost
    assert "the files of the model in office cannot be read" in found.notices[0]


def test_a_refused_version_leaves_no_trail(tmp_path: Path, bundle: Bundle) -> None:
    version = keep_one(tmp_path, "stay", bundle, judged(FAILED))
    with pytest.raises(GateError):
        promote(tmp_path, {"stay": version}, SOMEBODY)
    assert trail(tmp_path, "stay") == []


def test_there_and_back(tmp_path: Path, bundle: Bundle, newer: Bundle) -> None:
    first = keep_one(tmp_path, "stay", bundle, judged(PASSED))
    second = keep_one(tmp_path, "stay", newer, judged(PASSED))
    promote(tmp_path, {"stay": second}, SOMEBODY)
    assert office_copy.current(tmp_path, NAME) == newer.version
    assert rollback(tmp_path, "stay", SOMEBODY) == first
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
    promote(tmp_path, {"stay": second}, SOMEBODY)
    shutil.rmtree(registry.artifacts_of(tmp_path, NAME, second))
    found = in_office(tmp_path)
    assert found.bundles["stay"].version == newer.version
    assert "files of the model in office cannot be read" in found.notices[0]
    shutil.rmtree(tmp_path / office_copy.COPIES)
    found = in_office(tmp_path)
    assert found.bundles["stay"].version == bundle.version
    assert f"a champion before was used: {first}" in found.notices[0]
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
        promote(tmp_path, {"stay": second}, SOMEBODY)
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
