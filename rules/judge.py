"""Put measured subjects before the rules: who is hit, on what evidence, and what protects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.catalogue import CATALOGUES
from features.exact import divided
from features.shown import divisor
from rules.declaration import CLUE, DOUBT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.books import Books, Gaps
    from rules.declaration import Caution, Rule

HITS: dict[str, pl.DataType] = {
    "subject_id": pl.String(),
    "code": pl.String(),
    "version": pl.String(),
    "grade": pl.String(),
    "evidence": pl.String(),
    "amount": pl.Int64(),
    "loss_method": pl.String(),
    "protected_by": pl.List(pl.String()),
    "unasked_en": pl.List(pl.String()),
    "unasked_zh": pl.List(pl.String()),
}


def judge(
    measured: pl.DataFrame, rules: Sequence[Rule], books: Books | None = None
) -> pl.DataFrame:
    """Return one row a breach: columns of ``HITS``.

    ``evidence`` is JSON of the columns the rule shows, in yuan and units; ``amount`` is in
    fen. A breach with an entry in ``protected_by`` is silenced: shown, but raising nothing.
    ``grade`` is that of the rule, or a clue where ``unasked`` says what could not be asked.
    ``books`` tells what is delivered, by hospital; without them everything is.
    """
    empty = pl.DataFrame(schema=HITS)
    found = [hits for item in _by_entity(rules) for hits in _judged(measured, item, books)]
    return pl.concat([empty, *found]).sort("subject_id", "code")


def _by_entity(rules: Sequence[Rule]) -> list[list[Rule]]:
    names = dict.fromkeys(item.entity.name for item in rules)
    return [[item for item in rules if item.entity.name == name] for name in names]


def _judged(
    measured: pl.DataFrame, rules: Sequence[Rule], books: Books | None
) -> list[pl.DataFrame]:
    if books is None:
        return [_breaches(measured, item) for item in rules]
    # Of the many columns only what rules read, so that parts by hospital are small.
    wanted = {"subject_id", "hospital_id", "as_of"}.union(*map(_read, rules))
    narrow = measured.select(name for name in measured.columns if name in wanted)
    return [
        _breaches(rows, item, gaps)
        for gaps, rows in books.parts(rules[0].entity.name, narrow)
        for item in rules
        if not gaps.of(item)
    ]


def _read(item: Rule) -> set[str]:
    """Columns that a rule decides by, shows, counts by or is held back by."""
    asked = [item.expr, item.amount, *(one.expr for one in item.protected_by)]
    asked += [one.expr for one in item.cautions]
    return {*item.evidence, *(name for expr in asked for name in expr.meta.root_names())}


def speaking(hits: pl.DataFrame) -> pl.DataFrame:
    """The breaches that no protective condition silences."""
    return hits.filter(pl.col("protected_by").list.len() == 0)


def doubtful() -> pl.Expr:
    """Whether a hit is a doubtful point, which the data alone can carry."""
    return pl.col("grade") == DOUBT.value


def _breaches(measured: pl.DataFrame, item: Rule, gaps: Gaps | None = None) -> pl.DataFrame:
    guards: list[pl.Expr] = [pl.lit(None, pl.String)]
    guards += [
        pl.when(guard.expr).then(pl.lit(guard.code)).otherwise(None) for guard in item.protected_by
    ]
    catalogue = CATALOGUES[item.entity.name]
    shown = [
        divided(pl.col(name), divisor(catalogue, name)).alias(name)
        for name in item.evidence
        if name in measured.columns
    ]
    why = {} if gaps is None else gaps.why(item)
    doubts = [one for one in item.cautions if one.about not in why]
    return (
        measured.lazy()
        .filter(item.expr.fill_null(value=False))
        .select(
            "subject_id",
            code=pl.lit(item.code),
            version=pl.lit(item.version),
            evidence=pl.struct(shown).struct.json_encode(),
            amount=item.amount.fill_null(0).clip(lower_bound=0).round().cast(pl.Int64),
            loss_method=pl.lit(item.loss_method),
            protected_by=pl.concat_list(guards).list.drop_nulls(),
            unasked_en=_told(doubts, [en for en, _ in why.values()], zh=False),
            unasked_zh=_told(doubts, [zh for _, zh in why.values()], zh=True),
        )
        # What another explanation silences anyway need not be asked further.
        .with_columns(
            pl.when(pl.col("protected_by").list.len() == 0)
            .then(pl.col("unasked_en", "unasked_zh"))
            .otherwise(pl.lit([], pl.List(pl.String)))
        )
        .with_columns(grade=_grade(item))
        .select(list(HITS))
        .collect()
    )


def _told(doubts: list[Caution], why: list[str], *, zh: bool) -> pl.Expr:
    """What could not be asked, and what the rule takes for known and is not."""
    said: list[pl.Expr] = [pl.lit(None, pl.String), *map(pl.lit, why)]
    said += [
        pl.when(one.expr).then(pl.lit(one.zh if zh else one.en)).otherwise(None) for one in doubts
    ]
    return pl.concat_list(said).list.drop_nulls()


def _grade(item: Rule) -> pl.Expr:
    """The rule's grade; a clue where anything could not be asked. All readers read this."""
    full = pl.lit(item.grade.value)
    return pl.when(pl.col("unasked_en").list.len() > 0).then(pl.lit(CLUE.value)).otherwise(full)


def hit_columns(measured: pl.DataFrame, hits: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Add ``rule_<CODE>``: 1.0 where the rule speaks, 0.0 elsewhere; rankers read these."""
    pairs = set(speaking(hits).select("subject_id", "code").iter_rows())
    return measured.with_columns(
        pl.Series(
            f"rule_{item.code}",
            [float((subject, item.code) in pairs) for subject in measured["subject_id"]],
            dtype=pl.Float64,
        )
        for item in rules
    )
