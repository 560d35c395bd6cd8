"""The honest city: complete, the same for the same seed, and adding up."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from claims.tables import DELIVERED
from synthetic import Prevalence, generate
from synthetic.city import chunks, delivered, found, live
from tests.unit.synthetic_city import (
    KIND,
    LEDGER,
    RENAMED,
    START,
    Delivery,
    declared,
    deliver,
    least,
    most,
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return deliver(tmp_path_factory.mktemp("city"))


def digests(out: Path) -> dict[str, str]:
    files = sorted(out.rglob("*.parquet"))
    return {str(f.relative_to(out)): sha256(f.read_bytes()).hexdigest() for f in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        generate(tmp_path / name, stays=300, months=4, seed=seed)
    one, again, other = (digests(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    regulated = {"drg_standards.parquet", "service_items.parquet"}  # the same in every city
    assert {f for f in one if one[f] == other[f]} <= regulated


def test_every_table_has_exactly_the_declared_columns(city: Delivery) -> None:
    for table in DELIVERED:
        assert city.table(table.name).columns == declared(table.name), table.name
        assert len(city.table(table.name)) > 0, table.name


def test_import_types_are_those_of_the_contract(city: Delivery) -> None:
    lines = pl.read_parquet(city.out / "fee_lines.parquet").schema
    assert lines["amount"] == pl.Decimal(18, 2)
    assert lines["quantity"] == pl.Decimal(18, 3)
    assert lines["charged_at"] == pl.Datetime("us")
    assert lines["received_on"] == pl.Date()


def test_keys_are_unique_within_a_delivery(city: Delivery) -> None:
    for table in DELIVERED:
        frame = city.table(table.name)
        assert not frame.select([*table.key, "received_on"]).is_duplicated().any(), table.name


def test_coded_values_are_declared_ones(city: Delivery) -> None:
    for table in DELIVERED:
        frame = city.table(table.name)
        for column in table.columns:
            if column.values:
                present = set(frame[column.name].drop_nulls().unique().to_list())
                assert present <= set(column.values), f"{table.name}.{column.name}"


def test_the_sum_of_the_lines_is_the_total_and_payers_share_it(city: Delivery) -> None:
    sums = city.live("fee_lines").group_by("stay_id").agg(lines=pl.col("amount").sum())
    both = city.live("stays").join(sums, on="stay_id")
    assert len(both) == len(city.live("stays"))
    assert most((both["lines"] - both["total_amount"]).abs()) < 0.005
    paid = both["fund_amount"] + both["self_pay_amount"]
    assert most((paid - both["total_amount"]).abs()) < 0.005
    assert least(both["fund_amount"]) >= 0


def test_an_amount_is_quantity_times_price_and_a_reversal_undoes_one_line(city: Delivery) -> None:
    lines = city.live("fee_lines")
    off = most((lines["quantity"] * lines["unit_price"] - lines["amount"]).abs())
    assert off < 0.005
    back = lines.filter(pl.col("quantity") < 0)
    pairs = back.join(lines, left_on="reverses_line_id", right_on="line_id", suffix="_first")
    assert len(pairs) == len(back) > 0
    assert most((pairs["amount"] + pairs["amount_first"]).abs()) < 0.005


def test_service_happens_inside_the_stay_and_posting_before_settlement(city: Delivery) -> None:
    dates = city.table("stays").select("stay_id", "admitted_at", "discharged_at", "settled_on")
    # Drugs to take home are handed out an hour or two after leaving the ward.
    handed = city.truth("take_home_drugs", innocent=True)["subject_id"]
    # Emergencies are tested before a bed is found.
    tested = city.truth("emergency_first", innocent=True)["subject_id"]
    apart = pl.concat([handed, tested]).implode()
    dates = dates.unique("stay_id").filter(~pl.col("stay_id").is_in(apart))
    lines = city.table("fee_lines").join(dates, on="stay_id")
    inside = pl.col("performed_at").is_between("admitted_at", "discharged_at")
    assert lines.select(inside.all()).item()
    late = lines.filter(pl.col("charged_at").dt.date() > pl.col("settled_on"))
    assert late.is_empty()


def test_nobody_lies_in_two_beds_and_nobody_comes_back_from_death(city: Delivery) -> None:
    stays = city.table("stays")
    # A cancelled settlement is made anew over the same days; a newborn lies on its mother's card.
    cancelled = stays.filter("voided")["stay_id"].implode()
    own = ~pl.col("stay_id").is_in(cancelled) & ~pl.col("newborn")
    stays = stays.filter(own).unique("stay_id").sort("person_id", "admitted_at")
    again = stays.with_columns(
        before=pl.col("discharged_at").shift(1).over("person_id"),
        died=(pl.col("discharge_way") == "death").shift(1).over("person_id"),
    )
    assert again.filter(pl.col("admitted_at").dt.date() < pl.col("before").dt.date()).is_empty()
    assert again.filter(pl.col("died")).is_empty()


def kind(code: str) -> pl.Expr:
    """Class and generic name of an item, the same for a code and the one that renews it."""
    return pl.col(code).str.slice(0, KIND)


def test_what_is_bought_is_used_and_billed_where_nothing_was_planted(city: Delivery) -> None:
    key = city.truth().filter(pl.col("subject_type").is_in(["use", "ledger"]))
    changed = key.filter(~pl.col("innocent") | pl.col("scheme").is_in(["pack_slip", *RENAMED]))
    items = changed["subject_id"].str.split("|").list.get(1)
    given = city.table("purchases").filter("gift")["item_code"]
    touched = pl.DataFrame({"item_code": pl.concat([items, given])}).select(kind("item_code"))
    # A campus and its mother share purchases, so leave out both where either was touched.
    residuals = city.residuals().filter(~kind("item_code").is_in(touched.to_series().implode()))
    assert len(residuals) > 100
    assert most(residuals["residual"].abs()) == 0


def test_uses_are_recorded_as_billed_but_for_harmless_slips(city: Delivery) -> None:
    key_items = city.table("device_uses")["item_code"].unique().implode()
    uses = city.uses().filter(pl.col("item_code").is_in(key_items))
    planted = city.truth("C02")["subject_id"]
    named = city.truth().filter(pl.col("scheme").is_in(["donated_implant", *RENAMED]))
    renamed = named["subject_id"].str.split("|").list.first()
    given = city.table("purchases").filter("gift")["item_code"]
    honest = uses.filter(
        ~pl.col("subject_id").is_in(planted.implode()),
        ~pl.col("stay_id").is_in(renamed.implode()),
        ~pl.col("item_code").is_in(given.implode()),
    )
    assert len(honest) > 500
    assert (honest["used"] == honest["billed"]).to_numpy().mean() > 0.93
    assert (honest["used"] <= honest["billed"]).all()


def test_a_piece_of_the_city_agrees_with_the_whole() -> None:
    world = found(stays=400, months=6, seed=3, start=START)
    city = live(world, 400, Prevalence(), (1, 2, 3, 4))
    whole = delivered(city, chunks(city.plan, city)[0])
    piece = city.plan.filter(pl.col("hospital") == city.plan["hospital"].mode()[0])
    part = delivered(city, piece)
    ids = part["stays"]["stay_id"].implode()
    for name, frame in part.items():
        same = whole[name].filter(pl.col("stay_id").is_in(ids))
        order = ["stay_id", *(c for c in ("line_id", "use_id", "position") if c in frame.columns)]
        assert frame.sort(order).equals(same.sort(order)), name


def test_every_fact_says_when_it_became_known(city: Delivery) -> None:
    stays = city.table("stays")
    assert (stays["received_on"] > stays["settled_on"]).all()
    sent = ["stay_id", "received_on"]  # a stay may be sent again, cancelled or corrected
    for child in ("fee_lines", "stay_diagnoses", "stay_procedures"):
        own = city.table(child).select(sent).unique()
        assert own.join(stays, on=sent, how="anti").is_empty(), child
    first = stays.group_by("stay_id").agg(first=pl.col("received_on").min())
    uses = city.table("device_uses").join(first, on="stay_id")
    assert (uses["received_on"] >= uses["first"]).all()  # some records are written later
    bought = city.table("purchases")
    assert (bought["received_on"] > bought["delivered_on"]).all()


def test_a_death_is_a_person_sent_again(city: Delivery) -> None:
    persons = city.table("persons")
    died = persons.filter(pl.col("death_date").is_not_null())
    assert len(died) > 0
    assert (died["received_on"] > died["death_date"]).all()
    first = persons.filter(pl.col("received_on") == START)
    assert first["death_date"].is_null().all()
    assert set(died["person_id"]) <= set(first["person_id"])


def test_the_calendar_shows(city: Delivery) -> None:
    days = city.table("stays").filter(pl.col("admission_way") == "outpatient")
    weekend = (days["admitted_at"].dt.weekday() >= 6).mean()
    assert isinstance(weekend, float)
    assert 0.05 < weekend < 0.24


def test_prices_fall_at_cut_overs_inside_the_window(city: Delivery) -> None:
    items = city.table("consumables").sort("item_code", "valid_from")
    cut = items.filter(pl.col("valid_from") > START, pl.col("vbp_selected"))
    assert cut["generic_name"].n_unique() >= 8
    assert (items["item_code"].str.len_chars() == 27).all()
    assert items.filter("key_list")["generic_name"].n_unique() >= 25


def test_unfit_arguments_are_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 200 stays"):
        generate(tmp_path, stays=10, months=3, seed=1)
    with pytest.raises(ValueError, match="Difficulty must be"):
        generate(tmp_path, stays=500, months=3, seed=1, difficulty=(5,))
    with pytest.raises(ValueError, match="one month"):
        generate(tmp_path, stays=500, months=0, seed=1)
    with pytest.raises(ValueError, match="first day of a month"):
        generate(tmp_path, stays=500, months=3, seed=1, start=date(2024, 5, 15))


def test_stock_counts_never_fall_below_zero(city: Delivery) -> None:
    counts = city.table("stock_counts")
    assert least(counts["quantity"]) >= 0
    assert counts.select(LEDGER).n_unique() > 100


def test_a_lot_expires_on_one_day_whoever_bought_it(city: Delivery) -> None:
    """But for dates that were typed or dealt with wrongly, which are few."""
    lots = (
        city.table("purchases")
        .filter(pl.col("lot").is_not_null())
        .group_by("item_code", "lot")
        .agg(bought=pl.len(), ends=pl.col("expiry_on").n_unique())
        .filter(pl.col("bought") > 1)
    )
    assert lots.height > 100
    assert (lots["ends"] > 1).to_numpy().mean() < 0.02
