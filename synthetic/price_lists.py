"""The price lists as delivered: one row a service or product and price, with its validity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from claims.knowledge.scopes import load_scopes
from synthetic.catalogue import FAR_PAST, NEVER, NEW_CODE_LISTED, OLD_CODE_LEFT

if TYPE_CHECKING:
    from synthetic.catalogue import Products, Services
    from synthetic.clock import Clock
    from synthetic.randomness import Flags, Floats, Whole


def service_rows(items: Services, clock: Clock) -> pl.DataFrame:
    """The price list with its validity: one row a price."""
    changed = items.later_price != items.price
    base = items.frame.with_columns(
        valid_from=pl.lit(clock.on(FAR_PAST)),
        valid_to=pl.Series(changed).replace_strict(
            {True: clock.on(items.rise - 1), False: None}, return_dtype=pl.Date
        ),
    )
    later = (
        items.frame.with_columns(price=pl.Series(items.later_price))
        .filter(pl.Series(changed))
        .with_columns(valid_from=pl.lit(clock.on(items.rise)), valid_to=pl.lit(None, pl.Date))
    )
    return pl.concat([base, later], how="diagonal")


def consumable_rows(items: Products, clock: Clock) -> pl.DataFrame:
    """The catalogue of consumables: one row a product and price."""
    selected = pl.Series(items.selected_at < items.change)
    last = np.minimum(items.change - 1, items.renewed_at + OLD_CODE_LEFT)
    base = _rows(items, items.price, selected, items.covered).with_columns(
        valid_from=clock.dates(_listed_from(items)),
        valid_to=pl.when(pl.Series(last < NEVER - 1)).then(
            clock.dates(np.where(last < NEVER - 1, last, 0))
        ),
    )
    ends = items.renewed_at + OLD_CODE_LEFT  # of a code that was replaced by another
    changed = (items.change < NEVER) & (items.change <= ends)
    covered = items.paid_by_fund(np.arange(len(items.codes)), items.change)
    selected = pl.Series(items.selected_at < NEVER)
    later = _rows(items, items.later_price, selected, covered).with_columns(
        valid_from=clock.dates(np.where(changed, items.change, 0)),
        valid_to=pl.when(pl.Series(items.renewed_at < NEVER)).then(
            clock.dates(np.where(items.renewed_at < NEVER, ends, 0))
        ),
    )
    return pl.concat([base, later.filter(pl.Series(changed))], how="diagonal")


def _listed_from(items: Products) -> Whole:
    """First day of each code: new codes some weeks before they are first used."""
    first = np.full(len(items.codes), FAR_PAST)
    old = np.flatnonzero(items.renewed_at < NEVER)
    first[items.successor[old]] = items.renewed_at[old] - NEW_CODE_LISTED
    return first


def sexes() -> dict[str, str]:
    """Device classes made for one sex, by their newest scope."""
    newest = ((code, known.versions[-1].sex) for code, known in load_scopes().by_class.items())
    return {code: sex for code, sex in newest if sex}


def _rows(items: Products, price: Floats, selected: pl.Series, covered: Flags) -> pl.DataFrame:
    return items.frame.select(
        "item_code",
        "class_code",
        "class_name",
        "maker",
        "origin",
        "unit",
        generic_name="name_zh",
        pack_factor=pl.col("pack").cast(pl.Int64) * 1000,
        implantable=pl.col("implantable") == 1,
        single_use=pl.lit(value=True),
        key_list=pl.col("key_list") == 1,
        covered=pl.Series(covered),
        vbp_selected=selected,
        vbp_group=pl.when(pl.col("vbp") == 1).then("VBP-" + pl.col("key")),
        platform_price=pl.Series(price),
        payment_standard=pl.Series(price),
        sex_limit=pl.col("class_code").replace_strict(
            sexes(), default=None, return_dtype=pl.String
        ),
        registration_valid_to="registration",
    )
