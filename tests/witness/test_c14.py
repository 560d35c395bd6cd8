"""C14: the operation was billed without the device that it cannot do without."""

from __future__ import annotations

import polars as pl
import pytest

from claims.knowledge.scopes import CLASS_DIGITS, load_scopes
from tests.unit.synthetic_city import Delivery, least
from tests.witness.conftest import CityOf, untouched
from tests.witness.devices import level, main_operations, share, stays

# Operation (first procedure), and the classes of which one is nearly always billed.
USUAL = {
    "06.": ["C090401"], "79.36": ["C030701"], "79.35": ["C030701", "C030703"],
    "53.": ["C100101"], "17.1": ["C100101"], "56.": ["C010403"],
}  # fmt: skip
COMPONENT = {
    "37.8": ["C060201"], "81.0": ["C030402"], "37.34": ["C050201"], "36.0": ["C020401"],
    "39.75": ["C040201"], "39.72": ["C040201"], "35.2": ["C070201"],
}  # fmt: skip


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("C14")


def devices(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """Labelled stays with their first operation and the classes billed and recorded."""
    rows = key.with_columns(stay_id="subject_id")
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    kind = pl.col("item_code").str.slice(0, CLASS_DIGITS)
    billed = lines.group_by("stay_id").agg(billed=kind.unique(), own=(~pl.col("covered")).any())
    register = city.table("device_uses").group_by("stay_id").agg(recorded=kind.unique())
    done = main_operations(city).select("stay_id", "code")
    both = rows.join(done, on="stay_id", how="left").join(billed, on="stay_id", how="left")
    both = both.join(register, on="stay_id", how="left")
    return both.with_columns(pl.col("billed", "recorded").fill_null([]))


def lacking(rows: pl.DataFrame, needed: dict[str, list[str]], where: str) -> list[bool]:
    """Whether each stay has none of the classes that its operation needs."""
    found = []
    for row in rows.iter_rows(named=True):
        fit = [
            c for code, classes in needed.items() if row["code"].startswith(code) for c in classes
        ]
        found.append(bool(fit) and not set(fit) & set(row[where]))
    return found


def inseparable() -> dict[str, list[str]]:
    frame = load_scopes().frame().explode("inseparable").drop_nulls("inseparable")
    return dict(frame.group_by("inseparable").agg("class_code").iter_rows())


def lens() -> dict[str, list[str]]:
    """The same, with the extraction of a lens, after which another is always put in."""
    return inseparable() | {"13.4": ["C110101", "C110102"]}


def test_the_implant_is_nowhere_or_only_in_the_register(city: Delivery) -> None:
    rows = devices(city, city.truth("C14"))
    nowhere, recorded = level(rows, 1), level(rows, 2)
    assert all(lacking(nowhere, lens(), "billed"))
    assert all(lacking(nowhere, lens(), "recorded"))
    assert all(lacking(recorded, lens(), "billed"))
    there = [not missing for missing in lacking(recorded, lens(), "recorded")]
    assert sum(there) / len(there) > 0.9


def test_peers_nearly_always_have_what_is_missing(city: Delivery) -> None:
    rows = devices(city, city.truth("C14"))
    for difficulty, needed in ((3, USUAL), (4, COMPONENT)):
        mine = level(rows, difficulty)
        assert all(lacking(mine, needed, "billed")), difficulty
        assert all(lacking(mine, needed, "recorded")), difficulty
        assert not any(lacking(mine, inseparable(), "billed")), difficulty
    labelled = city.truth()["subject_id"].str.split("|").list.get(0)
    ids = (
        stays(city)
        .filter(~pl.col("stay_id").is_in(labelled.implode()))
        .select(subject_id="stay_id")
    )
    honest = devices(city, ids).drop_nulls("code")
    for needed in (USUAL, COMPONENT):
        known = [any(code.startswith(c) for c in needed) for code in honest["code"]]
        peers = honest.filter(pl.Series(known))
        missing = lacking(peers, needed, "billed")
        assert sum(missing) / len(missing) < 0.06


def test_the_loss_is_what_the_platform_asks_for_the_recorded_device(city: Delivery) -> None:
    rows = level(city.truth("C14"), 2)
    assert least(city.truth("C14")["amount"]) > 0
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    register = city.table("device_uses").rename({"subject_id": "stay_id"}, strict=False)
    unbilled = register.join(lines, on=["stay_id", "item_code"], how="anti").with_columns(
        day=pl.col("used_at").dt.date()
    )
    prices = (
        city.table("consumables")
        .sort("valid_from")
        .select("item_code", "valid_from", "platform_price")
    )
    priced = unbilled.sort("day").join_asof(
        prices, left_on="day", right_on="valid_from", by="item_code", check_sortedness=False
    )
    worth = priced.group_by("stay_id").agg(
        worth=(pl.col("quantity") * pl.col("platform_price")).sum()
    )
    both = rows.join(worth, left_on="subject_id", right_on="stay_id")
    assert len(both) >= 0.9 * len(rows)
    assert share((both["worth"] - both["amount"]).abs() < 0.02) > 0.85


def test_what_is_nowhere_leaves_no_hole_in_the_store(city: Delivery) -> None:
    clean = city.residuals()
    touched = city.truth().filter(pl.col("subject_type").is_in(["use", "ledger"]))
    known = touched["subject_id"].str.split("|").list.get(1).unique()
    implants = clean.filter(pl.col("item_code").str.slice(0, 5).is_in(["C1101", "C0601", "C0701"]))
    implants = implants.filter(~pl.col("item_code").is_in(known.implode()))
    assert (implants["residual"] <= 0).all()


def test_a_donated_implant_is_in_the_register_and_was_a_gift(city_of: CityOf) -> None:
    city = untouched(city_of)
    rows = devices(city, city.truth("donated_implant", innocent=True))
    assert len(rows) >= 3
    # A spare part of the same class may have been bought and billed.
    assert sum(lacking(rows, lens(), "billed")) >= len(rows) - 1
    register = city.table("device_uses").join(rows.select("stay_id"), on="stay_id", how="semi")
    gifts = city.table("purchases").filter(pl.col("gift") & (pl.col("unit_price") == 0))
    given = register.join(gifts, on=["item_code", "serial"], how="semi")
    assert set(given["stay_id"]) == set(rows["stay_id"])


def test_a_battery_change_says_so(city: Delivery) -> None:
    rows = devices(city, city.truth("battery_change", innocent=True))
    assert len(rows) > 0
    assert rows["code"].str.starts_with("37.87").all()
    assert rows["billed"].list.contains("C060101").all()
    assert not rows["billed"].list.contains("C060201").any()


def test_the_lens_outside_the_catalogue_is_there_and_paid_by_the_patient(city: Delivery) -> None:
    rows = devices(city, city.truth("outside_catalogue", innocent=True))
    assert len(rows) > 0
    lines = city.table("fee_lines").join(rows.select("stay_id"), on="stay_id", how="semi")
    lenses = lines.filter(pl.col("item_code").str.starts_with("C1101"))
    catalogue = city.table("consumables").select("item_code", paid="covered").unique()
    told = lenses.join(catalogue, on="item_code")
    assert set(told["stay_id"]) == set(rows["stay_id"])
    assert not told["paid"].any()
    assert not told["covered"].any()
