"""H05 false stay 虚假住院: a stay on paper, of somebody who was never there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import campaigns, forging, newcomers
from synthetic.forging import SEEN_IN_BED
from synthetic.grammar import Dose, scheme
from synthetic.keys import FALSE_STAY, KEY_STEP, PLACES

if TYPE_CHECKING:
    from synthetic.state import City

NIGHTS = (4, 14)
# How far the amounts behind a copied bill are moved, by difficulty, and how often the person is
# seen meanwhile.
NOISE = {1: 0.0, 2: 0.0, 3: 0.015, 4: 0.08}
SEEN = {1: 0.0, 2: 1.0, 3: 0.6, 4: 0.0}
OPERATED = 1  # the difficulty that claims an operation
BARE = 4  # the difficulty that bills no consumables


@scheme(
    code="H05",
    title_en="false stay",
    title_zh="虚假住院",
    stage="goods",
    subject="stay",
    share=0.0006,
    recipe={
        1: "an operation without anaesthesia; its consumables are in no register and no stock",
        2: "another person's bill line by line, while the person is in another bed or clinic",
        3: "another person's bill with small changes; cards from one other district, some seen",
        4: "a third of the lines changed, no consumables, seen nowhere; cards from one district",
    },
    traces=(
        "fee_lines.item_code", "fee_lines.performed_at", "device_uses.use_id",
        "outpatient_visits.visited_at", "persons.district",
    ),
)  # fmt: skip
def false_stay(city: City, dose: Dose) -> City:
    """Bill a stay that nobody had: the bill of an earlier patient of the ward under another card.

    Consumables on it were never issued from the store and, where a register is kept, never
    entered. Neither texts nor images are delivered, so copied notes and pictures leave no
    trace here. The loss is the payment standard of the stay.
    """
    chosen = campaigns.choose_each(city.world, "H05", _templates(city), dose)
    if chosen.is_empty():
        return city
    stays = forging.named(city, forging.dated(city, chosen))
    stays = forging.settled(city, _on_paper(city, stays))
    city = newcomers.joined(city, stays).with_visits(_visits(city, stays))
    city = city.with_uses(forging.phantom_uses(city, stays.filter(pl.col("difficulty") != BARE)))
    return city.guilty_stays("H05", stays.with_columns(amount=forging.payment(stays)))


def _templates(city: City) -> dict[int, pl.DataFrame]:
    """Stays worth copying: operations with registered goods, and plain medical stays."""
    world, plan = city.world, city.plan
    taken = plan.select(key=pl.col("key") - FALSE_STAY)
    fit = pl.col("los").is_between(*NIGHTS) & ~pl.col("planted") & (pl.col("part") == 0)
    fit &= ((pl.col("key") % KEY_STEP) < PLACES) & ~pl.col("died") & (pl.col("voided") < 0)
    rows = plan.filter(fit).join(taken, on="key", how="anti").with_columns(day=pl.col("admit"))
    rows = rows.filter(pl.col("admit") + pl.col("los") + forging.LATEST < world.clock.days)
    kits = [world.reference.group(adrg) for adrg in world.reference.kits["adrg"].unique().sort()]
    plain = rows.filter((pl.col("structure") == "medical") & ~pl.col("group").is_in(kits))
    registered = city.uses.filter(pl.col("registered") & (pl.col("billed") > 0))
    goods = registered.select(key="stay").unique()
    operated = rows.filter(pl.col("structure") == "surgical").join(goods, on="key", how="semi")
    return dict.fromkeys((2, 3, BARE), plain) | {OPERATED: operated}


def _on_paper(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """A key of its own, hours of its own, and the noise and gaps of its difficulty."""
    draw, key = city.world.draw, stays["key"].to_numpy()
    noise = np.array([NOISE[level] for level in stays["difficulty"].to_list()])
    sign = 2 * draw.below("h05/sign", 2, key) - 1
    factor = 1 + sign * noise * (0.6 + 0.8 * draw.uniform("h05/noise", key))
    operated = pl.col("difficulty") == OPERATED
    return stays.with_columns(
        template="key",
        key=pl.col("key") + FALSE_STAY,
        chain=-pl.col("key") - FALSE_STAY - 1,
        planted=pl.lit(value=True),
        link=pl.lit(-1, pl.Int64),
        emergency=pl.lit(value=False),
        moved_in=pl.lit(value=False),
        planned=pl.lit(value=False),
        against=pl.lit(value=False),
        structure=pl.when(operated).then(pl.lit("unanaesthetised")).otherwise("structure"),
        spend=pl.col("spend") * pl.Series(factor),
        admit_second=pl.Series(28_800 + draw.below("h05/morning", 14_400, key)),
        leave_second=pl.Series(32_400 + draw.below("h05/leave", 25_200, key)),
    )


def _visits(city: City, stays: pl.DataFrame) -> pl.DataFrame:
    """Where the person was seen on a day of the stay, if not in another bed."""
    draw, key = city.world.draw, stays["key"].to_numpy()
    share = np.array([SEEN[level] for level in stays["difficulty"].to_list()])
    seen = pl.Series(draw.chance("h05/seen", share, key))
    day = 1 + draw.below("h05/day", np.maximum(stays["los"].to_numpy() - 1, 1), key)
    clinic = draw.chance("h05/clinic", 0.6, key)
    house = draw.below("h05/house", len(city.world.houses.frame), key)
    return stays.with_columns(
        hospital=pl.Series(house),
        day=pl.col("admit") + pl.Series(day),
        kind=pl.Series(np.where(clinic, "clinic", "pharmacy")),
    ).filter(seen & ~pl.col(SEEN_IN_BED))
