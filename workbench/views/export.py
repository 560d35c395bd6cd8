"""What a line of the exported queue holds; persons by the beginning of their pseudonym."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from claims.schema import FEN_PER_YUAN
from workbench.templatetags.formats import (
    grade_word,
    headline,
    mask,
    scenario_word,
    state_word,
)

if TYPE_CHECKING:
    from workbench.selectors.queue import CaseRow
    from workbench.spreadsheet import Cell

TITLES: Final = (
    _("No."),
    _("Case"),
    _("Grade"),
    _("State"),
    _("Scenario"),
    _("Hospital"),
    _("District"),
    _("Person"),
    _("In doubt (yuan)"),
    _("Rules hit"),
    _("Opened"),
    _("Night"),
    _("Probability"),
    _("Strongest reason"),
)


def line(row: CaseRow, *, with_score: bool) -> list[Cell]:
    """One case as cells; grade, probability and reason are empty for who reads facts only."""
    return [
        row.rank,
        row.case_id,
        grade_word(row.grade) if with_score else None,
        state_word(row.state),
        scenario_word(row.scenario),
        row.hospital_name or row.hospital_id,
        row.district,
        mask(row.person_id),
        row.amount_at_risk / FEN_PER_YUAN,
        " ".join(row.rule_codes),
        str(row.opened_on),
        str(row.run_date),
        row.score if with_score else None,
        headline(row) if with_score else None,
    ]
