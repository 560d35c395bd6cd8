"""From rule hits to a word on each line before payment: clear, query or recommend hold.

A doubtful point that nothing explains recommends to hold; a clue, or a doubtful point that
a protective condition explains, is a query; all else is clear. People decide.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.knowledge import load_limits
from claims.origin import CODE, COLUMN, FILE, MESSAGE, ORIGIN, ROW
from claims.schema import FEN_PER_YUAN
from claims.tables import BY_NAME
from features.catalogue import CATALOGUES
from features.shown import divisor
from rules.catalogue import BY_CODE
from rules.declaration import DOUBT, Grade
from rules.protective import BY_CODE as PROTECTIVE

if TYPE_CHECKING:
    from datetime import date

CLEAR, QUERY, HOLD = "clear", "query", "recommend hold"
VERDICTS = (CLEAR, QUERY, HOLD)
VERDICT_ZH = {CLEAR: "通过", QUERY: "询问", HOLD: "建议暂缓支付"}
# One hit on the use of a line; limits and evidence are JSON, the amount is yuan of the whole use.
FINDING = pl.Struct(
    {
        "code": pl.String(),
        "grade": pl.String(),
        "article": pl.String(),
        "limits": pl.String(),
        "evidence": pl.String(),
        "amount_in_doubt": pl.Float64(),
        "protected_by": pl.List(pl.String()),
        "unasked_en": pl.List(pl.String()),
        "unasked_zh": pl.List(pl.String()),
        "text_en": pl.String(),
        "text_zh": pl.String(),
    }
)
NOT_EXAMINED = {
    "en": "not a consumable; nothing examines it here",
    "zh": "非医用耗材，此处不予审核",
}
NO_RULE = {
    "en": "no rule could be asked for want of data; see what is switched off",
    "zh": "缺少数据，没有规则可供审核",
}
# Rules also read what is not there: no record, no operation. Of a bare stay nothing is there.
BARE = {
    "en": "nothing but its bill is known of this stay, so that it is asked and not held",
    "zh": "该住院仅有费用数据，故仅作询问",
}
QUIET = {"en": "{} rules were asked, none speaks", "zh": "已审核{}条规则，均无提示"}
BETWEEN = {"en": "; ", "zh": "；"}
# What the intake says of a line in English, in the few words that its code allows.
DOUBT_ZH = {
    "unparseable": "内容无法识别",
    "missing_key": "主键为空",
    "duplicate_key": "流水号重复",
    "missing_value": "缺少必填值，无法审核",
    "unknown_class": "费用类别不在目录内",
    "unknown_stay": "住院记录不存在或已撤销",
    "unknown_item": "耗材编码不在目录内",
}
FINDINGS: dict[str, pl.DataType] = {
    "subject_id": pl.String(),
    "verdict": pl.String(),
    "findings": pl.List(FINDING),
}


def verdict_of(grade: Grade, protected_by: list[str]) -> str:
    """What one hit of this grade recommends for the lines of its use."""
    if grade is DOUBT:
        return QUERY if protected_by else HOLD
    return CLEAR if protected_by else QUERY


def heaviest(verdicts: list[str]) -> str:
    """The strongest of several recommendations, clear where there is none."""
    return max(verdicts, key=VERDICTS.index, default=CLEAR)


def findings_of(hits: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """One row a use that a rule hit, in columns of ``FINDINGS``.

    ``hits`` as of ``rules.judge.judge``; ``days`` has subject_id and event_on, the day on
    which limits are read.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    ruled: dict[str, list[str]] = {}
    dated = hits.join(days, on="subject_id", how="left", maintain_order="left")
    for hit in dated.iter_rows(named=True):
        told.setdefault(hit["subject_id"], []).append(_finding(hit))
        found = verdict_of(Grade(hit["grade"]), hit["protected_by"])
        ruled.setdefault(hit["subject_id"], []).append(found)
    rows = [(one, heaviest(ruled[one]), items) for one, items in told.items()]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def _finding(hit: dict[str, Any]) -> dict[str, Any]:
    item, day, grade = BY_CODE[hit["code"]], hit["event_on"], Grade(hit["grade"])
    guards = tuple(hit["protected_by"])
    shown = _evidence(hit["code"], hit["evidence"])
    en, zh = (tuple(hit[f"unasked_{language}"]) for language in ("en", "zh"))
    return {
        "code": item.code,
        "grade": grade.value,
        "article": item.hook,
        "limits": json.dumps(_limits(item.code, day)),
        "evidence": hit["evidence"],
        "amount_in_doubt": hit["amount"] / FEN_PER_YUAN,
        "protected_by": list(guards),
        "unasked_en": list(en),
        "unasked_zh": list(zh),
        "text_en": _said(item.code, grade, day, guards, zh=False)
        + _unasked(item.code, grade, en, zh=False)
        + _listed(shown, zh=False),
        "text_zh": _said(item.code, grade, day, guards, zh=True)
        + _unasked(item.code, grade, zh, zh=True)
        + _listed(shown, zh=True),
    }


@cache
def _limits(code: str, day: date | None) -> dict[str, float | None]:
    """The limits a rule reads, as they stood on the day of the service."""
    limits = load_limits()
    return {name: None if day is None else limits[name].on(day) for name in BY_CODE[code].limits}


@cache
def _said(code: str, grade: Grade, day: date | None, guards: tuple[str, ...], *, zh: bool) -> str:
    """The rule with its article, and what explains the hit."""
    item, values = BY_CODE[code], list(_limits(code, day).values())
    sentence = item.sentence(values[0] if values else None, zh=zh)
    names = [PROTECTIVE[one].zh if zh else PROTECTIVE[one].en for one in guards]
    if zh:
        innocent = f"（可能的合理解释：{'、'.join(names)}）" if names else ""
        named = f"{grade.value} {code} {item.zh}"
        return f"{named}：{sentence}{innocent}，{article(item.hook, zh=True)}"
    innocent = f" (explained perhaps: {', '.join(names)})" if names else ""
    called = "doubtful point" if grade is DOUBT else "clue"
    return f"{called} {code} {item.en}: {sentence}{innocent}, {article(item.hook)}"


def _unasked(code: str, grade: Grade, why: tuple[str, ...], *, zh: bool) -> str:
    """Why a hit is a clue alone, or what could not be asked of one that is a clue anyway."""
    if not why:
        return ""
    lowered = BY_CODE[code].grade is not grade
    if zh:
        return f"；{'因此仅作线索：' if lowered else ''}{'；'.join(why)}"
    return f"; {'a clue alone, ' if lowered else ''}{'; '.join(why)}"


def article(hook: str, *, zh: bool = False) -> str:
    """A legal hook in words: '38-3' is item 3 of article 38."""
    number, _, item = hook.partition("-")
    words = ("依据《医疗保障基金使用监督管理条例》第{}条", "第{}项") if zh else (
        "article {} of the Regulation on the Supervision of Medical Security Funds", ", item {}"
    )  # fmt: skip
    return words[0].format(number) + (words[1].format(item) if item else "")


def _evidence(code: str, evidence: str) -> list[tuple[str, float]]:
    """Values that a rule shows of features, in measured units."""
    catalogue = CATALOGUES[BY_CODE[code].entity.name]
    pairs = json.loads(evidence).items()
    return [
        (name, value * divisor(catalogue, name))
        for name, value in pairs
        if value is not None and name in catalogue
    ]


def _listed(shown: list[tuple[str, float]], *, zh: bool) -> str:
    catalogue = CATALOGUES["use"]
    parts = [catalogue[name].sentence(value, zh=zh) for name, value in shown]
    if not parts:
        return ""
    return ("；" if zh else "; ") + ("；" if zh else "; ").join(parts)


def doubts_told(doubts: pl.DataFrame) -> pl.DataFrame:
    """One row a doubtful line (file and row): what cannot be examined, in both languages."""
    called = {column.name: column.zh for column in BY_NAME["fee_lines"].columns}
    column = pl.col(COLUMN).replace(called).fill_null("-")
    words = pl.col(CODE).replace_strict(DOUBT_ZH, default=pl.col(CODE))
    zh = pl.format("{}第{}行“{}”列：{}", FILE, ROW, column, words)
    return doubts.group_by(ORIGIN, maintain_order=True).agg(doubt_en=MESSAGE, doubt_zh=zh)


def each(field: str) -> pl.Expr:
    """One field of all findings of a line, as a list."""
    return pl.col("findings").list.eval(pl.element().struct.field(field)).fill_null([])


def weighed(*, asked: int) -> pl.Expr:
    """The verdict on a line: what the rules say of its use, a query where it is in doubt."""
    rules = pl.col("verdict").fill_null(CLEAR)
    blind = pl.col("subject_id").is_not_null() & pl.lit(asked == 0)
    unsure = (rules == CLEAR) & (pl.col("doubt_en").is_not_null() | blind)
    return pl.when(unsure | _spared()).then(pl.lit(QUERY)).otherwise(rules).alias("verdict")


def _spared() -> pl.Expr:
    """Whether a line would be held, were more known of its stay than its bill."""
    return ((pl.col("verdict") == HOLD) & pl.col("bare")).fill_null(value=False)


def worded(language: str, *, asked: int) -> pl.Expr:
    """The reasons of a line as one text: what the intake doubts, what rules found, or nothing.

    Read before the verdict is weighed.
    """
    spared = pl.when(_spared()).then(pl.lit([BARE[language]], pl.List(pl.String)))
    told = pl.concat_list(
        pl.col(f"doubt_{language}").fill_null([]), spared.fill_null([]), each(f"text_{language}")
    ).list.join(BETWEEN[language])
    quiet = QUIET[language].format(asked) if asked else NO_RULE[language]
    nothing = (
        pl.when(pl.col("category") == "consumable")
        .then(pl.lit(quiet))
        .otherwise(pl.lit(NOT_EXAMINED[language]))
    )
    return pl.when(told != "").then(told).otherwise(nothing)
