"""The kinds of subjects of judged cities, at the capacities that the report asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from bench.report.asked import sizes, tested
from evaluation.kinds import TYPE, Hospitals, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.report.results import Result


def kind_of(result: Result, name: str) -> Kind:
    """The subjects of a kind in a city."""
    many = result.records.filter(pl.col(TYPE) == name).height
    return Kind.of(
        result.seed, result.records, result.key, name, sizes(name, many), tested(name, many)
    )


def hospitals_of(results: Sequence[Result]) -> Hospitals:
    """Every hospital that a record or a line of a key names."""
    return Hospitals.of((one.seed, (one.records, one.key)) for one in results)


def ranked_kinds(results: Sequence[Result]) -> list[str]:
    """Kinds of subjects that a queue orders in every city, and in which anything is planted."""
    ranked = [set(one.records.drop_nulls("margin")["subject_type"]) for one in results]
    planted = {kind for one in results for kind in one.key.filter(~pl.col("innocent"))[TYPE]}
    return sorted(set.intersection(planted, *ranked), key=_as_told)


def _as_told(name: str) -> tuple[int, str]:
    known = ("stay", "use", "ledger")
    return (known.index(name) if name in known else len(known), name)
