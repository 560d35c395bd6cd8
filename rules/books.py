"""What a lake and each of its hospitals deliver, and what therefore could not be asked.

A rule is off where what it reads is not delivered. An innocent explanation that is not delivered
is no sign of guilt: the hit is a clue at most, and says what could not be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from claims.tables import BY_NAME
from features.catalogue import CATALOGUES
from features.frames import source
from features.stay_frames import GROUP
from rules.catalogue import missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claims.history import History
    from features.frames import Alternatives, Pair
    from rules.declaration import Protective, Rule

# Books that each hospital keeps for itself, by the column or the stay that names it.
OF_HOUSES = ("purchases", "stock_moves", "stock_counts", "device_uses")
JUDGED_BY_HOUSE = ("stay", "use", "ledger")
# What fills the context that explanations read beside the features.
CONTEXT: dict[str, Alternatives] = {
    "admission_way": source("stays.admission_way"),
    "discharge_way": source("stays.discharge_way"),
    "day_case": source("stays.day_case"),
    "newborn": source("stays.newborn"),
    "planned_readmission": source("stays.planned_readmission"),
    "principal_diagnosis": source("stays.principal_diagnosis"),
    "case_family": GROUP,
    "hospital_kind": source("hospitals.kind"),
    "relief": source("persons.relief"),
    "key_list": source("consumables.key_list"),
    "platform_price": source("consumables.platform_price"),
}
WHOSE = {True: (" of this hospital", "本院"), False: ("", "")}


@dataclass(frozen=True)
class Gaps:
    """What is delivered about some subjects; ``own`` is what their hospital alone leaves out."""

    history: History
    own: frozenset[str] = frozenset()

    def of(self, item: Rule) -> list[str]:
        """What a rule would need that is not there."""
        return missing(item, CATALOGUES[item.entity.name], self.history)

    def blank(self, entity: str) -> list[str]:
        """Features that nobody can say of subjects of this hospital."""
        catalogue = CATALOGUES[entity]
        if not self.own:
            return []
        return [one.name for one in catalogue.features if catalogue.missing(one, self.history)]

    def unasked(self, item: Rule) -> list[tuple[Protective, list[str]]]:
        """Explanations of a rule that cannot be asked, each with what it would need."""
        told = [(guard, self._lacking(item.entity.name, guard)) for guard in item.protected_by]
        return [(guard, gaps) for guard, gaps in told if gaps]

    def by_itself(self, item: Rule) -> bool:
        """Whether the hospital's own books leave an explanation of a rule unasked."""
        return any(not self.own.isdisjoint(gaps) for _, gaps in self.unasked(item))

    def _lacking(self, entity: str, guard: Protective) -> list[str]:
        catalogue, gaps = CATALOGUES[entity], set[str]()
        for name in guard.expr.meta.root_names():
            if name in catalogue:
                gaps |= set(catalogue.missing(catalogue[name], self.history))
            elif name in CONTEXT:
                gaps |= _without(CONTEXT[name], self.history.present)
        return sorted(gaps)

    def why(self, item: Rule) -> dict[Protective, tuple[str, str]]:
        """What could not be asked for a rule, in English and Chinese, by explanation."""
        return {guard: self._words(guard, gaps) for guard, gaps in self.unasked(item)}

    def _words(self, guard: Protective, gaps: list[str]) -> tuple[str, str]:
        en, zh = WHOSE[not self.own.isdisjoint(gaps)]
        return (
            f"could not be asked for want of {needs(gaps)}{en}: {guard.en}",
            f"{zh}未提供{needs(gaps, zh=True)}，无法核实：{guard.zh}",
        )


def _without(ways: Alternatives, present: frozenset[Pair]) -> set[str]:
    """What the first way to fill a column lacks; nothing where any way is complete."""
    if any(way <= present for way in ways):
        return set()
    return {f"{table}.{column}" for table, column in ways[0] - present}


def needs(gaps: Iterable[str], *, zh: bool = False) -> str:
    """'stays.person_id, stays.ward' as 'stays (person_id, ward)'."""
    tables: dict[str, list[str]] = {}
    for gap in gaps:
        table, column = gap.split(".")
        tables.setdefault(table, []).append(BY_NAME[table].by_name[column].zh if zh else column)
    if zh:
        return "、".join(
            f"{BY_NAME[table].zh}（{'、'.join(columns)}）" for table, columns in tables.items()
        )
    return "; ".join(f"{table} ({', '.join(columns)})" for table, columns in tables.items())


@dataclass(frozen=True)
class Books:
    """What is delivered: by the whole lake, and by each hospital since a night."""

    history: History

    def parts(self, entity: str, measured: pl.DataFrame) -> Iterator[tuple[Gaps, pl.DataFrame]]:
        """Measured subjects by what their hospitals had delivered on their night.

        What nobody can say of a hospital is blank, whatever the empty book would say.
        """
        if entity not in JUDGED_BY_HOUSE or measured.is_empty():
            yield Gaps(self.history), measured
            return
        houses = measured.select("hospital_id", "as_of").unique()
        marked = measured.join(
            self.lacking(houses), on=["hospital_id", "as_of"], how="left", maintain_order="left"
        ).with_columns(pl.col("_lacks").fill_null(""))
        for rows in marked.partition_by("_lacks", maintain_order=True):
            gaps = self.gaps(rows["_lacks"][0])
            blank = [name for name in gaps.blank(entity) if name in rows.columns]
            yield (
                gaps,
                rows.drop("_lacks").with_columns(
                    pl.lit(None, rows.schema[name]).alias(name) for name in blank
                ),
            )

    def gaps(self, lacks: str) -> Gaps:
        """The knowledge without what a hospital leaves out, as 'table.column table.column'."""
        own = frozenset(lacks.split())
        pairs = {(table, column) for table, column in (one.split(".") for one in own)}
        return Gaps(replace(self.history, present=self.history.present - pairs), own)

    def lacking(self, houses: pl.DataFrame) -> pl.DataFrame:
        """Columns of its own books that a hospital had not delivered on a night, in one text.

        ``houses`` has hospital_id and as_of; no row where it had delivered all that others have.
        """
        told = pl.DataFrame({"book": sorted(self._asked)}, schema={"book": pl.String})
        known = houses.drop_nulls("hospital_id").join(told, how="cross")
        dated = known.join(self.delivered, on=["hospital_id", "book"], how="left")
        absent = pl.col("since").is_null() | (pl.col("since") > pl.col("as_of"))
        return (
            dated.filter(absent)
            .group_by("hospital_id", "as_of")
            .agg(_lacks=pl.col("book").sort().str.join(" "))
        )

    @cached_property
    def _asked(self) -> frozenset[str]:
        """Columns of hospitals' own books that features read and the lake has at all."""
        frames = [frame for name in JUDGED_BY_HOUSE for frame in CATALOGUES[name].frames.values()]
        pairs = {
            pair
            for frame in frames
            for ways in (*frame.sources.values(), frame.needs)
            for way in ways
            for pair in way
        }
        return frozenset(
            f"{table}.{column}"
            for table, column in pairs & self.history.present
            if table in OF_HOUSES
        )

    @cached_property
    def delivered(self) -> pl.DataFrame:
        """Since which night each hospital fills each column: hospital_id, book, since."""
        found = [self._delivered(table) for table in OF_HOUSES]
        return pl.concat(pl.collect_all(found)).drop_nulls()

    def _delivered(self, table: str) -> pl.LazyFrame:
        rows = self.history.tables[table]
        columns = sorted(one.split(".")[1] for one in self._asked if one.startswith(f"{table}."))
        if "hospital_id" not in BY_NAME[table].by_name:
            stays = self.history.tables["stays"].select("stay_id", "hospital_id")
            first = stays.unique("stay_id", keep="any")
            rows = rows.join(first, on="stay_id")
        night = pl.col("received_on")
        return (
            rows.group_by("hospital_id")
            .agg(
                night.filter(pl.col(column).is_not_null()).min().alias(f"{table}.{column}")
                for column in columns
            )
            .unpivot(index="hospital_id", variable_name="book", value_name="since")
            .with_columns(pl.col("since").cast(pl.Date))
        )
