"""All declared schemes and look-alikes."""

from __future__ import annotations

from functools import cache

import synthetic.lookalikes
import synthetic.schemes
from synthetic.grammar import Lookalike, Scheme, gather


@cache
def schemes() -> tuple[Scheme, ...]:
    """All declared schemes, by module name."""
    return gather(synthetic.schemes, Scheme)


@cache
def lookalikes() -> tuple[Lookalike, ...]:
    """All declared look-alikes, by module name."""
    return gather(synthetic.lookalikes, Lookalike)
