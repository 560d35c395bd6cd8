"""A page in one file: its style inside, no script, no address, and words that are escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cases.drawing.document import document as page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STYLE = """
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif;color:#1b1f24;
max-width:62rem;margin:2rem auto;padding:0 1.2rem;background:#fff}
h1{font-size:1.5rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:2.4rem 0 .3rem;
border-top:1px solid #d8dde3;padding-top:1.2rem}h3{font-size:1rem;margin:1.4rem 0 .2rem}
p{margin:.35rem 0 .7rem;max-width:48rem}.of{color:#57606a;margin-top:0}
.verdict{background:#eef5fb;border-left:4px solid #0072b2;padding:.6rem 1rem;margin:1rem 0}
.verdict p{margin:.3rem 0}.bad{background:#fdeee6;border-left-color:#d55e00}
.note{color:#57606a;font-size:.92rem}
table{border-collapse:collapse;margin:.5rem 0 1rem;font-variant-numeric:tabular-nums;
font-size:.92rem}th,td{padding:.22rem .6rem;text-align:right;border-bottom:1px solid #e6e9ed}
th{font-weight:600;vertical-align:bottom;border-bottom:1px solid #8c959f}
th:first-child,td:first-child{text-align:left}td small{color:#57606a}
.wide{overflow-x:auto}svg{max-width:100%;height:auto;display:block;margin:.4rem 0 1rem}
nav a{margin-right:.9rem}a{color:#0059a3}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}table,svg{break-inside:avoid}}
"""


def document(title: str, parts: Iterable[str]) -> str:
    """The whole page, in the style of evaluations."""
    return page(title, STYLE, parts)


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of plain words."""
    return f"<p{_class(style)}>{escape(text)}</p>"


def heading(level: int, text: str, anchor: str = "") -> str:
    """A heading, with an anchor to jump to."""
    named = f' id="{escape(anchor)}"' if anchor else ""
    return f"<h{level}{named}>{escape(text)}</h{level}>"


def box(paragraphs: Sequence[str], *, bad: bool = False) -> str:
    """What stands out."""
    inside = "".join(paragraph(one) for one in paragraphs)
    return f'<div class="verdict{" bad" if bad else ""}">{inside}</div>'


def links(anchors: Iterable[tuple[str, str]]) -> str:
    """Where the sections of this page are."""
    told = "".join(f'<a href="#{escape(name)}">{escape(text)}</a>' for name, text in anchors)
    return f"<nav>{told}</nav>"


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], shades: Iterable[Sequence[float]] = ()
) -> str:
    """A table; nothing where it has no rows. ``shades`` (0 to 1 a cell) darken its cells."""
    held, dark = list(rows), list(shades)
    if not held:
        return ""
    lines = [
        "<tr>" + "".join(_cells(row, dark[place] if dark else ())) + "</tr>"
        for place, row in enumerate(held)
    ]
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>' + (
        "\n".join(lines) + "</tbody></table></div>"
    )


def _cells(row: Sequence[str], shades: Sequence[float]) -> Iterator[str]:
    for place, one in enumerate(row):
        shade = shades[place] if place < len(shades) else 0.0
        # Blue at most this strong, so that black words on it stay readable.
        style = f' style="background:rgba(0,114,178,{0.45 * shade:.2f})"' if shade > 0 else ""
        yield f"<td{style}>{escape(one)}</td>"


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""
