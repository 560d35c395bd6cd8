"""Hold a synthetic city against what is known of real ones, and write the page about it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from synthetic.realism import Asked, write_page
from synthetic.realism.verdict import OUTSIDE


def city_page(data: Path, out: Path, *, stays: int, months: int, seed: int) -> tuple[int, int]:
    """Write the page and its pictures; give how many anchors were held and how many are outside."""
    verdicts = write_page(data, out, Asked(stays, months, seed))
    places = Counter(verdict.place for verdict in verdicts)
    return len(verdicts), sum(places[place] for place in OUTSIDE)
