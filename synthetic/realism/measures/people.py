"""Who lies in hospital, comes back, or dies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.measure import Values, measure, ratio
from synthetic.realism.returns import returns

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

OLD = 60
CHEMOTHERAPY = ("RE1", "RG1")


@measure("person_old", why="Each group draws its patients around a typical age of its own.")
def person_old(facts: Facts) -> Values:
    """Share of stays of persons who are 60 or older at admission."""
    return ratio(facts.stays.filter(pl.col("age") >= OLD).height, facts.stays.height)


@measure("person_employee", why="Persons are insured by a fixed share from 22 years on.")
def person_employee(facts: Facts) -> Values:
    """Share of stays under the employees' scheme."""
    return ratio(facts.stays.filter(pl.col("scheme") == "employee").height, facts.stays.height)


@measure(
    "person_retired",
    why="It follows from the ages of the groups and from one age of retirement for each sex.",
)
def person_retired(facts: Facts) -> Values:
    """Retired persons' stays among stays under the employees' scheme."""
    rows = facts.stays.filter(pl.col("scheme") == "employee")
    return ratio(rows.filter(pl.col("person_type") == "retired").height, rows.height)


@measure(
    "return_planned",
    why="Courses of chemotherapy, dialysis and staged operations are a larger or smaller part of "
    "the city than of that centre.",
)
def return_planned(facts: Facts) -> Values:
    """Discharges followed by a stay of the same person within 30 days in any hospital, where the
    settlement said that a return was planned."""  # noqa: D209
    rows = returns(facts)
    return ratio(rows.filter(pl.col("returned") & pl.col("planned")).height, rows.height)


@measure(
    "return_unplanned",
    why="The city counts returns to any hospital and transfers without a plan, the published "
    "centre returns to itself.",
)
def return_unplanned(facts: Facts) -> Values:
    """The same, where no return was planned; transfers on the same or next day left out."""
    rows = returns(facts)
    hit = pl.col("returned") & ~pl.col("planned") & ~pl.col("transferred")
    return ratio(rows.filter(hit).height, rows.height)


@measure("return_any", why="It is the sum of planned returns, unplanned ones and transfers.")
def return_any(facts: Facts) -> Values:
    """Discharges followed by any stay of the same person within 30 days."""
    rows = returns(facts)
    return ratio(rows.filter("returned").height, rows.height)


@measure("return_chemotherapy", why="Dialysis, staged operations and chemotherapy share them.")
def return_chemotherapy(facts: Facts) -> Values:
    """Share of planned returns whose next stay is for chemotherapy, targeted or immune therapy."""
    rows = returns(facts).filter(pl.col("returned") & pl.col("planned"))
    return ratio(rows.filter(pl.col("next_adrg").is_in(CHEMOTHERAPY)).height, rows.height)


@measure(
    "death_in_hospital",
    why="The published figure is of mid-size cities, where the dying are often taken home; the "
    "city follows typical death shares of its groups.",
)
def death_in_hospital(facts: Facts) -> Values:
    """Share of stays that end in death."""
    rows = facts.stays
    return ratio(rows.filter(pl.col("discharge_way") == "death").height, rows.height)
