"""A hospital begins to do operations that it did not do before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic import choices, newcomers, rushes
from synthetic.gathering import Ages
from synthetic.grammar import Dose, lookalike
from synthetic.rushes import Rush

if TYPE_CHECKING:
    from synthetic.state import City

# Operations of the large hospitals that a smaller one may take up in a department it has.
OPERATIONS = ("FL2", "FL1", "FK3", "IB1", "IC1", "CB1", "GB1")
MONTHS = 4
ANY_MONTH = tuple(range(1, 13))


@lookalike(
    name="new_speciality", resembles=("C21",), stage="care", share=0.0002,
    title_en="new speciality opened", title_zh="新开展专科手术",
)  # fmt: skip
def new_speciality(city: City, _dose: Dose) -> City:
    """Products appear that the hospital never bought, each in an operation that it now does."""
    group, house = _opening(city)
    days = rushes.days_in(city, "new_speciality", ANY_MONTH, MONTHS * 30)
    if house < 0 or not days:
        return city
    begun = Rush(
        "new_speciality", (group,), Ages(40.0, 82.0), days=MONTHS * 30, times=0.03, least=18
    )
    stays = rushes.came(city, begun, house, days[0])
    if stays.is_empty():
        return city
    city = newcomers.joined(city, stays)
    return city.innocent_ledgers("new_speciality", choices.registered_in(city, stays))


def _opening(city: City) -> tuple[str, int]:
    """An operation and a hospital that has the department, but never did it."""
    world = city.world
    places = [world.reference.group(adrg) for adrg in OPERATIONS]
    staffed = (world.houses.physicians_of[:, places] > 0) & (world.houses.volume[:, places] == 0)
    staffed &= (world.houses.frame["level"] == "2").to_numpy()[:, None]
    cells = np.flatnonzero(staffed.ravel())
    if not len(cells):
        return OPERATIONS[0], -1
    luck = world.draw.uniform("new_speciality/cell", cells)
    cell = int(cells[np.argmin(luck)])
    return OPERATIONS[cell % len(places)], cell // len(places)
