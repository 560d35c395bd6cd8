"""What makes a hit a clue at most: the rule takes something for known that nobody told."""

from __future__ import annotations

import polars as pl

from rules import protective
from rules.declaration import Caution

# Invoices of a year agree a price, and half a year's goods stand on the shelf (DOMAIN 2, C05).
NEW_CODE_DAYS = 365

unlisted = Caution(
    "unlisted",
    "the catalogue does not know the code, so that nobody can say what it is and what a box holds",
    "目录中无该编码，无法核实品种与包装数量",
    pl.col("platform_price").is_null(),
)
new_code = Caution(
    "new_code",
    "a code is new and which one it replaced is not told, so that stock under the other is unknown",
    "编码新旧对应关系不明，另一编码下的库存无法核实",
    (pl.col("new_code_days") <= NEW_CODE_DAYS).fill_null(value=False),
)
not_counted = Caution(
    "not_counted",
    "the counts of stock around the use are not there, so that nobody can tell whether the record"
    " forgot the units",
    "使用前后的盘点数据不齐，无法核实是否为登记遗漏",
    pl.col("gone_unrecorded").is_null(),
    about=protective.stock_agrees,
)
