"""Faults of delivered rows as labels of their stays: they speak, they do not hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.results import TAGS

if TYPE_CHECKING:
    from datetime import date

WORDS_ZH = {
    "data.missing_value": "必填值缺失",
    "data.unknown_code": "代码不在目录内",
    "data.below_minimum": "数值低于下限",
    "data.rounded": "数值被舍入",
    "data.discharge_before_admission": "出院早于入院",
    "data.sum_mismatch": "明细合计与总额不符",
    "data.after_death": "发生在死亡日期之后",
    "data.before_birth": "发生在出生日期之前",
    "data.negative_without_reversal": "负数无对应冲销",
    "data.line_outside_stay": "明细日期在住院期外",
    "data.amount_not_price_times_quantity": "金额不等于单价乘数量",
    "data.delivered_before_ordered": "到货早于下单",
}


def data_tags(faults: pl.DataFrame, on: date) -> pl.DataFrame:
    """Rows of table `tags` from the rows of `data_faults` of one night."""
    found = (
        faults.filter(pl.col("stay_id").is_not_null())
        .group_by("stay_id", "code")
        .agg(pl.col("message").sort().first(), n=pl.len())
        .sort("stay_id", "code")
    )
    rows = [
        dict.fromkeys(TAGS.names)
        | {
            "run_date": on,
            "subject_type": "stay",
            "subject_id": stay,
            "tag": code,
            "layer": "fact",
            "protective": False,
            "value": float(n),
            "text_en": message,
            "text_zh": f"{WORDS_ZH.get(code, code)}（{n}处）",
        }
        for stay, code, message, n in found.iter_rows()
    ]
    return pl.DataFrame(rows, schema=TAGS.dtypes())
