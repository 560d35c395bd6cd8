"""A guideline recommends the better kind, and the whole city follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import choices
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

LEAST = 0.5  # expected uses of a period
FROM = (0.45, 0.75)  # share of the window after which the guideline is in force
FOLLOWED = 0.45  # of the uses from then on
REACHED = 70  # days until all have heard of it
# Kinds of which the better one has a use of its own; others only cost more.
KINDS = ("hernia_mesh", "barbed_suture", "ligation_clip", "peripheral_balloon")


@lookalike(
    name="guideline_change", resembles=("C22",), stage="care", share=1.0, eye=4.0,
    title_en="guideline changed", title_zh="诊疗指南更新",
)  # fmt: skip
def guideline_change(city: City, _dose: Dose) -> City:
    """The dear kind rises from one season on in every hospital alike, and stays."""
    world, draw = city.world, city.world.draw
    named = {choices.number(world, key) for key in KINDS}
    kinds = {p: d for p, d in choices.dear_kind(world, selected=True).items() if p in named}
    if not kinds:
        return city
    plain = sorted(kinds)[int(draw.below("guideline/kind", len(kinds), 0)[0])]
    low, high = (world.clock.share(share) for share in FROM)
    begin = int(draw.between("guideline/from", low, high, 0)[0])
    rows = choices.periods(city, [plain], LEAST)
    used = choices.used_in(city, rows.select("key", *choices.PERIOD))
    heard = np.clip((used["day"].to_numpy() - begin) / REACHED, 0.0, 1.0)
    follows = draw.uniform("guideline/use", used["stay"], used["product"]) < FOLLOWED * heard
    moved = used.filter(pl.Series(follows))
    moved = choices.dearer(city, moved.with_columns(choices.better(world, moved, kinds)))
    city = choices.switch(city, moved)
    ledgers = moved.select("hospital", "day", product="instead")
    return city.innocent_ledgers("guideline_change", ledgers)
