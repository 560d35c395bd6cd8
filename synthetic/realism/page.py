"""The page *How real is the city*: every anchor beside what the generator gives."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from synthetic.realism.facts import read_facts
from synthetic.realism.gallery import PICTURES, PLACE, draw_all
from synthetic.realism.tables import (
    anchor_table,
    grid,
    group_table,
    price_table,
    where_not_real,
)
from synthetic.realism.verdict import OUTSIDE, Place, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from synthetic.realism.asked import Asked
    from synthetic.realism.facts import Facts

# Sections: key, title, beginnings of the names of their measures.
SECTIONS = (
    ("length", "Length of stay", ("days_",)),
    ("cost", "Cost of a stay", ("cost_",)),
    ("fees", "What fees are made of", ("fee_", "consumable_")),
    ("people", "Ages, insurance, returns, deaths", ("person_", "return_", "death_")),
    ("places", "Places, operations and the year",
     ("place_", "bed_", "operated_", "day_", "calendar_")),
    ("groups", "The 58 groups", ("group_",)),
    ("kits", "Units of consumables a case", ("kit_",)),
    ("prices", "Prices of key consumables", ("price_",)),
    ("buying", "Volume-based buying", ("buying_",)),
    ("noise", "Harmless defects, consignment, transfers", ("noise_",)),
    ("planted", "What is planted", ("planted_",)),
    ("audits", "Past audits", ("audit_",)),
)  # fmt: skip

SOURCES = {
    "S6": "rules of procedure for penalties (NHSA order 4, 2021): deadlines of clue and case",
    "S14": "a provincial set of demonstration rules: share confirmed of what each rule raised",
    "S26": "press conferences and news on national volume-based buying, 2020 to 2024",
    "S27": "papers on hip replacement (Frontiers, 2024), on coronary stenting (Frontiers, 2025) "
    "and on rehabilitation after stroke",
    "S28": "readmissions of 1.118 million patients of West China Hospital",
    "S29": "health statistics of Shanghai 2014 and 2017, of Chongming 2025, of the nation 2023; "
    "news on length of stay and day surgery 2018; a paper on case payment in mid-size cities",
    "S30": "national figures of recovered funds and inspections, 2018 to 2024; S30b: inspections "
    "directed by data",
    "S31d": "a design of consumable indicators, with its red lines",
    "S34": "a vendor's text on hospital logistics: claims, not findings",
}

# What the tables have no place for, so that no measure could be made.
UNSEEN = (
    "Patients from other provinces (about 40% in leading hospitals): every person is insured here.",
    "Volumes agreed with makers, and their completion at the year's end: no table holds them.",
    "Discharges, institutions and beds of the whole city: a city of this size is a sample.",
    "Defibrillators, ordinary plates, lumbar sets, wound kits, cochlear implants: in no kit.",
    "Units of measure that differ between store and bill: look-alikes plant them, no line says so.",
)


def write_page(data: Path, out: Path, asked: Asked) -> tuple[Verdict, ...]:
    """Measure a generated folder; write the page to ``out`` and its pictures beside it."""
    asked.check_seed(data)
    facts = read_facts(data, asked.months)
    asked.check_size(facts.stays.height, facts.ended, facts.clock.start)
    verdicts = judge(facts)
    by_name = {verdict.anchor.name: verdict for verdict in verdicts}
    out.parent.mkdir(parents=True, exist_ok=True)
    draw_all(facts, by_name, out.parent / PLACE)
    out.write_text(page(facts, verdicts, asked), encoding="utf-8")
    return verdicts


def page(facts: Facts, verdicts: Sequence[Verdict], asked: Asked) -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines(facts, verdicts, asked)) + "\n"


def _lines(facts: Facts, verdicts: Sequence[Verdict], asked: Asked) -> Iterator[str]:
    yield from _opening(facts, asked)
    yield from _summary(verdicts)
    yield "\n## Where the city is not real\n"
    yield "Every anchor outside its range, with the value of the city and one reason.\n"
    yield from where_not_real(verdicts)
    for key, title, starts in SECTIONS:
        mine = [v for v in verdicts if v.anchor.measure.startswith(starts)]
        yield f"\n## {title}\n"
        for picture in PICTURES:
            if picture.section == key:
                yield f"![{picture.words}]({PLACE}/{picture.name}.svg)\n"
        yield from _table(key, facts, mine)
    yield "\n## What the tables cannot show\n"
    yield from (f"- {text}" for text in UNSEEN)
    yield from _method(verdicts)


def _opening(facts: Facts, asked: Asked) -> Iterator[str]:
    clock, counts = facts.clock, facts.bills.counts
    given = f"--stays {asked.stays} --months {asked.months} --seed {asked.seed}"
    yield "# How real is the city\n"
    yield (
        "The generator in `synthetic/` is held against what is known of hospital stays and "
        "consumables in China and Shanghai. Every number and picture on this page is written by "
        "the second of these commands:\n"
    )
    yield "```"
    yield f"jianbao generate --out city {given}"
    yield f"jianbao city --data city {given} --out docs/how-real-is-the-city.md"
    yield "```\n"
    yield (
        f"This city has {facts.stays.height:,} stays in {len(facts.hospitals)} hospitals from "
        f"{clock.start} over {clock.months} months, {counts['lines']:,} fee lines and "
        f"{counts['uses']:,} uses of consumables; its seed is {asked.seed}. Other seeds differ a "
        "little; a smaller city has too few records for some rows."
    )


def _summary(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "\n## In short\n"
    yield (
        "An *anchor* is one magnitude with the range that is accepted "
        "(`synthetic/data/anchors.csv`). *Sourced* anchors were read in a source, *unverified* "
        "ones are general knowledge, *proposals* are starting values chosen for this product. "
        "Where a source gives one number, the range is that number and a tolerance, both named.\n"
    )
    heads = ("status", "anchors", "inside", "outside", "too few records", "not shown")
    statuses = dict.fromkeys(v.anchor.status for v in verdicts)
    rows = [(name, [v for v in verdicts if v.anchor.status == name]) for name in statuses]
    yield from grid(heads, [_counted(name, mine) for name, mine in [*rows, ("all", verdicts)]])


def _counted(name: str, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    places = Counter(v.place for v in verdicts)
    outside = sum(places[place] for place in OUTSIDE)
    counts = (len(verdicts), places[Place.INSIDE], outside, places[Place.FEW], places[Place.UNSEEN])
    return (name, *(str(count) for count in counts))


def _table(key: str, facts: Facts, verdicts: Sequence[Verdict]) -> Iterator[str]:
    if key == "groups":
        yield from group_table(facts, verdicts)
    elif key == "prices":
        yield from price_table(verdicts)
    else:
        yield from anchor_table(verdicts)


def _method(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "\n## How each figure is taken\n"
    used = {v.measure.name: v.measure for v in verdicts}
    yield from grid(("measure", "how"), [(f"`{name}`", item.doc) for name, item in used.items()])
    yield "\n## Sources\n"
    yield from (f"- [{name}] {text}" for name, text in SOURCES.items())
    yield (
        "\nNumbers in brackets are those of the project's domain dossier, and so are the sections "
        "behind the sources. A value is judged as it is printed. Fewer than 30 records are called "
        "too few. Re-sent stays count in their newest version, cancelled ones not at all."
    )
