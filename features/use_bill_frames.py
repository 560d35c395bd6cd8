"""What the bill says of a consumable: the services beside it, its lines, days and reversals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.care_lists import load_care_lists
from claims.knowledge.inclusions import inclusion_frame
from claims.schema import THOUSANDTHS_PER_UNIT
from features import stay_frames
from features import use_base as base
from features.exact import divided
from features.frames import Frame, source, together

if TYPE_CHECKING:
    from claims.history import History

STAY, GOODS = base.STAY, base.GOODS
# Lists that are asked of a class of goods, and of the name of a service; column = list.
OF_CLASS = {"small": "small_goods", "film": "films"}
OF_SERVICE = {"image": "imaging_words", "intensive": "intensive_care_words"}

OPERATING = ("surgery", "anaesthesia")


def bill(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a use: its lines, what contains it, and how it was billed again."""
    uses, lists = base.keyed(subjects), load_care_lists()
    stays = base.stays(history, uses).collect().lazy()
    every = base.rows_of(history, uses, "fee_lines").with_columns(served_on=base.SERVED)
    every = every.join(
        stays.select(*STAY, "admitted_on", "discharged_on", "discharged_at", "death_date"), on=STAY
    )
    every = every.collect().lazy()
    mine = every.filter(pl.col("category") == "consumable")
    goods = base.billed(mine).drop("amount", "price", "family").collect().lazy()
    services = _services(history, every).collect().lazy()
    return (
        uses.join(stays.select(*STAY, "days"), on=STAY)
        .join(goods, on=GOODS)
        .join(_lines(mine), on=GOODS)
        .join(_contained(mine, services), on=GOODS, how="left")
        .join(_again(mine), on=GOODS, how="left")
        .join(_around(services), on=STAY, how="left")
        .join(_operated(every), on=STAY, how="left")
        .with_columns(
            pl.col("contained_units").fill_null(0),
            images=pl.col("images").fill_null(0),
            intensive=pl.col("intensive").fill_null(value=False),
            **{
                column: lists[name].fits(pl.col("class_code"), pl.col("served_on"))
                for column, name in OF_CLASS.items()
            },
        )
    )


def _lines(mine: pl.LazyFrame) -> pl.LazyFrame:
    """Lines of each article: share in scope, days outside the stay and after a death."""
    sold = pl.col("quantity") > 0
    before = (pl.col("admitted_on") - pl.col("served_on")).dt.total_days()
    after = (pl.col("served_on") - pl.col("discharged_on")).dt.total_days()
    dead = (pl.col("served_on") - pl.col("death_date")).dt.total_days()
    posted = (pl.col("charged_at").dt.date() - pl.col("discharged_on")).dt.total_days()
    return mine.group_by(GOODS).agg(
        covered_amount=pl.col("amount").filter(pl.col("covered")).sum(),
        whole_amount=pl.col("amount").sum(),
        days_outside=pl.max_horizontal(before, after).filter(sold).max().clip(0, None),
        days_dead=dead.filter(sold).max().clip(0, None),
        days_posted=posted.filter(sold).max().clip(0, None),
        billed_days=pl.col("served_on").filter(sold).n_unique(),
    )


def _services(history: History, every: pl.LazyFrame) -> pl.LazyFrame:
    """Services of the stays with the newest name that the price list had that night."""
    named = history.versions("service_items").select(
        "item_code", "valid_from", "name", KNOWN_FROM, KNOWN_UNTIL
    )
    sold = every.filter((pl.col("category") != "consumable") & (pl.col("quantity") > 0))
    newest = (
        sold.select("as_of", "item_code")
        .unique()
        .join(named, on="item_code")
        .filter(as_of("as_of") & (pl.col("valid_from") <= pl.col("as_of")))
        .group_by("as_of", "item_code")
        .agg(pl.col("name").sort_by("valid_from").last())
    )
    lists = load_care_lists()
    return sold.join(newest, on=["as_of", "item_code"]).select(
        *STAY, "category", "name", "quantity", "served_on",
        **{
            column: lists[listed].fits(pl.col("name"), pl.col("served_on"))
            for column, listed in OF_SERVICE.items()
        },
    )  # fmt: skip


def _contained(mine: pl.LazyFrame, services: pl.LazyFrame) -> pl.LazyFrame:
    """Units that stand beside a service that contains them, and none that needs them itself."""
    dated = inclusion_frame().lazy()
    held = (pl.col("valid_from") <= pl.col("served_on")) & (
        pl.col("valid_to").is_null() | (pl.col("served_on") < pl.col("valid_to"))
    )
    goods = mine.with_columns(base.CLASS).join(dated, on="class_code").filter(held)
    units = goods.group_by(*GOODS, "served_on", "services", "unless", "apart").agg(
        pl.col("quantity").sum()
    )
    beside = services.select(*STAY, "name", service_on="served_on").unique()
    near = (pl.col("served_on") - pl.col("service_on")).dt.total_days().abs() <= pl.col("apart")
    keys = [*GOODS, "served_on", "quantity"]
    return (
        units.join(beside, on=STAY)
        .group_by(keys)
        .agg(
            contains=(near & pl.col("name").str.contains(pl.col("services"))).any(),
            own=pl.col("name").str.contains(pl.col("unless")).any(),
        )
        .filter(pl.col("contains") & (pl.col("quantity") > 0))
        .group_by(GOODS)
        .agg(contained_units=pl.col("quantity").sum(), needed_besides=pl.col("own").any())
    )


def _again(mine: pl.LazyFrame) -> pl.LazyFrame:
    """Articles billed after some of their kind were reversed, once the person had left."""
    rows = mine.with_columns(base.FAMILY)
    taken = rows.filter(
        (pl.col("quantity") < 0) & (pl.col("charged_at") > pl.col("discharged_at"))
    ).select(
        *STAY,
        "family",
        reversed_code="item_code",
        reversed_price="unit_price",
        reversed_at="charged_at",
        reversed_units=-pl.col("quantity"),
    )
    sold = rows.filter(pl.col("quantity") > 0)
    pairs = sold.join(taken, on=[*STAY, "family"]).filter(
        pl.col("charged_at") >= pl.col("reversed_at")
    )
    other = pl.col("reversed_code") != pl.col("item_code")
    gain = pl.col("unit_price") - pl.col("reversed_price")
    more = pl.col("quantity") - pl.col("reversed_units")
    return pairs.group_by(GOODS).agg(
        reversed_late=pl.col("reversed_units").max(),
        rebilled_over=(pl.col("unit_price") / pl.col("reversed_price")).filter(other).max(),
        rebilled_gain=(gain * divided(pl.col("quantity"), THOUSANDTHS_PER_UNIT))
        .filter(other)
        .max(),
        rebilled_more=more.filter(~other).max().clip(0, None),
    )


def _around(services: pl.LazyFrame) -> pl.LazyFrame:
    """Images taken in the stay, and whether it had intensive care."""
    image = pl.col("image") & (pl.col("category") == "examination")
    return services.group_by(STAY).agg(
        images=pl.col("quantity").filter(image).sum(), intensive=pl.col("intensive").any()
    )


def _operated(every: pl.LazyFrame) -> pl.LazyFrame:
    """Lines that bill an operation or its anaesthesia."""
    rows = every.filter(pl.col("quantity") > 0)
    return rows.group_by(STAY).agg(operating_lines=pl.col("category").is_in(OPERATING).sum())


NAMED = together(base.LINE, base.DAY, source("service_items.name", "service_items.item_code"))
DATED = together(base.LINE, base.DAY)
FRAMES = {
    "bill": Frame(
        "bill",
        bill,
        single=True,
        needs=base.LINE,
        sources={
            "units": base.LINE,
            "contained_units": NAMED,
            "needed_besides": NAMED,
            "covered_amount": together(base.LINE, source("fee_lines.covered", "fee_lines.amount")),
            "whole_amount": together(base.LINE, source("fee_lines.amount")),
            "days_outside": together(DATED, source("stays.admitted_at", "stays.discharged_at")),
            "days_dead": together(DATED, source("persons.death_date", "stays.person_id")),
            "days_posted": together(DATED, source("stays.discharged_at")),
            "billed_days": DATED,
            "reversed_late": together(DATED, source("stays.discharged_at")),
            "rebilled_over": together(DATED, source("stays.discharged_at", "fee_lines.unit_price")),
            "rebilled_gain": together(DATED, source("stays.discharged_at", "fee_lines.unit_price")),
            "rebilled_more": together(DATED, source("stays.discharged_at")),
            "operating_lines": base.LINE,
            "images": NAMED,
            "intensive": NAMED,
            "small": DATED,
            "film": DATED,
            "days": stay_frames.DAYS,
        },
    )
}
