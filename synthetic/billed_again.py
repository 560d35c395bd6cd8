"""A line taken back and billed again: three lines in the place of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.bill import CONSUMABLE
from synthetic.clock import SECONDS_PER_DAY

if TYPE_CHECKING:
    from synthetic.state import City

HOUR = 3_600
CANDIDATES, LEAST_USES = 400, 60_000  # uses looked at: for each one wanted, and at least
# A line may be posted until the evening of the settlement.
LAST_POSTING = 64_000


def candidates(city: City, wanted: int) -> pl.DataFrame:
    """Honest counted uses on a bill, with the seconds of use, discharge and last posting.

    Enough to choose ``wanted`` from, by luck.
    """
    share = max(CANDIDATES * wanted, LEAST_USES) / max(len(city.uses), 1)
    seen = pl.Series(city.world.draw.chance("again/seen", share, city.uses["use"]))
    whole = (pl.col("resettles") < 0) & (pl.col("voided") < 0) & ~pl.col("planted")
    stays = city.plan.filter(whole).select(
        "admit", "los", "physician",
        stay="key",
        begin=pl.col("admit") * SECONDS_PER_DAY + pl.col("admit_second") + 600,
        left=(pl.col("admit") + pl.col("los")) * SECONDS_PER_DAY + pl.col("leave_second"),
        closed=pl.col("settled") * SECONDS_PER_DAY + LAST_POSTING,
    )  # fmt: skip
    true = (pl.col("billed") == pl.col("quantity")) & (pl.col("recorded") == pl.col("quantity"))
    true &= (pl.col("billed_product") == pl.col("product")) & pl.col("registered")
    true &= ~pl.col("planted") & ~pl.col("serial") & (pl.col("billed") > 0) & ~pl.col("wasted")
    rows = city.uses.filter(seen & true).join(stays, on="stay").with_columns(key="use")
    served = pl.col("day") * SECONDS_PER_DAY + pl.col("second")
    served = pl.max_horizontal(pl.min_horizontal(served, pl.col("left") - 300), "begin")
    return rows.with_columns(served=served)


def after_discharge() -> pl.Expr:
    """Uses whose bill stays open for three hours after the discharge."""
    return pl.col("closed") > pl.col("left") + 3 * HOUR


def replaced(city: City, rows: pl.DataFrame) -> City:
    """The city with the line of each use written three times: billed, taken back, billed again.

    ``rows`` are uses with ``served``, ``corrected`` (second at which the first line was taken
    back), ``first`` (units billed at first), ``again`` (units billed then, 0: none),
    ``new_product`` and ``new_price``.
    """
    quiet = rows.with_columns(billed=pl.lit(0, pl.Int64), planted=pl.lit(value=True))
    delay = city.world.draw.below("again/posting", 9_000, rows["use"])
    soon = pl.min_horizontal(pl.col("served") + pl.Series(delay), pl.col("corrected") - 60)
    posted = rows.with_columns(first_posted=pl.max_horizontal(soon, "served"))
    lines = [
        _line(city, posted, "product", pl.col("first"), "unit_price", "first_posted", 0),
        _line(city, posted, "product", -pl.col("first"), "unit_price", "corrected", 1).with_columns(
            undoes=pl.lit(0, pl.Int64)
        ),
        _line(city, posted, "new_product", pl.col("again"), "new_price", "corrected", 2)
        .with_columns(posted=pl.col("posted") + 90)
        .filter(pl.col("quantity") > 0),
    ]
    written = pl.concat(lines, how="diagonal").sort("stay", "use", "turn")
    own = pl.col("use") * 4 + pl.col("turn")
    written = written.with_columns(own=own, undoes=pl.col("use") * 4 + pl.col("undoes"))
    return city.with_changed_uses(quiet).with_lines(written)


def _line(
    city: City, rows: pl.DataFrame, product: str, units: pl.Expr, price: str, posted: str, turn: int
) -> pl.DataFrame:
    items = city.world.products
    place = rows[product].cast(pl.UInt32)
    return rows.select(
        "stay", "use", "served", "covered", "physician", "lot",
        turn=pl.lit(turn, pl.Int64),
        posted=pl.max_horizontal(posted, "served"),
        quantity=units,
        category=pl.lit(CONSUMABLE),
        item_code=items.codes.gather(place),
        udi_di=items.udi.gather(place),
        price=price,
        serial=pl.lit(None, pl.String),
    )  # fmt: skip


def within_the_evening(city: City, rows: pl.DataFrame, purpose: str) -> pl.Series:
    """A second between half an hour and two and a half after each discharge."""
    wait = city.world.draw.between(purpose, HOUR // 2, 5 * HOUR // 2, rows["use"])
    return rows["left"] + pl.Series(wait)


def dearest(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Uses with another product of the same kind, ``new_product``, and its price by list."""
    world = city.world
    generic = world.products.generic
    priced = world.products.platform(np.arange(len(generic)), np.zeros(len(generic), dtype=int))
    table = pl.DataFrame({"new_product": np.arange(len(generic)), "generic": generic,
                          "dear": priced}).sort("generic", "dear", "new_product")  # fmt: skip
    top = table.group_by("generic").agg(pl.col("new_product").last()).sort("generic")
    own = rows.with_columns(generic=pl.Series(generic[rows["product"].to_numpy()]))
    both = own.join(top, on="generic", how="left", maintain_order="left")
    day, new = both["day"].to_numpy(), both["new_product"].to_numpy()
    price = np.floor(world.products.platform(new, day) * 100 + 1e-6).astype(np.int64)
    return both.with_columns(new_price=pl.Series(price)).drop("generic")
