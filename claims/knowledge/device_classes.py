"""Classes of consumables by what people call them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from claims.errors import NotFoundError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).with_name("device_classes.toml")
ALL = "*"


@dataclass(frozen=True)
class Chosen:
    """A class as it was asked for: ``code`` is a head of class codes or a name, ``*`` for all."""

    code: str
    name: str
    classes: frozenset[str] | None

    @classmethod
    def every(cls) -> Chosen:
        """All consumables."""
        return cls(ALL, "all consumables 全部耗材", None)


@cache
def load_words() -> dict[str, str]:
    """English word to the Chinese name of a class."""
    with FILE.open("rb") as file:
        return tomllib.load(file)


def choose(asked: str | None, names: Mapping[str, str]) -> Chosen:
    """The class that is meant by a head of its code, its Chinese name or an English word.

    ``names`` maps the class codes of the catalogue to their names. NotFoundError with a hint
    where nothing of that name is in the catalogue.
    """
    if asked is None or asked in (ALL, "all"):
        return Chosen.every()
    name = load_words().get(asked.lower(), asked)
    by_code = frozenset(code for code in names if code.startswith(asked.upper()))
    found = by_code or frozenset(code for code, named in names.items() if named == name)
    if not found:
        known = [*load_words(), *names.values(), *names]
        raise NotFoundError(
            f"There is no class '{asked}' among the consumables.",
            "Name it by code (C02, C020101), in Chinese (血管支架) or in English (stent)."
            f"{did_you_mean(asked, known)}",
        )
    told = " ".join(sorted({names[code] for code in found}))
    return Chosen(asked.upper() if by_code else name, f"{asked} {told}", found)
