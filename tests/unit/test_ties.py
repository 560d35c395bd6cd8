"""Who is tied to whom by computed groups, and that no split parts them."""

from __future__ import annotations

import polars as pl

from models.groups import group_keys, ties


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
    measured = pl.DataFrame(
        {
            "subject_id": ["s1", "s2", "s3"],
            "person_id": ["a", "b", "z"],
        }
    )
    tied = ties(pl.DataFrame({"group_id": ["g", "g"], "person_id": ["a", "b"]}))
    keys = group_keys(measured.join(tied, on="person_id", how="left", maintain_order="left"))
    assert keys[0] == keys[1] != keys[2]
