"""Great Expectations suites, derived from the declarations; one page of Data Docs a night.

The suites say in the validation tool's own words what the tables declare (each
constraint's ``expectation``) and what the cross-table checks found (one flag a check, laid
beside the rows at intake). They report; what happens to a row is decided at intake.
"""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl

from claims.checks import checks_of
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from claims.schema import Table

SITE = "nights"
ALL_DOCS = "data_docs"
# Unexpected values shown for each expectation in the Data Docs; the queue of data faults
# holds them all.
SHOWN_VALUES = 10


@dataclass(frozen=True)
class TableValidation:
    """One table: how many expectations, how many failed, and unexpected rows by code.

    ``rows`` lists the positions (from 0) of the unexpected rows by (column, code) and is
    filled only where it was asked for.
    """

    expectations: int
    failed: int
    unexpected: Mapping[str, int]
    rows: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def together(cls, parts: Sequence[TableValidation]) -> TableValidation:
        """A table that came in parts; positions of rows mean one part alone and are left out."""
        if len(parts) == 1:
            return parts[0]
        unexpected = Counter[str]()
        for one in parts:
            unexpected.update(one.unexpected)
        return cls(
            expectations=sum(one.expectations for one in parts),
            failed=sum(one.failed for one in parts),
            unexpected=dict(sorted(unexpected.items())),
        )


@dataclass(frozen=True)
class Validation:
    """The validation of one night, and the page that shows it."""

    tables: Mapping[str, TableValidation]
    page: Path

    @classmethod
    def of_parts(cls, parts: Sequence[Validation]) -> Validation:
        """The validation of an extract that came in parts, each of which has its own page."""
        names = sorted({name for one in parts for name in one.tables})
        tables = {
            name: TableValidation.together(
                [one.tables[name] for one in parts if name in one.tables]
            )
            for name in names
        }
        return cls(tables, parts[0].page if len(parts) == 1 else parts[0].page.parent.parent)

    @property
    def failed(self) -> int:
        """Expectations that were not met, over all tables."""
        return sum(table.failed for table in self.tables.values())

    @property
    def expectations(self) -> int:
        """Expectations that were looked at, over all tables."""
        return sum(table.expectations for table in self.tables.values())

    def lines(self) -> list[str]:
        """Render the validation as plain lines of English."""
        met = self.expectations - self.failed
        return [
            f"{met} of {self.expectations} expectations met; Data Docs at {self.page}",
            *(
                f"  {name}: " + ", ".join(f"{code} {n:,}" for code, n in one.unexpected.items())
                for name, one in self.tables.items()
                if one.unexpected
            ),
        ]


@dataclass(frozen=True)
class Expected:
    """One expectation to be: its name and arguments, and the code it stands for."""

    name: str
    arguments: Mapping[str, Any]
    column: str
    code: str
    words: str


def expected(table: Table, columns: list[str]) -> list[Expected]:
    """Everything that is expected of these columns of a table, constraints before checks."""
    declared = [
        Expected(
            *constraint.expectation(column),
            column=column,
            code=constraint.code,
            words=f"{column}: {constraint.description} ({constraint.code})",
        )
        for column, constraint in table.constraints()
        if column in columns
    ]
    crossed = [
        Expected(
            "ExpectColumnValuesToBeInSet",
            {"column": check.code, "value_set": [True]},
            column=check.column,
            code=check.code,
            words=f"no row where {check.en} ({check.code})",
        )
        for check in checks_of(table.name)
        if check.code in columns
    ]
    return [*declared, *crossed]


def validate(
    frames: Mapping[str, pl.DataFrame], *, night: date, docs: Path, with_rows: bool = False
) -> Validation:
    """Validate tables in lake types and write the night's Data Docs below ``docs``.

    ``frames`` as ``Admission.examined()`` gives them: declared columns that were delivered,
    and the flags of the checks. The context of the night is made anew below ``gx``, beside
    the folder of the docs, so that a re-run replaces the page. ``with_rows`` also lists the
    unexpected rows, which takes longer.
    """
    home = _context_home(docs)
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(docs, ignore_errors=True)
    home.mkdir(parents=True)
    with _quiet():
        context = _context(home, docs)
        tables = {
            name: _validated(context, BY_NAME[name], frames[name], night, with_rows=with_rows)
            for name in sorted(frames)
            if name in BY_NAME
        }
        context.build_data_docs(site_names=[SITE])
    return Validation(tables, docs / "index.html")


def _context_home(docs: Path) -> Path:
    """``data_docs/<night>`` has its context in ``gx/<night>``, other docs in ``gx`` beside."""
    if docs.parent.name == ALL_DOCS:
        return docs.parent.parent / "gx" / docs.name
    return docs.parent / "gx"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the tool's warnings, telemetry and chatter off the screen and the wire."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # Great Expectations 1.24 imports modules that Python 3.11 calls deprecated.
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)


def _context(home: Path, docs: Path) -> Any:  # noqa: ANN401 - the tool is imported late
    import great_expectations as gx  # noqa: PLC0415 - the import takes five seconds
    from great_expectations.data_context.types.base import (  # noqa: PLC0415
        ProgressBarsConfig,
    )

    context = gx.get_context(mode="file", project_root_dir=home)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    for name in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(name)
    site: Any = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(docs.resolve()),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    context.add_data_docs_site(SITE, site)
    return context


def _validated(
    context: Any,  # noqa: ANN401 - the tool is imported late
    table: Table,
    rows: pl.DataFrame,
    night: date,
    *,
    with_rows: bool,
) -> TableValidation:
    import great_expectations as gx  # noqa: PLC0415 - see _context
    from great_expectations.core.run_identifier import RunIdentifier  # noqa: PLC0415

    wanted = expected(table, rows.columns)
    asset = context.data_sources.add_pandas(table.name).add_dataframe_asset(table.name)
    # Added whole: the tool writes a suite anew for every expectation that joins it later.
    suite = context.suites.add(
        gx.ExpectationSuite(
            name=table.name,
            expectations=[
                getattr(gx.expectations, one.name)(
                    **one.arguments,
                    description=one.words,
                    meta={"code": one.code, "on": one.column},
                )
                for one in wanted
            ],
        )
    )
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(
            name=table.name, data=asset.add_batch_definition_whole_dataframe("night"), suite=suite
        )
    )
    result = definition.run(
        batch_parameters={"dataframe": to_numpy_frame(rows, wanted)},
        result_format={
            "result_format": "COMPLETE" if with_rows else "SUMMARY",
            "partial_unexpected_count": SHOWN_VALUES,
        },
        run_id=RunIdentifier(run_name=f"{night:%Y-%m-%d}"),
    )
    return _summary(result.results)


def to_numpy_frame(rows: pl.DataFrame, wanted: list[Expected]) -> pd.DataFrame:
    """The columns that expectations look at, NumPy-backed: four times faster than Arrow."""
    names = dict.fromkeys(str(one.arguments["column"]) for one in wanted)
    return pd.DataFrame({name: _numpy_column(rows[name]) for name in names})


def _numpy_column(values: pl.Series) -> pd.Series[Any]:
    if values.dtype == pl.String or (values.dtype == pl.Boolean and values.null_count()):
        # Text as objects, and empty truth values as None, neither true nor false.
        return pd.Series(values.to_numpy(), dtype=object)
    return pd.Series(values.to_numpy())


def _summary(results: list[Any]) -> TableValidation:
    unexpected: dict[str, int] = {}
    rows: dict[tuple[str, str], tuple[int, ...]] = {}
    for one in results:
        meta = one.expectation_config.meta
        if "unexpected_count" not in one.result:
            raise RuntimeError(f"{meta['code']} could not be computed: {one.exception_info}")
        count = int(one.result["unexpected_count"])
        if count:
            unexpected[meta["code"]] = unexpected.get(meta["code"], 0) + count
            rows[meta["on"], meta["code"]] = tuple(one.result.get("unexpected_index_list") or ())
    return TableValidation(
        expectations=len(results),
        failed=sum(not one.success for one in results),
        unexpected=dict(sorted(unexpected.items())),
        rows={key: found for key, found in rows.items() if found},
    )
