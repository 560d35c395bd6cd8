"""The grammar in which tables are declared: kinds, columns, constraints, tables.

A declaration is read by many: the lake takes its types from here, validation its
checks, Great Expectations its suites, the docs their data dictionary and the
synthetic city its columns. Nothing about a table is written down twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

FEN_PER_YUAN = 100
THOUSANDTHS_PER_UNIT = 1000


@dataclass(frozen=True)
class Kind:
    """What a value is: its name in the docs, its type in the lake and its scale.

    ``scale`` is the number of lake units in one delivered unit: 100 for money (fen in
    a yuan), 1000 for a quantity, 1 for all else. Money and quantity are whole numbers
    in the lake, because Polars adds floats in another order on each run.
    """

    name: str
    lake: pl.DataType
    scale: int = 1
    unit: str = ""


TEXT = Kind("text", pl.String())
WHOLE = Kind("whole number", pl.Int64())
MONEY = Kind("money", pl.Int64(), scale=FEN_PER_YUAN, unit="fen")
QUANTITY = Kind("quantity", pl.Int64(), scale=THOUSANDTHS_PER_UNIT, unit="thousandths")
REAL = Kind("real number", pl.Float64())
DATE = Kind("date", pl.Date())
DATETIME = Kind("datetime", pl.Datetime("us"))
BOOLEAN = Kind("boolean", pl.Boolean())


def nested(dtype: pl.DataType) -> Kind:
    """A kind for structured columns of tables that Jianbao writes itself."""
    return Kind("structure", dtype)


class Consequence(Enum):
    """What happens to a row that breaks a constraint."""

    QUARANTINE = "quarantine"
    TAG = "tag"


@dataclass(frozen=True)
class Constraint:
    """A condition on one column: its words, its check and its expectation in one object."""

    consequence: Consequence
    code: str

    @property
    def description(self) -> str:
        """The condition as a phrase for the data dictionary."""
        raise NotImplementedError

    def holds(self, column: str) -> pl.Expr:
        """True for each row that keeps the condition; null values count as kept."""
        raise NotImplementedError

    def expectation(self, column: str) -> tuple[str, dict[str, Any]]:
        """Name and arguments of the Great Expectations expectation that says the same."""
        raise NotImplementedError


@dataclass(frozen=True)
class Present(Constraint):
    """The value is there."""

    @property
    def description(self) -> str:
        """See Constraint."""
        return "never empty"

    def holds(self, column: str) -> pl.Expr:
        """See Constraint."""
        return pl.col(column).is_not_null()

    def expectation(self, column: str) -> tuple[str, dict[str, Any]]:
        """See Constraint."""
        return "ExpectColumnValuesToNotBeNull", {"column": column}


@dataclass(frozen=True)
class OneOf(Constraint):
    """The value is one of a short list."""

    values: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """See Constraint."""
        return "one of " + ", ".join(self.values)

    def holds(self, column: str) -> pl.Expr:
        """See Constraint."""
        return pl.col(column).is_null() | pl.col(column).is_in(self.values)

    def expectation(self, column: str) -> tuple[str, dict[str, Any]]:
        """See Constraint."""
        return "ExpectColumnValuesToBeInSet", {"column": column, "value_set": list(self.values)}


@dataclass(frozen=True)
class AtLeast(Constraint):
    """The value, in lake units, is not below a bound."""

    bound: int = 0

    @property
    def description(self) -> str:
        """See Constraint."""
        return f"at least {self.bound}"

    def holds(self, column: str) -> pl.Expr:
        """See Constraint."""
        return pl.col(column).is_null() | (pl.col(column) >= self.bound)

    def expectation(self, column: str) -> tuple[str, dict[str, Any]]:
        """See Constraint."""
        return "ExpectColumnValuesToBeBetween", {"column": column, "min_value": self.bound}


@dataclass(frozen=True)
class Column:
    """One column: name, kind, sentence for the dictionary, labels, and what it may hold."""

    name: str
    kind: Kind
    doc: str
    zh: str
    optional: bool = False
    values: tuple[str, ...] = ()
    minimum: int | None = None
    refers_to: str | None = None
    label: str | None = None

    @property
    def en(self) -> str:
        """The English label; by default the name in plain words."""
        return self.label or self.name.removesuffix("?").replace("_", " ")

    def constraints(self, *, key: bool) -> tuple[Constraint, ...]:
        """The conditions on this column; a missing key cannot be stored, all else can."""
        return tuple(self._constraints(key=key))

    def _constraints(self, *, key: bool) -> Iterator[Constraint]:
        if key:
            yield Present(Consequence.QUARANTINE, "missing_key")
        elif not self.optional:
            yield Present(Consequence.TAG, "data.missing_value")
        if self.values:
            yield OneOf(Consequence.TAG, "data.unknown_code", values=self.values)
        if self.minimum is not None:
            yield AtLeast(Consequence.TAG, "data.below_minimum", bound=self.minimum)


@dataclass(frozen=True)
class Table:
    """One table of the contract.

    ``parent`` names the table whose key the rows hang on: they inherit its night and
    are replaced together with it. ``event`` names the columns that say when the thing
    happened, best first; a row without ``received_on`` is taken as known the day after.
    """

    name: str
    doc: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parent: str | None = None
    event: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns by name and refuse a key that is not declared."""
        names = {column.name: column for column in self.columns}
        missing = [name for name in self.key if name not in names]
        if missing or len(names) != len(self.columns):
            raise ValueError(f"table {self.name}: key {missing} undeclared or a name twice")
        object.__setattr__(self, "by_name", names)

    @property
    def names(self) -> list[str]:
        """Column names in declared order."""
        return list(self.by_name)

    def dtypes(self) -> dict[str, pl.DataType]:
        """Column name to lake type, in declared order."""
        return {column.name: column.kind.lake for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """A frame of no rows with every declared column."""
        return pl.DataFrame(schema=self.dtypes())

    def typed(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The declared columns in lake types; what older code did not write is null."""
        there = set(rows.collect_schema().names())
        return rows.select(
            (pl.col(name) if name in there else pl.lit(None)).cast(kind).alias(name)
            for name, kind in self.dtypes().items()
        )

    def constraints(self) -> Iterator[tuple[str, Constraint]]:
        """Every (column, constraint) of the table."""
        for column in self.columns:
            for constraint in column.constraints(key=column.name in self.key):
                yield column.name, constraint
