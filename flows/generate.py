"""Generate a synthetic city, as a Prefect flow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow

import synthetic

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from synthetic import CitySummary


@flow(name="generate", validate_parameters=False)
def generate(
    out: Path,
    *,
    stays: int,
    months: int,
    seed: int,
    audit_share: float,
    difficulty: tuple[int, ...] = (1, 2, 3, 4),
    shift_at: date | None = None,
    shifted: tuple[str, ...] = (),
    progress: Callable[[float, str], None] | None = None,
) -> CitySummary:
    """Write a city and its answer key; the key is for evaluation alone.

    On ``shift_at`` what is ``shifted`` changes: see ``synthetic.shift.Shift.of``.
    """
    shift = synthetic.Shift.of(shift_at, shifted)
    return synthetic.generate(
        out,
        stays=stays,
        months=months,
        seed=seed,
        audit_share=audit_share,
        difficulty=difficulty,
        progress=progress,
        shift=shift,
    )
