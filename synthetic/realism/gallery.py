"""Every picture of the page: its file, its words, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthetic.realism import pictures_of_care as care
from synthetic.realism import pictures_of_goods as goods
from synthetic.realism.drawing import save, styled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from synthetic.realism.facts import Facts
    from synthetic.realism.verdict import Verdict

PLACE = "pictures/how-real"  # beside the page


@dataclass(frozen=True)
class Picture:
    """One picture: file name, text for who cannot see it, the section it belongs to."""

    name: str
    words: str
    section: str
    draw: Callable[[Facts, Mapping[str, Verdict]], Figure]


PICTURES = (
    Picture("length-by-group", "Mean length of stay of 58 groups, each on its accepted range",
            "groups", care.length_by_group),
    Picture("cost-by-level", "Cost of stays by hospital level, means on their accepted ranges",
            "cost", care.cost_by_level),
    Picture("fee-structure", "Classes of fees by kind of stay, and shares on accepted ranges",
            "fees", care.fee_structure),
    Picture("ages", "Age pyramid of stays by sex", "people", care.ages),
    Picture("returns", "Monthly shares of planned and unplanned returns, with accepted bands",
            "people", care.returns_by_month),
    Picture("year", "Admissions by day with holidays, respiratory admissions by week",
            "places", care.year),
    Picture("prices", "Billed prices of consumables before and after the cut, on their ranges",
            "prices", goods.prices),
    Picture("cut-over", "Price and volume by months from the cut of volume-based buying",
            "buying", goods.cut_over),
    Picture("planted-mix", "Shares of planted schemes on their accepted ranges",
            "planted", goods.planted),
)  # fmt: skip


def draw_all(facts: Facts, verdicts: Mapping[str, Verdict], folder: Path) -> None:
    """Write every picture below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        for picture in PICTURES:
            save(picture.draw(facts, verdicts), folder / f"{picture.name}.svg")
