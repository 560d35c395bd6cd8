"""What a city was asked to be, and whether the folder is that city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import DeliveryError
from synthetic.city import found
from synthetic.clock import add_months

if TYPE_CHECKING:
    from pathlib import Path

TOLERANCE = 0.1  # a city has about as many stays as were asked for
FEW = 400  # stays that rings and look-alikes add, however small the city
SLACK = 2  # months at the end without a discharge, in a small city


class OtherCityError(DeliveryError):
    """The folder was not made with the figures that the page would name."""


@dataclass(frozen=True)
class Asked:
    """What ``generate`` was given."""

    stays: int
    months: int
    seed: int

    def check_seed(self, data: Path) -> None:
        """Refuse a folder whose hospitals another seed, or older code, has made."""
        path = data / "hospitals.parquet"
        if not path.exists():
            raise OtherCityError(
                f"{data} holds no generated city.", "Make one with `jianbao generate --out DIR`."
            )
        given = pl.read_parquet(path, columns=["hospital_id", "received_on"])
        start = given["received_on"].min()
        if not isinstance(start, date) or set(self._hospitals(start)) != set(given["hospital_id"]):
            raise OtherCityError(
                f"Seed {self.seed} does not make this city today.",
                "Give `--seed`, `--months` and `--stays` as `generate` was given them.",
            )

    def _hospitals(self, start: date) -> list[str]:
        """Ids of the hospitals that these figures make today."""
        world = found(stays=self.stays, months=self.months, seed=self.seed, start=start)
        return world.houses.frame["hospital_id"].to_list()

    def check_size(self, stays: int, ended: date, first: date) -> None:
        """Refuse a folder of another size, or whose last discharge is far from the end."""
        end = add_months(first, self.months)
        fits = add_months(end, -SLACK) <= ended < end
        if not fits or abs(stays - self.stays) > max(TOLERANCE * self.stays, FEW):
            raise OtherCityError(
                f"This city has {stays:,} stays from {first} to {ended}.",
                "Give `--months` and `--stays` as `generate` was given them.",
            )
