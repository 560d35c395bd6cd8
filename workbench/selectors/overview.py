"""From the city down to a physician: what was raised, what was confirmed, what came back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from workbench import life
from workbench.models import Outcome
from workbench.selectors.hospitals import known
from workbench.selectors.precision import SMALL, Share, weighted
from workbench.selectors.raised import counted, detectors, nothing_raised, raised

if TYPE_CHECKING:
    from datetime import date

    from claims.lake import Lake
    from workbench.selectors.nights import Night

# Each rung of the ladder and the column that names its units.
RUNGS: Final = ("district", "hospital_id", "department", "physician_id")
DECIDED: Final = (life.CONFIRMED, life.REFUTED, life.OVERTURNED)
RANDOM = "random"
# The rungs that scores tell.
SCORED: Final = ("district", "hospital_id")


@dataclass(frozen=True)
class Place:
    """Where on the ladder a reader stands: the units chosen so far."""

    chosen: dict[str, str] = field(default_factory=dict)
    scenario: str | None = None
    only_district: str = ""

    @property
    def rung(self) -> str | None:
        """The rung whose units are listed next; None below the last."""
        return next((rung for rung in RUNGS if rung not in self.chosen), None)

    def condition(self) -> list[pl.Expr]:
        """What belongs to this place."""
        wanted = [(name, value) for name, value in self.chosen.items()]
        if self.only_district:
            wanted.append(("district", self.only_district))
        if self.scenario:
            wanted.append(("scenario", self.scenario))
        return [(pl.col(name) == value).fill_null(value=False) for name, value in wanted]


@dataclass(frozen=True)
class Line:
    """One unit, rule or detector; numbers under five are not shown."""

    key: str
    name: str
    points: int
    amount: int
    recovered: int
    precision: Share
    scored: int | None = None

    @property
    def small(self) -> bool:
        """Whether so few points stand behind it that they could be told apart."""
        return self.points < SMALL

    @property
    def rate(self) -> float | None:
        """Points among the records scored."""
        return self.points / self.scored if self.scored else None


def units(lake: Lake, nights: tuple[Night, ...], place: Place) -> list[Line]:
    """The units of the next rung, most doubt first."""
    rung = place.rung
    if rung is None:
        return []
    rows = points(lake, nights, place)
    scored = _scored(lake, nights, place, rung)
    return _lines(rows, rung, scored, names(lake, nights) if rung == "hospital_id" else {})


def names(lake: Lake, nights: tuple[Night, ...], district: str = "") -> dict[str, str]:
    """What hospitals are called, by their number; those of one district where one is given."""
    rows = known(lake, nights)
    mine = rows.filter(pl.col("district") == district) if district else rows
    return dict(mine.select("hospital_id", "name").iter_rows())


def by_rule(rows: pl.DataFrame) -> list[Line]:
    """Every rule that reported, with how often it was right."""
    told = rows.explode("codes", empty_as_null=True).drop_nulls("codes")
    return _lines(told, "codes", {}, {})


def by_detector(lake: Lake, nights: tuple[Night, ...], rows: pl.DataFrame) -> list[Line]:
    """Every detector and band that marked a point, with how often it was right."""
    labels = detectors(lake, nights[0]) if nights else None
    if labels is None:
        return []
    return _lines(rows.join(labels, on=["run_date", "subject_id"]), "detector", {}, {})


def missed(
    lake: Lake, nights: tuple[Night, ...], place: Place, rows: pl.DataFrame
) -> tuple[Share, int]:
    """The share confirmed among what the lot drew, and how many records were scored there.

    Scores tell their hospital and no more: below it, it is the whole hospital's number.
    """
    drawn = rows.filter(
        (pl.col("selected_by") == RANDOM) & pl.col("outcome").is_in([life.CONFIRMED, life.REFUTED])
    ).select("outcome", "selection_probability")
    found = [(one == life.CONFIRMED, chance or 1.0) for one, chance in drawn.iter_rows()]
    told = {name: value for name, value in place.chosen.items() if name in SCORED}
    whole = replace(place, chosen=told)
    return weighted(found), sum(_scored(lake, nights, whole, "scenario").values())


def points(lake: Lake, nights: tuple[Night, ...], place: Place) -> pl.DataFrame:
    """One row a doubtful point of the year, with where it belongs and what became of it."""
    if not nights:
        return nothing_raised().join(_outcomes(), on="subject_id", how="left")
    rows = raised(lake, nights[0]).join(_outcomes(), on="subject_id", how="left")
    return rows.filter(*place.condition()) if place.condition() else rows


def total(rows: pl.DataFrame) -> Line:
    """Everything of a place in one line."""
    found = _lines(rows.with_columns(all=pl.lit("all")), "all", {}, {})
    return found[0] if found else Line("all", "", 0, 0, 0, Share(0, 0))


def months(rows: pl.DataFrame) -> list[tuple[date, int, int]]:
    """Points and doubted fen by the month of their night."""
    month = pl.col("run_date").dt.truncate("1mo")
    found = rows.group_by(month).agg(pl.len(), pl.col("amount_at_risk").sum()).sort("run_date")
    return list(found.iter_rows())


def _lines(
    rows: pl.DataFrame, by: str, scored: dict[str, int], names: dict[str, str]
) -> list[Line]:
    decided = pl.col("outcome").is_in(DECIDED)
    found = (
        rows.drop_nulls(by)
        .group_by(by)
        .agg(
            points=pl.len(),
            amount=pl.col("amount_at_risk").sum(),
            recovered=pl.col("recovered").sum(),
            decided=decided.sum(),
            hits=(pl.col("outcome") == life.CONFIRMED).sum(),
        )
        .sort("amount", by, descending=[True, False])
    )
    return [
        Line(
            row[by],
            names.get(row[by], row[by]),
            row["points"],
            row["amount"],
            row["recovered"] or 0,
            Share(row["hits"] or 0, row["decided"] or 0),
            scored.get(row[by]),
        )
        for row in found.iter_rows(named=True)
    ]


def _outcomes() -> pl.DataFrame:
    """The conclusion that stands about each subject."""
    rows = list(
        Outcome.objects.order_by("decided_on", "outcome_id").values_list(
            "subject_id", "outcome", "amount_recovered"
        )
    )
    schema = {"subject_id": pl.String(), "outcome": pl.String(), "recovered": pl.Int64()}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.unique("subject_id", keep="last", maintain_order=True)


def _scored(lake: Lake, nights: tuple[Night, ...], place: Place, rung: str) -> dict[str, Any]:
    """Records scored in the year by a rung; only where scores tell the rung."""
    if not nights or rung not in ("district", "hospital_id", "scenario"):
        return {}
    counts = counted(lake, nights[0])
    placed = counts.join(
        known(lake, nights).select("hospital_id", "district"), on="hospital_id", how="left"
    )
    return dict(
        placed.filter(*place.condition() or [pl.lit(value=True)])
        .drop_nulls(rung)
        .group_by(rung)
        .agg(pl.col("len").sum())
        .iter_rows()
    )
