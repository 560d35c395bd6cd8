"""Protective conditions (豁免): named innocent explanations, checked before a rule speaks."""

from __future__ import annotations

import polars as pl

from claims.schema import THOUSANDTHS_PER_UNIT
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
EVERYDAY_PRICE = 10_000  # fen; dearer goods are counted one by one
REASON_SHARE, SICKER_SHARE = 0.5, 0.8  # of a ledger's cases
LONG_COURSE_FAMILIES = ("RC1",)  # radiotherapy, given over weeks


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
tumour_search = Protective(
    "tumour_search",
    "a tumour is known or looked for",
    "确诊或疑似肿瘤的诊断性住院",
    (pl.col("tumour_looked_for") == 1).fill_null(value=False),
)
transplant_workup = Protective(
    "transplant_workup",
    "somebody is prepared for giving or receiving an organ",
    "移植术前评估",
    (pl.col("transplant_prepared") == 1).fill_null(value=False),
)
put_off = Protective(
    "put_off",
    "an operation was prepared and not carried out",
    "拟行手术未实施",
    (pl.col("operation_put_off") == 1).fill_null(value=False),
)
awaiting_placement = Protective(
    "awaiting_placement",
    "the person waited for a place elsewhere",
    "等待转入其他机构",
    (pl.col("awaiting_place") == 1).fill_null(value=False),
)
re_evaluated = Protective(
    "re_evaluated",
    "long-term care that was re-evaluated in time",
    "长期治疗并按期复评",
    (
        (_family((*REHABILITATION_FAMILIES, *PSYCHIATRIC_FAMILIES, *LONG_COURSE_FAMILIES)))
        | pl.col("hospital_kind").is_in(("rehabilitation", "psychiatric")).fill_null(value=False)
    )
    & (pl.col("longest_run_without_tests") < limit("unevaluated_days")).fill_null(value=False),
)
isolation = Protective(
    "isolation",
    "an infection for which the person is kept apart",
    "需隔离的感染性疾病",
    (pl.col("isolation_needed") == 1).fill_null(value=False),
)
multimorbid = Protective(
    "multimorbid",
    "an old person with many illnesses",
    "高龄多病",
    (
        (pl.col("age") >= limit("multimorbid_age"))
        & (pl.col("diagnoses") >= limit("multimorbid_diagnoses"))
    ).fill_null(value=False),
)
private_pay = Protective(
    "private_pay",
    "the fund paid nothing",
    "全自费住院",
    (pl.col("fund_share") <= 0).fill_null(value=False),
)
obstetric = Protective(
    "obstetric",
    "pregnancy or birth",
    "妊娠与分娩",
    pl.col("principal_diagnosis").str.slice(0, 1).eq("O").fill_null(value=False)
    | pl.col("case_family").str.starts_with("O").fill_null(value=False),
)
left_early = Protective(
    "left_early",
    "left against advice or died",
    "自动离院或死亡",
    pl.col("discharge_way").is_in(("against_advice", "death")).fill_null(value=False),
)
care_cut_short = Protective(
    "care_cut_short",
    "died, moved on, or left against advice before the care was complete",
    "死亡、转院或非医嘱离院",
    pl.col("discharge_way").is_in(("death", "transfer", "against_advice")).fill_null(value=False),
)
treated_elsewhere = Protective(
    "treated_elsewhere",
    "seen at another clinic during the stay, which may have tested or treated",
    "住院期间在外院就诊，检查治疗可能在外院完成",
    (pl.col("clinic_visits_elsewhere") > 0).fill_null(value=False),
)
palliative = Protective(
    "palliative",
    "palliative care",
    "安宁疗护",
    (pl.col("palliative_coded") > 0).fill_null(value=False),
)
transfusion_dependent = Protective(
    "transfusion_dependent",
    "an illness that lives on transfusions",
    "输血依赖疾病",
    (pl.col("transfusion_illness_coded") > 0).fill_null(value=False),
)
main_illness_treated = Protective(
    "main_illness_treated",
    "the main illness was itself tested and treated",
    "主要诊断本身有检查有治疗",
    (
        (pl.col("main_diagnosis_answered") > 0)
        & (pl.col("main_diagnosis_not_allowed") == 0)
        & (pl.col("fell_into_no_group") == 0)
    ).fill_null(value=False),
)
put_right = Protective(
    "put_right",
    "the entry was put right afterwards",
    "录入信息其后已更正",
    (pl.col("particulars_put_right") > 0).fill_null(value=False),
)
sex_in_question = Protective(
    "sex_in_question",
    "two sexes are on record, so the register is in question and not the care",
    "登记性别有两种，疑为登记问题",
    (pl.col("sexes_known") > 1).fill_null(value=False),
)
relief = Protective("relief", "receives poverty relief", "医疗救助对象", _is("relief"))
AT_COST = (
    (pl.col("price_over_dearest_invoice") <= limit("price_tolerance")).fill_null(value=False)
    | (pl.col("price_over_own_lot") <= limit("price_tolerance")).fill_null(value=False)
    | (
        (pl.col("billed_from_opening_stock") > 0)
        & (pl.col("price_over_previous") <= limit("price_tolerance"))
    ).fill_null(value=False)
)
old_stock = Protective(
    "old_stock",
    "stock bought before the price change, at its own invoice price, inside the grace time",
    "调价前库存（宽限期内按原进价）",
    (pl.col("days_since_price_change") <= limit("old_stock_grace_days")).fill_null(value=False)
    & AT_COST,
)
WITHIN_LIMIT = (pl.col("price_over_limit") <= limit("price_tolerance")).fill_null(value=True)
own_lot_price = Protective(
    "own_lot_price",
    "not above the invoice of its own lot, nor above the allowed price",
    "未超过所用批号进价与限价",
    (pl.col("price_over_own_lot") <= limit("price_tolerance")).fill_null(value=False)
    & WITHIN_LIMIT,
)
agreed_price = Protective(
    "agreed_price",
    "the price of another invoice of the hospital within a year, not above the allowed",
    "与医院一年内其他批次进价一致，未超过限价",
    (pl.col("price_on_an_invoice") > 0).fill_null(value=False) & WITHIN_LIMIT,
)
opening_price = Protective(
    "opening_price",
    "from stock of before the books began, whose invoice nobody delivered",
    "属建账期初库存，进价未知，未超过限价",
    (pl.col("billed_from_opening_stock") > 0).fill_null(value=False) & WITHIN_LIMIT,
)
own_expense = Protective(
    "own_expense",
    "the person paid for it, nothing was put to the fund",
    "患者自费，未纳入医保",
    (pl.col("covered_share") <= 0).fill_null(value=False),
)
needed_besides = Protective(
    "needed_besides",
    "another service of the stay needs such goods for itself",
    "另有服务项目可单独使用该耗材",
    (pl.col("needed_besides") > 0).fill_null(value=False),
)
stock_agrees = Protective(
    "stock_agrees",
    "the store gave out as many as are billed, so that the record forgot them",
    "盘点显示已按计费数量出库，疑为登记遗漏",
    (pl.col("gone_unrecorded") >= pl.col("billed_over_used")).fill_null(value=False),
)
record_agrees = Protective(
    "record_agrees",
    "the operation record shows what was billed in the end",
    "最终计费与使用登记一致",
    ((pl.col("has_record") > 0) & (pl.col("billed_over_used") <= 0)).fill_null(value=False),
)
intensive_care = Protective(
    "intensive_care",
    "intensive care or organ support, which uses up many small goods",
    "重症监护或器官支持，低值耗材用量大",
    (pl.col("intensive_care") > 0).fill_null(value=False),
)
expiry_typed_wrong = Protective(
    "expiry_typed_wrong",
    "the date of expiry lies before the delivery, so that it was typed wrongly",
    "有效期早于到货日期，疑为录入错误",
    (pl.col("life_at_delivery") < 0).fill_null(value=False),
)
box_label = Protective(
    "box_label",
    "the number is that of a box, and no more pieces are recorded than it holds",
    "扫描的是包装码，使用数未超过包装数量",
    (
        (pl.col("serial_other_persons") * THOUSANDTHS_PER_UNIT < pl.col("pieces_in_pack"))
        & (pl.col("pieces_in_pack") > THOUSANDTHS_PER_UNIT)
    ).fill_null(value=False),
)
borrowed_unit = Protective(
    "borrowed_unit",
    "borrowed from another hospital, whose transfer is in the books",
    "由他院调拨借用，台账有调入记录",
    (
        (pl.col("units_transferred_in") > 0)
        & (pl.col("units_bought_elsewhere") > 0)
        & (pl.col("serial_other_hospitals") == 0)
    ).fill_null(value=False),
)
opening_stock = Protective(
    "opening_stock",
    "of the stock that was there when the books began, whose purchase nobody delivered",
    "属建账时期初库存，无采购记录",
    (
        (pl.col("from_opening_stock") > 0)
        & (pl.col("serial_other_hospitals") == 0)
        & (pl.col("units_bought_elsewhere") == 0)
    ).fill_null(value=False),
)
mis_scan = Protective(
    "mis_scan",
    "a unit bought here left the store and is in no record, so that a wrong label was scanned",
    "另有已购件出库而未登记，疑为扫码错误",
    (pl.col("units_gone_unread") >= THOUSANDTHS_PER_UNIT).fill_null(value=False),
)
outpatient_device = Protective(
    "outpatient_device",
    "put in at a clinic of the hospital the day before or that day, and billed with the stay",
    "使用前一日内在本院门急诊就诊，耗材可能于门急诊置入",
    ((pl.col("operations_coded") == 0) & (pl.col("visits_before_use") > 0)).fill_null(value=False),
)
coder_omission = Protective(
    "coder_omission",
    "an operation is billed and the article recorded, so that its code was left out",
    "手术已计费且耗材有使用登记，疑为手术编码遗漏",
    (
        (pl.col("operations_coded") == 0)
        & (pl.col("operating_lines") > 0)
        & (pl.col("has_record") > 0)
    ).fill_null(value=False),
)
visiting_operator = Protective(
    "visiting_operator",
    "an operator from a department with leave for it took part",
    "有资质科室的术者参与",
    (pl.col("operator_out_of_scope") == 0).fill_null(value=False),
)
given_device = Protective(
    "given_device",
    "the record shows such a device of a lot that was given, which nobody may bill",
    "使用登记显示该类耗材为赠品批号，不应收费",
    # Of every class that is lacking: another gift explains nothing.
    (pl.col("given_devices") > 0).fill_null(value=False)
    & (pl.col("kits_not_billed_nor_given") < limit("kits_not_billed")).fill_null(value=True)
    & (
        (pl.col("absent_share_not_given") < limit("absent_device_share")).fill_null(value=True)
        | (pl.col("procedures") == 0).fill_null(value=False)
    ),
)
gift_not_billed = Protective(
    "gift_not_billed",
    "as many units as were given are recorded and on no bill, as goods on trial are",
    "赠品数量已登记使用而未收费，属捐赠或试用",
    ((pl.col("given_units") > 0) & (pl.col("unbilled_gifts") >= pl.col("given_units"))).fill_null(
        value=False
    ),
)
reasons_listed = Protective(
    "reasons_listed",
    "an allergy or an unusual body is listed in half of the cases or more",
    "半数以上病例列有过敏或特殊体型诊断",
    (pl.col("reasoned_share") >= REASON_SHARE).fill_null(value=False),
)
sicker_patients = Protective(
    "sicker_patients",
    "nearly all cases are in groups with complications, which may need the better product",
    "绝大多数为伴并发症病例，可能确需更优产品",
    (pl.col("complicated_share") >= SICKER_SHARE).fill_null(value=False),
)
everyday_goods = Protective(
    "everyday_goods",
    "goods of everyday care, which follow the length of stays and are under no key supervision",
    "日常护理低值耗材，用量随住院天数变化，不属重点治理清单",
    (~pl.col("key_list") & (pl.col("platform_price") < EVERYDAY_PRICE)).fill_null(value=False),
)

ALL: tuple[Protective, ...] = (
    *(item for item in vars().copy().values() if isinstance(item, Protective)),
    *protective_levels.ALL,
)
BY_CODE: dict[str, Protective] = {item.code: item for item in ALL}
