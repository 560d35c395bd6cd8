"""Protective conditions (豁免): named innocent explanations, checked before a rule speaks."""

from __future__ import annotations

import polars as pl

from rules import protective_levels
from rules.declaration import Protective, limit

# Groups and codes of the global suppression list (DOMAIN 2.1).
ONCOLOGY_FAMILIES = ("RE1", "RG1", "RC1", "RU1", "RW2")
ONCOLOGY_CODES = ("Z51.0", "Z51.1", "Z51.8")
CYCLE_DAYS = (7, 14, 21, 28)
CYCLE_SLACK_DAYS = 3
DIALYSIS_FAMILIES = ("LL1", "LF1")
DIALYSIS_CODES = ("N18.5", "N18.6", "N18.0")
STAGED_FAMILIES = ("CB3", "IC2", "FM1", "FM2")
REHABILITATION_FAMILIES = ("XR2", "XR1", "XS2")
PSYCHIATRIC_FAMILIES = ("TR1", "TS1", "TT1", "TT2")


def _family(families: tuple[str, ...]) -> pl.Expr:
    return pl.col("case_family").is_in(families).fill_null(value=False)


def _code(codes: tuple[str, ...]) -> pl.Expr:
    return pl.col("principal_diagnosis").str.slice(0, 5).is_in(codes).fill_null(value=False)


def _is(column: str) -> pl.Expr:
    return pl.col(column).fill_null(value=False)


oncology_cycle = Protective(
    "oncology_cycle",
    "a cycle of cancer treatment",
    "肿瘤周期治疗",
    _family(ONCOLOGY_FAMILIES) | _code(ONCOLOGY_CODES),
)
dialysis_regular = Protective(
    "dialysis_regular",
    "regular dialysis",
    "规律透析",
    _family(DIALYSIS_FAMILIES) | _code(DIALYSIS_CODES),
)
staged_surgery = Protective(
    "staged_surgery",
    "an operation done in planned stages",
    "分期手术",
    _family(STAGED_FAMILIES) & (pl.col("procedures") > 0).fill_null(value=False),
)
planned = Protective(
    "planned_readmission",
    "the readmission had been announced",
    "计划内再住院",
    _is("planned_readmission"),
)
transfer = Protective(
    "transfer",
    "a transfer between hospitals",
    "转院",
    (pl.col("admission_way") == "transfer").fill_null(value=False),
)
emergency_new = Protective(
    "emergency_new",
    "an emergency admission",
    "急诊入院",
    (pl.col("admission_way") == "emergency").fill_null(value=False),
)
day_case = Protective(
    "day_case", "day surgery or day therapy", "日间手术/日间治疗", _is("day_case")
)
newborn = Protective("newborn", "a newborn's stay", "新生儿", _is("newborn"))
rehabilitation = Protective(
    "rehabilitation",
    "rehabilitation, which rests on weekends and is billed by the week",
    "康复治疗（周末休息、按周计费）",
    _family(REHABILITATION_FAMILIES)
    | (pl.col("hospital_kind") == "rehabilitation").fill_null(value=False),
)
psychiatric_leave = Protective(
    "psychiatric_leave",
    "trial leave in psychiatric care",
    "精神科试出院",
    _family(PSYCHIATRIC_FAMILIES)
    | (pl.col("hospital_kind") == "psychiatric").fill_null(value=False),
)
old_stock = Protective(
    "old_stock",
    "stock bought before the price change, at its own invoice price, inside the grace time",
    "调价前库存（宽限期内按原进价）",
    (
        (pl.col("days_since_price_change") <= limit("old_stock_grace_days"))
        & (pl.col("price_over_dearest_invoice") <= limit("price_tolerance"))
    ).fill_null(value=False),
)

ALL: tuple[Protective, ...] = (
    *(item for item in vars().copy().values() if isinstance(item, Protective)),
    *protective_levels.ALL,
)
BY_CODE: dict[str, Protective] = {item.code: item for item in ALL}
