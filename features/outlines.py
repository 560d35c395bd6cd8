"""Outlines of bills: what each stay was billed, by item, and for which nights that was so.

The bill of a stay beside the one that is judged is read often and in full by nobody. An
outline keeps what likeness needs: the items, and one number each for the whole bill and for
the care in it. Equal bills have equal numbers whatever the order of their lines.

Almost every bill arrives whole, on the night of its stay. Only the few whose lines arrive on
other nights too are put together night by night, so that outlines cost one pass over the lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of

if TYPE_CHECKING:
    from claims.history import History

# Lines that run up by themselves, day for day; they say nothing of what was done.
PASSIVE = ("bed", "nursing", "consultation", "other")
TESTS = ("examination", "laboratory")
SPAN = ("stay_id", KNOWN_FROM, KNOWN_UNTIL)


def items(history: History, ids: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay, span of nights and item: category, quantity, amount, covered, active, test.

    ``ids`` has ``stay_id``. The spans of a stay do not overlap; ``as_of`` picks one of them.
    Items whose lines reverse each other to nothing are left out.
    """
    versions = history.versions("stays", ids).select(*SPAN).collect().lazy()
    recent = history.since_first_of(versions)
    billed = _billed(recent, versions).collect().lazy()
    late = billed.join(versions, on=["stay_id", KNOWN_FROM], how="anti").select("stay_id").unique()
    prompt = billed.join(late, on="stay_id", how="anti").join(versions, on=["stay_id", KNOWN_FROM])
    rows = pl.concat([prompt, _put_together(recent, late, versions)], how="diagonal")
    return rows.filter(pl.col("quantity") > 0).with_columns(
        active=~pl.col("category").is_in(PASSIVE), test=pl.col("category").is_in(TESTS)
    )


def _billed(history: History, versions: pl.LazyFrame) -> pl.LazyFrame:
    """Lines of these stays, summed by item and night of arrival."""
    wanted = history.tables["fee_lines"].join(
        versions.select("stay_id").unique(), on="stay_id", how="semi"
    )
    return (
        wanted.rename({"received_on": KNOWN_FROM})
        .group_by("stay_id", KNOWN_FROM, "item_code")
        .agg(*_sums())
    )


def _sums() -> tuple[pl.Expr, ...]:
    return (
        pl.col("category").min(),
        pl.col("quantity").sum(),
        pl.col("amount").sum(),
        pl.col("covered").all(),
    )


def _put_together(history: History, late: pl.LazyFrame, versions: pl.LazyFrame) -> pl.LazyFrame:
    """Bills that arrived over several nights, as they stood from each of these on."""
    lines = history.versions("fee_lines", late).collect().lazy()
    nights = pl.concat(
        [lines.select("stay_id", KNOWN_FROM), versions.select("stay_id", KNOWN_FROM)]
    ).unique()
    spans = (
        nights.join(late, on="stay_id", how="semi")
        .join(versions.rename({KNOWN_FROM: "_from", KNOWN_UNTIL: "_until"}), on="stay_id")
        .filter(
            (pl.col("_from") <= pl.col(KNOWN_FROM))
            & (pl.col("_until").is_null() | (pl.col(KNOWN_FROM) < pl.col("_until")))
        )
        .with_columns(_next=pl.col(KNOWN_FROM).shift(-1).over("stay_id", order_by=KNOWN_FROM))
        .select("stay_id", night=KNOWN_FROM, night_until=pl.min_horizontal("_next", "_until"))
    )
    return (
        spans.join(lines, on="stay_id")
        .filter(as_of("night"))
        .group_by("stay_id", "night", "night_until", "item_code")
        .agg(*_sums())
        .rename({"night": KNOWN_FROM, "night_until": KNOWN_UNTIL})
    )


def bills(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a stay and span: numbers of the bill and of its care, how many items and tests.

    ``rows`` are those of ``items``. ``bill`` is equal where every item has the same units and
    amount, ``care`` where every item but bed, nursing and consultation has; 0 items have none.
    """
    line = pl.struct("item_code", "quantity", "amount").hash()
    return (
        rows.with_columns(line=line)
        .group_by(*SPAN)
        .agg(
            bill=pl.col("line").sum(),
            care=pl.col("line").filter("active").sum(),
            care_items=pl.col("active").sum(),
            tests=pl.col("test").sum(),
        )
        .with_columns(care=pl.when(pl.col("care_items") > 0).then("care"))
    )
