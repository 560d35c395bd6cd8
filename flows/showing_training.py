"""What a person sees of a training: versions, the figures that matter, and what the gates said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.text import Text

from models.card import words
from models.gates import FAILED, PASSED, order_left
from models.later import MAIN, OVER_PRIOR

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {PASSED: "green", FAILED: "bold red"}
COUNTS = ("records", "labels", "confirmed")
SHOWN = (
    MAIN,
    "later_auc",
    "later_precision_at_10",
    "later_calibration_error",
    f"{MAIN}_difference",
    OVER_PRIOR,
)
SPREAD = ("seeds", "mean", "deviation", "least", "most")


def show_training(console: Console, report: dict[str, Any]) -> None:
    """Print what a retraining made, by kind of subject."""
    for entity, made in report.items():
        console.print(Text(f"{entity} model {made['version']}", style="bold"))
        counted = ", ".join(f"{made['figures'][name]:,.0f} {name}" for name in COUNTS)
        console.print(f"  {counted}")
        for name in SHOWN:
            _show_figure(console, made["figures"], name)
        _show_spread(console, made["figures"])
        for line in (made["tuning"], *made["notes"]):
            console.print(f"  {line}", highlight=False)
        _show_gates(console, entity, made)
        console.print(f"  model card: {made['card']}", highlight=False, soft_wrap=True)


def _show_figure(console: Console, figures: dict[str, float], name: str) -> None:
    value = figures.get(name, math.nan)
    if not math.isnan(value):
        low, high = figures[f"{name}_low"], figures[f"{name}_high"]
        # From too few hospitals a figure has no interval.
        ends = "no interval" if math.isnan(low) else f"{low:.3f} to {high:.3f}"
        console.print(f"  {words(name)}: {value:.3f} ({ends})")


def _show_spread(console: Console, figures: dict[str, float]) -> None:
    if "spread_seeds" in figures:
        told = ", ".join(f"{name} {figures[f'spread_{name}']:.3g}" for name in SPREAD)
        console.print(f"  {words(MAIN)} over seeds: {told}")


def _show_gates(console: Console, entity: str, made: dict[str, Any]) -> None:
    for gate, state, says in made["gates"]:
        console.print(Text(f"  {state}: {gate}. {says}", style=STYLES.get(state, "dim")))
    if made["waits_in"] is not None:
        console.print(
            Text(f"  It is not recorded yet and waits in {made['waits_in']}.", "bold red")
        )
    elif made["in_office"] == made["version"]:
        console.print(f"  It is in office: {entity} is scored by it.")
    elif made["in_office"] is None:
        order = order_left(made["failed"])
        console.print(f"  It does not take office; {order} order the {entity} queue.")
    else:
        said = f"jianbao promote {entity} {made['version']}"
        console.print(f"  {made['in_office']} stays in office; this one waits for `{said}`.")
