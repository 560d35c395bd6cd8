"""Uses billed beyond their record are asked again when a count of the store settles."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.lake import Lake, Span
from features.subjects import Night
from flows.waiting import MEASURED, counted_tonight
from tests.worlds import world

if TYPE_CHECKING:
    from pathlib import Path

    from claims.history import History

ITEM = "C0201010010001"
# Ten days after the count of hospital H, which was told two days after it.
COUNTED = date(2025, 6, 10)
STAYS = """
    stay_id | hospital_id | admitted_at | discharged_at | voided
    a       | H           | 2025-05-01  | 2025-05-08    | no
    b       | K           | 2025-05-01  | 2025-05-08    | no
    gone    | H           | 2025-05-01  | 2025-05-08    | yes
"""
COUNTS = f"""
    hospital_id | item_code | lot | counted_on | quantity | received_on
    H           | {ITEM}    | L   | 2025-05-31 | 5        | 2025-06-02
    H           | OTHER     | L   | 2025-05-31 | 5        | 2025-06-02
    K           | {ITEM}    | L   | 2025-05-31 | 5        | 2025-06-13
"""


def known(until: date) -> History:
    """What is known by a night."""
    return world(until, stays=STAYS, stock_counts=COUNTS)


def lake(root: Path, **unlike: object) -> Lake:
    """A lake in which one night measured a use of each stay, the first of them as told."""
    plain = {
        "item_code": ITEM, "run_date": date(2025, 5, 9),
        "billed_over_used": 1_000.0, "has_record": 1.0, "record_expected": 0.0,
        "gone_unrecorded": None,
    }  # fmt: skip
    rows = [{**plain, **unlike}, plain, plain]
    ids = [f"{stay}|{row['item_code']}" for stay, row in zip(("a", "b", "gone"), rows, strict=True)]
    frame = pl.DataFrame(rows, schema_overrides={"gone_unrecorded": pl.Float64})
    found = Lake.at(root)
    for (on,), part in frame.with_columns(subject_id=pl.Series(ids)).group_by("run_date"):
        found.replace(MEASURED, part, Span.night(on), keys=["run_date", "subject_id"])
    return found


def asked(lake: Lake, on: date, reopen_days: int = 60) -> list[str]:
    """Stays whose use is asked again on a night."""
    found = counted_tonight(lake, known(on), Night(on, reopen_days))
    assert set(found["as_of"]) <= {on}
    return [subject.split("|")[0] for subject in found["subject_id"]]


def test_it_is_asked_on_the_night_of_the_count_alone(tmp_path: Path) -> None:
    held = lake(tmp_path)
    assert asked(held, date(2025, 6, 2)) == []
    assert asked(held, date(2025, 6, 9)) == []
    assert asked(held, COUNTED) == ["a"]
    assert asked(held, date(2025, 6, 13)) == ["b"]
    assert asked(held, date(2025, 6, 14)) == []


@pytest.mark.parametrize(
    "unlike",
    [
        {"billed_over_used": 0.0},
        {"gone_unrecorded": 0.0},
        {"has_record": 0.0},
        {"run_date": COUNTED},
    ],
    ids=["equal", "decided", "no record is kept", "of this very night"],
)
def test_what_the_count_says_nothing_new_of_is_not_asked(
    tmp_path: Path, unlike: dict[str, object]
) -> None:
    assert asked(lake(tmp_path, **unlike), COUNTED) == []


def test_an_article_that_is_recorded_by_rule_waits_without_a_record(tmp_path: Path) -> None:
    assert asked(lake(tmp_path, has_record=0.0, record_expected=1.0), COUNTED) == ["a"]


def test_what_is_closed_is_not_opened_again(tmp_path: Path) -> None:
    assert asked(lake(tmp_path), COUNTED, reopen_days=30) == []


def test_a_lake_that_measured_nothing_has_nothing_waiting(tmp_path: Path) -> None:
    assert asked(Lake.at(tmp_path), COUNTED) == []
