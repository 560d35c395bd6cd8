"""What an inspector of single devices looks up in the delivered tables."""

from __future__ import annotations

import polars as pl

from claims.knowledge.scopes import CLASS_DIGITS, load_scopes
from tests.unit.synthetic_city import Delivery

USE = ["stay_id", "item_code"]


def uses(city: Delivery, key: pl.DataFrame) -> pl.DataFrame:
    """Labelled uses with stay, item, class and what was billed for them."""
    key = key.filter(pl.col("subject_type") == "use")
    parts = key["subject_id"].str.split("|")
    rows = key.with_columns(stay_id=parts.list.get(0), item_code=parts.list.get(1))
    lines = city.table("fee_lines").filter(pl.col("category") == "consumable")
    billed = lines.group_by(USE).agg(
        billed=pl.col("amount").sum(), units=pl.col("quantity").sum(),
        covered=pl.col("covered").all(), line_department=pl.col("department").first(),
        day=pl.col("performed_at").min().dt.date(),
    )  # fmt: skip
    named = rows.with_columns(class_code=pl.col("item_code").str.slice(0, CLASS_DIGITS))
    return named.join(billed, on=USE, how="left")


def stays(city: Delivery) -> pl.DataFrame:
    """Stays as they were first sent."""
    return city.table("stays").sort("received_on").unique("stay_id", keep="first")


def codes(city: Delivery) -> pl.DataFrame:
    """All diagnoses and procedures of each stay, as two lists."""
    listed = city.table("stay_diagnoses").group_by("stay_id").agg(diagnoses="code")
    done = city.table("stay_procedures").group_by("stay_id").agg(procedures="code")
    ids = city.table("stays").select("stay_id").unique()
    both = ids.join(listed, on="stay_id", how="left").join(done, on="stay_id", how="left")
    return both.with_columns(pl.col("diagnoses", "procedures").fill_null([]))


def main_operations(city: Delivery) -> pl.DataFrame:
    """The first procedure of each stay."""
    return city.table("stay_procedures").filter(pl.col("position") == 1)


def judged(city: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """Uses beside what their scope says of the stay's diagnoses and procedures on that day."""
    both = rows.join(codes(city), on="stay_id")
    verdict: dict[str, list[bool]] = {"paid": [], "fits": []}
    for row in both.iter_rows(named=True):
        scope = load_scopes().of_item(row["item_code"], row["day"])
        verdict["paid"].append(scope is None or scope.pays_for(row["diagnoses"]))
        verdict["fits"].append(scope is None or scope.goes_with(row["procedures"]))
    return both.with_columns(
        paid=pl.Series(verdict["paid"], dtype=pl.Boolean),
        fits=pl.Series(verdict["fits"], dtype=pl.Boolean),
    )


def share(flags: pl.Series) -> float:
    """Share of true values."""
    assert len(flags) > 0  # a share of nothing proves nothing
    return float(flags.fill_null(value=False).to_numpy().mean())


def level(rows: pl.DataFrame, difficulty: int) -> pl.DataFrame:
    """Rows of one difficulty, of which there must be some."""
    mine = rows.filter(pl.col("difficulty") == difficulty)
    assert len(mine) > 0, difficulty
    return mine
