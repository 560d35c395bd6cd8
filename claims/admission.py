"""What became of a delivery: the rows for the lake, and the account of every row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from claims.origin import ORIGIN
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from claims.gates import Hold
    from claims.lake import Span

# Reasons shown for each table and code before the rest is only counted.
SHOWN_MESSAGES = 2


@dataclass(frozen=True)
class TableAccount:
    """One table in numbers: received = kept + quarantined; released rows come on top."""

    received: int
    kept: int
    quarantined: int
    released: int
    refused: Mapping[str, int]
    faults: Mapping[str, int]

    @classmethod
    def together(cls, parts: Sequence[TableAccount]) -> TableAccount:
        """The account of a table that came in parts."""
        return cls(
            received=sum(one.received for one in parts),
            kept=sum(one.kept for one in parts),
            quarantined=sum(one.quarantined for one in parts),
            released=sum(one.released for one in parts),
            refused=_summed(one.refused for one in parts),
            faults=_summed(one.faults for one in parts),
        )


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))


@dataclass(frozen=True)
class Report:
    """What a delivery was worth, for a terminal, a log or the run report."""

    source: str
    tables: Mapping[str, TableAccount]
    notices: tuple[str, ...] = ()
    held: tuple[Hold, ...] = ()
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of_parts(cls, parts: Sequence[Report]) -> Report:
        """What an extract was worth that came in parts."""
        names = dict.fromkeys(name for one in parts for name in one.tables)
        examples: dict[str, tuple[str, ...]] = {}
        for one in parts:
            for kind, texts in one.examples.items():
                examples[kind] = (*examples.get(kind, ()), *texts)[:SHOWN_MESSAGES]
        return cls(
            parts[0].source,
            {
                name: TableAccount.together(
                    [one.tables[name] for one in parts if name in one.tables]
                )
                for name in names
            },
            tuple(dict.fromkeys(notice for one in parts for notice in one.notices)),
            tuple(hold for one in parts for hold in one.held),
            examples,
        )

    @property
    def quarantined(self) -> int:
        """Rows in quarantine, over all tables."""
        return sum(account.quarantined for account in self.tables.values())

    @property
    def faults(self) -> int:
        """Data faults, over all tables."""
        return sum(sum(account.faults.values()) for account in self.tables.values())

    def lines(self) -> list[str]:
        """Render the report as plain lines of English."""
        return [
            f"Delivery {self.source}",
            *(f"  {_in_words(name, account)}" for name, account in self.tables.items()),
            *(f"  ! {hold.message}" for hold in self.held),
            *(f"  ! {text}" for texts in self.examples.values() for text in texts),
            *(f"  - {notice}" for notice in self.notices),
        ]


def _in_words(name: str, account: TableAccount) -> str:
    parts = [f"{account.received:,} received, {account.kept:,} kept"]
    if account.released:
        parts.append(f"{account.released:,} released from quarantine")
    if account.quarantined:
        parts.append(f"{account.quarantined:,} in quarantine ({_counts(account.refused)})")
    if account.faults:
        total = sum(account.faults.values())
        parts.append(f"{total:,} data faults ({_counts(account.faults)})")
    return f"{name}: " + ", ".join(parts)


def _counts(codes: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count:,}" for code, count in codes.items())


@dataclass(frozen=True)
class Admission:
    """A delivery sorted out and ready to land.

    ``tables``: kept rows in lake types with ``received_on``, origin, and one flag a
    cross-table check. ``refused``: parsed rows that went to quarantine, likewise without
    flags. ``filled``: (table, column) pairs delivered. ``quarantine``, ``data_faults`` and
    ``coverage`` are rows of these tables. ``span`` is what a landing replaces; None when
    there is nothing to land.
    """

    source: str
    span: Span | None
    tables: Mapping[str, pl.DataFrame]
    refused: Mapping[str, pl.DataFrame]
    filled: frozenset[tuple[str, str]]
    quarantine: pl.DataFrame
    data_faults: pl.DataFrame
    coverage: pl.DataFrame
    report: Report

    @property
    def first(self) -> date | None:
        """First night of the delivery."""
        return None if self.span is None else self.span.first

    @property
    def last(self) -> date | None:
        """Last night of the delivery."""
        return None if self.span is None else self.span.last

    @classmethod
    def of_parts(cls, parts: Sequence[Admission]) -> Admission:
        """The parts of one extract as one: their books and accounts, without the rows they kept.

        A single part is itself.
        """
        if len(parts) == 1:
            return parts[0]
        spans = [one.span for one in parts if one.span is not None]
        return cls(
            source=parts[0].source,
            span=replace(spans[0], last=spans[-1].last) if spans else None,
            tables={},
            refused={},
            filled=frozenset().union(*(one.filled for one in parts)),
            quarantine=pl.concat([one.quarantine for one in parts]),
            data_faults=pl.concat([one.data_faults for one in parts]),
            coverage=pl.concat([one.coverage for one in parts]),
            report=Report.of_parts([one.report for one in parts]),
        )

    def without_rows(self) -> Admission:
        """The same without the rows that were kept or refused: they are landed by now."""
        return replace(self, tables={}, refused={})

    def examined(self) -> dict[str, pl.DataFrame]:
        """All parsed rows, kept or not, with the flags of the checks: for the suites.

        Columns that were not delivered are left out: nothing is expected of them.
        """
        return {name: self._examined(name, rows) for name, rows in self.tables.items()}

    def _examined(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        absent = [
            column.name
            for column in BY_NAME[name].columns
            if (name, column.name) not in self.filled
        ]
        parsed = [rows, *([self.refused[name]] if name in self.refused else [])]
        columns = [one for one in rows.columns if one not in {*absent, *ORIGIN}]
        return pl.concat(
            [frame.select(one for one in columns if one in frame.columns) for frame in parsed],
            how="diagonal",
        )
