"""Mappings: how another format fills the contract's tables, declared in TOML.

A mapping renames, fills in, looks up, casts and computes; it cannot run code. What a
column says is read in this order: a source (``rename``, ``constant``, ``expression`` or
``row_number``), then ``lookup`` with ``default``, then ``cast``. See claims/mappings/.
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from claims.errors import MappingError, did_you_mean
from claims.files import read_sheet, suffix_of
from claims.mapped import mapped
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any, Self

    from claims.files import Sheet
    from claims.naming import Named

Cast = Literal["text", "whole", "real", "date", "datetime", "boolean"]
Lookup = dict[str, str | int | float | bool]
SOURCES = ("rename", "constant", "expression", "row_number")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnMapping(_Strict):
    """How one column of the contract is filled."""

    rename: str | None = Field(default=None, description="Column of the file, taken as it is.")
    constant: str | int | float | bool | None = Field(
        default=None, description="One value for all rows; counts as absent in the coverage."
    )
    expression: str | None = Field(
        default=None, description="SQL expression over columns of the file, row by row."
    )
    row_number: bool = Field(default=False, description="The row's number in the file, from 1.")
    prefix: str = Field(default="", description="Text before the row number.")
    lookup: Lookup | str | None = Field(
        default=None, description="Translation of values, here or by the name of a [lookups] table."
    )
    default: str | int | float | bool | None = Field(
        default=None, description="Value where the lookup does not know the key."
    )
    cast: Cast | None = Field(default=None, description="Type to read the value as.")
    format: str | None = Field(default=None, description="Format of dates, as '%d.%m.%Y'.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [one for one in SOURCES if getattr(self, one) not in (None, False)]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(SOURCES)}")
        if self.default is not None and self.lookup is None:
            raise ValueError("'default' goes with 'lookup'")
        if self.format is not None and self.cast not in {"date", "datetime"}:
            raise ValueError("'format' goes with cast = 'date' or cast = 'datetime'")
        return self


class TableMapping(_Strict):
    """Which file fills a table, which of its rows, and how."""

    file: str = Field(default="*", description="Name of the file, * and ? allowed.")
    where: str | None = Field(default=None, description="SQL condition; other rows stay out.")
    columns: dict[str, ColumnMapping] = Field(min_length=1)

    @field_validator("columns", mode="before")
    @classmethod
    def _plain_names(cls, given: Any) -> Any:  # noqa: ANN401 - raw TOML, checked afterwards
        """A bare text is a rename."""
        if not isinstance(given, dict):
            return given
        return {k: {"rename": v} if isinstance(v, str) else v for k, v in given.items()}


class Mapping(_Strict):
    """A whole mapping: the tables it fills and what counts as empty."""

    name: str
    doc: str = ""
    null_values: tuple[str, ...] = ("",)
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    tables: dict[str, TableMapping] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        for table, rules in self.tables.items():
            if table not in BY_NAME:
                raise ValueError(f"there is no table '{table}'.{did_you_mean(table, BY_NAME)}")
            for column, rule in rules.columns.items():
                self._check_column(table, column, rule)
        return self

    def _check_column(self, table: str, column: str, rule: ColumnMapping) -> None:
        names = BY_NAME[table].by_name
        if column not in names:
            hint = did_you_mean(column, names)
            raise ValueError(f"the table {table} has no column '{column}'.{hint}")
        if isinstance(rule.lookup, str) and rule.lookup not in self.lookups:
            hint = did_you_mean(rule.lookup, self.lookups)
            raise ValueError(f"{table}.{column}: there is no lookup '{rule.lookup}'.{hint}")

    def read(self, path: Path) -> Iterator[Named]:
        """Fill the tables from a file, or from the files of a folder.

        Raises MappingError when a named file or column is not there, DeliveryError when a
        file cannot be read.
        """
        sheets: dict[Path, Sheet] = {}
        for name, rules in self.tables.items():
            for part in _files(path, name, rules.file):
                if part not in sheets:
                    sheets[part] = read_sheet(part, part.name)
                yield mapped(self, name, sheets[part])


def _files(path: Path, table: str, pattern: str) -> list[Path]:
    if path.is_file():
        return [path]
    usable = sorted(one for one in path.iterdir() if one.is_file() and suffix_of(one))
    found = [one for one in usable if fnmatch(one.name, pattern)]
    if not found:
        hint = did_you_mean(pattern, [one.name for one in usable])
        raise MappingError(
            f"The mapping fills {table} from '{pattern}', but {path} has no such file.{hint}",
            "Correct 'file' in the mapping or add the file.",
        )
    return found


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; raise MappingError naming what is wrong and what was meant."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise MappingError(f"There is no mapping at {path}.", "Check its path.") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"The mapping {path.name} is not valid TOML: {error}.", _FIX) from error
    except ValidationError as error:
        raise MappingError(f"The mapping {path.name}: {_first(error)}", _FIX) from error


_FIX = "Correct the mapping and try again."


def _first(error: ValidationError) -> str:
    """The first problem in words, with the place and what was probably meant."""
    one = error.errors()[0]
    place = ".".join(str(part) for part in one["loc"])
    words = str(one["msg"]).removeprefix("Value error, ")
    if one["type"] == "extra_forbidden":
        models = (*Mapping.model_fields, *TableMapping.model_fields, *ColumnMapping.model_fields)
        words = f"this is not a part of a mapping.{did_you_mean(str(one['loc'][-1]), models)}"
    said = words if words.endswith(("?", ".")) else f"{words}."
    return f"{place}: {said}" if place else said
