"""The table of alerts on the screen: what each kind of subject is called."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from flows.showing import rule_panel, show_sum, subject_words

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


def printed(told: list[dict[str, Any]] | None) -> str:
    """What the terminal shows of a sum."""
    console = Console(width=100, record=True, quiet=True)
    with console.capture() as kept:
        console.quiet = False
        show_sum(console, told)
    return kept.get()


def test_an_explanation_prints_how_the_margin_adds_up() -> None:
    families = [{"family": "price", "adds": 0.21}, {"family": "rules", "adds": 4.98}]
    told = {"source": "ranker", "voice": 1.0, "base": -5.81, "families": families}
    lines = [line.split() for line in printed([told]).splitlines()]
    numbers = [line[-2] for line in lines if len(line) > 2 and line[-2][:1] in "+-"]
    assert numbers == ["-5.81", "+4.98", "+0.21", "-0.62"]


def test_a_night_that_kept_no_sum_is_said_to_have_kept_none() -> None:
    assert "was not kept" in printed(None)


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
