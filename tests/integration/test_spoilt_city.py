"""A city spoilt by hand, one fault of each kind: all of it is kept, each fault is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from claims.checks import CHECKS
from claims.faults import UNKNOWN_CODE
from claims.settings import load_settings
from claims.suites import validate
from flows.landing import land_history
from synthetic import generate
from tests.integration.explained import unexplained
from tests.integration.inspector import FINDING, Folder, tagged_by_hand

if TYPE_CHECKING:
    from pathlib import Path

    from claims.admission import Admission

MONTH = pl.duration(days=30)


@dataclass(frozen=True)
class Spoil:
    """One value of one row, changed; ``row`` counts from the first row of the table."""

    table: str
    row: int
    column: str
    value: pl.Expr
    code: str


def _more(column: str, by: float) -> pl.Expr:
    return pl.col(column).cast(pl.Float64) + by


SPOILS = (
    Spoil("stays", 0, "discharged_at", pl.col("admitted_at") - MONTH,
          "data.discharge_before_admission"),
    Spoil("stays", 1, "total_amount", _more("total_amount", 5), "data.sum_mismatch"),
    Spoil("stays", 2, "hospital_id", pl.lit("nowhere"), UNKNOWN_CODE),
    Spoil("stays", 3, "admitted_at", pl.datetime(1850, 1, 1), "data.before_birth"),
    Spoil("fee_lines", 0, "quantity", -pl.col("quantity"), "data.negative_without_reversal"),
    Spoil("fee_lines", 1, "amount", _more("amount", 3), "data.amount_not_price_times_quantity"),
    Spoil("fee_lines", 2, "unit_price", pl.lit(-1.0), "data.below_minimum"),
    Spoil("fee_lines", 3, "category", pl.lit(None), "data.missing_value"),
    Spoil("fee_lines", 4, "category", pl.lit("magic"), UNKNOWN_CODE),
    Spoil("fee_lines", 5, "charged_at", pl.col("charged_at") + MONTH, "data.line_outside_stay"),
    Spoil("fee_lines", 6, "performed_at", pl.col("performed_at") - MONTH, "data.line_outside_stay"),
    Spoil("device_uses", 0, "used_at", pl.col("used_at") + MONTH, "data.line_outside_stay"),
    Spoil("device_uses", 1, "item_code", pl.lit("nothing"), UNKNOWN_CODE),
    Spoil("stay_procedures", 0, "performed_at", pl.col("performed_at") + MONTH,
          "data.line_outside_stay"),
    Spoil("purchases", 0, "delivered_on", pl.col("ordered_on") - pl.duration(days=1),
          "data.delivered_before_ordered"),
    Spoil("outpatient_visits", 0, "kind", pl.lit("party"), UNKNOWN_CODE),
    # Known dead from the first night, so that all that follows came after death.
    Spoil("persons", 0, "death_date", pl.lit(date(2023, 12, 1)), "data.after_death"),
)  # fmt: skip


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, Admission]:
    """The spoilt city and what became of it."""
    out = tmp_path_factory.mktemp("spoilt") / "city"
    generate(out, stays=300, months=2, seed=5)
    _bury_a_patient(out)
    for one in SPOILS:
        _spoil(out / f"{one.table}.parquet", one)
    landed = land_history(load_settings(home=out.parent / "home"), out)
    assert landed.admission is not None
    return Folder(out), landed.admission


def _bury_a_patient(out: Path) -> None:
    """Put somebody who has a stay into the first row of the persons."""
    file, patient = out / "persons.parquet", pl.read_parquet(out / "stays.parquet")["person_id"][-1]
    persons = pl.read_parquet(file)
    mine = persons["person_id"] == patient
    pl.concat([persons.filter(mine), persons.filter(~mine)]).write_parquet(file)


def _spoil(file: Path, one: Spoil) -> None:
    rows = pl.read_parquet(file)
    value = one.value.cast(rows.schema[one.column])
    changed = pl.when(pl.int_range(pl.len()) == one.row).then(value).otherwise(one.column)
    rows.with_columns(changed.alias(one.column)).write_parquet(file)


def test_nothing_is_refused_and_no_hospital_is_held(spoilt: tuple[Folder, Admission]) -> None:
    _, admission = spoilt
    assert admission.quarantine.is_empty()
    assert admission.report.held == ()
    assert all(one.received == one.kept for one in admission.report.tables.values())


def test_each_spoilt_row_is_tagged_and_a_count_by_hand_agrees(
    spoilt: tuple[Folder, Admission],
) -> None:
    folder, admission = spoilt
    told, by_hand = admission.data_faults.select(FINDING), tagged_by_hand(folder)
    assert told.join(by_hand, on=FINDING, how="anti").rows() == []
    assert by_hand.join(told, on=FINDING, how="anti").rows() == []
    assert {check.code for check in CHECKS} <= set(told["code"])
    for one in SPOILS:
        if one.code != "data.after_death":
            key = folder.table(one.table)["row_key"][one.row]
            mine = (told["table"] == one.table) & (told["row_key"] == key)
            assert one.code in told.filter(mine)["code"].to_list(), one


def test_only_a_subject_of_the_right_scheme_explains_a_tag(
    spoilt: tuple[Folder, Admission],
) -> None:
    """The line that was dated outside its stay, before and after its stay is in the key."""
    folder, admission = spoilt
    line = folder.table("fee_lines")[5]
    tags = admission.data_faults.filter(pl.col("row_key") == line["row_key"].item())
    causes = {"data.line_outside_stay": ("H15",)}
    assert not unexplained(folder, tags, causes, {}).is_empty()
    file = folder.out / "truth" / "truth.parquet"
    key = pl.read_parquet(file)
    for scheme, is_explained in (("H02", False), ("H15", True)):
        stay = key.head(1).with_columns(
            subject_type=pl.lit("stay"),
            subject_id=pl.lit(line["stay_id"].item()),
            scheme=pl.lit(scheme),
        )
        pl.concat([key, stay]).write_parquet(file)
        assert unexplained(folder, tags, causes, {}).is_empty() == is_explained


def test_the_suites_count_what_the_queue_holds(
    spoilt: tuple[Folder, Admission], tmp_path: Path
) -> None:
    """But for codes that stand in another table: of these the queue alone knows."""
    _, admission = spoilt
    checked = validate(admission.examined(), night=date(2024, 3, 1), docs=tmp_path / "docs")
    found = {
        (name, code): count
        for name, one in checked.tables.items()
        for code, count in one.unexpected.items()
        if code != UNKNOWN_CODE
    }
    queue = admission.data_faults.filter(pl.col("code") != UNKNOWN_CODE)
    counts = queue.group_by("table", "code").len()
    assert found == {(table, code): count for table, code, count in counts.iter_rows()}
