"""The tables Jianbao writes itself, declared in the same grammar as those it receives."""

from __future__ import annotations

import polars as pl

from claims.schema import (
    BOOLEAN,
    DATE,
    DATETIME,
    MONEY,
    QUANTITY,
    REAL,
    TEXT,
    WHOLE,
    Column,
    Table,
    nested,
)
from claims.standard_tables import FROZEN
from claims.tables import SCENARIOS, SUBJECT_TYPES

GRADES = ("red", "orange", "yellow", "watch")
SCORE_KINDS = ("calibrated", "prior")
DRIFT_VERDICTS = ("steady", "watch", "moved", "few")
LAYERS = ("fact", "statistical", "rule", "model", "reviewed")

RUN_DATE = Column("run_date", DATE, "Night of the run.", "运行日期")
SCENARIO = Column("scenario", TEXT, "Scenario.", "场景", values=SCENARIOS)
SUBJECT_TYPE = Column("subject_type", TEXT, "What it is about.", "对象类型", values=SUBJECT_TYPES)
SUBJECT_ID = Column("subject_id", TEXT, "Which one.", "对象编号")
HOSPITAL_ID = Column("hospital_id", TEXT, "Institution.", "机构编码", optional=True)
PERSON_ID = Column("person_id", TEXT, "Pseudonym.", "参保人编号", optional=True)

# ``grade`` is that of the hit: a clue where ``unasked`` says what could not be asked.
RULE_FIELDS: dict[str, pl.DataType] = {
    "code": pl.String(),
    "version": pl.String(),
    "evidence": pl.String(),
    "grade": pl.String(),
    "unasked_en": pl.List(pl.String()),
    "unasked_zh": pl.List(pl.String()),
}
RULE_HIT = pl.Struct(RULE_FIELDS)
REASON = pl.Struct(
    {
        "feature": pl.String(),
        "family": pl.String(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "standard": pl.Float64(),
        "p5": pl.Float64(),
        "p95": pl.Float64(),
        "n": pl.Int64(),
        "contribution": pl.Float64(),
        "text_en": pl.String(),
        "text_zh": pl.String(),
    }
)
CROSSED = pl.Struct(
    {
        "indicator": pl.String(),
        "grade": pl.String(),
        "value": pl.Float64(),
        "line": pl.Float64(),
        "projected": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
    }
)
TABLE_VERSION = pl.Struct({"table": pl.String(), "version": pl.Int64()})
TEXTS = pl.List(pl.String())

MANIFEST = Table(
    "manifest",
    "One row a published night; written last, so that the night becomes visible at once.",
    "发布清单",
    key=("run_date",),
    columns=(
        RUN_DATE,
        Column(
            "kind", TEXT, "A night, or a screen of an extract.", "类型", values=("night", "screen")
        ),
        Column("versions", nested(pl.List(TABLE_VERSION)), "Version of every table.", "表版本"),
        Column("data_version", TEXT, "Hash of what was known.", "数据版本"),
        Column("model_version", TEXT, "Models used.", "模型版本", optional=True),
        Column("benchmark_version", TEXT, "Standards used.", "标准版本", optional=True),
        Column("switched_off", nested(TEXTS), "Features and rules without data.", "停用项"),
        Column("notice", TEXT, "What a reader should know.", "提示", optional=True),
        Column("published_at", DATETIME, "Clock time of publishing.", "发布时间"),
    ),
)

COVERAGE = Table(
    "coverage",
    "Columns that deliveries really fill; a constant from a mapping counts as absent.",
    "数据覆盖",
    key=("received_on", "source", "table", "column"),
    columns=(
        Column("received_on", DATE, "Night.", "接收日期"),
        Column("source", TEXT, "Delivery.", "来源"),
        Column("table", TEXT, "Table.", "表"),
        Column("column", TEXT, "Column.", "列"),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "Rows that could not be stored or keyed, whole, with where they came from.",
    "隔离区",
    key=("quarantine_id", "status"),
    columns=(
        Column("quarantine_id", TEXT, "Hash of source, table, row and code.", "隔离编号"),
        Column("received_on", DATE, "Night.", "接收日期"),
        Column("source", TEXT, "Delivery.", "来源"),
        Column("table", TEXT, "Table.", "表"),
        Column("file", TEXT, "File.", "文件"),
        Column("row", WHOLE, "Row in the file, from 1, without the header.", "行号"),
        Column("column", TEXT, "Column.", "列", optional=True),
        Column("code", TEXT, "Why.", "原因"),
        Column("message", TEXT, "Why, in words.", "说明"),
        Column("hospital_id", TEXT, "Institution, where known.", "机构编码", optional=True),
        Column("payload", TEXT, "The row as JSON.", "原始内容"),
        Column("status", TEXT, "Held, or released.", "状态", values=("held", "released")),
    ),
)

DATA_FAULTS = Table(
    "data_faults",
    "Implausible rows that were kept: the queue of data faults.",
    "数据异常",
    key=("received_on", "source", "table", "row_key", "column", "code"),
    columns=(
        Column("received_on", DATE, "Night.", "接收日期"),
        Column("source", TEXT, "Delivery.", "来源"),
        Column("table", TEXT, "Table.", "表"),
        Column("row_key", TEXT, "Key of the row.", "主键"),
        Column("column", TEXT, "Column.", "列"),
        Column("code", TEXT, "Tag, as data.unknown_code.", "标签"),
        Column("message", TEXT, "In words.", "说明"),
        Column("stay_id", TEXT, "Stay concerned.", "结算号", optional=True),
        HOSPITAL_ID,
    ),
)

STANDARDS = Table(
    "standards",
    "Standard characteristics of peers, frozen under a version.",
    "标准特征",
    key=("version", "entity", "feature", "cell"),
    columns=(
        Column("version", TEXT, "Version.", "版本"),
        RUN_DATE,
        Column("entity", TEXT, "Kind of subject.", "对象"),
        Column("feature", TEXT, "Feature.", "特征"),
        Column("cell", TEXT, "Peer group, as drg|level|scheme; * for all.", "同类组"),
        Column("n", WHOLE, "Records behind it.", "样本量"),
        Column("location", REAL, "Median, shrunk to the wider group.", "中位数"),
        Column("spread", REAL, "1.4826 x MAD, shrunk likewise.", "离散度"),
        Column("p5", REAL, "5th percentile.", "P5"),
        Column("p25", REAL, "25th percentile.", "P25"),
        Column("p75", REAL, "75th percentile.", "P75"),
        Column("p95", REAL, "95th percentile.", "P95"),
    ),
)

SCORES = Table(
    "scores",
    "Every record scored on a night, whether or not it became an alert.",
    "评分",
    key=("run_date", "scenario", "subject_id"),
    columns=(
        RUN_DATE,
        SCENARIO,
        SUBJECT_TYPE,
        SUBJECT_ID,
        HOSPITAL_ID,
        PERSON_ID,
        Column("score", REAL, "Calibrated probability.", "概率", optional=True),
        Column("score_kind", TEXT, "Calibrated, or prior.", "评分类型", values=SCORE_KINDS),
        Column("margin", REAL, "Log-odds of the ranker, or the prior's order.", "边际得分"),
        Column("anomaly", REAL, "Percentile among the training records.", "异常百分位"),
        Column("whole_amount", MONEY, "All that was billed for the subject.", "全部金额"),
        Column("amount_at_risk", MONEY, "Amount in doubt.", "涉疑金额"),
        Column("rule_codes", nested(TEXTS), "Rules that reported.", "命中规则"),
        Column("draw_probability", REAL, "Chance of being drawn at random.", "抽中概率"),
        Column("model_version", TEXT, "Models.", "模型版本", optional=True),
        Column("benchmark_version", TEXT, "Standards.", "标准版本", optional=True),
    ),
)

TAGS = Table(
    "tags",
    "Labels of records, one row a label, with what they rest on.",
    "标签",
    key=("run_date", "subject_type", "subject_id", "tag"),
    columns=(
        RUN_DATE,
        SUBJECT_TYPE,
        SUBJECT_ID,
        Column("tag", TEXT, "Label.", "标签"),
        Column("layer", TEXT, "Layer.", "层级", values=LAYERS),
        Column("protective", BOOLEAN, "Speaks for the record.", "豁免"),
        Column("compared_with", TEXT, "Object of comparison.", "比较对象", optional=True),
        Column("value", REAL, "Value.", "取值", optional=True),
        Column("standard", REAL, "Standard.", "标准", optional=True),
        Column("distance", REAL, "Distance in spreads.", "偏离", optional=True),
        Column("version", TEXT, "Of the rule, standard or model.", "版本", optional=True),
        Column("text_en", TEXT, "In English.", "英文说明"),
        Column("text_zh", TEXT, "In Chinese.", "中文说明"),
    ),
)

ALERTS = Table(
    "alerts",
    "Doubtful points handed to auditors, one row an alert.",
    "疑点",
    key=("alert_id",),
    columns=(
        Column("alert_id", TEXT, "Hash of scenario, subject and night.", "疑点编号"),
        RUN_DATE,
        SCENARIO,
        SUBJECT_TYPE,
        SUBJECT_ID,
        HOSPITAL_ID,
        PERSON_ID,
        Column("case_id", TEXT, "Case.", "案件编号"),
        Column("score", REAL, "Calibrated probability.", "概率", optional=True),
        Column("score_kind", TEXT, "Calibrated, or prior.", "评分类型", values=SCORE_KINDS),
        Column("margin", REAL, "Log-odds, or the prior's order.", "边际得分"),
        Column("anomaly", REAL, "Percentile, 0 to 1.", "异常百分位"),
        Column("amount_at_risk", MONEY, "Amount in doubt.", "涉疑金额"),
        Column("loss_method", TEXT, "How the amount was found.", "损失方法"),
        Column("billed_harm", MONEY, "Harm in billed fees.", "费用损失"),
        Column("fund_loss", MONEY, "Harm to the fund.", "基金损失", optional=True),
        Column("expected_recovery", MONEY, "Probability times amount.", "预期追回"),
        Column("grade", TEXT, "Grade.", "等级", values=GRADES),
        Column("rules", nested(pl.List(RULE_HIT)), "Rule hits.", "命中规则"),
        Column("reasons", nested(pl.List(REASON)), "Reasons.", "理由"),
        Column("tags", nested(TEXTS), "Labels.", "标签"),
        Column("protective_tags", nested(TEXTS), "What speaks for it.", "豁免标签"),
        Column(
            "selected_by", TEXT, "What chose it.", "选案来源", values=("model", "rule", "random")
        ),
        Column("selection_probability", REAL, "If random.", "抽中概率", optional=True),
        Column("model_version", TEXT, "Models.", "模型版本", optional=True),
        Column("benchmark_version", TEXT, "Standards.", "标准版本", optional=True),
        Column("data_version", TEXT, "Hash of what was known.", "数据版本"),
    ),
)

FINDINGS = Table(
    "findings",
    "What was found about the alerts of a night, each fen counted once a way of loss.",
    "疑点明细",
    key=("run_date", "subject_type", "subject_id", "code"),
    columns=(
        RUN_DATE,
        SCENARIO,
        SUBJECT_TYPE,
        SUBJECT_ID,
        Column("stay_id", TEXT, "Stay whose fee is looked at.", "结算号", optional=True),
        Column("code", TEXT, "Rule, or - where none spoke.", "规则"),
        Column("loss_method", TEXT, "How the amount was found.", "损失方法"),
        Column("amount", MONEY, "Amount in doubt.", "涉疑金额"),
        Column("stay_fee", MONEY, "Whole fee of the stay.", "住院总费用", optional=True),
        Column("counted", MONEY, "Part that no other finding counts.", "计入金额"),
        Column("absorbed_by", TEXT, "Finding that counts the rest.", "并入疑点", optional=True),
    ),
)

CASES = Table(
    "cases",
    "Alerts about one hospital and person, or one ledger, gathered; one row a case a night.",
    "案件",
    key=("run_date", "case_id"),
    columns=(
        RUN_DATE,
        Column("case_id", TEXT, "Case.", "案件编号"),
        SCENARIO,
        HOSPITAL_ID,
        Column("hospital_name", TEXT, "Its name.", "机构名称", optional=True),
        PERSON_ID,
        Column("about", TEXT, "What ties the alerts together.", "归并依据"),
        Column("opened_on", DATE, "First night.", "立案日期"),
        Column("alert_ids", nested(TEXTS), "Alerts, all so far.", "疑点编号"),
        Column("grade", TEXT, "Highest grade.", "等级", values=GRADES),
        Column("score", REAL, "Highest probability.", "概率", optional=True),
        Column("anomaly", REAL, "Highest percentile.", "异常百分位"),
        Column("amount_at_risk", MONEY, "Sum, each amount once.", "涉疑金额"),
        Column("priority", REAL, "Order of the queue.", "优先级"),
        Column("rule_codes", nested(TEXTS), "Rules.", "命中规则"),
        Column("headline_en", TEXT, "Strongest reason.", "摘要(英)"),
        Column("headline_zh", TEXT, "Strongest reason.", "摘要(中)"),
    ),
)

DOSSIERS = Table(
    "dossiers",
    "What a dossier shows, as said on the night: facts, standards, evidence, as JSON.",
    "卷宗",
    key=("alert_id",),
    columns=(
        Column("alert_id", TEXT, "Alert.", "疑点编号"),
        RUN_DATE,
        Column("content", TEXT, "JSON.", "内容"),
    ),
)

GROUPS = Table(
    "groups",
    "Members of the groups that came together more often than chance allows, week by week.",
    "同住院人群",
    key=("run_date", "group_id", "person_id"),
    columns=(
        RUN_DATE,
        Column("group_id", TEXT, "Group; kept from week to week by overlap.", "人群编号"),
        Column("person_id", TEXT, "Member.", "参保人编号"),
        Column("hospital_id", TEXT, "Institution.", "机构编码"),
        Column("found_as", TEXT, "Its name in this night's features.", "当晚名称"),
        Column("first_seen", DATE, "Night of its first sight.", "首见日期"),
    ),
)

PORTRAITS = Table(
    "portraits",
    "Portraits of what became an alert and of its person, as seen on the night, as JSON.",
    "画像",
    key=("run_date", "subject_type", "subject_id"),
    columns=(
        RUN_DATE,
        SUBJECT_TYPE,
        SUBJECT_ID,
        Column("content", TEXT, "JSON.", "内容"),
    ),
)

INDICATORS = Table(
    "indicators",
    "Indicators of consumables: one row a subject, class and period; children sum to the parent.",
    "耗材监管指标",
    key=("run_date", "month", "period", "class", "rung", "subject_id"),
    columns=(
        RUN_DATE,
        Column("month", DATE, "First day of the last month.", "月份"),
        Column(
            "period", TEXT, "The month, or the year up to it.", "周期", values=("month", "year")
        ),
        Column("class", TEXT, "Head of the class codes, or * for all.", "耗材类别"),
        Column("rung", TEXT, "City to physician, or an article of one.", "层级"),
        Column("subject_id", TEXT, "Which one.", "对象编号"),
        Column("parent_id", TEXT, "Subject one rung above.", "上级编号", optional=True),
        Column("amount", MONEY, "Billed, less what was reversed.", "耗材费用"),
        Column("quantity", QUANTITY, "Units, likewise.", "数量"),
        Column("lines", WHOLE, "Lines that bill something.", "明细行数"),
        Column("implant_lines", WHOLE, "Those of implants.", "植入类行数"),
        Column("traced_lines", WHOLE, "Those with a full trace code.", "有追溯码行数"),
        Column("priced_amount", MONEY, "Amount with a reference price.", "可比价费用"),
        Column("reference_amount", MONEY, "The same units at that price.", "参考价费用"),
        Column("selected_quantity", QUANTITY, "Units selected in volume buying.", "中选数量"),
        Column("stays", WHOLE, "Stays.", "住院人次", optional=True),
        Column("operated", WHOLE, "Stays with an operation.", "手术人次", optional=True),
        Column("total_amount", MONEY, "Whole fee of the stays.", "总费用", optional=True),
        Column(
            "expected_amount", WHOLE, "Expected, millionths of a fen.", "预期费用", optional=True
        ),
        Column(
            "expected_quantity", WHOLE, "Millionths of a thousandth.", "预期数量", optional=True
        ),
        Column("squares", WHOLE, "Squared distances, yuan.", "离差平方和", optional=True),
        Column("oe", REAL, "Observed over expected amount.", "实际/预期费用", optional=True),
        Column("oe_units", REAL, "Observed over expected units.", "实际/预期数量", optional=True),
        Column("oe_z", REAL, "Excess in standard errors.", "超出标准误", optional=True),
        Column("per_100", REAL, "Units a 100 operated stays.", "每百台用量", optional=True),
        Column("intensity_z", REAL, "The same in spreads of peers.", "用量偏离", optional=True),
        Column("share", REAL, "Consumables in the fee.", "耗占比", optional=True),
        Column("share_rank", REAL, "Place of it among peers.", "耗占比位次", optional=True),
        Column("price_deviation", REAL, "Over the reference price.", "价格偏离", optional=True),
        Column("price_dispersion", REAL, "How far prices lie apart.", "价格离散", optional=True),
        Column("scan_rate", REAL, "Implant lines with a trace code.", "扫码率", optional=True),
        Column("selected_share", REAL, "Selected units.", "中选占比", optional=True),
        Column("suppliers", WHOLE, "Suppliers in the year.", "供应商数", optional=True),
        Column("top_supplier", REAL, "Share of the largest.", "最大供应商占比", optional=True),
        Column("hhi", REAL, "Herfindahl-Hirschman index.", "供应商集中度", optional=True),
        Column("growth", REAL, "Of the month, case mix adjusted.", "增长", optional=True),
        Column("cusum", REAL, "Cumulated excess, spreads.", "累积和", optional=True),
        Column("mix_shift", REAL, "Away from selected articles.", "非中选上升", optional=True),
        Column("crossed", nested(pl.List(CROSSED)), "Lines crossed, or ahead.", "越线与预警"),
    ),
)

DRIFT = Table(
    "drift",
    "What the watch on drift compared on a night: one row a figure and window.",
    "漂移监测",
    key=("run_date", "days", "part", "entity", "name"),
    columns=(
        RUN_DATE,
        Column("days", WHOLE, "Nights of the window, which ends on the night.", "窗口天数"),
        Column("part", TEXT, "As features, codes, prices, volume.", "部分"),
        Column("entity", TEXT, "Kind of subject.", "对象"),
        Column("name", TEXT, "Feature, column, class or hospital.", "名称"),
        Column("reference", REAL, "What it was.", "基准值", optional=True),
        Column("recent", REAL, "What it is.", "近期值", optional=True),
        Column("distance", REAL, "How far apart, as PSI, share or times.", "偏移", optional=True),
        Column("bound", REAL, "From where on it is told.", "阈值", optional=True),
        Column("p_value", REAL, "By chance, corrected.", "p值", optional=True),
        Column("n_reference", WHOLE, "Records behind the reference.", "基准样本"),
        Column("n_recent", WHOLE, "Records of the window.", "近期样本"),
        Column("verdict", TEXT, "What came of it.", "结论", values=DRIFT_VERDICTS),
        Column("since", DATE, "Night of the change.", "起始日期", optional=True),
        Column("model_version", TEXT, "Model whose training it is held against.", "模型版本",
               optional=True),
        Column("text_en", TEXT, "In English.", "英文说明"),
        Column("text_zh", TEXT, "In Chinese.", "中文说明"),
    ),
)  # fmt: skip

RUNS = Table(
    "runs",
    "What each run did and how long it took; not part of what a re-run must repeat.",
    "运行记录",
    key=("run_id",),
    columns=(
        Column("run_id", TEXT, "Run.", "运行编号"),
        RUN_DATE,
        Column("flow", TEXT, "Flow.", "流程"),
        Column("started_at", DATETIME, "Clock time.", "开始"),
        Column("seconds", REAL, "Duration.", "耗时"),
        Column("report", TEXT, "JSON.", "报告"),
    ),
)

WRITTEN: tuple[Table, ...] = (
    MANIFEST,
    COVERAGE,
    QUARANTINE,
    DATA_FAULTS,
    STANDARDS,
    *FROZEN,
    SCORES,
    TAGS,
    ALERTS,
    FINDINGS,
    CASES,
    DOSSIERS,
    GROUPS,
    PORTRAITS,
    INDICATORS,
    DRIFT,
    RUNS,
)
