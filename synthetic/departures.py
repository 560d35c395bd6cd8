"""Where single stays depart from what their plan implies, beyond the plan's own columns.

``UNBILLED``: a product of the kit that the bill leaves out; ``recorded`` says whether it was
taken from the hospital's stock and written into the register, or came from elsewhere.
``OPERATIONS``: procedures listed after those of the plan, with the ``physician`` who did them.
``RECORDED``: the ``side`` that the register gives a product, where not that of the operation.
``STAFF``: physicians who were still listed in another ``department`` until a day was ``known``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import coding
from synthetic.additions import conformed, empty

if TYPE_CHECKING:
    from synthetic.state import City
    from synthetic.world import World

UNBILLED: dict[str, type[pl.DataType]] = {
    "stay": pl.Int64,
    "product": pl.Int64,
    "recorded": pl.Boolean,
}
OPERATIONS = {
    "stay": pl.Int64, "code": pl.String, "physician": pl.Int64, "site": pl.String, "side": pl.Int64,
}  # fmt: skip
RECORDED: dict[str, type[pl.DataType]] = {"stay": pl.Int64, "product": pl.Int64, "side": pl.Int64}
STAFF: dict[str, type[pl.DataType]] = {
    "physician": pl.Int64,
    "department": pl.String,
    "known": pl.Int64,
}
USE = ["stay", "product"]
SECOND = 39_600  # eleven o'clock, after the first operation


@dataclass(frozen=True)
class Departures:
    """All departures of a city so far."""

    unbilled: pl.DataFrame = field(default_factory=lambda: empty(UNBILLED))
    operations: pl.DataFrame = field(default_factory=lambda: empty(OPERATIONS))
    recorded: pl.DataFrame = field(default_factory=lambda: empty(RECORDED))
    staff: pl.DataFrame = field(default_factory=lambda: empty(STAFF))


def with_unbilled(city: City, rows: pl.DataFrame) -> City:
    """The city with products of the kit left out of the bill; only before goods are traced."""
    more = pl.concat([city.departures.unbilled, conformed(UNBILLED, rows)])
    return replace(city, departures=replace(city.departures, unbilled=more))


def with_operations(city: City, rows: pl.DataFrame) -> City:
    """The city with more procedures listed."""
    more = pl.concat([city.departures.operations, conformed(OPERATIONS, rows)])
    return replace(city, departures=replace(city.departures, operations=more))


def with_recorded(city: City, rows: pl.DataFrame) -> City:
    """The city with another side in the register."""
    more = pl.concat([city.departures.recorded, conformed(RECORDED, rows)])
    return replace(city, departures=replace(city.departures, recorded=more))


def with_staff(city: City, rows: pl.DataFrame) -> City:
    """The city with physicians whose department the register of staff learnt late."""
    more = pl.concat([city.departures.staff, conformed(STAFF, rows)])
    return replace(city, departures=replace(city.departures, staff=more))


def left_out(city: City, used: pl.DataFrame) -> pl.DataFrame:
    """Uses without those that came from elsewhere, and without the bill of the others."""
    rows = city.departures.unbilled.unique(USE, keep="first", maintain_order=True)
    elsewhere = rows.filter(~pl.col("recorded"))
    here = used.join(elsewhere.select(USE), on=USE, how="anti", maintain_order="left")
    marked = here.join(rows.filter("recorded"), on=USE, how="left", maintain_order="left")
    free = marked["recorded_right"].fill_null(value=False)
    billed = pl.when(free).then(0).otherwise("billed").cast(here.schema["billed"])
    return _labelled(city, here.with_columns(billed=billed, planted=pl.col("planted") | free))


def _labelled(city: City, used: pl.DataFrame) -> pl.DataFrame:
    """Uses that are in the answer key already belong to nobody else."""
    known = [t.filter(pl.col("subject_type") == "use")["subject_id"] for t in city.truth]
    if not known:
        return used
    stays = city.plan.filter("planted").select(stay="key")
    rows = used.join(stays, on="stay", how="semi").select("use", *USE)
    mine = city.use_ids(rows["stay"], rows["product"]).is_in(pl.concat(known).implode())
    taken = pl.col("use").is_in(rows.filter(mine)["use"].implode())
    return used.with_columns(planted=pl.col("planted") | taken)


def listed(city: City, piece: pl.DataFrame, procedures: pl.DataFrame) -> pl.DataFrame:
    """The table ``stay_procedures`` with the procedures listed beyond the plan."""
    world, after = city.world, procedures.group_by("stay_id").agg(last=pl.col("position").max())
    rows = city.departures.operations.join(piece, left_on="stay", right_on="key")
    if rows.is_empty():
        return procedures
    done = rows["admit"] + rows["op_day"].clip(0) - rows["first_day"]
    doctor = rows.select(pl.col("physician")).to_series().cast(pl.UInt32)
    own = rows.join(after, on="stay_id", how="left", maintain_order="left")
    turn = pl.int_range(1, pl.len() + 1).over("stay_id")
    more = own.select(
        "stay_id", "code", "site",
        position=pl.col("last").fill_null(0) + turn,
        performed_at=world.clock.moments(done.to_numpy(), np.full(len(rows), SECOND)),
        physician_id=world.houses.physicians["physician_id"].gather(doctor),
        laterality=side_names(rows["side"]),
        received_on=world.clock.dates(rows["received"].to_numpy()),
    )  # fmt: skip
    return pl.concat([procedures, more.select(procedures.columns)], how="vertical_relaxed")


def side_names(side: pl.Series) -> pl.Series:
    """Left and right as delivered; null where there is no side."""
    names = dict(enumerate(coding.SIDES))
    return side.replace_strict(names, default=None, return_dtype=pl.String)


def told(city: City, register: pl.DataFrame) -> pl.DataFrame:
    """The table ``device_uses`` with the sides that the register gives."""
    rows = city.departures.recorded.unique(USE, keep="first", maintain_order=True)
    named = pl.DataFrame(
        {
            "stay_id": city.stay_ids(rows["stay"]),
            "item_code": city.world.products.codes.gather(rows["product"].cast(pl.UInt32)),
            "told": side_names(rows["side"]),
        }
    )
    both = register.join(named, on=["stay_id", "item_code"], how="left", maintain_order="left")
    return both.with_columns(laterality=pl.coalesce("told", "laterality")).drop("told")


def staff(world: World, departures: Departures) -> pl.DataFrame:
    """The table ``physicians``: as listed on the first day, and those listed anew."""
    late = departures.staff.unique("physician", keep="first", maintain_order=True)
    rows = world.houses.physicians.with_row_index("physician").with_columns(
        pl.col("physician").cast(pl.Int64)
    )
    named = late.select("physician", "known", former="department")
    both = rows.join(named, on="physician", how="left", maintain_order="left")
    first = both.with_columns(
        department=pl.coalesce("former", "department"), received_on=pl.lit(world.clock.start)
    )
    again = both.filter(pl.col("known").is_not_null())
    again = again.with_columns(received_on=world.clock.dates(again["known"].to_numpy()))
    return pl.concat([first, again]).drop("physician", "former", "known")
