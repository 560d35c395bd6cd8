"""The prepared frame of likeness: a stay beside the stays of its ward, physician and hospital.

The others are the stays that ended within 30 days of it in the same hospital, as known on its
night. Bills that are equal are met through their number, those of a ward in blocks
(``features/beside.py``); no pair of stays is ever written down with its items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import outlines, stay_frames
from features.covered_elsewhere import covered_elsewhere
from features.frames import Frame, source, together
from features.ward_likeness import FEWEST_ITEMS, WARD, WINDOW_DAYS, in_ward

if TYPE_CHECKING:
    from claims.history import History

OTHER = ("person_id", "physician_id", "diagnosis_3", "discharged_on")


def likeness(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: how many others its ward had, and how like them its bill is."""
    everything = history.whole()
    this = _this(everything, subjects).collect().lazy()
    rows, bills = _outlined(everything, this)
    mine = this.join(_own(this, bills.lazy()), on="subject_id").collect()
    near = [
        in_ward(mine, rows, bills).lazy(),
        _identical(mine.lazy(), bills.lazy(), "bill"),
        _identical(mine.lazy(), bills.lazy(), "care"),
        covered_elsewhere(mine, rows, bills).lazy(),
    ]
    joined = mine.lazy().drop("bill_row")
    for part in near:
        joined = joined.join(part, on="subject_id", how="left")
    return joined.with_columns(pl.col(*COUNTED).fill_null(0))


COUNTED = tuple(
    f"{number}_{counted}"
    for number in ("bill", "care")
    for counted in ("stays", "persons", "diagnoses", "of_physician", "diagnoses_of_physician")
)


def _this(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    return stay_frames.stay(history, subjects).select(
        "subject_id", "as_of", *WARD, *OTHER, "total_amount"
    )


def _outlined(history: History, this: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Items and bills of these stays and of those around them, with who and where."""
    stays = _around(history, this).collect().lazy()
    rows = outlines.items(history, stays.select("stay_id").unique()).collect().lazy()
    bills = (
        outlines.bills(rows)
        .join(stays, on="stay_id")
        .filter(as_of_version(KNOWN_FROM))
        .drop("version_from", "version_until")
        .sort("stay_id", KNOWN_FROM)
        .with_row_index("bill_row")
        .collect()
    )
    where = bills.lazy().select("stay_id", KNOWN_FROM, "bill_row")
    # Items by number: of each there are as many rows as bills that hold it.
    item = pl.col("item_code").rank("dense").alias("item")
    numbered = rows.join(where, on=["stay_id", KNOWN_FROM]).select(
        "bill_row", item, "active", "test", "covered", "amount"
    )
    return numbered.collect(), bills


def as_of_version(night: str) -> pl.Expr:
    """Whether a version of a stay was the one known on a night."""
    since, until = pl.col("version_from"), pl.col("version_until")
    return (since <= pl.col(night)) & (until.is_null() | (pl.col(night) < until))


def _around(history: History, this: pl.LazyFrame) -> pl.LazyFrame:
    """Versions of the stays of the same hospitals around the time of these."""
    slack = pl.duration(days=WINDOW_DAYS)
    spans = this.group_by("hospital_id").agg(
        first=pl.col("discharged_on").min() - slack, last=pl.col("discharged_on").max() + slack
    )
    # Two dates, not a frame of them: so the lake need not hand out the years before.
    ends = this.select(first=pl.col("discharged_on").min(), last=pl.col("discharged_on").max())
    first, last = (pl.lit(end, pl.Date) for end in ends.collect().row(0))
    ended = pl.col("discharged_at").dt.date().is_between(first - slack, last + slack)
    ids = history.tables["stays"].filter(ended).select("stay_id")
    return (
        stay_frames.describe(history.versions("stays", ids))
        .filter(~pl.col("voided").fill_null(value=False))
        .join(spans, on="hospital_id")
        .filter(pl.col("discharged_on").is_between(pl.col("first"), pl.col("last")))
        .select("stay_id", *WARD, *OTHER, version_from=KNOWN_FROM, version_until=KNOWN_UNTIL)
    )


def _own(this: pl.LazyFrame, bills: pl.LazyFrame) -> pl.LazyFrame:
    """The bill of each stay itself, as known on its night."""
    numbers = bills.select(
        "bill_row", "bill", "care", "care_items", "tests", KNOWN_FROM, KNOWN_UNTIL,
        subject_id="stay_id",
    )  # fmt: skip
    return (
        this.select("subject_id", "as_of")
        .join(numbers, on="subject_id")
        .filter(as_of("as_of"))
        .drop("as_of", KNOWN_FROM, KNOWN_UNTIL)
    )


def _beside(this: pl.LazyFrame, bills: pl.LazyFrame, on: list[str]) -> pl.LazyFrame:
    """Pairs of a stay and another around its time that share a key."""
    others = bills.rename({name: f"other_{name}" for name in OTHER} | {"stay_id": "other_id"})
    return this.join(others, on=on).filter(as_of("as_of") & _near() & _another())


def _near() -> pl.Expr:
    apart = (pl.col("discharged_on") - pl.col("other_discharged_on")).dt.total_days()
    return apart.abs() <= WINDOW_DAYS


def _another() -> pl.Expr:
    return pl.col("other_id") != pl.col("subject_id")


def _identical(mine: pl.LazyFrame, bills: pl.LazyFrame, number: str) -> pl.LazyFrame:
    """Other stays of the hospital with the same number: how many, of whom, for what."""
    with_number = mine.filter(pl.col("care_items") >= FEWEST_ITEMS).select(
        "subject_id", "as_of", "hospital_id", *OTHER, number
    )
    columns = ["stay_id", "hospital_id", *OTHER, KNOWN_FROM, KNOWN_UNTIL, number]
    pairs = _beside(with_number, bills.select(columns), ["hospital_id", number])
    same, foreign = _same("physician_id"), _foreign("diagnosis_3")
    diagnosis = pl.col("other_diagnosis_3")
    # The diagnosis of the stay itself counts as one.
    return (
        pairs.filter(_foreign("person_id"))
        .group_by("subject_id")
        .agg(
            pl.len().alias(f"{number}_stays"),
            pl.col("other_person_id").n_unique().alias(f"{number}_persons"),
            (diagnosis.filter(foreign).n_unique() + 1).alias(f"{number}_diagnoses"),
            same.sum().alias(f"{number}_of_physician"),
            (diagnosis.filter(foreign & same).n_unique() + 1).alias(
                f"{number}_diagnoses_of_physician"
            ),
        )
    )


def _same(name: str) -> pl.Expr:
    """Whether both are known to have the same."""
    return (pl.col(name) == pl.col(f"other_{name}")).fill_null(value=False)


def _foreign(name: str) -> pl.Expr:
    """Whether both are known to have another."""
    return (pl.col(name) != pl.col(f"other_{name}")).fill_null(value=False)


BILL = source(
    "fee_lines.stay_id", "fee_lines.item_code", "fee_lines.category", "fee_lines.quantity",
    "fee_lines.amount", "stays.discharged_at",
)  # fmt: skip
IN_WARD = together(BILL, source("stays.ward"))
OF_PHYSICIAN = together(BILL, source("stays.physician_id", "stays.person_id"))
OF_PERSONS = together(BILL, source("stays.person_id"))
FOR_WHAT = together(OF_PERSONS, source("stays.principal_diagnosis"))
FRAMES = {
    "likeness": Frame(
        "likeness",
        likeness,
        single=True,
        needs=BILL,
        sources={
            "ward_stays": IN_WARD,
            "physician_stays": together(IN_WARD, source("stays.physician_id")),
            **dict.fromkeys(
                ("ward_likeness", "ward_twins", "ward_test_likeness", "ward_test_twins"), IN_WARD
            ),
            **dict.fromkeys(("bill_stays", "care_stays"), OF_PERSONS),
            **dict.fromkeys(("bill_persons", "care_persons"), OF_PERSONS),
            **dict.fromkeys(("bill_diagnoses", "care_diagnoses"), FOR_WHAT),
            **dict.fromkeys(("bill_of_physician", "care_of_physician"), OF_PHYSICIAN),
            **dict.fromkeys(
                ("bill_diagnoses_of_physician", "care_diagnoses_of_physician"),
                together(FOR_WHAT, OF_PHYSICIAN),
            ),
            "physician_twins": together(IN_WARD, OF_PHYSICIAN),
            "physician_twin_diagnoses": together(IN_WARD, OF_PHYSICIAN, FOR_WHAT),
            "covered_elsewhere": together(BILL, source("fee_lines.covered")),
            "total_amount": source("stays.total_amount"),
        },
    )
}
