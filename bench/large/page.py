"""The page about large cities, from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.large.asked import JUDGED_MONTHS, SIZES, UNKNOWN, WIDE
from bench.large.figures import TOGETHER, UNTAUGHT
from bench.report.grids import grid
from evaluation.kinds import OURS
from evaluation.telling import (
    called,
    count,
    first,
    listed,
    number,
    one,
    p_value,
    plural,
    share,
    where,
    with_interval,
)
from evaluation.telling import points as in_points
from rules.declaration import DOUBT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evaluation.storing import Data

SHOWN = (OURS, UNTAUGHT, "rules only", "detectors only", "largest amount", "random")
LEVEL, CHANCE = 0.05, 0.5
PLACE = "docs/large-cities.md"


def page(data: Data) -> str:
    """The whole page."""
    return "\n".join(_parts(data)).rstrip() + "\n"


def _parts(data: Data) -> Iterator[str]:
    yield from _opening(data)
    for kind in _kinds(data["queues"]):
        yield f"## {plural(kind).capitalize()}\n"
        yield from _kind(data["queues"], kind)
        yield from _areas(data, kind)
        yield from _rules(data, kind)
    yield from _changed(data)
    yield from _made(data)


def _opening(data: Data) -> Iterator[str]:
    plain = [row for row in data["made"] if not row["asked"]["changed"]]
    asked = plain[0]["asked"]
    seeds = listed(str(row["asked"]["seed"]) for row in plain)
    yield "# Large cities, forward in time\n"
    yield (
        f"{len(plain)} synthetic cities of {asked['stays']:,} stays and {asked['months']} months"
        f" (seeds {seeds}), none looked at before, of which past audits saw"
        f" {share(asked['audit_share'])} of stays and of uses. Models learn from what was known on"
        f" {plain[0]['cut']} and judge what became known in the {JUDGED_MONTHS} months after it,"
        " each record as of its night, by the standards of that day. Records of persons whom an"
        " audit had seen are left out. Models are trained with the usual growth of trees, without"
        " a search. The answer keys are opened last. Intervals draw hospitals within cities;"
        ' "ahead" is paired.'
        f"{_untaught(data['queues'])}\n"
    )
    for kind in _kinds(data["queues"]):
        yield _in_short(data["queues"], kind, data["tested"])
    yield ""


def _untaught(rows: Iterable[Data]) -> str:
    """What the order without audits is, where it is told."""
    told = bool(where(rows, queue=UNTAUGHT))
    return f' "{UNTAUGHT.capitalize()}" is the order before anybody audited.' if told else ""


def _kinds(rows: Iterable[Data]) -> list[str]:
    return list(dict.fromkeys(row["subject_type"] for row in rows))


def _in_short(rows: Iterable[Data], kind: str, size: float) -> str:
    mine = where(rows, subject_type=kind, size=size)
    ours = one(mine, queue=OURS)
    others = [row for row in mine if row["queue"] != OURS]
    behind = [row["queue"] for row in others if row["ahead_low"] > 0]
    level = [row["queue"] for row in others if row["ahead_low"] <= 0]
    said = f"ahead of {listed(behind)}, with intervals that exclude nought"
    if level:
        said += f"; not surely ahead of {listed(level)}"
    return (
        f"- **{plural(kind).capitalize()}.** Of the {first(size)} ({count(ours['cases'])} in all)"
        f" {with_interval(ours, 'precision')} are planted: {said}."
        if ours
        else ""
    )


def _kind(rows: Iterable[Data], kind: str) -> Iterator[str]:
    mine = where(rows, subject_type=kind)
    shown = [name for name in SHOWN if one(mine, queue=name, size=SIZES[0])]
    yield "Share that is planted:\n"
    yield from grid(
        ("of the queue", *(called(name) for name in shown)),
        (
            (
                first(size),
                *(with_interval(one(mine, queue=name, size=size), "precision") for name in shown),
            )
            for size in SIZES
        ),
    )
    ahead = [name for name in shown if name not in (OURS, "random")]
    yield "Ahead by so many percentage points:\n"
    yield from grid(
        ("of the queue", *ahead),
        ((first(size), *(_ahead(mine, name, size) for name in ahead)) for size in SIZES),
    )


def _ahead(rows: Iterable[Data], queue: str, size: float) -> str:
    row = one(rows, queue=queue, size=size)
    if row is None:
        return ""
    low, high = (in_points(row[f"ahead_{end}"]) for end in ("low", "high"))
    return f"{in_points(row['ahead'])} ({low} to {high})"


def _areas(data: Data, kind: str) -> Iterator[str]:
    told = [
        f"{called(row['queue'])} {number(row['area'])}"
        for row in where(data["areas"], subject_type=kind)
    ]
    yield f"Area under the precision-recall curve, mean of the cities: {', '.join(told)}.\n"


def _rules(data: Data, kind: str) -> Iterator[str]:
    """How much the rules say here, which tells why they rank as they do."""
    for row in where(data["spoken"], subject_type=kind):
        yield (
            f"A rule speaks of {share(row['spoken'] / row['records'])} of these {plural(kind)};"
            f" {share(row['planted'] / max(row['spoken'], 1))} of them are planted.\n"
        )
    told = where(data.get("rules", []), subject_type=kind)
    if not told:
        return
    yield "Rule by rule, those that speak of most first:\n"
    yield from grid(
        ("rule", "as", f"{plural(kind)} it speaks of", "planted", "by its own scheme", "share"),
        (
            (
                row["rule"],
                "doubtful point" if row["grade"] == DOUBT.value else "clue",
                *(count(row[name]) for name in ("records", "planted", "own")),
                share(row["planted"] / row["records"]),
            )
            for row in sorted(told, key=lambda row: (-row["records"], row["rule"], row["grade"]))
        ),
    )


def _changed(data: Data) -> Iterator[str]:
    if not data["changed_queues"]:
        return
    row = one(data["made"], asked=_asked_of_changed(data))
    yield "## A city that changes, and schemes that nobody had audited\n"
    yield (
        f"Seed {row['asked']['seed'] if row else ''}, as large. On the day from which it is judged"
        " three hospitals open, prices of three classes fall, two chapters of diagnoses are coded"
        " in another edition, products get new codes, and people begin to cheat in"
        f" {len(UNKNOWN)} ways that nobody had used before ({listed(UNKNOWN)}): no audit that the"
        " models learned from can tell of them.\n"
    )
    for kind in _kinds(data["changed_queues"]):
        yield _in_short(data["changed_queues"], kind, data["tested"])
    yield ""
    sizes = _depths(data)
    yield (
        f"What was found of these schemes in the {listed(first(size) for size in sizes)}, beside"
        " what a draw of as many records would find, and the area under the ROC curve (0.5 is"
        " chance) of the whole order. Each p-value is corrected over all rows (Holm).\n"
    )
    yield from grid(
        ("of", "scheme", "queue", "cases",
         *(word for size in sizes for word in (first(size), "a draw", "p")),
         "area", "p of the order"),
        (_unknown(row, sizes.values()) for row in data["unknown"] if row["queue"] in SHOWN),
    )  # fmt: skip
    yield _verdict(data)


def _asked_of_changed(data: Data) -> Data:
    found: Data = next(row["asked"] for row in data["made"] if row["asked"]["changed"])
    return found


def _depths(data: Data) -> dict[float, str]:
    """How deep in a queue was looked, and how these columns begin; once it was one depth alone."""
    wide = all("wide_found" in row for row in data["unknown"])
    return {data["tested"]: ""} | ({WIDE: "wide_"} if wide else {})


def _unknown(row: Data, depths: Iterable[str]) -> tuple[str, ...]:
    return (
        plural(row["subject_type"]),
        row["scheme"],
        called(row["queue"]),
        count(row["cases"]),
        *(cell for deep in depths for cell in _against_a_draw(row, deep)),
        number(row["area"]),
        p_value(row["rank_p_holm"]),
    )


def _against_a_draw(row: Data, deep: str) -> tuple[str, ...]:
    found, expected, p = (row[f"{deep}{name}"] for name in ("found", "expected", "p_holm"))
    return count(found), number(expected, 1), p_value(p)


def _verdict(data: Data) -> str:
    """What detectors are there for, in a sentence a kind of subject."""
    depths = _depths(data)
    said = []
    for row in where(data["unknown"], scheme=TOGETHER, queue="detectors only"):
        held = listed(
            f"the {first(size)} holds {_of_a_draw(row, deep)}" for size, deep in depths.items()
        )
        said.append(
            f"Detectors alone {_kept(row)} recall above chance on {plural(row['subject_type'])}"
            f" of schemes that were never audited: {held}; {_order(row)}"
        )
    return " ".join(said) + "\n"


def _kept(row: Data) -> str:
    """Where in a queue detectors are above chance."""
    near, further = (row.get(f"{deep}p_holm", 1.0) < LEVEL for deep in ("", "wide_"))
    if near:
        return "keep"
    return f"keep, in the {first(WIDE)} though not at the front," if further else "do not keep"


def _of_a_draw(row: Data, deep: str) -> str:
    found, expected, p = _against_a_draw(row, deep)
    return f"{found} of {count(row['cases'])} where a draw finds {expected} (p {p})"


def _order(row: Data) -> str:
    """Whether the whole order, not its first places alone, knows more than chance."""
    known = "above" if row["rank_p_holm"] < LEVEL and row["area"] > CHANCE else "not above"
    area, p = number(row["area"]), p_value(row["rank_p_holm"])
    return f"their whole order stands {known} chance (area {area}, p {p})."


def _made(data: Data) -> Iterator[str]:
    plain = [row["asked"]["seed"] for row in data["made"] if not row["asked"]["changed"]]
    changed = [row["asked"]["seed"] for row in data["made"] if row["asked"]["changed"]]
    yield "## How it was made\n"
    yield "```"
    more = f" --changed {' '.join(map(str, changed))}" if changed else ""
    yield f".venv/bin/python -m bench.large --seeds {' '.join(map(str, plain))}{more} \\"
    yield f"    --out {PLACE}"
    yield "```\n"
    yield (
        "Each city is made, landed, learned from and judged in a process of its own with one"
        " thread; its result is kept, and a run that is started again goes on from there. The"
        " figures lie beside this page as JSON.\n"
    )
    yield from grid(
        ("seed", "stays judged", "planted", "uses judged", "planted", "audits of stays",
         "of uses", "make and land, min", "learn, min", "judge, min", "peak, GB"),
        (_row(row) for row in data["made"]),
    )  # fmt: skip
    seeds: dict[tuple[str, str], list[str]] = {}
    for row in data["made"]:
        state = (row["state"]["city"], row["state"]["judging"])
        seeds.setdefault(state, []).append(str(row["asked"]["seed"]))
    for (city, judging), own in sorted(seeds.items()):
        yield f"State of the code of seeds {listed(own)}: cities {city}, judging {judging}.\n"


def _row(row: Data) -> tuple[str, ...]:
    judged, planted, learned = row["judged"], row["planted"], row["learned"]
    return (
        str(row["asked"]["seed"]),
        count(judged["stay"]),
        count(planted["stay"]),
        count(judged["use"]),
        count(planted["use"]),
        *(count(learned[kind]["labels"]) for kind in ("stay", "use")),
        *(number(row["minutes"][name], 1) for name in ("made", "learned", "judged")),
        number(row["peak_gb"], 1),
    )
