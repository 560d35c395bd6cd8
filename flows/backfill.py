"""Nights one after another, oldest first, as a Prefect flow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from prefect import flow

from claims.errors import SettingsError
from claims.settings import Settings
from flows.nightly import nightly
from flows.notifying import notify, of_failure, of_nights

if TYPE_CHECKING:
    from collections.abc import Callable


@flow(name="backfill", validate_parameters=False)
def backfill(
    settings: Settings,
    first: date,
    last: date,
    progress: Callable[[str], None] | None = None,
) -> list[dict[str, Any]]:
    """Run every night from ``first`` to ``last``; returns their reports."""
    if last < first:
        raise SettingsError(
            f"The last night, {last}, lies before the first, {first}.", "Exchange --from and --to."
        )
    # One message for all of them; a night that fails still tells of itself.
    reports: list[dict[str, Any]] = []
    quiet = settings.model_copy(update={"notify": ()})
    for offset in range((last - first).days + 1):
        on = first + timedelta(days=offset)
        if progress is not None:
            progress(f"night of {on}")
        reports.append(_told(settings, quiet, on))
    notify(settings, of_nights(reports))
    return reports


def _told(settings: Settings, quiet: Settings, on: date) -> dict[str, Any]:
    try:
        return nightly(quiet, on)
    except Exception as error:
        notify(settings, of_failure(on, error))
        raise
