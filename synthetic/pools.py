"""Who could be audited: stays, uses and ledgers, and how many of them in each month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from synthetic.state import City


@dataclass(frozen=True)
class Pool:
    """Subjects that could be audited (id, days of event and knowledge, size in fen), and quotas.

    ``schemes`` are those that auditors look for in such subjects.
    """

    subject_type: str
    subjects: pl.DataFrame
    quota: dict[int, int]
    schemes: tuple[str, ...]


def _monthly(city: City, days: np.ndarray, share: float) -> dict[int, int]:
    """Audits of each month: a share of its subjects, the fraction carried into the next."""
    counts = np.bincount(city.month_of(days), minlength=city.world.clock.months)
    total = np.floor(np.cumsum(counts * share)).astype(int)
    return dict(enumerate(np.diff(np.concatenate([[0], total])).tolist()))


def stays(city: City, share: float, schemes: tuple[str, ...]) -> Pool:
    """Stays, but not the first part of a cut one (nobody looks at it alone), nor cancelled ones."""
    plan = city.plan
    whole = plan.filter((pl.col("part") != 1) & (pl.col("voided") < 0))
    subjects = whole.select(
        "hospital",
        subject_id=city.stay_ids(whole["key"]),
        place="key",
        event="settled",
        known="received",
        size=(pl.col("standard") * 100).cast(pl.Int64),
    )
    return Pool("stay", subjects, _monthly(city, plan["settled"].to_numpy(), share), schemes)


def uses(city: City, share: float, schemes: tuple[str, ...]) -> Pool:
    """Uses by stay and product; as many audits as of stays."""
    known = city.plan.select(stay="key", known="received")
    rows = (
        city.uses.filter("registered")
        .with_columns(
            product=pl.when(pl.col("billed") > 0).then("billed_product").otherwise("product")
        )
        .group_by("stay", "product")
        .agg(
            hospital=pl.col("hospital").first(),
            place=pl.col("use").min(),
            event=pl.col("day").min(),
            size=(pl.col("billed") * pl.col("unit_price")).sum(),
        )
    )
    rows = rows.join(known, on="stay").sort("place")
    ids = city.use_ids(rows["stay"], rows["product"])
    subjects = rows.select("hospital", "place", "event", "known", "size", subject_id=ids)
    quota = _monthly(city, city.plan["settled"].to_numpy(), share)
    return Pool("use", subjects, quota, schemes)


def ledgers(city: City, share: float, schemes: tuple[str, ...]) -> Pool:
    """Ledger months with bills of key products."""
    month = city.month_of(city.uses["day"].to_numpy())
    rows = (
        city.uses.with_columns(month=pl.Series(month))
        .filter("registered")
        .group_by("hospital", "product", "month")
        .agg(size=(pl.col("billed") * pl.col("unit_price")).sum())
        .sort("hospital", "product", "month")
    )
    ends = city.world.clock.month_ends()[rows["month"].to_numpy()]
    place = (pl.col("hospital") * 4_096 + pl.col("product")) * 512 + pl.col("month")
    subjects = rows.select(
        "hospital", "size", place=place, event=pl.Series(ends), known=pl.Series(ends + 10),
        subject_id=city.ledger_ids(rows),
    )  # fmt: skip
    return Pool("ledger", subjects, _monthly(city, ends, share), schemes)
