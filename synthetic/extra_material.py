"""Material beside the kit of an operation, with or without an illness that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import uses

if TYPE_CHECKING:
    from synthetic.grammar import Dose
    from synthetic.state import City

# Operations so small that nobody needs material against bleeding or adhesion.
MINOR = ("IF5", "GE1", "GK2", "GK3", "FM3", "LF1", "CB3")


def untouched(city: City, groups: tuple[str, ...]) -> pl.DataFrame:
    """Whole stays of some groups that nobody planted anything in, with ``day``."""
    rows = [city.world.reference.group(adrg) for adrg in groups]
    whole = (pl.col("resettles") < 0) & (pl.col("voided") < 0) & (pl.col("part") == 0)
    own = whole & ~pl.col("planted") & (pl.col("source") == pl.col("key"))
    return city.plan.filter(own & pl.col("group").is_in(rows)).with_columns(day="admit")


def lucky(city: City, rows: pl.DataFrame, purpose: str, number: int) -> pl.DataFrame:
    """Some rows of a plan, by luck."""
    return city.world.draw.luckiest(purpose, rows, number).drop("luck")


def product_of(city: City, rows: pl.DataFrame, item: str) -> pl.Series:
    """The hospital's usual product of a generic for each stay."""
    world = city.world
    generic = world.reference.generics["key"].to_list().index(item)
    where = rows["hospital"].to_numpy(), rows["source"].to_numpy()
    taken = uses.usual_product(world, generic, *where)
    return pl.Series(world.products.coded(taken, rows["admit"].to_numpy()), dtype=pl.Int64)


def explained(city: City, dose: Dose, name: str, item: str, illnesses: tuple[str, ...]) -> City:
    """Plant material in small operations on patients whose listed illness explains it."""
    draw = city.world.draw
    chosen = lucky(city, untouched(city, MINOR), f"{name}/luck", dose.subjects)
    units = pl.Series(draw.between(f"{name}/units", 1, 4, chosen["key"]))
    product = product_of(city, chosen, item)
    code = pl.Series(illnesses, dtype=pl.String).gather(
        draw.below(f"{name}/illness", len(illnesses), chosen["key"])
    )
    wanted = chosen.select(stay="key", product=product, quantity=units)
    listed = chosen.select(stay="key", code=code, present=pl.lit(value=True))
    marked = chosen.with_columns(planted=pl.lit(value=True))
    labelled = chosen.select("hospital", "day", stay="key", product=product)
    return (
        city.with_plan(marked).with_wanted(wanted).with_codes(listed).innocent_uses(name, labelled)
    )
