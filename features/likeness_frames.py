"""The prepared frame of likeness: a stay beside the stays of its ward, physician and hospital.

The others are the stays that ended within 30 days of it in the same hospital, as known on its
night. They are met through keys (a ward and an item, a hospital and the number of a bill),
never pair by pair through a whole hospital.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import outlines, stay_frames
from features.frames import Frame, source, together

if TYPE_CHECKING:
    from claims.history import History

WINDOW_DAYS = 30
# Two bills are alike when they share nine tenths of all their items (DOMAIN, H04).
ALIKE = 0.9
# Bills of fewer items are alike by chance.
FEWEST_ITEMS = 5
# Others to whom the hospital billed an item as covered, before it counts as covered there.
FEWEST_COVERED = 3
WARD = ("hospital_id", "ward")
OTHER = ("person_id", "physician_id", "diagnosis_3", "discharged_on")


def likeness(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: how many others its ward had, and how like them its bill is."""
    everything = history.whole()
    this = _this(everything, subjects).collect().lazy()
    rows, bills = _outlined(everything, this)
    mine = _mine(this, rows)
    near = [
        _of_ward(this, bills),
        _alike(mine, rows, bills),
        _identical(this, bills, "bill"),
        _identical(this, bills, "care"),
        _covered_elsewhere(mine, rows, bills),
    ]
    joined = this.join(_own(this, bills), on="subject_id", how="inner")
    for part in near:
        joined = joined.join(part, on="subject_id", how="left")
    return joined.with_columns(pl.col(*COUNTED).fill_null(0))


COUNTED = (
    "ward_stays", "physician_stays", "ward_twins", "ward_test_twins", "bill_stays", "bill_persons",
    "bill_diagnoses", "bill_of_physician", "bill_diagnoses_of_physician", "care_stays",
    "care_persons", "care_diagnoses", "care_of_physician", "care_diagnoses_of_physician",
    "covered_elsewhere", "physician_twins", "physician_twin_diagnoses",
)  # fmt: skip


def _this(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    return stay_frames.stay(history, subjects).select(
        "subject_id", "as_of", *WARD, *OTHER, "total_amount"
    )


def _outlined(history: History, this: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Items and bills of these stays and of those around them, with who and where."""
    stays = _around(history, this).collect().lazy()
    ids = stays.select("stay_id").unique()
    rows = outlines.items(history, ids).collect().lazy()
    known = (
        outlines.bills(rows)
        .join(stays, on="stay_id")
        .filter(as_of_version(KNOWN_FROM))
        .drop("version_from", "version_until")
        .sort("stay_id", KNOWN_FROM)
        .with_row_index("bill_row")
        .collect()
        .lazy()
    )
    keys = ["stay_id", KNOWN_FROM]
    where = known.select(*keys, "bill_row", *WARD)
    return rows.join(where, on=keys).collect().lazy(), known


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
    return (
        stay_frames.describe(history.versions("stays"))
        .filter(~pl.col("voided").fill_null(value=False))
        .join(spans, on="hospital_id")
        .filter(pl.col("discharged_on").is_between(pl.col("first"), pl.col("last")))
        .select("stay_id", *WARD, *OTHER, version_from=KNOWN_FROM, version_until=KNOWN_UNTIL)
    )


def _own(this: pl.LazyFrame, bills: pl.LazyFrame) -> pl.LazyFrame:
    """The bill of each stay itself, as known on its night."""
    numbers = bills.select(
        "bill", "care", "care_items", "tests", KNOWN_FROM, KNOWN_UNTIL, subject_id="stay_id"
    )
    return (
        this.select("subject_id", "as_of")
        .join(numbers, on="subject_id")
        .filter(as_of("as_of"))
        .drop("as_of", KNOWN_FROM, KNOWN_UNTIL)
    )


def _mine(this: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Items of each stay itself, as known on its night."""
    items = rows.select(
        "item_code", "amount", "covered", "active", "test", KNOWN_FROM, KNOWN_UNTIL,
        subject_id="stay_id",
    )  # fmt: skip
    return this.join(items, on="subject_id").filter(as_of("as_of")).drop(KNOWN_FROM, KNOWN_UNTIL)


def _beside(this: pl.LazyFrame, bills: pl.LazyFrame, on: list[str]) -> pl.LazyFrame:
    """Pairs of a stay and another around its time that share a key."""
    others = bills.rename({name: f"other_{name}" for name in OTHER} | {"stay_id": "other_id"})
    return this.join(others, on=on).filter(as_of("as_of") & _near() & _another())


def _near() -> pl.Expr:
    apart = (pl.col("discharged_on") - pl.col("other_discharged_on")).dt.total_days()
    return apart.abs() <= WINDOW_DAYS


def _another() -> pl.Expr:
    return pl.col("other_id") != pl.col("subject_id")


def _of_ward(this: pl.LazyFrame, bills: pl.LazyFrame) -> pl.LazyFrame:
    """How many other stays the ward and, in it, the physician had."""
    places = bills.select("stay_id", *WARD, *OTHER, KNOWN_FROM, KNOWN_UNTIL)
    return (
        _beside(this, places, list(WARD))
        .group_by("subject_id")
        .agg(
            ward_stays=pl.len(),
            physician_stays=_same("physician_id").sum(),
        )
    )


def _alike(mine: pl.LazyFrame, rows: pl.LazyFrame, bills: pl.LazyFrame) -> pl.LazyFrame:
    """How many stays of the ward have nearly the same items, and the same tests."""
    places = bills.select(
        "bill_row", "care_items", "tests", *(pl.col(name).alias(f"other_{name}") for name in OTHER),
        other_id="stay_id",
    )  # fmt: skip
    theirs = rows.filter("active").select(*WARD, "item_code", "bill_row", KNOWN_FROM, KNOWN_UNTIL)
    active = mine.filter("active")
    own = active.group_by("subject_id").agg(
        pl.col(*OTHER).first(), own_items=pl.len(), own_tests=pl.col("test").sum()
    )
    shared = (
        active.select("subject_id", "as_of", *WARD, "item_code", "test")
        .join(theirs, on=[*WARD, "item_code"])
        .filter(as_of("as_of"))
        .group_by("subject_id", "bill_row")
        .agg(items=pl.len(), same_tests=pl.col("test").sum())
    )
    pairs = (
        shared.join(places, on="bill_row")
        .join(own, on="subject_id")
        .filter(_another() & _near())
        .with_columns(
            of_items=_jaccard("items", "own_items", "care_items"),
            of_tests=_jaccard("same_tests", "own_tests", "tests"),
        )
    )
    twin = (pl.col("of_items") >= ALIKE).fill_null(value=False)
    ours = twin & _same("physician_id") & _foreign("person_id")
    return pairs.group_by("subject_id").agg(
        physician_twins=ours.sum(),
        physician_twin_diagnoses=pl.col("other_diagnosis_3")
        .filter(ours & _foreign("diagnosis_3"))
        .n_unique()
        + 1,
        ward_likeness=pl.col("of_items").max(),
        ward_twins=(pl.col("of_items") >= ALIKE).sum(),
        ward_test_likeness=pl.col("of_tests").max(),
        ward_test_twins=(pl.col("of_tests") >= ALIKE).sum(),
    )


def _jaccard(shared: str, mine: str, theirs: str) -> pl.Expr:
    """Shared items over all items of both; null where either has too few to compare."""
    enough = (pl.col(mine) >= FEWEST_ITEMS) & (pl.col(theirs) >= FEWEST_ITEMS)
    both = pl.col(mine).cast(pl.Int64) + pl.col(theirs).cast(pl.Int64) - pl.col(shared)
    return pl.when(enough).then(pl.col(shared) / both)


def _identical(this: pl.LazyFrame, bills: pl.LazyFrame, number: str) -> pl.LazyFrame:
    """Other stays of the hospital with the same number: how many, of whom, for what."""
    own = _own(this, bills).filter(pl.col("care_items") >= FEWEST_ITEMS)
    with_number = this.join(own.select("subject_id", number), on="subject_id")
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


def _covered_elsewhere(mine: pl.LazyFrame, rows: pl.LazyFrame, bills: pl.LazyFrame) -> pl.LazyFrame:
    """Amount paid outside the scope for items that the hospital bills to others inside it."""
    outside = mine.filter(~pl.col("covered"))
    asked = outside.select("hospital_id", "item_code").unique()
    inside = rows.filter("covered").join(asked, on=["hospital_id", "item_code"], how="semi")
    places = bills.select("bill_row", other_discharged_on="discharged_on")
    met = (
        outside.select("subject_id", "as_of", "discharged_on", "hospital_id", "item_code", "amount")
        .join(
            inside.select(
                "hospital_id", "item_code", "bill_row", KNOWN_FROM, KNOWN_UNTIL, other_id="stay_id"
            ),
            on=["hospital_id", "item_code"],
        )
        .filter(as_of("as_of") & _another())
        .join(places, on="bill_row")
        .filter(_near())
        .group_by("subject_id", "item_code")
        .agg(pl.col("amount").first(), others=pl.len())
        .filter(pl.col("others") >= FEWEST_COVERED)
    )
    return met.group_by("subject_id").agg(covered_elsewhere=pl.col("amount").sum())


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
