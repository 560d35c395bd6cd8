"""Run one measurement in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile

BYTES_PER_KILOBYTE, BYTES_PER_GB = 1_024, 1e9


def in_own_process(module: str, *words: str) -> dict[str, float]:
    """What ``python -m module words --one FOLDER`` prints last: a JSON object of figures."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", module, *words, "--one", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def peak_gigabytes() -> float:
    """Most memory that this process ever held; Linux counts it in units of 1,024 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_KILOBYTE / BYTES_PER_GB
