"""The page of the watch on drift: what moved, by how much, since when, and what to do.

One file without anything from elsewhere: styles and pictures are inside it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cases.drawing.document import BILINGUAL, document
from cases.drawing.svg import GREY, INK, LINE, ORANGE, RED, Page
from flows.monitor_pictures import distributions
from flows.monitor_words import (
    ADVICE,
    ENTITIES,
    PARTS,
    VERDICT_WORDS,
    name_words,
    sentence,
    shown,
    summary,
    told,
)
from models.drift import MOVED, WATCH
from models.drift_limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.monitor import Found
    from models.drift import Figure
    from models.drift_shapes import Shape

COLOURS = {MOVED: RED, WATCH: ORANGE}
# Bars of a picture, and sentences of a part before the rest is only counted.
DRAWN, SAID = 12, 8
WIDTH, LEFT, ROW = 860, 330, 24


def page(found: Found) -> str:
    """The whole page as HTML."""
    return document(f"Drift up to {found.last}", BILINGUAL, _parts(found))


def _parts(found: Found) -> Iterator[str]:
    yield f"<h1>Drift up to the night of {found.last} 漂移监测</h1>"
    yield f"<p>{_held_against(found)}</p>"
    for days in sorted(found.figures):
        yield from _window(found, days)
    yield from _limits()


def _held_against(found: Found) -> str:
    models = "; ".join(
        f"{ENTITIES[entity][0]}: model {version}, trained on what was known on {on}"
        for entity, (version, on) in found.models.items()
    )
    return escape(
        f"Recent nights are held against the year that each model in office learned from. {models}."
    )


def _window(found: Found, days: int) -> Iterator[str]:
    figures = found.figures[days]
    yield f"<h2>The last {days} nights 近{days}晚</h2>"
    moved = told(figures)
    if not moved:
        compared = sum(one.distance is not None for one in figures)
        few = sum(one.verdict == "few" for one in figures)
        yield (
            f"<p>Nothing moved: {compared:,} figures compared, {few:,} had too few records. "
            '<span class="zh">未见漂移。</span></p>'
        )
    else:
        yield _table(figures)
    shapes = found.shapes.get(days, [])
    for part in PARTS:
        yield from _part(found, part, [one for one in figures if one.part == part], shapes)


def _table(figures: Sequence[Figure]) -> str:
    rows = "".join(
        f"<tr><td>{PARTS[part][0]} {PARTS[part][1]}</td><td>{ENTITIES[entity][0]} "
        f'{ENTITIES[entity][1]}</td><td class="n moved">{moved}</td><td class="n watch">{watched}'
        "</td></tr>"
        for part, entity, moved, watched in summary(figures)
    )
    return (
        "<table><tr><th>What 内容</th><th>of 对象</th><th>moved 已变</th>"
        f"<th>to be watched 关注</th></tr>{rows}</table>"
    )


def _part(
    found: Found, part: str, figures: Sequence[Figure], shapes: Sequence[Shape]
) -> Iterator[str]:
    loud = [*told(figures), *told(figures, WATCH)]
    shaped = list(_shaped([*loud, *figures], shapes))
    if loud or shaped:
        yield f"<h3>{PARTS[part][0]} {PARTS[part][1]}</h3>"
    if loud:
        yield from (_said(found, one) for one in loud[:SAID])
        if len(loud) > SAID:
            yield f"<p>And {len(loud) - SAID} more, in the table below.</p>"
        yield _bars(found, loud[:DRAWN])
        if any(one.verdict == MOVED for one in loud):
            en, zh = ADVICE[part]
            yield f'<p class="do">What to do: {escape(en)}<br><span class="zh">{zh}</span></p>'
    if shaped:
        yield distributions(shaped[:DRAWN])
    compared = [one for one in figures if one.distance is not None]
    if compared:
        yield _all(found, part, compared)


def _shaped(figures: Sequence[Figure], shapes: Sequence[Shape]) -> Iterator[tuple[Figure, Shape]]:
    """The figures that have a shape, each once, in their order."""
    held = {(one.part, one.entity, one.name): one for one in shapes}
    for one in figures:
        shape = held.pop((one.part, one.entity, one.name), None)
        if shape is not None:
            yield one, shape


def _said(found: Found, one: Figure) -> str:
    mark = VERDICT_WORDS[one.verdict]
    return (
        f'<p><span class="{one.verdict}">{mark[0]} {mark[1]}</span> '
        f"{escape(sentence(one, found.hospitals))}."
        f'<br><span class="zh">{escape(sentence(one, found.hospitals, zh=True))}。</span></p>'
    )


def _bars(found: Found, figures: Sequence[Figure]) -> str:
    """How far each is beyond the line from which it is told: the line is one."""
    drawing = Page(WIDTH, "How far, in times of the line")
    far = [(one, (one.distance or 0.0) / (one.bound or 1.0)) for one in figures]
    widest = max(2.0, *(times for _, times in far))
    scale = (WIDTH - LEFT - 90) / widest
    for turn, (one, times) in enumerate(far):
        y = 14 + turn * ROW
        name = f"{name_words(one, found.hospitals)} · {ENTITIES[one.entity][0]}"
        drawing.text(LEFT - 10, y + 13, name, 13, anchor="end", room=LEFT - 20)
        drawing.rect(LEFT, y, times * scale, 16, COLOURS.get(one.verdict, GREY))
        drawing.text(LEFT + times * scale + 6, y + 13, f"{times:.1f}", 12, INK)
    drawing.line(LEFT + scale, 6, LEFT + scale, 14 + len(far) * ROW, LINE, 2, "4 3")
    drawing.text(
        LEFT + scale, 26 + len(far) * ROW, "line from which it is told", 11, GREY, "middle"
    )
    return drawing.written()


def _all(found: Found, part: str, figures: Sequence[Figure]) -> str:
    order = sorted(figures, key=lambda one: (-(one.distance or 0.0) / (one.bound or 1.0), one.name))
    rows = "".join(_row(found, one) for one in order)
    return (
        f"<details><summary>All {len(figures)} figures of this part: {PARTS[part][0].lower()} "
        f"{PARTS[part][1]}</summary><table><tr><th>what</th><th>of</th><th>was</th><th>is</th>"
        "<th>distance</th><th>told from</th><th>p</th><th>records</th><th>since</th><th></th></tr>"
        f"{rows}</table></details>"
    )


def _row(found: Found, one: Figure) -> str:
    p = "-" if one.p_value is None else f"{one.p_value:.2g}"
    return (
        f"<tr><td>{escape(name_words(one, found.hospitals))}</td><td>{ENTITIES[one.entity][0]}</td>"
        f'<td class="n">{escape(shown(one, one.reference))}</td>'
        f'<td class="n">{escape(shown(one, one.recent))}</td><td class="n">{one.distance:.3f}</td>'
        f'<td class="n">{one.bound:.3f}</td><td class="n">{p}</td>'
        f'<td class="n">{one.n_recent:,}</td><td class="n">{one.since or ""}</td>'
        f'<td class="{one.verdict}">{VERDICT_WORDS[one.verdict][0]}</td></tr>'
    )


def _limits() -> Iterator[str]:
    yield "<h2>From where on a change is told 阈值</h2><table><tr><th>threshold</th>"
    yield "<th></th><th>why</th></tr>"
    for one in LIMITS.values():
        yield (
            f'<tr><td>{one.name.replace("_", " ")}</td><td class="n">{one.value:g} {one.unit}</td>'
            f"<td>{escape(one.why)}</td></tr>"
        )
    yield "</table>"
