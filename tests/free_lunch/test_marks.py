"""Ids, places in files, clocks and last digits tell nothing; and where they did, it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from bench.free_lunch.chance import guess
from bench.free_lunch.city import City
from bench.free_lunch.limits import better_than_chance
from bench.free_lunch.marks import GROUPS, Marks, group_of

Change = Callable[[pl.DataFrame], pl.DataFrame]


def group(city: City, name: str) -> Marks:
    """One group of marks; empty groups are no defect of a city."""
    found = group_of(name, city.tables, city.key)
    if found is None:
        pytest.skip("nothing is planted there")
    return found


@pytest.mark.parametrize("name", GROUPS)
def test_a_classifier_does_no_better_than_chance(city: City, name: str) -> None:
    found = guess(group(city, name))
    assert not better_than_chance(found), found


def test_the_answer_key_is_sorted_by_subject_alone(city: City) -> None:
    order = ["subject_type", "subject_id", "scheme"]
    assert city.key.equals(city.key.sort(order, maintain_order=True))


def test_every_table_is_sorted_by_its_key_alone(city: City) -> None:
    for name, ids in (("stays", "stay_id"), ("fee_lines", "line_id"), ("device_uses", "use_id")):
        assert city.tables[name][ids].is_sorted(), name


# --- a leak is found --------------------------------------------------------------------


def guilty_stays(city: City) -> pl.Expr:
    """Whether a row belongs to a planted stay."""
    planted = city.key.filter(~pl.col("innocent") & (pl.col("subject_type") == "stay"))
    return pl.col("stay_id").is_in(planted["subject_id"].unique().implode())


def sorted_by_guilt(city: City) -> Change:
    """Rows of the guilty at the end of the file."""
    return lambda rows: rows.sort(guilty_stays(city), maintain_order=True)


def rounded(city: City) -> Change:
    """Totals of the guilty in whole yuan."""
    amount = pl.col("total_amount")
    whole = pl.when(guilty_stays(city)).then(amount.round()).otherwise(amount)
    return lambda rows: rows.with_columns(total_amount=whole)


def on_the_minute(city: City) -> Change:
    """Guilty admissions without seconds."""
    at = pl.col("admitted_at")
    whole = pl.when(guilty_stays(city)).then(at.dt.truncate("1m")).otherwise(at)
    return lambda rows: rows.with_columns(admitted_at=whole)


def slow_papers(city: City) -> Change:
    """Papers of the guilty two days later."""
    on = pl.col("received_on")
    late = pl.when(guilty_stays(city)).then(on + pl.duration(days=2)).otherwise(on)
    return lambda rows: rows.with_columns(received_on=late)


def even_lines(city: City) -> Change:
    """Numbers of guilty lines that end in 7."""
    number = pl.col("line_id")
    marked = pl.when(guilty_stays(city)).then(number.str.head(-1) + "7").otherwise(number)
    return lambda rows: rows.with_columns(line_id=marked)


def low_numbers(city: City) -> Change:
    """Line numbers that begin with 0 for the guilty."""
    number = pl.col("line_id")
    low = "L0" + number.str.slice(2)
    return lambda rows: rows.with_columns(
        line_id=pl.when(guilty_stays(city)).then(low).otherwise(number)
    )


@pytest.mark.parametrize(
    ("name", "table", "change"),
    [
        ("stays: ids and order", "stays", sorted_by_guilt),
        ("stays: seconds, wait, last digits", "stays", rounded),
        ("stays: seconds, wait, last digits", "stays", on_the_minute),
        ("stays: seconds, wait, last digits", "stays", slow_papers),
        ("fee lines of stays: ids, order, seconds", "fee_lines", even_lines),
        ("fee lines of stays: ids, order, seconds", "fee_lines", low_numbers),
        ("fee lines of stays: ids, order, seconds", "fee_lines", sorted_by_guilt),
    ],
)
def test_a_planted_leak_is_found_out(
    city: City, name: str, table: str, change: Callable[[City], Change]
) -> None:
    leaking = replace(city, tables={**city.tables, table: change(city)(city.tables[table])})
    found = guess(group(leaking, name))
    assert better_than_chance(found), found
    assert found.area > 0.55


def test_ids_in_order_of_guilt_are_found_out(city: City) -> None:
    rows = city.tables["stays"].sort(guilty_stays(city), maintain_order=True)
    fresh = [f"S{place:015d}" for place in range(len(rows))]
    new = dict(zip(rows["stay_id"], fresh, strict=True))
    renamed = rows.with_columns(pl.col("stay_id").replace(new))
    named = pl.col("subject_id").replace(new)
    key = city.key.with_columns(
        subject_id=pl.when(subject_type="stay").then(named).otherwise("subject_id")
    )
    leaking = replace(city, key=key, tables={**city.tables, "stays": renamed})
    assert better_than_chance(guess(group(leaking, "stays: ids and order")))
