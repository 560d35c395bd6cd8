"""The patients of a ledger: who was billed for the article in the month, and what was listed.

Special sizes, allergies and severe courses are reasons to take a dear article; the guidelines ask
that they be written down (DOMAIN C19, C22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.history import as_of
from features.frames import Frame, source, together
from features.ledger_flows import billed_lines
from features.ledger_frames import parts
from features.use_base import STAY, rows_of

if TYPE_CHECKING:
    from claims.history import History

# Allergies; and, beside what the patient came for, obesity, deformity of the spine, aneurysm of
# a coronary artery, malformations.
ALLERGIES = r"^(?:T78|Z88|L23)"
BODIES = r"^(?:E66|M41|I25\.4|Q)"
# Last character of a group: 1 with severe complications, 3 with complications (CHS-DRG 2.0).
COMPLICATED = ("1", "3")


def patients(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a ledger and stay that was billed for it: ``complicated`` and ``reasoned``."""
    named = parts(subjects)
    billed = (
        named.join(billed_lines(history), on=["hospital_id", "item_code"])
        .filter(as_of("as_of") & pl.col("day").is_between("first_day", "last_day"))
        .group_by("subject_id", "as_of", "stay_id")
        .agg(pl.col("quantity").sum())
        .filter(pl.col("quantity") > 0)
        .select("subject_id", "as_of", "stay_id")
        .collect()
        .lazy()
    )
    stays = billed.join(rows_of(history, billed, "stays"), on=STAY).with_columns(
        complicated=pl.col("drg").str.slice(-1).is_in(COMPLICATED).fill_null(value=False)
    )
    code = pl.col("code")
    listed = billed.join(rows_of(history, billed, "stay_diagnoses"), on=STAY).filter(
        code.str.contains(ALLERGIES) | (code.str.contains(BODIES) & (pl.col("position") > 1))
    )
    reasons = listed.select("subject_id", "stay_id").unique()
    return (
        stays.select("subject_id", "stay_id", "complicated")
        .join(
            reasons.with_columns(reasoned=pl.lit(value=True)),
            on=["subject_id", "stay_id"],
            how="left",
        )
        .with_columns(pl.col("reasoned").fill_null(value=False))
    )


LINE = source(
    "fee_lines.stay_id",
    "fee_lines.category",
    "fee_lines.charged_at",
    "fee_lines.item_code",
    "fee_lines.quantity",
    "stays.hospital_id",
)
FRAMES = {
    "ledger_patients": Frame(
        "ledger_patients",
        patients,
        needs=LINE,
        sources={
            "complicated": together(LINE, source("stays.drg")),
            "reasoned": together(LINE, source("stay_diagnoses.code", "stay_diagnoses.position")),
        },
    )
}
