"""What stands above the stay, scored without a model: by rules, ordered by distance.

There are too few audited persons, houses and groups to learn from. A rule that speaks gives
the prior of its grade; how far the subject lies from its peers orders those of equal prior
and is kept with the score, but brings nobody into the queue by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from cases.amounts import by_subject, grade, prior_of_rules
from features.declaration import HIGH, LOW, VERSUS_PEERS
from rules.catalogue import BY_CODE
from rules.judge import speaking

if TYPE_CHECKING:
    from cases.judged import Judged
    from features.catalogue import Catalogue
    from features.declaration import Feature

# The three largest distances speak for a subject: one may be chance, thirty dilute.
TELLING_DISTANCES = 3
REASONS_READ = 16
# What the margin of a subject without a model adds up from.
DISTANCE = "distance"
WHOLE = {
    "person": "person_year_amount",
    "physician": "year_amount",
    "department": "year_amount",
    "hospital": "year_amount",
    "group": "group_amount",
}


def prior_scores(measured: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Score each row by its distance from its peers: subject_id, score, margin, anomaly, ...

    ``anomaly`` is the least share of peers that lies nearer (Cantelli's inequality:
    d^2 / (1 + d^2)), so that it rests on the frozen standards alone and on no batch.
    """
    # Before the first standards there is no distance at all, but still a row to score.
    none = pl.lit(None, pl.Float64)
    away = pl.concat_list(none, *_sided(measured, catalogue).values()).list.drop_nulls()
    largest = away.list.sort(descending=True).list.head(TELLING_DISTANCES)
    mean = largest.list.sum() / largest.list.len()
    distance = pl.when(largest.list.len() > 0).then(mean.clip(0)).otherwise(0.0)
    square = distance * distance
    return measured.select(
        "subject_id",
        score=pl.lit(None, pl.Float64),
        score_kind=pl.lit("prior"),
        margin=distance,
        anomaly=square / (1 + square),
    )


def sums(catalogue: Catalogue, measured: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """What each family adds to the margin of each row, in spreads, beginning at 0.

    The largest distances that speak, each divided by their number; none where their mean is
    nearer than the peers' median, for which the margin is 0.
    """
    families = {item.name: item.family for item in catalogue.features}
    named = [away.alias(name) for name, away in _sided(measured, catalogue).items()]
    largest = (
        measured.select("subject_id", *named)
        .unpivot(index="subject_id", variable_name="feature", value_name="away")
        .drop_nulls("away")
        .sort("subject_id", "away", "feature", descending=[False, True, False])
        .group_by("subject_id", maintain_order=True)
        .head(TELLING_DISTANCES)
        .filter(pl.col("away").mean().over("subject_id") > 0)
        .with_columns(adds=pl.col("away") / pl.len().over("subject_id"))
        .group_by("subject_id", family=pl.col("feature").replace_strict(families))
        .agg(pl.col("adds").sort().sum())
        .sort("subject_id", "family")
    )
    found: dict[str, list[dict[str, Any]]] = {subject: [] for subject in measured["subject_id"]}
    for subject, family, adds in largest.iter_rows():
        found[subject].append({"family": family, "adds": adds})
    same = {"source": DISTANCE, "voice": 1.0, "base": 0.0}
    return {subject: [same | {"families": told}] for subject, told in found.items()}


SIDES = {HIGH: 1.0, LOW: -1.0}


def _sided(measured: pl.DataFrame, catalogue: Catalogue) -> dict[str, pl.Expr]:
    """Distances of the features that have a suspicious side, positive that way, by name."""
    sided = [item for item in catalogue.features if item.direction in SIDES]
    return {item.name: _away(measured, item) for item in sided}


def _away(measured: pl.DataFrame, item: Feature) -> pl.Expr:
    """Distance of a feature from its peers, positive the suspicious way; null where unknown."""
    if item.name + VERSUS_PEERS not in measured.columns:
        return pl.lit(None, pl.Float64)
    return pl.col(item.name + VERSUS_PEERS) * SIDES.get(item.direction, 0.0)


def top(judged: Judged, rows: pl.DataFrame) -> pl.DataFrame:
    """The strongest reasons of each row: what its rules show, then what lies farthest away."""
    catalogue = judged.catalogue
    named = [
        _away(rows, item).clip(0).fill_null(0.0).alias(item.name) for item in catalogue.features
    ]
    shown = pl.col("code").replace_strict(
        {code: list(item.evidence) for code, item in BY_CODE.items()},
        return_dtype=pl.List(pl.String),
    )
    evidence = (
        speaking(judged.hits)
        .select("subject_id", feature=shown)
        .explode("feature", empty_as_null=True)
        .unique()
        .with_columns(shown=pl.lit(value=True))
    )
    known = rows.select("subject_id", *(item.name for item in catalogue.features))
    said = known.unpivot(index="subject_id", variable_name="feature").drop_nulls("value")
    return (
        rows.select("subject_id", *named)
        .unpivot(index="subject_id", variable_name="feature", value_name="contribution")
        .join(said.select("subject_id", "feature"), on=["subject_id", "feature"], how="semi")
        .join(evidence, on=["subject_id", "feature"], how="left")
        .filter(pl.col("shown").fill_null(value=False) | (pl.col("contribution") > 0))
        .sort(
            "subject_id",
            "shown",
            "contribution",
            "feature",
            descending=[False, True, True, False],
            nulls_last=True,
        )
        .group_by("subject_id", maintain_order=True)
        .head(REASONS_READ)
        .with_columns(rank=pl.col("feature").cum_count().over("subject_id"))
        .select("subject_id", "rank", "feature", "contribution")
    )


def weigh_levels(judged: Judged) -> pl.DataFrame:
    """Scores with what is at stake, one row a subject; columns as of ``cases.amounts.weigh``."""
    whole = WHOLE[judged.catalogue.entity.name]
    context = judged.measured.select(
        "subject_id",
        "hospital_id",
        "person_id",
        whole_amount=pl.col(whole).fill_null(0).round().cast(pl.Int64),
    )
    return (
        judged.scores.join(context, on="subject_id")
        .join(by_subject(judged.hits), on="subject_id", how="left")
        .with_columns(
            pl.col("rule_codes").fill_null([]),
            amount_at_risk=pl.col("rule_amount").fill_null(0),
            loss_method=pl.col("rule_method").fill_null("none"),
            plausibility=pl.when(pl.col("doubt").is_not_null())
            .then(prior_of_rules())
            .otherwise(0.0),
        )
        .with_columns(
            billed_harm=pl.col("amount_at_risk"),
            fund_loss=pl.lit(None, pl.Int64),
            expected_recovery=(pl.col("plausibility") * pl.col("amount_at_risk"))
            .round()
            .cast(pl.Int64),
            grade=grade(),
        )
        .sort("subject_id")
    )
