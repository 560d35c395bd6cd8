"""Why a row is tagged: a harmless defect, or a subject of the answer key that it hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.integration.inspector import CHILDREN, FINDING, ROW, Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Causes = Mapping[str, tuple[str, ...]]
    Harmless = Mapping[str, Callable[[Folder], pl.DataFrame]]


def unexplained(
    folder: Folder, tags: pl.DataFrame, causes: Causes, harmless: Harmless
) -> pl.DataFrame:
    """Tags without a cause, counted by table, column and code, with what they hang on.

    ``causes`` says who may cause which tag: a name of ``harmless``, which gives its rows, or a
    scheme or look-alike of the answer key.
    """
    allowed = pl.DataFrame(
        [(code, cause) for code, names in causes.items() for cause in names],
        schema={"code": pl.String, "cause": pl.String},
        orient="row",
    )
    hang_on = anchors(folder, tags).join(subjects(folder), on="anchor")
    planted = hang_on.join(allowed, left_on=["code", "scheme"], right_on=["code", "cause"])
    defects = [
        tags.join(rows(folder).select(ROW), on=ROW)
        .join(allowed.filter(pl.col("cause") == name), on="code")
        .select(FINDING)
        for name, rows in harmless.items()
    ]
    explained = pl.concat([planted.select(FINDING), *defects])
    left = tags.join(explained, on=FINDING, how="anti")
    return (
        left.join(hang_on, on=FINDING, how="left")
        .group_by("table", "column", "code")
        .agg(
            pl.struct(ROW).n_unique().alias("rows"),
            pl.col("row_key").first(),
            pl.col("scheme").unique().sort(),
        )
        .sort("table", "column", "code")
    )


def anchors(folder: Folder, findings: pl.DataFrame) -> pl.DataFrame:
    """What each finding hangs on: stay, person, physician, hospital, ledger's goods.

    One row a finding and ``anchor``, in the words of the answer key's subjects.
    """
    parts = [
        _anchored(folder, name, findings.filter(pl.col("table") == name))
        for name in findings["table"].unique().sort()
    ]
    empty = findings.clear().select(*FINDING, anchor=pl.lit(""))
    return pl.concat([empty, *parts]).unique()


def _anchored(folder: Folder, name: str, findings: pl.DataFrame) -> pl.DataFrame:
    rows = folder.under_stays(name) if name in CHILDREN else folder.table(name)
    rows = rows.join(findings, on=ROW)
    things = ["stay_id", "person_id", "physician_id", "hospital_id"]
    things = [one for one in (*things, "_person", "_physician", "_hospital") if one in rows.columns]
    if {"hospital_id", "item_code"} <= set(rows.columns):
        rows = rows.with_columns(_goods=pl.col("hospital_id") + "|" + pl.col("item_code"))
        things.append("_goods")
    long = rows.unpivot(things, index=FINDING, value_name="anchor")
    return long.drop("variable").drop_nulls("anchor")


def subjects(folder: Folder) -> pl.DataFrame:
    """The answer key as anchors: ``scheme`` (or the name of a look-alike) and ``anchor``.

    A use is anchored in its stay, a ledger in its hospital and product.
    """
    key = pl.read_parquet(folder.out / "truth" / "truth.parquet")
    part = pl.col("subject_id").str.split("|").list
    anchor = (
        pl.when(pl.col("subject_type") == "use")
        .then(part.first())
        .when(pl.col("subject_type") == "ledger")
        .then(part.head(2).list.join("|"))
        .otherwise("subject_id")
    )
    return key.select("scheme", "innocent", anchor=anchor).unique()
