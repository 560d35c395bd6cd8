"""What a rule hit rests on: its evidence and its limits, as the night wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import template

from workbench.selectors.shown import plain
from workbench.templatetags.formats import in_chinese, measure, said, value

if TYPE_CHECKING:
    from collections.abc import Mapping

register = template.Library()
Names = dict[str, dict[str, str]]


class Limit(NamedTuple):
    """A limit; without value and days where its night wrote none, the value a dash before all."""

    name: str
    basis: str
    value: str = ""
    on: str = ""
    since: str = ""


@register.filter
def evidence(rule: Mapping[str, Any], names: Names) -> list[tuple[str, str]]:
    """Names and values of what a rule shows; without units where its night wrote none."""
    if "shown" not in rule:
        return [(measure(name, names), value(told)) for name, told in rule["evidence"].items()]
    return [(plain(said(one, "name")), said(one, "value")) for one in rule["shown"]]


@register.filter
def limits(rule: Mapping[str, Any]) -> list[Limit]:
    """The limits of a rule as they stood on the day of the service, with what they rest on."""
    if "in_force" not in rule:
        return _undated(rule)
    return [
        Limit(said(one, "name"), said(one, "basis"), said(one, "value"),
              one["on"] or "", one["since"] or "")
        for one in rule["in_force"]
    ]  # fmt: skip


def _undated(rule: Mapping[str, Any]) -> list[Limit]:
    """What earlier nights wrote; in English where no Chinese was written."""
    told = rule.get("limits_zh", {}) if in_chinese() else {}
    found = []
    for name, basis in rule["limits"].items():
        name_zh, basis_zh = told.get(name, ["", ""])
        found.append(Limit(name_zh or name.replace("_", " "), basis_zh or basis))
    return found
