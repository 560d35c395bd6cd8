"""Bills of the last months: what they are made of, and which are alike line for line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import level_stays
from features.frames import source
from features.level_expected import BY_GROUP, with_expected
from features.level_stays import RECENT_DAYS, nights

if TYPE_CHECKING:
    from claims.history import History
    from features.frames import Alternatives

TESTS = ("examination", "laboratory")
ALIKE_WITHIN = "30d"
LINE = ("stay_id", "item_code", "category", "quantity", "amount")
NEEDS = source(
    "stays.drg",
    "hospitals.level",
    "fee_lines.stay_id",
    "fee_lines.item_code",
    "fee_lines.category",
    "fee_lines.amount",
    "fee_lines.quantity",
)
MAIN = tuple(way | main for way in NEEDS for main in source("stays.principal_diagnosis"))
SOURCES: dict[str, Alternatives] = {
    "total_amount": NEEDS,
    "goods": NEEDS,
    "tests": NEEDS,
    "reversed_amount": NEEDS,
    "billed_amount": NEEDS,
    "expected_goods": NEEDS,
    "expected_tests": NEEDS,
    "alike": NEEDS,
    "alike_diagnoses": MAIN,
    "as_of": NEEDS,
}
EXPECTED = {"goods": BY_GROUP, "tests": BY_GROUP}


def bills(subject: pl.Expr, history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a recent stay of each subject, with the sums of its bill.

    ``alike`` counts the stays of the subject that ended in the 30 days up to this one's end
    with the same items in the same quantities, itself among them, and ``alike_diagnoses``
    their different main diagnoses.
    """
    stays = level_stays.described(level_stays.year(history, nights(subjects), RECENT_DAYS))
    summed = with_expected(_summed(history, stays.collect().lazy()).collect(), EXPECTED)
    named = summed.lazy().with_columns(subject_id=subject)
    rows = subjects.join(named, on=["subject_id", "as_of"])
    return _alike(rows)


def _summed(history: History, stays: pl.LazyFrame) -> pl.LazyFrame:
    """Sums of each bill by class of service, and its items as one text."""
    amount, category = pl.col("amount"), pl.col("category")
    key = ["as_of", "stay_id"]
    ids = stays.select("stay_id").unique()
    # What hangs on these stays came with the first of them or later; it is read but once.
    lines = (
        history.since_first_of(ids)
        .versions("fee_lines", ids)
        .select(*LINE, KNOWN_FROM, KNOWN_UNTIL)
        .join(stays.select(key), on="stay_id")
        .filter(as_of("as_of"))
        .collect()
        .lazy()
    )
    sums = lines.group_by(key).agg(
        goods=amount.filter(category == "consumable").sum(),
        tests=amount.filter(category.is_in(TESTS)).sum(),
        billed_amount=amount.filter(amount > 0).sum(),
        reversed_amount=-amount.filter(amount < 0).sum(),
    )
    items = (
        lines.group_by(*key, "item_code")
        .agg(pl.col("quantity").sum())
        .filter(pl.col("quantity") != 0)
        .group_by(key)
        .agg(bill=pl.format("{}={}", "item_code", "quantity").sort().str.join(" "))
    )
    return stays.join(sums, on=key).join(items, on=key, how="left")


def _alike(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Count, for each bill, those like it that ended shortly before it."""
    billed = rows.filter(pl.col("bill").is_not_null() & pl.col("discharged_on").is_not_null())
    key = ["subject_id", "as_of", "bill"]
    counted = (
        billed.sort(*key, "discharged_on", "stay_id")
        .rolling("discharged_on", period=ALIKE_WITHIN, group_by=key)
        .agg(
            pl.col("stay_id").last(),
            alike=pl.len().cast(pl.Int64),
            alike_diagnoses=pl.col("diagnosis_3").drop_nulls().n_unique().cast(pl.Int64),
        )
        # Stays that end on one day see the same days; each row keeps its own.
        .group_by(*key, "discharged_on")
        .agg(pl.col("alike", "alike_diagnoses").max())
    )
    return rows.join(counted, on=[*key, "discharged_on"], how="left").with_columns(
        pl.col("alike", "alike_diagnoses").fill_null(0)
    )
