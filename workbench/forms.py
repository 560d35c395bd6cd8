"""The filters of the queue. A value that means nothing is left out, not complained about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.results import GRADES
from claims.tables import SCENARIOS
from workbench.selectors.queue import Wanted
from workbench.wording import GRADE_WORDS, SCENARIO_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.selectors.nights import Night

LONGEST_NAME = 100


class QueueFilters(forms.Form):
    """Scenario, grade, hospital and night."""

    scenario = forms.ChoiceField(
        label=_("Scenario"),
        required=False,
        choices=[("", _("Both")), *((name, SCENARIO_WORDS[name]) for name in SCENARIOS)],
    )
    grade = forms.ChoiceField(
        label=_("Grade"),
        required=False,
        choices=[("", _("All")), *((name, GRADE_WORDS[name]) for name in GRADES)],
    )
    hospital = forms.CharField(
        label=_("Hospital"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"list": "hospitals", "placeholder": _("Name or code")}),
    )
    night = forms.ChoiceField(label=_("Night"), required=False)

    def __init__(self, data: Mapping[str, Any], nights: tuple[Night, ...], days: int) -> None:
        """Offer the published nights."""
        super().__init__(data, auto_id="filter-%s")
        days_in_words = _("Last %(days)d days") % {"days": days}
        dated = [(str(night.run_date), str(night.run_date)) for night in nights]
        self.nights = nights
        self.days = days
        field = self.fields["night"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", days_in_words), *dated]
        self.full_clean()

    @property
    def wanted(self) -> Wanted:
        """The filters of rows."""
        return Wanted(self._given("scenario"), self._given("grade"), self._given("hospital"))

    @property
    def wanted_nights(self) -> tuple[Night, ...]:
        """The one night asked for, or all on offer."""
        given = self._given("night")
        if given is None:
            return self.nights
        return tuple(night for night in self.nights if night.run_date == date.fromisoformat(given))

    @property
    def query(self) -> dict[str, str]:
        """What is asked for, as the address of the page repeats it."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def _given(self, name: str) -> str | None:
        return self.cleaned_data.get(name) or None
