"""Honest care as a city knows it: who comes, comes back, buys and dies, as ranges with reasons.

Ranges are wide enough for a small city; the dossier's figures are held at full size by
``jianbao city``.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from synthetic import Prevalence, courses, effort, generate, plan
from synthetic.city import found
from synthetic.links import LINKS, first_share, link_names
from synthetic.world import World
from tests.unit.synthetic_city import START, Delivery, least, most

STAYS, MONTHS, SEED = 8_000, 18, 20_250_611
OLD = 60
RETURN = 30  # days


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    """A city without schemes and without planted look-alikes."""
    out = tmp_path_factory.mktemp("honest")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synthetic.city.lookalikes", tuple)
        generate(
            out, stays=STAYS, months=MONTHS, seed=SEED, start=START, audit_share=0.01,
            prevalence=Prevalence(others=0.0),
        )  # fmt: skip
    return Delivery(out)


@pytest.fixture(scope="module")
def world() -> World:
    return found(stays=60_000, months=24, seed=SEED, start=START)


@pytest.fixture(scope="module")
def planned(world: World) -> pl.DataFrame:
    """Sixty thousand planned stays, which cost little where nothing is billed."""
    groups = world.reference.groups.select(adrg="adrg").with_row_index("group")
    honest = plan.make(world, 60_000)
    houses = world.houses.frame.select("level", "speciality", "district_key").with_row_index(
        "hospital"
    )
    rows = honest.with_columns(
        pl.col("group", "hospital").cast(pl.UInt32),
        reason=link_names(honest),
        age=pl.Series(world.people.age[honest["person"].to_numpy()]),
        home=pl.Series(world.people.district[honest["person"].to_numpy()]),
    )
    return rows.join(groups, on="group").join(houses, on="hospital").sort("person", "admit", "key")


def share(rows: pl.DataFrame, found_: pl.Expr) -> float:
    """Share of rows for which something holds."""
    return float(rows.select(found_.cast(pl.Float64).mean()).item())


def test_half_of_the_stays_are_of_the_old_and_some_of_children(planned: pl.DataFrame) -> None:
    """45% in 2015 and growing (dossier 5.1); wards for children are small but there."""
    assert 0.48 < share(planned, pl.col("age") >= OLD) < 0.57
    assert 0.01 < share(planned, pl.col("age") < 15) < 0.06


def test_three_stays_in_four_are_employees_and_most_of_these_retired(city: Delivery) -> None:
    people = city.table("persons").unique("person_id", keep="first")
    stays = city.table("stays").join(people, on="person_id")
    employed = stays.filter(pl.col("scheme") == "employee")
    assert 0.68 < len(employed) / len(stays) < 0.77
    assert 0.52 < share(employed, pl.col("person_type") == "retired") < 0.66


def test_levels_share_hospitals_and_stays_as_in_the_city(planned: pl.DataFrame) -> None:
    """Of 440 hospitals 60 to 70 are tertiary; they hold 39 to 52% of stays (dossier 5.1)."""
    assert 0.39 < share(planned, pl.col("level") == "3") < 0.53
    assert 0.03 < share(planned, pl.col("level").is_in(["1", "0"])) < 0.12


def test_small_houses_serve_their_neighbours_and_leading_ones_the_country(
    planned: pl.DataFrame, city: Delivery
) -> None:
    near = {
        level: share(rows, pl.col("home") == pl.col("district_key"))
        for (level,), rows in planned.group_by("level")
    }
    assert near["1"] > near["2"] + 0.1 > near["3"] + 0.2
    houses = city.table("hospitals").select("hospital_id", "level", "kind")
    people = city.table("persons").unique("person_id", keep="first")
    stays = city.table("stays").join(people, on="person_id").join(houses, on="hospital_id")
    outside = pl.col("district") == "外省市"
    leading = stays.filter((pl.col("level") == "3") & (pl.col("kind") == "specialist"))
    assert 0.3 < share(leading, outside) < 0.5  # about 40% in leading hospitals
    assert share(stays.filter(pl.col("level") == "1"), outside) < 0.06


def returns(planned: pl.DataFrame) -> pl.DataFrame:
    """Each stay beside the person's next one."""
    end = pl.col("admit") + pl.col("los")
    same = pl.col("person") == pl.col("person").shift(-1)
    return planned.with_columns(
        again=(same & (pl.col("admit").shift(-1) - end <= RETURN)).fill_null(value=False),
        why=pl.col("reason").shift(-1),
        course=(pl.col("seed") == pl.col("seed").shift(-1)).fill_null(value=False),
    )


def test_returns_have_reasons_in_the_shares_of_a_large_centre(planned: pl.DataFrame) -> None:
    """6.7% planned, a third of them chemotherapy, 0.9% unplanned (dossier 5.1)."""
    rows = returns(planned)
    by_plan = [link.name for link in LINKS if link.planned]
    back = rows.filter("again")
    planned_back = back.filter(pl.col("course") & pl.col("why").is_in(by_plan))
    assert 0.05 < len(planned_back) / len(rows) < 0.085
    chemotherapy = pl.col("why").is_in(["chemo_cycle", "adjuvant_chemotherapy"])
    assert 0.26 < share(planned_back, chemotherapy) < 0.44
    urgent = back.filter(pl.col("course") & ~pl.col("why").is_in(by_plan))
    assert 0.005 < len(urgent) / len(rows) < 0.015
    # By chance two courses of one person seldom meet, but they do.
    assert 0 < len(back.filter(~pl.col("course"))) / len(rows) < 0.004
    assert set(planned["reason"]) == {"index", *(link.name for link in LINKS)}


def test_a_groups_volume_counts_its_returns(world: World, planned: pl.DataFrame) -> None:
    """Courses bring stays of their own, so that fewer begin: no group outgrows its volume."""
    groups = world.reference.groups
    wanted = dict(zip(groups["adrg"], groups["volume"] / groups["volume"].sum(), strict=True))
    got = dict(planned["adrg"].value_counts(normalize=True).iter_rows())
    for adrg in ("RE1", "RG1", "LL1", "CB3", "FM1", "LC1", "XR2"):
        assert got[adrg] == pytest.approx(wanted[adrg], rel=0.25), adrg
    first = first_share(groups["adrg"].to_list(), groups["volume"].to_numpy().astype(float))
    assert ((first >= 0) & (first <= 1)).all()


def test_a_planned_return_is_announced_when_the_person_leaves(city: Delivery) -> None:
    stays = city.table("stays").sort("person_id", "admitted_at")
    gap = pl.col("admitted_at").shift(-1).over("person_id") - pl.col("discharged_at")
    rows = stays.with_columns(days=gap.dt.total_days(), then=pl.col("drg").shift(-1))
    announced = rows.filter("planned_readmission")
    assert len(announced) > 100
    assert announced["days"].is_not_null().all()
    chemo = pl.col("drg").str.starts_with("RE1") & pl.col("then").str.starts_with("RE1")
    cycle = rows.filter(chemo & pl.col("days").is_between(15, 21))
    assert share(cycle, pl.col("planned_readmission")) > 0.95


def test_newborns_lie_on_the_mothers_card_after_her_delivery(city: Delivery) -> None:
    stays = city.table("stays").sort("person_id", "admitted_at")
    rows = stays.with_columns(
        mother_drg=pl.col("drg").shift(1).over("person_id"),
        mother_house=pl.col("hospital_id").shift(1).over("person_id"),
        mother_left=pl.col("discharged_at").shift(1).over("person_id"),
    )
    babies = rows.filter("newborn")
    assert 3 <= len(babies) < 0.01 * len(stays)
    assert babies["mother_drg"].str.slice(0, 3).is_in(["OB1", "OR1"]).all()
    assert (babies["hospital_id"] == babies["mother_house"]).all()
    gap = (babies["admitted_at"].dt.date() - babies["mother_left"].dt.date()).dt.total_days()
    assert gap.is_between(0, 2).all()
    assert babies["principal_diagnosis"].str.slice(0, 1).is_in(["P"]).all()


def test_columns_for_sources_without_dates_stay_empty(city: Delivery) -> None:
    """``length_of_stay``, ``age_band`` and ``severity`` speak where dates and persons do not."""
    stays = city.table("stays")
    for name in ("length_of_stay", "age_band", "severity"):
        assert stays[name].null_count() == len(stays), name
    assert 0.02 < share(stays, pl.col("referrer").is_not_null()) < 0.12


def test_day_care_is_a_fifth_of_the_operations_and_short(city: Delivery) -> None:
    """At most a leading hospital's 43% (dossier 5.1)."""
    stays = city.table("stays")
    operated = stays.filter(
        pl.col("stay_id").is_in(city.table("stay_procedures")["stay_id"].implode())
    )
    assert 0.17 < share(operated, pl.col("day_case")) < 0.43
    days = stays.filter("day_case").select(
        (pl.col("discharged_at").dt.date() - pl.col("admitted_at").dt.date()).dt.total_days()
    )
    assert most(days.to_series()) <= 1


def test_visits_are_near_home_and_the_chronic_come_month_by_month(city: Delivery) -> None:
    people = city.table("persons").unique("person_id", keep="first")
    houses = city.table("hospitals").select("hospital_id", "level", there="district")
    visits = city.table("outpatient_visits").join(people, on="person_id")
    visits = visits.join(houses, on="hospital_id").filter(pl.col("district") != "外省市")
    refills = visits.filter(pl.col("kind") == "pharmacy")
    has_house = set(houses.filter(pl.col("level").is_in(["1", "2"]))["there"])
    served = refills.filter(pl.col("district").is_in(has_house))
    assert share(served, pl.col("district") == pl.col("there")) > 0.75
    assert share(refills, pl.col("level").is_in(["1", "0"])) > 0.5
    # One house near home for most of a person's refills, and about a month between visits.
    often = visits.group_by("person_id").agg(
        n=pl.len(), illness=pl.col("principal_diagnosis").mode().first(),
        gap=pl.col("visited_at").dt.date().sort().diff().dt.total_days().median(),
    ).filter(pl.col("n") >= 10)  # fmt: skip
    assert len(often) > 500
    assert 20 < np.median(often["gap"].to_numpy()) < 45
    chronic = often["illness"].str.slice(0, 3).is_in(["I10", "E11", "I25", "E78", "I67", "M81"])
    assert chronic.to_numpy().mean() > 0.9


def test_nobody_is_seen_after_death_and_deaths_at_home_are_known_late(city: Delivery) -> None:
    sent = city.table("persons").filter(pl.col("death_date").is_not_null())
    dead = sent.unique("person_id", keep="last").select("person_id", "death_date", "received_on")
    stays = city.table("stays")
    in_bed = stays.filter(pl.col("discharge_way") == "death")["person_id"]
    home = dead.filter(~pl.col("person_id").is_in(in_bed.implode()))
    assert len(home) > len(in_bed) > 0  # most people die outside hospital
    late = (home["received_on"] - home["death_date"]).dt.total_days()
    assert least(late) >= 10
    assert most(late) <= 60
    alive = city.table("outpatient_visits").select("person_id", day=pl.col("visited_at").dt.date())
    beds = stays.select("person_id", day=pl.col("discharged_at").dt.date())
    seen = pl.concat([alive, beds]).join(dead, on="person_id")
    assert seen.filter(pl.col("day") > pl.col("death_date")).is_empty()
    assert 0.0005 < len(in_bed) / len(stays) < 0.003


def test_operations_follow_the_price_of_their_implant(world: World, planned: pl.DataFrame) -> None:
    """Volume rises by 10 to 30% after a cut (dossier 5.3): lenses, one an eye, by more operations."""
    lens = world.reference.generics["key"].to_list().index("iol_mono")
    cut = int(world.products.selected_at[world.products.generic == lens].min())
    assert 0 < cut < world.clock.days
    near = planned.filter((pl.col("admit") - cut).abs() <= 180)
    eyes = near.filter(pl.col("adrg") == "CB3")
    after = pl.col("admit") >= cut
    rate = [eyes.filter(side).height / near.filter(side).height for side in (~after, after)]
    assert 1.03 < rate[1] / rate[0] < 1.40


def test_stents_grow_from_year_to_year(world: World, planned: pl.DataFrame) -> None:
    """+17% a year since the cut (dossier 5.3), twice as fast as the city as a whole."""
    stents = planned.filter(pl.col("adrg") == "FM1")
    later = pl.col("admit") >= 365
    growth = stents.filter(later).height / stents.filter(~later).height
    assert 1.05 < growth < 1.32
    whole = planned.filter(later).height / planned.filter(~later).height
    assert 1.0 < whole < 1.10


def test_a_month_made_apart_agrees_with_the_whole(world: World) -> None:
    """Every draw is a hash of keys: nothing depends on how many rows were drawn beside it."""
    whole = courses.chains(world, 3_000)
    part = courses.chains(world, 1_000)
    mine = np.isin(whole["key"], part["key"])
    order, other = np.argsort(whole["key"][mine]), np.argsort(part["key"])
    for name in ("hospital", "group", "admit", "los", "link"):
        assert (whole[name][mine][order] == part[name][other]).all(), name
    some = {name: values[::7] for name, values in whole.items()}
    nights = effort.nights(world, some["hospital"], some["group"], some["key"])
    assert (nights == some["los"]).all()
