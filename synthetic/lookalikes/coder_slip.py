"""A main diagnosis typed wrongly, found by the hospital itself and sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, coding
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

FOUND = (3, 20)  # days until the correction is delivered


@lookalike(
    name="coder_slip", resembles=("H11",), stage="bill", share=0.0012, eye=8.0,
    title_en="wrongly typed code, corrected", title_zh="编码录入差错已更正",
)  # fmt: skip
def coder_slip(city: City, dose: Dose) -> City:
    """The stay fits no group at first; the corrected record names the illness that was treated."""
    draw, rows = city.world.draw, billed.candidates(city)
    chosen = draw.luckiest("slip/luck", rows, dose.subjects)
    codes = np.array(coding.UNGROUPED)
    typed = codes[draw.below("slip/code", len(codes), chosen["key"])]
    slipped = chosen.with_columns(
        main=pl.Series(typed),
        retyped=pl.Series(draw.between("slip/found", *FOUND, chosen["key"])),
        planted=pl.lit(value=True),
    )
    return city.with_plan(slipped).innocent_stays("coder_slip", slipped)
