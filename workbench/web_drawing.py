"""A network as geometry: members on a circle, ties as lines. Positions in pixels of the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from workbench.selectors.network import Network, Tie

WIDTH, HEIGHT = 640, 440
RADIUS, NAME_AWAY = 165, 20
WIDEST, SMALLEST, LARGEST = 8.0, 6.0, 12.0
# Beside the middle, a name stands on the side that is away from it.
MIDDLE = 0.2


@dataclass(frozen=True)
class Node:
    """A member: a circle as large as the number of stays, and where its name stands."""

    person: str
    stays: int
    x: float
    y: float
    size: float
    name_x: float
    name_y: float
    anchor: str


@dataclass(frozen=True)
class Line:
    """A tie: a line as broad as the number of meetings, with that number on it."""

    tie: Tie
    x1: float
    y1: float
    x2: float
    y2: float
    width: float

    @property
    def middle_x(self) -> float:
        """Where the number stands."""
        return (self.x1 + self.x2) / 2

    @property
    def middle_y(self) -> float:
        """Likewise."""
        return (self.y1 + self.y2) / 2

    @property
    def last(self) -> date:
        """The last day on which they came together."""
        return self.tie.days[-1]


@dataclass(frozen=True)
class Web:
    """The drawing of a group, and how many of its members are left out."""

    nodes: list[Node]
    lines: list[Line]
    more: int
    width: int = WIDTH
    height: int = HEIGHT


def web(told: Network | None) -> Web | None:
    """Draw a network; None where there is none."""
    if told is None:
        return None
    most_stays = max(stays for _, stays in told.members) or 1
    nodes = [
        _node(place / len(told.members), person, stays, most_stays)
        for place, (person, stays) in enumerate(told.members)
    ]
    at = {node.person: node for node in nodes}
    most = max((tie.times for tie in told.ties), default=1)
    return Web(nodes, [_line(tie, at, most) for tie in told.ties], told.more)


def _node(turn: float, person: str, stays: int, most: int) -> Node:
    """A member at a part of the whole turn, which begins at the top."""
    across, down = sin(2 * pi * turn), -cos(2 * pi * turn)
    away = RADIUS + NAME_AWAY
    anchor = "middle" if abs(across) < MIDDLE else "start" if across > 0 else "end"
    return Node(
        person, stays,
        WIDTH / 2 + RADIUS * across, HEIGHT / 2 + RADIUS * down,
        SMALLEST + (LARGEST - SMALLEST) * stays / most,
        WIDTH / 2 + away * across, HEIGHT / 2 + away * down, anchor,
    )  # fmt: skip


def _line(tie: Tie, at: dict[str, Node], most: int) -> Line:
    one, other = at[tie.one], at[tie.other]
    return Line(tie, one.x, one.y, other.x, other.y, max(WIDEST * tie.times / most, 1.0))
