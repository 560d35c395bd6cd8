"""What a generated folder holds, boiled down to what the measures need.

Fee lines are read part by part, so that a large city needs no more memory than its stays;
money is summed in whole fen, so that the order of rows does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from synthetic.clock import Clock
from synthetic.realism.bills import Bills, read_bills
from synthetic.reference import Reference

if TYPE_CHECKING:
    from pathlib import Path

DAYS_PER_YEAR = 365.25
STEEP = 0.8  # a price below this part of the one before was cut, not renewed
COLUMNS = (
    "stay_id", "hospital_id", "person_id", "admitted_at", "discharged_at", "received_on", "voided",
    "drg", "day_case", "planned_readmission", "discharge_way", "total_amount", "fund_amount",
    "payment_standard",
)  # fmt: skip


def fen(name: str) -> pl.Expr:
    """An amount of the import format as whole fen."""
    return (pl.col(name) * 100).cast(pl.Int64).alias(name)


def scan(data: Path, name: str) -> pl.LazyFrame:
    """A delivered table, in one file or a folder of parts."""
    path = data / f"{name}.parquet"
    return pl.scan_parquet(path if path.exists() else data / name / "*.parquet")


@dataclass(frozen=True)
class Facts:
    """A city's delivered tables, for measuring."""

    data: Path
    months: int
    stays: pl.DataFrame
    bills: Bills
    reference: Reference

    def table(self, name: str) -> pl.LazyFrame:
        """One delivered table; empty of rows where the city has none."""
        return scan(self.data, name)

    @cached_property
    def clock(self) -> Clock:
        """The window: hospitals are known from its first day on."""
        first = self.hospitals["received_on"].min()
        if not isinstance(first, date):
            raise TypeError("the hospitals of a generated city say since when they are known")
        return Clock(first, self.months)

    @property
    def ended(self) -> date:
        """The day of the last discharge."""
        last = self.stays["discharged"].max()
        return last if isinstance(last, date) else self.clock.start

    @cached_property
    def hospitals(self) -> pl.DataFrame:
        """Hospitals, one row each."""
        rows = self.table("hospitals").collect().sort("hospital_id", "received_on")
        return rows.unique("hospital_id", keep="first", maintain_order=True)

    @cached_property
    def products(self) -> pl.DataFrame:
        """Catalogue rows of consumables with the key of their generic name."""
        named = self.reference.generics.select("key", generic_name="name_zh")
        columns = ("item_code", "generic_name", "valid_from", "vbp_selected", "platform_price")
        return self.table("consumables").select(columns).collect().join(named, on="generic_name")

    @cached_property
    def cuts(self) -> pl.DataFrame:
        """Generics with a selected product whose price fell steeply inside the window.

        Columns are ``key`` and ``cut``. Renewals and new codes of a product are no cuts.
        """
        price = pl.col("platform_price").cast(pl.Float64)
        steps = self.products.sort("item_code", "valid_from").with_columns(
            fall=price / price.shift(1).over("item_code")
        )
        steep = pl.col("vbp_selected") & (pl.col("fall") < STEEP)
        cut = steps.filter(steep & (pl.col("valid_from") > pl.lit(self.clock.start)))
        return cut.group_by("key").agg(cut=pl.col("valid_from").min()).sort("key")

    @cached_property
    def items(self) -> pl.DataFrame:
        """Billed units and fen by product, month and group, with the key of the generic."""
        ever = self.products.group_by("item_code").agg(
            pl.col("key").first(), selected=pl.col("vbp_selected").any()
        )
        return self.bills.items.join(ever, on="item_code").sort("item_code", "month", "adrg")

    @cached_property
    def key(self) -> pl.DataFrame:
        """The answer key; without rows where the folder has none."""
        path = self.data / "truth" / "truth.parquet"
        return pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=KEY)

    @cached_property
    def planted(self) -> pl.DataFrame:
        """What was planted, look-alikes left out."""
        return self.key.filter(~pl.col("innocent"))


KEY: dict[str, pl.DataType | type[pl.DataType]] = {
    "subject_type": pl.String, "subject_id": pl.String, "scheme": pl.String,
    "campaign_id": pl.String, "amount": pl.Decimal(18, 2), "innocent": pl.Boolean,
    "started_on": pl.Date, "ended_on": pl.Date, "hospital_id": pl.String, "resembles": pl.String,
}  # fmt: skip


def read_facts(data: Path, months: int) -> Facts:
    """Read a generated folder whose window has so many months."""
    reference = Reference.load()
    stays = _current(data)
    bills = read_bills(data, stays.select("stay_id", "drg"))
    stays = stays.join(bills.fees, on="stay_id", how="left", maintain_order="left")
    return Facts(data, months, _described(data, stays, reference), bills, reference)


def _current(data: Path) -> pl.DataFrame:
    """The newest version of each stay that was not cancelled."""
    money = [fen(name) for name in ("total_amount", "fund_amount", "payment_standard")]
    rows = scan(data, "stays").select(COLUMNS).with_columns(money).collect()
    newest = rows.sort("stay_id", "received_on").unique("stay_id", keep="last", maintain_order=True)
    return newest.filter(~pl.col("voided").fill_null(value=False))


def _described(data: Path, stays: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    houses = scan(data, "hospitals").select("hospital_id", "level", "ownership").collect()
    houses = houses.unique("hospital_id", keep="last")
    columns = ("person_id", "sex", "birth_date", "scheme", "person_type")
    people = scan(data, "persons").select(columns).collect()
    people = people.unique("person_id", keep="first")
    operated = scan(data, "stay_procedures").select("stay_id").unique().collect()
    groups = reference.groups.select("adrg", "structure", "season")
    rows = stays.with_columns(
        admitted=pl.col("admitted_at").dt.date(),
        discharged=pl.col("discharged_at").dt.date(),
        adrg=pl.col("drg").str.slice(0, 3),
    )
    for other, on in ((houses, "hospital_id"), (people, "person_id"), (groups, "adrg")):
        rows = rows.join(other, on=on, how="left")
    return rows.with_columns(
        # A stay within one day counts as one, as hospital statistics do.
        days=(pl.col("discharged") - pl.col("admitted")).dt.total_days().clip(1),
        age=(pl.col("admitted") - pl.col("birth_date")).dt.total_days() / DAYS_PER_YEAR,
        operated=pl.col("stay_id").is_in(operated["stay_id"].implode()),
    ).sort("stay_id")


def last_day(clock: Clock) -> date:
    """The last day of the window."""
    return clock.start + timedelta(days=clock.days - 1)
