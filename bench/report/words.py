"""What the page says in sentences; every figure in them is counted, none is written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.asked import FEWEST, HIDDEN, LEVEL
from bench.report.chance import FAILED, FEW, PASSED
from bench.report.sections import tested_size, titles
from evaluation.kinds import OURS
from evaluation.queues import REPLICATES
from evaluation.telling import MARK, count, first, listed, plural, share, where, with_interval
from models.pooling import FEWEST_CASES, FEWEST_CLUSTERS
from models.pooling import REPLICATES as DRAWS_OF_SHARES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.storing import Data

CAPACITY = f"""A team works down the first so many per cent of a city's records. How much of what
it reads is planted (precision), how much of all that is planted does it meet (recall), and how much
of the planted amount? *Jianbao* orders by the ranker where there are enough past audits, else by
detectors and rules together. Intervals draw whole hospitals within each city, {REPLICATES} times,
and rank every draw anew; "ahead" is paired: both queues in the same draws.
"""
DIFFICULTY = f"""Difficulty 1 contradicts itself in one record; {HIDDEN} stays just below every
published threshold. All schemes together, at the capacity that is tested.
"""


def opening(data: Data) -> str:
    """What was done, in a paragraph."""
    asked = data["asked"]
    seeds = listed(str(seed) for seed in asked["seeds"])
    cities = "one synthetic city (seed"
    if len(asked["seeds"]) > 1:
        cities = f"{len(asked['seeds'])} synthetic cities (seeds"
    return (
        f"Measured on {cities} {seeds}), each of about {asked['stays']:,} stays over"
        f" {asked['months']} months, of which past audits saw {share(asked['audit_share'])}. Each"
        " city is screened as a whole: every record is judged by standards, detectors and rankers"
        " that did not see it. Then its answer key is opened and held against what was published."
        " All figures speak about these cities, not about a real one. This page is written by the"
        " command at its end; no figure is put in by hand.\n"
    )


def warnings(data: Data) -> Iterator[str]:
    """What a reader must know before any figure."""
    if data["development"]:
        seeds = listed(str(seed) for seed in data["development"])
        yield (
            "> **Not untouched.** Seeds below 100 are looked at while developing; of these"
            f" cities that is {seeds}. The figures flatter.\n"
        )
    for what, code in (("made", "city"), ("judged", "judging")):
        if len({made["state"][code] for made in data["made"]}) > 1:
            yield f"> **Mixed.** The cities were {what} by different states of the code.\n"


def summary(data: Data) -> Iterator[str]:
    """What an authority can expect, and what it cannot."""
    yield "An authority can expect:\n"
    yield from (_yield(data, kind) for kind in data["kinds"])
    yield f"- **Schemes.** {_of_tests(data)}"
    yield "\nIt cannot expect:\n"
    yield f"- **What is hidden on purpose.** {_hidden(data)}"
    yield f"- **These schemes.** {_failed(data)}"
    yield f"- **A queue without innocents.** {_innocents(data)}"
    yield f"- **Rules that need no look.** {_rules(data)}\n"


def _yield(data: Data, kind: str) -> str:
    size = tested_size(data, kind)
    rows = {row["queue"]: row for row in where(data["queues"], subject_type=kind, size=size)}
    ours = rows[OURS]
    others = ", ".join(
        f"{share(row['precision'])} {name}" for name, row in rows.items() if name != OURS
    )
    a_city = ours["cases"] / len(data["asked"]["seeds"])
    told = with_interval(ours, "precision")
    return (
        f"- **{plural(kind).capitalize()}.** Of the {first(size)} ({a_city:,.0f} a city) {told}"
        f" are planted; for comparison, {others}. They are {share(ours['recall'])} of all planted"
        f" {plural(kind)} and hold {share(ours['recovered'])} of the planted amount."
    )


def _named(data: Data, codes: list[str]) -> str:
    named = titles(data)
    return listed(f"{code} {named.get(code, '')}".strip() for code in sorted(codes))


def _with(data: Data, verdict: str) -> list[str]:
    return [row["scheme"] for row in data["tests"] if row["verdict"] == verdict]


def _of_tests(data: Data) -> str:
    passed, failed = _with(data, PASSED), _with(data, FAILED)
    return (
        f"{len(passed)} of the {len(passed) + len(failed)} schemes with {FEWEST} or more cases of"
        f" difficulty 1 to 3 are found better than by chance: {_named(data, passed)}."
    )


def _failed(data: Data) -> str:
    few = _with(data, FEW)
    return (
        "Not found better than by chance, although there were enough cases:"
        f" {_named(data, _with(data, FAILED))}. Too few cases to say: {listed(sorted(few))}."
    )


def _hidden(data: Data) -> str:
    told = []
    for kind in data["kinds"]:
        levels = where(data["by_difficulty"], subject_type=kind, queue=OURS)
        shares = [share(row["share"]) for row in levels if row["share"] is not None]
        told.append(f"of {plural(kind)} {listed(shares)}")
    return (
        f"Found of the planted, by difficulty from 1 (contradicts itself) to {HIDDEN} (below every"
        f" published limit): {'; '.join(told)}."
    )


def _innocents(data: Data) -> str:
    told = []
    for row in data["alike"]:
        wrong = row["taken"] - row["taken_planted"]
        told.append(
            f"of the {first(row['size'])} of {plural(row['subject_type'])}"
            f" {wrong / row['taken']:.0%} are innocent,"
            f" {row['taken_lookalikes'] / row['taken']:.0%} look-alikes"
        )
    most = sorted(data["by_cause"], key=lambda row: (-row["found"], row["cause"]))[:3]
    said = {row["cause"]: row["title"] for row in data["causes"]}
    often = listed(
        f"{said.get(row['cause'], row['cause'])} ({row['found']:,} {plural(row['subject_type'])})"
        for row in most
        if row["found"]
    )
    return f"O{'; '.join(told)[1:]}. Most often: {often}."


def _rules(data: Data) -> str:
    poor = [row for row in data["rules"] if row["poor"] and row["comparable"] and row["scheme"]]
    loud = [row["code"] for row in poor if not row["clue"]]
    soft = [row["code"] for row in poor if row["clue"]]
    mute = [row["code"] for row in data["rules"] if not row["hits"]]
    return (
        f"Of {len(data['rules'])} rules, {len(poor)} are right in less than one hit in five; graded"
        f" a clue are of these {listed(soft)}, graded a doubtful point {listed(loud)}. Never spoke:"
        f" {listed(mute)}."
    )


def schemes(data: Data) -> str:
    """How to read the tables of schemes."""
    sizes = listed(f"{first(tested_size(data, kind))} of {plural(kind)}" for kind in data["kinds"])
    return (
        f"Capacity: the {sizes}. Shares without a mark have an interval that draws hospitals"
        f" within cities ({DRAWS_OF_SHARES:,} draws, who is reached held fixed); {MARK} marks"
        f" Wilson's interval, used below {FEWEST_CASES} cases, for cases in fewer than"
        f" {FEWEST_CLUSTERS} hospitals, and where none or all was found. *Campaigns found* counts"
        " those of which the queue holds one subject or more. What stands against chance is told"
        " below.\n"
    )


def verdicts() -> Iterator[str]:
    """How it was tested."""
    yield (
        f"Asked of every scheme of which the cities together plant {FEWEST} or more subjects of"
        " difficulty 1 to 3 among what a queue orders. The capacities were chosen before any of"
        " these cities was made: of uses what the goal of the project names; of stays and ledgers"
        " the largest that its goals and design name, so that nobody fails for want of room.\n\n"
        "- **The test that decides.** Would as many records, drawn at random in each city, hold so"
        " many of the planted? Exact: the sum of one hypergeometric number a city, one-sided.\n"
        "- **The test that supports.** Do planted subjects stand above all others in the whole"
        " ranking? Mann and Whitney's, within cities, weighed as van Elteren does, one-sided;"
        " *area* is the chance that one of them stands above another record.\n"
        "- Both are corrected by Holm's method over all schemes tested; the level is"
        f" {LEVEL:.0%}. Rarer schemes and difficulty {HIDDEN} are reported, not tested.\n"
        "- Both take planted subjects as independent, which subjects of one campaign are not; read"
        " them beside the intervals, which draw hospitals, and the campaigns found.\n"
    )


def told(data: Data) -> Iterator[str]:
    """Who passed, who failed, who was not tested."""
    said = {PASSED: "Passed", FAILED: "Failed", FEW: "Too few cases, not tested"}
    for verdict, words in said.items():
        rows = where(data["tests"], verdict=verdict)
        yield f"- **{words} ({len(rows)}).** {_counted(data, rows)}."
    yield ""


def _counted(data: Data, rows: list[Data]) -> str:
    """Schemes with how many of their cases were found."""
    named = titles(data)
    return listed(
        f"{row['scheme']} {named.get(row['scheme'], '')} ({count(row['found'])} of"
        f" {count(row['cases'])})"
        for row in sorted(rows, key=lambda row: row["scheme"])
    )
