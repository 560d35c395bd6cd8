"""What can be billed: services and drugs with prices, consumables with dated prices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from synthetic.families import NEWLY_COVERED
from synthetic.ward_goods import GOODS

if TYPE_CHECKING:
    from synthetic.clock import Clock
    from synthetic.randomness import Draw, Flags, Floats, Whole
    from synthetic.reference import Reference

NEVER = 10**6  # day number of a price change that does not happen
FAR_PAST = -400  # day number from which the first price holds
# Products of one generic: origin, price over the generic's price, share of use.
PRODUCTS = (("domestic", 0.92, 0.46), ("domestic", 1.0, 0.30), ("imported", 1.30, 0.24))
LOW_VALUE = tuple(GOODS)  # one product each, in no register
ONE_LINE = 0.4  # share of generics whose two domestic products come from one maker
RENEWED = 0.10  # share of products whose certificate is renewed, so that they get a new code
NEW_CODE_LISTED = 75  # days from the listing of a new code to its first use
OLD_CODE_LEFT = 120  # days for which the old code stays listed beside the new one
COVERED_AT = 0.5  # share of the window after which the fund pays for what is newly covered
REVIEWED = 0.4  # share of products without a selected price whose platform price is revised
SERVICE_RISE = 1.05  # nursing and surgery prices are raised once, in the middle of the window
SERVICE_RISE_AT = 0.6
RISING = ("nursing", "surgery")
MAKERS = (
    "沪康",
    "申济",
    "瑞谱",
    "博衡",
    "迈拓",
    "科荣",
    "安泽",
    "维盛",
    "海岭",
    "启明德",
    "百瑞恩",
    "奥森",
)
FIRST_CODE = 3101
WHOLE_YUAN = 20  # from this price on, services cost whole yuan
GRADE = r"\(\d+\)$"  # what follows the name of a service that has grades
SERVICE_LETTER = {"drug": "X"}


@dataclass(frozen=True)
class Services:
    """Services by category, cheapest first; prices in yuan, before and after the rise."""

    frame: pl.DataFrame
    codes: pl.Series
    first: dict[str, int]
    count: dict[str, int]
    price: Floats
    later_price: Floats
    rise: int

    @cached_property
    def named(self) -> pl.DataFrame:
        """Items that can be billed: category, name without grade and row number."""
        plain = self.frame["name"].str.replace(GRADE, "")
        return self.frame.select("category", item=plain, number=pl.int_range(pl.len()))


@dataclass(frozen=True)
class Products:
    """Consumable products (row number = key) with platform prices before and after a change."""

    frame: pl.DataFrame
    generic: Whole
    price: Floats
    later_price: Floats
    change: Whole
    selected_at: Whole
    registered: Flags
    serialised: Flags
    covered: Flags
    pack: Whole
    codes: pl.Series
    udi: pl.Series
    successor: Whole
    renewed_at: Whole

    def coded(self, product: Whole, day: Whole) -> Whole:
        """The product under the code it is bought by on a day."""
        code: Whole = np.where(day >= self.renewed_at[product], self.successor[product], product)
        return code

    def paid_by_fund(self, product: Whole, day: Whole) -> Flags:
        """Whether the fund pays for a product on a day."""
        newly = self.frame["key"].is_in(NEWLY_COVERED).to_numpy()[product]
        paid: Flags = self.covered[product] | (newly & (day >= self.change[product]))
        return paid

    def platform(self, product: Whole, day: Whole) -> Floats:
        """Platform price of a product on a day, in yuan."""
        price: Floats = np.where(
            day >= self.change[product], self.later_price[product], self.price[product]
        )
        return price


def _cents(price: Floats) -> Floats:
    rounded: Floats = np.round(price, 2)
    return rounded


def services(clock: Clock, reference: Reference) -> Services:
    """About 350 services and drugs, prices spaced evenly on a logarithmic scale."""
    frames: list[pl.DataFrame] = []
    first, count = {}, {}
    for line in reference.services.to_dicts():
        begin = sum(len(frame) for frame in frames)
        frames.append(_offered(line, begin))
        first[line["category"]], count[line["category"]] = begin, len(frames[-1])
    listed = pl.concat(frames)
    rising = listed["category"].is_in(RISING).to_numpy()
    price = listed["price"].to_numpy()
    later = np.where(rising, np.round(price * SERVICE_RISE, 1), price)
    rise = clock.share(SERVICE_RISE_AT)
    return Services(listed, listed["item_code"], first, count, price, later, rise)


def _offered(line: dict[str, Any], begin: int) -> pl.DataFrame:
    """The items of one category, cheapest first."""
    number, names = int(line["variants"]), str(line["names"]).split()
    exact = np.geomspace(line["low"], line["high"], number)
    letter = SERVICE_LETTER.get(line["category"], "S")
    places = range(number)
    codes = [f"{letter}{FIRST_CODE + begin + k:04d}{k * 7919 % 97:02d}0" for k in places]
    grades = ["" if number <= len(names) else f"({k % 3 + 1})" for k in places]
    return pl.DataFrame(
        {
            "item_code": codes,
            "name": [names[k * len(names) // number] + grades[k] for k in places],
            "category": [line["category"]] * number,
            "unit": [line["unit"]] * number,
            "price": np.where(exact > WHOLE_YUAN, np.round(exact), np.round(exact, 1)),
        }
    )


def products(draw: Draw, clock: Clock, reference: Reference) -> Products:
    """Three products a key generic, one a low-value generic."""
    generics = reference.generics.with_row_index("generic")
    low_value = pl.col("key").is_in(LOW_VALUE)
    variants = pl.DataFrame(
        {
            "variant": [0, 1, 2],
            "origin": [origin for origin, *_ in PRODUCTS],
            "factor": [factor for _, factor, _ in PRODUCTS],
        }
    )
    frame = generics.join(variants, how="cross").filter(~low_value | (pl.col("variant") == 0))
    keys = np.arange(len(frame))
    generic = frame["generic"].to_numpy().astype(np.int64)
    factor = frame["factor"].to_numpy() * draw.spread("product/price", 0.05, keys)
    after = _cents(frame["after"].to_numpy() * factor)
    cut = frame["cut"].to_numpy()
    bought = frame["vbp"].to_numpy().astype(bool)
    cut_day = np.where(np.isnan(cut), NEVER, np.nan_to_num(cut) * clock.days).astype(np.int64)
    newly = frame["key"].is_in(NEWLY_COVERED).to_numpy()
    cut_day = np.where(newly, clock.share(COVERED_AT), cut_day)
    reviewed = ~bought & ~newly & draw.chance("product/reviewed", REVIEWED, keys)
    review_day = draw.between("product/review", clock.days // 5, clock.days - 1, keys)
    change = np.where(cut_day < NEVER, cut_day, np.where(reviewed, review_day, NEVER))
    before = np.where(
        (cut_day < NEVER) & ~newly, _cents(frame["before"].to_numpy() * factor), after
    )
    lowered = _cents(after * (0.97 - 0.05 * draw.uniform("product/lower", keys)))
    later = np.where(reviewed, lowered, after)
    # One imported product in three stays outside the selection.
    imported = (frame["origin"] == "imported").to_numpy()
    selected = bought & ~(imported & draw.chance("product/unselected", 0.33, keys))
    selected_at = np.where(selected, np.where(cut_day < NEVER, cut_day, FAR_PAST), NEVER)
    registered = (~frame["key"].is_in(LOW_VALUE)).to_numpy()
    renewed = registered & (change == NEVER) & draw.chance("product/renewed", RENEWED, keys)
    row = np.concatenate([keys, np.flatnonzero(renewed)])  # new codes come behind all old ones
    successor = np.arange(len(row))
    successor[: len(keys)][renewed] = np.arange(len(keys), len(row))
    renewal = draw.between("product/renewal", clock.days // 4, clock.days * 3 // 4, keys)
    renewed_at = np.concatenate([np.where(renewed, renewal, NEVER), np.full(renewed.sum(), NEVER)])
    frame = frame[row]
    codes = _codes(draw, frame, np.arange(len(row)))
    maker = np.array(MAKERS)[_makers(draw, frame, row)]
    listed = frame.with_columns(
        item_code=codes,
        maker=pl.Series(maker) + pl.Series(np.where(imported[row], "(进口)", "")) + "医疗",
        registration=clock.dates(draw.between("product/certificate", 500, 1800, row)),
    )
    udi = draw.identifiers("0", row + 7_000).str.slice(2, 14)
    return Products(
        listed, generic[row], before[row], later[row], change[row], selected_at[row],
        registered[row], frame["serial"].to_numpy().astype(bool),
        frame["covered"].to_numpy().astype(bool), frame["pack"].to_numpy().astype(np.int64),
        codes, udi, successor, renewed_at,
    )  # fmt: skip


def _makers(draw: Draw, frame: pl.DataFrame, row: Whole) -> Whole:
    """Maker of each product; some makers sell both domestic products of a generic."""
    second = (frame["variant"] == 1).to_numpy()
    generic = frame["generic"].to_numpy().astype(np.int64)
    shared = second & draw.chance("product/one_line", ONE_LINE, generic)
    return draw.below("product/maker", len(MAKERS), np.where(shared, row - 1, row))


def _codes(draw: Draw, frame: pl.DataFrame, keys: Whole) -> pl.Series:
    """27 characters: class 7, generic name 3, feature 5, maker 5, specification 7."""
    digits = draw.identifiers("", keys + 90_000)
    more = draw.identifiers("", keys + 190_000)
    generic = frame["generic"].cast(pl.String).str.zfill(3)
    return frame["class_code"] + generic + digits.str.slice(0, 10) + more.str.slice(0, 7)
