"""The portrait of a stay: its days, its position, the stays around it, the stays like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.portraits.history_of import stays_of_persons, timeline
from cases.portraits.position import positions_of_each, weakness
from cases.portraits.record import Portrait, Said, labels_of
from cases.wording import LEVEL_EN, LEVEL_ZH, SCHEME_EN, SCHEME_ZH
from features import stay_frames
from features.declaration import STAY
from features.units import DAYS, YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cases.judged import Judged
    from cases.portraits.record import Position
    from claims.history import History

MOST_ALIKE = 5


def stay_portraits(
    judged: Judged, subjects: pl.DataFrame, history: History, tags: pl.DataFrame
) -> Iterator[Portrait]:
    """Build the portraits of these of the judged stays (a frame with ``subject_id``).

    ``tags`` are rows of table `tags`. Tables are read once for all of them.
    """
    chosen = judged.measured.join(subjects.select("subject_id"), on="subject_id", how="semi")
    around = Around.of(history, chosen)
    found = positions_of_each(judged.catalogue, chosen, judged.standards)
    for row in chosen.sort("subject_id").iter_rows(named=True):
        yield _portrait(judged, row, found[row["subject_id"]], around, tags)


def _portrait(
    judged: Judged,
    row: dict[str, Any],
    found: list[Position],
    around: Around,
    tags: pl.DataFrame,
) -> Portrait:
    subject = row["subject_id"]
    where = around.hospitals.get(row["hospital_id"]) or row["hospital_id"]
    return Portrait(
        kind="stay",
        subject=subject,
        night=judged.run_date,
        title=Said(f"Stay {subject} at {where}", f"{where} 住院 {subject}"),
        facts=_facts(row),
        labels=labels_of(tags, "stay", subject),
        position=found,
        neighbours=_alike(around, row),
        days=around.days_of(subject),
        timeline=timeline(around.stays_of(row["person_id"]), subject),
        notes=[*weakness(found, STAY.plural), *_notes(row)],
        standards=row.get("standard_version"),
    )


@dataclass(frozen=True)
class Around:
    """What stands around stays, read once for all of them."""

    hospitals: dict[str, str]
    persons: pl.DataFrame
    groups: pl.DataFrame
    days: pl.DataFrame

    @classmethod
    def of(cls, history: History, chosen: pl.DataFrame) -> Around:
        """Read what stands around the chosen measured stays."""
        names = history.current("hospitals").select("hospital_id", "name").collect()
        persons = chosen["person_id"].drop_nulls().unique().to_list()
        return cls(
            dict(names.iter_rows()),
            stays_of_persons(history, persons),
            _of_groups(history, chosen),
            _days(history, chosen.lazy().select("subject_id", "as_of")),
        )

    def stays_of(self, person: str | None) -> pl.DataFrame:
        """Stays of one person; none where nobody is named."""
        mine = pl.lit(value=False) if person is None else pl.col("person_id") == person
        return self.persons.filter(mine)

    def days_of(self, subject: str) -> list[dict[str, Any]]:
        """Fees by day and class of one stay."""
        return self.days.filter(pl.col("subject_id") == subject).drop("subject_id").to_dicts()


def _facts(row: dict[str, Any]) -> list[Said]:
    """What the stay is, in the order in which an auditor asks."""
    level, scheme = str(row["level"]), str(row["scheme"])
    told = [
        Said("case group", "病组", row["case_group"] or "-"),
        Said("diagnosis", "主诊断", row["principal_diagnosis"] or "-"),
        Said("hospital", "医院级别", f"{LEVEL_EN.get(level, '-')} {LEVEL_ZH.get(level, '')}"),
        Said("department", "科室", row["department"] or "-"),
        Said("admitted", "入院", str(row["admitted_on"] or "-")),
        Said("discharged", "出院", str(row["discharged_on"] or "-")),
        Said("days", "住院天数", DAYS.show(row["length_of_stay"])),
        Said("fee", "总费用", YUAN.show(row["total_amount"])),
        Said("fund", "统筹支付", YUAN.show(row["fund_amount"])),
        Said("standard", "支付标准", YUAN.show(row["payment_standard"])),
        Said("age", "年龄", "-" if row["age"] is None else f"{row['age']:.0f}"),
        Said("scheme", "险种", f"{SCHEME_EN.get(scheme, '-')} {SCHEME_ZH.get(scheme, '')}"),
    ]
    return [one for one in told if one.value.strip() not in ("", "-")]


def _notes(row: dict[str, Any]) -> list[Said]:
    if row.get("newborn"):
        return [
            Said(
                "A newborn, maybe on the mother's card: age, sex and earlier stays may be hers.",
                "新生儿，可能使用母亲的医保卡：年龄、性别和既往住院可能属于母亲。",
            )
        ]
    return []


def _days(history: History, wanted: pl.LazyFrame) -> pl.DataFrame:
    """Fees by day of the stay and class, in fen; day 0 is that of admission."""
    return (
        stay_frames.lines(history, wanted)
        .group_by("subject_id", "day", "category", "passive")
        .agg(pl.col("amount").sum())
        .drop_nulls("day")
        .sort("subject_id", "day", "category")
        .collect()
    )


def _of_groups(history: History, chosen: pl.DataFrame) -> pl.DataFrame:
    """Stays of the same case groups, with the level of their hospital."""
    groups = chosen["case_group"].drop_nulls().unique().to_list()
    hospitals = history.current("hospitals").select("hospital_id", "name", "level")
    return (
        stay_frames.describe(history.current("stays"))
        .filter(pl.col("case_group").is_in(groups))
        .join(hospitals, on="hospital_id", how="left")
        .select(
            "stay_id", "hospital_id", "name", "level", "case_group", "days", "total_amount",
            "discharged_on",
        )
        .collect()
    )  # fmt: skip


def _alike(around: Around, row: dict[str, Any]) -> list[Said]:
    """Stays of the same group and level that lasted and cost most nearly the same."""
    fee, days = row["total_amount"], row["length_of_stay"]
    if fee is None or days is None:
        return []
    same = (pl.col("case_group") == row["case_group"]) & (pl.col("stay_id") != row["subject_id"])
    level = pl.col("level").eq_missing(pl.lit(row["level"], pl.String))
    nearest = (
        around.groups.filter(same & level)
        .with_columns(far=_log_distance("total_amount", fee) + _log_distance("days", days))
        .drop_nulls("far")
        .sort("far", "stay_id")
        .head(MOST_ALIKE)
    )
    return [_neighbour(one) for one in nearest.to_dicts()]


def _log_distance(column: str, value: float) -> pl.Expr:
    """How far a figure is from a value as a ratio; one is added to both, against nothing."""
    return ((pl.col(column) + 1.0).log() - pl.lit(float(value) + 1.0).log()).abs()


def _neighbour(one: dict[str, Any]) -> Said:
    where, days, fee = one["name"] or one["hospital_id"], one["days"], one["total_amount"]
    when = one["discharged_on"] or "-"
    return Said(
        f"{one['stay_id']} at {where}, {DAYS.show(days)}, {YUAN.show(fee)}, left {when}",
        f"{where} {one['stay_id']}，{DAYS.show(days, zh=True)}，{YUAN.show(fee, zh=True)}，"
        f"{when}出院",
    )
