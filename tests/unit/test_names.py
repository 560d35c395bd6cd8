"""Plain folder names mean our folders, whatever else is installed."""

from __future__ import annotations

import tomllib
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@pytest.mark.parametrize("name", ROOMS)
def test_the_name_means_our_folder(name: str) -> None:
    module = import_module(name)
    assert module.__file__ == str(ROOT / name / "__init__.py")
    assert packages_distributions().get(name, ["jianbao"]) == ["jianbao"]


def test_every_folder_of_code_is_a_room_of_the_package() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders - {"tests", "bench", "docs"} == set(ROOMS)


def test_folders_of_tests_are_packages_and_hide_no_room() -> None:
    folders = [path for path in (ROOT / "tests").rglob("*") if any(path.glob("*.py"))]
    assert all((folder / "__init__.py").exists() for folder in folders)
    assert not {folder.name for folder in folders} & set(ROOMS)


def test_the_package_cannot_reach_a_public_index() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
