"""Measure subjects: every declared feature, as known on each subject's own night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from features.once import sharing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claims.history import History
    from features.catalogue import Catalogue
    from features.declaration import Feature

_HOUSE = (
    "hospital_id",
    "person_id",
    "event_on",
    "level",
    "hospital_kind",
    "ownership",
    "district",
    "department",
)
# Context that rules, standards and wording read beside the features, by entity.
CONTEXT: dict[str, tuple[str, ...]] = {
    "stay": (
        "hospital_id",
        "person_id",
        "event_on",
        "level",
        "scheme",
        "case_group",
        "case_family",
        "drg",
        "principal_diagnosis",
        "department",
        "ward",
        "hospital_kind",
        "admission_way",
        "discharge_way",
        "day_case",
        "newborn",
        "relief",
        "planned_readmission",
        "total_amount",
        "fund_amount",
        "payment_standard",
        "admitted_on",
        "discharged_on",
    ),
    "use": (
        "hospital_id",
        "person_id",
        "event_on",
        "level",
        "scheme",
        "case_group",
        "case_family",
        "drg",
        "department",
        "stay_id",
        "item_code",
        "generic_name",
        "class_code",
        "class_name",
        "site",
        "platform_price",
        "price_limit",
        "previous_price",
        "price_age",
        "billed_price",
        "invoice_price",
        "dearest_invoice",
        "used_quantity",
        "recorded",
    ),
    "ledger": (
        "hospital_id",
        "person_id",
        "event_on",
        "level",
        "item_code",
        "generic_name",
        "class_code",
        "class_name",
        "platform_price",
        "key_list",
        "billed_year",
        "billed_amount_year",
        "bought_year",
        "consigned_year",
        "in_year",
        "out_year",
        "year_opening",
        "year_opening_on",
        "closing",
        "closing_on",
    ),
    "person": (
        "hospital_id",
        "person_id",
        "event_on",
        "level",
        "scheme",
        "age_band",
        "relief",
    ),
    "physician": _HOUSE,
    "department": _HOUSE,
    "hospital": _HOUSE,
    "group": ("hospital_id", "person_id", "event_on", "level"),
}


def measure(
    history: History, catalogue: Catalogue, subjects: pl.DataFrame, features: Sequence[Feature]
) -> pl.DataFrame:
    """Measure features of subjects.

    ``subjects`` has ``subject_id`` (unique) and ``as_of`` (the night whose knowledge is
    used). Returns one row a subject found, sorted: subject_id, as_of, the context columns
    of the entity, then one Float64 column a feature (null where it cannot be said, and
    for features of the catalogue that are not among ``features``).
    """
    with sharing():
        measured = _measured(history, catalogue, subjects, features)
    return _finished(measured, catalogue, features)


def _measured(
    history: History, catalogue: Catalogue, subjects: pl.DataFrame, features: Sequence[Feature]
) -> pl.DataFrame:
    wanted = subjects.lazy().select("subject_id", "as_of").unique()
    entity = catalogue.entity.name
    # The frame of the subject itself serves its context and its own features: built once.
    own = catalogue.frames[entity].build(history, wanted).collect()
    taken = {item.name for item in features}
    names = [name for name in CONTEXT[entity] if name not in taken]
    measured = own.select("subject_id", "as_of", *names)
    for over in dict.fromkeys(item.over for item in features):
        mine = [item for item in features if item.over == over]
        rows = own.lazy() if over == entity else catalogue.frames[over].build(history, wanted)
        found = computed(rows, mine, single=catalogue.frames[over].single).collect()
        measured = measured.join(found, on="subject_id", how="left")
    return measured


def computed(rows: pl.LazyFrame, features: list[Feature], *, single: bool) -> pl.LazyFrame:
    """One row a subject with the features over one prepared frame."""
    columns = [item.expr.cast(pl.Float64).alias(item.name) for item in features]
    if single:
        return rows.select("subject_id", *columns)
    return rows.group_by("subject_id").agg(columns)


def _finished(
    measured: pl.DataFrame, catalogue: Catalogue, features: Sequence[Feature]
) -> pl.DataFrame:
    """Fill what "no row" means, drop what is no number, add what is switched off as null."""
    empties = [
        pl.col(item.name).fill_null(item.empty) for item in features if item.empty is not None
    ]
    finite = [
        pl.when(pl.col(item.name).is_finite()).then(pl.col(item.name)).alias(item.name)
        for item in features
    ]
    off = [item.name for item in catalogue.features if item not in features]
    return (
        measured.with_columns(empties)
        .with_columns(finite)
        # Rules may then be asked all the same; a null raises nothing.
        .with_columns(pl.lit(None, pl.Float64).alias(name) for name in off)
        .sort("subject_id")
    )
