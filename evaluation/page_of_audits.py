"""The page of an evaluation on later audits: what they say, and what they cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import html, sections
from evaluation.later import FEWEST
from evaluation.telling import (
    NONE,
    bounds,
    count,
    first_of,
    money,
    one,
    plural,
    share,
    where,
    with_interval,
)
from evaluation.whom import whom
from models.labels import RANDOM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data

LED_BY = {
    "model": "the scores",
    "rule": "rules",
    "random": "the lot",
    "tip": "a tip",
    "history": "its history",
}
SUSPECTED = (
    "Read with care: audits are not a sample of the city. What rules, tips, history or the scores"
    " led to was suspicious before anybody looked, and nobody knows by which chance a record came"
    " among them; such audits have no usable weight, and their rate of confirmation is neither the"
    " city's nor the list's."
)
DRAWN = (
    "Audits drawn by lot have their chance written down. Weighted by it, they speak of the whole"
    " city: many of them nearly without bias, few of them possibly far off, because rate and recall"
    " are ratios of what was drawn. Read the interval and the number confirmed."
)
BIAS = (SUSPECTED, DRAWN)


def page_of_audits(data: Data) -> str:
    """The whole page, of the figures alone."""
    return html.document(f"How good is it: {data['about']['name']}", _parts(data))


def _parts(data: Data) -> Iterator[str]:
    yield html.heading(1, "How good is it, by later audits")
    yield html.paragraph(
        f"Scores of {data['about']['name']}, held against audits {data['about']['since']}.", "of"
    )
    yield from whom(data["about"])
    if not data["tested"]:
        yield html.box(["No audit became known that these scores had not learned from."])
        yield html.box(BIAS, bad=True)
        return
    yield html.box([conclusion(data, kind) for kind in data["tested"]])
    yield html.box(BIAS, bad=True)
    yield html.heading(2, "What each way of choosing led to")
    yield html.paragraph(
        "Of the audits that each way of choosing led to, how many were confirmed, what came back,"
        " and how many of them stand at the head of our list. Compare a row with itself over time,"
        " never one row with another."
    )
    yield html.table(
        ("", "led to by", "audits", "confirmed", "part, biased but for the lot", "recovered",
         "at the head of the list", "confirmed of these"),
        (_way(row) for row in data["ways"]),
    )  # fmt: skip
    yield html.heading(2, "What the lot estimates")
    yield html.paragraph(
        "Each audit by lot stands for as many records as its chance says. The first figure is the"
        " part of all records that an audit would confirm; beside it what the scores said of the"
        " same records; then how much of what there is stands at the head of our list."
    )
    yield html.table(
        ("", "by lot", "confirmed", "to be confirmed of all", "scores said", "recall",
         "within"),
        (_lot(data, row) for row in data["by_lot"]),
    )  # fmt: skip
    yield html.paragraph(
        f"Recall is estimated from {FEWEST} confirmed audits by lot on. Intervals draw whole"
        " hospitals. Auditors err too: what they confirm or refute is taken as it stands.",
        "note",
    )


def conclusion(data: Data, kind: str) -> str:
    """What later audits say about one kind."""
    rows = where(data["ways"], subject_type=kind)
    audits, confirmed = (sum(row[name] for row in rows) for name in ("of", "found"))
    head, right = (sum(row[name] for row in rows) for name in ("reached", "reached_confirmed"))
    lot = one(data["by_lot"], subject_type=kind) or {}
    standing = (
        f"{head:,} of them stand in the {first_of(data['tested'][kind], kind)}, and"
        f" {right:,} of these were confirmed"
    )
    return (
        f"{audits:,} {plural(kind)} were audited, {confirmed:,} confirmed; {standing}."
        f" {_by_the_lot(lot)}"
    )


def _by_the_lot(lot: Data) -> str:
    if not lot.get("drawn"):
        return "None was drawn by lot, so nothing can be said of the whole."
    rate = share(lot["rate"]) + bounds(lot["rate_low"], lot["rate_high"])
    recall = (
        f"the head of our list holds {sections.interval_of(lot, 'recall', share)} of it"
        if lot["recall"] is not None
        else "too few were confirmed to say how much of it our list meets"
    )
    return f"By the {lot['drawn']:,} drawn by lot, {rate} of all would be confirmed; {recall}."


def _way(row: Data) -> tuple[str, ...]:
    return (
        plural(row["subject_type"]),
        LED_BY[row["selected_by"]],
        count(row["of"]),
        count(row["found"]),
        with_interval(row) + ("" if row["selected_by"] == RANDOM else ", biased"),
        money(row["recovered"]),
        count(row["reached"]),
        count(row["reached_confirmed"]),
    )


def _lot(data: Data, row: Data) -> tuple[str, ...]:
    kind = row["subject_type"]
    return (
        plural(kind),
        count(row["drawn"]),
        count(row["confirmed"]),
        share(row["rate"]) + bounds(row["rate_low"], row["rate_high"]),
        share(row["said"]),
        NONE if row["recall"] is None else sections.interval_of(row, "recall", share),
        first_of(data["tested"][kind], kind),
    )
