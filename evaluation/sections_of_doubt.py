"""The sections on who is asked in vain, on fewer audits and on lots, and how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import html, pictures
from evaluation.queues import REPLICATES
from evaluation.rates import TRAITS
from evaluation.sections import names_of, tested_of, three, two
from evaluation.telling import (
    NONE,
    bounds,
    called,
    count,
    money,
    plural,
    share,
    where,
    with_interval,
)
from models.ranker import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data


def vain(data: Data) -> Iterator[str]:
    """Alert and false-alarm rates by trait."""
    yield html.paragraph(
        "Of the innocent records of each hospital level, ownership, district, scheme and age band,"
        " the part that the capacity asks about. Red is asked in vain surely more often than all,"
        " green surely less. A group that stands out deserves a look at what sets it off."
    )
    yield html.paragraph(
        "Asked are the first of all records by the order of the scores, not the alerts that nights"
        " published: those are chosen night by night, by expected recovery, rule and lot.",
        "note",
    )
    for kind in names_of(data):
        rows = where(data["rates"], subject_type=kind)
        if not rows:
            continue
        yield html.heading(3, f"The {tested_of(data, kind)}")
        said = f"False-alarm rate of innocent {plural(kind)} by trait"
        yield pictures.inline(pictures.false_alarms(data, kind), f"vain-{kind}", said)
        yield html.table(
            ("", "", "records", "asked", "alert rate", "innocent", "asked in vain",
             "false-alarm rate"),
            (
                (
                    TRAITS[row["trait"]],
                    row["value"],
                    count(row["records"]),
                    count(row["alerts"]),
                    share(row["alert_rate"]) + bounds(row["alert_low"], row["alert_high"]),
                    count(row["innocent"]),
                    count(row["false_alarms"]),
                    share(row["false_rate"]) + bounds(row["low"], row["high"]),
                )
                for row in rows
            ),
        )  # fmt: skip


def innocents(data: Data) -> Iterator[str]:
    """False alarms by innocent cause."""
    yield html.paragraph(
        "The city holds innocent records that resemble a scheme, each with its cause. Causes at the"
        " top of the table take auditors' time most often; a protective condition for them would"
        " pay first."
    )
    for row in data["alike"]:
        wrong = row["taken"] - row["taken_planted"]
        yield html.paragraph(
            f"Of {row['taken']:,} {plural(row['subject_type'])} in the capacity {wrong:,} are"
            f" innocent; {row['taken_lookalikes']:,} of them are look-alikes, of which there are"
            f" {row['lookalikes']:,}."
        )
    flagged = sorted(
        (row for row in data["by_cause"] if row["found"]),
        key=lambda row: (-row["found"], row["cause"]),
    )
    yield html.table(
        ("cause", "of", "there are", "asked in vain", "part of them"),
        (
            (
                data["causes"].get(row["cause"], row["cause"]),
                plural(row["subject_type"]),
                count(row["of"]),
                count(row["found"]),
                with_interval(row),
            )
            for row in flagged
        ),
    )


def audits(data: Data) -> Iterator[str]:
    """The learning curve."""
    names = list(dict.fromkeys(row["subject_type"] for row in data["learning"]))
    if not names:
        yield html.paragraph(
            "Not computed: nothing was audited, or the evaluation was asked to be quick.", "note"
        )
        return
    yield html.paragraph(
        "The ranker was taught anew by a part of the audits, several times over, and tried on"
        " records of other persons, stays and ledgers. Where the line still climbs at its right"
        " end, more audits would find more; where it is flat, they would not. A ranker takes office"
        f" from {MINIMUM} confirmed and {MINIMUM} refuted audits on."
    )
    said = "Area under precision and recall by number of audits learned from"
    yield pictures.inline(pictures.learning(data, names), "learning", said)
    yield html.table(
        ("", "audits", "confirmed", "draws", "AUPRC, mean", "lowest to highest",
         "planted among the first 1%, mean"),
        (row for name in names for row in _learned(data, name)),
    )  # fmt: skip


def _learned(data: Data, kind: str) -> Iterator[tuple[str, ...]]:
    rows = where(data["learning"], subject_type=kind)
    for audits_ in sorted({row["audits"] for row in rows}):
        mine = where(rows, audits=audits_)
        areas = [row["auprc"] for row in mine]
        yield (
            plural(kind),
            count(audits_) if audits_ else "none: rules and detectors",
            count(sum(row["confirmed"] for row in mine) / len(mine)),
            str(len(mine)),
            two(sum(areas) / len(areas)),
            f"{two(min(areas))} to {two(max(areas))}",
            share(sum(row["precision"] for row in mine) / len(mine)),
        )


def lots(data: Data) -> Iterator[str]:
    """What a share of audits drawn at random says of recall."""
    yield html.paragraph(
        "In a real city nobody knows what is missed, unless some audits are drawn at random from"
        " below the head of the list: each confirmed one stands for as many records as its chance"
        " says (Horvitz and Thompson). Here the key is known, so the estimate can be held against"
        " what is true. The black mark is recall as it is, the blue line where 95% of the"
        " estimates lie, the grey bar the interval that a team could state after a usual draw."
    )
    names = list(dict.fromkeys(row["subject_type"] for row in data["lots"]))
    said = "Estimated recall by share of audits drawn at random, beside true recall"
    yield pictures.inline(pictures.exploration(data, names), "lots", said)
    yield html.table(
        ("", "audits", "by lot", "drawn", "recall as it is", "estimate, 95% between",
         "a team could state",
         "missed as it is", "missed, mean estimate", "draws that meet nothing"),
        (
            (
                plural(row["subject_type"]),
                count(row["audits"]),
                share(row["share"]),
                count(row["drawn"]),
                share(row["recall"]),
                NONE if row["estimate"] is None
                else share(row["estimate"]) + bounds(row["low"], row["high"]),
                NONE if row["estimate"] is None
                else f"{share(row['team_low'])} to {share(row['team_high'])}",
                count(row["missed"]),
                count(row["missed_mean"]),
                share(row["blind"]),
            )
            for row in data["lots"]
        ),
    )  # fmt: skip
    yield html.paragraph(
        "Without a lot there is no estimate at all, and recall looks like 100%. With few drawn,"
        " most draws meet nothing and claim the same; the mean is right, a single draw is not. The"
        " lots of many months, taken together, are what makes it usable.",
        "note",
    )


def _leak_test(data: Data, row: Data) -> str:
    found = (
        f"Leak test: of {plural(row['subject_type'])}, {called(row['queue'])} reaches AUPRC"
        f" {three(row['auprc'])} on the {row['planted']:,} of difficulty 2 and above;"
    )
    if row["not_asked"] is not None:
        return f"{found} not asked, because {row['not_asked']}."
    return (
        f"{found} {data['leak_from']} or more would fail, because only who saw the answers could."
    )


def made(data: Data) -> Iterator[str]:
    """What the figures rest on."""
    for row in data["kinds"]:
        lost = f" {row['never_scored']:,} more were never scored." if row["never_scored"] else ""
        yield html.paragraph(
            f"{plural(row['subject_type']).capitalize()}: {row['records']:,} scored in"
            f" {row['hospitals']:,} hospitals, {row['planted']:,} of them planted, worth"
            f" {money(row['planted_amount'])}.{lost}"
        )
    for row in data["hard"]:
        if row["auprc"] is not None:
            yield html.paragraph(_leak_test(data, row), "note")
    yield html.paragraph(
        f"Intervals draw whole hospitals {REPLICATES} times and rank each draw anew. Whatever was"
        " not planted counts as innocent. The figures of this page lie beside it as JSON.",
        "note",
    )
