"""Checks across columns and tables: what cannot be true together is tagged, never dropped.

Fraud looks like bad data. A row that breaks a check is kept, feeds the rules, and stands in
the queue of data faults until somebody has seen why.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from claims.schema import FEN_PER_YUAN, THOUSANDTHS_PER_UNIT

# Bills round each line, so that a stay's total may be off by this much (fen).
SUM_TOLERANCE = FEN_PER_YUAN
# Services just before admission and postings just after discharge are ordinary.
MARGIN = "1d"


@dataclass(frozen=True)
class Check:
    """One check: the table and column it speaks about, its words, and when it is broken.

    ``broken`` is an expression over the table's columns and the facts of claims.facts;
    null counts as not broken.
    """

    code: str
    table: str
    column: str
    en: str
    zh: str
    broken: pl.Expr

    @property
    def holds(self) -> pl.Expr:
        """True for each row that keeps the check, or about which nothing is known."""
        return ~self.broken.fill_null(value=False)


def _outside_the_stay(column: str) -> pl.Expr:
    day = pl.col(column).dt.date()
    first = pl.col("_admitted_at").dt.date().dt.offset_by(f"-{MARGIN}")
    last = pl.col("_discharged_at").dt.date().dt.offset_by(MARGIN)
    return (day < first) | (day > last)


def _after_death(column: str) -> pl.Expr:
    return pl.col(column).dt.date() > pl.col("_death_date")


def _not_the_product() -> pl.Expr:
    """More than rounding apart: half a fen of each unit's price, and one fen of the line."""
    product = pl.col("unit_price") * pl.col("quantity")
    gap = (pl.col("amount") * THOUSANDTHS_PER_UNIT - product).abs()
    return gap > THOUSANDTHS_PER_UNIT + pl.col("quantity").abs() // 2


CHECKS: tuple[Check, ...] = (
    Check(
        "data.discharge_before_admission",
        "stays",
        "discharged_at",
        "the discharge lies before the admission",
        "出院时间早于入院时间",
        pl.col("discharged_at") < pl.col("admitted_at"),
    ),
    Check(
        "data.sum_mismatch",
        "stays",
        "total_amount",
        "the total differs from the sum of its lines by more than 1 yuan",
        "总费用与明细合计不符",
        (pl.col("total_amount") - pl.col("_lines_amount")).abs() > SUM_TOLERANCE,
    ),
    Check(
        "data.after_death",
        "stays",
        "admitted_at",
        "the admission lies after the person's death",
        "入院时间晚于死亡日期",
        _after_death("admitted_at"),
    ),
    Check(
        "data.before_birth",
        "stays",
        "admitted_at",
        "the admission lies before the person's birth",
        "入院时间早于出生日期",
        pl.col("admitted_at").dt.date() < pl.col("_birth_date"),
    ),
    Check(
        "data.negative_without_reversal",
        "fee_lines",
        "quantity",
        "the quantity is negative and reverses no known line",
        "负数量无对应冲销明细",
        (pl.col("quantity") < 0) & ~pl.col("_reverses_a_line"),
    ),
    Check(
        "data.line_outside_stay",
        "fee_lines",
        "charged_at",
        "the line lies more than a day outside the stay",
        "费用发生时间不在住院期间",
        _outside_the_stay("charged_at") | _outside_the_stay("performed_at"),
    ),
    Check(
        "data.amount_not_price_times_quantity",
        "fee_lines",
        "amount",
        "the amount is not price times quantity",
        "金额不等于单价乘数量",
        _not_the_product(),
    ),
    Check(
        "data.after_death",
        "fee_lines",
        "performed_at",
        "the service lies after the person's death",
        "服务时间晚于死亡日期",
        _after_death("performed_at"),
    ),
    Check(
        "data.line_outside_stay",
        "device_uses",
        "used_at",
        "the use lies more than a day outside the stay",
        "耗材使用时间不在住院期间",
        _outside_the_stay("used_at"),
    ),
    Check(
        "data.line_outside_stay",
        "stay_procedures",
        "performed_at",
        "the operation lies more than a day outside the stay",
        "手术时间不在住院期间",
        _outside_the_stay("performed_at"),
    ),
    Check(
        "data.after_death",
        "outpatient_visits",
        "visited_at",
        "the visit lies after the person's death",
        "就诊时间晚于死亡日期",
        _after_death("visited_at"),
    ),
    Check(
        "data.delivered_before_ordered",
        "purchases",
        "delivered_on",
        "the goods were delivered before they were ordered",
        "到货日期早于订购日期",
        pl.col("delivered_on") < pl.col("ordered_on"),
    ),
)


def checks_of(table: str) -> tuple[Check, ...]:
    """The checks of one table, in declared order."""
    return tuple(check for check in CHECKS if check.table == table)
