"""The tables of what went wrong, or may: innocents, false alarms, rules, alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.grids import grid
from bench.report.reports_of_rules import POOR
from bench.report.sections import tested_size
from evaluation.telling import NONE, bounds, count, first, plural, share, where, with_interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data


def innocents(data: Data) -> Iterator[str]:
    """What the capacity holds, then look-alikes by cause, those flagged first."""
    yield "What the tested capacity of our queue holds:\n"
    yield from grid(
        ("of", "places", "planted", "look-alikes", "other innocents",
         "flagged of all look-alikes", "of all other innocents"),
        (_held(row) for row in data["alike"]),
    )  # fmt: skip
    yield (
        "Each cause of which any was flagged at that capacity, most flagged first. A look-alike"
        " that is planted with something as well is no innocent and not counted.\n"
    )
    resembles = {row["cause"]: ", ".join(row["resembles"]) for row in data["causes"]}
    said = {row["cause"]: row["title"] for row in data["causes"]}
    flagged = [row for row in data["by_cause"] if row["found"]]
    yield from grid(
        ("cause", "resembles", "of", "there are", "flagged", "share"),
        (
            (
                said.get(row["cause"], row["cause"]),
                resembles.get(row["cause"], ""),
                plural(row["subject_type"]),
                count(row["of"]),
                count(row["found"]),
                with_interval(row),
            )
            for row in sorted(flagged, key=lambda row: (-row["found"], row["cause"]))
        ),
    )
    yield from _quiet(data, said)


def _held(row: Data) -> tuple[str, ...]:
    others = row["taken"] - row["taken_planted"] - row["taken_lookalikes"]
    everyday = row["records"] - row["planted"] - row["lookalikes"]
    return (
        f"{plural(row['subject_type'])}, {first(row['size'])}",
        count(row["taken"]),
        count(row["taken_planted"]),
        count(row["taken_lookalikes"]),
        count(others),
        share(row["taken_lookalikes"] / row["lookalikes"]) if row["lookalikes"] else NONE,
        share(others / everyday) if everyday else NONE,
    )


def _quiet(data: Data, said: dict[str, str]) -> Iterator[str]:
    """Causes of which none was flagged, and causes that did not occur where anything ranks."""
    totals: dict[str, list[int]] = {}
    for row in data["by_cause"]:
        held = totals.setdefault(row["cause"], [0, 0])
        held[0] += row["found"]
        held[1] += row["of"]
    quiet = [f"{said.get(name, name)} ({of:,})" for name, (n, of) in totals.items() if not n]
    absent = [title for name, title in said.items() if name not in totals]
    yield f"None flagged, with how many there are: {'; '.join(sorted(quiet)) or 'no cause'}.\n"
    if absent:
        yield f"Not among the subjects that a queue orders: {'; '.join(sorted(absent))}.\n"


def levels(data: Data) -> Iterator[str]:
    """False alarms among innocent records by hospital level."""
    yield (
        "Share of the innocent records of each hospital level that the tested capacity holds. A"
        " level that stands out is asked more often than it deserves.\n"
    )
    yield from grid(
        ("of", "hospital level", "innocent records", "false alarms", "share"),
        (
            (
                f"{plural(kind)}, {first(tested_size(data, kind))}",
                row["level"],
                count(row["of"]),
                count(row["found"]),
                with_interval(row),
            )
            for kind in data["kinds"]
            for row in where(data["by_level"], subject_type=kind)
        ),
    )


def rules(data: Data) -> Iterator[str]:
    """Each rule against the key."""
    yield (
        "A rule is right where the subject is planted with the rule's own scheme, belongs to"
        " one that is, or has one that is among its own; *anything* counts every scheme. Recall"
        " is of all planted subjects of the scheme, difficulty 4 with them; of"
        " campaigns, for rules on groups. A silenced breach"
        f" raises nothing; it shows as a protective label. Marked: precision below {POOR:.0%}.\n"
    )
    yield from grid(
        ("rule", "of", "grade", "hits", "precision", "precision, anything", "recall", "silenced",
         "guilty among silenced", "mark"),
        (_rule(row) for row in data["rules"]),
    )  # fmt: skip


def _rule(row: Data) -> tuple[str, ...]:
    told = row["comparable"] and row["scheme"] is not None
    return (
        f"{row['code']} {row['title']}",
        row["subject_type"],
        f"{row['grade']} {'clue' if row['clue'] else 'doubtful point'}",
        count(row["hits"]),
        _precision(row) if told else NONE,
        share(row["right_any"] / row["hits"]) if row["hits"] else NONE,
        f"{row['found']:,} of {row['planted']:,}" if told else "cannot be matched",
        count(row["silenced"]),
        count(row["silenced_guilty"]) if told else NONE,
        marked(row) if told else "",
    )


def _precision(row: Data) -> str:
    if not row["hits"]:
        return NONE
    return share(row["right"] / row["hits"]) + bounds(row["low"], row["high"])


def marked(row: Data) -> str:
    """What is wrong with a rule's precision, empty where nothing is."""
    if not row["hits"]:
        return "never spoke"
    if not row["poor"]:
        return ""
    low = f"under {POOR:.0%}"
    return f"{low}, a clue" if row["clue"] else f"**{low}**"


def alerts(data: Data) -> Iterator[str]:
    """What the screen handed over by grade, and how much of it is planted."""
    yield (
        "A screen hands over the worthiest records (probability x amount, above a least"
        " plausibility), graded; what the lot chose is left out here. Intervals are Wilson's.\n"
    )
    yield from grid(
        ("of", "grade", "alerts", "planted"),
        (
            (
                plural(row["subject_type"]),
                row["grade"],
                count(row["alerts"]),
                f"{count(row['real'])}, {share(row['real'] / row['alerts'])}"
                + bounds(row["low"], row["high"]),
            )
            for row in data["alerts"]
        ),
    )
