"""Put measured subjects before the rules: who is hit, on what evidence, and what protects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.catalogue import CATALOGUES
from features.exact import divided
from features.shown import divisor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.declaration import Rule

HITS: dict[str, pl.DataType] = {
    "subject_id": pl.String(),
    "code": pl.String(),
    "version": pl.String(),
    "evidence": pl.String(),
    "amount": pl.Int64(),
    "loss_method": pl.String(),
    "protected_by": pl.List(pl.String()),
}


def judge(measured: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Return one row a breach: columns of ``HITS``.

    ``evidence`` is JSON of the columns the rule shows, in yuan and units; ``amount`` is in
    fen. A breach with an entry in ``protected_by`` is silenced: shown, but raising nothing.
    """
    found = [_breaches(measured, item) for item in rules]
    empty = pl.DataFrame(schema=HITS)
    return pl.concat([empty, *found]).sort("subject_id", "code")


def speaking(hits: pl.DataFrame) -> pl.DataFrame:
    """The breaches that no protective condition silences."""
    return hits.filter(pl.col("protected_by").list.len() == 0)


def _breaches(measured: pl.DataFrame, item: Rule) -> pl.DataFrame:
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
        )
        .collect()
    )


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
