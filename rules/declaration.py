"""The grammar of rules: a predicate on measured subjects, with the law beside it.

A rule reports; it never decides. Its docstring is the catalogue entry, its name is read
from its code, its limits are read as they stood on the day of the service, and the
columns it shows are the evidence. A protective condition silences it and is shown too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge import load_limits
from features.units import inflected

if TYPE_CHECKING:
    from features.declaration import Entity

SERVICE_DAY = "event_on"


class Grade(Enum):
    """How far the data alone can carry a rule: 疑点 can be closed in the data, 线索 cannot."""

    DOUBT = "疑点"
    CLUE = "线索"


DOUBT, CLUE = Grade.DOUBT, Grade.CLUE


@dataclass(frozen=True)
class Protective:
    """An innocent explanation that silences a rule, and says so."""

    code: str
    en: str
    zh: str
    expr: pl.Expr = field(repr=False, compare=False)


@dataclass(frozen=True)
class Caution:
    """What makes a hit a clue at most: something that the rule takes for known, and is not.

    ``about`` names the explanation that can not be asked for it; where a book is missing that
    would be asked, the missing book says so instead.
    """

    code: str
    en: str
    zh: str
    expr: pl.Expr = field(repr=False, compare=False)
    about: Protective | None = None


@dataclass(frozen=True)
class Rule:
    """One declared rule; ``expr`` is true for a hit, ``amount`` is in fen.

    ``branches`` lists sets of features any of which is enough for the rule to speak; empty
    means that it needs all it reads. ``grade`` is the most that a hit can be: ``cautions``, and
    explanations that could not be asked, make it a clue (``rules.judge``).
    """

    code: str
    entity: Entity
    en: str
    zh: str
    hook: str
    official: str | None
    grade: Grade
    version: str
    limits: tuple[str, ...]
    evidence: tuple[str, ...]
    loss_method: str
    says: str
    says_zh: str
    doc: str
    expr: pl.Expr = field(repr=False, compare=False)
    amount: pl.Expr = field(repr=False, compare=False)
    protected_by: tuple[Protective, ...] = ()
    branches: tuple[tuple[str, ...], ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """Columns of the measured frame that decide a hit."""
        return frozenset(self.expr.meta.root_names()) - {SERVICE_DAY}

    def sentence(self, limit: float | None, *, zh: bool = False) -> str:
        """Say what was found, with the first limit as it stood."""
        number = "" if limit is None else f"{limit:.0f}"
        return inflected(self.says_zh if zh else self.says, number).format(limit=limit)


def limit(name: str) -> pl.Expr:
    """A dated limit as it stood on the day of the service."""
    return load_limits()[name].at(SERVICE_DAY)


Predicate = Callable[[], pl.Expr]


def rule(
    code: str,
    entity: Entity,
    *,
    en: str,
    zh: str,
    hook: str,
    grade: Grade,
    version: str,
    limits: tuple[str, ...],
    evidence: tuple[str, ...],
    loss_method: str,
    amount: pl.Expr,
    says: str,
    says_zh: str,
    official: str | None = None,
    protected_by: tuple[Protective, ...] = (),
    branches: tuple[tuple[str, ...], ...] = (),
    cautions: tuple[Caution, ...] = (),
) -> Callable[[Predicate], Rule]:
    """Declare a rule; ValueError when it has no words, no hook, or an unknown limit."""

    def declare(predicate: Predicate) -> Rule:
        doc = (predicate.__doc__ or "").strip()
        if not (doc and hook and evidence):
            raise ValueError(f"rule {code}: a docstring, a legal hook and evidence, please")
        for name in limits:
            load_limits()[name]
        return Rule(
            code,
            entity,
            en,
            zh,
            hook,
            official,
            grade,
            version,
            limits,
            evidence,
            loss_method,
            says,
            says_zh,
            doc,
            predicate(),
            amount,
            protected_by,
            branches,
            cautions,
        )

    return declare
