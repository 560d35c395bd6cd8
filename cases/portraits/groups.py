"""The portrait of a group: its members, and the stays that they spent together.

Together means one hospital and first days at most a day apart; the year before the night
counts, as it does for finding groups.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.portraits.history_of import stays_of_persons
from cases.portraits.record import Portrait, Said
from cases.wording import FEW_PEERS
from features.level_stays import YEAR_DAYS
from features.units import YUAN

if TYPE_CHECKING:
    from datetime import date

    from cases.portraits.record import Position
    from claims.history import History

MEMBERS_NAMED = 10
PERSON_CHARACTERS = 12
DAYS_APART = 1


def group_portrait(
    history: History,
    group: str,
    found: pl.DataFrame,
    night: date,
    labels: list[dict[str, Any]],
    position: list[Position],
) -> Portrait:
    """Build the portrait of a group of persons who are admitted together.

    ``found`` holds its newest rows of table `groups`.
    """
    members = sorted(set(found["person_id"].to_list()))
    since = night - timedelta(days=YEAR_DAYS)
    known = stays_of_persons(history, members)
    stays = known.filter((pl.col("admitted_on") > since).fill_null(value=True))
    together = _together(stays)
    return Portrait(
        kind="group",
        subject=group,
        night=night,
        title=Said(f"Group {group}{_where(stays, found)}", f"人群 {group}{_where(stays, found)}"),
        facts=_facts(stays, together, members, found),
        labels=labels,
        position=position,
        trend=_months(stays),
        neighbours=_members(stays, together, members),
        timeline=_spans(stays, together),
        notes=_notes(stays, position),
    )


def _where(stays: pl.DataFrame, found: pl.DataFrame) -> str:
    """The hospital at which they met, by name where one is known."""
    houses = found["hospital_id"].drop_nulls().sort().to_list()
    if not houses:
        return ""
    names = stays.filter(pl.col("hospital_id") == houses[0])["name"].drop_nulls().to_list()
    return f" · {(names or houses)[0]}"


def _facts(
    stays: pl.DataFrame, together: pl.DataFrame, members: list[str], found: pl.DataFrame
) -> list[Said]:
    shared = stays.join(together, on="stay_id", how="semi")
    times = shared.select("hospital_id", "admitted_on").unique().height
    return [
        Said("members", "成员", f"{len(members):,}"),
        Said("stays in the year", "一年住院次数", f"{stays.height:,}"),
        Said("of these together", "其中同日同院", f"{shared.height:,}"),
        Said("days on which they came together", "同来日数", f"{times:,}"),
        Said("fees of the stays together", "同住费用", YUAN.show(_sum(shared))),
        Said("first seen", "首见", str(found["first_seen"].to_list()[0])),
    ]


def _sum(stays: pl.DataFrame) -> float:
    return float(stays["total_amount"].sum())


def _spans(stays: pl.DataFrame, together: pl.DataFrame) -> list[dict[str, Any]]:
    ids = set(together["stay_id"])
    dated = stays.drop_nulls(["admitted_on", "discharged_on"])
    return [
        {
            "stay": row["stay_id"],
            "row": row["person_id"][:PERSON_CHARACTERS],
            "from": row["admitted_on"],
            "to": row["discharged_on"],
            "group": row["case_group"],
            "amount": row["total_amount"],
            "this": row["stay_id"] in ids,
        }
        for row in dated.iter_rows(named=True)
    ]


def _together(stays: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a stay and another member's that began within a day of it: stay_id, other."""
    dated = stays.drop_nulls("admitted_on").select(
        "stay_id", "person_id", "hospital_id", "admitted_on"
    )
    apart = (pl.col("admitted_on") - pl.col("admitted_on_other")).dt.total_days().abs()
    return (
        dated.join(dated, on="hospital_id", suffix="_other")
        .filter((pl.col("person_id") != pl.col("person_id_other")) & (apart <= DAYS_APART))
        .select("stay_id", other="person_id_other")
    )


def _months(stays: pl.DataFrame) -> list[dict[str, Any]]:
    """Stays and fees of the members by the month of admission."""
    return (
        stays.drop_nulls("admitted_on")
        .group_by(month=pl.col("admitted_on").dt.truncate("1mo"))
        .agg(stays=pl.len(), amount=pl.col("total_amount").sum())
        .sort("month")
        .to_dicts()
    )


def _members(stays: pl.DataFrame, together: pl.DataFrame, members: list[str]) -> list[Said]:
    """Those who shared most stays first: how many, and with how many of the others."""
    met = stays.select("stay_id", "person_id").join(together, on="stay_id")
    shared = dict(met.group_by("person_id").agg(pl.col("stay_id").n_unique()).iter_rows())
    others = dict(met.group_by("person_id").agg(pl.col("other").n_unique()).iter_rows())
    counts = dict(stays.group_by("person_id").len().iter_rows())
    ordered = sorted(members, key=lambda one: (-shared.get(one, 0), one))
    told = [
        _member(one, counts.get(one, 0), shared.get(one, 0), others.get(one, 0))
        for one in ordered[:MEMBERS_NAMED]
    ]
    rest = len(ordered) - MEMBERS_NAMED
    return told + ([Said(f"and {rest} more", f"另有{rest}人")] if rest > 0 else [])


def _member(person: str, stays: int, shared: int, others: int) -> Said:
    called = person[:PERSON_CHARACTERS]
    noun = "stay" if stays == 1 else "stays"
    return Said(
        f"{called}: {stays} {noun}, {shared} of them with {others} other members",
        f"{called}：住院{stays}次，其中{shared}次与另外{others}名成员同来",
    )


def _notes(stays: pl.DataFrame, position: list[Position]) -> list[Said]:
    told: list[Said] = []
    if stays.is_empty():
        told.append(Said("No member was in hospital in the year.", "一年内无成员住院。"))
    if not position:
        told.append(
            Said(
                "No standard of groups to compare with: no comparison was made.",
                "无人群标准可比，未作比较。",
            )
        )
    elif all(one.weak for one in position):
        fewest = min(one.n for one in position)
        told.append(
            Said(
                f"Weak comparison: the standard rests on few groups ({fewest:,}, and fewer than"
                f" {FEW_PEERS} are too few) or on none of its own kind.",
                f"可比性弱：标准所依据的人群过少（{fewest:,}个，不足{FEW_PEERS}个）或无同类。",
            )
        )
    return told
