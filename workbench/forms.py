"""The filters of the queue. A value that means nothing is left out, not complained about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from claims.results import GRADES
from claims.tables import SCENARIOS
from workbench.selectors.wanted import EVERY_STATE, MINE, Wanted
from workbench.typologies import TITLES, title
from workbench.wording import GRADE_WORDS, SCENARIO_WORDS, STATE_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.models import User
    from workbench.selectors.nights import Night

LONGEST_NAME = 100
# More than any case can have; a number that a column cannot hold would be an error.
MOST_YUAN, MOST_DAYS = 10**12, 10**5


class QueueFilters(forms.Form):
    """What the queue can be narrowed to."""

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
    district = forms.ChoiceField(label=_("District"), required=False)
    scheme = forms.ChoiceField(label=_("Rule"), required=False)
    amount = forms.IntegerField(
        label=_("From yuan"), required=False, min_value=0, max_value=MOST_YUAN
    )
    waiting = forms.IntegerField(
        label=_("Open for days"), required=False, min_value=0, max_value=MOST_DAYS
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Open")),
            (MINE, _("Mine")),
            *STATE_WORDS.items(),
            (EVERY_STATE, _("All")),
        ],
    )
    night = forms.ChoiceField(label=_("Night"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any],
        nights: tuple[Night, ...],
        days: int,
        districts: Sequence[str],
        reader: User,
    ) -> None:
        """Offer the published nights and the districts; ``reader`` is who asks."""
        super().__init__(data, auto_id="filter-%s")
        days_in_words = _("Last %(days)d days") % {"days": days}
        days_told = sorted({str(night.run_date) for night in nights}, reverse=True)
        dated = [(day, day) for day in days_told]
        self.nights = nights
        self.days = days
        self.reader = reader
        rules = [(code, f"{code} {_title(code)}") for code in TITLES]
        self._offer("night", [("", days_in_words), *dated])
        self._offer("district", [("", _("All")), *((name, name) for name in districts)])
        self._offer("scheme", [("", _("All")), *rules])
        # A filter by grade tells the grade; a disabled field takes nothing of what was sent.
        self.fields["grade"].disabled = reader.facts_only
        self.full_clean()

    @property
    def wanted(self) -> Wanted:
        """The filters of rows."""
        return Wanted(
            self._given("scenario"),
            self._given("grade"),
            self._given("hospital"),
            scheme=self._given("scheme"),
            district=self._given("district"),
            amount_from=self._given("amount"),
            waiting_days=self._given("waiting"),
            state=self._given("state"),
            reader=self.reader.get_username(),
            only_district=self.reader.district,
        )

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

    def _given(self, name: str) -> Any:  # noqa: ANN401  text or a number
        return self.cleaned_data.get(name) or None

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _title(code: str) -> str:
    return title(code, chinese=(get_language() or "").startswith("zh"))
