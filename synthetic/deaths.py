"""Deaths: in hospital, and at home, where they become known late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from synthetic.state import City
    from synthetic.world import World

KNOWN_IN_HOSPITAL = 7  # days until the city knows
KNOWN_AT_HOME = (10, 60)
# Deaths at home after a stay: by the risk of dying in its group, more for the very old.
TIMES_IN_HOSPITAL = 6.0
OF_AGE = 0.05  # at 90 years; falls by half with every eight years
OLDEST, HALVED = 90.0, 8.0
AFTER = (5, 240)  # days from the last stay to a death at home
MOST = 0.5


def in_hospital(plan: pl.DataFrame) -> pl.DataFrame:
    """Person, day of death, and the day it became known."""
    died = plan.filter("died").select("person", day=pl.col("admit") + pl.col("los"))
    return died.with_columns(known=pl.col("day") + KNOWN_IN_HOSPITAL)


def at_home(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """The same for those who died some time after their last stay."""
    ends = plan.select("person", "group", "died", leave=pl.col("admit") + pl.col("los"))
    last = ends.sort("person", "leave", "died").unique("person", keep="last", maintain_order=True)
    last = last.filter(~pl.col("person").is_in(plan.filter("died")["person"].implode()))
    person = last["person"].to_numpy()
    risk = world.group_values("death")[last["group"].to_numpy()] * TIMES_IN_HOSPITAL
    risk = risk + OF_AGE * 0.5 ** ((OLDEST - world.people.age[person]) / HALVED)
    fatal = world.draw.chance("death/home", np.clip(risk, 0.0, MOST), person)
    day = last["leave"].to_numpy() + world.draw.between("death/after", *AFTER, person)
    known = day + world.draw.between("death/known", *KNOWN_AT_HOME, person)
    dated = last.select("person", day=pl.Series(day), known=pl.Series(known))
    return dated.filter(pl.Series(fatal & (day < world.clock.days)))


def known(city: City) -> pl.DataFrame:
    """All deaths; nobody is seen alive on a later day."""
    home = at_home(city.world, city.plan)
    seen = city.visits.group_by("person").agg(seen=pl.col("day").max())
    home = home.join(seen, on="person", how="left", maintain_order="left")
    home = home.filter(pl.col("seen").fill_null(-1) <= pl.col("day")).drop("seen")
    return pl.concat([in_hospital(city.plan), home])
