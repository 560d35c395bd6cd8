"""H14, overlong stay, and its look-alikes, counted on the delivered tables."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness.conftest import CityOf
from tests.witness.fees import codes, fees, labelled, next_stay, unlabelled

# Published: longer than 95 of 100 of the group, last third below 0.4 of the usual daily cost.
DAILY = 0.4
FEW = 30  # honest stays that a group needs for a percentile of its own
CHEAP = 60.0  # yuan a day: one cheap item


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return city_of("H14")


def usual(city: Delivery) -> pl.DataFrame:
    """Length that 95 of 100 honest stays of a group keep below, and yuan of a day by level."""
    honest = unlabelled(city).filter(pl.col("nights") > 0)
    length = honest.group_by("group").agg(p95=pl.col("nights").quantile(0.95), peers=pl.len())
    level = city.table("hospitals").select("hospital_id", "level")
    costs = (
        honest.join(level, on="hospital_id")
        .group_by("group", "level")
        .agg(a_day=pl.col("fee").sum() / pl.col("nights").sum())
    )
    return costs.join(length, on="group")


def thirds(city: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """Stays with yuan a day of their last third over the usual, and its days without care."""
    matrix = city.day_matrix().join(rows.select("stay_id", "nights"), on="stay_id")
    place = pl.int_range(pl.len()).over("stay_id")
    matrix = matrix.with_columns(last=place >= (2 * pl.col("nights") / 3).ceil())
    lines = (
        city.table("fee_lines")
        .group_by("stay_id", day=pl.col("performed_at").dt.date())
        .agg(all=pl.col("amount").sum())
    )
    late = matrix.filter("last").join(lines, on=["stay_id", "day"], how="left")
    daily = late.group_by("stay_id").agg(
        late=pl.col("all").fill_null(0).mean(),
        bare=(pl.col("lines") == 0).mean(),
        cheap=(pl.col("yuan") < CHEAP).mean(),
        lines=pl.col("lines").min(),
    )
    level = city.table("hospitals").select("hospital_id", "level")
    both = rows.join(daily, on="stay_id").join(level, on="hospital_id")
    return both.join(usual(city), on=["group", "level"]).with_columns(
        relative=pl.col("late") / pl.col("a_day")
    )


def of(city: Delivery, level: int) -> pl.DataFrame:
    return thirds(city, labelled(city, "H14").filter(pl.col("difficulty") == level))


def test_the_bed_is_kept_beyond_the_usual_length(city: Delivery) -> None:
    for level in (1, 2, 3):
        rows = of(city, level).filter(pl.col("peers") >= FEW)
        assert len(rows) > 0
        assert (rows["nights"] > rows["p95"]).to_numpy().mean() > 0.6, level


def test_the_last_third_holds_the_bed_alone(city: Delivery) -> None:
    assert least(of(city, 1)["bare"]) > 0.85
    assert least(of(city, 2)["bare"]) > 0.85
    third = of(city, 3)
    assert (third["cheap"] > 0.85).to_numpy().mean() > 0.85
    assert third["bare"].to_numpy().mean() < 0.1
    for level in (1, 2, 3):
        assert (of(city, level)["relative"] < DAILY).to_numpy().mean() > 0.8, level


def test_most_of_a_bold_stay_is_empty(city: Delivery) -> None:
    rows = labelled(city, "H14").filter(pl.col("difficulty") == 1)
    days = city.day_matrix().join(rows.select("stay_id"), on="stay_id", how="semi")
    empty = days.group_by("stay_id").agg(empty=(pl.col("lines") == 0).mean())
    assert least(empty["empty"]) > 0.45


def test_honest_stays_are_treated_to_the_end(city: Delivery) -> None:
    groups = labelled(city, "H14")["group"].unique().implode()
    honest = unlabelled(city).filter(pl.col("group").is_in(groups) & (pl.col("nights") >= 6))
    rows = thirds(city, honest)
    over = rows.filter((pl.col("nights") > pl.col("p95")) & (pl.col("relative") < DAILY))
    assert len(over) < 0.03 * len(rows)
    assert (rows["bare"] > 0.85).to_numpy().mean() < 0.02


def test_the_cunning_stay_below_both_limits(city: Delivery) -> None:
    rows = of(city, 4)
    enough = rows.filter(pl.col("peers") >= FEW)
    assert (enough["nights"] <= enough["p95"]).to_numpy().mean() > 0.85
    assert (rows["relative"] >= DAILY).to_numpy().mean() > 0.8
    assert rows["bare"].to_numpy().mean() < 0.1
    honest = unlabelled(city).filter(pl.col("group").is_in(rows["group"].unique().implode()))
    seen = thirds(city, honest.filter(pl.col("nights") >= 6))
    assert rows["cheap"].to_numpy().mean() > seen["cheap"].to_numpy().mean() + 0.2


def test_the_loss_is_what_the_last_days_cost(city: Delivery) -> None:
    rows = labelled(city, "H14")
    key = city.truth("H14").select(stay_id="subject_id")
    lines = city.table("fee_lines").join(key, on="stay_id", how="semi")
    # Counted from the end: the amount is a sum of whole last days.
    daily = lines.group_by("stay_id", day=pl.col("performed_at").dt.date()).agg(
        yuan=pl.col("amount").sum()
    )
    daily = daily.sort("stay_id", "day", descending=[False, True]).with_columns(
        so_far=pl.col("yuan").cum_sum().over("stay_id")
    )
    met = daily.join(rows.select("stay_id", "amount"), on="stay_id").filter(
        (pl.col("so_far") - pl.col("amount")).abs() < 0.02
    )
    assert set(met["stay_id"]) == set(rows["stay_id"])
    # The day before these was still a day of care, where nothing hides the empty ones.
    begun = met.group_by("stay_id").agg(pl.col("day").min())
    before = begun.select("stay_id", day=pl.col("day") - pl.duration(days=1))
    cared = city.day_matrix().join(before, on=["stay_id", "day"])
    open_ones = rows.filter(pl.col("difficulty") <= 2)
    cared = cared.join(open_ones.select("stay_id"), on="stay_id", how="semi")
    assert len(cared) == len(open_ones)
    assert (cared["lines"] > 0).to_numpy().mean() > 0.85


def test_those_who_wait_are_moved_to_a_nursing_house(city: Delivery) -> None:
    rows = labelled(city, "awaiting_placement", innocent=True)
    assert len(rows) > 0
    assert thirds(city, rows)["bare"].to_numpy().mean() > 0.8
    after = next_stay(city, rows)
    assert len(after) == len(rows)
    assert (after["gap"] == 0).all()
    assert (after["admission_way_next"] == "transfer").all()
    assert (after["discharge_way"] == "transfer").all()
    said = codes(city, rows).filter(pl.col("code") == "Z75.100")["stay_id"]
    assert set(said) == set(rows["stay_id"])


def test_a_complication_that_keeps_is_new_and_treated(city: Delivery) -> None:
    rows = labelled(city, "kept_by_complication", innocent=True)
    assert len(rows) > 0
    major = ("J96", "R57", "A41", "E43", "N17")
    new = codes(city, rows).filter(
        pl.col("code").str.slice(0, 3).is_in(major) & (pl.col("position") > 1)
    )
    assert len(set(new["stay_id"])) >= 0.8 * len(rows)
    assert thirds(city, rows)["bare"].to_numpy().mean() < 0.3


@pytest.mark.parametrize(
    ("name", "nights"), [("long_treatment", 14), ("psychiatric_long_stay", 85)]
)
def test_long_illnesses_are_treated_to_the_end(city: Delivery, name: str, nights: int) -> None:
    rows = labelled(city, name, innocent=True)
    assert len(rows) > 0
    assert least(rows["nights"]) >= nights
    assert thirds(city, rows)["bare"].to_numpy().mean() < 0.3
    if name == "psychiatric_long_stay":
        assert (rows["group"] == "TR1").all()
        assert most(fees(city).filter(pl.col("group") != "TR1")["nights"]) >= 20
