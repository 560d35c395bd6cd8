"""A person's blood group or sex is typed wrongly at one stay and corrected later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed
from synthetic.grammar import Dose, lookalike
from synthetic.persons import BLOOD_GROUPS

if TYPE_CHECKING:
    from synthetic.state import City

TYPED = (1, 12)  # days after admission on which the slip is sent
CORRECTED = (6, 40)  # days after that
BEFORE = (2, 25)  # days before admission on which a wrong sex is registered
OF_ONE_SEX = ("MB1", "NC1", "OB1", "OR1")


@lookalike(
    name="blood_group_slip", resembles=("H08",), stage="bill", share=0.0008, eye=10.0,
    title_en="blood group typed wrongly", title_zh="血型录入差错",
)  # fmt: skip
def blood_group_slip(city: City, dose: Dose) -> City:
    """Another blood group is typed, and the right one is sent some weeks later."""
    draw, people = city.world.draw, city.world.people.frame
    chosen = _drawn(city, billed.candidates(city), "blood", dose)
    own = people["blood_group"].gather(chosen["person"].cast(pl.UInt32))
    place = own.replace_strict(
        {name: place for place, name in enumerate(BLOOD_GROUPS)}, return_dtype=pl.Int64
    ).to_numpy()
    other = (place + 1 + draw.below("typed/other", 3, chosen["key"])) % len(BLOOD_GROUPS)
    wait = pl.Series(draw.between("typed/wait", *TYPED, chosen["key"]))
    back = pl.Series(draw.between("typed/back", *CORRECTED, chosen["key"]))
    wrong = chosen.select(
        "person", known=pl.col("admit") + wait, blood_group=pl.Series(np.array(BLOOD_GROUPS)[other])
    )
    right = wrong.with_columns(known=pl.col("known") + back, blood_group=own)
    city = city.with_people(pl.concat([wrong, right])).with_plan(_marked(chosen))
    return city.innocent_stays("blood_group_slip", chosen)


@lookalike(
    name="sex_slip", resembles=("H16", "H08"), stage="bill", share=0.0006, eye=10.0,
    title_en="sex registered wrongly", title_zh="性别登记差错",
)  # fmt: skip
def sex_slip(city: City, dose: Dose) -> City:
    """Wrongly registered before an operation of one sex, corrected after it; all else fits."""
    draw, people = city.world.draw, city.world.people.frame
    groups = [city.world.reference.group(adrg) for adrg in OF_ONE_SEX]
    rows = billed.candidates(city, pl.col("group").is_in(groups), pl.col("admit") > BEFORE[1])
    chosen = _drawn(city, rows, "sex", dose)
    own = people["sex"].gather(chosen["person"].cast(pl.UInt32))
    early = pl.Series(draw.between("typed/before", *BEFORE, chosen["key"]))
    back = pl.Series(draw.between("typed/after", *CORRECTED, chosen["key"]))
    wrong = chosen.select(
        "person", known=pl.col("admit") - early, sex=own.replace_strict({"F": "M", "M": "F"})
    )
    right = chosen.select("person", known=pl.col("received") + back, sex=own)
    city = city.with_people(pl.concat([wrong, right])).with_plan(_marked(chosen))
    return city.innocent_stays("sex_slip", chosen)


def _drawn(city: City, rows: pl.DataFrame, name: str, dose: Dose) -> pl.DataFrame:
    """Stays of different persons who have not been sent again for another reason."""
    rows = rows.join(city.people.select("person"), on="person", how="anti")
    luck = pl.Series(city.world.draw.uniform(f"typed/{name}", rows["key"]))
    ordered = rows.with_columns(luck=luck).sort("luck", "key")
    return ordered.unique("person", keep="first", maintain_order=True).head(dose.subjects)


def _marked(chosen: pl.DataFrame) -> pl.DataFrame:
    return chosen.with_columns(planted=pl.lit(value=True))
