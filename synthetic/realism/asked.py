"""What a city was asked to be, and whether the folder is that city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import JianbaoError
from synthetic import hospitals
from synthetic.randomness import Draw
from synthetic.reference import Reference

if TYPE_CHECKING:
    from pathlib import Path

TOLERANCE = 0.1  # a city has about as many stays as were asked for


class OtherCityError(JianbaoError, ValueError):
    """The folder was not made with the figures that the page would name."""

    exit_code = 10


@dataclass(frozen=True)
class Asked:
    """What ``generate`` was given."""

    stays: int
    months: int
    seed: int

    def check_seed(self, data: Path) -> None:
        """Refuse a folder whose hospitals another seed has made."""
        path = data / "hospitals.parquet"
        if not path.exists():
            raise OtherCityError(
                f"{data} holds no generated city.", "Make one with `jianbao generate --out DIR`."
            )
        made = hospitals.build(Draw(self.seed), Reference.load()).frame["hospital_id"]
        found = pl.read_parquet(path, columns=["hospital_id"])["hospital_id"]
        if set(made) != set(found):
            raise OtherCityError(
                f"Seed {self.seed} did not make this city.",
                "Give `--seed`, `--months` and `--stays` as `generate` was given them.",
            )

    def check_size(self, stays: int, months: int) -> None:
        """Refuse a folder of another length or size."""
        if months != self.months or abs(stays - self.stays) > TOLERANCE * self.stays:
            raise OtherCityError(
                f"This city has {stays:,} stays in {months} months.",
                "Give `--months` and `--stays` as `generate` was given them.",
            )
