"""C09 single-use item used again 一次性耗材重复使用."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from synthetic import campaigns, codes_again, stores
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.state import City

PLACE = ["hospital", "product"]
DAYS_BETWEEN = {1: (0, 14), 2: (15, 120)}  # since the unit was used for the first time
SEVERAL_LEVEL, SEVERAL = 3, 3  # units of one product, hospital and year, difficulty 3
CUNNING = 4
DAYS_PER_YEAR = 365
LEAST_PRICE = 250 * 100  # fen; below this nobody takes the trouble of cleaning


@scheme(
    code="C09",
    title_en="single-use item used again",
    title_zh="一次性耗材重复使用",
    stage="goods",
    subject="use",
    share=0.0006,
    recipe={
        1: "a catheter with its serial number, used in the next patient within two weeks",
        2: "the same, weeks or months later",
        3: "counted items: in a year three more of a product are used and billed than were bought",
        4: "one counted item a year of a product and hospital, inside the published tolerance",
    },
    traces=("fee_lines.serial", "device_uses.serial", "purchases", "stock_moves", "stock_counts"),
)
def used_again(city: City, dose: Dose) -> City:
    """Clean a unit and bill it to the next patient; what was not needed was never bought.

    No implants: those cannot be used again. The loss is the price of the unit.
    """
    if city.goods is None:
        return city
    numbered = _numbered(city)
    counted = _counted(city)
    turn = pl.col("luck").rank("ordinal").over(*PLACE, "year")
    ranked = counted.with_columns(turn=turn, number=pl.len().over(*PLACE, "year"))
    fitting = {level: numbered.filter(pl.col("gap").is_between(*days)).drop("gap")
               for level, days in DAYS_BETWEEN.items()}  # fmt: skip
    single = {d: f for d, f in fitting.items() if d in dose.difficulties}
    parts = [_chosen(city, single, dose)] if single else []
    taken = ranked.clear().select(*PLACE, "year")
    if SEVERAL_LEVEL in dose.difficulties:
        trio = ranked.filter((pl.col("number") >= SEVERAL) & (pl.col("turn") <= SEVERAL))
        several = _several(city, trio, dose)
        taken = several.select(*PLACE, "year").unique()
        parts.append(several.select(_COLUMNS))
    if CUNNING in dose.difficulties:
        once = ranked.filter(pl.col("turn") == 1).join(taken, on=[*PLACE, "year"], how="anti")
        parts.append(_chosen(city, {CUNNING: once.select(_CANDIDATE)}, dose))
    chosen = codes_again.carried_on(pl.concat(parts))
    coded = codes_again.billed_again(city, chosen.drop_nulls("code"))
    plain = city.uses.join(chosen.filter(pl.col("code").is_null()).select("use"), on="use")
    gone = stores.unbought(coded, plain.with_columns(quantity=pl.lit(1, pl.Int64)))
    marked = coded.with_changed_uses(plain.with_columns(planted=pl.lit(value=True)))
    rows = city.uses.join(chosen.select("use", "campaign", "difficulty"), on="use")
    return replace(marked, goods=gone).guilty_uses("C09", rows.with_columns(amount="unit_price"))


_CANDIDATE = ["key", "hospital", "day", "use", "earlier", "code", "code_lot"]
_COLUMNS = [*_CANDIDATE, "campaign", "difficulty"]


def _chosen(city: City, fitting: dict[int, pl.DataFrame], dose: Dose) -> pl.DataFrame:
    levels = tuple(fitting)
    subjects = max(1, round(dose.subjects * len(levels) / len(dose.difficulties)))
    part = replace(dose, difficulties=levels, subjects=subjects)
    return campaigns.choose_each(city.world, "C09", fitting, part).select(_COLUMNS)


def _numbered(city: City) -> pl.DataFrame:
    """Catheters with serial numbers, each beside the one used before it in the hospital."""
    rows = codes_again.units(city, implanted=False).sort(*PLACE, "day", "second", "use")
    before = {name: pl.col(name).shift(1).over(PLACE) for name in ("day", "person")}
    near = rows.with_columns(
        gap=pl.col("day") - before["day"],
        other=before["person"],
        earlier=pl.col("use").shift(1).over(PLACE),
        code=pl.col("serial_no").shift(1).over(PLACE),
        code_lot=pl.col("lot").shift(1).over(PLACE),
    )
    two = pl.col("other").is_not_null() & (pl.col("other") != pl.col("person"))
    return near.filter(two).select(*_CANDIDATE, "gap")


def _counted(city: City) -> pl.DataFrame:
    """Counted items bought one by one that could be cleaned, at most half of each lot."""
    items, uses = city.world.products, city.uses
    product = uses["product"].to_numpy()
    implant = (items.frame["implantable"] == 1).to_numpy()
    fit = pl.Series((items.pack == 1)[product] & ~implant[product])
    fit &= uses["registered"] & ~uses["serial"] & ~uses["planted"] & (uses["lot_day"] >= 0)
    true = (pl.col("billed") == pl.col("quantity")) & (pl.col("recorded") == pl.col("quantity"))
    true &= (pl.col("billed") >= 1) & (pl.col("unit_price") >= LEAST_PRICE)
    rows = uses.filter(fit).filter(true & ~pl.col("wasted"))
    rows = rows.unique(["stay", "product"], keep="first", maintain_order=True)
    luck = pl.Series(city.world.draw.uniform("c09/order", rows["use"]))
    lot = [*PLACE, "lot", "lot_day"]
    within = pl.col("luck").rank("ordinal").over(lot)
    half = rows.with_columns(luck=luck).filter(within * 2 <= pl.len().over(lot))
    none = pl.lit(None, pl.String)
    return half.with_columns(
        key="use", year=pl.col("day") // DAYS_PER_YEAR, earlier=pl.lit(None, pl.Int64),
        code=none, code_lot=none,
    ).select(*_CANDIDATE, "product", "year", "luck")  # fmt: skip


def _several(city: City, trio: pl.DataFrame, dose: Dose) -> pl.DataFrame:
    """Three items of each chosen product, hospital and year."""
    subjects = max(1, round(dose.subjects / len(dose.difficulties) / SEVERAL))
    part = replace(dose, difficulties=(SEVERAL_LEVEL,), subjects=subjects)
    first = trio.filter(pl.col("turn") == 1)
    chosen = campaigns.choose(city.world, "C09", first, part, salt="/several")
    named = chosen.select(*PLACE, "year", "campaign", "difficulty")
    return trio.join(named, on=[*PLACE, "year"]).sort("key")
