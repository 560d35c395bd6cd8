"""A small city for the tests of ``synthetic/``, and an inspector's view of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

from claims.tables import BY_NAME
from synthetic import Prevalence, generate

STAYS, MONTHS, SEED = 1_500, 12, 20_240_101
START = date(2024, 1, 1)
# Denser than the default, so that every scheme shows at every difficulty in a small city.
DENSE = Prevalence({"H01": 0.04, "H02": 0.04, "C02": 0.05, "C05": 0.05, "C10": 0.03}, others=0.0)
# Innocent bills that name another item than the record does.
RENAMED = ("renewed_code", "same_group_substitute", "wrong_code_corrected", "both_used", "mis_scan")
KIND = 10  # characters of a code: class and generic name, the same for a code that renews another
LEDGER = ["hospital_id", "item_code"]
USE = ["stay_id", "item_code"]


@dataclass(frozen=True)
class Delivery:
    """A delivered city: its folder, and tables read as floats where they hold decimals."""

    out: Path

    def table(self, name: str) -> pl.DataFrame:
        """One table; money in yuan and quantities in units, as floats."""
        return _table(self.out, name)

    def truth(self, scheme: str | None = None, *, innocent: bool = False) -> pl.DataFrame:
        """The answer key, or its rows of one scheme or look-alike."""
        key = _table(self.out / "truth", "truth")
        if scheme is None:
            return key
        return key.filter((pl.col("scheme") == scheme) & (pl.col("innocent") == innocent))

    def live(self, name: str) -> pl.DataFrame:
        """A table of stays or their rows as the newest version of each stay has them.

        A stay sent again replaces its rows; a cancelled settlement has none.
        """
        return _live(self, name)

    def uses(self) -> pl.DataFrame:
        """Billed and recorded units and the highest billed price, by stay and item.

        Of the bills that stand: a cancelled settlement bills nothing.
        """
        return _uses(self)

    def residuals(self) -> pl.DataFrame:
        """Units billed beyond opening + purchases + transfers - closing, over the window."""
        moves = self.table("stock_moves")

        def moved(kind: str) -> pl.DataFrame:
            rows = moves.filter(pl.col("kind") == kind)
            return rows.group_by(LEDGER).agg(pl.col("quantity").sum().alias(kind))

        counts = self.table("stock_counts")
        last = counts.filter(pl.col("counted_on") == counts["counted_on"].max())
        frames = [
            moved("opening"),
            moved("transfer_in"),
            moved("transfer_out"),
            self.table("purchases").group_by(LEDGER).agg(bought=pl.col("quantity").sum()),
            last.group_by(LEDGER).agg(closing=pl.col("quantity").sum()),
        ]
        ledger = self.uses().group_by(LEDGER).agg(billed=pl.col("billed").sum())
        for frame in frames:
            ledger = ledger.join(frame, on=LEDGER, how="full", coalesce=True)
        ledger = ledger.with_columns(pl.selectors.numeric().fill_null(0.0))
        gone = pl.col("opening") + pl.col("bought") + pl.col("transfer_in")
        gone = gone - pl.col("transfer_out") - pl.col("closing")
        return ledger.with_columns(residual=pl.col("billed") - gone)

    def platform(self, uses: pl.DataFrame) -> pl.DataFrame:
        """Uses with the platform price of their day and the day it came into force."""
        catalogue = self.table("consumables").select(
            "item_code", "valid_from", "platform_price", "pack_factor"
        )
        dated = uses.with_columns(day=pl.col("performed_at").dt.date()).sort("day")
        return dated.join_asof(
            catalogue.sort("valid_from"),
            left_on="day",
            right_on="valid_from",
            by="item_code",
            check_sortedness=False,
        )

    def day_matrix(self) -> pl.DataFrame:
        """Each day in bed of each stay: yuan and lines of care ordered for that day."""
        stays = self.table("stays").select(
            "stay_id",
            day=pl.date_ranges(
                pl.col("admitted_at").dt.date(),
                pl.max_horizontal(
                    pl.col("admitted_at").dt.date(),
                    pl.col("discharged_at").dt.date() - pl.duration(days=1),
                ),
            ),
        )
        hotel = ["bed", "nursing", "consultation"]
        lines = self.table("fee_lines").filter(~pl.col("category").is_in(hotel))
        # Consumables packed for a whole stay are no sign of daily care.
        care = lines.filter(pl.col("category") != "consumable")
        daily = care.group_by("stay_id", day=pl.col("performed_at").dt.date()).agg(
            lines=pl.len(), yuan=pl.col("amount").sum()
        )
        every = stays.explode("day").join(daily, on=["stay_id", "day"], how="left")
        return every.with_columns(pl.col("lines", "yuan").fill_null(0)).sort("stay_id", "day")


# Tests ask for the same tables again and again; frames are never changed in place.
@lru_cache(maxsize=48)
def _table(folder: Path, name: str) -> pl.DataFrame:
    path = folder / f"{name}.parquet"
    frame = pl.read_parquet(path if path.exists() else folder / name / "*.parquet")
    return frame.with_columns(pl.selectors.decimal().cast(pl.Float64))


@lru_cache(maxsize=12)
def _live(city: Delivery, name: str) -> pl.DataFrame:
    newest = city.table("stays").sort("received_on").unique("stay_id", keep="last")
    standing = newest.filter(~pl.col("voided"))
    if name == "stays":
        return standing
    since = standing.select("stay_id", since="received_on")
    rows = city.table(name).join(since, on="stay_id")
    return rows.filter(pl.col("received_on") >= pl.col("since")).drop("since")


@lru_cache(maxsize=4)
def _uses(city: Delivery) -> pl.DataFrame:
    lines = city.live("fee_lines").filter(pl.col("category") == "consumable")
    billed = lines.group_by(USE).agg(
        billed=pl.col("quantity").sum(),
        price=pl.col("unit_price").max(),
        performed_at=pl.col("performed_at").min(),
        lot=pl.col("lot").drop_nulls().first(),
    )
    recorded = city.live("device_uses").group_by(USE).agg(used=pl.col("quantity").sum())
    stays = city.live("stays").select("stay_id", "hospital_id")
    both = billed.join(recorded, on=USE, how="full", coalesce=True).join(stays, on="stay_id")
    return both.with_columns(
        pl.col("billed", "used").fill_null(0.0),
        subject_id=pl.col("stay_id") + "|" + pl.col("item_code"),
    )


def least(values: pl.Series) -> float:
    """The smallest number of a column."""
    return float(values.to_numpy().min())


def most(values: pl.Series) -> float:
    """The largest number of a column."""
    return float(values.to_numpy().max())


def deliver(out: Path, *, stays: int = STAYS, seed: int = SEED) -> Delivery:
    """Generate a small dense city."""
    generate(
        out, stays=stays, months=MONTHS, seed=seed, start=START, audit_share=0.05, prevalence=DENSE
    )
    return Delivery(out)


def declared(name: str) -> list[str]:
    """Columns that the contract declares for a table."""
    return BY_NAME[name].names
