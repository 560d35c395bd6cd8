"""The whole answer key of a city: who was planted, who only looks alike, and what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.additions import empty
from synthetic.state import TRUTH

if TYPE_CHECKING:
    from synthetic.state import City


def answer_key(city: City) -> pl.DataFrame:
    """All planted subjects and look-alikes: ``state.TRUTH``, by subject and scheme."""
    key = _standing(city, pl.concat([empty(TRUTH), *city.truth]))
    return _billed_in_full(city, key).sort("subject_type", "subject_id", "scheme")


def _standing(city: City, key: pl.DataFrame) -> pl.DataFrame:
    """The key without look-alikes that were planted later, or whose settlement was cancelled.

    What takes the place of a cancelled settlement is labelled by itcity.
    """
    subject = ["subject_type", "subject_id"]
    guilty, innocent = key.filter(~pl.col("innocent")), key.filter("innocent")
    gone = city.stay_ids(city.plan.filter(pl.col("voided") >= 0)["key"])
    of_stay = pl.col("subject_type").is_in(["stay", "use"])
    first = pl.col("subject_id").str.split("|").list.first()
    innocent = innocent.filter(~(of_stay & first.is_in(gone.implode())))
    return pl.concat([guilty, innocent.join(guilty, on=subject, how="anti")])


def _billed_in_full(city: City, key: pl.DataFrame) -> pl.DataFrame:
    """The key with amounts that wait for prices: the whole bill of the use."""
    waiting = key.filter(pl.col("amount").is_null())["subject_id"]
    if waiting.is_empty():
        return key
    worth = city.uses.group_by("stay", "billed_product").agg(
        worth=(pl.col("billed") * pl.col("unit_price")).sum()
    )
    named = worth.select("worth", subject_id=city.use_ids(worth["stay"], worth["billed_product"]))
    named = named.filter(pl.col("subject_id").is_in(waiting.implode()))
    both = key.join(named, on="subject_id", how="left", maintain_order="left")
    return both.with_columns(amount=pl.coalesce("amount", "worth")).drop("worth")
