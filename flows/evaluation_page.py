"""Write an evaluation: the page, and its figures as JSON beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import storing
from evaluation.page import page
from evaluation.page_of_audits import page_of_audits

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.storing import Data


def write(data: Data, out: Path) -> None:
    """Write both; the same figures give the same bytes."""
    out.parent.mkdir(parents=True, exist_ok=True)
    storing.save(data, out.with_suffix(".json"))
    told = page if data["about"]["truth"] else page_of_audits
    out.write_text(told(data), encoding="utf-8")
