"""Person numbers become pseudonyms on the way in, before anything is written anywhere.

A pseudonym is a keyed hash (HMAC-SHA256): the same person always gets the same one, and
without the key nobody can try numbers until one fits.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from claims.vault import Vault, load_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from claims.delivery import Delivery

# 128 bits: no two of a thousand million persons share one by chance.
PSEUDONYM_HEX = 32
PERSON = "person"
ADDRESS = "address"
# Column name -> whose space its values belong to. A referrer may be an insured person,
# and then has the same pseudonym in both places.
SPACES: Mapping[str, str] = {
    "person_id": PERSON,
    "referrer": PERSON,
    "address_hash": ADDRESS,
}


@dataclass(frozen=True)
class Pseudonyms:
    """The key of one installation, and the vault that knows the way back."""

    key: bytes
    vault: Vault

    @classmethod
    def at(cls, folder: Path) -> Pseudonyms:
        """Open the keys of a folder (settings.key_folder); they are made at first use."""
        return cls(load_key(folder / "pseudonym.key"), Vault.at(folder))

    def of(self, original: str, space: str = PERSON) -> str:
        """The pseudonym of one value; the same text in another space gives another one."""
        digest = hmac.digest(self.key, f"{space}:{original}".encode(), "sha256")
        return digest.hex()[:PSEUDONYM_HEX]

    def of_all(self, originals: pl.Series, space: str = PERSON) -> dict[str, str]:
        """Original -> pseudonym for every different filled value of a text column."""
        return {one: self.of(one, space) for one in originals.drop_nulls().unique().to_list()}


def pseudonymised(delivery: Delivery, pseudonyms: Pseudonyms) -> Delivery:
    """Replace everything personal in a delivery and keep the way back of persons."""
    masks = _masks(delivery, pseudonyms)
    pseudonyms.vault.keep({mask: original for original, mask in masks[PERSON].items()})
    return _all_masked(delivery, masks)


def only_masked(delivery: Delivery, pseudonyms: Pseudonyms) -> Delivery:
    """Replace everything personal in what is looked at and not kept; no way back is stored."""
    return _all_masked(delivery, _masks(delivery, pseudonyms))


def _all_masked(delivery: Delivery, masks: Mapping[str, Mapping[str, str]]) -> Delivery:
    return replace(
        delivery,
        tables={name: _masked(rows, masks) for name, rows in delivery.tables.items()},
        unreadable={name: _masked(rows, masks) for name, rows in delivery.unreadable.items()},
    )


def unmask(folder: Path, pseudonym: str) -> str:
    """Say who a pseudonym stands for; only the workbench's logged unmasking may ask.

    Raises NotFoundError for a pseudonym the vault does not know.
    """
    return Vault.at(folder).unmask(pseudonym)


def _masks(delivery: Delivery, pseudonyms: Pseudonyms) -> dict[str, dict[str, str]]:
    found: dict[str, list[pl.Series]] = {space: [] for space in SPACES.values()}
    for rows in (*delivery.tables.values(), *delivery.unreadable.values()):
        for column, space in SPACES.items():
            if column in rows.columns:
                found[space].append(rows[column].drop_nulls().unique().alias("value"))
        if "subject_id" in rows.columns:
            found[PERSON].append(rows.filter(_about_persons())["subject_id"].alias("value"))
    return {
        space: pseudonyms.of_all(pl.concat(values), space) if values else {}
        for space, values in found.items()
    }


def _about_persons() -> pl.Expr:
    return (pl.col("subject_type") == "person").fill_null(value=False)


def _masked(rows: pl.DataFrame, masks: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    changed = [
        pl.col(column).replace(masks[space])
        for column, space in SPACES.items()
        if column in rows.columns and masks[space]
    ]
    if "subject_id" in rows.columns and masks[PERSON]:
        masked = pl.col("subject_id").replace(masks[PERSON])
        changed.append(
            pl.when(_about_persons()).then(masked).otherwise("subject_id").alias("subject_id")
        )
    return rows.with_columns(changed)
