"""C19: the selected product abandoned; and shortages, allergies and unusual bodies."""

from __future__ import annotations

import polars as pl
import pytest

from tests.unit.synthetic_city import Delivery, least, most
from tests.witness import books
from tests.witness.conftest import CityOf

DEAR = 1.5
CELL = ["hospital_id", "class_code", "month"]
ALL = ("C19",)


@pytest.fixture(scope="module")
def city(city_of: CityOf) -> Delivery:
    return books.shared(city_of)


def planted(city: Delivery) -> pl.DataFrame:
    """Planted ledgers with their units, list price, and the share of the class outside."""
    own = books.used(city).group_by(books.LEDGER).agg(
        pl.col("class_code").first(), pl.col("vbp_selected").any(),
        units=pl.col("units").sum(), listed=pl.col("listed").max(),
    )  # fmt: skip
    rows = books.ledgers(city, "C19").join(own, on=books.LEDGER)
    return rows.join(books.shares(city), on=CELL)


def test_the_product_is_outside_the_selection_and_its_ledger_billed(city: Delivery) -> None:
    rows = planted(city)
    assert len(rows) == len(city.truth("C19")) >= 30
    assert not rows["vbp_selected"].any()
    assert set(rows["difficulty"]) == {1, 2, 3, 4}


def test_the_share_of_the_selected_falls_as_the_recipe_says(city: Delivery) -> None:
    share = (
        planted(city)
        .group_by("difficulty")
        .agg(share=pl.col("outside").sum() / pl.col("all").sum())
    )
    found = dict(share.iter_rows())
    assert found[1] > 0.9
    assert 0.55 < found[2] < 0.9
    assert 0.2 < found[3] < 0.8
    cunning = planted(city).filter(pl.col("difficulty") == 4)
    assert books.total(cunning["units"]) < 0.75 * books.total(cunning["all"])


def test_honest_houses_use_the_selected(city: Delivery) -> None:
    key = city.truth().filter(pl.col("subject_type") == "ledger")
    parts = key["subject_id"].str.split("|")
    touched = pl.DataFrame({"hospital_id": parts.list.get(0), "month": parts.list.get(2),
                            "item_code": parts.list.get(1)})  # fmt: skip
    names = city.table("consumables").select("item_code", "class_code").unique("item_code")
    touched = touched.join(names, on="item_code")
    # Classes selected long ago; where the selection is new, part of the use drifts away by itself.
    bold = planted(city).filter(pl.col("difficulty") < 4)
    classes = bold["class_code"].unique().implode()
    honest = books.shares(city).filter(pl.col("class_code").is_in(classes) & (pl.col("all") >= 4))
    honest = honest.join(touched, on=CELL, how="anti")
    begun = (
        books.used(city)
        .filter("vbp_selected")
        .group_by("class_code")
        .agg(begun=pl.col("month").min())
    )
    honest = honest.join(begun, on="class_code").filter(pl.col("month") > pl.col("begun"))
    assert len(honest) >= 50
    assert books.total(honest["outside"]) / books.total(honest["all"]) < 0.3
    assert (honest["share"] > 0.7).to_numpy().mean() < 0.06


def test_below_the_published_price_ratio_only_at_the_highest_difficulty(city: Delivery) -> None:
    names = (
        books.used(city)
        .filter("vbp_selected")
        .group_by("class_code")
        .agg(selected=pl.col("listed").min())
    )
    rows = planted(city).join(names, on="class_code")
    ratio = rows.with_columns(ratio=pl.col("listed") / pl.col("selected"))
    assert most(ratio.filter(pl.col("difficulty") == 4)["ratio"]) < DEAR
    assert least(ratio.filter(pl.col("difficulty") < 4)["ratio"]) > DEAR


def test_at_the_third_difficulty_physicians_do_not_mix(city: Delivery) -> None:
    rows = planted(city).filter(pl.col("difficulty") == 3).select(*CELL).unique()
    uses = books.used(city).join(rows, on=CELL)
    each = uses.group_by(*CELL, "physician_id").agg(
        outside=(~pl.col("vbp_selected")).mean(), uses=pl.len()
    )
    several = each.filter(pl.col("uses") >= 2)
    mixed = several.filter(pl.col("outside").is_between(0.05, 0.95))
    assert len(mixed) <= max(1, 0.3 * len(several))
    assert each.filter(pl.col("outside") > 0.95).height > 0
    assert each.filter(pl.col("outside") < 0.05).height > 0


def test_the_loss_is_the_difference_of_the_list_prices(city: Delivery) -> None:
    selected = (
        books.used(city)
        .filter("vbp_selected")
        .group_by("class_code")
        .agg(low=pl.col("listed").min(), high=pl.col("listed").max())
    )
    rows = (
        planted(city)
        .join(selected, on="class_code")
        .with_columns(
            largest=pl.col("units") * (pl.col("listed") - pl.col("low")),
            smallest=pl.col("units") * (pl.col("listed") - pl.col("high")),
        )
    )
    assert (rows["amount"] <= rows["largest"] * 1.001).all()
    whole = rows.filter(pl.col("difficulty") == 1)
    assert (whole["amount"] >= whole["smallest"] * 0.8).to_numpy().mean() > 0.8


def test_a_shortage_meets_all_hospitals_at_once(city: Delivery) -> None:
    key = books.ledgers(city, "supply_shortage", innocent=True)
    assert key["hospital_id"].n_unique() >= 6
    pair = ["hospital_id", "class_code"]
    others = books.used(city).join(books.touched(city, "supply_shortage"), on=pair, how="anti")
    names = city.table("consumables").unique("item_code").select("item_code", "class_code")
    for (name,), rows in key.join(names, on="item_code").group_by("class_code"):
        assert books.days_apart(rows["started_on"]) <= 45
        of_class = others.filter(pl.col("class_code") == name)
        within = pl.col("day").is_between(rows["started_on"].min(), rows["started_on"].max())
        assert (~of_class.filter(within)["vbp_selected"]).to_numpy().mean() > 0.55
        assert (~of_class.filter(~within)["vbp_selected"]).to_numpy().mean() < 0.25


def listed_codes(city: Delivery, name: str) -> list[list[str]]:
    """Diagnoses of the stays that used a labelled product in the labelled month."""
    key = books.ledgers(city, name, innocent=True).select(*books.LEDGER)
    stays = books.used(city).join(key, on=books.LEDGER).select(*books.LEDGER, "stay_id")
    codes = city.table("stay_diagnoses").select("stay_id", "code")
    both = stays.join(codes, on="stay_id").group_by(books.LEDGER).agg("code")
    assert len(both) == len(key) > 0
    return both["code"].to_list()


def test_the_reason_of_a_single_use_is_listed(city: Delivery) -> None:
    allergic = listed_codes(city, "allergic")
    assert sum("T78.400" in codes for codes in allergic) == len(allergic)
    bodies = {"I25.400", "M41.900", "E66.900"}
    special = listed_codes(city, "special_size")
    assert sum(bool(bodies & set(codes)) for codes in special) == len(special)
    with_reason = city.table("stay_diagnoses").filter(pl.col("code") == "T78.400")
    assert with_reason["stay_id"].n_unique() < 0.01 * len(city.table("stays"))
