"""What would have to be usual about an alert for it to leave the queue (counterfactuals).

Of each alert that its worth put into the queue, the strongest figures are set to the median of
its peers, one by one, then two at a time, and the record goes through the night again:
distance from peers, rules and what protects from them, detectors, ranker, amount in doubt. The
smallest sets that take it out are kept. Other figures of the same bill stay as they are, since
nobody knows what a bill with fewer examinations would hold instead; that is said beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.amounts import weigh
from cases.selection import LEAST_PLAUSIBILITY
from features.declaration import VERSUS_PEERS
from features.standards import look_up
from features.units import YES_NO
from models.frames import RULE_PREFIX, SUBJECT
from rules.catalogue import BY_CODE
from rules.judge import hit_columns, judge, speaking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cases.judged import Judged
    from models.bundle import Bundle
    from rules.books import Books
    from rules.declaration import Rule

# Figures tried alone, and those tried in pairs: some 20 records to score an alert.
TRIED_ALONE, TRIED_IN_PAIRS = 10, 5
SHOWN = 3
ORIGIN, CHANGED = "origin", "changed"


@dataclass(frozen=True)
class Usual:
    """The figures of one alert that can be set to the median of its peers, strongest first."""

    subject: str
    medians: Mapping[str, float]

    def sets(self, size: int) -> list[tuple[str, ...]]:
        """Sets of figures to try."""
        most = TRIED_ALONE if size == 1 else TRIED_IN_PAIRS
        return list(combinations(list(self.medians)[:most], size))


def counterfacts(
    item: Judged,
    bundle: Bundle,
    rules: Sequence[Rule],
    books: Books | None,
    chosen: pl.DataFrame,
) -> dict[str, list[dict[str, Any]]]:
    """The smallest sets that take each alert out of the queue, by subject; [] where none does.

    ``books`` tells rules what is delivered; ``chosen`` are the night's rows of
    ``cases.selection.select`` with ``line``. What the lot drew is left out: it is not in the
    queue for its worth.
    """
    mine = chosen.filter(pl.col("selected_by") != "random")
    if mine.is_empty():
        return {}
    rows = item.measured.join(mine.select(SUBJECT), on=SUBJECT, how="semi")
    open_ = _usual(item, rows)
    found: dict[str, list[dict[str, Any]]] = {one.subject: [] for one in open_}
    for size in (1, 2):
        waiting = [one for one in open_ if not found[one.subject]]
        trials = [(one, names) for one in waiting for names in one.sets(size)]
        for one, names, after in _leaving(item, bundle, rules, books, mine, rows, trials):
            found[one.subject].append(_told(item, rows, mine, one, names, after))
    return {subject: sets[:SHOWN] for subject, sets in found.items()}


def _usual(item: Judged, rows: pl.DataFrame) -> list[Usual]:
    """Median of peers of the figures that weigh most in each alert, where it is not there yet."""
    order: dict[str, list[str]] = {subject: [] for subject in rows[SUBJECT]}
    for subject, column in item.top(rows).sort(SUBJECT, "rank").select(SUBJECT, "feature").rows():
        order[subject] += [name for name in _behind(column) if name not in order[subject]]
    for subject, code in speaking(item.hits).select(SUBJECT, "code").rows():
        shown = BY_CODE[code].evidence if subject in order else ()
        order.get(subject, []).extend(name for name in shown if name not in order[subject])
    wanted = {name for names in order.values() for name in names if _comparable(item, name)}
    found = look_up(rows, item.catalogue.entity, item.standards, sorted(wanted))
    median = {
        (row[SUBJECT], row["feature"]): _possible(item, row["feature"], row["location"])
        for row in found.to_dicts()
    }
    values = {row[SUBJECT]: row for row in rows.to_dicts()}
    return [
        Usual(
            subject,
            {
                name: median[subject, name]
                for name in names
                if (subject, name) in median
                and values[subject][name] is not None
                and values[subject][name] != median[subject, name]
            },
        )
        for subject, names in order.items()
    ]


def _behind(column: str) -> tuple[str, ...]:
    """The figures behind a model column: of a rule, what it shows."""
    if column.startswith(RULE_PREFIX):
        return BY_CODE[column.removeprefix(RULE_PREFIX)].evidence
    return (column.removesuffix(VERSUS_PEERS),)


def _possible(item: Judged, name: str, median: float) -> float:
    """A median that a record can have: the shrunken one of a flag is no value of any."""
    return float(round(median)) if item.catalogue[name].unit is YES_NO else median


def _comparable(item: Judged, name: str) -> bool:
    return name in item.catalogue and item.catalogue[name].peers


def _leaving(
    item: Judged,
    bundle: Bundle,
    rules: Sequence[Rule],
    books: Books | None,
    chosen: pl.DataFrame,
    rows: pl.DataFrame,
    trials: Sequence[tuple[Usual, tuple[str, ...]]],
) -> Iterable[tuple[Usual, tuple[str, ...], dict[str, Any]]]:
    """Trials after which the record is no longer in the queue, with how it is weighed then."""
    if not trials:
        return
    changes = [(one.subject, {name: one.medians[name] for name in names}) for one, names in trials]
    weighed = rejudged(item, bundle, rules, books, changed(rows, changes))
    after = {row[SUBJECT]: row for row in weighed.to_dicts()}
    lines = dict(chosen.select(SUBJECT, "line").rows())
    for number, (one, names) in enumerate(trials):
        row = after[f"{number}"]
        below = row["expected_recovery"] < lines[one.subject]
        if row["plausibility"] < LEAST_PLAUSIBILITY or below:
            yield one, names, row


def changed(rows: pl.DataFrame, changes: Sequence[tuple[str, Mapping[str, float]]]) -> pl.DataFrame:
    """One row a change, named by its number: figures set, and their distances from peers to 0.

    The columns of rules are taken off; ``rejudged`` puts those of the changed record on.
    """
    plain = rows.drop([name for name in rows.columns if name.startswith(RULE_PREFIX)])
    place = {subject: at for at, subject in enumerate(plain[SUBJECT])}
    made = plain[[place[subject] for subject, _ in changes]].with_columns(
        pl.Series(SUBJECT, [f"{number}" for number in range(len(changes))])
    )
    names = sorted({name for _, change in changes for name in change})
    columns = []
    for name in names:
        values = [change.get(name) for _, change in changes]
        touched = pl.Series([value is not None for value in values])
        columns.append(pl.when(touched).then(pl.Series(values, dtype=pl.Float64)).otherwise(name).alias(name))  # fmt: skip # noqa: E501
        if name + VERSUS_PEERS in made.columns:
            away = name + VERSUS_PEERS
            columns.append(pl.when(touched).then(0.0).otherwise(away).alias(away))
    return made.with_columns(columns)


def rejudged(
    item: Judged, bundle: Bundle, rules: Sequence[Rule], books: Books | None, rows: pl.DataFrame
) -> pl.DataFrame:
    """Rules, score and worth of changed records, as the night would have found them."""
    hits = judge(rows, rules, books)
    frame = hit_columns(rows, hits, rules)
    return weigh(replace(item, measured=frame, hits=hits, scores=bundle.score(frame)))


def _told(
    item: Judged,
    rows: pl.DataFrame,
    chosen: pl.DataFrame,
    one: Usual,
    names: tuple[str, ...],
    after: dict[str, Any],
) -> dict[str, Any]:
    values = rows.filter(pl.col(SUBJECT) == one.subject).to_dicts()[0]
    before = chosen.filter(pl.col(SUBJECT) == one.subject)["score"].item()
    changes = [
        {"feature": name, "value": values[name], "median": one.medians[name]} for name in names
    ]
    return {
        "changes": changes,
        "score": after["score"],
        "text_en": _sentence(item, changes, before, after["score"]),
        "text_zh": _sentence(item, changes, before, after["score"], zh=True),
    }


def _sentence(
    item: Judged,
    changes: Sequence[Mapping[str, Any]],
    before: float | None,
    after: float | None,
    *,
    zh: bool = False,
) -> str:
    parts = [_part(item, change, zh=zh) for change in changes]
    chance = before is not None and after is not None
    if zh:
        sure = f"（概率{after:.0%}，现为{before:.0%}）" if chance else ""
        return f"若{'，且'.join(parts)}，则不再进入队列{sure}"
    sure = f" (probability {after:.0%} instead of {before:.0%})" if chance else ""
    return f"would fall out of the queue if {' and '.join(parts)}{sure}"


def _part(item: Judged, change: Mapping[str, Any], *, zh: bool) -> str:
    feature = item.catalogue[change["feature"]]
    usual, value = (feature.unit.show(change[name], zh=zh) for name in ("median", "value"))
    if zh:
        return f"“{feature.zh}”为同类中位数（{usual}，现为{value}）"
    return f"“{feature.title}” were at the median of its peers ({usual} instead of {value})"
