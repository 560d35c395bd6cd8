"""What several frames of one measuring start from is worked out once.

Six frames of uses begin with the same uses, their stays and the lines of these. While
``sharing`` is open, such a start is kept and handed to every frame that asks for it of the
same knowledge and the same rows; when it closes, the memory is free again.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

Given = ParamSpec("Given")
# Beside each result lies what it was made from, so that no other object takes its identity.
_kept: ContextVar[dict[object, tuple[object, pl.LazyFrame]] | None] = ContextVar(
    "kept", default=None
)


@contextmanager
def sharing() -> Iterator[None]:
    """Keep what ``once`` works out until the end of the block."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(build: Callable[Given, pl.LazyFrame]) -> Callable[Given, pl.LazyFrame]:
    """Work a frame out in memory, for the same arguments but once while ``sharing`` is open.

    Arguments are the same when they are the same objects.
    """

    @wraps(build)
    def worked_out(*given: Given.args, **named: Given.kwargs) -> pl.LazyFrame:
        kept = _kept.get()
        if kept is None:
            return build(*given, **named).collect().lazy()
        every: tuple[Any, ...] = (*given, *named.values())
        key = (build, *map(id, every))
        if key not in kept:
            kept[key] = (every, build(*given, **named).collect().lazy())
        return kept[key][1]

    return worked_out
