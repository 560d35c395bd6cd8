"""H14 overlong stay 超长住院/压床: the bed is kept after the treatment has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, fading, losses
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

STRUCTURES = ("medical", "rehab", "psychiatric")
SEVERE = 1
LONGEST = 45  # days added, at most
# Days added over the days needed, by difficulty: a third of the whole is half of what was needed.
ADDED = {1: (1.1, 1.6), 2: (0.65, 0.95), 3: (0.60, 0.85), 4: (0.5, 0.5)}
BEYOND = {1: 2, 2: 1, 3: 1}  # nights beyond what 95 of 100 stay, at least
OPEN, HIDDEN, CUNNING = 2, 3, 4
IDLE_SHARE = 0.4  # cunning: of the added days, a half of them first and a half last
BRISK = 1.15  # planned spending of a day over that of the group, at difficulty 4
LEAST_NEEDED = 6  # nights, so that some of the added days can be treated
SHORT_ENOUGH = 0.66  # of the length that 88 of 100 stay: what is needed at difficulty 4


@scheme(
    code="H14",
    title_en="overlong stay",
    title_zh="超长住院/压床",
    stage="care",
    subject="stay",
    share=0.0006,
    recipe={
        1: "more than half of the stay holds bed, nursing and consultation only",
        2: "longer than 95 of 100 of its group, the last third nothing but the bed",
        3: "as long, with one cheap item on each empty day, so that no day looks idle",
        4: "an ordinary length; in the last third some days are treated, never under 0.4 of usual",
    },
    traces=("stays.discharged_at", "fee_lines.charged_at", "fee_lines.category"),
)
def overlong_stay(city: City, dose: Dose) -> City:
    """Send home later than needed, and bill the bed.

    Drugs and therapy end, or thin out, where the illness needed no more. The loss is all that
    was billed on the added days.
    """
    chosen = campaigns.choose_each(city.world, "H14", _fitting(city, dose), dose)
    if chosen.is_empty():
        return city
    marked = fading.kept(chosen, pl.Series(_extra(city, chosen))).with_columns(**_emptied(chosen))
    marked = marked.with_columns(**_idle(marked))
    told = losses.billed_from(city, marked, pl.col("admit") + pl.col("needed"))
    return city.with_plan(marked).guilty_stays("H14", told)


def _fitting(city: City, dose: Dose) -> dict[int, pl.DataFrame]:
    rows = fading.keepable(city, STRUCTURES, LONGEST).filter(pl.col("severity") != SEVERE)
    world = city.world
    rows = rows.with_columns(
        p95=pl.Series(np.ceil(fading.usual_length(world, rows, fading.Z95)).astype(np.int64)),
        p88=pl.Series(fading.usual_length(world, rows, fading.Z88)),
        brisk=pl.Series(fading.daily_cost(world, rows) >= BRISK),
    )
    fitting: dict[int, pl.DataFrame] = {}
    for level in dose.difficulties:
        low, high = ADDED[level]
        if level == CUNNING:
            few = (pl.col("los") <= pl.col("p88") * SHORT_ENOUGH) & pl.col("brisk")
            few &= pl.col("los") >= LEAST_NEEDED
        else:
            most = (pl.col("los") * high).floor().clip(upper_bound=LONGEST)
            few = pl.col("los") + most >= pl.col("p95") + BEYOND[level]
            few &= pl.col("los") <= pl.col("p95")
        fitting[level] = rows.filter(few & (pl.col("los") * low <= LONGEST))
    return fitting


def _extra(city: City, chosen: pl.DataFrame) -> Whole:
    """Days added: past the usual length where the difficulty wants it."""
    level, needed = chosen["difficulty"].to_numpy(), chosen["los"].to_numpy()
    low, high = (np.array([ADDED[d][side] for d in level.tolist()]) for side in (0, 1))
    share = low + (high - low) * city.world.draw.uniform("h14/kept", chosen["key"])
    beyond = np.array([BEYOND.get(d, -LONGEST) for d in level.tolist()])
    wanted = np.maximum(np.ceil(needed * share), chosen["p95"].to_numpy() + beyond - needed)
    wanted = np.where(level == CUNNING, np.floor(needed * share), wanted)
    extra: Whole = np.clip(wanted, 1, LONGEST).astype(np.int64)
    return extra


def _emptied(chosen: pl.DataFrame) -> dict[str, pl.Series]:
    """At difficulty 3 and 4 a cheap item hides each day without treatment."""
    return {"token": chosen.select(pl.col("difficulty") >= HIDDEN).to_series()}


def _idle(marked: pl.DataFrame) -> dict[str, pl.Series]:
    """Source days without treatment: all that were added, or a part of them twice."""
    first, last = marked["needed"].to_numpy(), marked["los"].to_numpy() - 1
    cunning = marked["difficulty"].to_numpy() == CUNNING
    few = np.maximum(np.rint(marked["extra"].to_numpy() * IDLE_SHARE), 1).astype(np.int64)
    begin, end = (few + 1) // 2, few // 2
    return {
        "idle_a": pl.Series(first),
        "idle_b": pl.Series(np.where(cunning, first + begin - 1, last)),
        "idle_c": pl.Series(np.where(cunning & (end > 0), last - end + 1, -1)),
        "idle_d": pl.Series(np.where(cunning & (end > 0), last, -1)),
    }
