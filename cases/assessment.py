"""Assessment: every finding of the night is listed, and every fen in doubt counts once.

Findings of one stay look at the same fee lines. Within one way of establishing a loss:

* findings about one subject overlap: the largest counts, the others are listed under it;
* a finding that doubts a whole stay (a split stay) leaves nothing for findings inside it, be
  they of the stay (a hanging bed) or of items used in it;
* the items of a stay are lines of their own and add up, but never beyond the stay's fee.

Ways of establishing a loss (``rules.losses``) are never added to one another, and what is
merely above the peers is an estimate with a total of its own. Ledgers stand apart: a year of
a hospital's item is not a sum of stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.results import FINDINGS
from features import use_frames
from rules.judge import speaking
from rules.losses import LINE_SUM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cases.judged import Judged

ESTIMATE = "excess_over_peers"
# A record without a rule has one finding: that it lies above its peers.
NO_RULE = "-"
STAY, USE = "stay", "use"


def findings(judged: Iterable[Judged], alerts: pl.DataFrame) -> pl.DataFrame:
    """Rows of table `findings` of a night: what was found about its alerts, each fen once.

    ``alerts`` are the night's, of all entities.
    """
    told = [_found(item, alerts) for item in judged]
    return settle(pl.concat([FINDINGS.empty().drop("counted", "absorbed_by"), *told]))


def _found(judged: Judged, alerts: pl.DataFrame) -> pl.DataFrame:
    """Findings of one kind of subject, before any is set against another."""
    entity = judged.catalogue.entity.name
    mine = alerts.filter(pl.col("subject_type") == entity)
    hits = (
        speaking(judged.hits)
        .join(mine.select("subject_id"), on="subject_id", how="semi")
        .select("subject_id", "code", "loss_method", "amount")
    )
    silent = mine.join(hits, on="subject_id", how="anti").select(
        "subject_id",
        "loss_method",
        code=pl.lit(NO_RULE),
        amount="amount_at_risk",
    )
    stay = {STAY: pl.col("subject_id"), USE: use_frames.stay_of()}.get(entity, pl.lit(None))
    return (
        pl.concat([hits, silent.select(hits.columns)])
        .with_columns(
            run_date=pl.lit(judged.run_date),
            scenario=pl.lit(judged.scenario),
            subject_type=pl.lit(entity),
            stay_id=stay.cast(pl.String),
        )
        .join(_wholes(judged), on="subject_id", how="left")
        .select(name for name in FINDINGS.names if name not in ("counted", "absorbed_by"))
    )


def _wholes(judged: Judged) -> pl.DataFrame:
    """The whole fee of each subject's stay, null where it is not known."""
    if judged.catalogue.entity.name == STAY:
        return judged.measured.select("subject_id", stay_fee=pl.col("total_amount"))
    return judged.measured.select("subject_id", stay_fee=pl.lit(None, pl.Int64))


def settle(found: pl.DataFrame) -> pl.DataFrame:
    """Add ``counted`` (fen) and ``absorbed_by`` to findings; rows of table `findings`.

    ``absorbed_by`` names the finding that counts in the place of one that does not, or not
    wholly, as 'H01 of stay S1'.
    """
    pot = [pl.coalesce("stay_id", "subject_id"), pl.col("loss_method")]
    order = (
        pl.col("subject_type") != STAY,
        -pl.col("amount"),
        pl.col("code"),
        pl.col("subject_id"),
    )
    ordered = found.sort(*pot, *order).with_columns(
        # One finding a subject: they look at the same lines.
        first=pl.int_range(pl.len()).over(*pot, "subject_type", "subject_id") == 0,
        fee=pl.col("stay_fee").max().over(pl.coalesce("stay_id", "subject_id")),
        leader=_name().first().over(pot),
        own=_name().first().over(*pot, "subject_type", "subject_id"),
    )
    claim = pl.when("first").then("amount").otherwise(0)
    before = (claim.cum_sum() - claim).over(pot)
    # A payment by case may lie above the fee; lines cannot.
    bounded = pl.when(pl.col("loss_method") == LINE_SUM).then("fee")
    left = pl.coalesce((bounded - before).clip(lower_bound=0), "amount")
    counted = pl.when("first").then(pl.min_horizontal("amount", left)).otherwise(0)
    return (
        ordered.with_columns(counted=counted.cast(pl.Int64))
        .with_columns(
            absorbed_by=pl.when(pl.col("counted") == pl.col("amount"))
            .then(None)
            .when("first")
            .then("leader")
            .otherwise("own")
        )
        .select(FINDINGS.names)
        .sort(FINDINGS.key)
    )


def _name() -> pl.Expr:
    return pl.format("{} of {} {}", "code", "subject_type", "subject_id")


def totals(settled: pl.DataFrame) -> dict[str, int]:
    """Counted fen by way of establishing the loss; never one sum over several."""
    return dict(
        settled.group_by("loss_method").agg(pl.col("counted").sum()).sort("loss_method").iter_rows()
    )
