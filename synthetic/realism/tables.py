"""The tables of the page, and the plain list of what is not real."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthetic.realism.cells import groups
from synthetic.realism.verdict import OUTSIDE, Place, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from synthetic.realism.facts import Facts

WHOLE = 100  # from this number on, no decimals are printed
GROUP_PARTS = ("group_days", "group_cost", "group_consumable")
FAMILIES = {
    "group_days": "Length of stay by group",
    "group_cost": "Cost by group",
    "group_consumable": "Consumable share by group",
    "kit_units": "Units a case",
    "price_before": "Prices before the cut",
    "price_after": "Prices after the cut",
    "planted_mix": "Mix of planted schemes",
}
WORDS = {
    Place.INSIDE: "inside",
    Place.BELOW: "**below**",
    Place.ABOVE: "**above**",
    Place.FEW: "too few",
    Place.UNSEEN: "not shown",
}


def grid(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table in Markdown."""
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def number(value: float, unit: str) -> str:
    """A value in its unit: shares as per cent, three figures."""
    if unit == "share":
        return f"{float(f'{100 * value:.3g}'):g}%"
    short = float(f"{value:.3g}")
    return f"{short:,.0f}" if abs(short) >= WHOLE else f"{short:g}"


def _range(verdict: Verdict) -> str:
    anchor = verdict.anchor
    if anchor.unit == "share":
        low, high = (f"{100 * edge:g}" for edge in (anchor.low, anchor.high))
        return f"{low} to {high}%"
    low, high = (
        f"{edge:,.0f}" if abs(edge) >= WHOLE else f"{edge:g}" for edge in (anchor.low, anchor.high)
    )
    return f"{low} to {high}" + ("" if anchor.unit in {"ratio", "sigma"} else f" {anchor.unit}")


def value(verdict: Verdict) -> str:
    """What the city gives; a dash where it shows nothing."""
    measured = verdict.measured
    return "–" if measured is None else number(measured.value, verdict.anchor.unit)


def anchor_table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One row an anchor."""
    heads = ("anchor", "Chinese", "accepted", "source", "status", "city", "")
    yield from grid(heads, (_row(verdict) for verdict in verdicts))


def _row(verdict: Verdict) -> tuple[str, ...]:
    anchor = verdict.anchor
    source = f"{anchor.source}, {anchor.section}"
    named = (anchor.label_en, anchor.label_zh, _range(verdict), source, anchor.status)
    return (*named, value(verdict), WORDS[verdict.place])


def group_table(facts: Facts, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One row a group: days (mean and median), cost, consumable share."""
    yield (
        "Starting values of section 5.2 for a tertiary hospital (proposals, not official), ±20%; "
        "shares ± a quarter, at least .03. Each cell: the accepted range, then the city. Days and "
        "cost are means of tertiary stays; where these are fewer than 30, of all stays, cost over "
        "the factor of its level.\n"
    )
    medians = {adrg: middle for adrg, _, middle, _ in groups(facts.stays, "days", leveled=False)}
    heads = ("group", "Chinese", "days", "median", "yuan", "consumables", "outside")
    by_name = {v.anchor.name: v for v in verdicts}
    codes = dict.fromkeys(v.anchor.of for v in verdicts)
    yield from grid(heads, (_group(code, by_name, medians) for code in codes))


def _group(code: str, by_name: dict[str, Verdict], medians: dict[str, float]) -> tuple[str, ...]:
    parts = [by_name[f"{name}/{code}"] for name in GROUP_PARTS]
    name = parts[0].anchor.label_zh.split("：")[0]
    days, cost, share = (f"{_bare(v)} → {value(v)}" for v in parts)
    told = zip(("days", "yuan", "consumables"), parts, strict=True)
    odd = [f"{word} {WORDS[v.place]}" for word, v in told if v.place is not Place.INSIDE]
    middle = number(medians[code], "days") if code in medians else "–"
    return code, name, days, middle, cost, share, ", ".join(odd)


def _bare(verdict: Verdict) -> str:
    return _range(verdict).removesuffix(" days").removesuffix(" yuan")


def price_table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One row a product: price before and after its cut."""
    yield (
        "Yuan a unit, billed, mean over the products of one kind. Each cell: the accepted range, "
        "then the city. A dash before the cut: it came before the city's first day, or there was "
        "none. A dash after it: no kit uses the product.\n"
    )
    heads = ("product", "Chinese", "before", "", "after", "", "status")
    by_name = {v.anchor.name: v for v in verdicts}
    keys = dict.fromkeys(v.anchor.of for v in verdicts)
    yield from grid(heads, (_price(key, by_name) for key in keys))


def _price(key: str, by_name: dict[str, Verdict]) -> tuple[str, ...]:
    pair = [by_name[f"price_{side}/{key}"] for side in ("before", "after")]
    cells = [cell for v in pair for cell in (f"{_bare(v)} → {value(v)}", WORDS[v.place])]
    first = pair[0].anchor
    return (first.label_en.split(", price")[0], first.label_zh.split("：")[0], *cells, first.status)


def where_not_real(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One point a measure: its anchors outside their ranges, and why."""
    outside: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.place in OUTSIDE:
            outside.setdefault(verdict.measure.name, []).append(verdict)
    if not outside:
        yield "Nothing."
    for name, mine in outside.items():
        held = sum(v.measure.name == name for v in verdicts)
        told = _family(FAMILIES[name], mine, held) if name in FAMILIES else _told(mine)
        yield f"- {told}. {mine[0].measure.why}"


def _family(title: str, outside: Sequence[Verdict], held: int) -> str:
    """Many anchors of one kind, by their codes alone."""
    listed = "; ".join(f"{v.anchor.of} {value(v)} ({_bare(v)})" for v in outside)
    return f"**{title}**, {len(outside)} of {held} outside: {listed}"


def _told(verdicts: Sequence[Verdict]) -> str:
    return "; ".join(
        f"**{v.anchor.label_en}**: {value(v)}, accepted {_range(v)} ({v.anchor.status})"
        for v in verdicts
    )
