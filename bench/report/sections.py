"""The tables of the page, each from the figures of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.above import NOTHING, UNMATCHED
from bench.report.asked import HIDDEN
from bench.report.chance import FEW
from bench.report.grids import grid
from evaluation.kinds import ASKED_OF, OURS
from evaluation.recall import EASY, HARD
from evaluation.telling import (
    NONE,
    bounds,
    called,
    count,
    first,
    number,
    one,
    p_value,
    plural,
    points,
    share,
    signed,
    where,
    with_interval,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evaluation.storing import Data


def titles(data: Data) -> dict[str, str]:
    """Schemes by code."""
    return {row["code"]: row["title"] for row in data["catalogue"]}


def tested_size(data: Data, kind: str) -> float:
    """The capacity at which a kind is tested."""
    size: float = where(data["alike"], subject_type=kind)[0]["size"]
    return size


def capacity(data: Data, kind: str) -> Iterator[str]:
    """Precision of each queue at each capacity, how far ours is ahead, and what it meets."""
    rows = where(data["queues"], subject_type=kind)
    names = list(dict.fromkeys(row["queue"] for row in rows))
    yield f"### {plural(kind).capitalize()}\n"
    yield "Precision, and the area under the precision-recall curve (AUPRC, mean of the cities):\n"
    yield from grid(
        ("of the queue", *(called(name) for name in names)),
        [*_by_size(rows, names, lambda row: with_interval(row, "precision")),
         ("AUPRC", *(_area(data, kind, name) for name in names))],
    )  # fmt: skip
    others = [name for name in names if name != OURS]
    yield "Jianbao is ahead by so many percentage points of precision, and so much AUPRC:\n"
    yield from grid(
        ("of the queue", *(called(name) for name in others)),
        [*_by_size(rows, others, _ahead), ("AUPRC", *(_lead(data, kind, one) for one in others))],
    )
    yield from _met(where(rows, queue=OURS))


def _by_size(
    rows: list[Data], names: list[str], told: Callable[[Data], str]
) -> Iterator[tuple[str, ...]]:
    for size in sorted({row["size"] for row in rows}):
        mine = {row["queue"]: row for row in where(rows, size=size)}
        yield first(size), *(told(mine[name]) for name in names)


def _ahead(row: Data) -> str:
    return f"{points(row['ahead'])} ({points(row['ahead_low'])} to {points(row['ahead_high'])})"


def _area(data: Data, kind: str, queue: str) -> str:
    row = one(data["areas"], subject_type=kind, queue=queue)
    if row is None:
        return NONE
    return f"{number(row['area'])} ({number(row['low'])} to {number(row['high'])})"


def _lead(data: Data, kind: str, queue: str) -> str:
    row = one(data["areas"], subject_type=kind, queue=queue)
    if row is None:
        return NONE
    return f"{signed(row['ahead'])} ({signed(row['ahead_low'])} to {signed(row['ahead_high'])})"


def _met(ours: list[Data]) -> Iterator[str]:
    yield "What our queue meets of all that is planted:\n"
    yield from grid(
        ("of the queue", "places in all cities", "planted subjects", "planted amount"),
        (
            (first(row["size"]), count(row["cases"]), share(row["recall"]), share(row["recovered"]))
            for row in sorted(ours, key=lambda row: row["size"])
        ),
    )


def by_difficulty(data: Data) -> Iterator[str]:
    """Recall of all schemes together by difficulty, for each queue, at the tested capacity."""
    rows = data["by_difficulty"]
    wanted = [
        (kind, level)
        for kind in data["kinds"]
        for level in sorted({row["difficulty"] for row in where(rows, subject_type=kind)})
    ]
    yield from grid(
        ("of", "difficulty", "planted", *(called(name) for name in ASKED_OF)),
        (
            (
                f"{plural(kind)}, {first(tested_size(data, kind))}",
                str(level),
                count(where(rows, subject_type=kind, difficulty=level)[0]["of"]),
                *(
                    with_interval(one(rows, subject_type=kind, difficulty=level, queue=name))
                    for name in ASKED_OF
                ),
            )
            for kind, level in wanted
        ),
    )


def schemes(data: Data, kind: str) -> Iterator[str]:
    """One row a scheme: recall by queue, difficulty 4, campaigns, verdict."""
    named = titles(data)
    codes = {row["code"] for row in where(data["catalogue"], subject_type=kind)}
    codes |= {row["scheme"] for row in where(data["tests"], subject_type=kind)}
    yield from grid(
        (
            "scheme",
            "planted 1/2/3/4",
            *(f"{called(name)}, found of 1 to 3" for name in ASKED_OF),
            f"{called(OURS)}, found of {HIDDEN}",
            "campaigns found",
            "against chance",
        ),
        (_scheme(data, kind, code, named.get(code, "")) for code in sorted(codes)),
    )


def _scheme(data: Data, kind: str, code: str, title: str) -> tuple[str, ...]:
    test = one(data["tests"], subject_type=kind, scheme=code)
    if test is None:
        return f"{code} {title}", "none", *(NONE,) * (len(ASKED_OF) + 2), "none planted"
    mine = where(data["by_scheme"], subject_type=kind, scheme=code)
    of = where(data["campaigns"], subject_type=kind, scheme=code)[0]
    return (
        f"{code} {title}",
        _planted(data, kind, code),
        *(with_interval(one(mine, band=EASY, queue=name)) for name in ASKED_OF),
        with_interval(one(mine, band=HARD, queue=OURS)),
        f"{of['campaigns_found']:,} of {of['campaigns']:,}",
        test["verdict"],
    )


def tests(data: Data) -> Iterator[str]:
    """Both tests of every scheme with enough cases."""
    named = titles(data)
    rows = [row for row in data["tests"] if row["verdict"] != FEW]
    yield from grid(
        ("scheme", "of", "cases", "found", "by chance", "p", "p, Holm", "area", "p of ranks, Holm",
         "verdict"),
        (
            (
                f"{row['scheme']} {named.get(row['scheme'], '')}",
                plural(row["subject_type"]),
                count(row["cases"]),
                count(row["found"]),
                number(row["expected"]),
                p_value(row["p_value"]),
                p_value(row["holm"]),
                number(row["area"]),
                p_value(row["rank_holm"]),
                f"**{row['verdict']}**",
            )
            for row in sorted(rows, key=lambda row: row["scheme"])
        ),
    )  # fmt: skip


def _planted(data: Data, kind: str, code: str) -> str:
    mine = where(data["planted"], subject_type=kind, scheme=code)
    told = {row["difficulty"]: row["planted"] for row in mine}
    return " / ".join(str(told.get(level, 0)) for level in range(1, HIDDEN + 1))


def above(data: Data) -> Iterator[str]:
    """Schemes judged at the level of hospitals, persons, physicians, groups."""
    named = titles(data)
    yield (
        "A scheme may be planted in, or looked for in, something that stands above the single"
        " record. There it is judged at that level: by the queue where one orders such subjects,"
        " else by hits of the scheme's own rule. Intervals are Wilson's.\n"
    )
    yield from grid(
        ("scheme", "at", "judged by", "planted", "found", "flagged in all", "subjects"),
        (
            (
                f"{row['scheme']} {named.get(row['scheme'], '')}",
                row["subject_type"],
                row["judged_by"],
                count(row["planted"]),
                NONE
                if row["judged_by"] in {NOTHING, UNMATCHED} or not row["planted"]
                else f"{row['found']:,}, {share(row['found'] / row['planted'])}"
                + bounds(row["low"], row["high"]),
                count(row["flagged"]) if row["judged_by"] != NOTHING else NONE,
                count(row["population"]),
            )
            for row in data["above"]
        ),
    )


def in_full(data: Data) -> Iterator[str]:
    """Recall of our queue by scheme, difficulty and capacity, kind by kind."""
    for kind in data["kinds"]:
        rows = where(data["in_full"], subject_type=kind)
        sizes = sorted({row["size"] for row in rows})
        pairs = sorted({(row["scheme"], row["difficulty"]) for row in rows})
        yield f"### Recall of {plural(kind)}\n"
        yield from grid(
            ("scheme", "difficulty", "planted", *(first(size) for size in sizes)),
            (
                (
                    scheme,
                    str(level),
                    count(where(rows, scheme=scheme, difficulty=level)[0]["of"]),
                    *(
                        with_interval(one(rows, scheme=scheme, difficulty=level, size=size))
                        for size in sizes
                    ),
                )
                for scheme, level in pairs
            ),
        )
