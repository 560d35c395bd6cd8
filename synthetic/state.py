"""What the city is while it is being made; every step gives a new one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.standards import Standards
    from synthetic.supply import Goods
    from synthetic.world import World

# One row a subject. amount in fen; ``resembles`` names the scheme a look-alike imitates.
TRUTH = {
    "subject_type": pl.String, "subject_id": pl.String, "scheme": pl.String,
    "campaign_id": pl.String, "difficulty": pl.Int64, "amount": pl.Int64,
    "innocent": pl.Boolean, "started": pl.Int64, "ended": pl.Int64,
    "hospital": pl.Int64, "resembles": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class City:
    """Plan, uses, goods and visits so far, and the answer key to them."""

    world: World
    standards: Standards
    plan: pl.DataFrame
    uses: pl.DataFrame = field(default_factory=pl.DataFrame)
    goods: Goods | None = None
    visits: pl.DataFrame = field(default_factory=pl.DataFrame)
    truth: tuple[pl.DataFrame, ...] = ()

    def with_truth(self, rows: pl.DataFrame) -> City:
        """The city with more rows in its answer key."""
        named = rows.select(pl.col(name).cast(kind) for name, kind in TRUTH.items())
        return replace(self, truth=(*self.truth, named))

    def with_innocent(
        self, name: str, resembles: str, subject_type: str, rows: pl.DataFrame
    ) -> City:
        """The city with look-alikes labelled; subjects already in the key keep their label.

        ``rows`` has ``subject_id``, ``hospital``, ``started`` and ``ended``.
        """
        known = [t.filter(pl.col("subject_type") == subject_type)["subject_id"] for t in self.truth]
        labelled = (
            pl.concat(known).implode() if known else pl.Series([[]], dtype=pl.List(pl.String))
        )
        fresh = rows.unique("subject_id", keep="first", maintain_order=True)
        fresh = fresh.filter(~pl.col("subject_id").is_in(labelled))
        return self.with_truth(
            fresh.select(
                "subject_id",
                "hospital",
                "started",
                "ended",
                subject_type=pl.lit(subject_type),
                scheme=pl.lit(name),
                campaign_id=pl.lit(None, pl.String),
                difficulty=pl.lit(None, pl.Int64),
                amount=pl.lit(0, pl.Int64),
                innocent=pl.lit(value=True),
                resembles=pl.lit(resembles),
            )
        )

    def innocent_stays(self, name: str, resembles: str, plan: pl.DataFrame) -> City:
        """Label stays given as rows of a plan."""
        rows = plan.select(
            "hospital",
            subject_id=self.stay_ids(plan["key"]),
            started="admit",
            ended=pl.col("admit") + pl.col("los"),
        )
        return self.with_innocent(name, resembles, "stay", rows)

    def innocent_uses(self, name: str, resembles: str, uses: pl.DataFrame) -> City:
        """Label uses given as rows of ``uses``."""
        rows = uses.select(
            "hospital",
            subject_id=self.use_ids(uses["stay"], uses["product"]),
            started="day",
            ended="day",
        )
        return self.with_innocent(name, resembles, "use", rows)

    def innocent_ledgers(self, name: str, resembles: str, rows: pl.DataFrame) -> City:
        """Label ledgers given by hospital, product and day."""
        dated = rows.with_columns(month=pl.Series(self.month_of(rows["day"].to_numpy())))
        dated = dated.filter(pl.col("month") < self.world.clock.months)
        named = dated.select(
            "hospital", subject_id=self.ledger_ids(dated), started="day", ended="day"
        )
        return self.with_innocent(name, resembles, "ledger", named)

    def with_visits(self, rows: pl.DataFrame) -> City:
        """The city with planted visits: person, hospital, day, kind, visit."""
        columns = {
            "visit": pl.Int64,
            "person": pl.Int64,
            "hospital": pl.Int64,
            "day": pl.Int64,
            "kind": pl.String,
        }
        named = rows.select(pl.col(name).cast(kind) for name, kind in columns.items())
        return replace(self, visits=pl.concat([self.visits, named]) if len(self.visits) else named)

    def stay_ids(self, keys: pl.Series | Whole) -> pl.Series:
        """Ids of stays by the keys of the plan."""
        return self.world.draw.identifiers("S", np.asarray(keys))

    def use_ids(self, stay: pl.Series, product: pl.Series) -> pl.Series:
        """Ids of uses: stay and item."""
        code = self.world.products.codes.gather(product.cast(pl.UInt32))
        return pl.select(self.stay_ids(stay) + "|" + code).to_series()

    def ledger_ids(self, rows: pl.DataFrame) -> pl.Series:
        """Ids of ledgers from hospital, product and month (0 is the first of the window)."""
        start = self.world.clock.start
        absolute = rows["month"].to_numpy() + start.year * 12 + start.month - 1
        hospital = self.world.houses.frame["hospital_id"].gather(rows["hospital"].cast(pl.UInt32))
        code = self.world.products.codes.gather(rows["product"].cast(pl.UInt32))
        month = pl.Series([f"|{m // 12}-{m % 12 + 1:02d}" for m in absolute], dtype=pl.String)
        return pl.select(hospital + "|" + code + month).to_series()

    def month_of(self, days: Whole) -> Whole:
        """Month of the window that each day lies in."""
        return np.searchsorted(self.world.clock.month_ends(), days).astype(np.int64)

    def answer_key(self) -> pl.DataFrame:
        """All truth rows, sorted by subject and scheme."""
        empty = pl.DataFrame(schema=TRUTH)
        return pl.concat([empty, *self.truth]).sort("subject_type", "subject_id", "scheme")


def standard_of(city: City, plan: pl.DataFrame) -> Floats:
    """Payment standard in yuan of each row of a plan."""
    world = city.world
    scheme = world.people.frame["scheme"].to_numpy()[plan["person"].to_numpy()]
    level = world.level(plan["hospital"].to_numpy())
    return city.standards.payment(
        plan["coded_group"].to_numpy(), plan["severity"].to_numpy(), level, scheme
    )
