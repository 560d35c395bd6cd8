"""Persons as they are sent: at first, and again when something about them became known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import deaths

if TYPE_CHECKING:
    from synthetic.state import City

SENT = ["person_id", "received_on"]


def rows(city: City) -> pl.DataFrame:
    """The table ``persons``."""
    first = city.world.people.frame.with_columns(received_on=pl.lit(city.world.clock.start))
    again = pl.concat([_deaths(city), _corrected(city)], how="diagonal").sort(SENT)
    # What was known of a death stays known when something else is sent anew.
    dead = pl.col("death_date").forward_fill().over("person_id")
    again = again.with_columns(death_date=dead).unique(SENT, keep="last", maintain_order=True)
    return pl.concat([first, again], how="diagonal")


def _deaths(city: City) -> pl.DataFrame:
    """Persons who died, sent again when the death became known."""
    dead = deaths.known(city)
    again = city.world.people.frame[dead["person"].to_numpy()]
    clock = city.world.clock
    return again.with_columns(
        death_date=clock.dates(dead["day"].to_numpy()),
        received_on=clock.dates(dead["known"].to_numpy()),
    )


def _corrected(city: City) -> pl.DataFrame:
    """Persons sent again with something typed anew."""
    again = city.people.sort("person", "known")
    first = city.world.people.frame[again["person"].to_numpy()]
    changed = ("sex", "birth_date", "blood_group", "address_hash")
    return first.with_columns(
        *(pl.coalesce(again[name], first[name]).alias(name) for name in changed),
        received_on=city.world.clock.dates(again["known"].to_numpy()),
    )
