"""What the city is while it is being made; every step gives a new one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.additions import (
    CODES,
    LINES,
    PEOPLE,
    SWITCHED,
    VISITS,
    WANTED,
    conformed,
    empty,
    more_lines,
    more_uses,
    more_visits,
)
from synthetic.departures import Departures
from synthetic.rewriting import planned_anew, written_over

if TYPE_CHECKING:
    from synthetic.randomness import Floats, Whole
    from synthetic.standards import Standards
    from synthetic.supply import Goods
    from synthetic.world import World

# One row a subject; amount in fen.
TRUTH = {
    "subject_type": pl.String, "subject_id": pl.String, "scheme": pl.String,
    "campaign_id": pl.String, "difficulty": pl.Int64, "amount": pl.Int64,
    "innocent": pl.Boolean, "started": pl.Int64, "ended": pl.Int64,
    "hospital": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class City:
    """Plan, uses, goods, visits and additions so far, and the answer key to them."""

    world: World
    standards: Standards
    plan: pl.DataFrame
    uses: pl.DataFrame = field(default_factory=pl.DataFrame)
    goods: Goods | None = None
    visits: pl.DataFrame = field(default_factory=lambda: empty(VISITS))
    lines: pl.DataFrame = field(default_factory=lambda: empty(LINES))
    codes: pl.DataFrame = field(default_factory=lambda: empty(CODES))
    people: pl.DataFrame = field(default_factory=lambda: empty(PEOPLE))
    wanted: pl.DataFrame = field(default_factory=lambda: empty(WANTED))
    switched: pl.DataFrame = field(default_factory=lambda: empty(SWITCHED))
    departures: Departures = field(default_factory=Departures)
    truth: tuple[pl.DataFrame, ...] = ()

    def with_truth(self, rows: pl.DataFrame) -> City:
        """The city with more rows in its answer key."""
        named = rows.select(pl.col(name).cast(kind) for name, kind in TRUTH.items())
        return replace(self, truth=(*self.truth, named))

    def with_guilty(self, code: str, subject_type: str, rows: pl.DataFrame) -> City:
        """The city with planted subjects of a scheme in its answer key.

        ``rows`` has ``subject_id``, ``hospital``, ``campaign``, ``difficulty``, ``amount`` (fen
        truly lost), ``started`` and ``ended`` (days). A null amount of a use is its whole bill,
        known once prices are.
        """
        return self.with_truth(
            rows.with_columns(
                subject_type=pl.lit(subject_type),
                scheme=pl.lit(code),
                campaign_id="campaign",
                innocent=pl.lit(value=False),
            )
        )

    def guilty_stays(self, code: str, plan: pl.DataFrame) -> City:
        """Planted stays, given as rows of a plan with campaign, difficulty and amount."""
        rows = plan.with_columns(
            subject_id=self.stay_ids(plan["key"]),
            started="admit",
            ended=pl.col("admit") + pl.col("los"),
        )
        return self.with_guilty(code, "stay", rows)

    def guilty_uses(self, code: str, uses: pl.DataFrame) -> City:
        """Planted uses: stay, product, hospital, day, campaign, difficulty, amount."""
        rows = uses.with_columns(
            subject_id=self.use_ids(uses["stay"], uses["product"]), started="day", ended="day"
        )
        return self.with_guilty(code, "use", rows)

    def guilty_ledgers(self, code: str, rows: pl.DataFrame) -> City:
        """Planted ledgers: hospital, product, month, campaign, difficulty, amount."""
        ends, month = self.world.clock.month_ends(), rows["month"].to_numpy()
        begins = np.concatenate([[0], ends[:-1] + 1])
        dated = rows.with_columns(
            subject_id=self.ledger_ids(rows),
            started=pl.Series(begins[month]),
            ended=pl.Series(ends[month]),
        )
        return self.with_guilty(code, "ledger", dated)

    def with_innocent(self, name: str, subject_type: str, rows: pl.DataFrame) -> City:
        """The city with look-alikes labelled; subjects already in the key keep their label.

        ``rows`` has ``subject_id``, ``hospital``, ``started`` and ``ended``.
        """
        known = pl.concat([empty(TRUTH), *self.truth]).filter(subject_type=subject_type)
        fresh = rows.unique("subject_id", keep="first", maintain_order=True)
        fresh = fresh.join(known, on="subject_id", how="anti", maintain_order="left")
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
            )
        )

    def innocent_stays(self, name: str, plan: pl.DataFrame) -> City:
        """Label stays given as rows of a plan."""
        rows = plan.select(
            "hospital",
            subject_id=self.stay_ids(plan["key"]),
            started="admit",
            ended=pl.col("admit") + pl.col("los"),
        )
        return self.with_innocent(name, "stay", rows)

    def innocent_uses(self, name: str, uses: pl.DataFrame) -> City:
        """Label uses given as rows of ``uses``."""
        rows = uses.select(
            "hospital",
            subject_id=self.use_ids(uses["stay"], uses["product"]),
            started="day",
            ended="day",
        )
        return self.with_innocent(name, "use", rows)

    def innocent_ledgers(self, name: str, rows: pl.DataFrame) -> City:
        """Label ledgers given by hospital, product and day."""
        dated = rows.with_columns(month=pl.Series(self.month_of(rows["day"].to_numpy())))
        dated = dated.filter(pl.col("month") < self.world.clock.months)
        named = dated.select(
            "hospital", subject_id=self.ledger_ids(dated), started="day", ended="day"
        )
        return self.with_innocent(name, "ledger", named)

    def with_visits(self, rows: pl.DataFrame) -> City:
        """The city with more outpatient visits.

        ``rows``: key (of the stay they go with), person, hospital, day, kind, and amount in fen
        where it is not the usual one.
        """
        return replace(self, visits=more_visits(self.visits, rows))

    def with_lines(self, rows: pl.DataFrame) -> City:
        """The city with more fee lines; see ``additions.LINES`` and ``additions.more_lines``."""
        return replace(self, lines=more_lines(self.lines, rows))

    def with_uses(self, rows: pl.DataFrame) -> City:
        """The city with more uses: all columns of ``uses``; keys are given here."""
        return replace(self, uses=more_uses(self.uses, rows))

    def with_wanted(self, rows: pl.DataFrame) -> City:
        """The city with more units truly used: stay, product, quantity, self_paid, on.

        See ``additions.WANTED``. Only before goods are traced, so that each unit is bought,
        stored, used and billed.
        """
        return replace(self, wanted=pl.concat([self.wanted, conformed(WANTED, rows)]))

    def with_switched(self, rows: pl.DataFrame) -> City:
        """The city with products truly used instead of those of the kit: stay, product, instead.

        Only before goods are traced, so that each unit is bought, stored, used and billed.
        """
        return replace(self, switched=pl.concat([self.switched, conformed(SWITCHED, rows)]))

    def with_codes(self, rows: pl.DataFrame) -> City:
        """The city with more listed diagnoses: stay, code, present (on admission)."""
        return replace(self, codes=pl.concat([self.codes, conformed(CODES, rows)]))

    def with_people(self, rows: pl.DataFrame) -> City:
        """The city with persons sent again: person, known, and what is different (else null)."""
        return replace(self, people=pl.concat([self.people, conformed(PEOPLE, rows)]))

    def with_plan(self, changed: pl.DataFrame) -> City:
        """The city with rows of its plan replaced (same key) or added (a new key)."""
        return replace(self, plan=planned_anew(self.plan, changed))

    def with_changed_uses(self, changed: pl.DataFrame) -> City:
        """The city with rows of its uses replaced (same ``use``)."""
        return replace(self, uses=written_over(self.uses, changed, "use"))

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


def standard_of(city: City, plan: pl.DataFrame) -> Floats:
    """Payment standard in yuan of each row of a plan."""
    world = city.world
    scheme = world.people.frame["scheme"].to_numpy()[plan["person"].to_numpy()]
    level = world.level(plan["hospital"].to_numpy())
    return city.standards.payment(
        plan["coded_group"].to_numpy(), plan["severity"].to_numpy(), level, scheme
    )
