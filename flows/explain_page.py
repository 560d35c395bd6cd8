"""The page on what carries a model: families, features, which way they push, dependence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from cases.drawing.document import BILINGUAL, document
from cases.drawing.svg import BLUE, GREY, INK, LINE, Page
from features.catalogue import CATALOGUES
from models.bundle import PRIOR
from models.explain import RANKER, RULES_FAMILY
from models.explain_global import Carried, Dependence, Whole, way
from models.frames import RULE_PREFIX
from rules.catalogue import BY_CODE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from features.catalogue import Catalogue
    from models.bundle import Bundle

FAMILIES, FEATURES, DRAWN = 15, 15, 6
WIDTH, LEFT, ROW = 860, 330, 24
PLOT_WIDTH, PLOT_HEIGHT, EDGE = 420, 240, 44
UNITS = {RANKER: "log-odds", PRIOR: "log-odds of how unusual a record is, and of rule hits"}
WAYS = {
    "high": "higher values raise suspicion",
    "low": "lower values raise suspicion",
    "both": "pushes both ways",
    "": "varies too little to say",
}


def page(entity: str, bundle: Bundle, told: Whole) -> str:
    """The whole page as HTML, with its pictures inside."""
    title = f"What carries the model of {CATALOGUES[entity].entity.plural}"
    return document(title, BILINGUAL, _parts(title, entity, bundle, told))


def _parts(title: str, entity: str, bundle: Bundle, told: Whole) -> Iterator[str]:
    catalogue = CATALOGUES[entity]
    unit = UNITS[told.source]
    yield f"<h1>{title} {catalogue.entity.zh}模型由什么支撑</h1>"
    yield (
        f"<p>Model {bundle.version}, trained on what was known on {bundle.trained_as_of}. "
        f"{told.records:,} records of that year were explained; bars are mean absolute "
        f"contributions ({unit}), lines their 95% interval over hospitals. What the detectors' "
        "percentiles give is handed on to the features that pushed them.</p>"
    )
    yield "<h2>Families of features 特征族</h2>"
    yield _bars([(one.name, one) for one in told.families[:FAMILIES]], "families")
    yield "<h2>Features 特征</h2>"
    top = told.features[:FEATURES]
    yield _bars([(_title(catalogue, one.name), one) for one in top], "features")
    yield "<h2>Which way they push 方向</h2>"
    yield _directions(catalogue, told, top)
    yield "<h2>Dependence 依赖关系</h2>"
    yield "<p>A dot a record: its value, and what that gave. 每点为一条记录。</p>"
    plotted = [one.name for one in told.features if one.name in told.dependence and
               not np.isnan(told.dependence[one.name].leaning)][:DRAWN]  # fmt: skip
    for name in plotted:
        yield _plot(catalogue, told.dependence[name])


def _title(catalogue: Catalogue, name: str) -> str:
    if name.startswith(RULE_PREFIX):
        code = name.removeprefix(RULE_PREFIX)
        return f"{RULES_FAMILY[:-1]} {code} {BY_CODE[code].en} {BY_CODE[code].zh}"
    return f"{catalogue[name].title} {catalogue[name].zh}" if name in catalogue else name


def _bars(named: Sequence[tuple[str, Carried]], what: str) -> str:
    drawing = Page(WIDTH, f"Mean absolute contribution of {what}")
    widest = max((one.high for _, one in named), default=1.0) or 1.0
    scale = (WIDTH - LEFT - 80) / widest
    for turn, (name, one) in enumerate(named):
        y = 8 + turn * ROW
        drawing.text(LEFT - 10, y + 13, name, 13, anchor="end", room=LEFT - 20)
        drawing.rect(LEFT, y, one.mean * scale, 16, BLUE)
        drawing.line(LEFT + one.low * scale, y + 8, LEFT + one.high * scale, y + 8, INK, 2)
        drawing.text(LEFT + one.high * scale + 6, y + 13, f"{one.mean:.3f}", 12, INK)
    return drawing.written()


def _directions(catalogue: Catalogue, told: Whole, top: Sequence[Carried]) -> str:
    rows = "".join(
        f"<tr><td>{escape(_title(catalogue, one.name))}</td><td>{declared}</td><td>{found}</td>"
        f"<td>{_verdict(declared, found)}</td></tr>"
        for one in top
        if one.name in catalogue and one.name in told.dependence
        for declared in (catalogue[one.name].direction.value,)
        for found in (way(told.dependence[one.name].leaning),)
    )
    return (
        "<table><tr><th>feature 特征</th><th>declared suspicious 声明方向</th>"
        f"<th>in the model 模型方向</th><th></th></tr>{rows}</table>"
    )


def _verdict(declared: str, found: str) -> str:
    if not found:
        return WAYS[""]
    if declared in {"both", found}:
        return "as declared 一致"
    if found == "both":
        return "pushes both ways 双向"
    return '<span class="moved">against what is declared 相反</span>'


def _plot(catalogue: Catalogue, one: Dependence) -> str:
    title = _title(catalogue, one.name)
    drawing = Page(PLOT_WIDTH, title)
    # The outermost hundredth would press all others together; it is drawn at the edge.
    low, high = np.quantile(one.values, (0.01, 0.99))
    bottom, top = float(one.given.min()), float(one.given.max())
    width, height = PLOT_WIDTH - 2 * EDGE, PLOT_HEIGHT - 2 * EDGE
    x = EDGE + (np.clip(one.values, low, high) - low) / max(high - low, 1e-12) * width
    y = EDGE + (top - one.given) / max(top - bottom, 1e-12) * height
    drawing.text(EDGE, 18, title, 12, INK, room=PLOT_WIDTH - EDGE, bold=True)
    drawing.text(EDGE, 33, WAYS[way(one.leaning)], 11, GREY)
    drawing.line(EDGE, EDGE, EDGE, EDGE + height, LINE)
    drawing.line(EDGE, EDGE + height, EDGE + width, EDGE + height, LINE)
    if bottom < 0 < top:
        zero = EDGE + top / (top - bottom) * height
        drawing.line(EDGE, zero, EDGE + width, zero, LINE, 1, "3 3")
        drawing.text(EDGE - 4, zero + 4, "0", 10, GREY, "end")
    for across, down in zip(x, y, strict=True):
        drawing.dot(float(across), float(down), 1.8, BLUE)
    show = catalogue[one.name].unit.show if one.name in catalogue else _plain
    drawing.text(EDGE, EDGE + height + 16, show(float(low)), 10, GREY)
    drawing.text(EDGE + width, EDGE + height + 16, show(float(high)), 10, GREY, "end")
    drawing.text(EDGE - 4, EDGE + 4, f"{top:+.2f}", 10, GREY, "end")
    drawing.text(EDGE - 4, EDGE + height + 4, f"{bottom:+.2f}", 10, GREY, "end")
    return drawing.written()


def _plain(value: float) -> str:
    return f"{value:g}"
