"""Features of a stay whose codes or items belong to another sex or age than the person's."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, STAY, feature
from features.units import COUNT, YUAN


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="demographics",
    direction=HIGH,
    zh="与性别不符的诊断数",
    says="{value} diagnoses belong to the other sex",
    says_zh="与性别不符的诊断{value}个",
    empty=0,
)
def diagnoses_of_other_sex() -> pl.Expr:
    """Coded diagnoses that a person of this sex cannot have (GZ10000204006)."""
    return pl.col("code").filter(pl.col("wrong_sex")).n_unique()


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="demographics",
    direction=HIGH,
    zh="与年龄不符的诊断数",
    says="{value} diagnoses belong to another age",
    says_zh="与年龄不符的诊断{value}个",
    empty=0,
)
def diagnoses_of_other_age() -> pl.Expr:
    """Coded diagnoses that a person of this age cannot have (GZ10000204007)."""
    return pl.col("code").filter(pl.col("wrong_age")).n_unique()


@feature(
    STAY,
    over="operated",
    unit=COUNT,
    family="demographics",
    direction=HIGH,
    zh="与性别不符的手术数",
    says="{value} operations belong to the other sex",
    says_zh="与性别不符的手术操作{value}个",
    empty=0,
)
def operations_of_other_sex() -> pl.Expr:
    """Coded operations that a person of this sex cannot have (GZ10000201005)."""
    return pl.col("code").filter(pl.col("wrong_sex")).n_unique()


@feature(
    STAY,
    over="operated",
    unit=COUNT,
    family="demographics",
    direction=HIGH,
    zh="与年龄不符的手术数",
    says="{value} operations belong to another age",
    says_zh="与年龄不符的手术操作{value}个",
    empty=0,
)
def operations_of_other_age() -> pl.Expr:
    """Coded operations that a person of this age cannot have."""
    return pl.col("code").filter(pl.col("wrong_age")).n_unique()


@feature(
    STAY,
    over="named",
    unit=COUNT,
    family="demographics",
    direction=HIGH,
    zh="与性别不符的收费项目数",
    says="{value} billed items belong to the other sex",
    says_zh="与性别不符的收费项目{value}种",
    empty=0,
)
def items_of_other_sex() -> pl.Expr:
    """Billed services and drugs whose name belongs to the other sex."""
    return pl.col("item_code").filter(pl.col("wrong_sex")).n_unique()


@feature(
    STAY,
    over="named",
    unit=COUNT,
    family="demographics",
    direction=HIGH,
    zh="与年龄不符的收费项目数",
    says="{value} billed items belong to another age",
    says_zh="与年龄不符的收费项目{value}种",
    empty=0,
)
def items_of_other_age() -> pl.Expr:
    """Billed services and drugs whose name belongs to another age."""
    return pl.col("item_code").filter(pl.col("wrong_age")).n_unique()


@feature(
    STAY,
    over="named",
    unit=YUAN,
    family="demographics",
    direction=HIGH,
    zh="与性别或年龄不符的项目金额",
    says="{value} were billed for items of another sex or age",
    says_zh="与性别或年龄不符的项目收费{value}",
    empty=0,
)
def amount_of_other_sex_or_age() -> pl.Expr:
    """Amount of the billed items whose name belongs to another sex or age."""
    return pl.col("amount").filter(pl.col("wrong_sex") | pl.col("wrong_age")).sum()
