"""From known facts to judged subjects: measure, compare, rule, score (plain functions)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cases.judged import Judged
from features.catalogue import CATALOGUES, Catalogue
from features.measure import measure
from features.standards import compare
from models.explain import explain, family_sums, top_reasons
from rules.books import Books, Gaps, needs
from rules.catalogue import BY_CODE, rules_of
from rules.catalogue import missing as rule_missing
from rules.declaration import DOUBT
from rules.judge import doubtful, hit_columns, judge, speaking

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from claims.history import History
    from models.bundle import Bundle
    from rules.declaration import Rule

# More than are shown, because a value and its distance from peers make one reason.
CONTRIBUTIONS_READ = 16
# Subjects measured in one piece: 20,000 stays with all that lies around them, of what is smaller
# five times as many, take 2 to 3 GB. Each piece asks the lake anew, so that fewer are quicker.
STAYS_AT_ONCE, MEASURED_AT_ONCE = 20_000, 100_000


@dataclass(frozen=True)
class Measured:
    """Measured subjects of one entity with their rule hits, before any model."""

    catalogue: Catalogue
    frame: pl.DataFrame
    hits: pl.DataFrame
    columns: tuple[str, ...]
    rule_columns: tuple[str, ...]


def usable_rules(history: History, entity: str) -> list[Rule]:
    """Rules whose every input is delivered."""
    catalogue = CATALOGUES[entity]
    return [item for item in rules_of(entity) if not rule_missing(item, catalogue, history)]


def switched_off(history: History) -> list[str]:
    """What is switched off for want of data, gathered by what it would need."""
    waiting: dict[str, list[str]] = {}
    for entity, catalogue in CATALOGUES.items():
        features = {
            f"{entity}.{one.name}": catalogue.missing(one, history) for one in catalogue.features
        }
        rules = {
            f"rule {one.code}": rule_missing(one, catalogue, history) for one in rules_of(entity)
        }
        for name, gaps in (features | rules).items():
            if gaps:
                waiting.setdefault(needs(gaps), []).append(name)
    return [f"without {gaps}: {', '.join(names)}" for gaps, names in sorted(waiting.items())]


def rules_off(history: History, entity: str) -> list[str]:
    """Rules on an entity that are switched off, each with what it would need."""
    catalogue = CATALOGUES[entity]
    lacking = {one: rule_missing(one, catalogue, history) for one in rules_of(entity)}
    return [
        f"rule {one.code} {one.en}: without {needs(gaps)}" for one, gaps in lacking.items() if gaps
    ]


def graded_down(history: History, entities: Iterable[str] = tuple(CATALOGUES)) -> list[str]:
    """Rules that can be clues alone for want of data, each with what could not be asked."""
    gaps = Gaps(history)
    return [
        f"rule {one.code} {one.en}: {'; '.join(en for en, _ in gaps.why(one).values())}"
        for entity in entities
        for one in usable_rules(history, entity)
        if gaps.why(one)
    ]


def by_hospital(history: History, on: date) -> list[str]:
    """Rules on uses and ledgers that are off, or clues alone, where hospitals leave books out."""
    books = Books(history)
    houses = history.current("hospitals").select("hospital_id", as_of=pl.lit(on)).collect()
    asked = [one for entity in ("use", "ledger") for one in usable_rules(history, entity)]
    off, lowered = Counter[str](), Counter[str]()
    for lacks, many in books.lacking(houses).group_by("_lacks").len().iter_rows():
        gaps = books.gaps(lacks)
        off.update({one.code: many for one in asked if gaps.of(one)})
        lowered.update(
            {one.code: many for one in asked if not gaps.of(one) and gaps.by_itself(one)}
        )
    return [
        f"rule {one.code} {one.en}: off in {off[one.code]:,} and a clue alone in"
        f" {lowered[one.code]:,} of {houses.height:,} hospitals, for want of their own books"
        for one in asked
        if off[one.code] or lowered[one.code]
    ]


def lowered_lines(hits: Iterable[pl.DataFrame]) -> list[str]:
    """Doubtful points that are clues alone, by rule and by what could not be asked, counted."""
    doubts = [code for code, item in BY_CODE.items() if item.grade is DOUBT]
    told = [
        speaking(rows)
        .filter(pl.col("code").is_in(doubts) & ~doubtful())
        .explode("unasked_en", empty_as_null=True)
        .group_by("code", why="unasked_en")
        .len()
        for rows in hits
    ]
    return [
        f"{code} {BY_CODE[code].en}: {many:,} {'clue' if many == 1 else 'clues'} alone, {why}"
        for rows in told
        for code, why, many in rows.sort("code", "why").iter_rows()
    ]


def base_measures(history: History, entity: str, subjects: pl.DataFrame) -> pl.DataFrame:
    """Measure all features of an entity for which there is data.

    Of many subjects so many at a time: a feature reads its subject and what is known about it,
    never who else is measured, so that the pieces bound the memory and change no value.
    """
    catalogue = CATALOGUES[entity]
    features = catalogue.measurable(history)
    # In order of nights, so that a piece reads what lies near in time.
    ordered = subjects.sort("as_of", "subject_id")
    most = STAYS_AT_ONCE if entity == "stay" else MEASURED_AT_ONCE
    pieces = [
        measure(history, catalogue, piece, features) for piece in ordered.iter_slices(most)
    ] or [measure(history, catalogue, subjects, features)]
    return pl.concat(pieces).sort("subject_id")


def with_standards(
    history: History, entity: str, base: pl.DataFrame, standards: pl.DataFrame
) -> Measured:
    """Compare measured subjects with their standards and put them before the rules.

    ``base`` has a column ``standard_version`` that names the version each row reads.
    """
    catalogue = CATALOGUES[entity]
    features = catalogue.measurable(history)
    rules = usable_rules(history, entity)
    compared = compare(base, catalogue.entity, standards, features)
    hits = judge(compared, rules, Books(history))
    return Measured(
        catalogue,
        hit_columns(compared, hits, rules),
        hits,
        tuple(catalogue.columns(features)),
        tuple(f"rule_{item.code}" for item in rules),
    )


def compared_in_time(
    history: History,
    entity: str,
    base: pl.DataFrame,
    standards: pl.DataFrame,
    *,
    only_comparable: bool = False,
) -> Measured:
    """Compare each measured subject with the standards frozen before its own night.

    ``only_comparable`` leaves out rows older than the first standard, which have nothing to be
    compared with, unless all are.
    """
    named = base.with_columns(standard_version=version_before(standards, "as_of"))
    known = named.filter(pl.col("standard_version").is_not_null()) if only_comparable else named
    return with_standards(history, entity, known if known.height else named, standards)


def version_before(standards: pl.DataFrame, column: str) -> pl.Expr:
    """The newest frozen version before the night in a column, null where there is none."""
    frozen = standards.select("version", "run_date").unique().sort("run_date", "version")
    name = pl.lit(None, pl.String)
    for version, on in frozen.iter_rows():
        name = pl.when(pl.col(column) >= on).then(pl.lit(version)).otherwise(name)
    return name


def judged(
    measured: Measured,
    bundle: Bundle,
    standards: pl.DataFrame,
    *,
    run_date: date,
    data_version: str,
) -> Judged:
    """Score measured subjects with a bundle."""
    return Judged(
        catalogue=measured.catalogue,
        measured=measured.frame,
        scores=bundle.score(measured.frame),
        hits=measured.hits,
        standards=standards,
        top=lambda rows: top_reasons(explain(bundle, rows), CONTRIBUTIONS_READ),
        run_date=run_date,
        model_version=bundle.version,
        benchmark_version=newest_version(measured.frame),
        data_version=data_version,
        sums=lambda rows: family_sums(explain(bundle, rows), measured.catalogue.families()),
    )


def newest_version(measured: pl.DataFrame) -> str | None:
    """Name of the newest standards that measured rows read, None where they read none."""
    newest = measured["standard_version"].drop_nulls().max()
    return None if newest is None else str(newest)
