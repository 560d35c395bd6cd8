"""Each scheme leaves the trace it says, and each look-alike is innocent, by independent counts."""

from __future__ import annotations

import polars as pl
import pytest

from claims.knowledge.limits import load_limits
from tests.unit.synthetic_city import KIND, LEDGER, RENAMED, START, Delivery, deliver, least, most


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return deliver(tmp_path_factory.mktemp("schemes"))


def chain(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """The labelled stays beside the person's stay before, with the days between."""
    stays = city.table("stays").sort("person_id", "admitted_at")
    carried = ("stay_id", "hospital_id", "discharged_at", "discharge_way", "drg", "department")
    before = {
        f"{name}_before": pl.col(name).shift(1).over("person_id")
        for name in (*carried, "planned_readmission")
    }
    rows = stays.with_columns(**before).join(key, left_on="stay_id", right_on="subject_id")
    gap = pl.col("admitted_at").dt.date() - pl.col("discharged_at_before").dt.date()
    return rows.with_columns(gap=gap.dt.total_days())


def idle_runs(city: Delivery, key: pl.DataFrame, *, below: float = 0.01) -> pl.DataFrame:
    """For each labelled stay: days with less care than ``below`` yuan, and their longest run."""
    days = city.day_matrix().join(key, left_on="stay_id", right_on="subject_id")
    days = days.with_columns(idle=pl.col("yuan") < below)
    run = days.with_columns(run=pl.col("idle").rle_id().over("stay_id"))
    runs = run.filter("idle").group_by("stay_id", "run").len()
    return key.select(stay_id="subject_id", difficulty="difficulty").join(
        runs.group_by("stay_id").agg(idle=pl.col("len").sum(), longest=pl.col("len").max()),
        on="stay_id",
        how="left",
    )


def ledger_residuals(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """Residuals of the whole window for the hospital and item of each labelled ledger."""
    parts = key["subject_id"].str.split("|")
    places = key.select("difficulty", hospital_id=parts.list.get(0), item_code=parts.list.get(1))
    return places.unique().join(city.residuals(), on=LEDGER)


def limit(name: str) -> float:
    """A published limit as it stood when the city begins."""
    value = load_limits()[name].on(START)
    assert value is not None
    return value


def test_h01_is_one_stay_cut_in_two(city: Delivery) -> None:
    rows = chain(city, city.truth("H01"))
    assert (rows["hospital_id"] == rows["hospital_id_before"]).all()
    limits = {1: (0, 1), 2: (2, 7), 3: (8, 14), 4: (16, 20)}
    for level, (low, high) in limits.items():
        gaps = rows.filter(pl.col("difficulty") == level)["gap"]
        assert gaps.is_between(low, high).all(), level
    # The first part never holds an operation that the second repeats.
    first = city.table("stay_procedures").filter(
        pl.col("stay_id").is_in(rows["stay_id_before"].implode())
    )
    second = city.table("stay_procedures").filter(
        pl.col("stay_id").is_in(rows["stay_id"].implode())
    )
    pairs = rows.select("stay_id", "stay_id_before")
    both = pairs.join(first, left_on="stay_id_before", right_on="stay_id").join(
        second, on="stay_id"
    )
    assert both.is_empty()


def test_h01_moves_the_diagnosis_only_when_it_is_cunning(city: Delivery) -> None:
    rows = chain(city, city.truth("H01")).with_columns(
        moved=pl.col("drg").str.slice(0, 1) != pl.col("drg_before").str.slice(0, 1)
    )
    assert not rows.filter(pl.col("difficulty") < 4)["moved"].any()
    assert rows.filter(pl.col("difficulty") == 4)["moved"].all()


def test_h02_has_days_without_treatment(city: Delivery) -> None:
    runs = idle_runs(city, city.truth("H02"))
    shortest = {1: 4, 2: 3}
    for level, days in shortest.items():
        assert (
            runs.filter(pl.col("difficulty") == level)["longest"] >= days
        ).to_numpy().mean() > 0.9
    third = runs.filter(pl.col("difficulty") == 3)
    assert (third["idle"] >= 2).to_numpy().mean() > 0.9
    hidden = idle_runs(city, city.truth("H02").filter(pl.col("difficulty") == 4), below=60.0)
    assert (hidden["idle"] >= 1).to_numpy().mean() > 0.9


def test_h02_bills_the_bed_on_the_empty_days(city: Delivery) -> None:
    key = city.truth("H02")
    lines = city.table("fee_lines").filter(
        pl.col("category") == "bed", pl.col("stay_id").is_in(key["subject_id"].implode())
    )
    billed = lines.group_by("stay_id").agg(beds=pl.col("quantity").sum())
    days = city.day_matrix().group_by("stay_id").len()
    both = billed.join(days, on="stay_id")
    assert (both["beds"] == both["len"]).all()


def test_c02_bills_more_than_the_record_and_the_stock_know(city: Delivery) -> None:
    rows = city.uses().join(city.truth("C02"), on="subject_id")
    assert (rows["billed"] > rows["used"]).all()
    loss = (rows["billed"] - rows["used"]) * rows["price"]
    assert most((loss - rows["amount"]).abs()) < 0.02
    by_level = rows.group_by("difficulty").agg(extra=(pl.col("billed") - pl.col("used")).max())
    extra = dict(by_level.iter_rows())
    assert extra[1] >= 3
    assert extra[4] == 1


def test_c02_at_the_highest_difficulty_stays_inside_the_published_tolerance(city: Delivery) -> None:
    rows = city.uses().join(city.truth("C02"), on="subject_id").filter(pl.col("difficulty") == 4)
    ledger = rows.group_by(LEDGER).agg(extra=(pl.col("billed") - pl.col("used")).sum())
    assert most(ledger["extra"]) < limit("ledger_residual_units")


def test_c05_bills_above_platform_or_above_invoice(city: Delivery) -> None:
    rows = city.platform(city.uses().join(city.truth("C05"), on="subject_id"))
    over = rows["price"] / rows["platform_price"] - 1
    rows = rows.with_columns(over=over)
    assert (rows.filter(pl.col("difficulty") == 1)["over"] > 0.15).all()
    assert rows.filter(pl.col("difficulty") == 2)["over"].is_between(0.049, 0.152).all()
    assert rows.filter(pl.col("difficulty") == 3)["over"].is_between(0.0, 0.042).all()
    cunning = rows.filter(pl.col("difficulty") == 4)
    assert (cunning["over"].abs() < 0.001).all()
    bought = city.table("purchases").group_by(LEDGER).agg(lowest=pl.col("unit_price").min())
    paid = cunning.join(bought, on=LEDGER)
    # Where packs were typed for pieces, the invoice names the price of a pack.
    assert (paid["price"] > paid["lowest"] / paid["pack_factor"]).all()
    assert (paid["price"] > paid["lowest"]).to_numpy().mean() > 0.8


def test_c10_bills_what_nobody_bought(city: Delivery) -> None:
    rows = ledger_residuals(city, city.truth("C10"))
    assert len(rows) > 0
    pack_slips = ledger_residuals(city, city.truth("pack_slip", innocent=True)).select(LEDGER)
    rows = rows.join(pack_slips, on=LEDGER, how="anti")
    assert (rows["residual"] > 0).all()


def test_the_most_cunning_stay_below_the_published_limits(city: Delivery) -> None:
    def cunning(scheme: str) -> pl.DataFrame:
        return city.truth(scheme).filter(pl.col("difficulty") == 4)

    assert least(chain(city, cunning("H01"))["gap"]) > limit("split_gap_days")
    longest = idle_runs(city, cunning("H02"))["longest"].fill_null(0)
    assert most(longest) < limit("idle_run_days")
    prices = city.platform(city.uses().join(cunning("C05"), on="subject_id"))
    assert most(prices["price"] / prices["platform_price"]) <= limit("price_tolerance")
    boldly = city.truth("C10").filter(pl.col("difficulty") < 4)
    places = ledger_residuals(city, cunning("C10")).join(
        ledger_residuals(city, boldly), on=LEDGER, how="anti"
    )
    slips = ledger_residuals(city, city.truth("pack_slip", innocent=True))
    others = city.truth("C02")["subject_id"].str.split("|").list.get(1).unique().implode()
    places = places.join(slips, on=LEDGER, how="anti").filter(~pl.col("item_code").is_in(others))
    assert places.is_empty() or most(places["residual"]) < limit("ledger_residual_units")


def test_chemotherapy_cycles_follow_their_schedule(city: Delivery) -> None:
    rows = chain(city, city.truth("chemo_cycle", innocent=True))
    # Now and then another illness comes in between.
    cycles = rows.filter(pl.col("drg").str.slice(0, 3) == pl.col("drg_before").str.slice(0, 3))
    assert len(cycles) > 0.85 * len(rows)
    assert cycles["gap"].is_between(14, 25).to_numpy().mean() > 0.95
    assert (cycles["department"] == cycles["department_before"]).all()
    assert cycles["planned_readmission_before"].to_numpy().mean() > 0.95


def test_staged_operations_are_on_the_other_side(city: Delivery) -> None:
    rows = chain(city, city.truth("staged_surgery", innocent=True))
    sides = (
        city.table("stay_procedures")
        .filter(pl.col("position") == 1)
        .select("stay_id", "laterality")
    )
    both = rows.join(sides, on="stay_id").join(
        sides, left_on="stay_id_before", right_on="stay_id", suffix="_first"
    )
    single = both.filter(
        (pl.col("laterality") != "bilateral") & (pl.col("laterality_first") != "bilateral")
    )
    assert len(single) > 0
    assert (single["laterality"] != single["laterality_first"]).all()


def test_complications_come_back_as_emergencies(city: Delivery) -> None:
    rows = chain(city, city.truth("true_complication", innocent=True))
    assert (rows["admission_way"] == "emergency").all()


def test_courses_were_planned_or_transferred(city: Delivery) -> None:
    rows = chain(city, city.truth("planned_course", innocent=True))
    moved = (rows["admission_way"] == "transfer") | (rows["drg"].str.starts_with("LL"))
    assert moved.all()


def test_those_who_returned_had_left_against_advice(city: Delivery) -> None:
    rows = chain(city, city.truth("left_and_returned", innocent=True))
    assert (rows["discharge_way_before"] == "against_advice").all()


def test_leave_weekends_and_tablets_explain_empty_days(city: Delivery) -> None:
    stays = city.table("stays")
    leave = stays.join(
        city.truth("psychiatric_leave", innocent=True), left_on="stay_id", right_on="subject_id"
    )
    assert leave["drg"].str.starts_with("TR").all()
    weekend = city.truth("rehabilitation_weekend", innocent=True)
    days = city.day_matrix().join(weekend, left_on="stay_id", right_on="subject_id")
    idle = days.filter(pl.col("lines") == 0)
    assert (idle["day"].dt.weekday() >= 5).to_numpy().mean() > 0.9
    tablets = idle_runs(city, city.truth("oral_therapy", innocent=True), below=60.0)
    assert (tablets["longest"] >= 2).to_numpy().mean() > 0.9


def test_relatives_at_the_pharmacy_leave_the_treatment_untouched(city: Delivery) -> None:
    runs = idle_runs(city, city.truth("family_pharmacy", innocent=True))
    assert runs["longest"].fill_null(0).to_numpy().mean() < 0.6


def test_complex_and_contaminated_units_are_recorded(city: Delivery) -> None:
    for name in ("complex_surgery", "opened_contaminated"):
        rows = city.uses().join(city.truth(name, innocent=True), on="subject_id")
        assert len(rows) > 0
        # But for records that were forgotten or not yet complete.
        assert (rows["billed"] == rows["used"]).to_numpy().mean() > 0.7, name
        assert (rows["billed"] >= rows["used"]).all(), name


def test_forgotten_records_are_made_good_by_the_stock(city: Delivery) -> None:
    rows = city.uses().join(city.truth("register_slip", innocent=True), on="subject_id")
    assert (rows["billed"] > rows["used"]).all()
    guilty = city.truth().filter(~pl.col("innocent") | (pl.col("scheme") == "pack_slip"))
    touched = guilty["subject_id"].str.split("|").list.get(1, null_on_oob=True).drop_nulls()
    clean = rows.filter(~pl.col("item_code").is_in(touched.unique().implode()))
    ledgers = clean.select(LEDGER).unique().join(city.residuals(), on=LEDGER)
    assert len(ledgers) > 0
    assert (ledgers["residual"] == 0).all()


def test_old_and_revised_prices_are_the_invoice_of_their_lot(city: Delivery) -> None:
    bought = city.table("purchases").group_by(*LEDGER, "lot").agg(paid=pl.col("unit_price").max())
    for name, days in (("old_stock", 45), ("revised_price", 60)):
        rows = city.platform(city.uses().join(city.truth(name, innocent=True), on="subject_id"))
        since = (rows["day"] - rows["valid_from"]).dt.total_days()
        assert since.is_between(0, days - 1).all(), name
        paid = rows.join(bought, on=[*LEDGER, "lot"])
        piece = (paid["price"] - paid["paid"]).abs() < 0.01
        pack = (paid["price"] * paid["pack_factor"] - paid["paid"]).abs() < 0.01
        assert (piece | pack).to_numpy().mean() > 0.8, name


def test_one_price_for_several_lots_is_a_little_above_the_invoice_of_one(city: Delivery) -> None:
    rows = city.platform(
        city.uses().join(city.truth("batch_price", innocent=True), on="subject_id")
    )
    assert len(rows) > 20
    assert (rows["price"] <= rows["platform_price"] * 1.001).all()
    bought = city.table("purchases").group_by(*LEDGER, "lot").agg(paid=pl.col("unit_price").min())
    over = rows.join(bought, on=[*LEDGER, "lot"]).select(pl.col("price") / pl.col("paid") - 1)
    assert len(over) > 10
    # A tenth of a discount at most lies between two agreements.
    assert over.to_series().is_between(0, 0.1, closed="right").to_numpy().mean() > 0.9


def test_rounded_prices_stay_below_the_published_limit(city: Delivery) -> None:
    rows = city.platform(
        city.uses().join(city.truth("rounded_price", innocent=True), on="subject_id")
    )
    over = rows["price"] / rows["platform_price"] - 1
    assert over.is_between(0, 0.001).all()


def test_consignment_and_transfers_leave_no_residual(city: Delivery) -> None:
    others = ["pack_slip", *RENAMED]
    changed = city.truth().filter(~pl.col("innocent") | pl.col("scheme").is_in(others))
    items = changed["subject_id"].str.split("|").list.get(1, null_on_oob=True).drop_nulls()
    given = city.table("purchases").filter("gift")["item_code"]
    touched = pl.concat([items, given]).str.slice(0, KIND).unique()
    for name in ("consignment", "campus_transfer"):
        rows = ledger_residuals(city, city.truth(name, innocent=True))
        clean = rows.filter(~pl.col("item_code").str.slice(0, KIND).is_in(touched.implode()))
        assert len(clean) > 0, name
        assert (clean["residual"] == 0).all(), name


def test_pack_slips_multiply_back(city: Delivery) -> None:
    rows = ledger_residuals(city, city.truth("pack_slip", innocent=True))
    assert (rows["residual"] > 0).all()
