"""Prepared frames of what was coded: diagnoses with their support, groups with their siblings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.knowledge.body_systems import group_fits, never_main, operation_fits, ungrouped
from claims.knowledge.codes import begins, in_force, mentions
from claims.knowledge.complications import MAJOR, MINOR, PLAIN, level, load_complications
from claims.knowledge.courses import load_courses
from claims.knowledge.demographics import wrong_age, wrong_sex
from features.frames import Frame, source
from features.stay_frames import diagnoses, procedures, stay

if TYPE_CHECKING:
    from claims.history import History

DIGITS = (MAJOR, MINOR, PLAIN)
SEVERITY_PLACE = 3  # of the digit of severity in a CHS-DRG code, from 0
PALLIATIVE, TRANSFUSED = (load_courses()[name][1] for name in ("palliative", "transfusion"))
CODED = source("stay_diagnoses.stay_id", "stay_diagnoses.code")
OPERATED = source("stay_procedures.stay_id", "stay_procedures.code")
BILLED = source(
    "fee_lines.stay_id", "fee_lines.item_code", "fee_lines.quantity", "service_items.name"
)
DAY = source("stays.discharged_at")
MAIN = source("stays.principal_diagnosis")
SEX = source("stays.person_id", "persons.sex")
AGE = source("stays.person_id", "persons.birth_date", "stays.admitted_at")
STANDARDS = source(
    "stays.drg", "stays.person_id", "persons.scheme", "hospitals.level",
    "drg_standards.payment_standard",
)  # fmt: skip


def both(*parts: tuple[frozenset[tuple[str, str]], ...]) -> tuple[frozenset[tuple[str, str]], ...]:
    """All of these sources together, each of which has one way."""
    return (frozenset().union(*(way for part in parts for way in part)),)


def marked_items(history: History) -> pl.LazyFrame:
    """Items of the price list that show or treat a complication, each with its nights.

    Columns: item_code, known_from, known_until, complication, tests (true) or treats (false).
    """
    items = history.versions("service_items").select("item_code", "name", KNOWN_FROM, KNOWN_UNTIL)
    return pl.concat(
        items.filter(mentions("name", words))
        .drop("name")
        .with_columns(complication=pl.lit(one.name), tests=pl.lit(kind))
        for one in load_complications()
        for kind, words in ((True, one.tests), (False, one.treatments))
    )


def billed(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Items of the stays that were not taken back: subject_id, as_of, item_code, amount."""
    ids = subjects.select(pl.col("subject_id").alias("stay_id"))
    lines = subjects.join(
        history.versions("fee_lines", ids), left_on="subject_id", right_on="stay_id"
    )
    return (
        lines.filter(as_of("as_of"))
        .group_by("subject_id", "as_of", "item_code")
        .agg(pl.col("quantity", "amount").sum())
        .filter(pl.col("quantity") > 0)
        .drop("quantity")
    )


def shown(history: History, items: pl.LazyFrame) -> pl.LazyFrame:
    """What the bill shows of each complication: subject_id, complication, tested, treated."""
    return (
        items.join(marked_items(history), on="item_code")
        .filter(as_of("as_of"))
        .group_by("subject_id", "complication")
        .agg(tested=pl.col("tests").any(), treated=(~pl.col("tests")).any())
    )


def complication_of(code: str) -> pl.Expr:
    """Name of the complication that a diagnosis is, or null where none is described."""
    return pl.coalesce(
        pl.when(begins(code, one.codes) & in_force(one.since)).then(pl.lit(one.name))
        for one in load_complications()
    )


def coded(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a coded diagnosis of the stays, with its weight and what the bill shows of it.

    ``tested`` and ``treated`` are null where nothing is said of the diagnosis or the stay
    has no line at all; ``uncoded`` is the number of complications of the stay that were
    both tested and treated, tellingly, and are not coded.
    """
    # Each is read several times below; a plan that holds them all would group lines anew.
    items = billed(history, subjects).collect().lazy()
    seen = shown(history, items).collect().lazy()
    rows = _diagnoses(history, subjects).collect().lazy()
    has_lines = items.select("subject_id").unique().with_columns(has_lines=pl.lit(value=True))
    known = pl.col("has_lines") & pl.col("complication").is_not_null()
    return (
        rows.join(has_lines, on="subject_id", how="left")
        .join(seen, on=["subject_id", "complication"], how="left")
        .join(_missed(rows, seen), on="subject_id", how="left")
        .with_columns(
            pl.when(known).then(pl.col(name).fill_null(value=False)).alias(name)
            for name in ("tested", "treated")
        )
        .with_columns(pl.when("has_lines").then(pl.col("uncoded").fill_null(0)).alias("uncoded"))
    )


def _diagnoses(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Diagnoses with what the lists of codes say of them for this person on that day."""
    about = stay(history, subjects).select(
        "subject_id", "event_on", "principal_diagnosis", "sex", "age"
    )
    return (
        diagnoses(history, subjects)
        .select("subject_id", "position", "code", "present_on_admission")
        .join(about, on="subject_id")
        .with_columns(
            main=(pl.col("position") == 1)
            | (pl.col("code") == pl.col("principal_diagnosis")).fill_null(value=False),
            level=level("code"),
            complication=complication_of("code"),
            wrong_sex=wrong_sex("diagnoses", "code"),
            wrong_age=wrong_age("diagnoses", "code"),
            palliative=begins("code", PALLIATIVE),
            transfused=begins("code", TRANSFUSED),
        )
    )


def _missed(rows: pl.LazyFrame, seen: pl.LazyFrame) -> pl.LazyFrame:
    """How many telling complications the bill shows in full that no diagnosis names."""
    telling = [one.name for one in load_complications() if one.telling]
    full = seen.filter(pl.col("tested") & pl.col("treated"))
    return (
        full.filter(pl.col("complication").is_in(telling))
        .join(rows, on=["subject_id", "complication"], how="anti")
        .group_by("subject_id")
        .agg(uncoded=pl.len())
    )


def _gravest(counted: pl.Expr) -> pl.Expr:
    """Digit of severity of the gravest other diagnosis that counts."""
    major = (counted & (pl.col("level") == "mcc")).any()
    minor = (counted & (pl.col("level") == "cc")).any()
    return (
        pl.when(major).then(pl.lit(MAJOR)).when(minor).then(pl.lit(MINOR)).otherwise(pl.lit(PLAIN))
    )


def bare() -> pl.Expr:
    """Whether neither a test nor a treatment of this diagnosis was billed; null if unknown."""
    return ~pl.col("tested") & ~pl.col("treated")


def _paid_at(severity: str) -> pl.Expr:
    """The standard for the severity in a column; null for any other digit.

    A group that is split in two, with the grave (1) or without (5), does not tell where a
    lighter complication belongs: the stay's own price then stands.
    """
    own = pl.coalesce(pl.when(pl.col("digit") == one).then(f"standard_{one}") for one in DIGITS)
    paid = {
        MAJOR: pl.coalesce("standard_1", "standard_3", "standard_5"),
        MINOR: pl.coalesce("standard_3", own),
        PLAIN: pl.col("standard_5"),
    }
    return pl.coalesce(pl.when(pl.col(severity) == one).then(paid[one]) for one in DIGITS)


def siblings(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Payment standards of a stay's group and its siblings on the day of discharge.

    One row a stay: subject_id, standard_1, standard_3, standard_5 (fen, null where none).
    """
    own = stay(history, subjects).select(
        "subject_id", "as_of", "level", "scheme", "event_on", stem=pl.col("drg").str.slice(0, 3)
    )
    prices = history.versions("drg_standards").select(
        "scheme", "valid_from", "valid_to", "payment_standard", KNOWN_FROM, KNOWN_UNTIL,
        level="hospital_level",
        stem=pl.col("drg").str.slice(0, SEVERITY_PLACE),
        digit=pl.col("drg").str.slice(SEVERITY_PLACE, 1),
    )  # fmt: skip
    holds = (pl.col("valid_from") <= pl.col("event_on")) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("event_on"))
    )
    newest = pl.col("payment_standard").sort_by("valid_from").last()
    standards = (
        own.join(prices, on=["stem", "level", "scheme"])
        .filter(as_of("as_of") & holds)
        .group_by("subject_id", "digit")
        .agg(newest)
    )
    wide = [
        pl.col("payment_standard").filter(pl.col("digit") == one).max().alias(f"standard_{one}")
        for one in DIGITS
    ]
    return standards.group_by("subject_id").agg(wide)


def grouped(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: the severity it was grouped at, coded for and supported in, with prices.

    ``coded_standard``, ``told_standard`` and ``supported_standard`` are what its group is
    paid, what its coded diagnoses alone would give, and what those give that the bill does
    not contradict; ``lighter_standard`` belongs to the next sibling below its group. Fen.
    """
    others = coded(history, subjects).filter(~pl.col("main"))
    severities = others.group_by("subject_id").agg(
        told=_gravest(pl.lit(value=True)),
        supported=_gravest(~bare().fill_null(value=False)),
    )
    digit = pl.col("drg").str.slice(SEVERITY_PLACE, 1)
    split = digit.is_in(DIGITS)
    below = pl.when(pl.col("digit") == MAJOR).then(pl.coalesce("standard_3", "standard_5"))
    return (
        stay(history, subjects)
        .select("subject_id", "drg", "total_amount", "payment_standard")
        .join(severities, on="subject_id", how="left")
        .join(siblings(history, subjects), on="subject_id", how="left")
        .with_columns(digit=pl.when(split).then(digit))
        .with_columns(
            pl.when(pl.col("digit").is_not_null()).then(pl.col(name).fill_null(PLAIN)).alias(name)
            for name in ("told", "supported")
        )
        .with_columns(
            coded_standard=_paid_at("digit"),
            told_standard=_paid_at("told"),
            supported_standard=_paid_at("supported"),
            lighter_standard=below.when(pl.col("digit") == MINOR).then("standard_5"),
        )
    )


def principal(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay: whether its main diagnosis, its operations and its group go together.

    ``operation_fits`` is true when the main diagnosis goes with an operation, false when it
    goes with none, null when nothing is known; ``elsewhere_fits`` asks the same of the other
    diagnoses. ``operated`` says that an operation is coded, ``operation_billed`` that the
    fee for one is.
    """
    this = stay(history, subjects).select("subject_id", "event_on", "drg", "principal_diagnosis")
    operations = procedures(history, subjects).select("subject_id", operation="code")
    paired = operations.join(this, on="subject_id").with_columns(
        fits=operation_fits("operation", "principal_diagnosis")
    )
    paired = paired.collect().lazy()
    main = paired.group_by("subject_id").agg(operation_fits=pl.col("fits").any(ignore_nulls=True))
    told = paired.filter(pl.col("fits").is_not_null()).select("subject_id").unique()
    return (
        this.join(main.join(told, on="subject_id"), on="subject_id", how="left")
        .join(_elsewhere(history, subjects, paired), on="subject_id", how="left")
        .join(_present(operations, "operated"), on="subject_id", how="left")
        .join(
            _present(_surgery(history, subjects), "operation_billed"), on="subject_id", how="left"
        )
        .with_columns(
            pl.col("operated", "operation_billed").fill_null(value=False),
            group_fits=group_fits("drg", "principal_diagnosis"),
            never_main=never_main("principal_diagnosis"),
            ungrouped=ungrouped("drg"),
            kind=pl.col("drg").str.slice(1, 1),
        )
    )


def _present(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    return rows.select("subject_id").unique().with_columns(pl.lit(value=True).alias(name))


def _surgery(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """Stays with an operation's fee that was not taken back."""
    ids = subjects.select(pl.col("subject_id").alias("stay_id"))
    lines = subjects.join(
        history.versions("fee_lines", ids).filter(pl.col("category") == "surgery"),
        left_on="subject_id",
        right_on="stay_id",
    )
    return (
        lines.filter(as_of("as_of"))
        .group_by("subject_id")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") > 0)
    )


def _elsewhere(history: History, subjects: pl.LazyFrame, paired: pl.LazyFrame) -> pl.LazyFrame:
    """Whether another diagnosis than the main one goes with an operation that it does not."""
    others = diagnoses(history, subjects).select("subject_id", other="code")
    lonely = paired.filter(~pl.col("fits")).select("subject_id", "event_on", "operation")
    return (
        lonely.join(others, on="subject_id")
        .group_by("subject_id")
        .agg(elsewhere_fits=operation_fits("operation", "other").any())
    )


FRAMES = {
    frame.name: frame
    for frame in (
        Frame(
            "coded",
            coded,
            needs=CODED,
            sources={
                "code": CODED,
                "palliative": CODED,
                "transfused": CODED,
                "main": both(CODED, MAIN),
                "level": CODED,
                "tested": both(CODED, BILLED, DAY),
                "treated": both(CODED, BILLED, DAY),
                "uncoded": both(CODED, BILLED, DAY),
                "wrong_sex": both(CODED, SEX, DAY),
                "wrong_age": both(CODED, AGE, DAY),
                "present_on_admission": both(CODED, source("stay_diagnoses.present_on_admission")),
            },
        ),
        Frame(
            "grouped",
            grouped,
            single=True,
            sources={
                "total_amount": source("stays.total_amount"),
                "payment_standard": source("stays.payment_standard"),
                "digit": source("stays.drg"),
                "told": both(source("stays.drg"), CODED, MAIN),
                "supported": both(source("stays.drg"), CODED, MAIN, BILLED, DAY),
                "coded_standard": both(STANDARDS, DAY),
                "lighter_standard": both(STANDARDS, DAY),
                "told_standard": both(STANDARDS, DAY, CODED, MAIN),
                "supported_standard": both(STANDARDS, DAY, CODED, MAIN, BILLED),
            },
        ),
        Frame(
            "principal",
            principal,
            single=True,
            sources={
                "never_main": both(MAIN, DAY),
                "ungrouped": source("stays.drg"),
                "kind": source("stays.drg"),
                "group_fits": both(MAIN, DAY, source("stays.drg")),
                "operation_fits": both(MAIN, DAY, OPERATED),
                "elsewhere_fits": both(MAIN, DAY, OPERATED, CODED),
                "operated": OPERATED,
                "operation_billed": source(
                    "fee_lines.stay_id", "fee_lines.category", "fee_lines.amount"
                ),
            },
        ),
    )
}
