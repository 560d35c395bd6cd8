"""The forms with which people act on a case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from claims.schema import FEN_PER_YUAN
from workbench import life
from workbench.services.opinions import Given
from workbench.typologies import TITLES, title
from workbench.wording import OUTCOME_WORDS, REASON_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

# The regulation that decisions rest on is of 2021; anything earlier is a slip of the hand.
FIRST_DAY = date(2021, 1, 1)
SHORTEST_NOTE = 5
LONGEST_NOTE = 4000
FIRST_LETTER = {"hospitalization": "H", "consumables": "C"}
Choice = tuple[str, Any]


def note_field(label: Any) -> forms.CharField:  # noqa: ANN401  a lazy text
    """A note that must say something."""
    return forms.CharField(
        label=label,
        min_length=SHORTEST_NOTE,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OpinionForm(forms.Form):
    """Outcome, reason, note; for a confirmation the scheme and the amount in yuan."""

    outcome = forms.ChoiceField(
        label=_("Conclusion"), choices=list(OUTCOME_WORDS.items()), widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("", "-"),
            *((OUTCOME_WORDS[one], list(words.items())) for one, words in REASON_WORDS.items()),
        ],
    )
    scheme = forms.ChoiceField(label=_("Kind of problem (if confirmed)"), required=False)
    amount = forms.DecimalField(
        label=_("Amount to recover in yuan (if confirmed)"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
    )
    points = forms.MultipleChoiceField(
        label=_("Doubtful points it holds for"), widget=forms.CheckboxSelectMultiple
    )
    note = note_field(_("Note: what was looked at, and what it shows"))

    def __init__(self, data: Mapping[str, Any] | None, scenario: str, points: list[Choice]) -> None:
        """Offer the schemes of the scenario and the points of the case."""
        super().__init__(data, auto_id="opinion-%s", initial={"points": [one for one, _ in points]})
        chinese = (get_language() or "").startswith("zh")
        schemes = [
            (code, f"{code} {title(code, chinese=chinese)}")
            for code in TITLES
            if code.startswith(FIRST_LETTER.get(scenario, ""))
        ]
        _offer(self.fields["scheme"], [("", "-"), *schemes])
        _offer(self.fields["points"], points)

    def clean(self) -> dict[str, Any]:
        """Reason and outcome belong together; what is confirmed has a scheme and an amount."""
        told = super().clean() or {}
        outcome, reason = told.get("outcome"), told.get("reason")
        if outcome and reason and reason not in REASON_WORDS[outcome]:
            self.add_error(
                "reason", ValidationError(_("This reason belongs to another conclusion."))
            )
        if outcome == life.CONFIRMED:
            if not told.get("scheme"):
                self.add_error("scheme", ValidationError(_("Say what kind of problem it is.")))
            if told.get("amount") is None:
                self.add_error("amount", ValidationError(_("Say the amount; 0 if there is none.")))
        return told

    @property
    def given(self) -> Given:
        """What was written; call it on a valid form."""
        told = self.cleaned_data
        found = told["outcome"] == life.CONFIRMED
        return Given(
            outcome=told["outcome"],
            reason=told["reason"],
            note=told["note"],
            scheme=told["scheme"] if found else "",
            amount=int(told["amount"] * FEN_PER_YUAN) if found else 0,
            alert_ids=tuple(told.get("points", ())),
        )


def _offer(field: forms.Field, choices: list[Choice]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class WhyForm(forms.Form):
    """A reason in words: to reopen, to put back, to see a name."""

    why = note_field(_("Reason"))


class AppealForm(forms.Form):
    """An appeal of a hospital."""

    filed_on = forms.DateField(label=_("Filed on"), widget=forms.DateInput(attrs={"type": "date"}))
    grounds = note_field(_("Grounds the hospital gives"))

    def clean_filed_on(self) -> date:
        """A day on which a hospital can have filed it."""
        filed: date = self.cleaned_data["filed_on"]
        if not FIRST_DAY <= filed <= timezone.localdate():
            raise ValidationError(_("An appeal was filed today or earlier; look at the date."))
        return filed


class AnswerForm(forms.Form):
    """The answer to an appeal."""

    outcome = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (life.UPHELD, _("Upheld on appeal")),
            (life.OVERTURNED, _("Overturned on appeal")),
        ],
        widget=forms.RadioSelect,
    )
    words = note_field(_("Reasons of the answer"))
