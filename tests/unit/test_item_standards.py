"""Standards of items and days: shares that shrink, sum up and never reach nought."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from claims.frozen import Frozen
from claims.standard_tables import STANDARD_DAYS, STANDARD_ITEMS
from features.item_standards import (
    DAY_STARTS,
    EXPECTED_FROM,
    UNUSUAL_BELOW,
    freeze_days,
    freeze_items,
    item_of,
    span_of,
    step_of,
)
from features.standards import PRIOR_RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

ON = date(2025, 6, 1)


def stays(count: int, group: str = "ES35", level: str | None = "2") -> pl.DataFrame:
    """Stays of one case group and level, numbered."""
    rows = [(f"{group}{level}{place}", group, group[:3], level) for place in range(count)]
    schema = {"subject_id": pl.String(), "case_group": pl.String(), "case_family": pl.String(),
              "level": pl.String()}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def holding(records: pl.DataFrame, **held: int) -> pl.DataFrame:
    """Items held by the first so many of these stays."""
    rows = [
        (subject, item, "drug")
        for item, count in held.items()
        for subject in records["subject_id"][:count]
    ]
    return pl.DataFrame(rows, schema=["subject_id", "item", "category"], orient="row")


def shares(frozen: pl.DataFrame, column: str = "share") -> dict[tuple[str, str], Any]:
    """Share, or another column, by cell and item."""
    return {(row["cell"], row["item"]): row[column] for row in frozen.to_dicts()}


def began(records: Iterable[str], step: str, day: int) -> list[tuple[str, str, int, bool]]:
    """Stays that begin a step on a day."""
    return [(subject, step, day, True) for subject in records]


def test_a_share_of_the_city_is_never_nought_or_one() -> None:
    records = stays(9)
    found = shares(freeze_items(records, holding(records, all=9), version="v1", on=ON))
    assert found["*|*|*|*", "all"] == pytest.approx(9.5 / 10)


def test_a_group_is_drawn_towards_the_wider_one_by_the_formula() -> None:
    many, few = stays(80, "GD29"), stays(10)
    items = pl.concat([holding(many, x=40), holding(few, x=10)])
    found = shares(freeze_items(pl.concat([many, few]), items, version="v1", on=ON))
    city = 50.5 / 91
    family = (10 + PRIOR_RECORDS * city) / (10 + PRIOR_RECORDS)
    group = (10 + PRIOR_RECORDS * family) / (10 + PRIOR_RECORDS)
    assert found["*|*|*|ES3", "x"] == pytest.approx(family)
    assert found["ES35|*|*|*", "x"] == pytest.approx(group)
    level = (10 + PRIOR_RECORDS * group) / (10 + PRIOR_RECORDS)
    assert found["ES35|2|*|*", "x"] == pytest.approx(level)


def test_items_are_expected_optional_or_unusual_by_their_share() -> None:
    records = stays(1_000)
    items = holding(records, a=900, b=300, c=5)
    kinds = shares(freeze_items(records, items, version="v1", on=ON), "kind")
    assert {kinds["ES35|2|*|*", item] for item in "abc"} == {"expected", "optional", "unusual"}
    assert kinds["ES35|2|*|*", "a"] == "expected"
    assert kinds["ES35|2|*|*", "c"] == "unusual"
    assert (EXPECTED_FROM, UNUSUAL_BELOW) == (0.8, 0.02)


def test_a_stay_of_unknown_level_counts_in_the_wider_groups_alone() -> None:
    records = pl.concat([stays(5), stays(3, level=None)])
    found = freeze_items(records, holding(records, x=8), version="v1", on=ON)
    sizes = dict(found.select("cell", "n").iter_rows())
    assert sizes == {"ES35|2|*|*": 5, "ES35|*|*|*": 8, "*|*|*|ES3": 8, "*|*|*|*": 8}


def test_days_on_which_a_step_begins_add_up_to_one() -> None:
    records = stays(12)
    subjects = records["subject_id"].to_list()
    rows = began(subjects[:9], "operation", 1) + began(subjects[9:], "operation", 2)
    steps = pl.DataFrame(rows, schema=["subject_id", "step", "from_day", "began"], orient="row")
    found = freeze_days(records, steps, version="v1", on=ON)
    assert found.group_by("cell").agg(pl.len())["len"].to_list() == [len(DAY_STARTS)] * 4
    sums = found.group_by("cell", "step").agg(pl.col("share_began").sort().sum())
    assert sums["share_began"].to_list() == pytest.approx([1.0] * 4)
    narrow = found.filter((pl.col("cell") == "ES35|2|*|*") & (pl.col("from_day") == 1))
    assert narrow["began"].item() == narrow["there"].item() == 9


def test_frozen_rows_are_rows_of_their_tables_whatever_the_order_of_records() -> None:
    records = pl.concat([stays(40), stays(30, "GD29", "3")])
    items = holding(records, a=40, b=7, c=70)
    mixed: dict[str, Any] = {"fraction": 1.0, "shuffle": True, "seed": 5}
    first = freeze_items(records, items, version="v1", on=ON)
    again = freeze_items(records.sample(**mixed), items.sample(**mixed), version="v1", on=ON)
    assert first.equals(again)
    assert first.schema == STANDARD_ITEMS.empty().schema
    nothing = pl.DataFrame(schema={"subject_id": pl.String(), "step": pl.String(),
                                   "from_day": pl.Int64(), "began": pl.Boolean()})  # fmt: skip
    assert freeze_days(records, nothing, version="v1", on=ON).schema == STANDARD_DAYS.empty().schema


@pytest.mark.parametrize(
    ("day", "start"),
    [(-30, -1), (-1, -1), (0, 0), (1, 1), (3, 3), (6, 4), (7, 7), (29, 14), (900, 30)],
)
def test_a_day_lies_in_the_span_that_begins_last_before_it(day: int, start: int) -> None:
    assert pl.DataFrame({"day": [day]}).select(span_of(pl.col("day"))).item() == start


def test_makers_of_one_class_are_one_item_and_beds_are_no_step() -> None:
    lines = pl.DataFrame(
        {"category": ["consumable", "drug", "bed"], "item_code": ["C010101STENTA", "X321", "B1"]}
    )
    assert lines.select(item_of()).to_series().to_list() == ["C010101", "X321", "B1"]
    assert lines.select(step_of()).to_series().to_list() == ["consumable", "drug", None]


def test_a_record_reads_the_newest_version_frozen_by_its_night() -> None:
    frozen = Frozen({}, {"old": date(2025, 5, 1), "new": ON})
    nights = pl.LazyFrame({"as_of": [date(2025, 4, 30), date(2025, 5, 31), ON]})
    assert frozen.for_subjects(nights).collect()["version_read"].to_list() == [None, "old", "new"]
