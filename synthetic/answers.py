"""The answer key as written, and what past auditors knew to look for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.answer_key import answer_key
from synthetic.audits import Eyes
from synthetic.declared import lookalikes, schemes

if TYPE_CHECKING:
    from synthetic.state import City


def eyes() -> Eyes:
    """What the declarations say that auditors look for, and what catches their eye."""
    kinds = ("stay", "use", "ledger", "person", "physician", "hospital", "group")
    declared = lookalikes()
    return Eyes(
        {kind: tuple(s.code for s in schemes() if s.subject == kind) for kind in kinds},
        {one.name: one.eye for one in declared},
        {one.name: one.resembles[0] for one in declared},
    )


def rows(city: City) -> pl.DataFrame:
    """The answer key: amounts in yuan, days as dates, hospitals by id.

    ``resembles`` lists the schemes that a look-alike may be taken for, with commas between.
    """
    key, clock = answer_key(city), city.world.clock
    taken_for = {one.name: ",".join(one.resembles) for one in lookalikes()}
    hospital = city.world.houses.frame["hospital_id"]
    return key.select(
        "subject_type", "subject_id", "scheme", "campaign_id", "difficulty",
        amount=(pl.col("amount") / 100).cast(pl.Decimal(18, 2)),
        innocent="innocent",
        started_on=clock.dates(key["started"].to_numpy()),
        ended_on=clock.dates(key["ended"].to_numpy()),
        hospital_id=hospital.gather(key["hospital"].cast(pl.UInt32)),
        resembles=pl.col("scheme").replace_strict(
            taken_for, default=None, return_dtype=pl.String
        ),
    )  # fmt: skip
