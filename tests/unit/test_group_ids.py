"""A group keeps its id from week to week: by whom it shares most members with."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from cases.group_ids import keep_ids
from claims.results import GROUPS

FIRST = date(2025, 6, 2)


def members(**groups: str) -> pl.DataFrame:
    """Members of tonight's groups, each a letter."""
    rows = [(f"H|{name}", "H", person) for name, persons in groups.items() for person in persons]
    schema = {"subject_id": pl.String, "hospital_id": pl.String, "person_id": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def week(earlier: pl.DataFrame, number: int, **groups: str) -> pl.DataFrame:
    """The table after another week."""
    on = FIRST + timedelta(weeks=number)
    return pl.concat([earlier, keep_ids(members(**groups), earlier, on)])


def ids(table: pl.DataFrame, number: int) -> dict[str, str]:
    """Id by tonight's name."""
    rows = table.filter(pl.col("run_date") == FIRST + timedelta(weeks=number))
    return dict(rows.select("found_as", "group_id").unique().iter_rows())


def test_a_group_keeps_its_id_while_members_come_and_go() -> None:
    table = week(GROUPS.empty(), 0, a="abcdef")
    table = week(table, 1, b="bcdefg")
    table = week(table, 2, d="defghi")
    known = {ids(table, 0)["H|a"], ids(table, 1)["H|b"], ids(table, 2)["H|d"]}
    assert len(known) == 1
    assert set(table["first_seen"]) == {FIRST}


def test_of_two_heirs_the_closer_one_keeps_the_id() -> None:
    table = week(GROUPS.empty(), 0, a="abcdefgh")
    table = week(table, 1, a="abc", d="defgh")
    assert ids(table, 1)["H|d"] == ids(table, 0)["H|a"]
    assert ids(table, 1)["H|a"] != ids(table, 0)["H|a"]


def test_two_groups_that_become_one_leave_one_id() -> None:
    table = week(GROUPS.empty(), 0, a="abcde", x="xyz")
    table = week(table, 1, a="abcdexyz")
    assert ids(table, 1)["H|a"] == ids(table, 0)["H|a"]


def test_few_shared_members_are_not_enough() -> None:
    table = week(GROUPS.empty(), 0, a="abcdef")
    table = week(table, 1, a="abuvwxyz")
    assert ids(table, 1)["H|a"] != ids(table, 0)["H|a"]


def test_a_group_that_paused_is_known_again() -> None:
    table = week(GROUPS.empty(), 0, a="abcd")
    table = week(table, 1, p="pqrs")
    table = week(table, 2, a="abcd")
    assert ids(table, 2)["H|a"] == ids(table, 0)["H|a"]


def test_the_same_persons_in_another_hospital_are_another_group() -> None:
    table = week(GROUPS.empty(), 0, a="abcd")
    elsewhere = members(a="abcd").with_columns(subject_id=pl.lit("K|a"), hospital_id=pl.lit("K"))
    again = keep_ids(elsewhere, table, FIRST + timedelta(weeks=1))
    assert set(again["group_id"]).isdisjoint(table["group_id"])


def test_a_name_is_never_used_twice() -> None:
    table = week(GROUPS.empty(), 0, a="abcd")
    table = week(table, 1, a="apqrstuv")
    assert ids(table, 0)["H|a"] != ids(table, 1)["H|a"]


def test_nobody_at_all_makes_no_rows() -> None:
    assert keep_ids(members(), GROUPS.empty(), FIRST).is_empty()
