"""What is said to take an alert out of the queue does so when the record is judged again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from rich.console import Console

from cases.selection import LEAST_PLAUSIBILITY
from claims.errors import NotFoundError
from features.declaration import VERSUS_PEERS
from flows import night as steps
from flows.counterfacts import changed, rejudged
from flows.judging import usable_rules
from flows.offices import champions
from flows.published import find_alert
from flows.showing import show_explanation
from rules.books import Books
from tests.conftest import NIGHTS
from tests.integration.nights import lake_of

if TYPE_CHECKING:
    from claims.settings import Settings

pytestmark = pytest.mark.usefixtures("prefect_server")
THIRD = NIGHTS[-1]


@pytest.fixture(scope="module")
def told(run_home: Settings) -> dict[str, Any]:
    """Dossiers of the last night by alert."""
    rows = lake_of(run_home).scan("dossiers").filter(pl.col("run_date") == THIRD).collect()
    return {
        alert: json.loads(content)
        for alert, content in rows.select("alert_id", "content").iter_rows()
    }


@pytest.fixture(scope="module")
def alerts(run_home: Settings) -> list[dict[str, Any]]:
    rows = lake_of(run_home).scan("alerts").filter(pl.col("run_date") == THIRD)
    return rows.filter(pl.col("subject_type").is_in(["stay", "use", "ledger"])).collect().to_dicts()


def test_only_what_its_worth_put_into_the_queue_is_asked(
    told: dict[str, Any], alerts: list[dict[str, Any]]
) -> None:
    for alert in alerts:
        asked = "leaves_queue" in told[alert["alert_id"]]
        assert asked == (alert["selected_by"] != "random"), alert["alert_id"]


def test_the_changed_record_really_falls_below(
    run_home: Settings, told: dict[str, Any], alerts: list[dict[str, Any]]
) -> None:
    run = steps.Run(THIRD, lake_of(run_home), run_home, champions(run_home.home))
    found = steps.judge_night(run)
    chosen = steps.select_night(run, found)
    sets = 0
    for alert in alerts:
        entity, subject = alert["subject_type"], alert["subject_id"]
        item, bundle = found[entity], run.bundles[entity]
        rules = usable_rules(run.history(), entity)
        (line,) = chosen[entity].filter(pl.col("subject_id") == subject)["line"]
        for one in told[alert["alert_id"]].get("leaves_queue", []):
            change = {part["feature"]: part["median"] for part in one["changes"]}
            assert 1 <= len(change) <= 2
            # Set by hand, beside the function that the night uses.
            row = item.measured.filter(pl.col("subject_id") == subject).with_columns(
                *(pl.lit(value).alias(name) for name, value in change.items()),
                *(pl.lit(0.0).alias(name + VERSUS_PEERS) for name in change),
            )
            bare = row.drop([name for name in row.columns if name.startswith("rule_")])
            (after,) = rejudged(item, bundle, rules, Books(run.history()), bare).to_dicts()
            assert (
                after["plausibility"] < LEAST_PLAUSIBILITY or after["expected_recovery"] < line
            ), one["text_en"]
            assert after["score"] == one["score"]
            sets += 1
    assert sets > 0


def test_two_figures_are_named_only_where_one_does_not_do(told: dict[str, Any]) -> None:
    for content in told.values():
        sizes = {len(one["changes"]) for one in content.get("leaves_queue", [])}
        assert len(sizes) <= 1


def test_a_record_that_is_left_alone_is_weighed_as_it_was(
    run_home: Settings, alerts: list[dict[str, Any]]
) -> None:
    run = steps.Run(THIRD, lake_of(run_home), run_home, champions(run_home.home))
    found = steps.judge_night(run)
    stays = [one for one in alerts if one["subject_type"] == "stay"]
    item = found["stay"]
    rows = changed(item.measured, [(one["subject_id"], {}) for one in stays])
    rules, books = usable_rules(run.history(), "stay"), Books(run.history())
    again = rejudged(item, run.bundles["stay"], rules, books, rows)
    by_number = {row["subject_id"]: row for row in again.to_dicts()}
    for number, alert in enumerate(stays):
        for name in ("score", "amount_at_risk", "expected_recovery", "grade"):
            assert by_number[f"{number}"][name] == alert[name], name


def test_explain_says_it_in_both_languages(run_home: Settings, told: dict[str, Any]) -> None:
    known = next(key for key, content in told.items() if content.get("leaves_queue"))
    shown, alert = find_alert(run_home, known)
    console = Console(width=150, record=True)
    show_explanation(console, alert, shown.dossier(known))
    text = console.export_text()
    assert "would fall out of the queue if" in text
    assert "则不再进入队列" in text
    assert "Other figures" in text


def test_an_unknown_alert_is_named(run_home: Settings) -> None:
    with pytest.raises(NotFoundError):
        find_alert(run_home, "nothing")
