"""C11 code seen twice 追溯码重复: the code of a unit is settled again, or was sold to others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic import campaigns, codes_again
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

NEXT_DAYS = 10  # difficulty 1: days between the two bills
ELSEWHERE_DAYS = (11, 120)  # difficulty 2
DIVERTED = 4  # the difficulty whose code was sold to another hospital
PLACE = ["hospital", "product"]
CANDIDATE = ["key", "hospital", "day", "use", "earlier", "code", "code_lot"]


@scheme(
    code="C11",
    title_en="code of a unit seen twice",
    title_zh="追溯码重复",
    stage="goods",
    subject="use",
    share=0.0006,
    recipe={
        1: "the code of an implant, billed again in another patient of the hospital within days",
        2: "billed again in another hospital within weeks or months",
        3: "billed again in another hospital after the unit's shelf life had run out",
        4: "billed once, but the unit was sold to another hospital and never handed on",
    },
    traces=("fee_lines.serial", "device_uses.serial", "purchases.serial", "purchases.hospital_id"),
)
def code_twice(city: City, dose: Dose) -> City:
    """Bill an implant under the code of another unit; its own was never bought by the hospital.

    The loss is the price of the unit.
    """
    if city.goods is None:
        return city
    units = codes_again.units(city, implanted=True).sort("product", "day", "second", "use")
    fitting = {
        1: _next(units),
        2: _elsewhere(units),
        3: _expired(units),
        DIVERTED: _own(city, units),
    }
    chosen = campaigns.choose_each(city.world, "C11", fitting, dose)
    # Codes are taken from honest units only.
    chosen = chosen.join(chosen.select(earlier="use"), on="earlier", how="anti")
    again = codes_again.billed_again(city, chosen)
    sold = _diverted(city, again, chosen.filter(pl.col("difficulty") == DIVERTED))
    rows = city.uses.join(chosen.select("use", "campaign", "difficulty"), on="use")
    return sold.guilty_uses("C11", rows.with_columns(amount="unit_price"))


def _next(units: pl.DataFrame) -> pl.DataFrame:
    """Units beside the one that the hospital used before."""
    rows = units.sort(*PLACE, "day", "second", "use").with_columns(
        gap=pl.col("day") - pl.col("day").shift(1).over(PLACE),
        other=pl.col("person").shift(1).over(PLACE),
        earlier=pl.col("use").shift(1).over(PLACE),
        code=pl.col("serial_no").shift(1).over(PLACE),
        code_lot=pl.col("lot").shift(1).over(PLACE),
    )
    near = pl.col("gap").is_not_null() & (pl.col("gap") <= NEXT_DAYS)
    return rows.filter(near & (pl.col("other") != pl.col("person"))).select(CANDIDATE)


def _elsewhere(units: pl.DataFrame) -> pl.DataFrame:
    """Units beside one that another hospital had used some weeks before."""
    low, high = ELSEWHERE_DAYS
    return _beside(units, units.with_columns(when=pl.col("day") + low), high - low)


def _expired(units: pl.DataFrame) -> pl.DataFrame:
    """Units beside one of another hospital whose shelf life had ended by then."""
    return _beside(units, units.with_columns(when=pl.col("expiry") + 1), None)


def _beside(units: pl.DataFrame, others: pl.DataFrame, reach: int | None) -> pl.DataFrame:
    """Units beside the newest of ``others`` by ``when``, where person and hospital differ."""
    earlier = others.sort("when", "use").select(
        "product", "when", where="hospital", other="person", earlier="use", code="serial_no",
        code_lot="lot",
    )  # fmt: skip
    both = units.sort("day", "use").join_asof(
        earlier, left_on="day", right_on="when", by="product", tolerance=reach,
        check_sortedness=False,
    )  # fmt: skip
    apart = (pl.col("where") != pl.col("hospital")) & (pl.col("other") != pl.col("person"))
    return both.filter(apart).select(CANDIDATE)


def _own(city: City, units: pl.DataFrame) -> pl.DataFrame:
    """Units of the hospital's own stock, under their own code."""
    stored = codes_again.elsewhere(city, units.filter(~pl.col("consignment")), "c11")
    own = stored.with_columns(earlier=pl.lit(None, pl.Int64), code="serial_no", code_lot="lot")
    return own.select(CANDIDATE)


def _diverted(before: City, city: City, chosen: pl.DataFrame) -> City:
    """The purchases of diverted units, now made by another hospital that uses the product."""
    if before.goods is None or city.goods is None:
        return city
    store = city.goods
    sold = before.goods.purchases.join(chosen.select("use"), on="use", how="semi")
    moved = (
        codes_again.elsewhere(before, sold, "c11")
        .with_columns(hospital="buyer")
        .select(store.purchases.columns)
    )
    bought = pl.concat([store.purchases, moved]).sort("purchase")
    return replace(city, goods=replace(store, purchases=bought))
