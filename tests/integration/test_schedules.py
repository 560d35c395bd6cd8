"""What prefect.yaml declares is what `jianbao serve` runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from prefect.client.schemas.schedules import CronSchedule

from claims.errors import SettingsError
from flows.serving import SCHEDULES, deployments


def test_every_declared_schedule_becomes_a_deployment() -> None:
    declared = yaml.safe_load(SCHEDULES.read_text(encoding="utf-8"))["deployments"]
    made = {item.name: item for item in deployments()}
    known = {"tonight", "monthly-retraining", "monthly-indicators", "weekly-watch"}
    assert set(made) == known == {item["name"] for item in declared}
    for item in declared:
        (schedule,) = made[item["name"]].schedules or []
        assert isinstance(schedule.schedule, CronSchedule)
        assert schedule.schedule.cron == item["schedules"][0]["cron"]
        assert schedule.schedule.timezone == "Asia/Shanghai"


def test_a_schedule_of_an_unknown_flow_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "prefect.yaml"
    wrong.write_text(
        "deployments:\n  - name: x\n    description: x\n"
        "    entrypoint: flows/scheduled.py:tonihgt\n    schedules: []\n"
    )
    with pytest.raises(SettingsError, match="tonihgt"):
        deployments(wrong)
