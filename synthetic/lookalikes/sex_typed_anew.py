"""A woman's sex was typed wrongly for some weeks and then corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.scopes import load_scopes
from synthetic import ordering, staffing
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

TYPED_BEFORE = (2, 40)  # days before the operation
CORRECTED_AFTER = (5, 60)  # days after the settlement
OTHER = {"F": "M", "M": "F"}


@lookalike(
    name="sex_typed_anew", resembles=("C12", "H16"), stage="goods", share=0.0004, eye=12.0,
    title_en="sex mistyped and corrected", title_zh="性别登记更正",
)  # fmt: skip
def sex_typed_anew(city: City, dose: Dose) -> City:
    """A product for women seems to be billed for a man, until the register is put right."""
    draw, known = city.world.draw, load_scopes().by_class
    made_for = {code: one.versions[-1].sex for code, one in known.items() if one.versions[-1].sex}
    used = city.uses.filter(~pl.col("planted") & (pl.col("billed") > 0))
    classes = staffing.class_codes(city, used["product"])
    used = used.with_columns(
        sex=classes.replace_strict(made_for, default=None, return_dtype=pl.String)
    ).drop_nulls("sex")
    stays = ordering.untouched(city, columns=["person", "settled", "admit", "key"])
    rows = used.join(stays, left_on="stay", right_on="key").with_columns(key=pl.col("stay"))
    rows = ordering.unlabelled(city, rows).unique("person", keep="first", maintain_order=True)
    chosen = ordering.first(city, "sex_typed/luck", rows, dose.subjects)
    before = pl.Series(draw.between("sex_typed/before", *TYPED_BEFORE, chosen["key"]))
    after = pl.Series(draw.between("sex_typed/after", *CORRECTED_AFTER, chosen["key"]))
    typed = chosen.select("person", known=(pl.col("admit") - before).clip(1),
                          sex=pl.col("sex").replace_strict(OTHER))  # fmt: skip
    right = chosen.select("person", "sex", known=pl.col("settled") + after)
    city = city.with_people(typed).with_people(right)
    return city.innocent_uses("sex_typed_anew", chosen)
