"""Knowledge time: the night on which each delivered row became known.

A nightly delivery is known that night. A history carries ``received_on`` or lets it be
told from the events: what hangs on a stay is known with the stay, all else the day after
it happened, and tables without events on the first night of the delivery.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.errors import DeliveryError
from claims.tables import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from claims.schema import Table

NIGHT = "received_on"
Frames = dict[str, pl.DataFrame]


def known_tonight(tables: Mapping[str, pl.DataFrame], night: date) -> tuple[Frames, list[str]]:
    """Stamp every row with the night; tell in a notice where rows said another one."""
    notices = []
    for name, rows in tables.items():
        others = rows.filter(pl.col(NIGHT) != night).height
        if others:
            notices.append(
                f"{name}: {others} rows carry another received_on than {night}; "
                "a nightly delivery counts as known on its night."
            )
    stamped = {name: rows.with_columns(pl.lit(night).alias(NIGHT)) for name, rows in tables.items()}
    return stamped, notices


def known_by_event(tables: Mapping[str, pl.DataFrame], fallback: date | None) -> Frames:
    """Stamp every row with the night on which it can have been known.

    ``fallback`` serves deliveries without a single date. Raises DeliveryError when there is
    neither. A row without a date among dated ones counts as known last, so that nothing is
    known too early.
    """
    own = {name: rows.with_columns(_own_night(BY_NAME[name])) for name, rows in tables.items()}
    if all(rows.is_empty() for rows in own.values()):
        return own
    first, last = _range(own, fallback)
    stays = _stay_nights(own.get("stays", BY_NAME["stays"].empty()), last)
    return {name: _filled(BY_NAME[name], rows, stays, first, last) for name, rows in own.items()}


def _own_night(table: Table) -> pl.Expr:
    """The night given, or the day after the first event that is filled."""
    events = [pl.col(name).cast(pl.Date) for name in table.event]
    after = [pl.coalesce(events).dt.offset_by("1d")] if events else []
    return pl.coalesce(pl.col(NIGHT), *after).alias(NIGHT)


def _range(own: Frames, fallback: date | None) -> tuple[date, date]:
    """First and last night of the delivery: of its stays, or of all rows if they have none."""
    stays = own["stays"][NIGHT].drop_nulls() if "stays" in own else pl.Series(dtype=pl.Date)
    dated = stays if len(stays) else pl.concat([rows[NIGHT].drop_nulls() for rows in own.values()])
    first, last = dated.min(), dated.max()
    if first is None or last is None:
        if fallback is None:
            raise DeliveryError(
                "The delivery has no date at all, so that no night can be told from it.",
                "Deliver received_on, settled_on or discharged_at, or name the night.",
            )
        return fallback, fallback
    return first, last  # type: ignore[return-value]  # Polars types min() for any column


def _stay_nights(stays: pl.DataFrame, last: date) -> pl.DataFrame:
    """First and newest night of every stay of the delivery."""
    return stays.group_by("stay_id").agg(
        pl.col(NIGHT).fill_null(last).min().alias("_first"),
        pl.col(NIGHT).fill_null(last).max().alias("_newest"),
    )


def _filled(
    table: Table, rows: pl.DataFrame, stays: pl.DataFrame, first: date, last: date
) -> pl.DataFrame:
    if table.parent is None:
        # A register has no event: it was known from the start. A dated row without its
        # date is known last.
        return rows.with_columns(pl.col(NIGHT).fill_null(last if table.event else first))
    # A stay sent twice replaces its lines, so that undated lines are those of the newest;
    # a line cannot be seen before the stay it hangs on.
    joined = rows.join(stays, on="stay_id", how="left", maintain_order="left")
    night = pl.coalesce(pl.col(NIGHT), "_newest", pl.lit(last))
    return joined.with_columns(pl.max_horizontal(night, "_first").alias(NIGHT)).drop(
        "_first", "_newest"
    )
