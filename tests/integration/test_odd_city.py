"""A city with odd subjects at every level: nothing breaks, nothing is infinite, weak is called weak."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases.wording import reasons
from claims.lake import Lake
from claims.settings import load_settings
from claims.tables import BY_NAME
from flows import night as steps
from flows.landing import land_history
from flows.screen import judge
from flows.training import silent
from synthetic import generate

if TYPE_CHECKING:
    from pathlib import Path

    from cases.judged import Judged

COPIED = ("stays", "fee_lines", "stay_diagnoses", "stay_procedures")
KEYS = ("stay_id", "line_id", "reverses_line_id")
FEW, MANY, DAYS = 5, 200, 900
# The odd ones: what is odd of them stands in their names.
FEW_STAYS, OFTEN, LONG, UNSEEN, BABY = "H-few", "P-often", "s-long", "s-unseen", "s-baby"
Told = dict[str, "Judged"]


class Delivery:
    """A folder of Parquet files to which stays are added by copying."""

    def __init__(self, folder: Path) -> None:
        """Open the folder."""
        self.folder = folder

    def read(self, table: str) -> pl.DataFrame:
        """All rows of a table."""
        return pl.read_parquet(self.folder / f"{table}.parquet")

    def add(self, table: str, rows: pl.DataFrame) -> None:
        """Append rows."""
        file = self.folder / f"{table}.parquet"
        pl.concat([pl.read_parquet(file), rows]).write_parquet(file)

    def template(self) -> str:
        """A plain short stay with an operation, late enough that its person came before."""
        operated = self.read("stay_procedures").select("stay_id").unique()
        rows = self.read("stays").join(operated, on="stay_id", how="semi")
        plain = ~pl.col("newborn") & ~pl.col("day_case")
        stay: str = rows.filter(plain).sort("admitted_at", "stay_id")["stay_id"][
            rows.height * 3 // 4
        ]
        return stay

    def copy(self, stay: str, name: str, later: int = 0, **changes: pl.Expr) -> None:
        """Add a stay like another, some days later, with all that hangs on it."""
        for table in COPIED:
            rows = self.read(table).filter(pl.col("stay_id") == stay)
            self.add(table, _moved(_named(rows, stay, name), later, changes))


def _named(rows: pl.DataFrame, stay: str, name: str) -> pl.DataFrame:
    keys = [key for key in KEYS if key in rows.columns]
    new = [pl.format("{}-{}", pl.lit(name), pl.col(key)) for key in keys]
    kept = [
        pl.when(pl.col(key).is_not_null())
        .then(pl.lit(name) if key == "stay_id" else one)
        .alias(key)
        for key, one in zip(keys, new, strict=True)
    ]
    assert rows.is_empty() or set(rows["stay_id"]) == {stay}
    return rows.with_columns(kept)


def _moved(rows: pl.DataFrame, later: int, changes: dict[str, pl.Expr]) -> pl.DataFrame:
    times = [
        (pl.col(name) + timedelta(days=later)).alias(name)
        for name, kind in rows.schema.items()
        if kind.is_temporal()
    ]
    told = {
        name: value.cast(rows.schema[name])
        for name, value in changes.items()
        if name in rows.columns
    }
    return rows.with_columns(times).with_columns(**told)


def _odd(folder: Path) -> None:
    """Put the odd ones into a delivery."""
    city = Delivery(folder)
    stay = city.template()
    house = city.read("hospitals").head(1).with_columns(hospital_id=pl.lit(FEW_STAYS))
    city.add("hospitals", house)
    person = city.read("persons").head(1).with_columns(person_id=pl.lit(OFTEN))
    city.add("persons", person)
    for number in range(FEW):
        city.copy(stay, f"few-{number}", -number, hospital_id=pl.lit(FEW_STAYS))
    for number in range(MANY):
        ended = pl.col("admitted_at") + timedelta(hours=6)
        city.copy(stay, f"often-{number}", number - MANY, person_id=pl.lit(OFTEN),
                  discharged_at=ended, length_of_stay=pl.lit(0), day_case=pl.lit(value=True))  # fmt: skip
    begun = pl.col("discharged_at") - timedelta(days=DAYS)
    city.copy(stay, LONG, admitted_at=begun, length_of_stay=pl.lit(DAYS))
    city.copy(stay, UNSEEN, drg=pl.lit("ZZ99"), principal_diagnosis=pl.lit("Z99.9"))
    city.copy(stay, BABY, newborn=pl.lit(value=True), day_case=pl.lit(value=False))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The odd city, landed and judged at every level."""
    folder = tmp_path_factory.mktemp("odd")
    out = folder / "city"
    generate(out, stays=600, months=12, seed=9)
    _odd(out)
    settings = load_settings(home=folder / "home")
    landed = land_history(settings, out)
    assert landed.admission is not None
    assert landed.admission.quarantine.is_empty()
    assert landed.admission.last is not None
    lake = Lake.at(settings.lake)
    found = judge.fn(settings, lake, landed.admission.last, silent)
    run = steps.Run(landed.admission.last, lake, settings, {})
    steps.hand_over(run, found, steps.select_night(run, found))
    return found


def test_the_copies_are_rows_of_the_contract() -> None:
    for table in COPIED:
        assert set(BY_NAME[table].key) <= {*KEYS, "position"}


ENTITIES = ("stay", "use", "ledger", "person", "physician", "department", "hospital")


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_value_is_infinite_or_no_number(judged: Told, entity: str) -> None:
    for frame in (judged[entity].measured, judged[entity].scores):
        reals = frame.select(pl.selectors.float())
        assert frame.height
        odd = [name for name in reals.columns if not reals[name].drop_nulls().is_finite().all()]
        assert odd == []


def of(judged: Told, entity: str, subject: str) -> dict[str, object]:
    """Measured row of one subject."""
    row: dict[str, object] = (
        judged[entity].measured.filter(pl.col("subject_id") == subject).to_dicts()[0]
    )
    return row


def told(judged: Told, entity: str, subject: str, lang: str = "en") -> list[str]:
    """Reasons of one subject in words."""
    rows = judged[entity].measured.filter(pl.col("subject_id") == subject)
    found = reasons(judged[entity], judged[entity].top(rows))
    return [one[f"text_{lang}"] for one in found["reasons"].item()]


def test_a_hospital_with_five_stays_is_measured_and_its_comparison_called_weak(
    judged: Told,
) -> None:
    assert of(judged, "hospital", FEW_STAYS)["stays_in_year"] == FEW
    assert any("weak" in text or "too few" in text for text in told(judged, "hospital", FEW_STAYS))


def test_a_person_with_two_hundred_stays_is_measured_and_said(judged: Told) -> None:
    pseudonym = str(of(judged, "stay", "often-0")["person_id"])
    assert of(judged, "person", pseudonym)["stays_in_year"] == MANY
    said = told(judged, "person", pseudonym)
    assert any(f"{MANY} times" in text for text in said), said
    assert any(f"{MANY}次" in text for text in told(judged, "person", pseudonym, "zh"))


def test_a_stay_of_nine_hundred_days_is_measured_and_has_finite_reasons(judged: Told) -> None:
    assert of(judged, "stay", LONG)["length_of_stay"] == DAYS
    said = told(judged, "stay", LONG)
    assert said
    assert not any("inf" in text or "nan" in text.split() for text in said)


def test_a_group_never_seen_has_reasons_that_call_the_comparison_weak(judged: Told) -> None:
    compared = [text for text in told(judged, "stay", UNSEEN) if "peers" in text]
    assert compared
    assert all("weak" in text or "too few" in text for text in compared), compared


def test_a_newborn_on_the_mothers_card_is_judged(judged: Told) -> None:
    assert of(judged, "stay", BABY)["newborn"]
    assert told(judged, "stay", BABY)
