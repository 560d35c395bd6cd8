"""What a case group usually holds and when: the standards that are not numbers of a record."""

from __future__ import annotations

from claims.schema import DATE, REAL, TEXT, WHOLE, Column, Table

KINDS = ("expected", "optional", "unusual")

VERSION = Column("version", TEXT, "Version, the same as of the table standards.", "版本")
FROZEN_ON = Column("run_date", DATE, "Day on which it was frozen.", "冻结日期")
CELL = Column("cell", TEXT, "Peer group, as drg|level|*|family; * for all.", "同类组")

STANDARD_ITEMS = Table(
    "standard_items",
    "Items that stays of a peer group hold, frozen with the standards under one version.",
    "标准项目集",
    key=("version", "cell", "item"),
    columns=(
        VERSION,
        FROZEN_ON,
        CELL,
        Column("item", TEXT, "Service or drug; of a consumable its class.", "项目"),
        Column("category", TEXT, "Class of fee.", "费用类别"),
        Column("n", WHOLE, "Stays behind the group.", "样本量"),
        Column("with_item", WHOLE, "Stays that hold the item.", "有该项目的住院数"),
        Column("share", REAL, "Their share, shrunk to the wider group.", "出现比例"),
        Column("kind", TEXT, "By the share: .8 and more, less than .02.", "类型", values=KINDS),
    ),
)

STANDARD_DAYS = Table(
    "standard_days",
    "Days of the stay on which a step begins and takes place, frozen likewise.",
    "标准时序",
    key=("version", "cell", "step", "from_day"),
    columns=(
        VERSION,
        FROZEN_ON,
        CELL,
        Column("step", TEXT, "Step of the treatment.", "步骤"),
        Column("from_day", WHOLE, "First day of the span; 0 is admission, -1 before.", "起始日"),
        Column("n", WHOLE, "Stays of the group that have the step.", "样本量"),
        Column("began", WHOLE, "Of these, stays in which it begins then.", "开始住院数"),
        Column("there", WHOLE, "Of these, stays that have it then.", "发生住院数"),
        Column("share_began", REAL, "Share that begins then, shrunk likewise.", "开始比例"),
        Column("share", REAL, "Share that has it then, shrunk likewise.", "发生比例"),
    ),
)

FROZEN = (STANDARD_ITEMS, STANDARD_DAYS)
