"""What makes a hit a clue at most: the rule takes something for known that nobody told."""

from __future__ import annotations

import polars as pl

from rules.declaration import Caution

unlisted = Caution(
    "unlisted",
    "the catalogue does not know the code, so that nobody can say how many pieces a box holds",
    "目录中无该编码，无法核实包装数量",
    pl.col("pieces_in_pack").is_null(),
)
