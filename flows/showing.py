"""What a person sees on the terminal: alerts, explanations, reports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rules.catalogue import BY_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

SCENARIO_TITLES = {
    "hospitalization": "Hospital stays 住院",
    "consumables": "Key consumables 重点耗材",
}
GRADE_STYLES = {"red": "bold red", "orange": "dark_orange", "yellow": "yellow", "watch": "dim"}
REASONS_SHOWN = 3
SUM_TITLES = {
    "ranker": "What adds up to the margin, in log-odds 边际得分的构成",
    "prior": "What adds up to the place in the queue: how unusual, and rule hits 排队次序的构成",
    "distance": "What adds up to its distance from peers 与同类偏离的构成",
}
LONGEST_ID = 12
# Their reasons carry shares of a score; those of all other subjects carry distances from peers.
RECORDS = ("stay", "use", "ledger")
# Columns of a screen from which every figure gets a column of its own.
WIDE_FROM = 120


def yuan(fen: int | None) -> str:
    """An amount of the lake in yuan, for people."""
    return "-" if fen is None else f"¥{fen / 100:,.0f}"


def certainty(alert: dict[str, Any]) -> str:
    """The probability, or the words that there is none yet and how unusual the record is."""
    drawn = "\nby lot" if alert["selected_by"] == "random" else ""
    if alert["score"] is None:
        return f"prior\nP{alert['anomaly'] * 100:.1f}{drawn}"
    return f"{alert['score']:.0%}{drawn}"


def rule_words(alert: dict[str, Any]) -> str:
    """Rule hits as codes with names."""
    codes = [hit["code"] for hit in alert["rules"]]
    return "\n".join(f"{code} {BY_CODE[code].en}" for code in codes) or "-"


def subject_words(alert: dict[str, Any], items: dict[str, str]) -> str:
    """What an alert is about, in words a table has room for."""
    parts = str(alert["subject_id"]).split("|")
    if alert["subject_type"] == "stay":
        return f"stay {parts[0]}"
    if alert["subject_type"] == "use":
        return f"{items.get(parts[-1], parts[-1])}\nin stay {parts[0]}"
    if alert["subject_type"] == "ledger":
        return f"{items.get(parts[1], parts[1])}\nledger of {parts[2]}"
    # Of a pseudonym the beginning will do; the ids of hospitals and physicians are short.
    return f"{alert['subject_type']} {parts[0][:LONGEST_ID]}"


def alert_table(scenario: str, alerts: list[dict[str, Any]], names: Names, width: int) -> Table:
    """The strongest alerts of a scenario, readable without any further page.

    A narrow screen stacks who and how much in one column, so that reasons keep their room.
    """
    table = Table(
        title=SCENARIO_TITLES[scenario], title_justify="left", show_lines=True, expand=True
    )
    table.add_column("#", justify="right")
    if width < WIDE_FROM:
        table.add_column("Case", ratio=2, overflow="fold")
    else:
        table.add_column("Hospital", ratio=2, overflow="fold")
        table.add_column("Subject", ratio=3, overflow="fold")
        table.add_column("Probability", justify="right")
        table.add_column("At risk", justify="right", no_wrap=True)
        table.add_column("Rule hits", ratio=3)
    table.add_column(
        "Strongest reasons: value; standard; number of peers", ratio=9 if width >= WIDE_FROM else 4
    )
    for place, alert in enumerate(alerts, 1):
        cells = [
            names.hospital(alert["hospital_id"]),
            subject_words(alert, names.items),
            certainty(alert),
            yuan(alert["amount_at_risk"]),
            rule_words(alert),
        ]
        told = [f"• {reason['text_en']}" for reason in alert["reasons"][:REASONS_SHOWN]]
        shown = cells if width >= WIDE_FROM else [_stacked(*cells)]
        number = Text(str(place), style=GRADE_STYLES[alert["grade"]])
        table.add_row(number, *shown, "\n".join(told) or "-")
    return table


def _stacked(hospital: str, subject: str, certain: str, amount: str, rules: str) -> str:
    sure = certain.replace("\n", " ")
    return f"{hospital}\n{subject}\nprobability {sure}\nat risk {amount}\n{rules}"


@dataclass(frozen=True)
class Names:
    """What hospitals and items are called, where that was delivered."""

    hospitals: dict[str, str]
    items: dict[str, str]

    def hospital(self, code: str | None) -> str:
        """Name of a hospital, else its code, else a dash."""
        return self.hospitals.get(code or "", code or "-")


def show_alerts(console: Console, alerts: list[dict[str, Any]], names: Names, top: int) -> None:
    """Print the strongest alerts of each scenario."""
    for scenario in SCENARIO_TITLES:
        mine = [alert for alert in alerts if alert["scenario"] == scenario][:top]
        if mine:
            console.print(alert_table(scenario, mine, names, console.width))
            console.print()
    if not alerts:
        console.print("No doubtful points were published for this night.")


def show_explanation(console: Console, alert: dict[str, Any], dossier: dict[str, Any]) -> None:
    """Print everything that was said about one alert, facts first."""
    console.print(Panel(_facts(dossier), title=f"{alert['alert_id']} · facts"))
    for rule in dossier["rules"]:
        console.print(Panel(rule_panel(rule), title=f"{rule['code']} {rule['en']} {rule['zh']}"))
    for guarded in dossier["not_raised"]:
        because = "; ".join(guarded["because_en"])
        console.print(f"{guarded['code']} was not raised: {because}.")
    console.print(_reasons(alert))
    show_sum(console, dossier.get("adds"))
    console.print(
        f"Probability {certainty(alert).replace(chr(10), ' ')}, at risk "
        f"{yuan(alert['amount_at_risk'])} ({alert['loss_method']}), grade {alert['grade']}, "
        f"models {alert['model_version']}, standards {alert['benchmark_version']}."
    )
    if dossier.get("stability"):
        console.print(Text("{text_en} {text_zh}".format(**dossier["stability"])))
    show_leaving(console, dossier.get("leaves_queue"))
    console.print("A doubtful point, not a finding: people decide. 疑点仅供核查，由人认定。")


def _reasons(alert: dict[str, Any]) -> Table:
    """Reasons of a record with their shares of its score; of others, how far they lie off."""
    shares = alert["subject_type"] in RECORDS
    table = Table(title="Reasons", title_justify="left", show_lines=True)
    for name in ("share" if shares else "spreads from peers", "family", "in English", "in Chinese"):
        table.add_column(name)
    for reason in alert["reasons"]:
        told = reason["contribution"]
        weight = f"{told:.0%}" if shares else f"{told:.1f}"
        table.add_row(weight, reason["family"], reason["text_en"], reason["text_zh"])
    return table


def show_sum(console: Console, told: list[dict[str, Any]] | None) -> None:
    """Print how the stored margin adds up, by family of features; that it is not known, if so."""
    if not told:
        console.print("How its score adds up was not kept on its night. 当晚未保存得分构成。")
        return
    leading = told[0]
    table = Table(title=SUM_TITLES[leading["source"]], title_justify="left")
    table.add_column("family")
    table.add_column("adds", justify="right")
    ordered = sorted(leading["families"], key=lambda one: (-abs(one["adds"]), one["family"]))
    parts = [("where every record begins 起点", leading["base"])]
    parts += [(one["family"], one["adds"]) for one in ordered]
    for name, adds in parts:
        table.add_row(name, f"{adds:+.2f}")
    table.add_section()
    table.add_row("margin 合计", f"{sum(adds for _, adds in parts):+.2f}")
    console.print(table)


def show_leaving(console: Console, sets: list[dict[str, Any]] | None) -> None:
    """Print what would take an alert out of the queue; nothing for what the lot drew."""
    if sets is None:
        return
    console.print(Text("What would take it out of the queue 脱离队列的条件", style="bold"))
    for one in sets:
        console.print(Text(f"  {one['text_en']}\n  {one['text_zh']}"))
    if not sets:
        console.print(
            "  No one or two of its figures, set to the median of its peers, would. "
            "任一或任两项指标取同类中位数均不足以脱离队列。"
        )
    console.print(
        "  Worked out anew: distance from peers, rules, detectors, amount in doubt. Other figures"
        " of the same bill stay as they are. 同类偏离、规则、检测器与金额随之重算，其余指标不变。"
    )


def _facts(dossier: dict[str, Any]) -> str:
    labels = dossier["labels"]
    shown = {
        key: value
        for key, value in dossier["facts"].items()
        if not key.endswith("_vs_peers") and not key.startswith("rule_") and key not in labels
    }
    return "\n".join(f"{key.replace('_', ' ')}: {value}" for key, value in shown.items())


def rule_panel(rule: dict[str, Any]) -> str:
    """One rule hit as ``explain`` tells it: what, evidence, law, limits, what was not asked."""
    evidence = ", ".join(
        f"{key.replace('_', ' ')} {value}" for key, value in rule["evidence"].items()
    )
    basis = "; ".join(sorted(set(rule["limits"].values())))
    return (
        f"{rule['doc']}\nEvidence: {evidence}\nLegal hook: article {rule['hook']} of the"
        f" Regulation on the Supervision of Medical Security Funds; grade {rule['grade']}"
        f"\nLimits: {basis}{_unasked(rule)}"
    )


def _unasked(rule: dict[str, Any]) -> str:
    """What could not be asked, in both languages, and whether it made the hit a clue."""
    lowered = rule["grade"] != rule.get("full_grade", rule["grade"])
    named = ("A clue alone", "仅作线索") if lowered else ("Not asked", "未核实")
    told = zip(named, (rule.get("unasked_en"), rule.get("unasked_zh")), strict=True)
    return "".join(f"\n{name}: {'; '.join(why)}" for name, why in told if why)


def show_lines(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print a titled list, or nothing when it is empty."""
    told = list(lines)
    if told:
        console.print(Text(title, style="bold"))
        for line in told:
            console.print(Text(f"  {line}"))


def as_json(alerts: list[dict[str, Any]]) -> str:
    """Alerts as JSON, money in yuan."""
    return json.dumps(
        [in_yuan(alert) for alert in alerts], ensure_ascii=False, default=str, indent=1
    )


def in_yuan(alert: dict[str, Any]) -> dict[str, Any]:
    """The same alert with amounts in yuan."""
    money = ("amount_at_risk", "billed_harm", "fund_loss", "expected_recovery")
    return alert | {name: None if alert[name] is None else alert[name] / 100 for name in money}
