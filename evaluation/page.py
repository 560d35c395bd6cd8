"""The page of an evaluation against an answer key: the conclusion first, then each question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import html, pictures, sections, sections_of_doubt
from evaluation.kinds import OURS
from evaluation.telling import (
    bounds,
    capacity,
    count,
    first_of,
    listed,
    money,
    one,
    plural,
    points,
    share,
    wan,
    wan_with_interval,
    where,
    with_interval,
)
from evaluation.whom import whom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data

RULES, RANDOM = "rules only", "random"
SECTIONS = (
    ("capacity", "What the team's capacity yields"),
    ("others", "Against other ways of choosing"),
    ("schemes", "Scheme by scheme"),
    ("honesty", "Are the probabilities honest"),
    ("vain", "Who is asked in vain"),
    ("innocents", "Innocents that look guilty"),
    ("audits", "Would more audits help"),
    ("lots", "What audits by lot tell"),
    ("made", "How it was made"),
)
FEW_PLANTED = 30  # below it one case moves a figure by more than three points


def page(data: Data) -> str:
    """The whole page, of the figures alone."""
    return html.document(f"How good is it: {data['about']['name']}", _parts(data))


def _parts(data: Data) -> Iterator[str]:
    yield html.heading(1, "How good is it")
    yield html.paragraph(
        f"Scores of {data['about']['name']}, held against the answer key of the synthetic city.",
        "of",
    )
    yield from whom(data["about"])
    if data["leaks"]:
        yield html.box([f"FAILED. {leak}" for leak in data["leaks"]], bad=True)
    if not data["kinds"]:
        yield html.box(["Nothing was planted among what was scored, so nothing can be said."])
        return
    yield html.box([conclusion(data, kind) for kind in sections.names_of(data)])
    yield from _at_a_glance(data)
    yield html.links(SECTIONS)
    tellers = (
        _capacity, sections.others, sections.schemes, sections.honesty, sections_of_doubt.vain,
        sections_of_doubt.innocents, sections_of_doubt.audits, sections_of_doubt.lots,
        sections_of_doubt.made,
    )  # fmt: skip
    for (anchor, title), teller in zip(SECTIONS, tellers, strict=True):
        yield html.heading(2, title, anchor)
        yield from teller(data)


def conclusion(data: Data, kind: str) -> str:
    """What a manager takes away about one kind, in two sentences."""
    rows = {row["queue"]: row for row in where(data["tested"], subject_type=kind)}
    ours, rules = rows[OURS], rows[RULES]
    promised = (
        f"; their scores promised {money(ours['expected'])}"
        if ours["expected"] is not None
        else "; nothing was promised, because there were too few audits for probabilities"
    )
    return (
        f"Of the {first_of(ours['size'], kind)}{_cases(ours)},"
        f" {share(ours['precision'])} are planted{bounds(ours['low'], ours['high'])}, where rules"
        f" alone find {share(rules['precision'])} and chance {share(rows[RANDOM]['precision'])}:"
        f" {_verdict(rules)}. By the key {money(ours['recovery'])} can be recovered from"
        f" them{promised}."
    )


def _cases(row: Data) -> str:
    return f" ({row['cases']:,} cases)" if row["size"] < 1 else ""


def _verdict(rules: Data) -> str:
    low, high = rules["ahead_low"], rules["ahead_high"]
    if low is None or high is None or low <= 0 <= high:
        return "not surely better than rules"
    return "surely better than rules" if low > 0 else "surely worse than rules"


def _at_a_glance(data: Data) -> Iterator[str]:
    yield html.table(
        ("", "scored", "planted", "capacity", "planted among them", "ahead of rules, points",
         "met of all planted", "recoverable, 10,000 yuan", "promised"),
        (_glance(data, frame) for frame in data["kinds"]),
    )  # fmt: skip
    few = [frame for frame in data["kinds"] if frame["planted"] < FEW_PLANTED]
    if few:
        told = listed(f"{plural(row['subject_type'])} ({row['planted']})" for row in few)
        yield html.paragraph(
            f"Few are planted among the scored {told}: read the intervals, not the figures.", "note"
        )
    yield html.paragraph(
        "In brackets and beside: 95% intervals, drawn by whole hospitals. Planted means that the"
        " makers of the city put it there; about a real city these figures say nothing yet."
        " Amounts below 10,000 yuan are told in yuan (¥).",
        "note",
    )


def _glance(data: Data, frame: Data) -> tuple[str, ...]:
    rows = {row["queue"]: row for row in where(data["tested"], subject_type=frame["subject_type"])}
    ours, rules = rows[OURS], rows[RULES]
    return (
        plural(frame["subject_type"]),
        count(frame["records"]),
        count(frame["planted"]),
        capacity(ours["size"]) + _cases(ours),
        with_interval(ours, "precision"),
        sections.interval_of(rules, "ahead", points),
        share(ours["recall"]) + bounds(ours["recall_low"], ours["recall_high"]),
        wan_with_interval(ours, "recovery"),
        wan(ours["expected"]),
    )


def _capacity(data: Data) -> Iterator[str]:
    yield html.paragraph(
        "A team works down the list as far as it can. Read a row as: with so many cases, this part"
        " is planted (precision), this part of all that is planted is met (recall), this much can"
        " be recovered by the key, and this much the scores had promised. Where promise and key"
        " agree, the budget can rest on the scores."
    )
    for kind in sections.names_of(data):
        yield html.heading(3, plural(kind).capitalize())
        said = f"Precision of {plural(kind)} by capacity and queue, and amounts recovered"
        yield pictures.inline(pictures.yields(data, kind), f"yields-{kind}", said)
        rows = where(data["capacity"], subject_type=kind, queue=OURS)
        yield html.table(
            ("capacity", "cases", "planted among them", "met of all planted",
             "recoverable, 10,000 yuan", "promised", "of the planted amount"),
            (
                (
                    capacity(row["size"]),
                    count(row["cases"]),
                    with_interval(row, "precision"),
                    share(row["recall"]) + bounds(row["recall_low"], row["recall_high"]),
                    wan_with_interval(row, "recovery"),
                    wan_with_interval(row, "expected"),
                    share(row["recovered"]),
                )
                for row in rows
            ),
        )  # fmt: skip
        area = one(data["areas"], subject_type=kind, queue=OURS)
        if area:
            yield html.paragraph(
                "Over the whole list, the area under precision and recall (AUPRC) is"
                f" {sections.interval_of(area, 'area', sections.two)}."
                f"{_auc(one(data['auc'], subject_type=kind))}",
                "note",
            )


def _auc(row: Data | None) -> str:
    """The footnote: where few are planted, AUC flatters, because most pairs are easy."""
    if row is None or row["auc"] is None:
        return ""
    return (
        f" A planted one stands before an innocent one in {sections.interval_of(row, 'auc', share)}"
        " of all pairs (AUC); where few are planted, this says little about the head of the list."
    )
