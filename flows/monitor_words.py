"""What the watch on drift says: each figure in a sentence, what to do, and one short message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.wording import LEVEL_ZH
from features.catalogue import CATALOGUES
from flows.notifying import WARNING, Message
from models.drift import MOVED, WATCH
from models.drift_counts import ALERT_RATE, CITY, ROWS, VOLUME
from models.drift_frames import CODES, FEATURES, PRICES, QUALITY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.drift import Figure

SCORE, PERFORMANCE = "scores", "performance"
PARTS = {
    VOLUME: ("Stays delivered", "住院量"),
    ROWS: ("Refused and faulty rows", "数据质量"),
    QUALITY: ("Values that are missing", "缺失值"),
    CODES: ("Codes that were not there before", "新编码"),
    PRICES: ("Prices of the same articles", "同品价格"),
    FEATURES: ("Features", "特征"),
    SCORE: ("Scores", "评分"),
    ALERT_RATE: ("Alerts by grade and hospital level", "疑点率"),
    PERFORMANCE: ("How well the queue does", "模型效果"),
}
ENTITIES = {
    "stay": ("stays", "住院"),
    "use": ("uses of consumables", "耗材使用"),
    "ledger": ("ledger months", "耗材台账"),
    "delivery": ("deliveries", "交付"),
}
VERDICT_WORDS = {
    "moved": ("moved", "已变"),
    "watch": ("watch", "关注"),
    "steady": ("steady", "平稳"),
    "few": ("too few", "样本不足"),
}
NAMES = {
    "principal_diagnosis": ("principal diagnosis", "主要诊断编码"),
    "case_group": ("case group", "病组"),
    "department": ("department", "科室"),
    "hospital_id": ("hospital", "医疗机构"),
    "item_code": ("article", "耗材编码"),
    "class_code": ("class of articles", "耗材分类"),
    "margin": ("margin, which orders the queue", "边际得分"),
    "anomaly": ("percentile of the detectors", "异常百分位"),
    "quarantine": ("rows in quarantine", "隔离行"),
    "data_faults": ("data faults", "数据异常"),
    "expectations": ("expectations not met", "未满足的期望"),
    "precision": ("expected precision of the queue", "预期命中率"),
    "found": ("expected part of all that would be confirmed", "预期检出率"),
    "auc": ("expected AUC", "预期AUC"),
    "realised": ("confirmed of what was decided, and what was expected of it", "实际命中率与预期"),
    CITY: ("the city", "全市"),
}
# As the desk calls them.
GRADES_ZH = {"red": "红色", "orange": "橙色", "yellow": "黄色", "watch": "关注"}
# What a person does about it.
ADVICE = {
    VOLUME: (
        (
            "See whether deliveries are complete and whether some are held back (the night's "
            "report); a new hospital has no peers' history of its own until the next "
            "training."
        ),
        "核对交付是否完整、是否有被暂扣的交付；新机构在下次训练前没有自身历史。",
    ),
    ROWS: (
        (
            "Read the night's Data Docs and table `quarantine`: one cause usually fills them. "
            "Have it corrected at its source; rows are released when they come again."
        ),
        "查看当晚数据文档与隔离区，多为同一原因；请源头更正后重新交付。",
    ),
    QUALITY: (
        (
            "Ask who delivers the column why it comes empty, or what it hangs on: a new code "
            "that no catalogue names empties all that is read from the catalogue."
        ),
        "询问该列缺失的原因；目录中没有的新编码会使依赖目录的特征缺失。",
    ),
    CODES: (
        (
            "Get the new edition or catalogue and map the codes; then freeze standards and "
            "train anew (`jianbao retrain`), because these records are compared with nobody."
        ),
        "取得新版编码或目录并完成映射，再重新训练（`jianbao retrain`）。",
    ),
    PRICES: (
        (
            "See whether a price was cut or bought in volume; deliver the new platform "
            "prices, and train anew once a month has passed at them."
        ),
        "核对是否降价或集采；更新平台价格，满一个月后重新训练。",
    ),
    FEATURES: (
        (
            "See which hospitals carry it. If it is here to stay, train anew (`jianbao "
            "retrain`) and compare the challenger; if it is an error of delivery, correct it."
        ),
        "查看由哪些机构造成；若为长期变化则重新训练并比较，若为数据错误则更正。",
    ),
    SCORE: (
        "Look at what moved above: scores follow. Train anew and compare before promoting.",
        "先看上述变化，评分随之变化；重新训练并比较后再启用。",
    ),
    ALERT_RATE: (
        (
            "Compare the alerts with those of the first nights; a level that gets many more "
            "of them deserves a look at whether its peers still fit."
        ),
        "与最初各晚的疑点比较；某级别明显增多时，核对其同类标准是否仍合适。",
    ),
    PERFORMANCE: (
        "Decide cases that the lot drew: they alone tell what is missed. Then train anew.",
        "优先裁定随机抽取的案件，再重新训练。",
    ),
}


def name_words(one: Figure, hospitals: dict[str, str] | None = None, *, zh: bool = False) -> str:
    """What a figure is about."""
    if one.part == VOLUME and one.name != CITY:
        return (hospitals or {}).get(one.name, one.name)
    if one.part == PRICES:
        return f"{one.name}类耗材" if zh else f"class {one.name}"
    if one.part == ALERT_RATE:
        return _rated_zh(one.name) if zh else one.name
    if one.name in NAMES:
        return NAMES[one.name][zh]
    catalogue = CATALOGUES.get(one.entity)
    if catalogue is not None and one.name in catalogue:
        return catalogue[one.name].zh if zh else catalogue[one.name].title
    return one.name


def _rated_zh(name: str) -> str:
    """A grade and a hospital level, which come as 'red, level 3'."""
    grade, _, level = name.partition(", level ")
    placed = "级别不明" if level == "-" else LEVEL_ZH.get(level, level)
    return f"{GRADES_ZH.get(grade, grade)}、{placed}医疗机构"


def shown(one: Figure, value: float | None, *, zh: bool = False) -> str:
    """A figure as a reader has it: in the unit of its feature, as a share, or as a count."""
    if value is None:
        return "-"
    if one.part == FEATURES:
        return CATALOGUES[one.entity][one.name].unit.show(value, zh=zh)
    if one.part == VOLUME:
        return f"{value:,.0f}"
    if one.part in {PRICES, SCORE}:
        return f"{value:.2f}"
    return f"{value:.1%}"


def sentence(one: Figure, hospitals: dict[str, str] | None = None, *, zh: bool = False) -> str:
    """A figure as one sentence: what, from where to where, how far, since when."""
    was, now = shown(one, one.reference, zh=zh), shown(one, one.recent, zh=zh)
    about = ENTITIES[one.entity][zh]
    what = name_words(one, hospitals, zh=zh)
    if zh:
        since = f"，自{one.since}起" if one.since else ""
        return f"{PARTS[one.part][1]}（{about}）：{what}由{was}变为{now}{_far(one, zh=True)}{since}"
    since = f", since {one.since}" if one.since else ""
    return f"{PARTS[one.part][0]} ({about}): {what} from {was} to {now}{_far(one)}{since}"


def _far(one: Figure, *, zh: bool = False) -> str:
    if one.part in (FEATURES, SCORE) and one.distance is not None:
        return f"（PSI {one.distance:.2f}）" if zh else f" (PSI {one.distance:.2f})"
    return ""


def told(figures: Sequence[Figure], verdict: str = MOVED) -> list[Figure]:
    """Figures of a verdict, the parts in reading order, the furthest first."""
    order = list(PARTS)
    found = [one for one in figures if one.verdict == verdict]
    return sorted(found, key=lambda one: (order.index(one.part), one.entity, -(one.distance or 0.0), one.name))  # fmt: skip # noqa: E501


def summary(figures: Sequence[Figure]) -> list[tuple[str, str, int, int]]:
    """What moved, part by part and entity by entity: part, entity, moved, to be watched."""
    return [
        (part, entity, moved, watched)
        for part in PARTS
        for entity in ENTITIES
        if (moved := _count(figures, part, entity, MOVED))
        + (watched := _count(figures, part, entity, WATCH))
    ]


def _count(figures: Sequence[Figure], part: str, entity: str, verdict: str) -> int:
    return sum((one.part, one.entity, one.verdict) == (part, entity, verdict) for one in figures)


def message(figures: Sequence[Figure], last: date) -> Message | None:
    """One short message where something moved, and none where nothing did.

    It counts and names features, codes and classes; hospitals it only counts.
    """
    moved = told(figures)
    if not moved:
        return None
    lines = []
    for part, entity, count, _ in summary(moved):
        first = next(one for one in moved if (one.part, one.entity) == (part, entity))
        quiet = part == VOLUME and first.name != CITY
        named = "" if quiet else f", {name_words(first)}"
        since = f", since {first.since}" if first.since else ""
        lines.append(f"{PARTS[part][0]} ({ENTITIES[entity][0]}): {count}{named}{since}.")
    return Message(f"Jianbao 鉴保: drift up to the night of {last}", " ".join(lines), WARNING)
