"""Standard characteristics (标准特征): what is usual among peers, frozen under a version.

For every peer group ("cell") and feature: median, spread (1.4826 x MAD) and percentiles.
A small cell is drawn towards the wider cell around it with the weight of ``PRIOR_RECORDS``
records, the simplest form of empirical-Bayes shrinkage (Efron and Morris 1975): with n
records, a cell keeps n / (n + PRIOR_RECORDS) of its own value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.results import STANDARDS
from features.declaration import VERSUS_PEERS
from features.exact import divided

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from features.declaration import Entity, Feature

PRIOR_RECORDS = 20
MAD_TO_SPREAD = 1.4826
# For a normal distribution, P5 and P95 lie 3.29 spreads apart.
P5_TO_P95_SPREADS = 3.29
LIMIT_OF_DISTANCE = 20.0
# With fewer records a cell says nothing of its own; the next wider one speaks.
FEWEST_PEERS = 10
WIDEST = 1000
# What is looked up meets every width of its cells in every feature, a few thousand rows: this
# many at once take 1 GB, where 60,000 together took 12.
COMPARED_AT_ONCE = 5_000
MEASURES = ("location", "spread", "p5", "p25", "p75", "p95")


def cell_name(columns: tuple[str, ...], entity: Entity) -> pl.Expr:
    """Name of the peer group that a record falls into, as 'ES35|2|*'; null if unknown."""
    widest = _all_columns(entity)
    parts = [pl.col(name) if name in columns else pl.lit("*") for name in widest]
    return pl.concat_str(parts, separator="|", ignore_nulls=False)


def _all_columns(entity: Entity) -> list[str]:
    seen: dict[str, None] = {}
    for columns in entity.cells:
        seen.update(dict.fromkeys(columns))
    return list(seen)


def freeze(
    measured: pl.DataFrame,
    entity: Entity,
    features: Sequence[Feature],
    *,
    version: str,
    on: date,
) -> pl.DataFrame:
    """Build the standards of one entity from measured records; rows of table `standards`.

    ``measured`` has the context columns of the entity's cells and one column a feature.
    """
    wider: pl.DataFrame | None = None
    built: list[pl.DataFrame] = []
    # From the widest cell to the narrowest, so that each finds its parent ready.
    for index in range(len(entity.cells) - 1, -1, -1):
        wider = _shrunk(_raw(measured, entity, index, features), wider)
        built.append(wider.drop("parent"))
    rows = pl.concat(built).unique(subset=["feature", "cell"], keep="last", maintain_order=True)
    grain = {item.name: item.unit.grain for item in features}
    return (
        rows.with_columns(
            spread=pl.max_horizontal(
                "spread", pl.col("feature").replace_strict(grain, return_dtype=pl.Float64)
            ),
            version=pl.lit(version),
            run_date=pl.lit(on),
            entity=pl.lit(entity.name),
        )
        .select(STANDARDS.names)
        .sort("feature", "cell")
    )


def _raw(
    measured: pl.DataFrame, entity: Entity, index: int, features: Sequence[Feature]
) -> pl.DataFrame:
    """Plain statistics of every feature in every cell of one width."""
    names = [item.name for item in features]
    columns = entity.cells[index]
    parent = entity.cells[index + 1] if index + 1 < len(entity.cells) else None
    keyed = measured.select(
        *names,
        cell=cell_name(columns, entity),
        parent=pl.lit("") if parent is None else cell_name(parent, entity),
    ).drop_nulls("cell")
    # Feature by feature: a long table of all of them would take a hundred times the memory.
    stats = pl.concat(pl.collect_all([_of_feature(keyed.lazy(), name) for name in names]))
    by_range = divided(pl.col("p95") - pl.col("p5"), P5_TO_P95_SPREADS)
    return stats.with_columns(spread=pl.max_horizontal("deviation", by_range)).select(
        "feature", "cell", "parent", "n", *MEASURES
    )


def _of_feature(keyed: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Statistics of one feature in every cell that has a value of it."""
    value = pl.col(name)
    return (
        keyed.select("cell", "parent", name)
        .drop_nulls(name)
        # In order, quantiles are looked up rather than searched for.
        .sort(name)
        .group_by("cell")
        .agg(
            pl.col("parent").min(),
            feature=pl.lit(name),
            n=pl.len().cast(pl.Int64),
            location=value.median(),
            p5=value.quantile(0.05, "linear"),
            p25=value.quantile(0.25, "linear"),
            p75=value.quantile(0.75, "linear"),
            p95=value.quantile(0.95, "linear"),
            deviation=(value - value.median()).abs().median() * MAD_TO_SPREAD,
        )
    )


def _shrunk(raw: pl.DataFrame, wider: pl.DataFrame | None) -> pl.DataFrame:
    if wider is None:
        return raw
    around = wider.select(
        "feature",
        pl.col("cell").alias("parent"),
        *(pl.col(name).alias(f"{name}_around") for name in MEASURES),
    )
    own = pl.col("n") / (pl.col("n") + PRIOR_RECORDS)
    return (
        raw.join(around, on=["feature", "parent"], how="left")
        .with_columns(
            (
                own * pl.col(name) + (1 - own) * pl.coalesce(pl.col(f"{name}_around"), pl.col(name))
            ).alias(name)
            for name in MEASURES
        )
        .select(raw.columns)
    )


def look_up(
    measured: pl.DataFrame, entity: Entity, standards: pl.DataFrame, features: Sequence[str]
) -> pl.DataFrame:
    """For every record and feature the narrowest standard with ``FEWEST_PEERS`` records.

    Returns (subject_id, feature, cell, n, location, spread, p5, ...), long. ``measured``
    has a column ``standard_version`` that says which frozen version each record reads.
    """
    ids = measured.lazy().select(
        "subject_id",
        "standard_version",
        *(cell_name(cells, entity).alias(f"cell_{i}") for i, cells in enumerate(entity.cells)),
    )
    table = standards.lazy().filter(
        (pl.col("entity") == entity.name) & pl.col("feature").is_in(list(features))
    )
    found = [
        ids.select("subject_id", "standard_version", cell=f"cell_{width}")
        .join(
            table,
            left_on=["standard_version", "cell"],
            right_on=["version", "cell"],
        )
        .select("subject_id", "feature", "cell", "n", *MEASURES, width=pl.lit(width))
        for width in range(len(entity.cells))
    ]
    # Where even the widest cell is small, the widest says most.
    order = pl.when(pl.col("n") >= FEWEST_PEERS).then("width").otherwise(WIDEST - pl.col("width"))
    return (
        pl.concat(found)
        .with_columns(order=order)
        .sort("subject_id", "feature", "order")
        .unique(subset=["subject_id", "feature"], keep="first", maintain_order=True)
        .drop("width", "order")
        .collect()
    )


def compare(
    measured: pl.DataFrame, entity: Entity, standards: pl.DataFrame, features: Sequence[Feature]
) -> pl.DataFrame:
    """Add ``<feature>_vs_peers``: distance from the peers' median in spreads, within +-20."""
    names = [item.name for item in features if item.peers]
    if not names or standards.is_empty():
        return measured.with_columns(
            pl.lit(None, pl.Float64).alias(name + VERSUS_PEERS) for name in names
        )
    usual = _usual_of_cells(measured, entity, standards, names)
    pieces = measured.iter_slices(COMPARED_AT_ONCE) if measured.height else [measured]
    return pl.concat([_compared(piece, usual, _where(entity), names) for piece in pieces])


def _where(entity: Entity) -> list[str]:
    """What decides which standards a record reads: their version, and its cells."""
    return ["standard_version", *_all_columns(entity)]


def _usual_of_cells(
    measured: pl.DataFrame, entity: Entity, standards: pl.DataFrame, names: Sequence[str]
) -> pl.DataFrame:
    """Location and spread of every feature, wide, for each version and cells that occur.

    Records of the same cells read the same standards: they are looked up once for all.
    """
    where = _where(entity)
    occur = (
        measured.select(where)
        .unique()
        .sort(where)
        .with_row_index("subject_id")
        .cast({"subject_id": pl.String})
    )
    pieces = occur.iter_slices(COMPARED_AT_ONCE) if occur.height else [occur]
    found = [
        look_up(piece, entity, standards, names).pivot(
            on="feature", index="subject_id", values=["location", "spread"]
        )
        for piece in pieces
    ]
    wide = pl.concat(found, how="diagonal")
    return occur.join(wide, on="subject_id", how="left").drop("subject_id")


def _compared(
    measured: pl.DataFrame, usual: pl.DataFrame, where: Sequence[str], names: Sequence[str]
) -> pl.DataFrame:
    joined = measured.join(usual, on=where, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(
        _distance(name, joined.columns).alias(name + VERSUS_PEERS) for name in names
    ).select(*measured.columns, *(name + VERSUS_PEERS for name in names))


def _distance(name: str, columns: list[str]) -> pl.Expr:
    location, spread = _wide(name, "location", columns), _wide(name, "spread", columns)
    if location is None or spread is None:
        return pl.lit(None, pl.Float64)
    distance = (pl.col(name) - pl.col(location)) / pl.col(spread)
    return distance.clip(-LIMIT_OF_DISTANCE, LIMIT_OF_DISTANCE)


def _wide(name: str, measure: str, columns: list[str]) -> str | None:
    column = f"{measure}_{name}"
    return column if column in columns else None
