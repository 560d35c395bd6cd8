"""Lists of codes and words are read as they stood on the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from claims.errors import LakeError
from claims.knowledge.care_lists import CareList, load_care_lists
from claims.knowledge.kits import kit_frame, load_kits

FIRST, SECOND = date(2021, 5, 1), date(2025, 1, 1)
LIGHT = CareList(
    "light", "Light illnesses.", "a circular", "starts", {SECOND: ("I10", "R"), FIRST: ("I1.",)}
)


def fitting(known: CareList, text: str | None, day: date) -> bool | None:
    """Whether a text fits a list on a day."""
    frame = pl.DataFrame({"text": [text], "day": [day]}, schema={"text": pl.String, "day": pl.Date})
    answer: bool | None = frame.select(known.fits(pl.col("text"), pl.col("day"))).item()
    return answer


@pytest.mark.parametrize(
    ("text", "day", "answer"),
    [
        ("I10.x00", date(2021, 4, 30), None),
        ("I10.x00", FIRST, False),
        ("I1.000", FIRST, True),
        ("I10.x00", SECOND, True),
        ("R07.400", SECOND, True),
        ("AR07", SECOND, False),
        ("I1.000", SECOND, False),
        (None, SECOND, None),
    ],
)
def test_a_code_fits_the_version_of_its_day_by_its_beginning(
    text: str | None, day: date, answer: object
) -> None:
    assert fitting(LIGHT, text, day) is answer


def test_a_word_may_stand_anywhere_in_a_name() -> None:
    words = CareList("words", "Words.", "a circular", "holds", {FIRST: ("输液",)})
    assert fitting(words, "静脉输液(1)", FIRST) is True
    assert fitting(words, "推拿", FIRST) is False


def test_every_list_is_explained_dated_and_not_empty() -> None:
    for known in load_care_lists().by_name.values():
        assert known.doc.endswith(".")
        assert known.basis
        assert known.match in {"starts", "holds"}
        assert all(entry.strip() == entry != "" for one in known.values.values() for entry in one)
        assert all(len(set(one)) == len(one) for one in known.values.values())


def test_a_list_that_does_not_exist_is_told_with_a_hint() -> None:
    with pytest.raises(LakeError, match="low_acuity_diagnoses"):
        load_care_lists()["low_acuity_diagnosis"]


def test_a_kit_holds_from_its_first_day_until_the_next_version(tmp_path: Path) -> None:
    path = tmp_path / "kits.toml"
    path.write_text(
        '[lens]\nname = "lens"\nname_zh = "晶状体"\n'
        '[[lens.versions]]\nsince = 2025-01-01\noperations = ["13.7"]\nclasses = ["C2"]\n'
        '[[lens.versions]]\nsince = 2021-05-01\noperations = ["13.7", "13.4"]\nclasses = ["C1"]\n',
        encoding="utf-8",
    )
    older, newer = load_kits(path)
    assert (older.since, older.until, older.classes) == (FIRST, SECOND, ("C1",))
    assert (newer.since, newer.until, newer.classes) == (SECOND, None, ("C2",))
    assert older.is_for("13.4100x001")
    assert not newer.is_for("13.4100x001")
    assert kit_frame((older, newer))["operation"].to_list() == ["13.7", "13.4", "13.7"]


def test_every_kit_names_operations_and_classes_of_seven_characters() -> None:
    for kit in load_kits():
        assert kit.operations
        assert all(len(code) == 7 for code in kit.classes)
