"""The standard of a case group on the terminal: figures, items, days."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
from rich.table import Table

from cases.wording import FEW_PEERS, cell_words
from features.catalogue import STAYS
from features.item_standards import DAY_STARTS, STEPS_ZH
from features.shown import divisor

if TYPE_CHECKING:
    from rich.console import Console

    from cases.profile import Profile

PARTS = ("features", "items", "days")
OPTIONAL_SHOWN = 12
HEADS = ("feature", "median", "spread", "P5", "P25", "P75", "P95", "n", "borrowed", "peers")
HEADS_ZH = ("特征", "中位数", "离散度", "P5", "P25", "P75", "P95", "样本量", "借自上级", "同类组")
MEASURES = ("location", "spread", "p5", "p25", "p75", "p95")
KIND_ZH = {"expected": "常规", "optional": "可选", "unusual": "罕见"}


def show_profile(console: Console, told: Profile, names: dict[str, str], *, zh: bool) -> None:
    """Print a standard; ``names`` says what items are called."""
    console.print(_title(told, zh=zh))
    console.print(_features(told, zh=zh))
    console.print(_items(told, names, zh=zh))
    console.print(_days(told, zh=zh))
    console.print(_legend(zh=zh))


def _title(told: Profile, *, zh: bool) -> str:
    said = cell_words(told.asked.cells()[0], zh=zh)
    if zh:
        return f"标准特征 {said} · 版本{told.version}（{told.frozen_on}冻结）"
    return f"Standard of {said} · version {told.version}, frozen on {told.frozen_on}"


def _features(told: Profile, *, zh: bool) -> Table:
    table = Table(title_justify="left")
    for place, head in enumerate(HEADS_ZH if zh else HEADS):
        table.add_column(head, justify="right" if 0 < place < len(HEADS) - 1 else "left")
    for row in told.features.iter_rows(named=True):
        item = STAYS[row["feature"]]
        by = divisor(STAYS, item.name)
        label = item.zh if zh else f"{item.name.replace('_', ' ')} {item.zh}"
        figures = [item.unit.show(row[name] * by, zh=zh) for name in MEASURES]
        count = f"{row['n']:,}" + ((" 少" if zh else " few") if row["weak"] else "")
        where = cell_words(row["cell"], zh=zh)
        table.add_row(label, *figures, count, f"{row['borrowed']:.0%}", where)
    return table


def _items(told: Profile, names: dict[str, str], *, zh: bool) -> Table | str:
    if told.items.is_empty():
        return _silent("items", "项目集", zh=zh)
    where = _where(told.items, zh=zh)
    title = f"项目集：{where}" if zh else f"Items 项目 of {where}"
    table = Table(title=title, title_justify="left")
    for head in ("类型", "项目", "名称", "比例") if zh else ("kind", "item", "name", "share"):
        table.add_column(head)
    ordered = told.items.sort("share", "item", descending=[True, False])
    for row in _worth_showing(ordered).iter_rows(named=True):
        kind = KIND_ZH[row["kind"]] if zh else f"{row['kind']} {KIND_ZH[row['kind']]}"
        table.add_row(kind, row["item"], names.get(row["item"], "-"), f"{row['share']:.0%}")
    counts = dict(told.items.group_by("kind").agg(pl.len()).iter_rows())
    said = [f"{counts.get(kind, 0)} {KIND_ZH[kind] if zh else kind}" for kind in KIND_ZH]
    table.caption = "，".join(said) if zh else ", ".join(said)
    return table


def _worth_showing(ordered: pl.DataFrame) -> pl.DataFrame:
    """All expected items and the most frequent optional ones; unusual ones are counted."""
    kind = pl.col("kind")
    return pl.concat(
        [
            ordered.filter(kind == "expected"),
            ordered.filter(kind == "optional").head(OPTIONAL_SHOWN),
        ]
    )


def _days(told: Profile, *, zh: bool) -> Table | str:
    if told.days.is_empty():
        return _silent("days", "时序", zh=zh)
    where = _where(told.days, zh=zh)
    title = (
        f"各步骤开始于住院第几天（括号内：当天有该步骤）：{where}"
        if zh
        else f"Day on which steps begin (in brackets: take place) 时序 of {where}"
    )
    table = Table(title=title, title_justify="left")
    table.add_column("步骤" if zh else "step")
    for name in _span_names():
        table.add_column(name, justify="right")
    table.add_column("样本量" if zh else "n", justify="right")
    for step in STEPS_ZH:
        mine = told.days.filter(pl.col("step") == step).sort("from_day")
        if mine.is_empty():
            continue
        shares = mine.select("share_began", "share").iter_rows()
        label = STEPS_ZH[step] if zh else f"{step} {STEPS_ZH[step]}"
        cells = [f"{began:.0%} ({there:.0%})" for began, there in shares]
        table.add_row(label, *cells, f"{mine['n'].item(0):,}")
    return table


def _span_names() -> list[str]:
    """'-1', '0', ..., '4-6', '30+': the spans of days as heads of columns."""
    ends = [after - 1 for after in DAY_STARTS[1:]]
    spans = [
        f"{start}" if start == end else f"{start}-{end}"
        for start, end in zip(DAY_STARTS, ends, strict=False)
    ]
    return ["<0", *spans[1:], f"{DAY_STARTS[-1]}+"]


def _where(rows: pl.DataFrame, *, zh: bool) -> str:
    n, cell = int(rows["n"].sort()[-1]), cell_words(rows["cell"].item(0), zh=zh)
    return f"{cell}（{n:,}例）" if zh else f"{cell} ({n:,} stays)"


def _silent(en: str, name: str, *, zh: bool) -> str:
    if zh:
        return f"{name}：样本太少，无标准。"
    return f"No standard of {en} {name}: too few stays in the group and its family."


def _legend(*, zh: bool) -> str:
    if zh:
        return (
            f"借自上级：小样本组向上级组收缩的比例，20/(n+20)；n少于{FEW_PEERS}标“少”，可比性弱。"
        )
    return (
        "borrowed: how far a small group is drawn to the wider one, 20 / (n + 20); "
        f"few: under {FEW_PEERS} records, too few for a strong comparison."
    )


def profile_json(told: Profile) -> str:
    """The standard as JSON, amounts in yuan, shares as fractions."""
    content = {
        "group": told.asked.cells()[0],
        "version": told.version,
        "frozen_on": told.frozen_on,
        **{part: part_rows(told, part).to_dicts() for part in PARTS},
    }
    return json.dumps(content, ensure_ascii=False, default=str, indent=1)


def part_rows(told: Profile, part: str) -> pl.DataFrame:
    """One part of the standard as rows: features, items or days."""
    return {"features": told.features, "items": told.items, "days": told.days}[part]
