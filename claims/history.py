"""What was known, and when: every row of the lake with the span of nights it was valid for.

There are two clocks. *Event time* says when something happened; *knowledge time*
(``received_on``) says on which night it became known. A row is known from its night until
the night before a later version of it: the same key again, or a re-send of the stay it
hangs on, which replaces all rows of that stay. Whoever reads through ``as_of`` can
therefore not see the future, and a past night can be computed again at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from claims.frozen import Frozen
from claims.tables import BY_NAME, DELIVERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from claims.lake import Lake
    from claims.schema import Table

CHILDREN_READ_OFTEN = ("fee_lines", "stay_diagnoses")
KNOWN_FROM = "known_from"
KNOWN_UNTIL = "known_until"


@dataclass(frozen=True)
class History:
    """All rows received until a night.

    ``tables`` holds one lazy frame a delivered table (absent ones as empty frames), with
    lake types and ``received_on``. ``present`` lists the (table, column) pairs that the
    deliveries really fill. ``frozen`` are the standards that had been frozen by then.
    ``unfocused`` holds whole tables of which ``tables`` has a part, ``ready`` versions that
    were worked out already.
    """

    tables: Mapping[str, pl.LazyFrame]
    until: date
    present: frozenset[tuple[str, str]]
    frozen: Frozen = field(default_factory=Frozen.nothing)
    unfocused: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    ready: Mapping[str, pl.LazyFrame] = field(default_factory=dict)

    @classmethod
    def of(cls, lake: Lake, until: date, versions: Mapping[str, int] | None = None) -> History:
        """Read the lake up to and including the night ``until``.

        ``versions`` pins tables to past Delta versions, as a manifest row names them.
        """
        pinned = versions or {}
        tables = {
            table.name: _received(lake, table, until, pinned.get(table.name)) for table in DELIVERED
        }
        return cls(tables, until, _coverage(lake, until), Frozen.of(lake, until, pinned))

    @classmethod
    def of_frames(
        cls, frames: Mapping[str, pl.DataFrame], until: date, frozen: Frozen | None = None
    ) -> History:
        """Take frames in lake types as they are; every column with a value is present."""
        tables = {
            table.name: frames.get(table.name, table.empty())
            .lazy()
            .filter(pl.col("received_on") <= until)
            for table in DELIVERED
        }
        present = {
            (name, column)
            for name, frame in frames.items()
            for column in frame.columns
            if frame[column].null_count() < frame.height
        }
        return cls(tables, until, frozenset(present), frozen or Frozen.nothing())

    def reading(self, frozen: Frozen) -> History:
        """The same knowledge, compared with these standards."""
        return replace(self, frozen=frozen)

    def with_rows(
        self,
        rows: Mapping[str, pl.DataFrame],
        filled: Iterable[tuple[str, str]],
        until: date,
    ) -> History:
        """The same knowledge with further rows on top, in lake types, received later than all.

        ``filled`` lists the (table, column) pairs that the further rows deliver, ``until`` is
        the last of their nights.
        """
        tables = {
            name: pl.concat([self.tables[name], more.select(BY_NAME[name].names).lazy()])
            for name, more in rows.items()
        }
        present = {
            (name, column)
            for name, column in filled
            if name in rows and rows[name][column].null_count() < rows[name].height
        }
        return replace(
            self,
            tables={**self.tables, **tables},
            until=until,
            present=self.present | present,
            ready={},
        )

    def held(self) -> History:
        """The same knowledge read into memory once, for who asks of few records many times."""
        return replace(
            self, tables={name: rows.collect().lazy() for name, rows in self.tables.items()}
        )

    def worked_out(self, *names: str) -> History:
        """The same knowledge with the versions of whole tables worked out once, in memory."""
        return replace(self, ready={name: self.versions(name).collect().lazy() for name in names})

    def versions(
        self, name: str, stays: pl.LazyFrame | None = None, after: date | None = None
    ) -> pl.LazyFrame:
        """All versions of the rows of one table, with ``known_from`` and ``known_until``.

        ``stays`` (a frame with ``stay_id``) limits tables that hang on stays to these, and
        ``after`` rows to those received after a day: whatever supersedes them came later.
        ``known_until`` is null while the row is the newest.
        """
        if name in self.ready:
            found = _near(self.ready[name], stays)
            return found if after is None else found.filter(pl.col(KNOWN_FROM) > after)
        rows = self.tables[name]
        if after is not None:
            rows = rows.filter(pl.col("received_on") > after)
        if "stay_id" in BY_NAME[name].by_name:
            rows = _near(rows, stays)
        return self._spans(BY_NAME[name], rows)

    def versions_where(
        self, name: str, condition: pl.Expr, columns: Sequence[str] = ()
    ) -> pl.LazyFrame:
        """The versions of one table that meet a condition, with the nights they were known for.

        The same as ``versions`` with that condition, without working out all others: of rows
        that do not meet it no more is read than whether they supersede one that does. With
        ``columns`` they are read but once, into memory, and have no others than these and the key.
        """
        table, rows = BY_NAME[name], self.tables[name]
        met = rows.filter(condition).with_columns(_met=pl.lit(value=True))
        if columns:
            met = met.select({*columns, *table.key, "received_on", "_met"}).collect().lazy()
        other = (
            rows.filter(~condition.fill_null(value=False))
            .select(*table.key, "received_on")
            .join(met.select(table.key).unique(), on=list(table.key), how="semi")
        )
        both = pl.concat([met, other], how="diagonal")
        spans = self._spans(table, both.collect().lazy() if columns else both)
        return spans.filter("_met").drop("_met")

    def _spans(self, table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Rows with the nights for which they were known; all versions of each must be there."""
        own = rows.rename({"received_on": KNOWN_FROM}).with_columns(
            _next_version(table.key).alias(KNOWN_UNTIL)
        )
        return own if table.parent is None else self._replaced_with_parent(own)

    def versions_about(self, name: str, wanted: pl.LazyFrame) -> pl.LazyFrame:
        """All versions of the rows that ever carried one of the values ``wanted``.

        ``wanted`` has columns of the table, as the persons of a night. The same as
        ``versions`` for these rows, without working out all others; a row that was put
        right from or to such a value comes with all its versions.
        """
        table, columns = BY_NAME[name], wanted.collect_schema().names()
        if name in self.ready:
            return self._ready_about(table, columns, wanted)
        rows = self.tables[name].join(wanted.unique(), on=columns, how="semi")
        if tuple(columns) == table.key:
            return self._spans(table, rows)
        ids = rows.select(table.key).unique()
        return self._spans(table, self.tables[name].join(ids, on=list(table.key), how="semi"))

    def _ready_about(self, table: Table, columns: list[str], wanted: pl.LazyFrame) -> pl.LazyFrame:
        ready = self.ready[table.name]
        rows = ready.join(wanted.unique(), on=columns, how="semi")
        if tuple(columns) == table.key:
            return rows
        return ready.join(rows.select(table.key).unique(), on=list(table.key), how="semi")

    def _replaced_with_parent(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        stays = self.tables["stays"].select("stay_id", "received_on")
        mine = stays.join(rows.select("stay_id").unique(), on="stay_id", how="semi")
        nights = mine.group_by("stay_id").agg(pl.col("received_on").sort())
        resent = nights.filter(pl.col("received_on").list.len() > 1).explode("received_on")
        ends = (
            rows.select("stay_id", KNOWN_FROM)
            .unique()
            .join(resent, on="stay_id")
            .filter(pl.col("received_on") > pl.col(KNOWN_FROM))
            .group_by("stay_id", KNOWN_FROM)
            .agg(pl.col("received_on").min().alias("_parent_until"))
        )
        return (
            rows.join(ends, on=["stay_id", KNOWN_FROM], how="left")
            .with_columns(pl.min_horizontal(KNOWN_UNTIL, "_parent_until").alias(KNOWN_UNTIL))
            .drop("_parent_until")
        )

    def current(
        self, name: str, after: date | None = None, stays: pl.LazyFrame | None = None
    ) -> pl.LazyFrame:
        """The rows of one table as known on the last night; cancelled stays are left out.

        ``after`` limits them to those received after a day, ``stays`` to those of stays, as in
        ``versions``.
        """
        rows = self.versions(name, stays, after).filter(pl.col(KNOWN_UNTIL).is_null())
        if name == "stays":
            rows = rows.filter(~pl.col("voided").fill_null(value=False))
        return rows

    def focused(self, stays: pl.LazyFrame) -> History:
        """The same knowledge with the large child tables read once, for these stays alone.

        ``stays`` has ``stay_id``. A night looks at few stays many times; without this each
        look would read the whole table again. Operations of the persons' other stays stay
        known, because an organ can be taken out but once.
        """
        ids = stays.select("stay_id").unique().collect().lazy()
        recent = self.since_first_of(ids)
        near = {
            name: recent.tables[name].join(ids, on="stay_id", how="semi").collect().lazy()
            for name in CHILDREN_READ_OFTEN
        }
        # Other stays of these persons may be older than all of these.
        operations = self.tables["stay_procedures"].join(self._kin(ids), on="stay_id", how="semi")
        near["stay_procedures"] = operations.collect().lazy()
        whole = {name: self.tables[name] for name in near} | dict(self.unfocused)
        kept = {name: rows for name, rows in self.ready.items() if name not in near}
        near_alone = replace(self, tables={**self.tables, **near}, unfocused=whole, ready=kept)
        ready = {name: near_alone.versions(name).collect().lazy() for name in near}
        return replace(near_alone, ready={**kept, **ready})

    def part(self, conditions: Mapping[str, pl.Expr]) -> History:
        """The same knowledge with a part of the rows of some tables.

        Only for who does not ask until when a row was known: the row that superseded it may be
        left out.
        """
        few = {name: self.tables[name].filter(asked) for name, asked in conditions.items()}
        return replace(self, tables={**self.tables, **few}, ready={})

    def since_first_of(self, stays: pl.LazyFrame) -> History:
        """The same knowledge for these stays, with the nights before the first of them unopened.

        What hangs on a stay never arrives before it. Rows that are left keep the spans they
        are known for: whatever supersedes a row arrives after it.
        """
        mine = self.tables["stays"].join(stays.select("stay_id"), on="stay_id", how="semi")
        first = mine.select(pl.col("received_on").min()).collect().item()
        if first is None:
            return self
        later = {
            table.name: self.tables[table.name].filter(pl.col("received_on") >= first)
            for table in DELIVERED
            if table.parent is not None
        }
        return replace(self, tables={**self.tables, **later})

    def whole(self) -> History:
        """The same knowledge without a focus, for those who look at the stays beside a stay."""
        return replace(self, tables={**self.tables, **self.unfocused}, unfocused={}, ready={})

    def _kin(self, ids: pl.LazyFrame) -> pl.LazyFrame:
        """These stays and every other stay of the same persons."""
        stays = self.tables["stays"].select("stay_id", "person_id")
        persons = stays.join(ids, on="stay_id", how="semi").select("person_id").drop_nulls()
        theirs = stays.join(persons.unique(), on="person_id", how="semi").select("stay_id")
        return pl.concat([ids, theirs]).unique()

    def fills(self, table: str, columns: Iterable[str]) -> bool:
        """Whether the deliveries fill all these columns of a table."""
        return all((table, column) in self.present for column in columns)


def _near(rows: pl.LazyFrame, stays: pl.LazyFrame | None) -> pl.LazyFrame:
    if stays is None:
        return rows
    return rows.join(stays.select("stay_id").unique(), on="stay_id", how="semi")


def as_of(day: str | date | pl.Expr) -> pl.Expr:
    """Condition on versions: known on that night (a column name, a date or an expression)."""
    night = (
        pl.col(day)
        if isinstance(day, str)
        else pl.lit(day)
        if not isinstance(day, pl.Expr)
        else day
    )
    return (pl.col(KNOWN_FROM) <= night) & (
        pl.col(KNOWN_UNTIL).is_null() | (pl.col(KNOWN_UNTIL) > night)
    )


def _next_version(key: tuple[str, ...]) -> pl.Expr:
    return pl.col(KNOWN_FROM).shift(-1).over(*key, order_by=KNOWN_FROM)


def _received(lake: Lake, table: Table, until: date, version: int | None) -> pl.LazyFrame:
    if not lake.has(table.name):
        return table.empty().lazy()
    rows = lake.scan(table.name, version).filter(pl.col("received_on") <= until)
    return rows.select(table.names)


def _coverage(lake: Lake, until: date) -> frozenset[tuple[str, str]]:
    if not lake.has("coverage"):
        return frozenset()
    rows = lake.scan("coverage").filter(pl.col("received_on") <= until)
    return frozenset(rows.select("table", "column").unique().collect().iter_rows())
