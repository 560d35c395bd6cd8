"""H13 early discharge and refusal 推诿/提前出院: a severe patient is sent away half treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, elsewhere
from synthetic.arrays import by_case
from synthetic.fading import usual_length
from synthetic.grammar import Dose, scheme
from synthetic.state import City, standard_of

if TYPE_CHECKING:
    from synthetic.randomness import Whole

SEVERE_GROUPS = ("BR2", "ES3", "ET2", "FR2", "LR1")
Z05 = -1.645  # below it five of 100 stays end
LEAST_NIGHTS = 6  # of what the illness needs
# By difficulty. The published rule asks for a cost below half of the standard, fewer nights
# than 95 of 100 stay, and a new admission elsewhere within 7 days (dossier H13).
RATIO = {1: (0.14, 0.26), 2: (0.24, 0.38), 3: (0.26, 0.40), 4: (0.68, 0.82)}
GAP = {1: (0, 1), 2: (1, 3), 3: (4, 7), 4: (8, 14)}
URGENT = {1: 0.9, 2: 0.8, 3: 0.6, 4: 0.5}  # of the new admissions
EXCUSED, CUNNING = 3, 4
VERY_SHORT = 2  # nights of the bold
LONGER = (1, 3)  # nights of the cunning above the short ones


@scheme(
    code="H13",
    title_en="early discharge or refusal",
    title_zh="推诿或提前出院",
    stage="care",
    subject="stay",
    share=0.0005,
    recipe={
        1: "a major complication sent home after a night or two at a fifth of the standard",
        2: "a third of the standard and too few nights; another hospital admits within 3 days",
        3: "the same written down as left against advice; admitted elsewhere after 4 to 7 days",
        4: "nights and cost just above the limits, admitted elsewhere after 8 to 14 days",
    },
    traces=("stays.discharged_at", "stays.total_amount", "stays.discharge_way"),
)
def early_discharge(city: City, dose: Dose) -> City:
    """Send a dear patient away early and keep the whole payment.

    Another hospital treats the illness from the beginning. The loss is what the fund pays that
    hospital for it, a second time.
    """
    chosen = campaigns.choose_each(city.world, "H13", _fitting(city, dose), dose)
    chosen = _shortened(city, chosen)
    gap = _between(city, "gap", GAP, chosen)
    urgent = np.array([URGENT[d] for d in chosen["difficulty"].to_list()])
    sought = chosen.with_columns(
        need=pl.col("needed"),
        gap=pl.Series(gap),
        emergency=pl.Series(city.world.draw.chance("h13/urgent", urgent, chosen["key"])),
    )
    second = elsewhere.admitted(city, "h13", sought)
    told = chosen.join(second.select("person", "seed_of", "paid"), left_on=["person", "key"],
                       right_on=["person", "seed_of"])  # fmt: skip
    city = city.with_plan(told).with_plan(second)
    return city.guilty_stays("H13", told.with_columns(amount=pl.col("paid")))


def _fitting(city: City, dose: Dose) -> dict[int, pl.DataFrame]:
    rows = elsewhere.candidates(city, SEVERE_GROUPS, LEAST_NIGHTS, max(GAP[CUNNING]))
    paid_by_group = city.world.houses.frame["drg_paid"].to_numpy()[rows["hospital"].to_numpy()]
    rows = rows.filter(pl.Series(paid_by_group))
    few = np.maximum(np.floor(usual_length(city.world, rows, Z05)), 2).astype(np.int64)
    rows = rows.with_columns(few=pl.Series(few)).filter(pl.col("severity") <= EXCUSED)
    grave = rows.filter(pl.col("severity") == 1)
    room = rows.filter(pl.col("los") > pl.col("few") + LONGER[1] + 1)
    fitting = {1: grave, 2: rows, 3: rows, 4: room}
    return {level: fitting[level] for level in dose.difficulties}


def _between(
    city: City, name: str, by_level: dict[int, tuple[int, int]], rows: pl.DataFrame
) -> Whole:
    low, high = (np.array([by_level[d][side] for d in rows["difficulty"].to_list()], dtype=np.int64)
                 for side in (0, 1))  # fmt: skip
    return city.world.draw.between(f"h13/{name}", low, high, rows["key"])


def _shortened(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """The stays as the first hospital gave them: few nights, a part of the standard's care."""
    draw, key, level = city.world.draw, chosen["key"], chosen["difficulty"].to_numpy()
    short = chosen["few"].to_numpy() - 1  # one night fewer than the short ones still allowed
    bold = np.minimum(draw.between("h13/bold", 1, VERY_SHORT, key), short)
    brief = np.maximum(short - draw.below("h13/brief", 2, key), 1)
    careful = short + 1 + draw.between("h13/careful", *LONGER, key)
    nights = by_case([level == 1, level == CUNNING], [bold, careful], brief).astype(np.int64)
    low, high = (np.array([RATIO[d][side] for d in level.tolist()]) for side in (0, 1))
    ratio = low + (high - low) * draw.uniform("h13/ratio", key)
    return chosen.with_columns(
        needed=pl.col("los"),
        los=pl.Series(nights),
        span=pl.Series(nights),
        spend=pl.Series(standard_of(city, chosen) * ratio),
        against=pl.Series(level == EXCUSED),
        planted=pl.lit(value=True),
    )
