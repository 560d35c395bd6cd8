"""What the dial for drift changes, and that it changes nothing else."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from synthetic import Prevalence, Shift, generate
from synthetic.shift import CLASSES, GROUPS, OPENING, ShiftError
from tests.unit.synthetic_city import MONTHS, SEED, START, STAYS, Delivery, declared, least, most

DAY = date(2024, 7, 1)
FEW = Prevalence({"H01": 0.04, "C05": 0.05}, others=0.0)
NAMES = ("H01", "hospitals", "prices", "diagnoses", "items")


def delivered(
    out: Path, shift: Shift | None = None, *, stays: int = STAYS, alike: bool = False
) -> Delivery:
    """A city with two schemes; look-alikes only where they are asked for.

    Without them every difference between two cities is the shift's own.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not alike:
            patch.setattr("synthetic.city.lookalikes", tuple)
        generate(
            out, stays=stays, months=MONTHS, seed=SEED, start=START, audit_share=0.02,
            prevalence=FEW, shift=shift,
        )  # fmt: skip
    return Delivery(out)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return delivered(tmp_path_factory.mktemp("steady"))


@pytest.fixture(scope="module")
def shifted(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return delivered(tmp_path_factory.mktemp("shifted"), Shift.of(DAY, NAMES))


def test_without_a_shift_the_city_stays_what_it_was(steady: Delivery, tmp_path: Path) -> None:
    again = delivered(tmp_path / "again", Shift())
    for path in sorted(steady.out.rglob("*.parquet")):
        other = again.out / path.relative_to(steady.out)
        assert sha256(path.read_bytes()).digest() == sha256(other.read_bytes()).digest(), path.name


def test_a_scheme_is_unknown_before_its_day(steady: Delivery, shifted: Delivery) -> None:
    """The second part of a cut stay lies after the whole began, so every trace is later."""
    assert steady.truth("H01").filter(pl.col("started_on") < DAY).height > 0
    begun = shifted.truth("H01")["started_on"]
    assert len(begun) > 0
    assert min(begun.to_list()) >= DAY
    # Others are planted from the first day on, as before.
    assert shifted.truth("C05").filter(pl.col("started_on") < DAY).height > 0


@pytest.mark.parametrize("alike", [False, True], ids=["plain", "with look-alikes"])
def test_a_hospital_that_opens_leaves_no_trace_before(
    *, alike: bool, shifted: Delivery, tmp_path: Path
) -> None:
    """Nor do the look-alikes, which seat people where they like, put anybody there."""
    if alike:
        shifted = delivered(tmp_path, Shift.of(DAY, ["hospitals"]), alike=True)
    houses = shifted.table("hospitals")
    new = houses.filter(pl.col("received_on") == DAY)["hospital_id"]
    assert len(new) == OPENING
    assert houses.filter(~pl.col("hospital_id").is_in(new.implode()))["received_on"].max() == START
    mine = pl.col("hospital_id").is_in(new.implode())
    dates = {
        "stays": pl.col("admitted_at").dt.date(),
        "purchases": pl.col("delivered_on"),
        "stock_moves": pl.col("moved_at").dt.date(),
        "stock_counts": pl.col("counted_on"),
        "outpatient_visits": pl.col("visited_at").dt.date(),
        "physicians": pl.col("received_on"),
    }
    for name, day in dates.items():
        rows = shifted.table(name).filter(mine).select(day=day)["day"]
        assert len(rows) > 0, name
        assert min(rows.to_list()) >= DAY, name


def test_the_others_take_the_patients_of_a_house_that_is_not_there_yet(
    steady: Delivery, shifted: Delivery
) -> None:
    """As many people fall ill in the months before, so the open houses have more to do."""
    new = shifted.table("hospitals").filter(pl.col("received_on") == DAY)["hospital_id"]
    counts = []
    for city in (steady, shifted):
        parts = city.truth("H01")["subject_id"].implode()
        stays = city.table("stays").filter(
            ~pl.col("stay_id").is_in(parts), pl.col("admitted_at").dt.date() < DAY
        )
        counts.append(
            (stays.height, stays.filter(pl.col("hospital_id").is_in(new.implode())).height)
        )
    (whole, there), (whole_later, there_later) = counts
    assert there > 20
    assert there_later == 0
    assert whole_later == pytest.approx(whole, rel=0.04)


def test_a_class_is_selected_at_a_lower_price_on_its_day(shifted: Delivery) -> None:
    items = shifted.table("consumables").sort("item_code", "valid_from")
    classes = items.filter(pl.col("class_code").str.slice(0, 3).is_in(CLASSES))
    new = classes.filter(pl.col("valid_from") == DAY)
    assert len(new) > 20
    assert new["vbp_selected"].all()
    pair = classes.with_columns(
        before=pl.col("platform_price").shift(1).over("item_code"),
        ended=pl.col("valid_to").shift(1).over("item_code"),
    ).filter(pl.col("valid_from") == DAY, pl.col("before").is_not_null())
    assert most(pair["platform_price"] / pair["before"]) < 0.5
    assert pair["ended"].is_not_null().all()
    uses = shifted.platform(shifted.uses().filter(pl.col("used") > 0))
    cut = uses.filter(pl.col("item_code").is_in(pair["item_code"].implode()), pl.col("day") >= DAY)
    innocent = set(shifted.truth().filter("innocent")["subject_id"])
    guilty = set(shifted.truth("C05")["subject_id"])
    plain = cut.filter(~pl.col("subject_id").is_in(innocent | guilty))
    assert len(plain) > 20
    assert most(plain["price"] - plain["platform_price"]) < 0.01


def test_groups_are_coded_in_another_edition_from_their_day(
    steady: Delivery, shifted: Delivery
) -> None:
    plain = set(steady.table("stay_diagnoses")["code"])
    stays = shifted.table("stays").select("stay_id", "drg", "discharged_at")
    grouped = stays.filter(pl.col("drg") != "0000")  # the rest belong to no group
    codes = shifted.table("stay_diagnoses").join(grouped, on="stay_id")
    moved = pl.col("drg").str.slice(0, 1).is_in(GROUPS) & (pl.col("discharged_at").dt.date() >= DAY)
    new, old = codes.filter(moved)["code"], codes.filter(~moved)["code"]
    assert len(new) > 100
    assert not set(new) & plain
    assert set(old) <= plain
    assert set(new.str.slice(0, 5)) <= {code[:5] for code in plain}  # the categories stay
    main = shifted.table("stays").join(
        codes.filter(pl.col("position") == 1).select("stay_id", "code"), on="stay_id"
    )
    assert (main["principal_diagnosis"] == main["code"]).to_numpy().mean() > 0.99


def test_items_get_new_codes_and_keep_their_udi(steady: Delivery, shifted: Delivery) -> None:
    known = set(steady.table("consumables")["item_code"])
    catalogue = shifted.table("consumables")
    fresh = catalogue.filter(~pl.col("item_code").is_in(known))
    assert len(fresh) > 20
    assert set(fresh["class_code"].str.slice(0, 3)) <= set(CLASSES)
    assert (fresh["item_code"].str.len_chars() == 27).all()
    lines = shifted.table("fee_lines").filter(pl.col("udi_di").is_not_null())
    lines = lines.with_columns(new=~pl.col("item_code").is_in(known))
    used = lines.filter("new")
    assert len(used) > 20
    assert min(used["performed_at"].dt.date().to_list()) >= DAY
    names = lines.group_by("udi_di").agg(
        codes=pl.col("item_code").n_unique(), new=pl.col("new").any()
    )
    assert set(names.filter("new")["codes"]) <= {1, 2}
    assert names.filter("new")["codes"].max() == 2
    # Both codes are in the catalogue, each with its validity, and the old one ends.
    pairs = lines.select("udi_di", "item_code", "new").unique()
    old = pairs.filter(
        ~pl.col("new") & pl.col("udi_di").is_in(names.filter("new")["udi_di"].implode())
    )
    ended = catalogue.filter(pl.col("item_code").is_in(old["item_code"].implode()))
    assert ended.sort("valid_from").unique("item_code", keep="last")["valid_to"].is_not_null().all()


def test_new_codes_are_bought_before_they_are_used(shifted: Delivery) -> None:
    """The books of a new code stand by themselves: nothing is used that was not bought."""
    known = set(shifted.table("consumables").filter(pl.col("valid_from") < START)["item_code"])
    ledgers = shifted.residuals().filter(~pl.col("item_code").is_in(known))
    touched = shifted.truth().filter(pl.col("subject_type") != "stay")["subject_id"]
    items = touched.str.split("|").list.get(1)
    clean = ledgers.filter(~pl.col("item_code").is_in(items.implode()))
    assert len(clean) > 5
    assert most(clean["residual"].abs()) == 0


def test_columns_and_labels_are_still_those_of_the_contract(shifted: Delivery) -> None:
    for name in ("stays", "hospitals", "consumables", "fee_lines", "stay_diagnoses"):
        assert shifted.table(name).columns == declared(name)
    key = shifted.truth().filter(pl.col("subject_type") == "use")
    assert set(key["subject_id"]) <= set(shifted.uses()["subject_id"])
    assert least(shifted.table("stock_counts")["quantity"]) >= 0


def test_a_single_change_leaves_the_rest_alone(steady: Delivery, tmp_path: Path) -> None:
    """Only the coding moves: bills, people and goods stay byte for byte."""
    coded = delivered(tmp_path / "coded", Shift(diagnoses={"F": DAY}))
    for name in ("fee_lines", "persons", "purchases", "device_uses", "audit_outcomes"):
        assert coded.table(name).equals(steady.table(name)), name
    assert not coded.table("stay_diagnoses").equals(steady.table("stay_diagnoses"))


def test_what_cannot_shift_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(ShiftError, match="Nothing that can shift is called doctors"):
        Shift.of(DAY, ["doctors"])
    with pytest.raises(ShiftError, match="needs a day and what changes"):
        Shift.of(None, ["prices"])
    with pytest.raises(ShiftError, match="needs a day and what changes"):
        Shift.of(DAY, [])
    with pytest.raises(ShiftError, match="not inside the city's window"):
        generate(
            tmp_path, stays=300, months=3, seed=1, start=START, shift=Shift.of(DAY, ["prices"])
        )
