"""Keep the screen quiet and the data at home: set before any of these libraries loads."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

SILENT = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "False",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # What a person can solve is said once by the command line, anything else by Python.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    # The temporary server prints tracebacks when its process ends; nobody can act on them.
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_CLI_PROMPT": "false",
    # A busy machine takes longer than the 20 s that Prefect allows by itself.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # Polars waits with one thread for each file of a large question, and warns of a deadlock,
    # of which there is none, when that takes more than 512.
    "POLARS_MAX_BLOCKING_THREAD_COUNT": "4096",
}


def hush(home: Path) -> None:
    """Silence telemetry and server noise, and keep Prefect's files under the data folder.

    A variable that is set already wins, so that an operator can turn the noise on.
    """
    for name, value in SILENT.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str((home / "prefect").absolute()))
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore", module=r"(prefect|mlflow|great_expectations|shap|pyod)\b")
