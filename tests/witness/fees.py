"""What stays cost and how long they lasted, counted on delivered tables."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from tests.unit.synthetic_city import Delivery

TESTS = ("examination", "laboratory")
HOTEL = ("bed", "nursing", "consultation")
FOUNDED = 13_000.0  # yuan of weight 1
LOW_ACUITY = ("IU2", "KS1", "FV2", "FR4", "FR3")


@lru_cache(maxsize=3)
def fees(city: Delivery) -> pl.DataFrame:
    """Every settlement with nights, group, weight, shares of its fee and different tests."""
    is_test, treats = pl.col("category").is_in(TESTS), pl.col("category") == "treatment"
    # What was billed and taken back is no test.
    net = (
        city.table("fee_lines")
        .group_by("stay_id", "category", "item_code")
        .agg(pl.col("amount").sum(), pl.col("quantity").sum())
    )
    net = net.filter(pl.col("quantity") > 0)
    sums = net.group_by("stay_id").agg(
        fee=pl.col("amount").sum(),
        tests=pl.col("amount").filter(is_test).sum(),
        treatment=pl.col("amount").filter(treats).sum(),
        infused=pl.col("item_code").filter(pl.col("category") == "consumable").implode(),
        different=pl.col("item_code").filter(is_test).n_unique(),
        list=pl.col("item_code").filter(is_test).unique().sort().implode(),
        goods=pl.col("amount").filter(pl.col("category") == "consumable").sum(),
    )
    day = {name: pl.col(f"{name}_at").dt.date() for name in ("admitted", "discharged")}
    people = city.table("persons").sort("received_on").unique("person_id", keep="first")
    stays = city.table("stays").filter(~pl.col("voided")).join(sums, on="stay_id")
    return stays.join(people.select("person_id", "birth_date"), on="person_id").with_columns(
        nights=(day["discharged"] - day["admitted"]).dt.total_days(),
        group=pl.col("drg").str.slice(0, 3),
        weight=pl.col("payment_standard") / FOUNDED,
        test_share=pl.col("tests") / pl.col("fee"),
        treatment_share=pl.col("treatment") / pl.col("fee"),
        ratio=pl.col("total_amount") / pl.col("payment_standard"),
        age=(day["admitted"] - pl.col("birth_date")).dt.total_days() / 365.25,
    )


def labelled(city: Delivery, name: str, *, innocent: bool = False) -> pl.DataFrame:
    """The stays of a scheme or look-alike."""
    key = city.truth(name, innocent=innocent).select("subject_id", "difficulty", "amount")
    return fees(city).join(key, left_on="stay_id", right_on="subject_id")


def unlabelled(city: Delivery) -> pl.DataFrame:
    """The stays that the answer key does not name."""
    named = city.truth().filter(pl.col("subject_type") == "stay")["subject_id"]
    return fees(city).filter(~pl.col("stay_id").is_in(named.implode()))


def codes(city: Delivery, stays: pl.DataFrame) -> pl.DataFrame:
    """Diagnoses of some stays."""
    return city.table("stay_diagnoses").join(stays.select("stay_id"), on="stay_id", how="semi")


def next_stay(city: Delivery, stays: pl.DataFrame) -> pl.DataFrame:
    """Some stays beside the same person's next one (``_next``), with the days between."""
    after = fees(city).select(
        "person_id", "stay_id", "hospital_id", "group", "drg", "admitted_at", "admission_way",
        "payment_standard",
    )  # fmt: skip
    both = stays.join(after, on="person_id", suffix="_next")
    both = both.filter(pl.col("admitted_at_next") >= pl.col("discharged_at").dt.truncate("1d"))
    both = both.filter(pl.col("stay_id") != pl.col("stay_id_next"))
    both = both.sort("stay_id", "admitted_at_next").unique("stay_id", keep="first")
    gap = pl.col("admitted_at_next").dt.date() - pl.col("discharged_at").dt.date()
    return both.with_columns(gap=gap.dt.total_days())


def infusions(city: Delivery, stays: pl.DataFrame) -> int:
    """Infusion sets billed in some stays, in lines."""
    names = city.table("consumables").filter(pl.col("generic_name").str.contains("输液"))
    lines = city.table("fee_lines").join(stays.select("stay_id"), on="stay_id", how="semi")
    return len(lines.join(names.select("item_code").unique(), on="item_code", how="semi"))


def paid_for(rows: pl.DataFrame) -> bool:
    """Whether the amount is what the fund paid for each stay, but for its consumables."""
    beyond = rows["fund_amount"] - rows["amount"]
    return bool(((beyond > -0.02) & (beyond <= rows["goods"] + 0.02)).all())
