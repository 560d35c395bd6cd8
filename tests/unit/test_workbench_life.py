"""The life of a case: complete, without dead ends, and drawn as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import deadlines, life
from workbench.services.outcomes import shared
from workbench.wording import OUTCOME_WORDS, REASON_WORDS, STATE_WORDS

PAGE = Path(__file__).parents[2] / "docs" / "life-of-a-case.md"


def test_every_state_has_an_owner_a_word_and_a_way_to_it() -> None:
    reached = {new for _, new in life.MOVES} | {life.NEW}
    assert set(life.OWNERS) == set(STATE_WORDS) == reached


def test_every_state_can_be_left() -> None:
    assert {old for old, _ in life.MOVES} == set(life.STATES)


def test_every_conclusion_has_words_and_reasons() -> None:
    assert set(OUTCOME_WORDS) == set(REASON_WORDS) == set(life.OPINIONS)
    assert all(REASON_WORDS.values())


def test_taking_and_releasing_are_moves() -> None:
    assert {*life.TAKING.items(), *life.RELEASING.items()} <= set(life.MOVES)


def test_nothing_is_closed_but_by_a_person() -> None:
    closing = {event for (_, new), event in life.MOVES.items() if new in life.CLOSED}
    assert closing == {"decided", "agreed", "settled", "upheld", "overturned"}


def test_the_picture_in_the_manual_is_the_life_as_it_is() -> None:
    assert f"```mermaid\n{life.diagram()}```" in PAGE.read_text(encoding="utf-8"), (
        "write the output of `python -c 'from workbench.life import diagram; print(diagram())'`"
    )


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2025, 11, 20), 1, date(2025, 11, 21)),
        (date(2025, 11, 21), 1, date(2025, 11, 24)),  # over a weekend
        (date(2025, 9, 30), 1, date(2025, 10, 9)),  # over the National Day holidays
        (date(2025, 10, 10), 1, date(2025, 10, 11)),  # a Saturday that is worked
        (date(2025, 11, 20), 0, date(2025, 11, 20)),
        (date(2031, 5, 9), 1, date(2031, 5, 12)),  # not announced yet: weekends
        (date(2031, 9, 30), 1, date(2031, 10, 6)),  # and the fixed holidays
    ],
)
def test_days_are_counted_as_offices_work(start: date, days: int, due: date) -> None:
    assert deadlines.after(start, days) == due
    assert deadlines.between(start, due) == days
    assert deadlines.between(due, start) == -days


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_parts_of_an_amount_add_up_to_it(amount: int, weights: list[int]) -> None:
    parts = shared(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
