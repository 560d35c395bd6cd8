"""Two departments operate together; the guest is listed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import coding, departures, ordering, staffing
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

SURGEONS = ("普外科", "胸外科", "泌尿外科", "血管外科", "神经外科", "骨科", "心脏外科")
TRIED = 3  # stays looked at for each wanted, since not every hospital has such a guest


@lookalike(
    name="joint_operation", resembles=("C15",), stage="goods", share=0.0005, eye=14.0,
    title_en="operation of two departments", title_zh="科室联合主刀",
)  # fmt: skip
def joint_operation(city: City, dose: Dose) -> City:
    """A surgeon of another department signs first; the licensed one is listed for the same."""
    lists = staffing.restricted()
    stays = ordering.untouched(city, columns=[pl.col("key").alias("stay")])
    used = city.uses.filter((pl.col("billed") > 0) & ~pl.col("planted"))
    used = used.with_columns(class_code=staffing.class_codes(city, used["product"]))
    used = used.filter(pl.col("class_code").is_in(list(lists)))
    used = ordering.unlabelled(city, used.join(stays, on="stay", how="semi"))
    alone = used.with_columns(key=pl.col("stay")).unique("key", keep="first", maintain_order=True)
    guests = staffing.pairs_of({c: sorted(set(SURGEONS) - set(n)) for c, n in lists.items()})
    tried = ordering.first(city, "joint/luck", alone, TRIED * dose.subjects)
    able = staffing.stand_in(city, "joint/doctor", tried, guests)
    chosen = ordering.first(city, "joint/luck", able, dose.subjects).select("key", "doctor")
    signed = city.plan.join(chosen, on="key")
    done = coding.procedures(city.world, signed).filter(pl.col("position") == 1)
    again = done.select("stay_id", "code", "site").join(
        signed.select("stay_id", "physician", "coded_side", stay="key"), on="stay_id"
    )
    city = departures.with_operations(city, again.with_columns(side="coded_side"))
    city = ordering.marked(city, signed.with_columns(physician="doctor"))
    mine = used.filter(pl.col("stay").is_in(chosen["key"].implode()))
    return city.innocent_uses("joint_operation", mine)
