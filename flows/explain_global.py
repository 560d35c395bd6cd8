"""Explain a model as a whole: read the year it learned from, add up what moves it, write a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.errors import NotFoundError, did_you_mean
from claims.history import History
from features.catalogue import CATALOGUES
from features.declaration import VERSUS_PEERS
from flows.explain_page import page
from flows.judging import compared_in_time
from flows.landing import open_lake
from flows.monitor_reading import SCORE_COLUMNS, reference_of
from flows.offices import empty, in_office
from flows.training import ENTITIES, frozen_standards
from models.explain_global import RECORDS, Whole, whole
from models.frames import sample

if TYPE_CHECKING:
    from pathlib import Path

    from claims.settings import Settings

FOLDER = "explained"


def explain_model(settings: Settings, entity: str, out: Path | None = None) -> tuple[Whole, Path]:
    """Write the page of the model in office of an entity; what it shows, and where it lies."""
    if entity not in ENTITIES:
        known = ", ".join(ENTITIES)
        raise NotFoundError(
            f"There is no model for '{entity}'.",
            f"Name one of: {known}.{did_you_mean(entity, ENTITIES)}",
        )
    held = in_office(settings.home)
    bundle = held.bundles.get(entity)
    if bundle is None:
        raise empty(held, f" of '{entity}'")
    lake = open_lake(settings)
    kept = sample(reference_of(lake, entity, bundle), RECORDS, settings.seed)
    base = kept.drop(*SCORE_COLUMNS, "model_version", "run_date")
    history = History.of(lake, bundle.trained_as_of)
    standards = frozen_standards(lake, bundle.trained_as_of).filter(pl.col("entity") == entity)
    measured = compared_in_time(history, entity, base, standards).frame
    families = CATALOGUES[entity].families()
    told = whole(bundle, measured, families, VERSUS_PEERS, seed=settings.seed)
    place = out or settings.home / FOLDER / f"{entity}-{bundle.version}.html"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(page(entity, bundle, told), encoding="utf-8")
    return told, place
