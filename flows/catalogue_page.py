"""The catalogue: tables, features, rules and schemes as one page, from their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import synthetic.lookalikes
import synthetic.schemes
from claims.knowledge import load_limits
from claims.results import WRITTEN
from claims.tables import DELIVERED
from features.catalogue import CATALOGUES
from rules.catalogue import RULES
from rules.protective import ALL as PROTECTIVE
from synthetic.grammar import Lookalike, Scheme, gather

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claims.schema import Column, Table
    from features.declaration import Feature
    from rules.declaration import Rule


def page() -> str:
    """The whole catalogue as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Catalogue"
    yield ""
    yield "Written by `make docs` from the declarations in the code; do not edit by hand."
    yield from _tables("Tables that are delivered", DELIVERED)
    yield from _features()
    yield from _rules()
    yield from _schemes()
    yield from _tables("Tables that Jianbao writes", WRITTEN)


def _tables(title: str, tables: Iterable[Table]) -> Iterator[str]:
    yield f"\n## {title}"
    for table in tables:
        yield f"\n### {table.name} · {table.zh}\n\n{table.doc}\n"
        yield from _grid(
            ("column", "type", "Chinese", "what it is", "may hold"),
            (
                (_name(table, one), one.kind.name, one.zh, one.doc, _holds(one))
                for one in table.columns
            ),
        )


def _name(table: Table, column: Column) -> str:
    name = f"**{column.name}**" if column.name in table.key else column.name
    return name + ("?" if column.optional else "")


def _holds(column: Column) -> str:
    return ", ".join(column.values) or ("" if column.minimum is None else f"≥ {column.minimum}")


def _features() -> Iterator[str]:
    yield "\n## Features"
    for name, catalogue in CATALOGUES.items():
        yield f"\n### Of a {name} · {catalogue.entity.zh}\n"
        yield from _grid(
            ("feature", "Chinese", "family", "unit", "suspicious", "what it is"),
            (_feature(item) for item in catalogue.features),
        )


def _feature(item: Feature) -> tuple[str, ...]:
    doc = " ".join(item.doc.split())
    return item.name, item.zh, item.family, item.unit.name, item.direction.value, doc


def _rules() -> Iterator[str]:
    yield "\n## Rules"
    for item in RULES:
        yield from _rule(item)
    yield "\n### Protective conditions\n"
    yield from _grid(
        ("code", "English", "Chinese"), ((one.code, one.en, one.zh) for one in PROTECTIVE)
    )
    yield "\n### Limits\n"
    yield from _grid(
        ("limit", "what it is", "unit", "values", "basis"),
        (
            (one.name, one.doc, one.unit, _dated(one.values.items()), one.basis)
            for one in load_limits().by_name.values()
        ),
    )


def _dated(values: Iterable[tuple[object, float]]) -> str:
    return "; ".join(f"{value:g} from {since}" for since, value in values)


def _rule(item: Rule) -> Iterator[str]:
    official = f", official rule {item.official}" if item.official else ""
    yield f"\n### {item.code} {item.en} · {item.zh}\n"
    yield item.doc
    yield f"\nLegal hook: article {item.hook}{official}. Grade {item.grade.value}."
    yield f"Limits: {', '.join(item.limits)}. Evidence: {', '.join(item.evidence)}."
    if item.protected_by:
        yield f"Silenced by: {', '.join(guard.code for guard in item.protected_by)}."
    if item.cautions:
        yield f"A clue alone where {'; or '.join(one.en for one in item.cautions)}."


def _schemes() -> Iterator[str]:
    yield "\n## Schemes of the synthetic city\n"
    schemes = gather(synthetic.schemes, Scheme)
    yield from _grid(
        ("scheme", "English", "Chinese", "traces", "recipe by difficulty"),
        (
            (
                one.code,
                one.title_en,
                one.title_zh,
                ", ".join(one.traces),
                "; ".join(f"{level}: {text}" for level, text in one.recipe.items()),
            )
            for one in schemes
        ),
    )
    yield "\n### Innocent look-alikes\n"
    yield from _grid(
        ("look-alike", "resembles", "English", "Chinese", "what it is"),
        (
            (
                one.name,
                ", ".join(one.resembles),
                one.title_en,
                one.title_zh,
                " ".join(one.doc.split()),
            )
            for one in gather(synthetic.lookalikes, Lookalike)
        ),
    )


def _grid(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
