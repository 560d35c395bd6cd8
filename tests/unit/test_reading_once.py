"""What many ask for at the same moment is read once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from workbench.selectors.once import one_at_a_time

ASKING = 8


def test_who_comes_while_something_is_read_gets_what_was_read() -> None:
    read: list[int] = []

    @one_at_a_time
    @lru_cache(maxsize=2)
    def slow(number: int) -> int:
        read.append(number)
        time.sleep(0.05)
        return number * 2

    with ThreadPoolExecutor(ASKING) as hands:
        told = list(hands.map(slow, [3] * ASKING))
    assert told == [6] * ASKING
    assert read == [3]
