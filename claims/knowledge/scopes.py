"""Dated scopes: what a class of device is paid and made for, as it stood on a day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from claims.errors import LakeError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

FILE = Path(__file__).with_name("scopes.toml")
CLASS_DIGITS = 7  # of an item code that name its class
Sex = Literal["F", "M"]
LISTS = ("diagnoses", "procedures", "inseparable", "departments")
FRAME: dict[str, Any] = {
    "class_code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date,
    **dict.fromkeys(LISTS, pl.List(pl.String)), "sex": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """One version of a scope; an empty list asks for nothing.

    ``diagnoses`` and ``procedures`` are prefixes of codes, one of which must be listed;
    ``inseparable`` procedures are not done without a device of one of the classes that name them.
    """

    since: date
    diagnoses: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    inseparable: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    sex: Sex | None = None

    def pays_for(self, diagnoses: Iterable[str]) -> bool:
        """Whether one of the diagnoses is in scope."""
        return _fits(self.diagnoses, diagnoses)

    def goes_with(self, procedures: Iterable[str]) -> bool:
        """Whether one of the procedures needs such a device."""
        return _fits(self.procedures, procedures)

    def belongs_to(self, department: str) -> bool:
        """Whether the department may use such a device."""
        return not self.departments or department in self.departments

    def suits(self, sex: str) -> bool:
        """Whether such a device is made for a person of this sex."""
        return self.sex is None or self.sex == sex


def _fits(prefixes: tuple[str, ...], codes: Iterable[str]) -> bool:
    return not prefixes or any(code.startswith(prefixes) for code in codes)


@dataclass(frozen=True)
class DeviceClass:
    """A class of device and its scopes, the oldest first."""

    code: str
    name: str
    name_zh: str
    basis: str
    versions: tuple[Scope, ...]

    def on(self, day: date) -> Scope | None:
        """The scope that held on a day; None before the first one."""
        past = [version for version in self.versions if version.since <= day]
        return past[-1] if past else None


@dataclass(frozen=True)
class Scopes:
    """All classes of device whose scope is known."""

    by_class: Mapping[str, DeviceClass]

    def __getitem__(self, class_code: str) -> DeviceClass:
        """The class of this code; an error with a hint otherwise."""
        if class_code not in self.by_class:
            hint = did_you_mean(class_code, self.by_class)
            raise LakeError(
                f"There is no device class '{class_code}' in claims/knowledge/scopes.toml.",
                f"Declare it there with a name, a basis and a first version.{hint}",
            )
        return self.by_class[class_code]

    def of_item(self, item_code: str, day: date) -> Scope | None:
        """The scope of an item on a day; None where nothing is known of its class."""
        known = self.by_class.get(item_code[:CLASS_DIGITS])
        return known.on(day) if known else None

    def frame(self) -> pl.DataFrame:
        """One row a class and version, for joins: from ``valid_from`` up to ``valid_to``."""
        rows = [row for known in self.by_class.values() for row in _rows(known)]
        return pl.DataFrame(rows, schema=FRAME, orient="row")


def _rows(known: DeviceClass) -> list[tuple[object, ...]]:
    """The versions of a class with their last days (null: still in force)."""
    ends = [later.since for later in known.versions[1:]]
    return [
        (known.code, one.since, end, *(list(getattr(one, name)) for name in LISTS), one.sex)
        for one, end in zip(known.versions, [*map(_day_before, ends), None], strict=True)
    ]


def _day_before(day: date) -> date:
    return day.fromordinal(day.toordinal() - 1)


@cache
def load_scopes(path: Path = FILE) -> Scopes:
    """Read the dated scopes."""
    with path.open("rb") as file:
        raw: dict[str, dict[str, Any]] = tomllib.load(file)
    return Scopes({code: _device_class(code, entry) for code, entry in raw.items()})


def _device_class(code: str, entry: dict[str, Any]) -> DeviceClass:
    versions = sorted((_scope(version) for version in entry["versions"]), key=lambda v: v.since)
    return DeviceClass(code, entry["name"], entry["name_zh"], entry["basis"], tuple(versions))


def _scope(entry: dict[str, Any]) -> Scope:
    lists = {name: tuple(entry.get(name, ())) for name in LISTS}
    return Scope(since=entry["since"], sex=entry.get("sex"), **lists)
