"""What the screen shows: names of subjects, explanations, figures of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from flows.showing import rule_panel, show_explanation, show_leaving, show_sum, subject_words
from flows.showing_training import show_training

if TYPE_CHECKING:
    from collections.abc import Callable

PERSON = "08333a2666afdbbcd1f2f1dae0fbf7f5"


@pytest.mark.parametrize(
    ("subject_type", "subject_id", "words"),
    [
        ("stay", "S1", "stay S1"),
        ("use", "S1|C02", "catheter\nin stay S1"),
        ("ledger", "H1|C02|2025-03", "catheter\nledger of 2025-03"),
        ("ledger", "H1|C99|2025-03", "C99\nledger of 2025-03"),
        ("person", PERSON, "person 08333a2666af"),
        ("hospital", "H1", "hospital H1"),
    ],
)
def test_every_kind_of_subject_has_words(subject_type: str, subject_id: str, words: str) -> None:
    alert = {"subject_type": subject_type, "subject_id": subject_id}
    assert subject_words(alert, {"C02": "catheter"}) == words


def shown(show: Callable[..., None], *told: Any) -> str:
    """What the terminal shows."""
    console = Console(width=150)
    with console.capture() as kept:
        show(console, *told)
    return kept.get()


def printed(told: list[dict[str, Any]] | None) -> str:
    """What the terminal shows of a sum."""
    return shown(show_sum, told)


def test_an_explanation_prints_how_the_margin_adds_up() -> None:
    families = [{"family": "price", "adds": 0.21}, {"family": "rules", "adds": 4.98}]
    told = {"source": "ranker", "voice": 1.0, "base": -5.81, "families": families}
    lines = [line.split() for line in printed([told]).splitlines()]
    numbers = [line[-2] for line in lines if len(line) > 2 and line[-2][:1] in "+-"]
    assert numbers == ["-5.81", "+4.98", "+0.21", "-0.62"]


def test_a_night_that_kept_no_sum_is_said_to_have_kept_none() -> None:
    assert "was not kept" in printed(None)


REASON = {"family": "visits", "text_en": "came often", "text_zh": "频繁就诊"}
ALERT: dict[str, Any] = {
    "alert_id": "A1", "score": None, "anomaly": 0.99, "selected_by": "rank", "amount_at_risk": 100,
    "loss_method": "whole", "grade": "yellow", "model_version": "1", "benchmark_version": "1",
}  # fmt: skip
DOSSIER: dict[str, Any] = {"facts": {}, "labels": {}, "rules": [], "not_raised": []}


@pytest.mark.parametrize(
    ("subject_type", "contribution", "head", "says"),
    [
        ("stay", 0.25, "share", "25%"),
        ("ledger", 1.0, "share", "100%"),
        ("person", 12.54, "spreads from peers", "12.5"),
        ("hospital", 20.0, "spreads from peers", "20.0"),
    ],
)
def test_a_reason_above_the_record_is_a_distance_and_no_share(
    subject_type: str, contribution: float, head: str, says: str
) -> None:
    reasons = [REASON | {"contribution": contribution}]
    alert = ALERT | {"subject_type": subject_type, "reasons": reasons}
    cells = [
        [cell.strip() for cell in line.strip("┃│").replace("┃", "│").split("│")]
        for line in shown(show_explanation, alert, DOSSIER).splitlines()
    ]
    assert [head, "family", "in English", "in Chinese"] in cells
    assert [says, "visits", "came often", "频繁就诊"] in cells


def test_what_nothing_takes_out_of_the_queue_is_said_to_stay_in_it() -> None:
    told = shown(show_leaving, [])
    assert "set to the median of its peers, would." in told
    assert "取同类中位数均不足以脱离队列" in told


def trained(low: float, high: float) -> dict[str, Any]:
    """What a retraining reports of one model."""
    figures = {"records": 900.0, "labels": 90.0, "confirmed": 30.0, "later_auprc": 0.512}
    return {
        "stay": {
            "version": "1-cafe", "figures": figures | {"later_auprc_low": low, "later_auprc_high": high},
            "tuning": "Not tuned.", "notes": [], "gates": [], "waits_in": None,
            "in_office": "1-cafe", "card": "model-card.md",
        },
    }  # fmt: skip


def test_a_figure_of_too_few_hospitals_has_no_interval() -> None:
    nan = float("nan")
    assert "later AUPRC: 0.512 (no interval)" in shown(show_training, trained(nan, nan))
    assert "later AUPRC: 0.512 (0.400 to 0.600)" in shown(show_training, trained(0.4, 0.6))


RULE: dict[str, Any] = {
    "doc": "Words.", "evidence": {"idle_days": 2.0}, "hook": "38-1", "grade": "线索",
    "full_grade": "疑点", "limits": {"idle": "practice"},
    "unasked_en": ["could not be asked: counts"], "unasked_zh": ["未提供盘点"],
}  # fmt: skip


def test_an_explanation_says_why_a_hit_is_a_clue_alone() -> None:
    told = rule_panel(RULE)
    assert "grade 线索" in told
    assert told.endswith("\nA clue alone: could not be asked: counts\n仅作线索: 未提供盘点")
    assert "Not asked: could not" in rule_panel(RULE | {"full_grade": "线索"})


def test_a_dossier_of_before_says_nothing_of_it() -> None:
    old = {name: told for name, told in RULE.items() if name not in NEWER}
    assert rule_panel(old).endswith("Limits: practice")


NEWER = ("full_grade", "unasked_en", "unasked_zh")
