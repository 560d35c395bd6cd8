"""The figures beside the page: one line a row, columns named once, so that it stays small."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Data = dict[str, Any]
DIGITS = 4

COLUMNS, ROWS = "columns", "rows"


def save(data: Data, path: Path) -> None:
    """Write the figures; the same figures give the same bytes."""
    parts = [f"{json.dumps(name)}: {_written(value)}" for name, value in data.items()]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def load(path: Path) -> Data:
    """Read them back as they were counted."""
    held: Data = json.loads(path.read_text(encoding="utf-8"))
    return {name: _read(value) for name, value in held.items()}


def _is_table(value: Any) -> bool:  # noqa: ANN401
    rows = isinstance(value, list) and value and all(isinstance(row, dict) for row in value)
    return bool(rows) and len({tuple(row) for row in value}) == 1


def _written(value: Any) -> str:  # noqa: ANN401
    if not _is_table(value):
        return json.dumps(value, ensure_ascii=False)
    columns = json.dumps(list(value[0]), ensure_ascii=False)
    rows = ",\n".join(json.dumps(list(row.values()), ensure_ascii=False) for row in value)
    return f'{{"{COLUMNS}": {columns}, "{ROWS}": [\n{rows}\n]}}'


def _read(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict) and set(value) == {COLUMNS, ROWS}:
        return [dict(zip(value[COLUMNS], row, strict=True)) for row in value[ROWS]]
    return value


def rounded(rows: Iterable[Data]) -> list[Data]:
    """Numbers with few digits, and null where there is none."""
    return [{name: _rounded(value) for name, value in row.items()} for row in rows]


def _rounded(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")
