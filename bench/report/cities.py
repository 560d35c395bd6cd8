"""Make and judge one city, each step in a process of its own, and keep what it gave.

A run that stops is started again where it stopped: a city that lies there is not made again,
a result that lies there is not judged again, as long as both come of what is asked and of the
code as it stands.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bench.report import state
from bench.report.reading import read
from bench.report.results import MADE, TABLES, Result, read_made
from claims.errors import JianbaoError
from claims.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.report.asked import Asked

    Tell = Callable[[str], None]

JIANBAO = (sys.executable, "-c", "from flows.command_line import main; main()")
SCREEN = "city"
BYTES_PER_KILOBYTE, BYTES_PER_GB = 1_024, 1e9  # Linux counts peak memory in units of 1,024 bytes


class StepError(JianbaoError):
    """A step of making or judging a city failed."""

    exit_code = 11


@dataclass(frozen=True)
class Step:
    """What one process took: seconds by the clock, and memory at its peak in GB."""

    seconds: float
    peak: float


@dataclass(frozen=True)
class Workshop:
    """The folder of one city: its tables, the data folder of its screen, its result."""

    folder: Path

    @property
    def city(self) -> Path:
        """The delivered tables and the answer key."""
        return self.folder / "city"

    @property
    def home(self) -> Path:
        """Data folder of the installation that judges it; cleared when the result is kept."""
        return self.folder / "home"

    @property
    def result(self) -> Path:
        """What is kept."""
        return self.folder / "result"


def result_of(asked: Asked, seed: int, work: Path, tell: Tell, *, as_judged: bool) -> Result:
    """The result of one city, made where there is none yet.

    ``as_judged`` takes a result as it lies there although other code judged it.
    """
    shop = Workshop(work / f"seed-{seed}")
    made = read_made(shop.result, TABLES)
    same = made.get("asked") == asked.of(seed)
    if same and (as_judged or made.get("state") == states()):
        tell(f"seed {seed}: already judged")
        return Result.load(shop.result)
    return _judged(asked.of(seed), shop, tell)


def states() -> dict[str, str]:
    """The code that makes cities and the code that judges, as hashes."""
    return {"city": state.of_city(), "judging": state.of_judging()}


def _judged(asked: dict[str, Any], shop: Workshop, tell: Tell) -> Result:
    shutil.rmtree(shop.result, ignore_errors=True)
    generated = _generated(asked, shop, tell)
    tell(f"seed {asked['seed']}: screening out of fold")
    shutil.rmtree(shop.home, ignore_errors=True)
    _fix_pseudonyms(shop.home, int(asked["seed"]))
    screened = _run(shop, "screen", str(shop.city), "--name", SCREEN)
    tell(f"seed {asked['seed']}: reading {screened.seconds / 60:.1f} minutes' work")
    tables, population = read(load_settings(home=shop.home), SCREEN, shop.city / "truth")
    made = {
        "asked": asked,
        "state": states(),
        "cores": os.cpu_count(),
        "seconds": {"generate": generated["seconds"], "screen": round(screened.seconds, 1)},
        "peak_gb": round(max(generated["peak_gb"], screened.peak), 2),
        "population": population,
    }
    result = Result.of(made, **tables)
    result.save(shop.result)
    shutil.rmtree(shop.home)
    return result


def _generated(asked: dict[str, Any], shop: Workshop, tell: Tell) -> dict[str, Any]:
    """Make the city unless the very same lies there; seconds and memory it took."""
    held = read_made(shop.city)
    if held.get("asked") == asked and held.get("state") == state.of_city():
        return held
    tell(f"seed {asked['seed']}: generating {asked['stays']:,} stays")
    shutil.rmtree(shop.city, ignore_errors=True)
    words = [
        f"--{name.replace('_', '-')}={value}"
        for name, value in asked.items()
    ]  # fmt: skip
    step = _run(shop, "generate", f"--out={shop.city}", *words)
    made = {
        "asked": asked,
        "state": state.of_city(),
        "seconds": round(step.seconds, 1),
        "peak_gb": round(step.peak, 2),
    }
    (shop.city / MADE).write_text(json.dumps(made, indent=1), encoding="utf-8")
    return made


def _fix_pseudonyms(home: Path, seed: int) -> None:
    """Give the installation a key that follows from the seed.

    Folds are cut by pseudonym, so that a key drawn anew would move every figure a little. The
    persons of a synthetic city are nobody, and have nothing to hide.
    """
    keys = home / "keys"
    keys.mkdir(parents=True)
    (keys / "pseudonym.key").write_text(sha256(f"report {seed}".encode()).hexdigest())


def _run(shop: Workshop, *words: str) -> Step:
    """Run a command with default settings, whatever the caller's folder or variables say."""
    log = shop.folder / f"{words[0]}.log"
    shop.folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with log.open("w", encoding="utf-8") as told:
        child = subprocess.Popen(  # noqa: S603 - our own command
            [*JIANBAO, "--home", str(shop.home), *words],
            cwd=shop.folder, env=_environment(), stdout=told, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            # Whoever stops the report stops the step too; it would go on writing below it.
            child.kill()
            raise
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise StepError(
            f"`jianbao {words[0]}` stopped with exit code {child.returncode}:\n{_last(log)}",
            f"The whole log is {log}. Run the report again to go on from here.",
        )
    return Step(time.perf_counter() - began, used.ru_maxrss * BYTES_PER_KILOBYTE / BYTES_PER_GB)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIANBAO_")}
    return kept | {"PYTHONPATH": str(state.ROOT)}


def _last(log: Path) -> str:
    lines: Sequence[str] = log.read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[-12:])
