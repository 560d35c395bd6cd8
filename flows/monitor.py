"""The watch on drift as a Prefect flow: compare recent nights, keep the figures, say what moved."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from claims.lake import Span
from claims.results import DRIFT
from claims.settings import Settings
from flows.handed import as_it_is
from flows.monitor_figures import of_deliveries, of_queue, of_records, shapes_of
from flows.monitor_page import page
from flows.monitor_reading import Watched, Window, watched
from flows.monitor_words import message, sentence
from flows.notifying import notify
from flows.offices import empty, in_office
from flows.published import newest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flows.published import Published
    from models.drift import Figure
    from models.drift_shapes import Shape

DAYS = (7, 28)
FOLDER, PAGE, DATA = "monitor", "drift.html", "drift.json"


@dataclass(frozen=True)
class Found:
    """The figures of every window, the hospitals' names, and the models held against.

    ``shapes``: by window how scores, and features that moved, lay before and lie now.
    """

    last: date
    figures: dict[int, list[Figure]]
    hospitals: dict[str, str]
    models: dict[str, tuple[str, date]]
    shapes: dict[int, list[Shape]] = field(default_factory=dict)

    @property
    def all(self) -> list[Figure]:
        """Figures of all windows, what moved in the longest first."""
        return [one for days in sorted(self.figures, reverse=True) for one in self.figures[days]]


@task(name="compare", cache_policy=NO_CACHE)
def compare(
    settings: Settings,
    last: date | None,
    days: Sequence[int],
    progress: Callable[[str], None] | None,
) -> Found:
    """Hold each window against the reference of the models in office."""
    shown = newest(settings, last) if last else _newest_night(settings)
    held = in_office(settings.home)
    bundles = held.bundles
    if not bundles:
        raise empty(held, " to hold recent nights against")
    tell = progress or (lambda _: None)
    tell("reading what the models learned from")
    kinds = watched(shown, bundles)
    before = min(bundle.trained_as_of for bundle in bundles.values())
    figures, shapes = {}, {}
    for number in days:
        tell(f"comparing the last {number} nights")
        window = Window.until(shown.night, number)
        figures[number] = _figures(shown, kinds, before, window)
        shapes[number] = [each for one in kinds for each in shapes_of(one, window, figures[number])]
    models = {one: (bundle.version, bundle.trained_as_of) for one, bundle in bundles.items()}
    return Found(shown.night, figures, shown.names().hospitals, models, shapes)


def _newest_night(settings: Settings) -> Published:
    """The newest night, and not a screen that was published later."""
    from flows.landing import open_lake  # noqa: PLC0415
    from flows.manifests import newest_manifest  # noqa: PLC0415
    from flows.published import Published  # noqa: PLC0415

    lake = open_lake(settings)
    return Published(lake, newest_manifest(lake))


def _figures(
    shown: Published, kinds: Sequence[Watched], before: date, window: Window
) -> list[Figure]:
    found = of_deliveries(shown, before, window)
    for one in kinds:
        found += [*of_records(one, window), *of_queue(one, window)]
    return found


@task(name="keep figures", cache_policy=NO_CACHE)
def keep_figures(settings: Settings, found: Found) -> None:
    """Replace the night's rows of table `drift`."""
    from flows.landing import open_lake  # noqa: PLC0415

    open_lake(settings).replace(
        DRIFT.name, rows(found), Span.night(found.last), keys=list(DRIFT.key)
    )


def rows(found: Found) -> pl.DataFrame:
    """The figures as rows of table `drift`."""
    made = [
        asdict(one)
        | {
            "run_date": found.last,
            "days": days,
            "model_version": found.models.get(one.entity, (None,))[0],
            "text_en": sentence(one, found.hospitals),
            "text_zh": sentence(one, found.hospitals, zh=True),
        }
        for days, figures in found.figures.items()
        for one in figures
    ]
    return pl.DataFrame(made, schema=DRIFT.dtypes())


@task(name="write page", cache_policy=NO_CACHE)
def write_page(settings: Settings, found: Found, out: Path | None) -> dict[str, str]:
    """Write the page and the same as JSON; where they lie."""
    place = out or settings.home / FOLDER / f"{found.last}" / PAGE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(page(found), encoding="utf-8")
    data = place.with_suffix(".json")
    data.write_text(
        json.dumps(rows(found).to_dicts(), ensure_ascii=False, default=str, indent=1) + "\n",
        encoding="utf-8",
    )
    return {"page": f"{place}", "data": f"{data}"}


@flow(name="monitor", validate_parameters=False)
def monitor(
    settings: Settings,
    last: date | None = None,
    days: Sequence[int] = DAYS,
    out: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Mapping[str, Any]:
    """Compare the nights up to ``last`` (else the newest) with the models' past; warn of drift."""
    found = compare(settings, last, days, progress)
    keep_figures(settings, as_it_is(found))
    places = write_page(settings, as_it_is(found), out)
    warning = message(found.all, found.last)
    if warning is not None:
        notify(settings, warning)
    return {"found": found, "warned": warning is not None, **places}
