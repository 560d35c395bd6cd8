"""The lake: whole nights are replaced at once, and past versions stay readable."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.errors import LakeError
from claims.lake import MONTH, Lake, Span

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND, NEXT_MONTH = date(2025, 3, 30), date(2025, 3, 31), date(2025, 4, 1)


def rows(night: date, *keys: str, source: str = "city") -> pl.DataFrame:
    """Rows of one night."""
    return pl.DataFrame(
        {"key": keys, "run_date": night, "source": source},
        schema={"key": pl.String(), "run_date": pl.Date(), "source": pl.String()},
    )


def keys(lake: Lake, version: int | None = None) -> list[str]:
    """Keys in the lake, sorted."""
    found: list[str] = lake.scan("t", version).collect()["key"].sort().to_list()
    return found


def put(lake: Lake, night: date, *given: str, source: str | None = None) -> bool:
    """Replace a night, of one source or of all."""
    return lake.replace(
        "t", rows(night, *given, source=source or "city"), Span.night(night, source=source),
        keys=["key"],
    )  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with a night in March and one in April."""
    made = Lake.at(tmp_path / "lake")
    put(made, FIRST, "a", "b")
    put(made, NEXT_MONTH, "z")
    return made


def test_a_night_is_replaced_whole_and_other_nights_stay(lake: Lake) -> None:
    assert put(lake, FIRST, "c")
    assert keys(lake) == ["c", "z"]
    assert put(lake, SECOND, "d")
    assert keys(lake) == ["c", "d", "z"]


def test_the_same_rows_in_any_order_make_no_new_version(lake: Lake) -> None:
    version = lake.version("t")
    assert not put(lake, FIRST, "b", "a")
    assert not put(lake, NEXT_MONTH, "z")
    assert lake.version("t") == version


def test_a_change_of_one_row_makes_one_version(lake: Lake) -> None:
    version = lake.version("t")
    assert version is not None
    assert put(lake, FIRST, "a", "c")
    assert lake.version("t") == version + 1


def test_a_past_version_can_be_read_again(lake: Lake) -> None:
    before = lake.version("t")
    put(lake, FIRST, "c")
    assert keys(lake, before) == ["a", "b", "z"]
    assert keys(lake) == ["c", "z"]


def test_a_night_can_be_emptied_and_an_empty_night_is_no_news(lake: Lake) -> None:
    assert put(lake, FIRST)
    assert keys(lake) == ["z"]
    assert not put(lake, FIRST)
    assert not put(lake, SECOND)


def test_sources_of_one_night_are_replaced_apart(lake: Lake) -> None:
    put(lake, SECOND, "n1", "n2", source="north")
    put(lake, SECOND, "s1", source="o'hara")
    put(lake, SECOND, "n3", source="north")
    assert keys(lake) == ["a", "b", "n3", "s1", "z"]
    assert not put(lake, SECOND, "s1", source="o'hara")


def test_a_span_of_nights_is_replaced_at_once(lake: Lake) -> None:
    both = pl.concat([rows(SECOND, "x"), rows(NEXT_MONTH, "y")])
    lake.replace("t", both, Span("run_date", FIRST, NEXT_MONTH), keys=["key"])
    assert keys(lake) == ["x", "y"]


def test_rows_outside_the_span_are_refused_and_nothing_is_written(lake: Lake) -> None:
    version = lake.version("t")
    for table in ("t", "not_there_yet"):
        with pytest.raises(ValueError, match=f"table {table}: 1 rows lie outside"):
            lake.replace(table, rows(SECOND, "x"), Span.night(FIRST), keys=["key"])
    assert lake.version("t") == version
    assert not lake.has("not_there_yet")
    assert keys(lake) == ["a", "b", "z"]


def test_a_new_column_is_added_and_old_rows_have_no_value_in_it(lake: Lake) -> None:
    wider = rows(SECOND, "w").with_columns(extra=pl.lit(1))
    lake.replace("t", wider, Span.night(SECOND), keys=["key"])
    found = lake.scan("t").collect()
    assert found.filter(key="w")["extra"].to_list() == [1]
    assert found["extra"].null_count() == 3


def test_the_hidden_month_is_not_shown(lake: Lake) -> None:
    assert lake.scan("t").collect_schema().names() == ["key", "run_date", "source"]
    assert MONTH not in lake.scan("t").collect().columns


def test_old_versions_are_kept_as_long_as_the_settings_say(tmp_path: Path) -> None:
    lake = Lake.at(tmp_path, retention_days=77)
    put(lake, FIRST, "a")
    log = (tmp_path / "t" / "_delta_log" / f"{0:020}.json").read_text("utf-8")
    assert log.count("interval 77 days") == 2


def test_what_is_not_there_is_said_with_a_way_out(tmp_path: Path) -> None:
    lake = Lake.at(tmp_path / "nowhere")
    assert not lake.has("t")
    assert lake.version("t") is None
    assert lake.versions(["t"]) == {}
    with pytest.raises(LakeError, match=r"no table 't'.*jianbao ingest"):
        lake.scan("t")


def test_versions_name_the_tables_that_exist(lake: Lake) -> None:
    assert lake.versions(["t", "u"]) == {"t": lake.version("t")}
