"""All figures of one window: read from what nights published, held against the reference."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from claims.results import ALERTS, DATA_FAULTS, QUARANTINE, RUNS
from claims.tables import DELIVERED
from flows.monitor_words import PERFORMANCE, SCORE
from models.drift import FEW, MOVED, WATCH, Figure, verdict
from models.drift_counts import alerts_of, moved_alerts, moved_rows, moved_volumes
from models.drift_frames import FEATURES, missing_values, moved_features, moved_prices, unseen_codes
from models.drift_limits import limit
from models.drift_shapes import shape
from models.expected import Estimate, expected, realised
from models.labels import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.monitor_reading import Watched, Window
    from flows.published import Published
    from models.drift_shapes import Shape

CODES = {
    "stay": ("principal_diagnosis", "case_group", "department", "hospital_id"),
    "use": ("item_code", "hospital_id"),
    "ledger": ("item_code", "hospital_id"),
}
# Item, class and price of the entities that are billed at one.
PRICED = {"use": ("item_code", "class_code", "billed_price")}
SCORED = ("margin", "anomaly")
MET = re.compile(r"^(\d+) of (\d+) expectations met")
SEED = 0


def of_deliveries(shown: Published, before: date, window: Window) -> list[Figure]:
    """Volume by hospital, and rows refused, faulty or against expectation."""
    stays = shown.rows("stays").group_by("stay_id").agg(
        pl.col("received_on").min().alias("night"), pl.col("hospital_id").first()
    )  # fmt: skip
    nightly = stays.group_by("hospital_id", "night").agg(stays=pl.len()).collect()
    first, last = window.first, window.last
    return [*moved_volumes(nightly, before, first, last), *_of_rows(shown, before, window)]


def _of_rows(shown: Published, before: date, window: Window) -> Iterator[Figure]:
    received: dict[date, int] = {}
    for table in DELIVERED:
        if _published(shown, table.name):
            for night, many in _by_night(shown.rows(table.name)).items():
                received[night] = received.get(night, 0) + many
    for table in (QUARANTINE, DATA_FAULTS):
        bad: dict[date, int] = {}
        if shown.lake.has(table.name):
            rows = shown.lake.scan(table.name)
            held = rows.filter(pl.col("status") == "held") if table is QUARANTINE else rows
            bad = _by_night(held)
        yield moved_rows(table.name, received, bad, before, window.first, window.last)
    asked, failed = _expectations(shown)
    # Held against all nights before, whatever the models learned from.
    yield moved_rows("expectations", asked, failed, window.first, window.first, window.last)


def _published(shown: Published, table: str) -> bool:
    """Whether the night was published with this table; a later one may have come since."""
    return any(item["table"] == table for item in shown.manifest["versions"])


def _by_night(rows: pl.LazyFrame) -> dict[date, int]:
    counted = rows.drop_nulls("received_on").group_by("received_on").agg(pl.len())
    return dict(counted.collect().rows())


def _expectations(shown: Published) -> tuple[dict[date, int], dict[date, int]]:
    """Expectations asked and not met, by night, as the newest report of each night has them."""
    asked: dict[date, int] = {}
    failed: dict[date, int] = {}
    if not shown.lake.has(RUNS.name):
        return asked, failed
    rows = shown.lake.scan(RUNS.name).filter(pl.col("flow") == "nightly").sort("started_at")
    for night, report in rows.select("run_date", "report").collect().iter_rows():
        for line in json.loads(report).get("validated") or []:
            found = MET.match(line)
            if found:
                met, whole = int(found[1]), int(found[2])
                asked[night], failed[night] = whole, whole - met
    return asked, failed


def of_records(one: Watched, window: Window) -> list[Figure]:
    """Features, missing values, codes, prices and scores of one kind of subject."""
    seen = one.seen(window)
    if seen.few:
        return [Figure("features", one.entity, "*", None, None, None, None, None,
                       seen.reference.height, seen.recent.height, FEW)]  # fmt: skip
    return [
        *moved_features(seen, one.names),
        *missing_values(seen, one.names),
        *unseen_codes(seen, CODES[one.entity]),
        *(moved_prices(seen, *PRICED[one.entity]) if one.entity in PRICED else ()),
        *moved_features(seen, SCORED, SCORE),
    ]


def shapes_of(one: Watched, window: Window, figures: Sequence[Figure]) -> list[Shape]:
    """How scores lie before and now, always, and every feature that moved or is to be watched."""
    seen = one.seen(window)
    if seen.few:
        return []
    loud = [each.name for each in figures
            if (each.part, each.entity) == (FEATURES, one.entity)
            and each.verdict in (MOVED, WATCH)]  # fmt: skip
    asked = [*((SCORE, name) for name in SCORED), *((FEATURES, name) for name in loud)]
    found = (shape(seen, part, name) for part, name in asked)
    return [each for each in found if each is not None]


def of_queue(one: Watched, window: Window) -> list[Figure]:
    """Alert rates, expected and realised performance, against the first nights of the model."""
    mine = one.scored.filter(pl.col("model_version") == one.bundle.version)
    alerts = _alerts(one, mine)
    now = _inside(mine, window)
    earlier = mine.filter(pl.col("run_date") < window.first)
    begun = earlier["run_date"].min()
    first = (
        earlier.filter(pl.col("run_date") < begun + timedelta(days=window.days))
        if isinstance(begun, date)
        else earlier
    )
    rates = moved_alerts(_rates(one, first, alerts), _rates(one, now, alerts), one.entity)
    return [
        *rates,
        *_expected(one, first, now, alerts),
        *_realised(one, alerts.filter(pl.col("run_date") <= window.last), window.last),
    ]


def _inside(rows: pl.DataFrame, window: Window) -> pl.DataFrame:
    return rows.filter(pl.col("run_date").is_between(window.first, window.last))


def _alerts(one: Watched, scored: pl.DataFrame) -> pl.DataFrame:
    rows = one.shown.rows(ALERTS.name).filter(
        (pl.col("subject_type") == one.entity) & (pl.col("selected_by") != "random")
    )
    columns = ("run_date", "subject_id", "grade", "score")
    return rows.select(columns).collect().join(scored, on=["run_date", "subject_id"], how="semi")


def _rates(one: Watched, scored: pl.DataFrame, alerts: pl.DataFrame) -> dict[str, tuple[int, int]]:
    levels = one.shown.rows(f"features_{one.entity}").select("run_date", "subject_id", "level")
    keys = ["run_date", "subject_id"]
    placed = scored.select(keys).join(levels.unique(keys).collect(), on=keys)
    return alerts_of(placed, alerts)


def _expected(
    one: Watched, first: pl.DataFrame, now: pl.DataFrame, alerts: pl.DataFrame
) -> Iterator[Figure]:
    before, after = (_estimates(rows, alerts) for rows in (first, now))
    for name in ("precision", "found", "auc"):
        was, is_now = before.get(name), after.get(name)
        if is_now is not None:
            yield _performance(one.entity, name, was, is_now)


def _estimates(scored: pl.DataFrame, alerts: pl.DataFrame) -> dict[str, Estimate]:
    if scored.is_empty() or scored["score"].null_count() == scored.height:
        return {}
    pairs = set(alerts.select("run_date", "subject_id").iter_rows())
    handed = [pair in pairs for pair in scored.select("run_date", "subject_id").iter_rows()]
    values = scored["score"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    found = expected(values, np.array(handed), SEED)
    if found is None:
        return {}
    return {"precision": found.precision, "found": found.found, "auc": found.auc}


def _performance(entity: str, name: str, was: Estimate | None, now: Estimate) -> Figure:
    blank = Figure(PERFORMANCE, entity, name, None if was is None else was.value, now.value,
                   None, None, None, 0 if was is None else was.n, now.n, FEW)  # fmt: skip
    if was is None or min(was.n, now.n) < limit("fewest"):
        return blank
    far, wide = abs(now.value - was.value), (was.high - was.low + now.high - now.low) / 2
    told = verdict(far, limit("performance_watch"), limit("performance_moved"), least=wide)
    return replace(blank, distance=far, bound=max(wide, limit("performance_watch")), verdict=told)


def _realised(one: Watched, alerts: pl.DataFrame, last: date) -> Sequence[Figure]:
    """What was confirmed of the alerts that have been decided, beside what was expected of them."""
    if not _published(one.shown, "audit_outcomes"):
        return ()
    known = labels(
        one.shown.rows("audit_outcomes"), as_of=last, subject_type=one.entity,
        scenario=one.bundle.scenario,
    )  # fmt: skip
    told = alerts.drop_nulls("score").sort("run_date").unique("subject_id", keep="first")
    decided = told.join(known.select("subject_id", "label", "decided_on"), on="subject_id").filter(
        pl.col("decided_on") >= pl.col("run_date")
    )
    found = realised(decided["label"].to_numpy().astype(np.int64))
    if found is None:
        return ()
    hoped = float(decided["score"].mean() or 0.0)  # type: ignore[arg-type]
    blank = Figure(PERFORMANCE, one.entity, "realised", hoped, found.value, None, None, None,
                   found.n, found.n, FEW)  # fmt: skip
    if found.n < limit("fewest_decided"):
        return (blank,)
    far, wide = abs(found.value - hoped), (found.high - found.low) / 2
    told_as = verdict(far, limit("performance_watch"), limit("performance_moved"), least=wide)
    return (
        replace(blank, distance=far, bound=max(wide, limit("performance_watch")), verdict=told_as),
    )
