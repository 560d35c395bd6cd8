"""A page in one file: its style and pictures inside, no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Of pages that tell both languages side by side.
BILINGUAL = """
body{font:15px/1.5 'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;color:#222;
max-width:900px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
td,th{border-bottom:1px solid #ddd;padding:.3rem .5rem;text-align:left;vertical-align:top}
td.n{text-align:right;white-space:nowrap}.zh{color:#555}.moved{color:#a33d00;font-weight:bold}
.watch{color:#7a5200}.do{background:#f4f4f4;padding:.5rem .8rem;border-left:4px solid #0072b2}
svg{max-width:100%;height:auto}details{margin:.5rem 0}
"""


def document(title: str, style: str, parts: Iterable[str]) -> str:
    """The whole page; ``parts`` are HTML already, the title is plain text."""
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )
