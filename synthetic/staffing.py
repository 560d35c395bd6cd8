"""Who signs for an operation: physicians of a hospital by department."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.scopes import CLASS_DIGITS, load_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from synthetic.state import City


def staff(city: City) -> pl.DataFrame:
    """Every physician: row number, hospital (row number) and department."""
    houses = city.world.houses
    place = pl.DataFrame({"hospital_id": houses.frame["hospital_id"]}).with_row_index("hospital")
    rows = houses.physicians.with_row_index("doctor").join(
        place, on="hospital_id", maintain_order="left"
    )
    return rows.select(pl.col("doctor").cast(pl.Int64), pl.col("hospital").cast(pl.Int64),
                       "department")  # fmt: skip


def restricted() -> dict[str, tuple[str, ...]]:
    """Device classes that belong to some departments only, by their newest scope."""
    known = load_scopes().by_class
    newest = {code: one.versions[-1].departments for code, one in known.items()}
    return {code: departments for code, departments in newest.items() if departments}


def class_codes(city: City, product: pl.Series) -> pl.Series:
    """Device class of each product."""
    return city.world.products.codes.gather(product.cast(pl.UInt32)).str.slice(0, CLASS_DIGITS)


def stand_in(
    city: City, purpose: str, rows: pl.DataFrame, allowed: pl.DataFrame, *, here: bool = True
) -> pl.DataFrame:
    """Rows with a ``doctor`` of one of their allowed departments; rows without one are dropped.

    ``allowed`` has class_code and department; the doctor works in the row's own hospital, or
    anywhere but there.
    """
    places = allowed.join(staff(city).rename({"hospital": "works"}), on="department")
    same = pl.col("works") == pl.col("hospital")
    pairs = rows.select("key", "hospital", "class_code").join(places, on="class_code")
    pairs = pairs.filter(same if here else ~same)
    luck = pl.Series(city.world.draw.uniform(purpose, pairs["key"], pairs["doctor"]))
    best = pairs.with_columns(luck=luck).sort("luck").unique("key", keep="first")
    return rows.join(best.select("key", "doctor"), on="key", maintain_order="left")


def pairs_of(by_class: Mapping[str, Iterable[str]]) -> pl.DataFrame:
    """Class codes beside departments, one row a pair."""
    rows = [(code, name) for code, names in by_class.items() for name in names]
    return pl.DataFrame(
        rows, schema={"class_code": pl.String, "department": pl.String}, orient="row"
    )
