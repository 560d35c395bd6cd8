"""How a scheme and an innocent look-alike are declared, and how they are gathered.

A module in ``schemes/`` or ``lookalikes/`` declares one function with ``@scheme`` or
``@lookalike``. ``gather`` finds them by reading the package; nothing is registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal, TypeVar

from synthetic.state import City

if TYPE_CHECKING:
    from types import ModuleType

Stage = Literal["care", "goods", "bill"]
STAGES: tuple[Stage, ...] = ("care", "goods", "bill")
Subject = Literal["stay", "use", "ledger", "person", "physician", "hospital", "group"]
Plant = Callable[[City, "Dose"], City]
USUAL_EYE = 8.0


@dataclass(frozen=True)
class Dose:
    """How much of a scheme to plant: number of subjects, difficulties, first day it is known."""

    subjects: int
    difficulties: tuple[int, ...]
    since: int = 0


@dataclass(frozen=True)
class Scheme:
    """One way of cheating.

    ``stage`` says what it changes: the plan of care, goods and prices, or the written bill.
    ``recipe`` tells for each difficulty what is done; ``traces`` names the tables and columns
    that change; ``share`` is the number of subjects planted for each stay of the city.
    """

    code: str
    title_en: str
    title_zh: str
    stage: Stage
    subject: Subject
    share: float
    recipe: Mapping[int, str]
    traces: tuple[str, ...]
    plant: Plant
    doc: str


@dataclass(frozen=True)
class Lookalike:
    """One innocent pattern that resembles a scheme; it is labelled innocent.

    ``resembles`` names the schemes it may be taken for, the likeliest first. ``share`` is the
    number of subjects planted for each stay of the city; 1.0 means that the pattern is labelled
    wherever it arises by itself. ``eye`` is how much it draws the eye of past audits by rule:
    0.12 is an everyday subject, 25 to 160 a planted one.
    """

    name: str
    resembles: tuple[str, ...]
    title_en: str
    title_zh: str
    stage: Stage
    share: float
    eye: float
    plant: Plant
    doc: str


def scheme(
    *, code: str, title_en: str, title_zh: str, stage: Stage, subject: Subject, share: float,
    recipe: Mapping[int, str], traces: tuple[str, ...],
) -> Callable[[Plant], Scheme]:  # fmt: skip
    """Declare the decorated function as the recipe of a scheme."""

    def declare(plant: Plant) -> Scheme:
        return Scheme(
            code, title_en, title_zh, stage, subject, share, recipe, traces, plant, _doc(plant)
        )

    return declare


def lookalike(
    *, name: str, resembles: tuple[str, ...], title_en: str, title_zh: str, stage: Stage,
    share: float, eye: float = USUAL_EYE,
) -> Callable[[Plant], Lookalike]:  # fmt: skip
    """Declare the decorated function as an innocent look-alike, planted in a share of stays."""

    def declare(plant: Plant) -> Lookalike:
        return Lookalike(name, resembles, title_en, title_zh, stage, share, eye, plant, _doc(plant))

    return declare


def _doc(plant: Plant) -> str:
    if not plant.__doc__:
        raise ValueError(f"{plant.__module__}.{plant.__name__} needs a docstring: it is its page")
    return plant.__doc__


Declared = TypeVar("Declared", Scheme, Lookalike)


def gather(package: ModuleType, kind: type[Declared]) -> tuple[Declared, ...]:
    """Every declaration in the modules of a package, in order of module name."""
    names = sorted(module.name for module in iter_modules(package.__path__))
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(v for module in modules for v in vars(module).values() if isinstance(v, kind))
