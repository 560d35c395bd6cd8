"""Prepared frames of groups: the group itself, the stays in which it met, and their bills."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from features import level_stays
from features.communities import Found, communities
from features.frames import Frame, either, source
from features.level_stays import nights
from features.person_frames import CAUSES, whole_years
from features.stay_frames import attach

if TYPE_CHECKING:
    from claims.history import History

# Main diagnoses by which innocent causes are known (ICD-10).
INFECTIOUS = r"^(A[0-9]|B[0-9]|J0[0-9]|J1[0-9]|J2[0-2]|T62|U07)"
RESPIRATORY = r"^(J[0-9])"
INJURY = r"^(S[0-9]|T0[0-9]|T1[0-9]|T2[0-9]|T3[0-5]|T5[0-9]|V|W)"
SCREENING = r"^(Z0[0-9]|Z1[0-3])"
WINTER_MONTHS = (12, 1, 2)
SCHOOL_AGE, OLD_AGE = (3, 18), 75
# A discount of more than 30% of what persons usually pay themselves (DOMAIN H06).
WAIVED_BELOW = 0.7
# Bills that are compared pair by pair; a larger group is told by its first so many stays.
MOST_BILLS = 120

MEETING = source(
    "stays.person_id",
    "stays.admitted_at",
    "stays.discharged_at",
    "stays.ward",
    "persons.address_hash",
    "stays.referrer",
)
MAIN = tuple(way | main for way in MEETING for main in source("stays.principal_diagnosis"))
CARE = either(tuple(way | drg for way in MAIN for drg in source("stays.drg")))
BORN = tuple(way | born for way in MEETING for born in source("persons.birth_date"))
WAIVED = tuple(
    way | paid
    for way in MEETING
    for paid in source("stays.self_pay_amount", "persons.scheme", "hospitals.level")
)
BILLED = tuple(
    way | line
    for way in MEETING
    for line in source("fee_lines.stay_id", "fee_lines.item_code", "fee_lines.quantity")
)
LEVEL = {"level": "level"}
PERSON = {"birth_date": "birth_date", "scheme": "scheme", "relief": "relief"}


def found(history: History, subjects: pl.LazyFrame) -> Found:
    """Communities of the subjects' hospitals, on their nights."""
    house = pl.col("subject_id").str.split("|").list.first()
    return communities(history, nights(subjects), subjects.select(hospital_id=house).unique())


def group(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a group: its counts, how surprising they are, and its hospital."""
    told = subjects.join(found(history, subjects).told.lazy(), on=["subject_id", "as_of"])
    return attach(told, history, "hospitals", "hospital_id", LEVEL).with_columns(
        person_id=pl.lit(None, pl.String), event_on="as_of"
    )


def stays(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """The stays in which members met, each with its wave and what might explain it."""
    met = found(history, subjects).stays.lazy().select("subject_id", "as_of", "stay_id", "wave")
    ids = met.select("stay_id").unique()
    rows = (
        subjects.join(met, on=["subject_id", "as_of"])
        .join(history.versions("stays", ids), on="stay_id")
        .filter(as_of("as_of"))
        .drop(KNOWN_FROM, KNOWN_UNTIL)
        .collect()
        .lazy()
    )
    # Few stays, asked of whole registers: worked out once before each question.
    told = _of_persons(history, rows).collect().lazy()
    return _explained(_paid(history, told))


def _of_persons(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add what is known of the person and the house of each stay."""
    keyed = rows.rename({"subject_id": "group_id"}).with_columns(
        subject_id=pl.concat_str("stay_id", "group_id", separator="@")
    )
    place = attach(
        keyed, history, "persons", "person_id", PERSON | {"address_hash": "address_hash"}
    )
    housed = attach(_at_address(history, place), history, "hospitals", "hospital_id", LEVEL)
    return housed.drop("subject_id").rename({"group_id": "subject_id"})


def _at_address(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add how many insured persons were registered at the address that night."""
    key = ["as_of", "address_hash"]
    asked = rows.select(key).drop_nulls().unique().collect().lazy()
    registered = (
        history.versions_about("persons", asked.select("address_hash"))
        .join(asked, on="address_hash")
        .filter(as_of("as_of"))
        .group_by(key)
        .agg(at_address=pl.len().cast(pl.Int64))
    )
    return rows.join(registered, on=key, how="left")


def _paid(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add whether the person paid far less than persons of the scheme usually do."""
    share = pl.col("self_pay_amount") / pl.col("total_amount")
    money = ("total_amount", "self_pay_amount")
    year = level_stays.year(history, nights(rows)).select(
        "subject_id", "as_of", "person_id", "level", *money
    )
    known = year.collect().lazy()
    usual = (
        attach(known, history, "persons", "person_id", {"scheme": "scheme"})
        .filter(pl.col("total_amount") > 0)
        .group_by("as_of", "scheme", "level")
        .agg(usual_share=share.median())
    )
    return rows.join(usual, on=["as_of", "scheme", "level"], how="left").with_columns(
        waived=(share < WAIVED_BELOW * pl.col("usual_share")) & (pl.col("total_amount") > 0)
    )


def _explained(rows: pl.LazyFrame) -> pl.LazyFrame:
    admitted = pl.col("admitted_at").dt.date()
    main = pl.col("principal_diagnosis")
    age = whole_years(pl.col("birth_date"), admitted)
    regular = [CAUSES[name] for name in ("oncology", "dialysis", "transfusion")]
    return rows.with_columns(
        admitted_on=admitted,
        diagnosis_3=main.str.slice(0, 3),
        infectious=main.str.contains(INFECTIOUS),
        respiratory=main.str.contains(RESPIRATORY),
        injury=main.str.contains(INJURY),
        screening=main.str.contains(SCREENING),
        regular=pl.any_horizontal(
            code.str.contains(pattern).fill_null(value=False)
            for code in (main, pl.col("drg"))
            for pattern in regular
        ),
        winter=admitted.dt.month().is_in(WINTER_MONTHS),
        age=age,
        school_age=age.is_between(*SCHOOL_AGE),
        old=age >= OLD_AGE,
    )


def bills(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of bills of two members in one wave, with how alike they are (cosine of quantities)."""
    met = (
        subjects.join(found(history, subjects).stays.lazy(), on=["subject_id", "as_of"])
        .select("subject_id", "as_of", "wave", "stay_id", "person_id")
        .filter(pl.col("stay_id").rank("ordinal").over("subject_id", "as_of") <= MOST_BILLS)
    )
    lines = (
        met.join(history.versions("fee_lines", met.select("stay_id")), on="stay_id")
        .filter(as_of("as_of"))
        .group_by("subject_id", "as_of", "wave", "stay_id", "person_id", "item_code")
        .agg(pl.col("quantity").sum())
    )
    return _alike(lines.collect().lazy())


def _alike(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Cosine of every pair of bills; those without a common item are not alike at all."""
    key = ["subject_id", "as_of", "wave"]
    length = (
        lines.group_by(*key, "stay_id", "person_id")
        .agg(square=(pl.col("quantity") ** 2).sum())
        .filter(pl.col("square") > 0)
    )
    others = length.rename(
        {"stay_id": "other_id", "person_id": "other_person", "square": "other_square"}
    )
    pairs = length.join(others, on=key).filter(pl.col("person_id") < pl.col("other_person"))
    times = lines.select(*key, "item_code", other_id="stay_id", times="quantity")
    # Squares and products are whole numbers: their sums know no order.
    product = (
        lines.join(times, on=[*key, "item_code"])
        .group_by(*key, "stay_id", "other_id")
        .agg(product=(pl.col("quantity") * pl.col("times")).sum())
    )
    widths = pl.col("square").cast(pl.Float64) * pl.col("other_square").cast(pl.Float64)
    return pairs.join(product, on=[*key, "stay_id", "other_id"], how="left").with_columns(
        likeness=pl.col("product").fill_null(0) / widths.sqrt()
    )


TOLD = (
    "size",
    "meetings",
    "repeats",
    "expected_meetings",
    "arrived",
    "repeat_surprise",
    "arrival_surprise",
)
FRAMES = {
    frame.name: frame
    for frame in (
        Frame("group", group, single=True, needs=MEETING, sources=dict.fromkeys(TOLD, MEETING)),
        Frame(
            "stays",
            stays,
            needs=MEETING,
            sources=dict.fromkeys(
                (
                    "stay_id",
                    "wave",
                    "person_id",
                    "ward",
                    "referrer",
                    "address_hash",
                    "at_address",
                    "admitted_on",
                    "winter",
                    "total_amount",
                ),
                MEETING,
            )
            | dict.fromkeys(
                ("diagnosis_3", "infectious", "respiratory", "injury", "screening"), MAIN
            )
            | dict.fromkeys(("age", "school_age", "old"), BORN)
            | {
                "regular": CARE,
                "waived": WAIVED,
                "physician_id": source("stays.physician_id"),
                "self_pay_amount": source("stays.self_pay_amount"),
                "admission_way": source("stays.admission_way"),
                "relief": source("persons.relief"),
            },
        ),
        Frame("bills", bills, needs=BILLED, sources={"likeness": BILLED}),
    )
}
