"""Which product a hospital takes for a while: periods, their uses, and what takes their place.

A period is a hospital, a generic and a quarter of the window. Only stays that belong to no
scheme or look-alike yet are counted and touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import ordering, uses
from synthetic.additions import WANTED, empty
from synthetic.catalogue import NEVER
from synthetic.families import DEARER, PARTS
from synthetic.state import TRUTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synthetic.randomness import Flags, Floats, Whole
    from synthetic.state import City
    from synthetic.world import World

MONTHS = 3  # of a period
FEN = 100
IMPORTED = 2  # place of the imported product among those of a generic
PERIOD = ["hospital", "generic", "period"]
LEDGER = ["hospital", "product", "month"]
SETS = {*PARTS, *(part for parts in PARTS.values() for part in parts)}  # chosen as a whole
GENERICS = 1_024
PERIODS = 512


def number(world: World, key: str) -> int:
    """Row number of a generic."""
    return world.reference.generics["key"].to_list().index(key)


def dear_kind(world: World, *, selected: bool) -> dict[int, int]:
    """Plain generics bought by selection, and their dear kinds with the same status or outside it.

    ``selected`` keeps pairs of which both or neither are selected; else the dear kind is outside.
    """
    begin, generic = world.products.selected_at, world.products.generic
    status = {g: bool((begin[generic == g] < NEVER).any()) for g in np.unique(generic).tolist()}
    pairs = [(number(world, plain), number(world, dear)) for plain, dear in DEARER.items()]
    same = {p: d for p, d in pairs if status[p] == status[d]}
    outside = {p: d for p, d in pairs if status[p] and not status[d]}
    return same if selected else outside


def imports(world: World, *, selected: bool, most: float = 2.0) -> dict[int, int]:
    """Generics and their imported product: of the same status as the others, or outside it.

    ``most`` is the highest price over that of the cheapest product of the generic.
    """
    begin, generic = world.products.selected_at, world.products.generic
    found = {}
    for key in world.reference.generics["key"].to_list():
        own = np.flatnonzero(generic == number(world, key))[: IMPORTED + 1]
        if key in SETS or len(own) <= IMPORTED:
            continue
        prices = world.products.price[own]
        if prices[IMPORTED] >= most * prices[:IMPORTED].min():
            continue
        inside = begin[own] < NEVER
        outside = bool(inside[:IMPORTED].all() and not inside[IMPORTED])
        if (selected and inside.all() == inside.any()) or (not selected and outside):
            found[number(world, key)] = int(own[IMPORTED])
    return found


def periods(city: City, generics: Iterable[int], least: float) -> pl.DataFrame:
    """Periods with at least so many expected stays: key, hospital, generic, period, day."""
    world = city.world
    kits = world.reference.kits.select(
        group=pl.Series([world.reference.group(a) for a in world.reference.kits["adrg"]]),
        generic=pl.Series([number(world, item) for item in world.reference.kits["item"]]),
        chance=pl.col("chance") * (pl.col("to") - pl.col("from")),
    ).filter(pl.col("generic").is_in(list(generics)))
    stays = ordering.untouched(city, columns=["hospital", "group", *_period(city, pl.col("admit"))])
    counted = stays.group_by("hospital", "group", "period").len(name="stays")
    both = (
        counted.join(kits, on="group")
        .group_by(PERIOD)
        .agg(expected=(pl.col("stays") * pl.col("chance")).sum())
    )
    both = both.join(_told(city), on=["hospital", "generic"], how="anti")
    key = (pl.col("hospital") * GENERICS + pl.col("generic")) * PERIODS + pl.col("period")
    ends = np.concatenate([[-1], city.world.clock.month_ends()])
    rows = both.filter(pl.col("expected") >= least).with_columns(key=key).sort("key")
    return rows.with_columns(day=pl.Series(ends[rows["period"].to_numpy() * MONTHS] + 1))


def _told(city: City) -> pl.DataFrame:
    """Hospitals and generics of which a ledger is a subject already: one cause is enough."""
    known = pl.concat([empty(TRUTH), *city.truth]).filter(pl.col("subject_type") == "ledger")
    products = city.world.products
    named = pl.DataFrame({"code": products.codes, "generic": pl.Series(products.generic)})
    code = known["subject_id"].str.split("|").list.get(1)
    rows = known.select("hospital", code=code)
    return rows.join(named.unique("code"), on="code").select("hospital", "generic").unique()


def _period(city: City, day: pl.Expr) -> list[pl.Expr]:
    ends = city.world.clock.month_ends()
    month = day.map_batches(
        lambda s: pl.Series(np.searchsorted(ends, s.to_numpy())), return_dtype=pl.Int64
    )
    return [(month // MONTHS).cast(pl.Int64).alias("period")]


def used_in(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """Uses of the chosen periods, with the columns of ``chosen`` beside them.

    One row a stay and product: stay, source, product, quantity, day, month, hospital, generic,
    physician.
    """
    world = city.world
    kits = world.reference.kits.to_dicts()
    names = world.reference.generics["key"].to_list()
    wanted = {names[g] for g in chosen["generic"].unique().to_list()}
    groups = {world.reference.group(str(k["adrg"])) for k in kits if str(k["item"]) in wanted}
    stays = ordering.untouched(city, pl.col("group").is_in(sorted(groups)))
    places = chosen.select("hospital", "period").unique()
    stays = stays.with_columns(_period(city, pl.col("admit")))
    stays = stays.join(places, on=["hospital", "period"], how="semi").select(city.plan.columns)
    made = uses.make(world, stays, empty(WANTED))
    generic = pl.Series(world.products.generic).gather(made["product"].cast(pl.UInt32))
    month = pl.Series(city.month_of(made["day"].to_numpy()))
    made = made.with_columns(generic=generic, month=month, period=month // MONTHS)
    one = made.group_by("stay", "product").agg(
        pl.col("source", "hospital", "generic", "day", "month", "period").first(),
        pl.col("quantity").sum(),
    )
    doctors = stays.select("physician", stay="key")
    wide = one.join(chosen.drop("day", "expected", strict=False), on=PERIOD).join(
        doctors, on="stay"
    )
    return wide.sort("stay", "product")


def better(world: World, rows: pl.DataFrame, pairs: dict[int, int]) -> pl.Series:
    """The dear product that the hospital would take for each use of a plain one."""
    chosen = np.full(len(rows), -1, dtype=np.int64)
    hospital, source, day = (rows[n].to_numpy() for n in ("hospital", "source", "day"))
    generic = rows["generic"].to_numpy()
    for plain, dear in pairs.items():
        mine = generic == plain
        taken = uses.usual_product(world, dear, hospital[mine], source[mine])
        chosen[mine] = world.products.coded(taken, day[mine])
    return pl.Series("instead", chosen)


def imported(world: World, rows: pl.DataFrame, products: dict[int, int]) -> pl.Series:
    """The imported product of each use's generic."""
    own = rows["generic"].replace_strict(products, default=-1, return_dtype=pl.Int64).to_numpy()
    coded = world.products.coded(np.maximum(own, 0), rows["day"].to_numpy())
    return pl.Series("instead", np.where(own >= 0, coded, -1))


def price(world: World, product: pl.Series, day: pl.Series) -> Floats:
    """Platform price in yuan of each product on its day."""
    return world.products.platform(product.to_numpy(), day.to_numpy())


def in_force(world: World, rows: pl.DataFrame) -> Flags:
    """Whether each product is a selected one on its day."""
    flags: Flags = world.products.selected_at[rows["product"].to_numpy()] <= rows["day"].to_numpy()
    return flags


def dearer(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``instead`` that cost more there: ``ratio`` and ``gain``, in fen for all units."""
    known = rows.filter((pl.col("instead") >= 0) & (pl.col("instead") != pl.col("product")))
    taken = known.select("stay", instead="product")  # a stay may have both kinds already
    known = known.join(taken, on=["stay", "instead"], how="anti", maintain_order="left")
    plain = price(city.world, known["product"], known["day"])
    dear = price(city.world, known["instead"], known["day"])
    more = np.rint(dear * FEN) - np.rint(plain * FEN)
    fit = known.with_columns(
        ratio=pl.Series(dear / np.maximum(plain, 0.01)),
        gain=pl.Series(more.astype(np.int64)) * known["quantity"],
        worth=pl.Series(np.rint(plain * FEN).astype(np.int64)) * known["quantity"],
    )
    return fit.filter(pl.col("gain") > 0)


def luckiest(city: City, purpose: str, rows: pl.DataFrame, share: pl.Expr) -> pl.DataFrame:
    """A share of the uses of each period, at least one, the luckiest first."""
    luck = pl.Series(city.world.draw.uniform(purpose, rows["stay"], rows["product"]))
    place = pl.col("luck").rank("ordinal").over(PERIOD)
    most = (pl.len().over(PERIOD) * share).ceil().clip(1)
    return rows.with_columns(luck=luck).filter(place <= most).drop("luck")


def switch(city: City, rows: pl.DataFrame) -> City:
    """The city in which each use is of ``instead``; its stays are taken from now on."""
    touched = city.plan.join(rows.select(key="stay").unique(), on="key", how="semi")
    return ordering.marked(city, touched).with_switched(rows)


def ledgers(rows: pl.DataFrame) -> pl.DataFrame:
    """The ledgers of what was taken, with campaign, difficulty and the sum of gains."""
    named = rows.with_columns(product="instead").sort("stay", "product")
    return named.group_by(LEDGER, maintain_order=True).agg(
        pl.col("campaign", "difficulty", "day").first(), amount=pl.col("gain").sum()
    )


def months_of(world: World) -> Whole:
    """First day of each month of the window."""
    return np.concatenate([[0], world.clock.month_ends()[:-1] + 1])


def registered_in(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """Ledgers that stays of a plan draw on: hospital, product and day of use."""
    made = uses.make(city.world, stays.select(city.plan.columns), empty(WANTED))
    rows = made.filter("registered").select("hospital", "product", "day")
    return rows.sort("day", "product")
