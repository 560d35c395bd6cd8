"""Rules on the devices that a stay ought to have on its bill."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, limit, rule


@rule(
    "C14",
    STAY,
    en="Operation without its device",
    zh="手术有必需耗材无",
    hook="38-7",
    grade=CLUE,
    version="2026-11",
    limits=("kits_not_billed", "absent_device_share"),
    evidence=("kits_not_billed", "absent_device_share", "absent_devices", "procedures"),
    loss_method="line_sum",
    # What the person paid elsewhere is on no bill; people find it out.
    amount=pl.lit(0, pl.Int64),
    says="an operation was billed without the device that it cannot be done without",
    says_zh="已开展手术，但无该手术必需耗材的计费",
    protected_by=(
        protective.private_pay,
        protective.given_device,
        protective.left_early,
    ),
    branches=(("kits_not_billed",), ("absent_device_share", "procedures")),
)
def without_its_device() -> pl.Expr:
    """An operation was coded, and a device that it needs is on no bill (national list, item 35).

    Either the kit of the operation names it, or nearly all operated peers of the same case group
    are billed for such a device. The person may have bought it outside.
    """
    lacking = pl.col("kits_not_billed") >= limit("kits_not_billed")
    unlike = (pl.col("absent_device_share") >= limit("absent_device_share")) & (
        pl.col("procedures") > 0
    )
    return lacking.fill_null(value=False) | unlike.fill_null(value=False)
