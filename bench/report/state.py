"""Which code made a city and which judged it, as a short hash of all that they can reach.

A result of other code must not be pooled with results of this one unawares.
"""

from __future__ import annotations

import ast
from functools import cache
from hashlib import blake2b
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("claims", "synthetic", "features", "rules", "models", "cases", "flows")
SHORT = 6  # bytes
IGNORED = {".py", ".pyc"}  # code is read module by module, the rest of a room as data


def of_judging() -> str:
    """The code that screens an extract, with the data of the rooms it lives in."""
    return _digest(_reached(("flows.screen",)))


def of_city() -> str:
    """The code that generates a city."""
    folder = ROOT / "synthetic"
    found = [path for path in sorted(folder.rglob("*.py")) if "realism" not in path.parts]
    return _digest(_reached(tuple(_name(path) for path in found)))


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _file(module: str) -> Path | None:
    if module.split(".", maxsplit=1)[0] not in ROOMS:
        return None
    stem = ROOT / module.replace(".", "/")
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.exists():
            return path
    return None


def _reached(roots: tuple[str, ...]) -> list[Path]:
    """Files of the modules that these import, directly or not, inside functions or not."""
    waiting, found = list(roots), set[Path]()
    while waiting:
        path = _file(waiting.pop())
        if path is not None and path not in found:
            found.add(path)
            waiting += _imports(path)
    return sorted(found)


@cache
def _imports(path: Path) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return tuple(names)


def _digest(modules: list[Path]) -> str:
    rooms = {path.relative_to(ROOT).parts[0] for path in modules}
    data = [
        path
        for room in sorted(rooms)
        for path in sorted((ROOT / room).rglob("*"))
        if path.is_file() and path.suffix not in IGNORED
    ]
    told = blake2b(digest_size=SHORT)
    for path in [*modules, *data]:
        told.update(str(path.relative_to(ROOT)).encode())
        told.update(path.read_bytes())
    return told.hexdigest()
