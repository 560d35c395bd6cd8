"""Read once what many ask for at the same moment."""

from __future__ import annotations

from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def one_at_a_time(reading: Callable[P, R]) -> Callable[P, R]:
    """Let one thread in and the others wait, for readings that keep what they read.

    A cache alone lets everybody through who comes before the first one is done, so that the
    first minute of a morning would read a night as often as there are auditors.
    """
    lock = Lock()

    @wraps(reading)
    def alone(*args: P.args, **named: P.kwargs) -> R:
        with lock:
            return reading(*args, **named)

    return alone
