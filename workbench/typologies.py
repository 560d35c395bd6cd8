"""What a rule code is about, in neutral words: a doubt to look into, never a verdict.

The numbering is the one of the typology catalogue (H for stays, C for consumables). A case
carries codes alone, so the page that shows them brings the words.
"""

from __future__ import annotations

from typing import Final, NamedTuple

CODE_LENGTH = 3


class Title(NamedTuple):
    """One title in both languages."""

    en: str
    zh: str


TITLES: Final[dict[str, Title]] = {
    "H01": Title("One episode settled as two stays", "疑似分解住院"),
    "H02": Title("Days of stay without care", "疑似挂床住院"),
    "H03": Title("Admission below the usual threshold", "疑似低标准入院"),
    "H04": Title("Stay made of examinations", "疑似体检式住院"),
    "H05": Title("Few signs that the stay took place", "住院真实性存疑"),
    "H06": Title("Possibly induced stay", "疑似诱导住院"),
    "H07": Title("Persons admitted together again and again", "聚集性住院"),
    "H08": Title("Identity does not fit the record", "身份信息不符"),
    "H09": Title("Frequent stays", "频繁住院"),
    "H10": Title("Coded higher than the record supports", "疑似高套编码"),
    "H11": Title("Coded lower, or another main diagnosis", "疑似低编或错编"),
    "H12": Title("Costs moved out of the stay", "疑似转移费用"),
    "H13": Title("Early discharge or missing care", "疑似推诿或提前出院"),
    "H14": Title("Overlong stay", "超长住院"),
    "H15": Title("Dates contradict each other", "日期逻辑冲突"),
    "H16": Title("Sex or age does not fit", "性别或年龄不符"),
    "H17": Title("Admissions bunch at certain dates", "入院时间异常集中"),
    "H18": Title("Records alike among persons", "住院记录雷同"),
    "C01": Title("Billed, no sign of use", "收费无使用记录"),
    "C02": Title("Billed more than used", "收费数量多于使用数量"),
    "C03": Title("Billed another product than used", "疑似串换耗材"),
    "C04": Title("Non-covered billed as covered", "疑似目录外串换目录内"),
    "C05": Title("Price above its limit", "超标准收费"),
    "C06": Title("Billed although included elsewhere", "疑似重复收费"),
    "C07": Title("Set billed in parts", "疑似组套拆分收费"),
    "C08": Title("No indication on record", "使用指征存疑"),
    "C09": Title("Single-use item seen more than once", "一次性耗材重复出现"),
    "C10": Title("Billed more than the stock allows", "进销存不符"),
    "C11": Title("Trace code settled twice", "追溯码重复结算"),
    "C12": Title("Sex, age or site does not fit", "性别、年龄或部位不符"),
    "C13": Title("No operation that needs the item", "耗材与手术不符"),
    "C14": Title("Operation without its usual item", "手术缺少必需耗材"),
    "C15": Title("Department or physician does not fit", "科室或医师资质不符"),
    "C16": Title("Outside the scope of payment", "超限定支付范围"),
    "C17": Title("Above the cap of payment", "超限定支付金额"),
    "C18": Title("Bought elsewhere, or a gift, and billed", "线下采购或赠品收费存疑"),
    "C19": Title("Selected product left unused", "弃用集采中选产品"),
    "C20": Title("Supplier unusually concentrated", "供应商异常集中"),
    "C21": Title("Sudden growth of use", "使用量突增"),
    "C22": Title("Shift to dearer products", "结构性上移高价产品"),
    "C23": Title("Reversed and billed again", "冲红再记异常"),
    "C24": Title("Images and items differ", "耗材与影像不符"),
    "C25": Title("Expired, recalled or unregistered item", "过期、召回或未注册耗材"),
    "C26": Title("Small items beyond need", "低值耗材超量收费"),
}


def title(code: str, *, chinese: bool) -> str:
    """The title of a rule code such as ``H01`` or ``H01.core``; empty if it is unknown."""
    known = TITLES.get(code[:CODE_LENGTH])
    if known is None:
        return ""
    return known.zh if chinese else known.en
