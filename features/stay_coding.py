"""Features of what was coded of a stay: its complications, its group, its main diagnosis."""

from __future__ import annotations

import polars as pl

from features.coding_frames import bare
from features.declaration import BOTH, HIGH, LOW, STAY, feature
from features.exact import divided
from features.stay import ratio
from features.units import COUNT, RATIO, SHARE, YES_NO, YUAN

OTHER = ~pl.col("main")
COUNTS = OTHER & pl.col("level").is_not_null()
# CHS-DRG: the second letter of a group tells surgical (A to J) from medical groups (R to Z).
SURGICAL, MEDICAL = tuple("ABCDEFGHIJ"), tuple("RSTUVWXYZ")
SEVERITY_STEPS = 2.0  # between the digits 1, 3 and 5 of a group


def codes(condition: pl.Expr) -> pl.Expr:
    """Number of different diagnoses for which a condition holds."""
    return pl.col("code").filter(condition.fill_null(value=False)).n_unique()


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="严重合并症数",
    says="{value} major complications were coded",
    says_zh="编码严重合并症（MCC）{value}个",
    empty=0,
)
def major_complications() -> pl.Expr:
    """Other diagnoses that count as a major complication or comorbidity (MCC)."""
    return codes(OTHER & (pl.col("level") == "mcc"))


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="一般合并症数",
    says="{value} complications of the lighter kind were coded",
    says_zh="编码一般合并症（CC）{value}个",
    empty=0,
)
def minor_complications() -> pl.Expr:
    """Other diagnoses that count as a complication or comorbidity (CC)."""
    return codes(OTHER & (pl.col("level") == "cc"))


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding support",
    direction=HIGH,
    zh="无检查无治疗的合并症数",
    says="{value} coded complications have neither a test nor a treatment in the bill",
    says_zh="{value}个合并症在费用明细中既无检查也无治疗",
    empty=0,
)
def bare_complications() -> pl.Expr:
    """Complications without any matching test, drug or treatment (GZ10000201003)."""
    return codes(COUNTS & bare())


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding support",
    direction=HIGH,
    zh="无检查无治疗的严重合并症数",
    says="{value} coded major complications have neither a test nor a treatment in the bill",
    says_zh="{value}个严重合并症在费用明细中既无检查也无治疗",
    empty=0,
)
def bare_major_complications() -> pl.Expr:
    """Major complications without any matching test, drug or treatment."""
    return codes(OTHER & (pl.col("level") == "mcc") & bare())


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding support",
    direction=HIGH,
    zh="仅有检查或仅有治疗的严重合并症数",
    says="{value} coded major complications were tested or treated, but not both",
    says_zh="{value}个严重合并症仅有检查或仅有治疗",
    empty=0,
)
def thin_major_complications() -> pl.Expr:
    """Major complications of which the bill shows a test or a treatment alone."""
    return codes(OTHER & (pl.col("level") == "mcc") & (pl.col("tested") ^ pl.col("treated")))


@feature(
    STAY,
    over="coded",
    unit=SHARE,
    family="coding support",
    direction=LOW,
    zh="有依据的合并症占比",
    says="{value} of the complications that can be checked were both tested and treated",
    says_zh="可核对的合并症中{value}既有检查又有治疗",
)
def supported_share() -> pl.Expr:
    """Share of the complications of known support that were both tested and treated."""
    supported = pl.col("tested") & pl.col("treated")
    return supported.filter(COUNTS & supported.is_not_null()).mean()


@feature(
    STAY,
    over="coded",
    unit=YES_NO,
    family="coding support",
    direction=HIGH,
    zh="主要诊断无依据",
    says="neither a test nor a treatment of the main diagnosis in the bill: {value}",
    says_zh="费用明细中无主要诊断的检查与治疗：{value}",
)
def bare_main_diagnosis() -> pl.Expr:
    """The main diagnosis is one that must leave traces, and the bill shows none; 1 or 0."""
    told = bare().filter(pl.col("main") & bare().is_not_null())
    return pl.when(told.len() > 0).then(told.any())


@feature(
    STAY,
    over="coded",
    unit=YES_NO,
    family="coding support",
    direction=LOW,
    zh="主要诊断既有检查又有治疗",
    says="the main diagnosis was both tested and treated: {value}",
    says_zh="主要诊断既有检查又有治疗：{value}",
)
def main_diagnosis_answered() -> pl.Expr:
    """The main diagnosis is one that must leave traces, and the bill has both kinds; 1 or 0."""
    both = (pl.col("tested") & pl.col("treated")).filter(pl.col("main"))
    return pl.when(both.count() > 0).then(both.any())


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding support",
    direction=HIGH,
    zh="有检查有治疗而未编码的合并症数",
    says="{value} major complications were tested and treated, but not coded",
    says_zh="{value}个严重合并症有检查有治疗而未编码",
    empty=0,
)
def uncoded_complications() -> pl.Expr:
    """Major complications that the bill shows in full and no diagnosis names (H11)."""
    return pl.col("uncoded").max()


@feature(
    STAY,
    over="coded",
    unit=YES_NO,
    family="coding",
    direction=BOTH,
    zh="编码含安宁疗护",
    says="palliative care is coded: {value}",
    says_zh="编码含安宁疗护：{value}",
    empty=0,
)
def palliative_coded() -> pl.Expr:
    """Palliative care is among the diagnoses, 1 or 0."""
    return pl.col("palliative").any()


@feature(
    STAY,
    over="coded",
    unit=YES_NO,
    family="coding",
    direction=BOTH,
    zh="编码含输血依赖疾病",
    says="an illness that lives on transfusions is coded: {value}",
    says_zh="编码含输血依赖疾病：{value}",
    empty=0,
)
def transfusion_illness_coded() -> pl.Expr:
    """An illness of the blood that needs regular transfusions is coded, 1 or 0."""
    return pl.col("transfused").any()


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="住院期间新发合并症数",
    says="{value} complications were not there on admission",
    says_zh="{value}个合并症入院时没有",
    empty=0,
)
def complications_acquired() -> pl.Expr:
    """Complications that are coded as not present on admission."""
    return codes(COUNTS & ~pl.col("present_on_admission"))


@feature(
    STAY,
    over="coded",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="诊断章节数",
    says="its diagnoses come from {value} chapters",
    says_zh="诊断涉及{value}个章节",
    empty=0,
)
def diagnosis_chapters() -> pl.Expr:
    """Different first letters among the coded diagnoses: widely spread codes are rare."""
    return pl.col("code").str.slice(0, 1).n_unique()


@feature(
    STAY,
    over="grouped",
    unit=RATIO,
    family="payment",
    direction=BOTH,
    zh="费用与下一档病组支付标准之比",
    says="cost {value} of the standard of the next lighter sibling of its group",
    says_zh="费用为同一核心组下一档支付标准的{value}",
)
def lighter_sibling_ratio() -> pl.Expr:
    """Total fee over the payment standard of the next lighter sibling of the coded group."""
    return ratio("total_amount", "lighter_standard")


@feature(
    STAY,
    over="grouped",
    unit=YUAN,
    family="payment",
    direction=HIGH,
    zh="编码病组与有依据病组的支付标准差额",
    says="is paid {value} more than the group that the bill supports",
    says_zh="比有依据的病组多支付{value}",
)
def unsupported_payment() -> pl.Expr:
    """Payment standard of the coded group less that of the sibling the bill supports."""
    return pl.col("coded_standard") - pl.col("supported_standard")


@feature(
    STAY,
    over="grouped",
    unit=YUAN,
    family="payment",
    direction=HIGH,
    zh="与下一档病组的支付标准差额",
    says="is paid {value} more than the next lighter sibling of its group",
    says_zh="比同一核心组下一档多支付{value}",
)
def step_to_lighter_group() -> pl.Expr:
    """Payment standard of the coded group less that of its next lighter sibling."""
    return pl.col("coded_standard") - pl.col("lighter_standard")


@feature(
    STAY,
    over="grouped",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="病组高出编码合并症的档数",
    says="lies {value} steps of severity above its coded complications",
    says_zh="病组严重程度高出编码合并症{value}档",
)
def group_above_codes() -> pl.Expr:
    """Steps by which the group is graver than the coded complications allow, 0 if none."""
    told, digit = pl.col("told").cast(pl.Float64), pl.col("digit").cast(pl.Float64)
    above = divided(told - digit, SEVERITY_STEPS).clip(lower_bound=0)
    # Complications may lift a group whose siblings this one has not: same price, no step.
    return pl.when(pl.col("told_standard") != pl.col("coded_standard")).then(above).otherwise(0)


@feature(
    STAY,
    over="grouped",
    unit=COUNT,
    family="coding",
    direction=HIGH,
    zh="病组低于编码合并症的档数",
    says="lies {value} steps of severity below its coded complications",
    says_zh="病组严重程度低于编码合并症{value}档",
)
def group_below_codes() -> pl.Expr:
    """Steps by which the group is lighter than the coded complications ask, 0 if none."""
    told, digit = pl.col("told").cast(pl.Float64), pl.col("digit").cast(pl.Float64)
    below = divided(digit - told, SEVERITY_STEPS).clip(lower_bound=0)
    return pl.when(pl.col("told_standard") != pl.col("coded_standard")).then(below).otherwise(0)


@feature(
    STAY,
    over="principal",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="主要诊断不可作主诊断",
    says="the main diagnosis names no illness that may stand first: {value}",
    says_zh="主要诊断为不得作主诊断的编码：{value}",
)
def main_diagnosis_not_allowed() -> pl.Expr:
    """The main diagnosis is a code that no coding rule lets stand first, 1 or 0."""
    return pl.col("never_main")


@feature(
    STAY,
    over="principal",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="未入组",
    says="fell into no case group: {value}",
    says_zh="未能入组或歧义组：{value}",
)
def fell_into_no_group() -> pl.Expr:
    """The grouper found no group, or an operation that does not go with the diagnosis."""
    return pl.col("ungrouped")


@feature(
    STAY,
    over="principal",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="主要诊断与手术不符",
    says="the main diagnosis goes with none of the operations: {value}",
    says_zh="主要诊断与手术操作均不相符：{value}",
    empty=0,
)
def main_diagnosis_off_operation() -> pl.Expr:
    """The main diagnosis goes with none of the coded operations (GZ10000201006), 1 or 0."""
    return ~pl.col("operation_fits")


@feature(
    STAY,
    over="principal",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="手术对应的是其他诊断",
    says="the operation goes with another diagnosis than the main one: {value}",
    says_zh="手术对应的是其他诊断而非主要诊断：{value}",
    empty=0,
)
def operation_goes_with_another_diagnosis() -> pl.Expr:
    """The main diagnosis goes with no operation, but another coded diagnosis does, 1 or 0."""
    return ~pl.col("operation_fits") & pl.col("elsewhere_fits").fill_null(value=False)


@feature(
    STAY,
    over="principal",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="主要诊断与病组不符",
    says="the main diagnosis does not go with the case group: {value}",
    says_zh="主要诊断与病组不相符：{value}",
    empty=0,
)
def main_diagnosis_off_group() -> pl.Expr:
    """The group belongs to a system of the body that the main diagnosis does not, 1 or 0."""
    return ~pl.col("group_fits")


@feature(
    STAY,
    over="principal",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="外科组无手术",
    says="is in a surgical group without a coded or billed operation: {value}",
    says_zh="入外科组但无手术编码与手术费：{value}",
)
def surgical_group_without_operation() -> pl.Expr:
    """A surgical group although no operation is coded and none is billed, 1 or 0."""
    none = ~pl.col("operated") & ~pl.col("operation_billed")
    return pl.col("kind").is_in(SURGICAL) & none


@feature(
    STAY,
    over="principal",
    unit=YES_NO,
    family="coding",
    direction=HIGH,
    zh="收手术费但未编码手术",
    says="an operation was billed and none is coded: {value}",
    says_zh="收取手术费但未编码手术操作：{value}",
)
def operation_billed_not_coded() -> pl.Expr:
    """An operation's fee in a stay of a medical group without a coded operation, 1 or 0."""
    return pl.col("kind").is_in(MEDICAL) & pl.col("operation_billed") & ~pl.col("operated")
