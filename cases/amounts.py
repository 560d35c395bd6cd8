"""How much is in doubt, how sure we are, and in which order people should look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cases.assessment import ESTIMATE
from features.exact import divided
from features.standards import look_up
from rules.catalogue import BY_CODE
from rules.judge import doubtful, speaking

if TYPE_CHECKING:
    from cases.judged import Judged

# Confirmed share of single rules in practice lies between 53% and 70% (DOMAIN 2.2); until
# there are labels of our own, a hit is taken at the lower end, a clue at half of that.
PRIOR_OF_DOUBT = 0.5
PRIOR_OF_CLUE = 0.25
# Without a rule, only the outermost records are worth a look before labels exist.
PRIOR_OF_OUTLIER = 0.4
OUTLIER_FROM = 0.98
# Grades of DOMAIN 7.4: red also needs an amount, in fen.
RED, ORANGE, YELLOW = 0.8, 0.6, 0.4
RED_AMOUNT = 2_000_000

# A rule under this article that the data alone can carry (DOMAIN 7.4: a deterministic
# pattern). Whether the purpose was fraud is for people to find, never for a machine.
FRAUD_ARTICLE = "40"

# The column that holds the whole amount of a record, and the feature that measures it.
WHOLE = {"stay": "total_amount", "use": "billed_amount", "ledger": "billed_amount_month"}
WHOLE_FEATURE = {"stay": "total_cost", "use": "billed_amount", "ledger": "billed_amount_month"}
# A doubtful record that costs no more than its peers still has something at stake; a
# judgement, so that it neither vanishes from the queue nor leads it.
LEAST_SHARE_AT_RISK = 0.2


def weigh(judged: Judged) -> pl.DataFrame:
    """Scores with what is at stake, one row a subject, amounts in fen.

    Adds amount_at_risk, loss_method, billed_harm, fund_loss, plausibility,
    expected_recovery, grade and rule_codes. ``plausibility`` is the calibrated probability
    where there is one, else the prior; it orders the queue and is never shown.
    """
    entity = judged.catalogue.entity.name
    expected = look_up(
        judged.measured, judged.catalogue.entity, judged.standards, [WHOLE_FEATURE[entity]]
    ).select("subject_id", usual=pl.col("location"))
    context = judged.measured.select(
        "subject_id",
        "hospital_id",
        "person_id",
        whole_amount=pl.col(WHOLE[entity]).fill_null(0).cast(pl.Int64),
        fund_share=_fund_share(judged.measured),
    )
    return (
        judged.scores.join(context, on="subject_id")
        .join(by_subject(judged.hits), on="subject_id", how="left")
        .join(expected, on="subject_id", how="left")
        .with_columns(pl.col("rule_codes").fill_null([]))
        .with_columns(
            amount_at_risk=pl.coalesce("rule_amount", _excess()),
            loss_method=pl.coalesce("rule_method", pl.lit(ESTIMATE)),
            plausibility=pl.coalesce("score", _prior()),
        )
        .with_columns(
            billed_harm=pl.col("amount_at_risk"),
            fund_loss=(pl.col("amount_at_risk") * pl.col("fund_share")).round().cast(pl.Int64),
            expected_recovery=(pl.col("plausibility") * pl.col("amount_at_risk"))
            .round()
            .cast(pl.Int64),
            grade=grade(),
        )
        .sort("subject_id")
    )


def _excess() -> pl.Expr:
    """What a record costs above the median of its peers, but not less than a share of it."""
    whole = pl.col("whole_amount")
    above = (whole - pl.col("usual").fill_null(0)).round().cast(pl.Int64)
    return pl.max_horizontal(above, (whole * LEAST_SHARE_AT_RISK).round().cast(pl.Int64), 0)


def _fund_share(measured: pl.DataFrame) -> pl.Expr:
    if "fund_amount" not in measured.columns:
        return pl.lit(None, pl.Float64)
    total = pl.col("total_amount")
    return pl.when(total > 0).then(pl.col("fund_amount") / total)


def by_subject(hits: pl.DataFrame) -> pl.DataFrame:
    """The largest amount among a subject's rules: overlapping findings count once."""
    # Of equal amounts the first rule by its code names the method.
    strongest = pl.col("loss_method").sort_by("amount", "code", descending=[True, False]).first()
    grave = [code for code, item in BY_CODE.items() if item.hook.startswith(FRAUD_ARTICLE)]
    return (
        speaking(hits)
        .group_by("subject_id")
        .agg(
            rule_codes=pl.col("code").sort(),
            rule_amount=pl.col("amount").max(),
            rule_method=strongest,
            doubt=doubtful().any(),
            grave=(doubtful() & pl.col("code").is_in(grave)).any(),
        )
    )


def prior_of_rules() -> pl.Expr:
    """What is believed of a subject whose rules speak, by the best of their grades."""
    return pl.when("doubt").then(PRIOR_OF_DOUBT).otherwise(PRIOR_OF_CLUE)


def _prior() -> pl.Expr:
    ruled = prior_of_rules()
    tail = divided(pl.col("anomaly") - OUTLIER_FROM, 1 - OUTLIER_FROM)
    return (
        pl.when(pl.col("doubt").is_not_null())
        .then(ruled)
        .otherwise(PRIOR_OF_OUTLIER * tail.clip(0, 1))
    )


def grade() -> pl.Expr:
    """Grade of DOMAIN 7.4 by plausibility and amount."""
    sure, amount = pl.col("plausibility"), pl.col("amount_at_risk")
    return (
        pl.when(((sure >= RED) & (amount >= RED_AMOUNT)) | pl.col("grave").fill_null(value=False))
        .then(pl.lit("red"))
        .when(sure >= ORANGE)
        .then(pl.lit("orange"))
        .when(sure >= YELLOW)
        .then(pl.lit("yellow"))
        .otherwise(pl.lit("watch"))
    )
