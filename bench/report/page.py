"""The page, written from the figures beside it and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report import making, sections, sections_of_doubt, words
from bench.report.pictures import BY_DIFFICULTY, of_schemes
from evaluation.telling import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data

PLACE = "pictures/how-good"  # beside the page


def page(data: Data) -> str:
    """The whole page as Markdown."""
    return "\n".join(_parts(data)).rstrip() + "\n"


def _parts(data: Data) -> Iterator[str]:
    yield "# How good is it\n"
    yield words.opening(data)
    yield from words.warnings(data)
    yield "## In short\n"
    yield from words.summary(data)
    yield "## What the capacity of a team yields\n"
    yield words.CAPACITY
    for kind in data["kinds"]:
        yield from sections.capacity(data, kind)
    yield "## By difficulty\n"
    yield words.DIFFICULTY
    yield _picture(BY_DIFFICULTY, "Share of the planted that is found, by difficulty and queue")
    yield from sections.by_difficulty(data)
    yield "## Scheme by scheme\n"
    yield words.schemes(data)
    for kind in data["kinds"]:
        yield from _schemes(data, kind)
    yield "## Better than by chance?\n"
    yield from words.verdicts()
    yield from sections.tests(data)
    yield from words.told(data)
    yield "## Schemes above the single record\n"
    yield from sections.above(data)
    yield from _rest(data)


def _rest(data: Data) -> Iterator[str]:
    yield "## Innocents that were flagged\n"
    yield from sections_of_doubt.innocents(data)
    yield "## False alarms by hospital level\n"
    yield from sections_of_doubt.levels(data)
    yield "## Rules\n"
    yield from sections_of_doubt.rules(data)
    yield "## What was handed over\n"
    yield from sections_of_doubt.alerts(data)
    yield "## How it was made\n"
    yield from making.made(data)
    yield "## What is not measured\n"
    yield from making.not_measured(data)
    yield "## Recall in full\n"
    yield from sections.in_full(data)


def _schemes(data: Data, kind: str) -> Iterator[str]:
    yield f"### Of {plural(kind)}\n"
    said = f"Share found of each scheme of {plural(kind)}, with chance"
    yield _picture(of_schemes(kind), said)
    yield from sections.schemes(data, kind)


def _picture(name: str, said: str) -> str:
    return f"![{said}]({PLACE}/{name}.svg)\n"
