"""Features of the scope of a consumable: sex, site, illness, department (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, USE, feature
from features.units import COUNT, DAYS, YES_NO


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="耗材与性别不符",
    says="made for the other sex: {value}",
    says_zh="耗材限用性别与参保人不符：{value}",
    peers=False,
)
def wrong_sex() -> pl.Expr:
    """Whether its class is made for the other sex than the person's (C12)."""
    return pl.col("class_sex")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="耗材限性别与参保人不符",
    says="listed for the other sex: {value}",
    says_zh="目录限性别与参保人不符：{value}",
    peers=False,
)
def wrong_listed_sex() -> pl.Expr:
    """Whether the catalogue lists it for the other sex than the person's (C12)."""
    return pl.col("listed_sex")


@feature(
    USE,
    over="scope",
    unit=COUNT,
    family="scope",
    direction=BOTH,
    zh="登记过的性别数",
    says="{value} {sex|sexes} on record for the person",
    says_zh="参保人登记过{value}种性别",
    peers=False,
)
def sexes_known() -> pl.Expr:
    """Sexes that were ever on record for the person; two put the register in question."""
    return pl.col("sexes")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="使用侧别与手术侧别不符",
    says="recorded on a side that was not operated: {value}",
    says_zh="使用登记侧别与手术侧别不符：{value}",
    peers=False,
)
def other_side() -> pl.Expr:
    """Whether the record names a side of the body on which nothing was operated (C12)."""
    return pl.col("other_side")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="耗材部位与诊断不符",
    says="made for a place in the body that no diagnosis names: {value}",
    says_zh="耗材适用部位与全部诊断不符：{value}",
    peers=False,
)
def site_not_diagnosed() -> pl.Expr:
    """Whether no diagnosis names the place in the body that its class is made for (C12)."""
    return pl.col("no_diagnoses") & pl.col("by_site")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="耗材限病种与诊断不符",
    says="no diagnosis is one for which it is paid: {value}",
    says_zh="全部诊断均不在耗材支付病种内：{value}",
    peers=False,
)
def illness_out_of_scope() -> pl.Expr:
    """Whether no diagnosis is among those for which its class is paid (C16)."""
    return pl.col("no_diagnoses") & ~pl.col("by_site")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="无对应手术操作",
    says="no coded operation takes such an article: {value}",
    says_zh="无使用该类耗材的手术操作编码：{value}",
    peers=False,
)
def operation_missing() -> pl.Expr:
    """Whether operations are coded, and none is one that takes its class (C13)."""
    return pl.col("no_procedures")


@feature(
    USE,
    over="bill",
    unit=COUNT,
    family="scope",
    direction=LOW,
    zh="手术麻醉计费笔数",
    says="{value} {line|lines} of operation or anaesthesia on the bill",
    says_zh="手术麻醉计费{value}笔",
    empty=0,
)
def operating_lines() -> pl.Expr:
    """Lines that bill an operation or anaesthesia in the stay."""
    return pl.col("operating_lines")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="科室不具备使用资质",
    says="used in a department that has no leave for it: {value}",
    says_zh="科室不在耗材限定科室内：{value}",
    peers=False,
)
def department_out_of_scope() -> pl.Expr:
    """Whether the department of the stay is outside those of its class (C15)."""
    return pl.col("other_department")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=HIGH,
    zh="术者科室不具备使用资质",
    says="no operator belongs to a department that has leave for it: {value}",
    says_zh="术者科室均不在耗材限定科室内：{value}",
    peers=False,
)
def operator_out_of_scope() -> pl.Expr:
    """Whether all operators belong to departments outside those of its class (C15)."""
    return pl.col("other_operator")


@feature(
    USE,
    over="scope",
    unit=COUNT,
    family="scope",
    direction=BOTH,
    zh="使用前一日内本院门急诊次数",
    says="{value} {visit|visits} to a clinic of the hospital within a day before",
    says_zh="使用前一日内本院门急诊{value}次",
    empty=0,
    peers=False,
)
def visits_before_use() -> pl.Expr:
    """Visits to a clinic of the same hospital on the day of use or the day before."""
    return pl.col("visits_before")


@feature(
    USE,
    over="scope",
    unit=YES_NO,
    family="scope",
    direction=BOTH,
    zh="止血防粘连材料",
    says="material against bleeding or adhesion: {value}",
    says_zh="止血或防粘连材料：{value}",
    peers=False,
)
def operation_material() -> pl.Expr:
    """Whether it is material against bleeding or adhesion, of use in operations alone (C08)."""
    return pl.col("material")


@feature(
    USE,
    over="scope",
    unit=DAYS,
    family="scope",
    direction=HIGH,
    zh="超过注册证有效期天数",
    says="used {value} after the end of its certificate",
    says_zh="使用时注册证已过期{value}",
    peers=False,
)
def days_after_registration() -> pl.Expr:
    """Days from the end of its registration certificate to the service; below zero while valid."""
    return pl.col("days_unregistered")


@feature(
    USE,
    over="use",
    unit=COUNT,
    family="scope",
    direction=LOW,
    zh="手术操作编码数",
    says="{value} coded {operation|operations} in the stay",
    says_zh="住院编码手术操作{value}项",
    peers=False,
)
def operations_coded() -> pl.Expr:
    """Operations that are coded for the stay."""
    return pl.col("operations")
