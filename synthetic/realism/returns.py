"""Each discharge and the same person's next admission."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.facts import last_day

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

WINDOW = 30  # days


def returns(facts: Facts) -> pl.DataFrame:
    """Discharges with ``returned`` in 30 days, to the ``same`` hospital, ``planned``, and so on.

    Deaths and discharges of the last 30 days, whose return could not be seen, are left out.
    """
    rows = facts.stays.filter(pl.col("person_id").is_not_null())
    rows = rows.sort("person_id", "admitted_at", "discharged_at", "stay_id")
    again = rows.with_columns(
        gap=(pl.col("admitted").shift(-1).over("person_id") - pl.col("discharged")).dt.total_days(),
        next_adrg=pl.col("adrg").shift(-1).over("person_id"),
        next_hospital=pl.col("hospital_id").shift(-1).over("person_id"),
    )
    seen = pl.col("discharged") <= pl.lit(last_day(facts.clock) - timedelta(days=WINDOW))
    kept = again.filter(seen & (pl.col("discharge_way") != "death"))
    return kept.select(
        "discharged",
        "next_adrg",
        same=(pl.col("next_hospital") == pl.col("hospital_id")).fill_null(value=False),
        returned=(pl.col("gap") <= WINDOW).fill_null(value=False),
        planned=pl.col("planned_readmission").fill_null(value=False),
        transferred=pl.col("discharge_way") == "transfer",
    )
