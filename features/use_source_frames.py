"""What stands behind a billed consumable: the article that record, lot or identifier name.

Three traces can contradict a bill (DOMAIN 6.3, join keys by strength): the operation record
names another article of the same kind that is on no bill; the lot was delivered to the
hospital under another article only; the device identifier of the line is known to be that
of another article. Where several parts are billed for one article, it was a set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM
from claims.knowledge.scopes import CLASS_DIGITS
from claims.schema import THOUSANDTHS_PER_UNIT
from features import use_base as base
from features.exact import divided
from features.frames import Frame, source, together
from features.ledger_frames import INFLOWS
from features.renewals import of_article, siblings
from features.use_invoices import invoices

if TYPE_CHECKING:
    from claims.history import History

GOODS, STAY = base.GOODS, base.STAY
BEHIND = [*GOODS, "other_code", "other_units"]
PLACE = ["hospital_id", "item_code"]
WAYS = ("record", "lot", "label")


def source_of(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a use; for each way the price, cover and parts of the article behind it."""
    uses = base.keyed(subjects)
    rows = base.lines(history, uses).collect().lazy()
    houses = base.stays(history, uses).select(*STAY, "hospital_id")
    goods = base.billed(rows).join(houses, on=STAY).collect().lazy()
    records = base.recorded(history, uses).collect().lazy()
    found = uses.join(invoices(history, goods, rows), on=GOODS, how="left").join(
        _held(history, goods), on=GOODS, how="left"
    )
    for way, behind in (
        ("record", _by_record(goods, records)),
        ("lot", _by_lot(history, goods, rows)),
        ("label", _by_label(history, goods, rows)),
    ):
        told = _compared(history, goods, behind).select(
            *GOODS,
            *(
                pl.col(name).alias(f"{way}_{name}")
                for name in ("over", "uncovered", "parts", "sum_over")
            ),
        )
        found = found.join(told, on=GOODS, how="left")
    return found


def _held(history: History, goods: pl.LazyFrame) -> pl.LazyFrame:
    """Whether the hospital ever held an article, and what those of a class cost that it did not.

    Null where nothing that came to the hospital is known that night. Articles of one class
    that were never held, beside one that was, may be a set in parts.
    """
    came = _received(history, goods).collect().lazy()
    first = came.group_by("hospital_id").agg(reporting=pl.col(KNOWN_FROM).min())
    unknown = pl.col(KNOWN_FROM).is_null() | (pl.col(KNOWN_FROM) > pl.col("as_of"))
    marked = (
        goods.select(*GOODS, "hospital_id", "class_code", "amount", "served_on")
        .join(came, on=PLACE, how="left")
        .join(first, on="hospital_id", how="left")
        .with_columns(never_held=pl.when(pl.col("reporting") <= pl.col("as_of")).then(unknown))
        .drop(KNOWN_FROM, "bought_from", "reporting")
        .collect()
        .lazy()
    )
    strange = marked.filter("never_held").collect().lazy()
    # What lay there when the books began may be long gone; what is bought now is used now.
    others = came.drop_nulls("bought_from").select(
        "hospital_id",
        "bought_from",
        held_code="item_code",
        class_code=pl.col("item_code").str.slice(0, CLASS_DIGITS),
    )
    pairs = strange.join(others, on=["hospital_id", "class_code"]).filter(
        pl.col("bought_from") <= pl.col("as_of")
    )
    asked = pairs.select("as_of", "served_on", item_code="held_code").unique()
    prices = base.listed(history, asked, "served_on", "platform_price").rename(
        {"item_code": "held_code"}
    )
    sets = (
        pairs.join(prices, on=["as_of", "served_on", "held_code"])
        .group_by(*GOODS, "class_code", "amount")
        .agg(set_price=pl.col("platform_price").max())
        .with_columns(
            strange_parts=pl.len().over(*STAY, "class_code"),
            strange_sum=pl.col("amount").sum().over(*STAY, "class_code") / pl.col("set_price"),
        )
    )
    return marked.select(*GOODS, "never_held").join(
        sets.select(*GOODS, "strange_parts", "strange_sum"), on=GOODS, how="left"
    )


def _received(history: History, goods: pl.LazyFrame) -> pl.LazyFrame:
    """Articles that hospitals bought, found or were sent, each with its first known night."""
    houses = goods.select("hospital_id").unique().collect().lazy()
    moves = history.tables["stock_moves"]
    sent = moves.filter(pl.col("kind") == "transfer_out").select(
        "item_code", "received_on", hospital_id="counterpart"
    )
    bought = history.tables["purchases"].select(*PLACE, "received_on", bought_from="received_on")
    inflow = pl.col("kind").is_in(("opening", *INFLOWS))
    rows = [
        bought,
        moves.filter(inflow).select(*PLACE, "received_on"),
        sent.select(*PLACE, "received_on"),
    ]
    told = pl.concat(rows, how="diagonal").rename({"received_on": KNOWN_FROM})
    return (
        of_article(history, told.join(houses, on="hospital_id", how="semi"))
        .group_by(PLACE)
        .agg(pl.col(KNOWN_FROM).min(), pl.col("bought_from").min())
    )


def _by_record(goods: pl.LazyFrame, records: pl.LazyFrame) -> pl.LazyFrame:
    """Goods without a record beside goods of their kind that are recorded and not billed."""
    unrecorded = goods.join(records.filter(pl.col("used") > 0), on=GOODS, how="anti")
    unbilled = records.filter(pl.col("used") > 0).join(goods, on=GOODS, how="anti")
    other = unbilled.with_columns(base.FAMILY).select(
        *STAY, "family", other_code="item_code", other_units="used"
    )
    pairs = unrecorded.join(other, on=[*STAY, "family"])
    return _nearest(pairs)


def _by_lot(history: History, goods: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Goods whose lot came to the hospital under other articles of their kind alone."""
    lots = base.sold_lots(rows)
    mine = goods.join(lots, on=GOODS).collect().lazy()
    came = history.versions_about("purchases", mine.select("lot").unique()).select(
        "hospital_id", "lot", KNOWN_FROM, other_code="item_code"
    )
    first = came.group_by("hospital_id", "lot", "other_code").agg(pl.col(KNOWN_FROM).min())
    both = mine.join(first, on=["hospital_id", "lot"]).filter(pl.col(KNOWN_FROM) <= pl.col("as_of"))
    return _nearest(_others_alone(history, both))


def _by_label(history: History, goods: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Goods billed under a device identifier that records know as another article's alone."""
    labels = rows.filter(pl.col("quantity") > 0).select(*GOODS, "udi_di").drop_nulls("udi_di")
    mine = goods.join(labels.unique(), on=GOODS).collect().lazy()
    known = (
        history.tables["device_uses"]
        .join(mine.select("udi_di").unique(), on="udi_di", how="semi")
        .group_by("udi_di", other_code="item_code")
        .agg(pl.col("received_on").min().alias(KNOWN_FROM))
    )
    both = mine.join(known, on="udi_di").filter(pl.col(KNOWN_FROM) <= pl.col("as_of"))
    return _nearest(_others_alone(history, both))


def _others_alone(history: History, both: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of goods and other articles of their kind, where none is the article itself."""
    linked = both.join(siblings(history), on=["item_code", "other_code"], how="left")
    itself = (pl.col("other_code") == pl.col("item_code")) | (
        pl.col("linked_from") <= pl.col("as_of")
    ).fill_null(value=False)
    own = linked.filter(itself).select(GOODS).unique()
    kind = pl.col("other_code").str.slice(0, base.FAMILY_CHARACTERS) == pl.col("family")
    return both.filter(kind).join(own, on=GOODS, how="anti").with_columns(other_units="units")


def _nearest(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Of several articles the one of the same class, then the first by code."""
    same = pl.col("other_code").str.starts_with(pl.col("class_code"))
    chosen = pl.col("other_code").sort_by(~same, "other_code").first()
    units = pl.col("other_units").sort_by(~same, "other_code").first()
    return pairs.group_by(GOODS).agg(other_code=chosen, other_units=units)


def _compared(history: History, goods: pl.LazyFrame, behind: pl.LazyFrame) -> pl.LazyFrame:
    """Set goods against the article behind them: price, cover, and all that is billed for it."""
    pairs = goods.join(behind, on=GOODS).collect().lazy()
    other = pairs.select("as_of", "served_on", item_code="other_code")
    priced = base.listed(history, other, "served_on", "platform_price", "covered").rename(
        {"item_code": "other_code", "platform_price": "other_price"}
    )
    told = pairs.join(priced, on=["as_of", "served_on", "other_code"], how="left")
    units = divided(pl.col("other_units").min().over(*STAY, "other_code"), THOUSANDTHS_PER_UNIT)
    # A set and its parts are of one class; other goods of a kind only stand beside it.
    part = pl.col("other_code").str.starts_with(pl.col("class_code"))
    return told.with_columns(
        over=pl.col("price") / pl.col("other_price"),
        uncovered=~pl.col("covered"),
        parts=part.sum().over(*STAY, "other_code").clip(1, None),
        sum_over=pl.col("amount").filter(part).sum().over(*STAY, "other_code")
        / (pl.col("other_price") * units),
    )


PRICED = together(base.LINE, base.DAY, source("fee_lines.unit_price"))
BEHIND_BY = {
    "record": base.RECORD,
    "lot": source("fee_lines.lot", "purchases.lot", "purchases.item_code", "purchases.hospital_id"),
    "label": source("fee_lines.udi_di", "device_uses.udi_di", "device_uses.item_code"),
}
NEEDED = {
    "over": together(PRICED, base.LISTED),
    "uncovered": together(base.LINE, base.DAY, base.LISTED, source("consumables.covered")),
    "parts": base.LINE,
    "sum_over": together(base.LINE, base.DAY, source("fee_lines.amount"), base.LISTED),
}
INVOICED = together(
    PRICED,
    source(
        "purchases.hospital_id",
        "purchases.item_code",
        "purchases.unit_price",
        "purchases.delivered_on",
    ),
)
HELD = together(
    base.LINE,
    base.DAY,
    base.LISTED,
    source(
        "purchases.hospital_id",
        "purchases.item_code",
        "stock_moves.hospital_id",
        "stock_moves.item_code",
        "stock_moves.kind",
    ),
)
INVOICES = {
    "never_held": HELD,
    "strange_parts": HELD,
    "strange_sum": together(HELD, source("fee_lines.amount")),
    "own_over": together(INVOICED, source("fee_lines.lot", "purchases.lot")),
    "agreed": INVOICED,
    "opening_lot": together(
        base.LINE,
        source(
            "fee_lines.lot",
            "stock_moves.hospital_id",
            "stock_moves.item_code",
            "stock_moves.lot",
            "stock_moves.kind",
        ),
    ),
}
FRAMES = {
    "source": Frame(
        "source",
        source_of,
        single=True,
        needs=base.LINE,
        sources=INVOICES
        | {
            f"{way}_{name}": together(BEHIND_BY[way], needed)
            for way in WAYS
            for name, needed in NEEDED.items()
        },
    )
}
