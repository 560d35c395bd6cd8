"""Whom a training learns from: everybody of a small city, a draw of a large one."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from flows.learned_from import Learned, learned_from

MOST, SEED = 40, 5


def subjects(many: int) -> pl.DataFrame:
    nights = [date(2025, 1, 1) + timedelta(days=number % 90) for number in range(many)]
    return pl.DataFrame({"subject_id": [f"s{n:04}" for n in range(many)], "as_of": nights})


def audited(*ids: str) -> pl.Series:
    return pl.Series("subject_id", ids, dtype=pl.String)


def middle(rows: pl.DataFrame) -> float:
    """Mean night, in days since 1970."""
    return float(rows.select(pl.col("as_of").cast(pl.Int32).mean()).item())


def test_few_subjects_are_all_measured() -> None:
    learned = Learned.of(subjects(MOST), audited("s0001"), MOST, SEED)
    assert learned.drawn.equals(subjects(MOST))
    assert learned.audited.is_empty()


def test_of_many_subjects_so_many_are_drawn_whatever_their_order() -> None:
    rows = subjects(400)
    learned = Learned.of(rows, audited(), MOST, SEED)
    assert learned.drawn.height == MOST
    shuffled = rows.sample(fraction=1, shuffle=True, seed=3)
    assert Learned.of(shuffled, audited(), MOST, SEED).all.equals(learned.all)
    assert not Learned.of(rows, audited(), MOST, SEED + 1).drawn.equals(learned.drawn)


def test_a_draw_stands_for_all_in_time() -> None:
    rows = subjects(4_000)
    drawn = Learned.of(rows, audited(), 1_000, SEED).drawn
    assert middle(drawn) == pytest.approx(middle(rows), abs=3)


def test_who_was_audited_is_measured_but_is_not_what_is_usual() -> None:
    rows = subjects(400)
    inside = Learned.of(rows, audited(), MOST, SEED).drawn["subject_id"].to_list()
    outside = next(one for one in rows["subject_id"] if one not in inside)
    learned = Learned.of(rows, audited(inside[0], outside, "unknown"), MOST, SEED)
    assert learned.audited["subject_id"].to_list() == [outside]
    assert learned.all.height == MOST + 1
    assert learned.usual(learned.all)["subject_id"].to_list() == inside


@pytest.mark.parametrize("kind", ["stay", "use"])
def test_an_audit_counts_for_its_own_kind_of_subject(kind: str) -> None:
    rows = subjects(400)
    ids = rows["subject_id"].to_list()
    outcomes = pl.DataFrame({"subject_type": [kind] * len(ids), "subject_id": ids})
    learned = learned_from({"stay": rows, "use": rows}, outcomes, MOST, SEED)
    assert {name: one.all.height for name, one in learned.items()} == {
        "stay": MOST,
        "use": MOST,
        kind: len(ids),
    }
