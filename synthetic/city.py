"""The public door: make a city and write it, with its answer key kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from claims.tables import BY_NAME
from synthetic import (
    answers,
    audits,
    bill,
    catalogue,
    census,
    coding,
    departures,
    editions,
    experience,
    goods,
    headers,
    hospitals,
    openings,
    persons,
    plan,
    price_lists,
    since,
    standards,
    supply,
    uses,
    visits,
)
from synthetic.asked import DIFFICULTIES, Asked, CityError, Prevalence, check
from synthetic.clock import Clock
from synthetic.declared import lookalikes, schemes
from synthetic.grammar import STAGES, Dose
from synthetic.randomness import Draw
from synthetic.reference import Reference
from synthetic.shift import Shift
from synthetic.state import City
from synthetic.world import World
from synthetic.writing import Parts, conform, write

Progress = Callable[[float, str], None]
Planting = Callable[[City], City]

CHUNK_STAYS = 15_000  # stays billed at a time; bounds the memory
STREAMED = ("fee_lines", "stays", "stay_diagnoses", "stay_procedures", "device_uses")


@dataclass(frozen=True)
class CitySummary:
    """Rows written by table (``truth`` among them), and where they lie."""

    out: Path
    rows: Mapping[str, int]


def generate(
    out: Path, *, stays: int, months: int, seed: int, start: date = date(2024, 1, 1),
    audit_share: float = 0.01, difficulty: tuple[int, ...] = DIFFICULTIES,
    progress: Progress | None = None, prevalence: Prevalence | None = None,
    shift: Shift | None = None,
) -> CitySummary:  # fmt: skip
    """Write a city of about ``stays`` stays over ``months`` months below ``out``.

    ``audit_share`` is the share of stays, and again of consumable uses, that past audits
    looked at; ``difficulty`` the levels of cunning to plant; ``shift`` what changes on a date.
    The answer key goes to ``out/truth/``. The same arguments give the same bytes.
    """
    check(stays, months, audit_share, difficulty)
    if start.day != 1:
        raise CityError(
            f"a city begins on the first day of a month (ledgers are monthly), not {start}"
        )
    tell = progress or _silent
    tell(0.0, "founding the city")
    world = found(stays=stays, months=months, seed=seed, start=start, shift=shift)
    city = live(world, stays, prevalence or Prevalence(), difficulty, shift or Shift())
    tell(0.25, f"{len(city.plan):,} stays planned, {len(city.uses):,} uses traced")
    written = dict(_write_static(world, city, Path(out)))
    written.update(_write_streams(city, Path(out), tell))
    written.update(_write_books(city, Path(out)))
    written.update(_write_judgements(city, Path(out), audit_share))
    tell(1.0, "the city is written")
    return CitySummary(Path(out), written)


def _silent(_share: float, _text: str) -> None:
    """Tell nobody."""


def found(*, stays: int, months: int, seed: int, start: date, shift: Shift | None = None) -> World:
    """Everything that is made once: hospitals, persons, price lists."""
    draw, clock, reference = Draw(seed), Clock(start, months), Reference.load()
    shift = shift or Shift()
    shift.check(clock)
    houses, listed = hospitals.build(draw, reference), catalogue.products(draw, clock, reference)
    products, first_days = since.build(draw, clock, reference, houses, listed, shift)
    return World(
        draw, clock, reference,
        houses, persons.build(draw, clock, stays),
        catalogue.services(clock, reference), products, first_days,
    )  # fmt: skip


def live(
    world: World, stays: int, prevalence: Prevalence, difficulty: tuple[int, ...],
    shift: Shift | None = None,
) -> City:  # fmt: skip
    """Plan care, trace goods, write the bill; corrupt each of them before the next is made."""
    asked = Asked(prevalence, difficulty, shift or Shift())
    honest = plan.make(world, stays)
    city = experience.calibrated(City(world, standards.build(world, world.clock), honest))
    made = {"care": _cared, "goods": _supplied, "bill": _visited}
    for stage in STAGES:
        city = made[stage](city)
        for plant in _plantings(city, stage, asked):
            city = plant(city)  # the one before is forgotten here; it can fill half a gigabyte
    return city


def _cared(city: City) -> City:
    return city


def _supplied(city: City) -> City:
    city, world = openings.cared(city), city.world
    city = replace(city, plan=headers.prepare(world, city.standards, city.plan))
    used = goods.honest(world, city.plan, uses.make(world, city.plan, city.wanted, city.switched))
    traced, store = supply.build(world, departures.left_out(city, used))
    return replace(city, uses=goods.charged(world, traced), goods=store)


def _visited(city: City) -> City:
    return replace(city, visits=visits.make(city.world, city.plan, city.visits))


def _plantings(city: City, stage: str, asked: Asked) -> list[Planting]:
    """Schemes first, so that no look-alike label hides one; then the look-alikes."""
    number = len(city.plan)
    doses = [
        (scheme.plant, asked.dose(scheme, number, city.world.clock))
        for scheme in schemes()
        if scheme.stage == stage
    ]
    alike = [
        (likeness.plant, Dose(max(1, round(number * likeness.share)), (0,)))
        for likeness in lookalikes()
        if likeness.stage == stage
    ]
    wanted = [(plant, dose) for plant, dose in doses if dose.subjects] + alike
    return [partial(_with_dose, plant, dose) for plant, dose in wanted]


def _with_dose(plant: Callable[[City, Dose], City], dose: Dose, city: City) -> City:
    return plant(city, dose)


def _write_static(world: World, city: City, out: Path) -> Iterator[tuple[str, int]]:
    known = pl.lit(world.clock.start)
    houses = world.houses.frame.drop("speciality", "district_key")
    frames = {
        "hospitals": houses,
        "service_items": price_lists.service_rows(world.services, world.clock),
        "consumables": price_lists.consumable_rows(world.products, world.clock),
        "drg_standards": city.standards.frame,
    }
    for name, frame in frames.items():
        rows = frame.with_columns(received_on=known)
        rows = openings.known(world, rows) if name == "hospitals" else rows
        yield name, write(conform(BY_NAME[name], rows), out / f"{name}.parquet")
    doctors = departures.staff(world, city.departures)
    doctors = openings.known(world, doctors)
    yield "physicians", write(conform(BY_NAME["physicians"], doctors), out / "physicians.parquet")
    yield "persons", write(conform(BY_NAME["persons"], census.rows(city)), out / "persons.parquet")


def chunks(frame: pl.DataFrame, city: City) -> list[pl.DataFrame]:
    """The plan by month of admission and hospital, in pieces that fit the memory."""
    month = pl.Series(city.month_of(frame["admit"].to_numpy()))
    ordered = frame.with_columns(month=month).sort("month", "hospital", "key").drop("month")
    return [ordered.slice(at, CHUNK_STAYS) for at in range(0, len(ordered), CHUNK_STAYS)]


def _write_streams(city: City, out: Path, tell: Progress) -> dict[str, int]:
    pieces = chunks(city.plan, city)
    parts = {name: Parts(out, BY_NAME[name], many=len(pieces) > 1) for name in STREAMED}
    for done, piece in enumerate(pieces, start=1):
        for name, frame in delivered(city, piece).items():
            parts[name].add(frame)
        tell(0.25 + 0.65 * done / len(pieces), f"billed part {done} of {len(pieces)}")
    return {name: part.rows for name, part in parts.items()}


def delivered(city: City, piece: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables of some stays; any piece of the plan gives the rows it gives in the whole."""
    world = city.world
    mine = bill.moved_to(piece, city.uses)
    lines, header = bill.bill(world, piece, mine, city.lines)
    of_stays = {
        "fee_lines": lines,
        "stay_procedures": departures.listed(city, piece, coding.procedures(world, piece)),
        "device_uses": departures.told(city, bill.register(world, piece, mine)),
    }
    tables = {name: headers.with_retyped(piece, rows) for name, rows in of_stays.items()}
    tables["stays"] = headers.sent_again(world, piece, header)
    tables["stay_diagnoses"] = coding.diagnoses(world, piece, city.codes)
    return editions.recoded(world, piece, tables)


def _write_books(city: City, out: Path) -> Iterator[tuple[str, int]]:
    seen = visits.rows(city.world, city.visits, city.plan)
    frames = {**goods.books(city), "outpatient_visits": seen}
    for name, frame in frames.items():
        rows = openings.delivered(city.world, name, frame)
        yield name, write(conform(BY_NAME[name], rows), out / f"{name}.parquet")


def _write_judgements(city: City, out: Path, audit_share: float) -> Iterator[tuple[str, int]]:
    outcomes = audits.outcomes(city, audit_share, answers.eyes())
    name = "audit_outcomes"
    yield name, write(conform(BY_NAME[name], outcomes), out / f"{name}.parquet")
    yield "truth", write(answers.rows(city), out / "truth" / "truth.parquet")
