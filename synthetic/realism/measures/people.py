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


@measure("person_employee", why="Insurance is drawn by age, not taken from a register.")
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
    why="Courses of treatment are a larger or smaller part of the city than of that centre.",
)
def return_planned(facts: Facts) -> Values:
    """Discharges followed by a planned stay in 30 days, of the same person in the same hospital.

    Planned is what the settlement of the first stay said to be planned.
    """
    rows = returns(facts)
    return ratio(rows.filter("returned", "same", "planned").height, rows.height)


@measure(
    "return_unplanned",
    why="Where a city has few persons for its stays, many come back by chance, with "
    "another illness.",
)
def return_unplanned(facts: Facts) -> Values:
    """The same, where no return was planned and the person was not transferred."""
    rows = returns(facts).filter("returned", "same", ~pl.col("planned"), ~pl.col("transferred"))
    return ratio(rows.height, returns(facts).height)


@measure(
    "return_any",
    why="It holds courses of treatment and returns by chance; both weigh more or less than there.",
)
def return_any(facts: Facts) -> Values:
    """Discharges followed by any stay of the same person within 30 days, in any hospital."""
    rows = returns(facts)
    return ratio(rows.filter("returned").height, rows.height)


@measure("return_chemotherapy", why="Dialysis, staged operations and chemotherapy share them.")
def return_chemotherapy(facts: Facts) -> Values:
    """Share of planned returns whose next stay is for chemotherapy, targeted or immune therapy."""
    rows = returns(facts).filter("returned", "same", "planned")
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
