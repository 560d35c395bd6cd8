"""What an inspector of consumables sees: subjects beside bill, record, catalogue and store."""

from __future__ import annotations

import polars as pl

from tests.unit.synthetic_city import LEDGER, USE, Delivery

SUBJECT = ["subject_id", "difficulty", "amount"]


def split(key: pl.DataFrame) -> pl.DataFrame:
    """Labelled uses with stay and item apart."""
    parts = key["subject_id"].str.split("|")
    return key.with_columns(stay_id=parts.list.get(0), item_code=parts.list.get(1))


def billed(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """Labelled uses with what the bill says: units, total, dearest price, identifier, lot."""
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    whole = lines.group_by(USE).agg(
        units=pl.col("quantity").sum(),
        total=pl.col("amount").sum(),
        price=pl.col("unit_price").max(),
        di=pl.col("udi_di").first(),
        lot=pl.col("lot").drop_nulls().first(),
        covered=pl.col("covered").all(),
        day=pl.col("performed_at").min().dt.date(),
    )
    stays = (
        city.table("stays")
        .unique("stay_id", keep="last")
        .select("stay_id", "hospital_id", "person_id", "drg", "received_on")
    )
    named = split(key.select(*SUBJECT)).join(whole, on=USE).join(stays, on="stay_id")
    return named.join(catalogue(city), on="item_code")


def catalogue(city: Delivery) -> pl.DataFrame:
    """One row an item: what does not change with its price."""
    columns = ("generic_name", "class_code", "maker", "origin", "implantable", "vbp_group",
               "pack_factor")  # fmt: skip
    rows = city.table("consumables").sort("valid_from")
    return rows.group_by("item_code").agg(
        *(pl.col(name).last() for name in columns), ever_covered=pl.col("covered").last()
    )


def recorded(city: Delivery) -> pl.DataFrame:
    """The operation records: units by stay and item."""
    return (
        city.table("device_uses")
        .group_by(USE)
        .agg(
            recorded=pl.col("quantity").sum(),
            record_di=pl.col("udi_di").first(),
            written=pl.col("received_on").max(),
        )
    )


def kept(city: Delivery) -> pl.DataFrame:
    """Lots by hospital and item that ever came in: bought, borrowed or there from the start."""
    bought = city.table("purchases").select(*LEDGER, "lot", "unit_price")
    moved = city.table("stock_moves").filter(pl.col("kind").is_in(["opening", "transfer_in"]))
    moved = moved.select(*LEDGER, "lot", unit_price=pl.lit(None, pl.Float64))
    return pl.concat([bought, moved])


def stored(city: Delivery) -> pl.DataFrame:
    """Lots with their invoice price, where the number was typed in."""
    lots = kept(city).drop_nulls("lot").group_by(*LEDGER, "lot")
    return lots.agg(invoice=pl.col("unit_price").min())


def truly_used(city: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """The item that the billed lot belongs to in the hospital's store, with its invoice."""
    store = stored(city).rename({"item_code": "true_item"})
    kinds = catalogue(city).select(
        pl.all().exclude("item_code").name.prefix("true_"), true_item="item_code"
    )
    return rows.join(store, on=["hospital_id", "lot"]).join(kinds, on="true_item")


def identifier(city: Delivery) -> pl.DataFrame:
    """The device identifier that most lines of an item show."""
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    return (
        lines.group_by("item_code", usual_di="udi_di").len().sort("len", "usual_di")
        .unique("item_code", keep="last").drop("len")
    )  # fmt: skip


def undisturbed(city: Delivery, scheme: str, *besides: str) -> pl.DataFrame:
    """Hospitals and items whose books are touched by this scheme alone."""
    key = city.truth()
    stir = {"pack_slip", "renewed_code", "same_group_substitute", "C10", *besides}
    other = key.filter(
        (~pl.col("innocent") & (pl.col("scheme") != scheme)) | pl.col("scheme").is_in(list(stir))
    )
    ids = other["subject_id"].str.split("|")
    items = ids.list.get(1, null_on_oob=True).drop_nulls().unique()
    return city.residuals().filter(~pl.col("item_code").is_in(items.implode()))


def share(flags: pl.Series) -> float:
    """Share of rows where something holds."""
    return float(flags.fill_null(value=False).to_numpy().mean())
