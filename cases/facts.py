"""Fact labels: what a record simply is, declared once; what protects is a fact too.

Facts are written for what became an alert alone. They can be read off the data at any time,
and for all stays of a city they would be millions of rows a month that nobody opens; beside
an alert an auditor needs them at a glance. Every protective condition that the rules know
becomes a fact by itself, so that it is seen even where no rule had to be silenced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from claims.history import as_of
from features import stay_frames, use_frames
from rules import protective

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cases.judged import Judged
    from claims.history import History
    from rules.declaration import Protective

OLD_AGE = 80.0
INTENSIVE = "重症|ICU"


@dataclass(frozen=True)
class Fact:
    """One fact label; ``expr`` is true where it holds.

    ``value`` and ``standard`` are what was compared, where the fact is a comparison.
    """

    name: str
    en: str
    zh: str
    expr: pl.Expr = field(repr=False, compare=False)
    value: str | None = None
    standard: float | None = None
    protective: bool = False

    @property
    def reads(self) -> frozenset[str]:
        """Columns that decide it."""
        return frozenset(self.expr.meta.root_names())


def _is(column: str, value: str | None = None) -> pl.Expr:
    return pl.col(column) if value is None else pl.col(column) == value


STAY = (
    Fact(
        "age_80",
        "aged 80 or more",
        "80岁及以上",
        pl.col("age") >= OLD_AGE,
        value="age",
        standard=OLD_AGE,
    ),
    Fact("retired", "retired", "退休人员", _is("person_type", "retired")),
    Fact("employee", "employee scheme", "职工医保", _is("scheme", "employee")),
    Fact("resident", "resident scheme", "居民医保", _is("scheme", "resident")),
    Fact("relief", "poverty relief", "医疗救助对象", _is("relief"), protective=True),
    Fact("transferred_out", "left by transfer", "转院离院", _is("discharge_way", "transfer")),
    Fact("against_advice", "left against advice", "非医嘱离院",
         _is("discharge_way", "against_advice"), protective=True),
    Fact("died", "died in hospital", "院内死亡", _is("discharge_way", "death")),
    Fact("operated", "an operation was coded", "有手术操作", pl.col("operations") > 0,
         value="operations"),
    Fact("intensive_care", "intensive care", "入住重症病房", _is("intensive")),
    Fact("key_item", "a key consumable was billed", "使用重点耗材", pl.col("key_items") > 0,
         value="key_items"),
    Fact("volume_based", "an item of volume-based procurement was billed", "使用集采中选耗材",
         pl.col("selected_items") > 0, value="selected_items"),
)  # fmt: skip
USE = (
    Fact("key_item", "on the list of key consumables", "重点耗材", _is("key_list")),
    Fact("volume_based", "selected in volume-based procurement", "集采中选产品",
         _is("vbp_selected")),
    Fact("implant", "implantable", "植入类", _is("implantable")),
    Fact("imported", "imported", "进口产品", _is("origin", "imported")),
)  # fmt: skip
LEDGER = (
    Fact("consigned", "bought on consignment", "寄售采购", pl.col("consigned_year") > 0,
         value="consigned_year", protective=True),
    Fact("transferred_in", "stock came from another campus", "有院区间调入",
         pl.col("in_year") > 0, value="in_year", protective=True),
)  # fmt: skip
DECLARED: dict[str, tuple[Fact, ...]] = {"stay": STAY, "use": USE, "ledger": LEDGER}


def of_guard(guard: Protective) -> Fact:
    """A protective condition as the fact that it is."""
    return Fact(guard.code, guard.en, guard.zh, guard.expr, protective=True)


def facts_of(entity: str) -> tuple[Fact, ...]:
    """Facts of one kind of subject: the declared ones, then every protective condition."""
    own = DECLARED.get(entity, ())
    taken = {item.name for item in own}
    guards = [of_guard(guard) for guard in protective.ALL if guard.code not in taken]
    return (*own, *guards)


def facts(judged: Judged, subjects: pl.DataFrame, history: History) -> Iterator[dict[str, Any]]:
    """What is true of each subject: subject_id, fact, value."""
    chosen = judged.measured.join(subjects.select("subject_id"), on="subject_id", how="semi")
    entity = judged.catalogue.entity.name
    known = _widened(chosen, entity, history)
    able = [item for item in facts_of(entity) if item.reads <= set(known.columns)]
    for item in able:
        shown = pl.lit(None, pl.Float64) if item.value is None else pl.col(item.value)
        held = known.filter(item.expr.fill_null(value=False)).select(
            "subject_id", value=shown.cast(pl.Float64)
        )
        for subject, value in held.iter_rows():
            yield {"subject_id": subject, "fact": item, "value": value}


def _widened(chosen: pl.DataFrame, entity: str, history: History) -> pl.DataFrame:
    """The measured rows with columns that are delivered and that no feature reads."""
    more = MORE.get(entity)
    if more is None or chosen.is_empty():
        return chosen
    wanted = chosen.lazy().select("subject_id", "as_of")
    added = more(history, wanted).collect()
    fresh = [name for name in added.columns if name == "subject_id" or name not in chosen.columns]
    return chosen.join(added.select(fresh), on="subject_id", how="left")


def _of_stays(history: History, wanted: pl.LazyFrame) -> pl.LazyFrame:
    own = stay_frames.stay(history, wanted)
    typed = stay_frames.attach(
        own, history, "persons", "person_id", {"person_type": "person_type"}
    ).select("subject_id", "person_type", intensive=_intensive())
    operations = stay_frames.procedures(history, wanted).group_by("subject_id")
    return (
        typed.join(operations.agg(operations=pl.len()), on="subject_id", how="left")
        .join(_goods(history, wanted), on="subject_id", how="left")
        .with_columns(pl.col("operations").fill_null(0))
    )


def _intensive() -> pl.Expr:
    return pl.any_horizontal(
        pl.col(name).str.contains(INTENSIVE).fill_null(value=False)
        for name in ("department", "ward")
    )


def _goods(history: History, wanted: pl.LazyFrame) -> pl.LazyFrame:
    """Kinds of consumables of each stay on the key list, and selected, on the day of service."""
    lines = (
        stay_frames.lines(history, wanted)
        .with_columns(served=pl.coalesce("performed_at", "charged_at").dt.date())
        .group_by("subject_id", "as_of", "item_code")
        .agg(pl.col("quantity").sum(), pl.col("served").max())
        # What was taken back was not used.
        .filter(pl.col("quantity") > 0)
    )
    rows = history.versions("consumables").select(
        "item_code", "valid_from", "known_from", "known_until", "key_list", "vbp_selected"
    )
    valid = (
        lines.join(rows, on="item_code")
        .filter(as_of("as_of") & (pl.col("valid_from") <= pl.col("served")))
        .sort("subject_id", "item_code", "valid_from")
        .group_by("subject_id", "item_code", maintain_order=True)
        .last()
    )
    return valid.group_by("subject_id").agg(
        key_items=pl.col("key_list").sum(), selected_items=pl.col("vbp_selected").sum()
    )


def _of_uses(history: History, wanted: pl.LazyFrame) -> pl.LazyFrame:
    return use_frames.use(history, wanted).select(
        "subject_id", "key_list", "vbp_selected", "implantable", "origin"
    )


MORE: dict[str, Callable[[History, pl.LazyFrame], pl.LazyFrame]] = {
    "stay": _of_stays,
    "use": _of_uses,
}
