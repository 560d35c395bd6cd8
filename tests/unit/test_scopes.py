"""Scopes are read as they stood on the day, and the honest city keeps to them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from claims.errors import LakeError
from claims.knowledge.scopes import CLASS_DIGITS, Scope, load_scopes
from synthetic import Prevalence, generate
from synthetic.reference import Reference
from tests.unit.synthetic_city import Delivery

WIDENED = date(2024, 7, 1)
PLATE = Scope(
    date(2021, 5, 1), diagnoses=("S42",), procedures=("79.31",), departments=("骨科",), sex="F"
)


def test_a_scope_asks_for_what_it_names_and_nothing_else() -> None:
    assert PLATE.pays_for(["I10.x00", "S42.200x001"])
    assert not PLATE.pays_for(["S72.100"])
    assert PLATE.goes_with(["79.3100x005"])
    assert not PLATE.goes_with([])
    assert PLATE.belongs_to("骨科")
    assert not PLATE.belongs_to("眼科")
    assert PLATE.suits("F")
    assert not PLATE.suits("M")
    open_to_all = Scope(date(2021, 5, 1))
    assert open_to_all.pays_for([])
    assert open_to_all.goes_with([])
    assert open_to_all.belongs_to("眼科")
    assert open_to_all.suits("M")


def test_a_scope_holds_from_its_first_day_until_the_next_version() -> None:
    graft = load_scopes()["C030501"]
    before, after = graft.on(date(2024, 6, 30)), graft.on(WIDENED)
    assert graft.on(date(2021, 4, 30)) is None
    assert before is not None
    assert after is not None
    assert not before.pays_for(["S72.100"])
    assert after.pays_for(["S72.100"])
    assert before.pays_for(["M48.000"])
    assert after.pays_for(["M48.000"])


def test_versions_told_out_of_order_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "scopes.toml"
    path.write_text(
        '[C000001]\nname = "n"\nname_zh = "名"\nbasis = "b"\n'
        '[[C000001.versions]]\nsince = 2025-01-01\nsex = "M"\n'
        '[[C000001.versions]]\nsince = 2024-01-01\nsex = "F"\n',
        encoding="utf-8",
    )
    known = load_scopes(path)["C000001"]
    assert [version.sex for version in known.versions] == ["F", "M"]
    frame = load_scopes(path).frame()
    assert frame["valid_to"].to_list() == [date(2024, 12, 31), None]


def test_an_item_is_read_by_its_class() -> None:
    scopes = load_scopes()
    assert scopes.of_item("C130202" + "0" * 20, WIDENED) == scopes["C130202"].versions[0]
    assert scopes.of_item("C999999" + "0" * 20, WIDENED) is None


def test_an_unknown_class_is_named_with_what_was_meant() -> None:
    with pytest.raises(LakeError, match=r"no device class 'C03070'.*'C03070"):
        load_scopes()["C03070"]


def test_every_class_is_in_the_catalogue_and_every_version_asks_for_something() -> None:
    generics = Reference.load().generics
    for code, known in load_scopes().by_class.items():
        assert code in set(generics["class_code"]), code
        assert all((known.name, known.name_zh, known.basis, known.versions)), code
        for version in known.versions:
            asks = (version.diagnoses, version.procedures, version.departments, version.sex)
            assert any(asks), code


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    out = tmp_path_factory.mktemp("honest")
    generate(out, stays=3_000, months=12, seed=7, prevalence=Prevalence({}, others=0.0))
    return Delivery(out)


def scoped(city: Delivery) -> pl.DataFrame:
    """Honest covered uses of known classes beside all that their scope may ask about."""
    labelled = city.truth()["subject_id"].str.split("|").list.get(0)
    stays = city.table("stays").filter(~pl.col("stay_id").is_in(labelled.implode()))
    persons = city.table("persons").sort("received_on").unique("person_id", keep="last")
    stays = stays.join(persons.select("person_id", "sex"), on="person_id")
    codes = city.table("stay_diagnoses").group_by("stay_id").agg(diagnoses="code")
    done = city.table("stay_procedures").group_by("stay_id").agg(procedures="code")
    lines = city.table("fee_lines").filter((pl.col("category") == "consumable") & pl.col("covered"))
    lines = lines.filter(
        pl.col("item_code").str.slice(0, CLASS_DIGITS).is_in(list(load_scopes().by_class))
    )
    columns = ["stay_id", "item_code", "department", day := "performed_at"]
    rows = lines.select(columns).with_columns(pl.col(day).dt.date()).unique()
    rows = rows.join(stays.select("stay_id", "sex"), on="stay_id").join(codes, on="stay_id")
    return rows.join(done, on="stay_id", how="left")


def test_no_honest_use_leaves_its_scope(honest: Delivery) -> None:
    rows = scoped(honest)
    assert len(rows) > 500
    strange = []
    for row in rows.iter_rows(named=True):
        scope = load_scopes().of_item(row["item_code"], row["performed_at"])
        assert scope is not None
        kept = (
            scope.pays_for(row["diagnoses"]),
            scope.goes_with(row["procedures"] or []),
            scope.belongs_to(row["department"]),
            scope.suits(row["sex"]),
        )
        if not all(kept):
            strange.append((row["item_code"][:CLASS_DIGITS], kept, row["procedures"]))
    assert not strange, (len(strange), strange[:12])


def test_no_honest_operation_goes_without_its_inseparable_device(honest: Delivery) -> None:
    labelled = honest.truth()["subject_id"].str.split("|").list.get(0)
    main = honest.table("stay_procedures").filter(
        (pl.col("position") == 1) & ~pl.col("stay_id").is_in(labelled.implode())
    )
    lines = honest.table("fee_lines").filter(pl.col("category") == "consumable")
    columns = ["stay_id", "item_code"]
    there = pl.concat([lines.select(columns), honest.table("device_uses").select(columns)])
    classes = there.group_by("stay_id").agg(
        classes=pl.col("item_code").str.slice(0, CLASS_DIGITS).unique()
    )
    both = main.join(classes, on="stay_id", how="left")
    needed = load_scopes().frame().explode("inseparable").drop_nulls("inseparable")
    missing = []
    for code in needed["inseparable"].unique():
        fit = set(needed.filter(pl.col("inseparable") == code)["class_code"])
        mine = both.filter(pl.col("code").str.starts_with(code))
        missing += [(code, have) for have in mine["classes"].to_list() if not fit & set(have or [])]
    assert not missing, (len(missing), missing[:5])
