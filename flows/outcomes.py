"""Bring what people decided back into the lake, through the door that every delivery takes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from claims.delivery import read_delivery
from claims.intake import admit, land
from flows.landing import open_lake

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from claims.settings import Settings

SOURCE = "workbench"


def land_outcomes(settings: Settings, night: date, hand_over: Callable[[Path, date], int]) -> int:
    """Land the outcomes of a night; returns how many it holds.

    ``hand_over`` writes them into a folder. Outcomes that wait become part of this night, so
    that landing a night again replaces its rows by the same ones.
    """
    with TemporaryDirectory(prefix="jianbao-outcomes-") as folder:
        count = hand_over(Path(folder), night)
        if count == 0:
            return 0
        lake = open_lake(settings)
        admission = admit(
            read_delivery(Path(folder)), lake=lake, settings=settings, source=SOURCE, night=night
        )
        land(admission, lake)
    return count
