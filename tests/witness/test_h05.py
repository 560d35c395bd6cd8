"""H05: stays that nobody had, counted on bills, registers, stocks and visits."""

from __future__ import annotations

import polars as pl
import pytest

from claims.knowledge.limits import load_limits
from tests.unit.synthetic_city import START, Delivery, most
from tests.witness.alike import vectors
from tests.witness.conftest import CityOf


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H05")


def false_stays(city: Delivery) -> pl.DataFrame:
    """The planted stays."""
    return city.table("stays").join(city.truth("H05"), left_on="stay_id", right_on="subject_id")


def bills(city: Delivery, stays: pl.DataFrame) -> dict[str, set[tuple[str, float]]]:
    """Items and units of each stay's bill, without what is paid by the day."""
    rows = vectors(city, stays["stay_id"])
    return {
        stay: set(part.select("item_code", "units").iter_rows())
        for (stay,), part in rows.group_by("stay_id")
    }


def nearest(city: Delivery, stays: pl.DataFrame) -> pl.DataFrame:
    """For each stay the largest share of its lines that another bill of its physician has."""
    everybody = city.table("stays").filter(
        pl.col("physician_id").is_in(stays["physician_id"].implode())
    )
    known = bills(city, everybody)
    doctors = dict(everybody.select("stay_id", "physician_id").iter_rows())
    out = []
    for stay in stays["stay_id"]:
        mine = known[stay]
        peers = [b for s, b in known.items() if s != stay and doctors[s] == doctors[stay]]
        shares = [len(mine & other) / len(mine | other) for other in peers]
        out.append(max(shares, default=0.0))
    return stays.with_columns(alike=pl.Series(out))


def seen(city: Delivery, stays: pl.DataFrame) -> pl.DataFrame:
    """For each stay: visits strictly inside it, and stays elsewhere that overlap it."""
    inside = (
        city.table("outpatient_visits")
        .select("person_id", "visited_at")
        .join(stays.select("stay_id", "person_id", "admitted_at", "discharged_at"), on="person_id")
    )
    day = pl.col("visited_at").dt.date()
    within = (day > pl.col("admitted_at").dt.date()) & (day < pl.col("discharged_at").dt.date())
    visits = inside.filter(within).group_by("stay_id").agg(visits=pl.len())
    other = city.table("stays").select(
        "person_id", other="hospital_id", begin="admitted_at", end="discharged_at"
    )
    met = stays.join(other, on="person_id").filter(
        (pl.col("hospital_id") != pl.col("other"))
        & (pl.col("begin") < pl.col("discharged_at"))
        & (pl.col("end") > pl.col("admitted_at"))
    )
    beds = met.group_by("stay_id").agg(beds=pl.len())
    both = stays.join(visits, on="stay_id", how="left").join(beds, on="stay_id", how="left")
    return both.with_columns(pl.col("visits", "beds").fill_null(0))


def test_an_operation_without_anaesthesia_and_without_register(city: Delivery) -> None:
    rows = false_stays(city).filter(pl.col("difficulty") == 1)
    assert len(rows) > 5
    ids = rows["stay_id"].implode()
    lines = city.table("fee_lines").filter(pl.col("stay_id").is_in(ids))
    assert set(
        city.table("stay_procedures").filter(pl.col("stay_id").is_in(ids))["stay_id"]
    ) == set(rows["stay_id"])
    assert lines.filter(pl.col("category") == "anaesthesia").is_empty()
    surgery = lines.filter(pl.col("category") == "surgery")["stay_id"].n_unique()
    assert surgery > 0.8 * len(rows)
    assert lines.filter(pl.col("category") == "consumable")["stay_id"].n_unique() == len(rows)
    assert city.table("device_uses").filter(pl.col("stay_id").is_in(ids)).is_empty()
    # Honest patients of the same case groups are put to sleep and their goods are entered.
    same = city.table("stays").filter(
        pl.col("drg").is_in(rows["drg"].implode()) & ~pl.col("stay_id").is_in(ids)
    )
    theirs = same["stay_id"].unique().implode()
    asleep = city.table("fee_lines").filter(
        pl.col("stay_id").is_in(theirs) & (pl.col("category") == "anaesthesia")
    )
    assert asleep["stay_id"].n_unique() > 0.75 * same["stay_id"].n_unique()


def test_goods_of_false_stays_never_left_the_store(city: Delivery) -> None:
    rows = false_stays(city).filter(pl.col("difficulty") == 1)
    ids = rows["stay_id"].implode()
    key = city.truth()
    slips = key.filter(pl.col("scheme") == "pack_slip")["subject_id"].str.split("|").list.get(1)
    ledgers = city.residuals().filter(~pl.col("item_code").is_in(slips.unique().implode()))
    billed = city.table("fee_lines").filter(
        pl.col("stay_id").is_in(ids) & (pl.col("category") == "consumable")
    )
    phantom = billed.join(rows.select("stay_id", "hospital_id"), on="stay_id").group_by(
        "hospital_id", "item_code"
    ).agg(units=pl.col("quantity").sum())  # fmt: skip
    both = phantom.join(ledgers, on=["hospital_id", "item_code"])
    assert len(both) > 5
    assert (both["residual"] >= both["units"]).to_numpy().mean() > 0.9


def test_bills_are_copied_less_exactly_at_each_difficulty(city: Delivery) -> None:
    rows = nearest(city, false_stays(city).filter(pl.col("difficulty") > 1))
    alike = {level: part["alike"] for (level,), part in rows.group_by("difficulty")}
    assert (alike[2] > 0.9).to_numpy().mean() > 0.85
    assert 0.4 < alike[3].to_numpy().mean() < 0.98
    assert alike[4].to_numpy().mean() < alike[3].to_numpy().mean()
    assert (alike[4] < 0.9).to_numpy().mean() > 0.85
    honest = city.table("stays").filter(
        pl.col("drg").is_in(rows["drg"].implode())
        & ~pl.col("stay_id").is_in(city.truth()["subject_id"].implode())
        & ~pl.col("physician_id").is_in(rows["physician_id"].implode())
    )
    assert nearest(city, honest.head(60))["alike"].to_numpy().mean() < 0.25


def test_the_person_is_seen_elsewhere_or_nowhere(city: Delivery) -> None:
    rows = seen(city, false_stays(city))
    somewhere = (pl.col("visits") > 0) | (pl.col("beds") > 0)
    share = dict(rows.group_by("difficulty").agg(somewhere.mean()).iter_rows())
    assert share[2] > 0.9
    assert 0.2 < share[3] < 0.95
    assert rows.filter(pl.col("difficulty") == 2)["beds"].sum() > 0
    limit = load_limits()["visits_during_stay"].on(START)
    assert limit is not None
    cunning = rows.filter(pl.col("difficulty") == 4)
    assert most(cunning["visits"]) < limit
    assert most(cunning["beds"]) == 0


def test_cards_of_a_cunning_campaign_come_from_one_district(city: Delivery) -> None:
    people = city.table("persons").unique("person_id").select("person_id", home="district")
    houses = city.table("hospitals").unique("hospital_id").select("hospital_id", "district")
    rows = false_stays(city).join(people, on="person_id").join(houses, on="hospital_id")
    cunning = rows.filter(pl.col("difficulty") >= 3)
    one = cunning.group_by("campaign_id").agg(pl.col("home").n_unique(), n=pl.len())
    assert (one["home"] == 1).to_numpy().mean() > 0.7
    assert (cunning["home"] != cunning["district"]).to_numpy().mean() > 0.85


def test_the_most_cunning_bill_no_consumables_and_the_loss_is_the_payment(city: Delivery) -> None:
    rows = false_stays(city)
    cunning = rows.filter(pl.col("difficulty") == 4)["stay_id"].implode()
    lines = city.table("fee_lines").filter(pl.col("stay_id").is_in(cunning))
    assert lines.filter(pl.col("category") == "consumable").is_empty()
    assert most((rows["amount"] - rows["payment_standard"]).abs()) == 0
