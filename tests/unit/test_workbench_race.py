"""Real processes race for the same cases: none is taken twice, none decided twice, none lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from claims.lake import Lake
from claims.settings import load_settings
from tests.workbench_lake import case, write_whole

pytest_plugins = ("tests.postgres",)

ROOT = Path(__file__).parents[2]
CASES, RACERS = 24, 4
PREPARE = """
from workbench import serve
for number in range({racers}):
    serve.add_user(f"racer-{{number}}", "correct horse battery")
"""
COUNT = """
from workbench import serve
serve.prepare()
from workbench.models import CaseFile, Opinion, Outcome, TrailEntry
from workbench.services.trail import verify
print(CaseFile.objects.filter(state="refuted").count(), Opinion.objects.count(),
      Outcome.objects.count(), TrailEntry.objects.filter(event="case.refuted").count(),
      verify().why or "whole")
"""


def run(code: list[str], environment: dict[str, str]) -> str:
    """Run Python to its end and return what it said."""
    done = subprocess.run(
        [sys.executable, *code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def race(environment: dict[str, str]) -> None:
    """Let the racers run at the same time, and count what they did."""
    run(["-c", PREPARE.format(racers=RACERS)], environment)
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.unit.racing", f"racer-{number}"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(RACERS)
    ]  # fmt: skip
    said = [racer.communicate() for racer in racers]
    assert [(racer.returncode, err) for racer, (_, err) in zip(racers, said, strict=True)] == [
        (0, "")
    ] * RACERS
    decided = [line for out, _ in said for line in out.split()]
    assert len(decided) == len(set(decided)) == CASES
    assert run(["-c", COUNT], environment).split() == [str(CASES)] * 4 + ["whole"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of processes that work on a city of cases of this test alone."""
    home = tmp_path / "home"
    write_whole(
        Lake.at(load_settings(home=home).lake),
        [case(number, amount_at_risk=1000) for number in range(1, CASES + 1)],
    )
    return os.environ | {
        "JIANBAO_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
    }


def test_on_sqlite_no_case_is_decided_twice(environment: dict[str, str]) -> None:
    race(environment)


def test_on_postgresql_no_case_is_decided_twice(postgres: str, environment: dict[str, str]) -> None:
    race(environment | {"JIANBAO_DATABASE_URL": postgres})
