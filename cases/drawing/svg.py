"""The few SVG elements a page needs, written so that the same page is the same bytes."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

# Okabe and Ito: told apart by all eyes, in colour and in grey.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666"
INK, PALE, LINE, BAND, CORE = "#222222", "#F4F4F4", "#DDDDDD", "#E3E3E3", "#BDBDBD"
FONT = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
# Widths of letters in parts of the font size: Chinese ones are square.
WIDE, NARROW = 1.0, 0.53
FIRST_WIDE = 0x2E80


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in pixels."""
    return sum(WIDE if ord(letter) >= FIRST_WIDE else NARROW for letter in text) * size


def shortened(text: str, size: float, room: float) -> str:
    """A text that fits into a room, its end cut off where it must be."""
    if width_of(text, size) <= room:
        return text
    kept = text
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept + "…"


class Page:
    """A page under construction: elements are added, then written."""

    def __init__(self, width: int, title: str) -> None:
        """Open an empty page of a width in pixels; the height grows."""
        self.width = width
        self.title = title
        self.parts: list[str] = []
        self.height = 0.0

    def reach(self, y: float) -> None:
        """Make the page at least so high."""
        self.height = max(self.height, y)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str,
        stroke: str = "none", radius: float = 0.0, dash: str = "", tip: str = "",
    ) -> None:  # fmt: skip
        """A rectangle; ``tip`` is shown when a pointer rests on it."""
        style = f' stroke-dasharray="{dash}"' if dash else ""
        inner = f"><title>{escape(tip)}</title></rect>" if tip else "/>"
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}"'
            f' rx="{radius:g}" fill="{fill}" stroke="{stroke}"{style}{inner}'
        )
        self.reach(y + height)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = LINE,
        width: float = 1.0, dash: str = "",
    ) -> None:  # fmt: skip
        """A straight line."""
        style = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            f' stroke="{stroke}" stroke-width="{width:g}"{style}/>'
        )
        self.reach(max(y1, y2))

    def dot(self, x: float, y: float, radius: float, fill: str, stroke: str = "none") -> None:
        """A round mark."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{stroke}"'
            ' stroke-width="2"/>'
        )
        self.reach(y + radius)

    def text(
        self, x: float, y: float, words: str, size: float = 13.0, fill: str = INK,
        anchor: str = "start", room: float | None = None, *, bold: bool = False,
    ) -> None:  # fmt: skip
        """A line of text that stands on ``y``; cut off where it would leave its ``room``."""
        shown = words if room is None else shortened(words, size, room)
        weight = ' font-weight="bold"' if bold else ""
        tip = f"<title>{escape(words)}</title>" if shown != words else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}"'
            f' text-anchor="{anchor}"{weight}>{tip}{escape(shown)}</text>'
        )
        self.reach(y + size / 2)

    def written(self) -> str:
        """The page as a document of its own."""
        height = round(self.height + 16)
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}"',
                f' height="{height}" viewBox="0 0 {self.width} {height}"',
                f" font-family={quoteattr(FONT)}>",
                f"<title>{escape(self.title)}</title>",
                f'<rect width="{self.width}" height="{height}" fill="white"/>',
                *self.parts,
                "</svg>\n",
            ]
        )
