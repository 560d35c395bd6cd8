"""The portrait of a group: its members, and the days on which they were in hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from cases.portraits.history_of import stays_of_persons
from cases.portraits.record import Portrait, Said
from features.units import YUAN

if TYPE_CHECKING:
    from datetime import date

    from cases.portraits.record import Position
    from claims.history import History

MEMBERS_NAMED = 10


def group_portrait(
    history: History,
    group: str,
    members: list[str],
    night: date,
    labels: list[dict[str, Any]],
    position: list[Position],
) -> Portrait:
    """Build the portrait of a group of persons who are admitted together."""
    stays = stays_of_persons(history, members)
    together = _together(stays)
    spans = [
        {
            "stay": row["stay_id"],
            "row": row["person_id"][:12],
            "from": row["admitted_on"],
            "to": row["discharged_on"],
            "group": row["case_group"],
            "amount": row["total_amount"],
            "this": row["stay_id"] in together,
        }
        for row in stays.drop_nulls(["admitted_on", "discharged_on"]).iter_rows(named=True)
    ]
    return Portrait(
        kind="group",
        subject=group,
        night=night,
        title=Said(f"Group {group}", f"人群 {group}"),
        facts=[
            Said("members", "成员", f"{len(members):,}"),
            Said("stays", "住院次数", f"{stays.height:,}"),
            Said("fees", "费用", YUAN.show(float(stays["total_amount"].sum()))),
        ],
        labels=labels,
        position=position,
        neighbours=_members(stays, members),
        timeline=spans,
    )


def _together(stays: pl.DataFrame) -> set[str]:
    """Stays that began within a day of another member's at the same hospital."""
    dated = stays.drop_nulls("admitted_on").select(
        "stay_id", "person_id", "hospital_id", "admitted_on"
    )
    pairs = dated.join(dated, on="hospital_id", suffix="_other").filter(
        (pl.col("person_id") != pl.col("person_id_other"))
        & ((pl.col("admitted_on") - pl.col("admitted_on_other")).dt.total_days().abs() <= 1)
    )
    return set(pairs["stay_id"])


def _members(stays: pl.DataFrame, members: list[str]) -> list[Said]:
    counts = dict(stays.group_by("person_id").len().iter_rows())
    named = sorted(members, key=lambda one: (-counts.get(one, 0), one))[:MEMBERS_NAMED]
    return [
        Said(f"{one}: {counts.get(one, 0)} stays", f"{one}：住院{counts.get(one, 0)}次")
        for one in named
    ]
