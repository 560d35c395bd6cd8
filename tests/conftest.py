"""What all tests share: a quiet Prefect, no network beyond this machine, one small city."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from flows.quiet import hush

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claims.settings import Settings

# Before Django or Prefect is imported: no test may see or touch a real data folder.
SCRATCH = Path(tempfile.mkdtemp(prefix="jianbao-tests-"))
os.environ["JIANBAO_HOME"] = str(SCRATCH / "home")
hush(SCRATCH)
# An example that is slow on a busy machine is not wrong.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

# Denser in schemes and audits than a real city, so that a small one can train a ranker.
STAYS, MONTHS, SEED, AUDIT_SHARE = 3_000, 10, 11, 0.2
DENSE = {"H01": 0.04, "H02": 0.04, "C02": 0.05, "C05": 0.05, "C10": 0.03}
LAST_HISTORY = date(2024, 9, 25)
# Growths that a training tries: enough for the search to run, few enough to be quick.
TRIALS = 3
NIGHTS = tuple(date(2024, 9, day) for day in (26, 27, 28))


NIGHTS_GROUP = "whole nights"
SHARING = ("free_lunch", "witness")
DEAREST = (NIGHTS_GROUP, *SHARING)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On several processes: name the group that stays together, the dearest groups first.

    A group is what uses the Prefect server and the trained city, a folder that shares its
    cities, else a file. Begun last, a dear group would leave one process alone with it.
    """
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _group(item) not in DEAREST)


def _group(item: pytest.Item) -> str:
    if "prefect_server" in getattr(item, "fixturenames", ()):
        return NIGHTS_GROUP
    folder = item.path.parent.name
    return folder if folder in SHARING else item.path.stem


def pytest_sessionfinish() -> None:
    """Leave nothing behind."""
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """One temporary Prefect server for the whole run; flows under test use it."""
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="session")
def trained_home(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small city's history, trained; its last nights in the inbox."""
    from claims.settings import load_settings  # noqa: PLC0415
    from flows.ingest import ingest  # noqa: PLC0415
    from flows.retrain import retrain  # noqa: PLC0415
    from synthetic import Prevalence, generate  # noqa: PLC0415

    home = tmp_path_factory.mktemp("trained") / "home"
    city = home.parent / "city"
    generate(
        city,
        stays=STAYS,
        months=MONTHS,
        seed=SEED,
        audit_share=AUDIT_SHARE,
        prevalence=Prevalence(DENSE, others=0.0),
    )
    settings = load_settings(home=home, tuning_trials=TRIALS)
    ingest(settings, city, until=LAST_HISTORY)
    # Nothing that follows may need the city; its answer key is for the evaluation alone.
    shutil.move(city / "truth", home.parent / "truth")
    shutil.rmtree(city)
    retrain(settings, LAST_HISTORY)
    return home


@pytest.fixture(scope="session")
def truth(trained_home: Path) -> Path:
    """The answer key of the small city."""
    return trained_home.parent / "truth"


@pytest.fixture
def home(trained_home: Path, tmp_path: Path) -> Settings:
    """Settings of a private copy of the trained city."""
    from claims.settings import load_settings  # noqa: PLC0415

    copy = tmp_path / "home"
    shutil.copytree(trained_home, copy)
    return load_settings(home=copy, tuning_trials=TRIALS)


@pytest.fixture(scope="session")
def run_home(trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a city whose nights were run; for reading only."""
    from claims.settings import load_settings  # noqa: PLC0415
    from flows.nightly import nightly  # noqa: PLC0415

    copy = tmp_path_factory.mktemp("run") / "home"
    shutil.copytree(trained_home, copy)
    settings = load_settings(home=copy, tuning_trials=TRIALS)
    for night in NIGHTS:
        nightly(settings, night)
    return settings
