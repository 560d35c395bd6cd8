"""What the schedules of ``prefect.yaml`` start: flows without parameters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from prefect import flow

from claims.settings import settings
from flows.indicators import store_month
from flows.monitor import monitor
from flows.nightly import nightly
from flows.retrain import retrain
from flows.unrecorded import must_be_recorded


@flow(name="tonight")
def tonight() -> dict[str, Any]:
    """Run the night that has just begun."""
    return nightly(settings(), date.today())  # noqa: DTZ011 - the local calendar night


@flow(name="monthly retraining")
def monthly_retraining() -> dict[str, Any]:
    """Train on all that was known yesterday; promotion stays with people."""
    report = retrain(settings(), date.today() - timedelta(days=1))  # noqa: DTZ011
    # Nobody reads the report of a schedule; a failed run is seen.
    must_be_recorded(report)
    return report


@flow(name="monthly indicators")
def monthly_indicators() -> dict[str, Any]:
    """Write the indicators of the last whole month, as known on the last published night."""
    month, rows = store_month(settings())
    return {"month": f"{month:%Y-%m}", "rows": rows}


@flow(name="weekly watch")
def weekly_watch() -> dict[str, Any]:
    """Hold the last nights against what the models learned from; warn of what moved."""
    told = monitor(settings())
    return {"page": told["page"], "warned": told["warned"]}
