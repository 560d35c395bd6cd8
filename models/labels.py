"""What audits teach: one label a subject, from the decisions known on a day.

* Only decisions received by the day count, and those that replace them.
* A *confirmed* decision counts for the scheme it names. A later refutation undoes it when
  it looked for that scheme, or for everything; one that looked for something else does
  not. *Overturned* undoes likewise, and leaves a negative behind: someone looked hard.
* *Inconclusive* is no label, and undoes no decision but one that it replaces by name.
* A refutation answers what was looked for. Where a rule speaks of something else, it is no
  negative either (``answered``): nobody has looked.

Weights. A record drawn at random with probability p stands for 1 / p records, so it gets
that weight, bounded by MAX_WEIGHT: a handful of very heavy rows would otherwise decide
the model alone. Everything else weighs 1: rules, tips and models choose by suspicion, the
probability of that choice is unknown, and inventing one would only look like a correction. What
the lot drew stays drawn by it, though a tip or an appeal led to the decision that stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from models.frames import SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# A judgement: at 20 the variance from one random confirmation stays near that of twenty
# chosen ones, while draws of 5% and more keep their full weight.
MAX_WEIGHT = 20.0
EVERYTHING, RANDOM = "*", "random"
SEPARATORS = r"[,;|\s]+"
# A code of a rule begins with the scheme that it is about (H02E: H02).
SCHEME = r"([A-Z]\d+)"
SCHEME_OF_RULE, ANY_CODE = rf"^rule_{SCHEME}", rf"^{SCHEME}.*$"
SCHEMA = {
    SUBJECT: pl.String(),
    "label": pl.Int8(),
    "weight": pl.Float64(),
    "chance": pl.Float64(),
    "scheme": pl.String(),
    "decided_on": pl.Date(),
    "known_on": pl.Date(),
    "first_known_on": pl.Date(),
    "selected_by": pl.String(),
    "audited_schemes": pl.String(),
}

# A LazyFrame or a DataFrame of the contract's table ``audit_outcomes``.
Outcomes = pl.LazyFrame | pl.DataFrame


def labels(outcomes: Outcomes, *, as_of: date, subject_type: str, scenario: str) -> pl.DataFrame:
    """One row a decided subject: label 1 (confirmed) or 0, weight, and where it came from.

    ``outcomes`` is the contract's table ``audit_outcomes``; rows without ``received_on``
    count as known the day after their decision. ``scheme`` is null for a negative, ``chance``
    (with which the lot drew the subject) where it did not; ``first_known_on`` is the day from
    which anybody could learn of the subject, though another decision stands now;
    ``audited_schemes`` joins all that was looked for, "*" being everything.
    """
    known = _known(outcomes.lazy(), as_of).filter(
        (pl.col("subject_type") == subject_type) & (pl.col("scenario") == scenario)
    )
    known = known.with_columns(
        chance=_chance().max().over(SUBJECT),
        first_known_on=pl.when(found_out()).then("known_on").min().over(SUBJECT),
    )
    found = _not_replaced(known).filter(found_out())
    decided = _standing(_scoped(found)).with_columns(
        scopes=pl.col("scope").unique().sort().str.join(",").over(SUBJECT)
    )
    # A confirmation that stands leads; else the newest decision speaks.
    first = decided.sort(
        [SUBJECT, _is_confirmed(), "decided_on", "outcome_id"],
        descending=[False, True, True, True],
    )
    chosen = first.group_by(SUBJECT, maintain_order=True).first()
    return chosen.select(_columns()).collect().cast(SCHEMA)  # type: ignore[arg-type]


def answered(
    labels: pl.DataFrame, measured: pl.DataFrame, rule_columns: Iterable[str]
) -> pl.DataFrame:
    """Labels without refutations that left open what a rule suspects.

    ``measured`` has the rule hits of the subjects: 1 in ``rule_CODE`` where the rule speaks.
    """
    refuted = labels.filter(pl.col("label") == 0)
    scope = refuted.select(SUBJECT, scope=pl.col("audited_schemes").str.split(","))
    asked = scope.filter(~pl.col("scope").list.contains(EVERYTHING))
    suspected = (
        measured.join(asked, on=SUBJECT, how="semi")
        .select(SUBJECT, *rule_columns)
        .unpivot(index=SUBJECT, variable_name="rule", value_name="speaks")
        .filter(pl.col("speaks") > 0)
        .select(SUBJECT, scheme=pl.col("rule").str.extract(SCHEME_OF_RULE))
    )
    within = pl.col("scope").list.contains(pl.col("scheme"))
    left_open = suspected.join(asked, on=SUBJECT).filter(~within)
    return labels.join(left_open, on=SUBJECT, how="anti", maintain_order="left")


def no_labels() -> pl.DataFrame:
    """The frame of a city that was never audited."""
    return pl.DataFrame(schema=SCHEMA)


def _known(outcomes: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    received = pl.coalesce("received_on", pl.col("decided_on").dt.offset_by("1d"))
    return outcomes.with_columns(known_on=received).filter(pl.col("known_on") <= as_of)


def _not_replaced(known: pl.LazyFrame) -> pl.LazyFrame:
    replaced = known.select(pl.col("supersedes").alias("outcome_id")).drop_nulls()
    return known.join(replaced, on="outcome_id", how="anti")


def _scoped(known: pl.LazyFrame) -> pl.LazyFrame:
    audited = pl.col("audited_schemes").str.replace_all(SEPARATORS, ",").str.strip_chars(",")
    listed = pl.when(audited != "").then(audited.str.split(","))
    found = pl.when(_is_confirmed()).then(pl.concat_list("scheme"))
    named = pl.when(pl.col("scheme").is_not_null()).then(pl.concat_list("scheme"))
    everything = pl.lit([EVERYTHING])
    scope = (
        pl.when(_is_confirmed())
        .then(pl.when(pl.col("scheme").is_not_null()).then(found).otherwise(everything))
        .otherwise(pl.coalesce(listed, named, everything))
    )
    each = known.with_columns(scope.alias("scope")).explode("scope")
    return each.with_columns(pl.col("scope").str.replace(ANY_CODE, "$1"))


def _standing(scoped: pl.LazyFrame) -> pl.LazyFrame:
    """Decisions that no later one of the same scope, or about everything, has undone."""
    ordered = scoped.sort(SUBJECT, "decided_on", "outcome_id").with_columns(
        pl.int_range(pl.len()).over(SUBJECT).alias("turn")
    )
    last = pl.col("turn").max().over(SUBJECT, "scope")
    sweeping = pl.when(pl.col("scope") == EVERYTHING).then("turn").max().over(SUBJECT).fill_null(-1)
    return ordered.filter((pl.col("turn") == last) & (pl.col("turn") >= sweeping))


def found_out() -> pl.Expr:
    """Whether a decision found anything out: all but the inconclusive ones."""
    return pl.col("outcome") != "inconclusive"


def _is_confirmed() -> pl.Expr:
    return pl.col("outcome") == "confirmed"


def _chance() -> pl.Expr:
    """The probability with which the lot drew a subject, null for any other way."""
    chance = pl.col("selection_probability")
    return pl.when((pl.col("selected_by") == RANDOM) & (chance > 0)).then(chance)


def _columns() -> list[pl.Expr]:
    chance = pl.col("chance")
    by_lot = chance.is_not_null()
    return [
        pl.col(SUBJECT),
        _is_confirmed().alias("label"),
        (1 / chance).clip(1.0, MAX_WEIGHT).fill_null(1.0).alias("weight"),
        chance,
        pl.when(_is_confirmed()).then("scheme").alias("scheme"),
        pl.col("decided_on"),
        pl.col("known_on"),
        pl.col("first_known_on"),
        pl.when(by_lot).then(pl.lit(RANDOM)).otherwise("selected_by").alias("selected_by"),
        pl.col("scopes").alias("audited_schemes"),
    ]
