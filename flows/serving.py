"""Keep the schedules of ``prefect.yaml`` running in this process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from prefect import Flow
from prefect import serve as prefect_serve
from prefect.schedules import Cron

from claims.errors import SettingsError
from flows import scheduled

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

    from claims.settings import Settings

SCHEDULES = Path(__file__).resolve().parent.parent / "prefect.yaml"


def deployments(schedules: Path = SCHEDULES) -> list[RunnerDeployment]:
    """The deployments that the file declares; SettingsError when it names no such flow."""
    declared = yaml.safe_load(schedules.read_text(encoding="utf-8"))["deployments"]
    return [_deployment(item) for item in declared]


def _deployment(item: dict[str, Any]) -> RunnerDeployment:
    name = item["entrypoint"].rpartition(":")[2]
    found = getattr(scheduled, name, None)
    if not isinstance(found, Flow):
        raise SettingsError(
            f"prefect.yaml names the flow '{name}', which flows/scheduled.py does not have.",
            "Correct the entrypoint.",
        )
    return found.to_deployment(  # type: ignore[return-value] # a coroutine only in async code
        name=item["name"],
        description=item["description"],
        schedules=[Cron(one["cron"], timezone=one["timezone"]) for one in item["schedules"]],
    )


def serve(settings: Settings) -> None:
    """Run until stopped, starting each flow when its time has come."""
    os.environ["JIANBAO_HOME"] = str(settings.home.absolute())
    prefect_serve(*deployments())
