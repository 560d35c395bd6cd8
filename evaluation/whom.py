"""Whom a page evaluates: who scored each kind, which nights, which data, and what made the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import html
from evaluation.telling import listed, plural, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data

NO_RANKER = "rules and detectors"


def whom(about: Data) -> Iterator[str]:
    """A line a kind, and a line on nights, data, code and command; nothing of what is not known."""
    rows = about["scored_by"]
    for kind in dict.fromkeys(row["subject_type"] for row in rows):
        told = listed(_scorer(row) for row in where(rows, subject_type=kind))
        yield html.paragraph(f"{plural(kind).capitalize()}: {told}.", "of")
    if about["command"]:
        yield html.paragraph(f"{_nights(about['nights'])}. {_made(about)}", "of")


def _scorer(row: Data) -> str:
    """Where no record has a probability, a model has no ranker."""
    named = "" if row["version"] is None else f"model {row['version']}"
    if row["with_probability"]:
        return f"{row['records']:,} scored by {named}"
    return f"{row['records']:,} ordered by {NO_RANKER}" + (f" of {named}" if named else "")


def _nights(nights: Data) -> str:
    if nights["first"] == nights["last"]:
        return f"Scores of the night of {nights['last']}"
    return f"Newest scores of {nights['number']:,} nights, {nights['first']} to {nights['last']}"


def _made(about: Data) -> str:
    return (
        f"Data version {about['data_version']}, Jianbao {about['package']}; made by"
        f" `{about['command']}`."
    )
