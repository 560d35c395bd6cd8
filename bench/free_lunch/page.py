"""The page of what was measured: limits with their reasons, and the best of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from bench.free_lunch import limits
from bench.free_lunch.answers import ALL, FEWEST_CASES
from bench.free_lunch.chance import SHUFFLES, Guess
from bench.free_lunch.city import DENSER, FLOOR
from bench.free_lunch.survey import DEPTH, LEAF, MANY_CASES, RAW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.free_lunch.limits import Verdict

BEST = 10

HEAD = """# No free lunch

If one column gave the planted schemes away, learning from them would be pointless, and nothing
measured on the synthetic city would mean anything. `tests/free_lunch/` therefore measures every
delivered column, every feature and a shallow tree, each time the tests run, and this page shows
what they reach. It is written by

```
.venv/bin/python -m bench.free_lunch --stays {stays} --seed {seed} --out docs/no-free-lunch.md
```

## What is measured

The measure is the area under the precision-recall curve (average precision), with ties in random
order. Guilty is whoever the answer key names with difficulty 2 or more; the guilty of difficulty 1
contradict themselves in one record and are left out, and so are, scheme by scheme, the guilty of
other schemes. All others, the innocent look-alikes among them, stand on the other side. The city
has {stays:,} stays and {denser:g} times the usual share of planted subjects, and at least {floor:g}
a stay of each scheme, so all areas are higher than in a usual city.

- A **raw column** is a column of a delivered table brought to the subject: its own row, the rows of
  its person, hospital, physician, item and payment standard, and count, sum, smallest, largest and
  number of values of each child table. Dates count as day, weekday, day of month, hour, minute and
  second and by the lags between them; amounts also by what is left after whole yuan, tens and
  hundreds, and by closing zeros; texts by order and by frequency.
- A **feature** is one of the feature catalogue, or its distance from peers, computed by the code
  that nights use.
- A column is used from the top, from the bottom, and in **any shape**: in bins whose rates are
  learned in one half of the hospitals and read in the other. Of many values only those have a bin
  of their own that are frequent among the innocents of both halves.
- The **shallow tree** has depth {depth} and at least {leaf} records a leaf, sees all raw columns,
  and is grown in one half of the hospitals and read in the other.

## Limits, and why

{limits}

Not every raw column meets the limit for one scheme. What is counted over other records (stays of
the person or physician, visits, the store's books of the whole window) is a feature in all but
name: many schemes are nothing else than too many of them. It meets the limit for all schemes, and
stands beside the others below. What a person carries from stay to stay (birth date, address,
number) would be known again in any shape, since persons lie in hospitals of both halves; it meets
the limit by threshold.

With fewer than {many} cases a column may look good by luck. As many innocents are then drawn at
random, and the most that any column reaches against them, less chance, is added to the limit.
Schemes with fewer than {fewest} cases of difficulty 2 or more are not judged alone.

Below the limits the city is kept by what it is, not by luck. A scheme is spread over several items
and hospitals, as many cases of each as there are honest uses to hide among, and innocent patients
bear the same marks: tubes of the ventilated beside tubes of an anaesthesia that were billed twice,
parts where half of the hospitals buy no sets, tests of the emergency room before a bed was found.
"""
MARKS = """## Ids, order, clocks and last digits

A gradient-boosted classifier learns from marks that should mean nothing in two thirds of the
hospitals and guesses in the rest: numbers in ids, their digits and what small divisors leave of
them, places in the file and among the rows of a night, order of rows against order in time,
seconds, last digits. Lines are compared with lines of the same category. The area is that
under the ROC curve; 0.5 is chance. The last column is the share of shuffles of the guilty that did
as well.

| marks | rows | guilty | area | shuffles |
| --- | --- | --- | --- | --- |"""
LIMITS: tuple[tuple[str, str, str], ...] = (
    (
        "one raw column in any shape, against one scheme",
        f"{limits.RAW_COLUMN:.2f}",
        (
            "A list sorted by it is wrong more than two times in three, so that no scheme can be"
            " left to one sorted list."
        ),
    ),
    (
        (
            "one raw column in any shape, or one feature by threshold, against all schemes of a"
            " subject"
        ),
        f"{limits.ANY_COLUMN:.2f}",
        (
            "The whole pipeline reaches 0.58 of stays and 0.63 of uses"
            " ([how good is it](how-good-is-it.md)); what one column reaches must leave about half"
            " of that to be learned."
        ),
    ),
    (
        "one feature in any shape, against all schemes",
        f"{limits.FEATURE_BAND:.2f}",
        (
            "Features are made to show schemes, and a band on a good one is a rule that somebody"
            " could write; it must stay below the whole pipeline. Against its own scheme a feature"
            " may reach anything: that is shown below, not bounded."
        ),
    ),
    (
        "a shallow tree on raw columns, against all schemes",
        f"{limits.SHALLOW_TREE:.2f}",
        (
            "A flow chart of three questions on delivered columns must not replace features,"
            " detectors and ranker."
        ),
    ),
    (
        "ids, order, seconds, last digits",
        f"better than {SHUFFLES:,} shuffles",
        "They carry nothing in an honest city, so that any skill at all is a leak.",
    ),
)


def page(verdicts: Sequence[Verdict], guesses: Sequence[Guess], unlisted: Sequence[str],
         *, stays: int, seed: int) -> str:  # fmt: skip
    """The whole page."""
    head = HEAD.format(
        stays=stays, seed=seed, denser=DENSER, depth=DEPTH, leaf=LEAF, many=MANY_CASES,
        fewest=FEWEST_CASES, floor=FLOOR, limits="\n".join(_limits()),
    )  # fmt: skip
    parts = [head, *_tables(verdicts), *_marks(guesses), *_left_out(verdicts, unlisted)]
    return "\n".join(parts).rstrip() + "\n"


def _limits() -> Iterator[str]:
    yield "| what | limit | reason |"
    yield "| --- | --- | --- |"
    for row in LIMITS:
        yield f"| {' | '.join(row)} |"


def _tables(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for kind in dict.fromkeys(verdict.group.kind for verdict in verdicts):
        mine = [verdict for verdict in verdicts if verdict.group.kind == kind]
        answers = mine[0].group.answers
        cases = int(answers.any.sum())
        yield f"## Of a {kind}\n"
        yield (
            f"{cases:,} guilty and {int(answers.clean.sum()):,} innocent; chance is"
            f" {cases / (cases + int(answers.clean.sum())):.3f}.\n"
        )
        for verdict in mine:
            yield from _best(verdict)
        yield from _by_scheme(mine)


def _best(verdict: Verdict) -> Iterator[str]:
    group = verdict.group
    tree = f"; a shallow tree on all of them reaches {verdict.tree:.2f}"
    yield (
        f"The best of {len(group.columns):,} {group.source}s against all schemes"
        f"{tree if group.source == RAW else ''}:\n"
    )
    yield f"| {group.source} | used | area | by threshold |"
    yield "| --- | --- | --- | --- |"
    rows = distinct(verdict.areas.filter(pl.col("scheme") == ALL)).head(BEST)
    for row in rows.iter_rows(named=True):
        yield f"| {row['column']} | {row['way']} | {row['area']:.3f} | {row['threshold']:.3f} |"
    yield ""


def distinct(areas: pl.DataFrame) -> pl.DataFrame:
    """One row for columns that say the same, under the shortest of their names."""
    level = pl.col("area").round(6)
    named = areas.with_columns(level=level).sort(
        ["level", pl.col("column").str.len_chars(), "column"], descending=[True, False, False]
    )
    return named.unique(["level", "scheme"], keep="first", maintain_order=True).drop("level")


def _by_scheme(verdicts: Sequence[Verdict]) -> Iterator[str]:
    schemes = [one for one in verdicts[0].group.answers.guilty if one != ALL]
    if not schemes:
        return
    yield "The best against each scheme alone:\n"
    shown = [part for verdict in verdicts for part in _kinds(verdict)]
    yield "| scheme | cases | " + " | ".join(f"{title} | area" for title, _ in shown) + " |"
    yield "| --- | --- |" + " --- | --- |" * len(shown)
    for scheme in schemes:
        cases = int(verdicts[0].group.answers.guilty[scheme].sum())
        cells = [_top(areas, scheme) for _, areas in shown]
        yield f"| {scheme} | {cases:,} | " + " | ".join(cells) + " |"
    yield ""


def _kinds(verdict: Verdict) -> Iterator[tuple[str, pl.DataFrame]]:
    """Columns that the limit for one scheme bounds in any shape, and those counted elsewhere."""
    if verdict.group.source != RAW:
        yield verdict.group.source, verdict.areas
        return
    elsewhere, own = limits.counted_elsewhere(), ~limits.of_person()
    yield RAW, verdict.areas.filter(~elsewhere & own)
    yield "counted over other records", verdict.areas.filter(elsewhere)


def _top(areas: pl.DataFrame, scheme: str) -> str:
    rows = distinct(areas.filter(pl.col("scheme") == scheme))
    if rows.is_empty():
        return "none | "
    first = rows.row(0, named=True)
    return f"{first['column']}, {first['way']} | {first['area']:.3f}"


def _marks(guesses: Sequence[Guess]) -> Iterator[str]:
    yield MARKS
    for one in guesses:
        yield (
            f"| {one.name} | {one.rows:,} | {one.guilty_owners:,} | {one.area:.3f} |"
            f" {one.p_value:.3f} |"
        )
    yield ""


def _left_out(verdicts: Sequence[Verdict], unlisted: Sequence[str]) -> Iterator[str]:
    few = {
        f"{scheme} ({cases} cases)": None
        for verdict in verdicts
        for scheme, cases in verdict.group.answers.few.items()
    }
    yield "## What is not measured\n"
    yield f"- Too few cases to be judged alone: {', '.join(few) or 'none'}."
    yield f"- Kinds of subjects that the tables do not list: {', '.join(unlisted) or 'none'}."
    too_much = [one for verdict in verdicts for one in verdict.too_much]
    yield f"- Above its limit when this was written: {'; '.join(too_much) or 'nothing'}."
