"""C15 department or physician not authorised 与科室医师资质不符: the wrong hands signed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import campaigns, ordering, staffing
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

WARDS = ("内分泌科", "肾内科", "呼吸科", "康复科", "肿瘤科", "消化内科")
SURGEONS = ("普外科", "胸外科", "泌尿外科", "血管外科", "神经外科", "骨科")
WARD, SURGEON, GUEST, NEIGHBOUR = 1, 2, 3, 4
USE = ["key", "hospital", "class_code", "stay", "product", "day"]


@scheme(
    code="C15",
    title_en="department or physician not authorised",
    title_zh="与科室医师资质不符",
    stage="goods",
    subject="use",
    share=0.0005,
    recipe={
        1: "a physician of a ward that never operates signs for the implant",
        2: "a surgeon of another department than those that may use the device",
        3: "a physician of the right department, but of another hospital",
        4: "a physician of a department that the list names too, where nobody else does it",
    },
    traces=("stay_procedures.physician_id", "fee_lines.physician_id", "stays.physician_id"),
)
def wrong_hands(city: City, dose: Dose) -> City:
    """Let somebody without the licence for a device operate, and bill the device.

    All lines and procedures of the stay carry the operator's name. The loss is the bill of
    each device that is restricted to departments.
    """
    rows = _restricted(city)
    alone = rows.unique("stay", keep="first", maintain_order=True)
    own = _own_departments(city, rows)
    allowed = {level: _departments(level, own) for level in dose.difficulties}
    able = {level: _able(city, alone, allowed[level], level) for level in dose.difficulties}
    chosen = _with_operators(city, campaigns.choose_each(city.world, "C15", able, dose), allowed)
    signed = city.plan.join(chosen.select("doctor", key="stay"), on="key")
    city = ordering.marked(city, signed.with_columns(physician=pl.col("doctor")))
    guilty = rows.join(chosen.select("stay", "campaign", "difficulty"), on="stay")
    city = city.with_changed_uses(
        city.uses.join(guilty.select("stay", "product"), on=["stay", "product"], how="semi")
        .with_columns(planted=pl.lit(value=True))
    )  # fmt: skip
    return city.guilty_uses("C15", guilty.with_columns(amount=pl.lit(None, pl.Int64)))


def _restricted(city: City) -> pl.DataFrame:
    """Billed uses of devices that belong to some departments only, in stays still untouched."""
    as_coded = pl.col("coded_group") == pl.col("group")
    stays = ordering.untouched(city, as_coded, columns=["key"])
    used = city.uses.filter(
        (pl.col("billed") > 0)
        & ~pl.col("planted")
        & (pl.col("product") == pl.col("billed_product"))
    )
    used = used.with_columns(class_code=staffing.class_codes(city, used["product"]))
    used = used.filter(pl.col("class_code").is_in(list(staffing.restricted())))
    used = used.join(stays, left_on="stay", right_on="key", how="semi")
    rows = used.group_by("stay", "product", "hospital", "class_code").agg(
        key=pl.col("use").min(), day=pl.col("day").min()
    )
    return rows.sort("key").select(USE)


def _departments(level: int, own: pl.DataFrame) -> pl.DataFrame:
    """Class of device beside the departments from which the operator comes."""
    lists = staffing.restricted()
    outside: dict[int, dict[str, tuple[str, ...]]] = {
        WARD: dict.fromkeys(lists, WARDS),
        SURGEON: {code: tuple(sorted(set(SURGEONS) - set(n))) for code, n in lists.items()},
        GUEST: lists,
        NEIGHBOUR: lists,
    }
    allowed = staffing.pairs_of(outside[level])
    if level == NEIGHBOUR:
        return allowed.join(own, on=["class_code", "department"], how="anti")
    if level == GUEST:
        return allowed.join(own, on=["class_code", "department"], how="semi")
    return allowed


def _able(city: City, rows: pl.DataFrame, allowed: pl.DataFrame, level: int) -> pl.DataFrame:
    """The uses for whose hospital there is such an operator."""
    if level == GUEST:
        return rows.join(allowed, on="class_code", how="semi")
    places = allowed.join(staffing.staff(city), on="department")
    return rows.join(places, on=["class_code", "hospital"], how="semi")


def _with_operators(
    city: City, chosen: pl.DataFrame, allowed: dict[int, pl.DataFrame]
) -> pl.DataFrame:
    """The chosen uses with the ``doctor`` who signs."""
    parts = [
        staffing.stand_in(
            city,
            f"c15/operator/{level}",
            chosen.filter(pl.col("difficulty") == level),
            departments,
            here=level != GUEST,
        )
        for level, departments in allowed.items()
    ]
    return pl.concat(parts)


def _own_departments(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Class of device and the department that uses it in this city."""
    stays = rows.join(city.plan.select("group", stay="key"), on="stay")
    names = city.world.reference.groups["department"].gather(stays["group"].cast(pl.UInt32))
    return stays.select("class_code", department=names).unique()
