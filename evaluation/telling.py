"""Figures in words, and rows of figures by their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluation.kinds import OURS
from models.pooling import WILSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from evaluation.storing import Data

NONE = "–"
FINE = 0.0995  # shares below are told with one decimal
LEAST = 0.0005  # below it one decimal would show nothing
SMALL_P = 0.001
MARK = "ʷ"  # of an interval of Wilson's


CALLED = {OURS: "Jianbao"}
FEN_IN_YUAN, FEN_IN_WAN = 100, 1_000_000


def called(queue: str) -> str:
    """A queue's name on the page."""
    return CALLED.get(queue, queue)


def capacity(size: float) -> str:
    """A capacity: a share of the records, or a number of cases."""
    return first(size) if size < 1 else f"first {size:,.0f}"


def first_of(size: float, kind: str) -> str:
    """A capacity of subjects of a kind: the first 1% of stays, or the first 50 stays."""
    between = "of " if size < 1 else ""
    return f"{capacity(size)} {between}{plural(kind)}"


def money(fen: float | None) -> str:
    """An amount in yuan."""
    if fen is None:
        return NONE
    yuan = round(fen / FEN_IN_YUAN)
    return f"{'-' if yuan < 0 else ''}¥{abs(yuan):,}"


def wan(fen: float | None) -> str:
    """An amount in 10,000 yuan, as budgets are read; one below that in yuan, with their sign."""
    return told_like(fen)(fen)


def told_like(fen: float | None) -> Callable[[float | None], str]:
    """How an amount and the ends of its interval are told: in yuan where it is small.

    In a small city one decimal of 10,000 yuan would say nought.
    """
    return money if fen is None or abs(fen) < FEN_IN_WAN else _in_wan


def _in_wan(fen: float | None) -> str:
    return NONE if fen is None else f"{fen / FEN_IN_WAN:,.1f}"


def wan_with_interval(row: Data, name: str) -> str:
    """An amount as ``wan`` has it, with its interval in the same unit."""
    told = told_like(row[name])
    low, high = (row[f"{name}_{end}"] for end in ("low", "high"))
    around = "" if row[name] is None or low is None else f" ({told(low)} to {told(high)})"
    return told(row[name]) + around


def share(value: float | None) -> str:
    """A share in per cent."""
    if value is None:
        return NONE
    if 0 < value < LEAST:
        return f"< {2 * LEAST:.1%}"
    return f"{value:.1%}" if 0 < value < FINE else f"{value:.0%}"


def first(size: float) -> str:
    """A capacity: the first so many per cent of a queue."""
    return f"first {100 * size:g}%"


def points(value: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    return NONE if value is None else _signed(100 * value, 1)


def bounds(low: float | None, high: float | None) -> str:
    """An interval in per cent, without the sign."""
    if low is None or high is None:
        return ""
    fine = high < FINE
    return (
        f" ({100 * low:.1f} to {100 * high:.1f})"
        if fine
        else f" ({100 * low:.0f} to {100 * high:.0f})"
    )


def with_interval(row: Data | None, name: str = "share") -> str:
    """A share with its interval, marked where that is Wilson's; a dash without cases."""
    if row is None or row[name] is None:
        return NONE
    mark = MARK if row.get("method") == WILSON else ""
    return share(row[name]) + bounds(row["low"], row["high"]) + mark


def p_value(value: float | None) -> str:
    """A p-value."""
    if value is None:
        return NONE
    return f"< {SMALL_P:g}" if value < SMALL_P else f"{value:.3f}"


def number(value: float | None, digits: int = 2) -> str:
    """A plain number."""
    return NONE if value is None else f"{value:.{digits}f}"


def signed(value: float | None) -> str:
    """A difference with its sign."""
    return NONE if value is None else _signed(value, 2)


def _signed(value: float, digits: int) -> str:
    """Without the sign of a nought that was rounded from below."""
    return f"{round(value, digits) + 0.0:+.{digits}f}"


def count(value: float | None) -> str:
    """A whole number."""
    return NONE if value is None else f"{value:,.0f}"


def where(rows: Iterable[Data], **asked: Any) -> list[Data]:  # noqa: ANN401
    """The rows that have these values."""
    return [row for row in rows if all(row[name] == value for name, value in asked.items())]


def one(rows: Iterable[Data], **asked: Any) -> Data | None:  # noqa: ANN401
    """The first row that has these values."""
    found = where(rows, **asked)
    return found[0] if found else None


def listed(names: Iterable[str]) -> str:
    """Names in a sentence."""
    held = list(names)
    if not held:
        return "none"
    return held[0] if len(held) == 1 else f"{', '.join(held[:-1])} and {held[-1]}"


def plural(kind: str) -> str:
    """Subjects of a kind."""
    return f"{kind}s"
