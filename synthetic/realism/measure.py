"""What a measure is: a function of the city's facts that gives one value or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from synthetic.realism.facts import Facts

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True)
class Measured:
    """A value and how many records it rests on."""

    value: float
    n: int


Values = Mapping[str, Measured]
Count = Callable[[Facts], Values]


@dataclass(frozen=True)
class Measure:
    """``why`` is the one sentence told where a value lies outside its range."""

    name: str
    doc: str
    why: str
    count: Count


def measure(name: str, *, why: str) -> Callable[[Count], Measure]:
    """Declare the decorated function; its docstring says how the figure is taken."""

    def declare(count: Count) -> Measure:
        if not count.__doc__:
            raise ValueError(f"the measure {name} needs a docstring: it is its page")
        return Measure(name, " ".join(count.__doc__.split()), why, count)

    return declare


def one(value: object, n: int) -> Values:
    """The only value of a measure; nothing where there was nothing to measure."""
    return {} if value is None or n == 0 else {"": Measured(float(str(value)), n)}


def ratio(part: float, whole: float, n: int | None = None) -> Values:
    """A share as the only value of a measure."""
    return one(part / whole, int(whole) if n is None else n) if whole else {}


def gather(package: ModuleType) -> dict[str, Measure]:
    """Every measure in the modules of a package, in order of module name."""
    names = sorted(module.name for module in iter_modules(package.__path__))
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    found = [v for module in modules for v in vars(module).values() if isinstance(v, Measure)]
    return {item.name: item for item in found}
