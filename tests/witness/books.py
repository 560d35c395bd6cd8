"""What hospitals bought and billed of each item, counted on the delivered tables."""

from __future__ import annotations

from functools import cache

import polars as pl

from tests.unit.synthetic_city import Delivery
from tests.witness.conftest import CityOf

TOGETHER = ("C18", "C19", "C20", "C21", "C22", "H17")
PLACE = ["hospital_id", "item_code"]
LEDGER = [*PLACE, "month"]


def shared(city_of: CityOf) -> Delivery:
    """One city for all schemes of buying and of choice, large enough for monthly shares.

    A campaign of C22 is a quarter of uses of one kind; there must be a dozen of each difficulty
    before the months of a quarter can be compared. Of C21 a difficulty would else have a ledger
    or two.
    """
    return city_of(*TOGETHER, share=0.004, stays=14_000, denser={"C21": 0.008, "C22": 0.012})


def ledgers(city: Delivery, name: str, *, innocent: bool = False) -> pl.DataFrame:
    """Labelled ledgers with hospital, item and month."""
    key = city.truth(name, innocent=innocent)
    parts = key["subject_id"].str.split("|")
    return key.drop("hospital_id").with_columns(
        hospital_id=parts.list.get(0), item_code=parts.list.get(1), month=parts.list.get(2)
    )


def listed(city: Delivery, rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """Rows with what the catalogue says of their item on a day."""
    names = city.table("consumables").select(
        "item_code", "valid_from", "platform_price", "generic_name", "class_code", "vbp_selected"
    )
    return rows.sort(day).join_asof(
        names.sort("valid_from"), left_on=day, right_on="valid_from", by="item_code",
        check_sortedness=False,
    )  # fmt: skip


@cache
def lines(city: Delivery) -> pl.DataFrame:
    """Consumable lines of settlements that stand, with month, list price and physician in charge."""
    stays = city.table("stays")
    gone = stays.filter("voided")["stay_id"].implode()
    kept = stays.filter(~pl.col("stay_id").is_in(gone)).unique("stay_id")
    rows = city.table("fee_lines").filter(pl.col("category") == "consumable")
    rows = rows.drop("physician_id").join(
        kept.select("stay_id", "hospital_id", "physician_id"), on="stay_id"
    )
    day = pl.col("performed_at").dt.date()
    rows = rows.with_columns(day=day, month=day.dt.strftime("%Y-%m"))
    return listed(city, rows, "day")


@cache
def used(city: Delivery) -> pl.DataFrame:
    """Net units by hospital, stay and item; nothing that was taken back."""
    return (
        lines(city)
        .group_by("hospital_id", "stay_id", "item_code")
        .agg(
            pl.col("month", "class_code", "generic_name", "vbp_selected", "physician_id").first(),
            pl.col("day").min(),
            units=pl.col("quantity").sum(),
            yuan=pl.col("amount").sum(),
            listed=pl.col("platform_price").max(),
        )
        .filter(pl.col("units") > 0)
    )


@cache
def bought(city: Delivery) -> pl.DataFrame:
    """Purchases with month and list price of the day of delivery."""
    rows = city.table("purchases")
    rows = rows.with_columns(month=pl.col("delivered_on").dt.strftime("%Y-%m"))
    return listed(city, rows, "delivered_on")


@cache
def traced(city: Delivery) -> pl.DataFrame:
    """Billed lines beside the one purchase that they come from, by serial or else by lot."""
    buys = bought(city).select(
        *PLACE, "lot", "serial", "purchase_id", "gift", "on_platform", "consignment",
        cost="unit_price", came="month",
    )  # fmt: skip
    parts = []
    for by in ("serial", "lot"):
        mine = buys.filter(pl.col(by).is_not_null() & (pl.col("serial").is_null() == (by == "lot")))
        alone = mine.unique([*PLACE, by], keep="none").drop("lot" if by == "serial" else "serial")
        billed = lines(city).filter(pl.col("serial").is_null() == (by == "lot"))
        parts.append(billed.join(alone, on=[*PLACE, by]))
    return pl.concat(parts, how="diagonal")


def shares(city: Delivery) -> pl.DataFrame:
    """Units and value of each hospital, class and month, and how much of it is not selected."""
    outside = ~pl.col("vbp_selected")
    return used(city).group_by("hospital_id", "class_code", "month").agg(
        all=pl.col("units").sum(),
        outside=pl.col("units").filter(outside).sum(),
        cheapest=pl.col("listed").min(),
    ).with_columns(share=pl.col("outside") / pl.col("all"))  # fmt: skip


def total(values: pl.Series) -> float:
    """Sum of a column."""
    return float(values.fill_null(0).to_numpy().sum())


def days_apart(values: pl.Series) -> int:
    """Days from the first to the last date of a column."""
    days = values.cast(pl.Int32).to_numpy()
    return int(days.max() - days.min())


def touched(city: Delivery, but: str) -> pl.DataFrame:
    """Hospitals and classes of which ledgers are labelled for another cause."""
    key = city.truth().filter((pl.col("subject_type") == "ledger") & (pl.col("scheme") != but))
    parts = key["subject_id"].str.split("|")
    rows = pl.DataFrame({"hospital_id": parts.list.get(0), "item_code": parts.list.get(1)})
    names = city.table("consumables").unique("item_code").select("item_code", "class_code")
    return rows.join(names, on="item_code").select("hospital_id", "class_code").unique()
