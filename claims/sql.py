"""Expressions a mapping may use: plain arithmetic and text work on one row at a time.

They are parsed by Polars' own SQL parser and inspected before they run. What looks beyond
the row (sub-queries, sums, windows, positions) is refused; code cannot be written at all.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.errors import MappingError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

# Names of Polars' expression nodes that look at more than one row or at another frame.
BEYOND_THE_ROW = frozenset(
    {"SubPlan", "Agg", "Over", "Rolling", "Range", "Len", "Selector", "Shift", "Sort", "Filter"}
)
COMPUTED = "_computed"


def plain_expression(text: str, columns: list[str], place: str) -> pl.Expr:
    """Parse one SQL expression over these columns.

    Raises MappingError, opening with ``place``, when it is not an expression, names an
    unknown column, or looks beyond its row.
    """
    try:
        parsed = pl.sql_expr(text)
        nodes = json.loads(parsed.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise MappingError(
            f"{place}: '{text}' is not a plain SQL expression ({str(error).splitlines()[0]}).",
            'Use columns in double quotes, numbers, text and functions, as "Charges" * 100.',
        ) from error
    # Refused before its columns are looked at: a sub-query brings columns of its own.
    _refuse_beyond_the_row(nodes, text, place)
    for name in parsed.meta.root_names():
        if name not in columns:
            raise MappingError(
                f"{place}: '{text}' names the column '{name}', which the file does not have."
                f"{did_you_mean(name, columns)}",
                "Put column names in double quotes, exactly as in the header.",
            )
    return parsed


def is_constant(expression: pl.Expr) -> bool:
    """Whether the expression reads no column at all."""
    return not expression.meta.root_names()


def evaluated(rows: pl.DataFrame, expression: pl.Expr, text: str, place: str) -> pl.Series:
    """One value a row; raise MappingError when a value cannot be computed."""
    try:
        return rows.with_columns(expression.alias(COMPUTED))[COMPUTED]
    except pl.exceptions.PolarsError as error:
        raise MappingError(
            f"{place}: '{text}' cannot be computed ({str(error).splitlines()[0]}).",
            'Values are text: use TRY_CAST("Column" AS DOUBLE) before counting with them.',
        ) from error


def _refuse_beyond_the_row(nodes: Any, text: str, place: str) -> None:  # noqa: ANN401 - JSON
    found = sorted(set(_names(nodes)) & BEYOND_THE_ROW)
    if found:
        raise MappingError(
            f"{place}: '{text}' looks beyond its own row ({', '.join(found)}).",
            "A mapping computes each row from that row alone.",
        )


def _names(node: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Names of all nodes of a serialised expression; names of columns are passed over."""
    if isinstance(node, dict):
        for name, inner in node.items():
            yield name
            if name not in {"Column", "Literal"}:
                yield from _names(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _names(inner)
    elif isinstance(node, str):
        yield node
