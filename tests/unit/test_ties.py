"""Who is tied to whom by computed groups, and that no split parts them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from claims.history import History
from flows.ties import tied, with_ties
from models.groups import group_keys, ties
from tests.coadmitted import NIGHT, RING, crowd, frame, history, ring


def test_a_ring_is_tied_and_the_crowd_is_not() -> None:
    found = tied(history([*crowd(), *ring()]), NIGHT)
    assert found["person_id"].to_list() == sorted(RING)
    assert found["group_id"].n_unique() == 1


def test_a_ring_of_an_earlier_year_stays_tied() -> None:
    """Its stays lie before the year that ends on the night of training."""
    known = history([*crowd(), *ring()], None, NIGHT + timedelta(days=360))
    assert set(tied(known, NIGHT + timedelta(days=360))["person_id"]) == set(RING)


def test_a_person_has_one_group_and_groups_that_share_a_person_are_one() -> None:
    members = pl.DataFrame(
        {
            "group_id": ["h|2", "h|2", "h|1", "h|1", "k|9", "k|9", "k|9"],
            "person_id": ["b", "c", "a", "b", "x", "y", "x"],
        }
    )
    assert ties(members).rows() == [
        ("a", "h|1"), ("b", "h|1"), ("c", "h|1"), ("x", "k|9"), ("y", "k|9"),
    ]  # fmt: skip


def test_without_groups_nobody_is_tied() -> None:
    nobody = pl.DataFrame(schema={"group_id": pl.String, "person_id": pl.String})
    assert ties(nobody).columns == ["person_id", "group_id"]
    assert ties(nobody).is_empty()


def test_stays_of_persons_of_one_group_have_one_key() -> None:
    measured = pl.DataFrame({"subject_id": ["s1", "s2", "s3"], "person_id": ["a", "b", "z"]})
    tied_ones = ties(pl.DataFrame({"group_id": ["g", "g"], "person_id": ["a", "b"]}))
    keys = group_keys(with_ties(measured, tied_ones))
    assert keys[0] == keys[1] != keys[2]


def test_an_extract_without_persons_ties_nobody() -> None:
    stays = [row | {"person_id": None} for row in ring()]
    frames = {"stays": frame("stays", stays)}
    assert tied(History.of_frames(frames, NIGHT), NIGHT).is_empty()
