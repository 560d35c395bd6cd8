"""A person who left one hospital is admitted to another one and treated there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import gathering
from synthetic.keys import EXTRA_STAY
from synthetic.state import standard_of

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

QUIET = 21  # days before and after without another stay of the person
FEN = 100


def candidates(
    city: City, groups: tuple[str, ...], least_nights: int, longest_gap: int
) -> pl.DataFrame:
    """Untouched stays of some groups whose person lies in no other bed for weeks, with ``day``."""
    wanted = [city.world.reference.group(adrg) for adrg in groups]
    plan = city.plan.sort("person", "admit", "key")
    end = pl.col("admit") + pl.col("los")
    same_next = pl.col("person") == pl.col("person").shift(-1)
    same_before = pl.col("person") == pl.col("person").shift(1)
    alone = ~(same_next & (pl.col("admit").shift(-1) < end + longest_gap + QUIET))
    alone &= ~(same_before & (end.shift(1) + QUIET > pl.col("admit")))
    fit = alone.fill_null(value=True) & ~pl.col("planted") & (pl.col("link") == -1)
    fit &= pl.col("group").is_in(wanted) & (pl.col("los") >= least_nights)
    fit &= (pl.col("part") == 0) & (pl.col("source") == pl.col("key")) & (pl.col("idle_a") < 0)
    # The whole illness is treated elsewhere and must still end inside the window.
    fit &= end + pl.col("los") + longest_gap + 1 < city.world.clock.days
    return plan.filter(fit).with_columns(day=pl.col("admit"))


def admitted(city: City, purpose: str, left: pl.DataFrame) -> pl.DataFrame:
    """The stays elsewhere of those who ``left``: plan rows with ``seed_of`` and ``paid`` in fen.

    ``left`` has the plan's columns as they are after leaving, ``need`` nights, ``gap`` days and
    ``emergency`` of the new admission; ``to`` names the new hospital where it is known.
    """
    draw = city.world.draw
    hospital = left["to"].to_numpy() if "to" in left.columns else _other(city, purpose, left)
    cells = (hospital, left["group"].to_numpy())
    first = city.world.houses.first_physician[cells]
    count = np.maximum(city.world.houses.physicians_of[cells], 1)
    rows = left.select(
        "person", "group", "severity", "emergency",
        hospital=pl.Series(hospital),
        admit=pl.col("admit") + pl.col("los") + pl.col("gap"),
        los="need",
        coded_severity="severity",
        physician=pl.Series(first + draw.below(f"{purpose}/physician", count, left["key"])),
        seed_of="key",
    )  # fmt: skip
    stays = gathering.new_stays(city, f"{purpose}/elsewhere", rows.sort("seed_of"), EXTRA_STAY)
    paid = np.rint(standard_of(city, stays) * FEN).astype(np.int64)
    return stays.with_columns(paid=pl.Series(paid))


def _other(city: City, purpose: str, left: pl.DataFrame) -> Whole:
    """Another hospital that treats the group, by its volume."""
    hospital, group = left["hospital"].to_numpy(), left["group"].to_numpy()
    weight = city.world.houses.volume[:, group].T.copy()
    weight[np.arange(len(left)), hospital] = 0.0
    total = np.cumsum(weight, axis=1)
    luck = city.world.draw.uniform(f"{purpose}/other", left["key"])
    other: Whole = (total > (luck * total[:, -1])[:, None]).argmax(axis=1)
    return other.astype(np.int64)
