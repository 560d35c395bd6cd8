"""The bill, day by day: fee lines of a chunk of the plan.

Lines are drawn for (source stay, source day, slot), so that the parts of a cut stay carry
the lines of the whole; fewer are ordered on free days. Prices are catalogue prices;
quantities bring the stay near its planned spending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import packages, routine, signature, support
from synthetic.clock import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthetic.randomness import Flags, Floats, Whole
    from synthetic.world import World

DAILY = ("bed", "nursing", "consultation")  # one line a day, the hotel part of a stay
PAID_ONCE_A_DAY = {
    "3": (73.0, 60.0, 30.0),
    "2": (47.0, 30.0, 19.0),
    "1": (30.0, 30.0, 12.0),
    "0": (30.0, 30.0, 12.0),
}
TYPICAL_QUANTITY = {"drug": 3.0, "treatment": 2.0}  # units of a line; one for the rest
MOST_QUANTITY = 60
LINE_SIGMA = 0.45
HABIT_REACH = 2  # steps in the price list by which a group's habit moves its usual item
LATE_SHARE = 0.02  # lines posted one to three days late (harmless)
FREE_DAY_ORDERS = {"examination": 0.4, "laboratory": 0.5, "treatment": 0.8, "rehabilitation": 0.6}
TAKE_HOME = 0.3  # stays with drugs handed out on the day of discharge
FOLLOW_UP_ADMISSION = 0.5  # share of admission tests repeated when a cut stay begins again
UNCOVERED_SHARE = 0.04
TOKEN_AMOUNT = 12.0  # yuan of the one cheap item that hides an idle day
TESTS = ("examination", "laboratory")
ORDERED = (
    "examination",
    "laboratory",
    "drug",
    "treatment",
    "surgery",
    "anaesthesia",
    "rehabilitation",
)
CATEGORIES = (*DAILY, *ORDERED)


def _days(plan: pl.DataFrame) -> pl.DataFrame:
    """One row a stay and day in bed; ``day`` counts from the source's first day."""
    nights = plan["los"].clip(1)
    return plan.with_columns(
        day=pl.int_ranges(pl.col("first_day"), pl.col("first_day") + nights)
    ).explode("day")


def _column(frame: pl.DataFrame, name: str) -> Whole:
    return frame[name].to_numpy().astype(np.int64)


def idle(frame: pl.DataFrame) -> Flags:
    """Days on which a hanging bed got no treatment (source days)."""
    day = pl.col("day")
    away = ((day >= pl.col("idle_a")) & (day <= pl.col("idle_b"))) | (
        (day >= pl.col("idle_c")) & (day <= pl.col("idle_d"))
    )
    flags: Flags = frame.select(away).to_series().to_numpy()
    return flags


def _hotel(world: World, days: pl.DataFrame) -> list[pl.DataFrame]:
    """Bed, nursing and consultation: one line each a day at the hospital's grade."""
    level = world.level(_column(days, "hospital"))
    grade = _column(days, "severity") == 1
    parts = []
    for place, category in enumerate(DAILY):
        first, count = world.services.first[category], world.services.count[category]
        price = np.array([PAID_ONCE_A_DAY[name][place] for name in level]) * np.where(
            grade, 1.5, 1.0
        )
        offered = world.services.price[first : first + count]
        item = first + np.abs(np.log(offered[None, :] / price[:, None])).argmin(axis=1)
        second = np.full(len(days), 21_600 + 1_800 * place)
        once = np.ones(len(days), dtype=np.int64)
        parts.append(_raw(days, category, place, (item, once, second)))
    return parts


def _raw(
    days: pl.DataFrame, category: str, slot: int, drawn: tuple[Whole, Whole, Whole]
) -> pl.DataFrame:
    """Lines of one slot; ``drawn`` are item, quantity and second of the day."""
    item, quantity, second = drawn
    return days.select("key", "source", "day").with_columns(
        category=pl.lit(CATEGORIES.index(category), pl.Int16),
        item=pl.Series(item).cast(pl.Int32),
        quantity=pl.Series(quantity).cast(pl.Int32),
        second=pl.Series(second).cast(pl.Int32),
        slot=pl.lit(slot, pl.Int16),
    )


def _budget(world: World, days: pl.DataFrame, share: float) -> Floats:
    """Yuan that a category of the stay is expected to cost, after the hotel part."""
    level = world.level(_column(days, "hospital"))
    hotel = np.array([sum(PAID_ONCE_A_DAY[name]) for name in level]) * days["span"].to_numpy()
    spend = days["spend"].to_numpy()
    budget: Floats = np.maximum(spend - hotel, 0.25 * spend) * share
    return budget


def _item(
    world: World, category: str, wanted: Floats, group: Whole, keys: tuple[Whole, ...]
) -> Whole:
    """The item whose price is near the wanted one, by the habit of the group."""
    first, count = world.services.first[category], world.services.count[category]
    offered = np.log(world.services.price[first : first + count])
    place = np.searchsorted(offered, np.log(np.maximum(wanted, 1.0)))
    habit = (
        world.draw.below(f"line/habit/{category}", 2 * HABIT_REACH + 1, group, place) - HABIT_REACH
    )
    stray = world.draw.pick(f"line/stray/{category}", (1, 8, 1), *keys) - 1
    item: Whole = first + np.clip(place + habit + stray, 0, count - 1)
    return item


def _priced(
    world: World, days: pl.DataFrame, category: str, amount: Floats, slot: int
) -> pl.DataFrame:
    keys = (_column(days, "source"), _column(days, "day"), np.full(len(days), slot))
    each = amount / TYPICAL_QUANTITY.get(category, 1.0)
    item = _item(world, category, each, _column(days, "group"), keys)
    item = support.ordinary(world, item, _column(days, "group"))
    item = signature.signed(world, category, item, _column(days, "group"), keys)
    exact = amount / world.services.price[item]
    step = np.floor(exact + world.draw.uniform("line/round", *keys)).astype(np.int64)
    most = (
        4 if category in {"surgery", "anaesthesia", "examination", "laboratory"} else MOST_QUANTITY
    )
    second = 25_200 + world.draw.below("line/second", 46_800, _hours(days), *keys[1:])
    return _raw(days, category, slot, (item, np.clip(step, 1, most), second))


def _hours(frame: pl.DataFrame) -> Whole:
    """What the hours of a stay's lines are drawn from: a copied bill has hours of its own."""
    again = pl.col("resettles") >= 0
    hours = frame.select(pl.when(again).then("source").otherwise("key")).to_series()
    return hours.to_numpy().astype(np.int64)


def _free(world: World, days: pl.DataFrame) -> Flags:
    """Weekends and holidays."""
    date = _column(days, "admit") + _column(days, "day") - _column(days, "first_day")
    free = world.clock.free()
    off: Flags = free[np.minimum(date, len(free) - 1)]
    return off


def _slots(
    world: World, days: pl.DataFrame, line: dict[str, float], slot: int
) -> list[pl.DataFrame]:
    """Lines of one category and cost structure: admission lines and daily lines."""
    category = str(line["category"])
    surgical = category in {"surgery", "anaesthesia"}
    source, day = _column(days, "source"), _column(days, "day")
    begun = (day == np.maximum(_column(days, "op_day"), 0)) if surgical else day == 0
    special = begun & ~days["untested"].to_numpy() if category in TESTS else begun
    again = ~begun & (day == _column(days, "first_day")) & (not surgical)
    expected = line["first_day"] + line["daily"] * np.maximum(_column(days, "span") - 1, 0)
    amount = _budget(world, days, line["share"]) / np.maximum(expected, 0.5)
    parts = []
    for kind, mean, where in (
        (
            0,
            line["first_day"],
            special.astype(float) + again * FOLLOW_UP_ADMISSION * (category != "drug"),
        ),
        (
            1,
            line["daily"],
            np.where(
                begun, 0.0, np.where(_free(world, days), FREE_DAY_ORDERS.get(category, 1.0), 1.0)
            ),
        ),
    ):
        for number in range(int(np.ceil(mean))):
            number_slot = slot + kind * 8 + number
            part = _part(mean, number, certain=surgical)
            hit = world.draw.chance("line/hit", part * where, source, day, number_slot)
            chosen = days.filter(pl.Series(hit))
            spread = world.draw.spread(
                "line/spread", LINE_SIGMA, source[hit], day[hit], number_slot
            )
            parts.append(_priced(world, chosen, category, amount[hit] * spread, number_slot))
    return parts


def _part(mean: float, number: int, *, certain: bool) -> float:
    """Chance of one of the lines that come to ``mean`` together; an operation is always billed."""
    if not certain or mean < 1:
        return float(mean / np.ceil(mean))
    return 1.0 if number == 0 else float((mean - 1) / (np.ceil(mean) - 1))


def _ordered(world: World, days: pl.DataFrame) -> list[pl.DataFrame]:
    active = days.filter(pl.Series(~idle(days)))
    parts: list[pl.DataFrame] = []
    for row, line in enumerate(world.reference.structures.to_dicts()):
        mine = active.filter(pl.col("structure") == line["structure"])
        if len(mine):
            parts += _slots(world, mine, line, 16 * (1 + row % 8))
    return parts


def _tokens(world: World, days: pl.DataFrame) -> pl.DataFrame:
    """One cheap drug line on idle days that are meant to look treated."""
    hidden = days.filter(pl.Series(idle(days)) & pl.col("token"))
    amount = np.full(len(hidden), TOKEN_AMOUNT) * world.draw.spread(
        "line/token", 0.5, _column(hidden, "source"), _column(hidden, "day")
    )
    return _priced(world, hidden, "drug", amount, 250)


def _take_home(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Drugs handed out on the day of discharge."""
    nights = plan.filter(pl.col("los") >= 1).with_columns(day=pl.col("first_day") + pl.col("los"))
    given = nights.filter(
        pl.Series(world.draw.chance("line/take_home", TAKE_HOME, nights["source"]))
    )
    amount = 60 * world.draw.spread("line/take_home_amount", 0.6, given["source"])
    return _priced(world, given, "drug", amount, 251)


def _routine(world: World, plan: pl.DataFrame) -> Iterator[packages.Drawn]:
    first = plan.with_columns(day=pl.col("first_day"))
    treated = plan.filter(pl.Series(~idle(first)))
    return routine.drawn(world, treated, _hours(treated), list(packages.PACKAGES))


def services(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    """Service and drug lines: key, source, day, category, item, quantity, second, slot."""
    days = _days(plan)
    parts = [
        *_hotel(world, days),
        *_ordered(world, days),
        _tokens(world, days),
        _take_home(world, plan),
        *(_raw(*line) for line in packages.drawn(world, plan)),
        *(_raw(*line) for line in _routine(world, plan)),
    ]
    return pl.concat(parts).sort("key", "day", "second", "category", "slot")


def timed(world: World, plan: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Moments of service and posting in seconds from the first day, inside the stay."""
    header = plan.select("key", "admit", "first_day", "los", "admit_second", "leave_second",
                         "physician", "hospital", "settled", "own_share", "resettles")  # fmt: skip
    lines = lines.join(header, on="key", maintain_order="left")
    absolute = (pl.col("admit") + pl.col("day") - pl.col("first_day")).cast(pl.Int64)
    begin = pl.col("admit") * SECONDS_PER_DAY + pl.col("admit_second") + 600
    end = (pl.col("admit") + pl.col("los")) * SECONDS_PER_DAY + pl.col("leave_second") - 300
    done = absolute * SECONDS_PER_DAY + pl.col("second")
    lines = lines.with_columns(served=pl.max_horizontal(pl.min_horizontal(done, end), begin))
    keys = (_hours(lines), _column(lines, "day"), _column(lines, "slot"))
    minutes = world.draw.below("line/posting", 3_000, *keys)
    late = world.draw.chance("line/late", LATE_SHARE, *keys)
    delay = np.where(late, world.draw.between("line/delay", 1, 3, *keys) * SECONDS_PER_DAY, minutes)
    posted = pl.min_horizontal(
        pl.col("served") + pl.Series(delay), pl.col("settled") * SECONDS_PER_DAY + 64_000
    )
    return lines.with_columns(posted=pl.max_horizontal(posted, pl.col("served")))
