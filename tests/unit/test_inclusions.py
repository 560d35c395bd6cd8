"""Inclusions are read as they stood on the day, and know what needs the goods for itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from claims.knowledge.inclusions import inclusion_frame, load_inclusions


def test_every_inclusion_names_classes_services_and_a_distance() -> None:
    for one in load_inclusions():
        assert all(len(code) == len("C020404") for code in one.classes), one.name
        assert one.services
        assert 0 <= one.days <= 1
        assert not set(one.services) & set(one.unless)


def test_a_version_holds_until_the_next_one_begins(tmp_path: Path) -> None:
    path = tmp_path / "inclusions.toml"
    version = 'classes = ["C1"]\nservices = ["s"]\nunless = []\ndays = 0\n'
    path.write_text(
        f"[one]\n[[one.versions]]\nsince = 2025-01-01\n{version}"
        f"[[one.versions]]\nsince = 2024-01-01\n{version}",
        encoding="utf-8",
    )
    first, second = load_inclusions(path)
    assert (first.since, first.until) == (date(2024, 1, 1), date(2025, 1, 1))
    assert second.until is None


def test_the_frame_has_a_row_for_each_class_and_words_as_a_pattern() -> None:
    line = inclusion_frame().filter(class_code="C080104").row(0, named=True)
    assert "血液透析" in line["services"]
    assert "|" in line["unless"]
