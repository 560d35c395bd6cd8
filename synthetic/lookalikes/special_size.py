"""Unusual bodies need sizes that only the maker outside the selection offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import choices, reasoned
from synthetic.grammar import Dose, lookalike

if TYPE_CHECKING:
    from synthetic.state import City

# By family of the class code: widened vessel, bent spine, and else great weight.
ANATOMY = {"C02": "I25.400", "C03": "M41.900"}
WEIGHT = "E66.900"
FAMILY = 3


@lookalike(
    name="special_size", resembles=("C19", "C22"), stage="care", share=0.0006, eye=5.0,
    title_en="special sizes", title_zh="特殊规格型号需求",
)  # fmt: skip
def special_size(city: City, dose: Dose) -> City:
    """The imported product outside the selection, each time with the unusual body listed."""
    foreign = choices.imports(city.world, selected=False)
    products = city.world.products
    of_class = products.frame["class_code"].str.slice(0, FAMILY).to_list()
    family = dict(zip(products.generic.tolist(), of_class, strict=True))
    code = {generic: ANATOMY.get(name, WEIGHT) for generic, name in family.items()}
    reason = pl.col("generic").replace_strict(code, default=WEIGHT, return_dtype=pl.String)

    def larger(city: City, rows: pl.DataFrame) -> pl.Series:
        return choices.imported(city.world, rows, foreign)

    return reasoned.with_reason(city, "special_size", dose.subjects, foreign, larger, reason)
