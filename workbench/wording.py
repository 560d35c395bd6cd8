"""The words for codes of the contract, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

GRADE_WORDS: Final[dict[str, StrPromise]] = {
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
    "watch": _("Watch"),
}
SCENARIO_WORDS: Final[dict[str, StrPromise]] = {
    "hospitalization": _("Stays"),
    "consumables": _("Consumables"),
}
