"""Choosing between arrays by condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


def by_case(
    cases: Sequence[ArrayLike], values: Sequence[ArrayLike], otherwise: ArrayLike
) -> NDArray[Any]:
    """The value of the first case that holds, row by row.

    NumPy has ``select`` for this, but its 2.4.6 ends the process when the arrays are empty,
    which happens in small cities.
    """
    chosen = np.asarray(otherwise)
    for case, value in reversed(list(zip(cases, values, strict=True))):
        chosen = np.where(np.asarray(case), np.asarray(value), chosen)
    return chosen
