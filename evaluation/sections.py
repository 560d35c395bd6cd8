"""Sections of the page, each one question: other ways of choosing, schemes, honesty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import html, pictures
from evaluation.kinds import OURS
from evaluation.telling import (
    NONE,
    called,
    count,
    first_of,
    listed,
    number,
    one,
    plural,
    points,
    share,
    wan,
    wan_with_interval,
    where,
    with_interval,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evaluation.storing import Data

LEVELS = (1, 2, 3, 4)
TOO_MUCH = 1.5  # times what is planted; a judgement
FEW = 10  # cases below which a share says less than its count


def two(value: float | None) -> str:
    """A number with two decimals."""
    return number(value)


def three(value: float | None) -> str:
    """A number with three decimals."""
    return number(value, 3)


def interval_of(row: Data, name: str, told: Callable[[float | None], str]) -> str:
    """A figure and its interval, told alike."""
    low, high = row.get(f"{name}_low", row.get("low")), row.get(f"{name}_high", row.get("high"))
    if row[name] is None:
        return NONE
    return told(row[name]) + ("" if low is None else f" ({told(low)} to {told(high)})")


def names_of(data: Data) -> list[str]:
    """The kinds of subjects that are told of."""
    return [kind["subject_type"] for kind in data["kinds"]]


def tested_of(data: Data, kind: str) -> str:
    """The capacity that stands for all, in words."""
    frame = one(data["kinds"], subject_type=kind)
    return "" if frame is None else first_of(frame["tested"], kind)


def others(data: Data) -> Iterator[str]:
    """The lead over each other way of choosing, paired."""
    yield html.paragraph(
        "Had the team chosen otherwise. The lead is taken inside each draw of hospitals, so that"
        " luck that both share cancels: blue is surely ahead, red surely behind, grey may be"
        " either. 'By expected recovery' is the same scores ordered by probability times amount,"
        " as the nightly queue is: it gives up precision for larger amounts, and the column of"
        " yuan shows whether that pays."
    )
    if not data["about"]["last_model"]:
        yield html.paragraph("No model was in office before this one, to compare with.", "note")
    else:
        told = listed(f"{kind} {name}" for kind, name in data["about"]["last_model"].items())
        yield html.paragraph(
            f"The last model is the one in office before: {told}; it scored the same records anew.",
            "note",
        )
    said = "Lead in precision over other ways of choosing"
    yield pictures.inline(pictures.leads(data, names_of(data)), "leads", said)
    for kind in names_of(data):
        yield html.heading(3, f"The {tested_of(data, kind)}")
        yield html.table(
            ("chosen by", "planted among them", "lead, points", "times as many",
             "recoverable, 10,000 yuan", "lead", "AUPRC"),
            (_other(data, row) for row in where(data["tested"], subject_type=kind)),
        )  # fmt: skip


def _other(data: Data, row: Data) -> tuple[str, ...]:
    kind = row["subject_type"]
    ours = one(data["tested"], subject_type=kind, queue=OURS)
    area = one(data["areas"], subject_type=kind, queue=row["queue"])
    own = row["queue"] == OURS
    times = ours["precision"] / row["precision"] if ours and row["precision"] else None
    return (
        called(row["queue"]),
        with_interval(row, "precision"),
        "" if own else interval_of(row, "ahead", points),
        "" if own else NONE if times is None else f"{times:.1f}",
        wan(row["recovery"]),
        "" if own else wan_with_interval(row, "recovery_ahead"),
        NONE if area is None else interval_of(area, "area", two),
    )


def schemes(data: Data) -> Iterator[str]:
    """Recall by scheme and difficulty at the capacity that stands for all."""
    yield html.paragraph(
        "Found of all that is planted of each scheme, within the capacity named; the darker, the"
        " more. Difficulty 1 contradicts itself in one record, 4 stays below every published"
        " threshold. Ten cases or more have their share with its interval; ʷ marks Wilson's."
    )
    for kind in names_of(data):
        frame = one(data["kinds"], subject_type=kind)
        rows = [row for row in where(data["recall"], subject_type=kind)
                if frame and row["size"] == frame["tested"]]  # fmt: skip
        codes = sorted({row["scheme"] for row in rows})
        found = {(row["scheme"], row["difficulty"]): row for row in rows}
        yield html.heading(3, f"The {tested_of(data, kind)}")
        yield html.table(
            ("scheme", *(f"difficulty {level}" for level in LEVELS)),
            (
                (f"{code} {data['schemes'].get(code, '')}",
                 *(_found(found.get((code, level))) for level in LEVELS))
                for code in codes
            ),
            (
                (0.0, *(_shade(found.get((code, level))) for level in LEVELS))
                for code in codes
            ),
        )  # fmt: skip
        yield from _difficulties(data, kind)


def _found(row: Data | None) -> str:
    if row is None:
        return ""
    told = f"{row['found']} of {row['of']}"
    return f"{told}, {with_interval(row)}" if row["of"] >= FEW else told


def _shade(row: Data | None) -> float:
    return 0.0 if row is None or row["share"] is None else float(row["share"])


def _difficulties(data: Data, kind: str) -> Iterator[str]:
    rows = where(data["by_difficulty"], subject_type=kind, queue=OURS)
    told = listed(
        f"{with_interval(row)} of difficulty {row['difficulty']}" for row in rows if row["of"]
    )
    yield html.paragraph(f"All schemes together: {told}.", "note")


def honesty(data: Data) -> Iterator[str]:
    """Reliability, Brier score, calibration error."""
    told = [row["subject_type"] for row in data["honesty"]]
    missing = [plural(kind) for kind in names_of(data) if kind not in told]
    if missing:
        yield html.paragraph(
            f"No probability is claimed of {listed(missing)}: too few audits to teach one.", "note"
        )
    if not told:
        return
    yield html.paragraph(
        "Each dot gathers records of like probability; on the dotted line what was said came true."
        " Below it the scores promise too much, above it too little."
    )
    for row in data["honesty"]:
        yield html.paragraph(_average(row))
    said = "Probability that was said against the share that is planted"
    yield pictures.inline(pictures.reliability(data, told), "reliability", said)
    yield html.table(
        ("", "with probability", "said on average", "planted", "calibration error",
         "Brier score", "Brier score of the bare rate"),
        (
            (
                plural(row["subject_type"]),
                count(row["records"]),
                share(row["said"]),
                share(row["seen"]),
                interval_of(row, "error", three),
                interval_of(row, "brier", three),
                three(row["brier_of_rate"]),
            )
            for row in data["honesty"]
        ),
    )  # fmt: skip
    yield html.paragraph(
        "The calibration error is the mean distance of said and so over ten bins of equal numbers,"
        " each record counted once; that of a training's gate weighs audits as they taught."
        " The Brier score is the mean square of what was missed; useful probabilities lie below"
        " that of saying the same rate of every record.",
        "note",
    )


def _average(row: Data) -> str:
    """Whether the scores promise too much over all records, and why they may."""
    told = (
        f"Over all {plural(row['subject_type'])} the scores said {share(row['said'])} on average,"
        f" where {share(row['seen'])} are planted"
    )
    if row["said"] <= TOO_MUCH * row["seen"]:
        return f"{told}."
    return (
        f"{told}: too much. They are taught by audited records, which were suspicious before"
        " anybody looked, and of which far more are confirmed."
    )
