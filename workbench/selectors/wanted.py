"""What a reader asked of the queue, and the conditions that it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from claims.schema import FEN_PER_YUAN
from workbench.life import CLOSED, ON_SITE

# What may be asked for besides a single state.
MINE, EVERY_STATE = "mine", "all"


@dataclass(frozen=True)
class Wanted:
    """What a reader asked for; None asks for nothing in particular."""

    scenario: str | None = None
    grade: str | None = None
    hospital: str | None = None
    scheme: str | None = None
    district: str | None = None
    amount_from: int | None = None
    waiting_days: int | None = None
    state: str | None = None
    # Who asks: the owner that *mine* means, and the district beyond which nothing is shown.
    reader: str = ""
    only_district: str = ""


# No condition. It is left out before Polars sees it: on large frames that several threads
# read at once, Polars 2.1 now and then failed on a filter that was nothing but a literal.
ANYTHING: Final = pl.lit(value=True)


def _scenario(wanted: Wanted) -> pl.Expr:
    return ANYTHING if wanted.scenario is None else pl.col("scenario") == wanted.scenario


def of_grade(wanted: Wanted) -> pl.Expr:
    """The grade that is wanted, apart from all else, so that grades can be counted."""
    return ANYTHING if wanted.grade is None else pl.col("grade") == wanted.grade


def _hospital(wanted: Wanted) -> pl.Expr:
    if wanted.hospital is None:
        return ANYTHING
    text = wanted.hospital.lower()
    named = pl.col("hospital_name").str.to_lowercase().str.contains(text, literal=True)
    return named.fill_null(value=False) | (pl.col("hospital_id").str.to_lowercase() == text)


def conditions(wanted: Wanted) -> list[pl.Expr]:
    """All that is wanted but the grade."""
    return [
        _scenario(wanted),
        _hospital(wanted),
        _equal("district", wanted.only_district or None),
        _equal("district", wanted.district),
        _scheme(wanted),
        _amount(wanted),
        _age(wanted),
        _state(wanted),
    ]


def _equal(column: str, value: str | None) -> pl.Expr:
    return ANYTHING if value is None else (pl.col(column) == value).fill_null(value=False)


def _scheme(wanted: Wanted) -> pl.Expr:
    if wanted.scheme is None:
        return ANYTHING
    return pl.col("rule_codes").list.contains(wanted.scheme).fill_null(value=False)


def _amount(wanted: Wanted) -> pl.Expr:
    if wanted.amount_from is None:
        return ANYTHING
    return pl.col("amount_at_risk") >= wanted.amount_from * FEN_PER_YUAN


def _age(wanted: Wanted) -> pl.Expr:
    """Cases opened so many days before the newest night, or earlier."""
    if wanted.waiting_days is None:
        return ANYTHING
    return pl.col("opened_on") <= pl.col("run_date").max() - pl.duration(days=wanted.waiting_days)


def _state(wanted: Wanted) -> pl.Expr:
    if wanted.state == MINE:
        return (pl.col("owner") == wanted.reader).fill_null(value=False)
    if wanted.state == EVERY_STATE:
        return ANYTHING
    if wanted.state is not None:
        return pl.col("state") == wanted.state
    return ~pl.col("state").is_in([*CLOSED, ON_SITE])


def narrowed(rows: pl.DataFrame, *wanted: pl.Expr) -> pl.DataFrame:
    """The rows that fulfil every condition; all of them where there is none."""
    told = [one for one in wanted if one is not ANYTHING]
    return rows.filter(*told) if told else rows
