"""The tables a city delivers, each declared once (a catalogue, longer than a module of logic).

Names and code values follow the national settlement interfaces (2301, 2304, 3501-3505,
4101) in plain English; the labels in Chinese are the ones auditors know.
"""

from __future__ import annotations

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
)

LEVELS = ("3", "2", "1", "0")
SCHEMES = ("employee", "resident")
FEE_CATEGORIES = (
    "bed",
    "nursing",
    "consultation",
    "examination",
    "laboratory",
    "drug",
    "treatment",
    "surgery",
    "anaesthesia",
    "rehabilitation",
    "consumable",
    "other",
)
STOCK_KINDS = (
    "opening",
    "issue",
    "department_return",
    "transfer_in",
    "transfer_out",
    "supplier_return",
    "scrap",
    "gain",
    "loss",
)
OUTCOMES = ("confirmed", "refuted", "inconclusive", "overturned")
SUBJECT_TYPES = (
    "stay",
    "use",
    "line",
    "ledger",
    "person",
    "physician",
    "department",
    "hospital",
    "group",
)
SCENARIOS = ("hospitalization", "consumables")

RECEIVED_ON = Column(
    "received_on", DATE, "Night on which the row became known.", "接收日期", optional=True
)

HOSPITALS = Table(
    "hospitals",
    "Designated medical institutions.",
    "定点医疗机构",
    key=("hospital_id",),
    columns=(
        Column("hospital_id", TEXT, "Code of the institution.", "机构编码"),
        Column("name", TEXT, "Name of the institution.", "机构名称"),
        Column("level", TEXT, "Level 3, 2, 1, or 0 for ungraded.", "医院等级", values=LEVELS),
        Column(
            "kind",
            TEXT,
            "Kind of institution.",
            "机构类型",
            values=("general", "tcm", "specialist", "rehabilitation", "nursing", "psychiatric"),
        ),
        Column("ownership", TEXT, "Public or private.", "所有制", values=("public", "private")),
        Column("district", TEXT, "Administrative district.", "所在区"),
        Column("approved_beds", WHOLE, "Beds approved.", "核定床位", optional=True, minimum=0),
        Column("drg_paid", BOOLEAN, "Paid by case groups.", "按病组付费", optional=True),
        RECEIVED_ON,
    ),
)

PHYSICIANS = Table(
    "physicians",
    "Physicians who may treat insured persons.",
    "医保医师",
    key=("physician_id",),
    columns=(
        Column("physician_id", TEXT, "Code of the physician.", "医师编码"),
        Column("hospital_id", TEXT, "Institution.", "机构编码", refers_to="hospitals"),
        Column("department", TEXT, "Department.", "科室"),
        Column("title", TEXT, "Professional title.", "职称", optional=True),
        RECEIVED_ON,
    ),
)

PERSONS = Table(
    "persons",
    "Insured persons, pseudonymised on the way in.",
    "参保人",
    key=("person_id",),
    columns=(
        Column("person_id", TEXT, "Pseudonym of the person.", "参保人编号"),
        Column("sex", TEXT, "Sex.", "性别", values=("F", "M")),
        Column("birth_date", DATE, "Date of birth.", "出生日期"),
        Column("scheme", TEXT, "Insurance scheme.", "险种", values=SCHEMES),
        Column(
            "person_type",
            TEXT,
            "Group of insured person.",
            "人员类别",
            values=("working", "retired", "resident", "student"),
        ),
        Column("district", TEXT, "District of residence.", "居住区", optional=True),
        Column("address_hash", TEXT, "Hash of the address.", "地址散列", optional=True),
        Column("blood_group", TEXT, "Blood group.", "血型", optional=True),
        Column("death_date", DATE, "Date of death.", "死亡日期", optional=True),
        Column("relief", BOOLEAN, "Receives poverty relief.", "医疗救助对象", optional=True),
        RECEIVED_ON,
    ),
)

STAYS = Table(
    "stays",
    "Hospital stays as settled; the only required table.",
    "住院结算",
    key=("stay_id",),
    event=("settled_on", "discharged_at"),
    required=("stay_id", "hospital_id", "total_amount"),
    columns=(
        Column("stay_id", TEXT, "Number of the settlement.", "结算号"),
        Column("hospital_id", TEXT, "Institution.", "机构编码", refers_to="hospitals"),
        Column("total_amount", MONEY, "Total fee.", "总费用", minimum=0),
        Column("person_id", TEXT, "Pseudonym.", "参保人编号", optional=True, refers_to="persons"),
        Column("department", TEXT, "Department.", "科室", optional=True),
        Column("ward", TEXT, "Ward.", "病区", optional=True),
        Column(
            "physician_id",
            TEXT,
            "Attending physician.",
            "主治医师",
            optional=True,
            refers_to="physicians",
        ),
        Column("admitted_at", DATETIME, "Admission.", "入院时间", optional=True),
        Column("discharged_at", DATETIME, "Discharge.", "出院时间", optional=True),
        Column("settled_on", DATE, "Settlement.", "结算日期", optional=True),
        RECEIVED_ON,
        Column("voided", BOOLEAN, "The settlement was cancelled.", "已撤销", optional=True),
        Column(
            "admission_way",
            TEXT,
            "Way of admission.",
            "入院途径",
            optional=True,
            values=("emergency", "outpatient", "transfer", "other"),
        ),
        Column(
            "discharge_way",
            TEXT,
            "Way of discharge.",
            "离院方式",
            optional=True,
            values=("home", "transfer", "against_advice", "death", "other"),
        ),
        Column("principal_diagnosis", TEXT, "Main diagnosis, ICD-10.", "主要诊断", optional=True),
        Column("drg", TEXT, "Case group, from any grouper.", "病组", optional=True),
        Column("day_case", BOOLEAN, "Day surgery or day therapy.", "日间", optional=True),
        Column("newborn", BOOLEAN, "A newborn's stay.", "新生儿", optional=True),
        Column(
            "planned_readmission",
            BOOLEAN,
            "A further stay within 31 days was planned.",
            "31天内再住院计划",
            optional=True,
        ),
        Column("referrer", TEXT, "Who brought the person.", "介绍人", optional=True),
        Column("fund_amount", MONEY, "Paid by the fund.", "统筹支付", optional=True),
        Column("self_pay_amount", MONEY, "Paid by the person.", "个人支付", optional=True),
        Column("payment_standard", MONEY, "Standard of the group.", "支付标准", optional=True),
        Column(
            "length_of_stay",
            WHOLE,
            "Days of stay, for sources without dates.",
            "住院天数",
            optional=True,
            minimum=0,
        ),
        Column("age_band", TEXT, "Age band, without birth dates.", "年龄段", optional=True),
        Column("severity", TEXT, "Severity within the group.", "严重程度", optional=True),
    ),
)

STAY_DIAGNOSES = Table(
    "stay_diagnoses",
    "Diagnoses of a stay.",
    "出院诊断",
    key=("stay_id", "position"),
    parent="stays",
    columns=(
        Column("stay_id", TEXT, "Stay.", "结算号", refers_to="stays"),
        Column("position", WHOLE, "Place in the list, from 1.", "序号"),
        Column("code", TEXT, "ICD-10, insurance edition.", "诊断编码"),
        Column("present_on_admission", BOOLEAN, "Present.", "入院病情", optional=True),
        RECEIVED_ON,
    ),
)

STAY_PROCEDURES = Table(
    "stay_procedures",
    "Operations of a stay.",
    "手术操作",
    key=("stay_id", "position"),
    parent="stays",
    columns=(
        Column("stay_id", TEXT, "Stay.", "结算号", refers_to="stays"),
        Column("position", WHOLE, "Place in the list, from 1.", "序号"),
        Column("code", TEXT, "ICD-9-CM-3, insurance edition.", "手术编码"),
        Column("performed_at", DATETIME, "When.", "手术时间", optional=True),
        Column("physician_id", TEXT, "Operator.", "术者", optional=True),
        Column("site", TEXT, "Body site.", "部位", optional=True),
        Column("laterality", TEXT, "Side.", "侧别", optional=True),
        RECEIVED_ON,
    ),
)

FEE_LINES = Table(
    "fee_lines",
    "Fee detail of a stay.",
    "费用明细",
    key=("line_id",),
    parent="stays",
    columns=(
        Column("line_id", TEXT, "Number of the line.", "明细流水号"),
        Column("stay_id", TEXT, "Stay.", "结算号", refers_to="stays"),
        Column("reverses_line_id", TEXT, "Line reversed.", "被冲销流水号", optional=True),
        Column("charged_at", DATETIME, "Posting time.", "记账时间"),
        Column("performed_at", DATETIME, "Time of service.", "执行时间", optional=True),
        Column("category", TEXT, "Class of fee.", "费用类别", values=FEE_CATEGORIES),
        Column("item_code", TEXT, "Service, drug or consumable.", "项目编码"),
        Column("quantity", QUANTITY, "Units; negative for a reversal.", "数量"),
        Column("unit_price", MONEY, "Price of one unit.", "单价", minimum=0),
        Column("amount", MONEY, "Quantity times price.", "金额"),
        Column("covered", BOOLEAN, "Inside the payment scope.", "范围内", optional=True),
        Column("department", TEXT, "Billing department.", "开单科室", optional=True),
        Column("physician_id", TEXT, "Ordering physician.", "开单医师", optional=True),
        Column("udi_di", TEXT, "Device identifier.", "UDI-DI", optional=True),
        Column("lot", TEXT, "Lot.", "批号", optional=True),
        Column("serial", TEXT, "Serial number.", "序列号", optional=True),
        RECEIVED_ON,
    ),
)

SERVICE_ITEMS = Table(
    "service_items",
    "Price list of services.",
    "医疗服务项目",
    key=("item_code", "valid_from"),
    event=("valid_from",),
    columns=(
        Column("item_code", TEXT, "Code of the service.", "项目编码"),
        Column("valid_from", DATE, "First day.", "生效日期"),
        Column("valid_to", DATE, "Last day.", "失效日期", optional=True),
        Column("name", TEXT, "Name.", "名称"),
        Column("category", TEXT, "Class of fee.", "费用类别", values=FEE_CATEGORIES),
        Column("unit", TEXT, "Unit of charge.", "计价单位"),
        Column("price", MONEY, "Regulated price.", "价格", minimum=0),
        RECEIVED_ON,
    ),
)

CONSUMABLES = Table(
    "consumables",
    "Catalogue of medical consumables.",
    "医用耗材目录",
    key=("item_code", "valid_from"),
    event=("valid_from",),
    columns=(
        Column("item_code", TEXT, "27-character code.", "耗材编码"),
        Column("valid_from", DATE, "First day.", "生效日期"),
        Column("valid_to", DATE, "Last day.", "失效日期", optional=True),
        Column("generic_name", TEXT, "Generic name.", "通用名"),
        Column("class_code", TEXT, "First 7 characters of the code.", "分类编码"),
        Column("class_name", TEXT, "Name of the class.", "分类名称"),
        Column("maker", TEXT, "Manufacturer.", "生产企业"),
        Column("origin", TEXT, "Origin.", "产地", values=("domestic", "imported")),
        Column("unit", TEXT, "Unit of charge.", "计价单位"),
        Column("pack_factor", QUANTITY, "Units in one pack.", "包装换算", minimum=1),
        Column("implantable", BOOLEAN, "Stays in the body.", "植入类"),
        Column("single_use", BOOLEAN, "For one use.", "一次性"),
        Column("key_list", BOOLEAN, "On the key supervision list.", "重点治理清单"),
        Column("covered", BOOLEAN, "Inside the payment scope.", "医保支付"),
        Column("vbp_selected", BOOLEAN, "Selected in volume-based buying.", "集采中选"),
        Column("vbp_group", TEXT, "Volume-based buying group.", "集采组", optional=True),
        Column("platform_price", MONEY, "Price on the platform.", "挂网价", minimum=0),
        Column("payment_standard", MONEY, "Most that is paid.", "支付标准", optional=True),
        Column("sex_limit", TEXT, "Only for this sex.", "限性别", optional=True),
        Column("registration_valid_to", DATE, "Certificate ends.", "注册证到期", optional=True),
        RECEIVED_ON,
    ),
)

DRG_STANDARDS = Table(
    "drg_standards",
    "Payment standards of case groups.",
    "病组支付标准",
    key=("drg", "hospital_level", "scheme", "valid_from"),
    event=("valid_from",),
    columns=(
        Column("drg", TEXT, "Case group.", "病组"),
        Column("hospital_level", TEXT, "Level.", "医院等级", values=LEVELS),
        Column("scheme", TEXT, "Scheme.", "险种", values=SCHEMES),
        Column("valid_from", DATE, "First day.", "生效日期"),
        Column("valid_to", DATE, "Last day.", "失效日期", optional=True),
        Column("weight", REAL, "Relative weight.", "权重", minimum=0),
        Column("payment_standard", MONEY, "Standard.", "支付标准", minimum=0),
        RECEIVED_ON,
    ),
)

PURCHASES = Table(
    "purchases",
    "Purchases of consumables.",
    "采购入库",
    key=("purchase_id",),
    event=("delivered_on",),
    columns=(
        Column("purchase_id", TEXT, "Number of the purchase line.", "采购流水号"),
        Column("hospital_id", TEXT, "Institution.", "机构编码", refers_to="hospitals"),
        Column("item_code", TEXT, "Consumable.", "耗材编码", refers_to="consumables"),
        Column("lot", TEXT, "Lot.", "批号", optional=True),
        Column("serial", TEXT, "Serial number.", "序列号", optional=True),
        Column("supplier_id", TEXT, "Supplier.", "供应商"),
        Column("ordered_on", DATE, "Ordered.", "订购日期"),
        Column("delivered_on", DATE, "Delivered.", "到货日期"),
        Column("quantity", QUANTITY, "Units.", "数量"),
        Column("unit_price", MONEY, "Invoice price of a unit.", "采购单价", minimum=0),
        Column("on_platform", BOOLEAN, "Ordered on the platform.", "平台采购"),
        Column("consignment", BOOLEAN, "Posted after use.", "寄售"),
        Column("gift", BOOLEAN, "Given free of charge.", "赠品"),
        Column("expiry_on", DATE, "Expiry.", "有效期", optional=True),
        RECEIVED_ON,
    ),
)

STOCK_MOVES = Table(
    "stock_moves",
    "Changes of stock other than purchases.",
    "库存变更",
    key=("move_id",),
    event=("moved_at",),
    columns=(
        Column("move_id", TEXT, "Number of the move.", "变更流水号"),
        Column("hospital_id", TEXT, "Institution.", "机构编码", refers_to="hospitals"),
        Column("item_code", TEXT, "Consumable.", "耗材编码", refers_to="consumables"),
        Column("lot", TEXT, "Lot.", "批号", optional=True),
        Column("kind", TEXT, "Kind of move.", "变更类型", values=STOCK_KINDS),
        Column("quantity", QUANTITY, "Units, never negative.", "数量", minimum=0),
        Column("moved_at", DATETIME, "When.", "变更时间"),
        Column("counterpart", TEXT, "Other side.", "对方", optional=True),
        Column("department", TEXT, "Department.", "科室", optional=True),
        RECEIVED_ON,
    ),
)

STOCK_COUNTS = Table(
    "stock_counts",
    "Stock as counted.",
    "库存盘点",
    key=("hospital_id", "item_code", "lot", "counted_on"),
    event=("counted_on",),
    columns=(
        Column("hospital_id", TEXT, "Institution.", "机构编码", refers_to="hospitals"),
        Column("item_code", TEXT, "Consumable.", "耗材编码", refers_to="consumables"),
        Column("lot", TEXT, "Lot.", "批号"),
        Column("counted_on", DATE, "Day of the count.", "盘点日期"),
        Column("quantity", QUANTITY, "Units.", "数量", minimum=0),
        RECEIVED_ON,
    ),
)

DEVICE_USES = Table(
    "device_uses",
    "Consumables recorded as used in a stay.",
    "耗材使用登记",
    key=("use_id",),
    parent="stays",
    columns=(
        Column("use_id", TEXT, "Number of the record.", "使用登记号"),
        Column("stay_id", TEXT, "Stay.", "结算号", refers_to="stays"),
        Column("item_code", TEXT, "Consumable.", "耗材编码", refers_to="consumables"),
        Column("udi_di", TEXT, "Device identifier.", "UDI-DI", optional=True),
        Column("lot", TEXT, "Lot.", "批号", optional=True),
        Column("serial", TEXT, "Serial number.", "序列号", optional=True),
        Column("quantity", QUANTITY, "Units used.", "使用数量"),
        Column("used_at", DATETIME, "When.", "使用时间"),
        Column("procedure_position", WHOLE, "Operation.", "手术序号", optional=True),
        Column("site", TEXT, "Body site.", "部位", optional=True),
        Column("laterality", TEXT, "Side.", "侧别", optional=True),
        RECEIVED_ON,
    ),
)

OUTPATIENT_VISITS = Table(
    "outpatient_visits",
    "Outpatient, emergency and pharmacy visits.",
    "门诊及购药",
    key=("visit_id",),
    event=("visited_at",),
    columns=(
        Column("visit_id", TEXT, "Number of the visit.", "就诊号"),
        Column("person_id", TEXT, "Pseudonym.", "参保人编号", refers_to="persons"),
        Column("hospital_id", TEXT, "Institution.", "机构编码"),
        Column("visited_at", DATETIME, "When.", "就诊时间"),
        Column(
            "kind", TEXT, "Kind of visit.", "就诊类型", values=("clinic", "emergency", "pharmacy")
        ),
        Column("principal_diagnosis", TEXT, "Main diagnosis.", "主要诊断", optional=True),
        Column("amount", MONEY, "Fee.", "金额"),
        RECEIVED_ON,
    ),
)

AUDIT_OUTCOMES = Table(
    "audit_outcomes",
    "What people decided about a subject.",
    "核查结论",
    key=("outcome_id",),
    event=("decided_on",),
    columns=(
        Column("outcome_id", TEXT, "Number of the outcome.", "结论编号"),
        Column("subject_type", TEXT, "What was audited.", "对象类型", values=SUBJECT_TYPES),
        Column("subject_id", TEXT, "Which one.", "对象编号"),
        Column("scenario", TEXT, "Scenario.", "场景", values=SCENARIOS),
        Column("scheme", TEXT, "Scheme found, as H01.", "问题类型", optional=True),
        Column("audited_schemes", TEXT, "Schemes looked for.", "核查范围", optional=True),
        Column("outcome", TEXT, "Conclusion.", "结论", values=OUTCOMES),
        Column("event_on", DATE, "Day of the event.", "发生日期"),
        Column("decided_on", DATE, "Day of the decision.", "认定日期"),
        Column("amount_recovered", MONEY, "Recovered.", "追回金额"),
        Column(
            "selected_by",
            TEXT,
            "What led to the audit.",
            "选案来源",
            values=("model", "rule", "random", "tip", "history"),
        ),
        Column(
            "selection_probability",
            REAL,
            "Chance of being drawn, where drawn at random.",
            "抽中概率",
            optional=True,
        ),
        Column("supersedes", TEXT, "Outcome replaced.", "替代结论", optional=True),
        RECEIVED_ON,
    ),
)

DELIVERED: tuple[Table, ...] = (
    HOSPITALS,
    PHYSICIANS,
    PERSONS,
    STAYS,
    STAY_DIAGNOSES,
    STAY_PROCEDURES,
    FEE_LINES,
    SERVICE_ITEMS,
    CONSUMABLES,
    DRG_STANDARDS,
    PURCHASES,
    STOCK_MOVES,
    STOCK_COUNTS,
    DEVICE_USES,
    OUTPATIENT_VISITS,
    AUDIT_OUTCOMES,
)
BY_NAME: dict[str, Table] = {table.name: table for table in DELIVERED}
