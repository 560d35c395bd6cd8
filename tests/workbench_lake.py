"""A lake of made-up cases for the workbench, written through the lake's own door."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.lake import Span
from claims.results import ALERTS, CASES, DOSSIERS, GROUPS, MANIFEST, PORTRAITS, TAGS
from claims.tables import HOSPITALS, STAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claims.lake import Lake
    from claims.schema import Table

NIGHT = date(2025, 11, 20)
YESTERDAY = NIGHT - timedelta(days=1)
TABLES = (
    CASES.name,
    ALERTS.name,
    DOSSIERS.name,
    TAGS.name,
    GROUPS.name,
    PORTRAITS.name,
    HOSPITALS.name,
    STAYS.name,
)


def case(number: int, **given: Any) -> dict[str, Any]:
    """One case; the higher its number, the lower its priority."""
    row = {
        "run_date": NIGHT,
        "case_id": f"case-{number:06}",
        "scenario": "hospitalization",
        "hospital_id": "H0001",
        "hospital_name": "Riverside Hospital",
        "person_id": f"{number:08x}aabbccdd",
        "about": "person",
        "opened_on": given.get("run_date", NIGHT),
        "alert_ids": [f"alert-{number}"],
        "grade": "yellow",
        "score": 0.5,
        "anomaly": 0.97,
        "amount_at_risk": 123_456,
        "priority": 1_000_000.0 - number,
        "rule_codes": ["H01"],
        "headline_en": f"English sentence {number}",
        "headline_zh": f"中文句子{number}",
    }
    return row | given


def write_cases(lake: Lake, rows: Sequence[dict[str, Any]], night: date = NIGHT) -> None:
    """Write the cases of a night, which nobody can see yet."""
    frame = pl.DataFrame(list(rows), schema=CASES.dtypes()).with_columns(run_date=pl.lit(night))
    lake.replace(CASES.name, frame, Span.night(night), keys=CASES.key)


def publish(lake: Lake, night: date = NIGHT, **given: Any) -> None:
    """Write the manifest row of a night: what is in the lake now becomes visible."""
    versions = lake.versions(TABLES)
    row = {
        "run_date": night,
        "kind": "night",
        "versions": [{"table": name, "version": number} for name, number in versions.items()],
        "data_version": "d1",
        "model_version": None,
        "benchmark_version": None,
        "switched_off": [],
        "notice": None,
        "published_at": datetime(2025, 11, 21, 5, 12),  # noqa: DTZ001  the lake holds local clocks
    }
    frame = pl.DataFrame([row | given], schema=MANIFEST.dtypes())
    lake.replace(MANIFEST.name, frame, Span.night(night), keys=MANIFEST.key)


def write_night(lake: Lake, rows: Sequence[dict[str, Any]], night: date = NIGHT) -> None:
    """Write and publish a night."""
    write_cases(lake, rows, night)
    publish(lake, night)


def write_whole(
    lake: Lake,
    rows: Sequence[dict[str, Any]],
    night: date = NIGHT,
    *,
    told: dict[str, Any] | None = None,
    **alerts: Any,
) -> None:
    """Write and publish a night with one doubtful stay a case, its dossier and its hospital.

    ``told`` is what the dossier tells of the rule hit beside the usual.
    """
    raised = [alert_of(row, night, **alerts) for row in rows]
    replace_rows(lake, ALERTS, raised, night)
    replace_rows(lake, DOSSIERS, [dossier_of(one, told or {}) for one in raised], night)
    replace_rows(lake, TAGS, [tag for one in raised for tag in tags_of(one)], night)
    hospitals = sorted({row["hospital_id"] for row in rows})
    replace_rows(lake, HOSPITALS, [hospital(one, night) for one in hospitals], night, "received_on")
    replace_rows(lake, STAYS, [stay(one) for one in raised], night, "received_on")
    write_night(lake, rows, night)


def alert_of(row: dict[str, Any], night: date = NIGHT, **given: Any) -> dict[str, Any]:
    """The doubtful stay of a case."""
    (alert_id,) = row["alert_ids"][-1:]
    told = {
        "alert_id": alert_id,
        "run_date": night,
        "subject_type": "stay",
        "subject_id": f"S-{row['case_id']}",
        "score_kind": "prior" if row["score"] is None else "calibrated",
        "margin": 1.5,
        "loss_method": "line_sum",
        "billed_harm": row["amount_at_risk"],
        "fund_loss": None,
        "expected_recovery": row["amount_at_risk"] // 2,
        "rules": [
            {
                "code": code,
                "version": "2026-01",
                "evidence": "{}",
                "grade": "疑点",
                "unasked_en": [],
                "unasked_zh": [],
            }
            for code in row["rule_codes"]
        ],
        "reasons": [],
        "tags": [],
        "protective_tags": [],
        "selected_by": "model",
        "selection_probability": None,
        "model_version": "m1",
        "benchmark_version": "2025-11-01",
        "data_version": "d1",
    }
    kept = ("scenario", "hospital_id", "person_id", "case_id", "score", "anomaly", "grade",
            "amount_at_risk")  # fmt: skip
    return {name: row[name] for name in kept} | told | given


def dossier_of(alert: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What was written about a doubtful stay: facts, days, a rule, reasons."""
    reason = {
        "feature": "length_of_stay", "family": "course", "value": 16.0, "unit": "days",
        "standard": 7.0, "p5": 3.0, "p95": 12.0, "n": 1842, "contribution": 0.8,
        "text_en": "stayed 16.0 d; peers 7.0 d", "text_zh": "住院16.0 天；同类中位7.0 天",
    }  # fmt: skip
    content = {
        "facts": {
            "department": "Neurology", "admitted_on": "2025-10-01", "discharged_on": "2025-10-05",
            "event_on": "2025-10-05", "total_amount": 9876.5, "idle_days": 2.0,
        },
        "labels": {"idle_days": {"en": "Days without treatment", "zh": "无诊疗天数"}},
        "days": [
            {"day": "2025-10-01", "category": "bed", "amount": 10_000, "lines": 1},
            {"day": "2025-10-01", "category": "drug", "amount": 52_345, "lines": 2},
            {"day": "2025-10-03", "category": "bed", "amount": 10_000, "lines": 1},
        ],
        "rules": [
            {
                "code": "H02", "en": "Hanging bed", "zh": "挂床住院", "hook": "38-1",
                "official": None, "grade": "疑点", "version": "2026-01",
                "evidence": {"idle_days": 2.0}, "limits": {"idle_run_days": "audit practice"},
                "limits_zh": {"idle_run_days": ["连续无诊疗天数", "审核实践"]},
                "doc": "",
            }
            | told
        ],
        "not_raised": [
            {"code": "H09", "because_en": ["an emergency admission"], "because_zh": ["急诊入院"]}
        ],
        "reasons": [reason],
        "adds": sums_of(alert),
    }  # fmt: skip
    if alert["selected_by"] != "random":
        content["leaves_queue"] = [{
            "changes": [{"feature": "length_of_stay", "value": 16.0, "median": 7.0}],
            "score": 0.1, "text_en": "would fall out of the queue if stayed 7.0 d",
            "text_zh": "若住院7.0 天，则不再进入队列",
        }]  # fmt: skip
    return {
        "alert_id": alert["alert_id"],
        "run_date": alert["run_date"],
        "content": json.dumps(content),
    }


def sums_of(alert: dict[str, Any]) -> list[dict[str, Any]]:
    """What adds up to the margin of an alert, and to what a detector says of it."""
    calibrated = alert["score_kind"] == "calibrated"
    added = {"cost": -1.25, "rules": 4.5} if calibrated else {"rules": 4.5}
    base = -5.75 if calibrated else 0.0
    families = added | {"course": alert["margin"] - base - sum(added.values())}
    told = [
        ("ranker" if calibrated else "prior", 1.0, base, families),
        ("knn", 0.625, 12.0, {"course": 31.5, "cost": -2.25}),
    ]
    return [
        {"source": source, "voice": voice, "base": begins,
         "families": [{"family": name, "adds": adds} for name, adds in sorted(parts.items())]}
        for source, voice, begins, parts in told
    ]  # fmt: skip


def tags_of(alert: dict[str, Any]) -> list[dict[str, Any]]:
    """A label that speaks for a stay, and the mark of a detector."""
    same = {"run_date": alert["run_date"], "subject_type": alert["subject_type"],
            "subject_id": alert["subject_id"], "compared_with": None, "value": None,
            "standard": None, "distance": None, "version": "v1"}  # fmt: skip
    return [
        same | {"tag": "S.fact.emergency_new", "layer": "fact", "protective": True,
                "text_en": "an emergency admission", "text_zh": "急诊入院"},
        same | {"tag": "S.model.hbos.99", "layer": "model", "protective": False,
                "text_en": "hbos: unusual", "text_zh": "hbos：异常"},
    ]  # fmt: skip


def hospital(hospital_id: str, night: date) -> dict[str, Any]:
    """A hospital of the near district."""
    told = dict.fromkeys(HOSPITALS.names) | {
        "hospital_id": hospital_id,
        "district": "Near District",
    }
    return told | {"name": "Riverside Hospital", "level": "3", "kind": "general",
                   "ownership": "public", "received_on": night}  # fmt: skip


def stay(alert: dict[str, Any]) -> dict[str, Any]:
    """The stay that an alert is about; each hospital has one physician, D-1 that of H0001."""
    told = dict.fromkeys(STAYS.names) | {"stay_id": alert["subject_id"]}
    number = (alert["hospital_id"] or "").lstrip("H0")
    return told | {"hospital_id": alert["hospital_id"], "total_amount": 987_650,
                   "department": "Neurology", "physician_id": f"D-{number}",
                   "received_on": alert["run_date"]}  # fmt: skip


def replace_rows(
    lake: Lake, table: Table, rows: Sequence[dict[str, Any]], night: date, clock: str = "run_date"
) -> None:
    """Write the rows of a table that came with a night."""
    frame = pl.DataFrame(list(rows), schema=table.dtypes())
    keys = (*table.key, clock) if clock not in table.key else table.key
    lake.replace(table.name, frame, Span.night(night, clock), keys=keys)


def write_group(lake: Lake, came: Mapping[str, Sequence[date]], group: str = "G1") -> None:
    """Write and publish a case about a group; ``came`` has the first days of its members' stays."""
    row = case(1, person_id=None, about=f"group:{group}", rule_codes=["H17"], score=None)
    write_whole(lake, [row], subject_type="group", subject_id=group)
    members = [
        {"run_date": NIGHT, "group_id": group, "person_id": person, "hospital_id": "H0001",
         "found_as": "H0001|x", "first_seen": NIGHT}
        for person in came
    ]  # fmt: skip
    replace_rows(lake, GROUPS, members, NIGHT)
    stays = [
        dict.fromkeys(STAYS.names)
        | {"stay_id": f"{person}-{place}", "person_id": person, "hospital_id": "H0001",
           "admitted_at": datetime.combine(day, time(9)), "received_on": NIGHT}
        for person, days in came.items()
        for place, day in enumerate(days)
    ]  # fmt: skip
    replace_rows(lake, STAYS, stays, NIGHT, "received_on")
    publish(lake)
