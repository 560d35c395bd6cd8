"""Which persons belong to one computed group, so that no split of a training parts them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from features.communities import communities, named
from features.level_stays import YEAR_DAYS
from models.groups import GROUP, PERSON, ties

if TYPE_CHECKING:
    from claims.history import History

LAIN = ("person_id", "admitted_at", "discharged_at")


def tied(history: History, as_of: date) -> pl.DataFrame:
    """The computed group of each person as known on a night: (person_id, group_id).

    Groups are those that chance does not explain, of the year before the night, of the year
    before that, and so on. None where the data cannot tell who lay together.
    """
    if not history.fills("stays", LAIN):
        return pl.DataFrame(schema={PERSON: pl.String, GROUP: pl.String})
    found = communities(history, pl.LazyFrame({"as_of": _year_ends(history, as_of)}), None)
    members = found.members.join(named(found), on=["subject_id", "as_of"], how="semi")
    return ties(members.rename({"subject_id": GROUP}))


def with_ties(measured: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """Records with the ``group_id`` of their person; null where it belongs to no group."""
    return measured.join(ties, on=PERSON, how="left", maintain_order="left")


def _year_ends(history: History, as_of: date) -> list[date]:
    """The night, and every year before it of which there are stays."""
    oldest = history.tables["stays"].select(pl.col("received_on").min()).collect().item()
    years = (as_of - oldest).days // YEAR_DAYS if isinstance(oldest, date) else 0
    return [as_of - timedelta(days=YEAR_DAYS * back) for back in range(years + 1)]
