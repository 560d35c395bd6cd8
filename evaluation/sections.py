"""The sections of the page, each one question: how to read it, a picture, a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation import html, pictures
from evaluation.kinds import OURS
from evaluation.queues import REPLICATES
from evaluation.rates import TRAITS
from evaluation.telling import (
    NONE,
    bounds,
    called,
    count,
    first_of,
    listed,
    money,
    number,
    one,
    plural,
    points,
    share,
    wan,
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


def _names(data: Data) -> list[str]:
    return [kind["subject_type"] for kind in data["kinds"]]


def _tested(data: Data, kind: str) -> str:
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
    yield pictures.inline(pictures.leads(data, _names(data)), "leads", said)
    for kind in _names(data):
        yield html.heading(3, f"The {_tested(data, kind)}")
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
        "" if own else interval_of(row, "recovery_ahead", wan),
        NONE if area is None else interval_of(area, "area", two),
    )


def schemes(data: Data) -> Iterator[str]:
    """Recall by scheme and difficulty at the capacity that stands for all."""
    yield html.paragraph(
        "Found of all that is planted of each scheme, within the capacity named; the darker, the"
        " more. Difficulty 1 contradicts itself in one record, 4 stays below every published"
        " threshold. Ten cases or more have their share with its interval; ʷ marks Wilson's."
    )
    for kind in _names(data):
        frame = one(data["kinds"], subject_type=kind)
        rows = [row for row in where(data["recall"], subject_type=kind)
                if frame and row["size"] == frame["tested"]]  # fmt: skip
        codes = sorted({row["scheme"] for row in rows})
        found = {(row["scheme"], row["difficulty"]): row for row in rows}
        yield html.heading(3, f"The {_tested(data, kind)}")
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
    missing = [plural(kind) for kind in _names(data) if kind not in told]
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
        "The calibration error is the mean distance of said and so over ten bins of equal numbers."
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


def vain(data: Data) -> Iterator[str]:
    """Alert and false-alarm rates by trait."""
    yield html.paragraph(
        "Of the innocent records of each hospital level, ownership, district, scheme and age band,"
        " the part that the capacity asks about. Red is asked in vain surely more often than all,"
        " green surely less. A group that stands out deserves a look at what sets it off."
    )
    for kind in _names(data):
        rows = where(data["rates"], subject_type=kind)
        if not rows:
            continue
        yield html.heading(3, f"The {_tested(data, kind)}")
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
        " end, more audits would find more; where it is flat, they would not."
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
        " what is true. The black mark is recall as it is, the line where 95% of the estimates"
        " lie."
    )
    names = list(dict.fromkeys(row["subject_type"] for row in data["lots"]))
    said = "Estimated recall by share of audits drawn at random, beside true recall"
    yield pictures.inline(pictures.exploration(data, names), "lots", said)
    yield html.table(
        ("", "audits", "by lot", "drawn", "recall as it is", "estimate, 95% between",
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
            yield html.paragraph(
                f"Leak test: of {plural(row['subject_type'])}, {called(row['queue'])} reaches AUPRC"
                f" {three(row['auprc'])} on difficulty 2 and above; {data['leak_from']} or more"
                " would fail, because only who saw the answers could.",
                "note",
            )
    yield html.paragraph(
        f"Intervals draw whole hospitals {REPLICATES} times and rank each draw anew. Whatever was"
        " not planted counts as innocent. The figures of this page lie beside it as JSON.",
        "note",
    )
