"""What schemes and look-alikes add to the city beyond its plan and its uses.

``LINES``: fee lines that no plan asked for. ``stay`` key, ``served`` and ``posted`` seconds
from the first day, ``quantity`` units (negative takes back), ``price`` in fen, ``physician``
row number or null, ``number`` place among the stay's added lines and ``undoes`` the number of
the added line that this one takes back. ``WANTED``: units truly used beside the kit (at most
16 products a stay), bought and booked like the rest; ``self_paid`` ones are put to the patient,
``on`` is the source day of their use (null: that of the operation).
``SWITCHED``: a product of the kit in whose place another one was taken.
``CODES``: diagnoses listed beyond the patient's own. ``PEOPLE``: persons sent again, with the
day on which that became known. ``VISITS``: outpatient visits; ``amount`` in fen or null.
"""

from __future__ import annotations

import polars as pl

from synthetic.keys import ADDED_USE, ADDED_VISIT, KIT_STEP, UNIT_STEP, VISIT_STEP

LINES = {
    "stay": pl.Int64, "number": pl.Int64, "undoes": pl.Int64, "served": pl.Int64,
    "posted": pl.Int64, "quantity": pl.Int32, "category": pl.String, "item_code": pl.String,
    "price": pl.Int64, "covered": pl.Boolean, "physician": pl.Int64, "udi_di": pl.String,
    "lot": pl.String, "serial": pl.String,
}  # fmt: skip
CODES = {"stay": pl.Int64, "code": pl.String, "present": pl.Boolean}
WANTED = {
    "stay": pl.Int64, "product": pl.Int64, "quantity": pl.Int64, "self_paid": pl.Boolean,
    "on": pl.Int64,
}  # fmt: skip
SWITCHED: dict[str, type[pl.DataType]] = {
    "stay": pl.Int64, "product": pl.Int64, "instead": pl.Int64,
}  # fmt: skip
PEOPLE = {
    "person": pl.Int64, "known": pl.Int64, "sex": pl.String, "birth_date": pl.Date,
    "blood_group": pl.String, "address_hash": pl.String,
}  # fmt: skip
VISITS = {
    "visit": pl.Int64, "person": pl.Int64, "hospital": pl.Int64, "day": pl.Int64,
    "kind": pl.String, "amount": pl.Int64,
}  # fmt: skip


def empty(schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """No rows of a kind."""
    return pl.DataFrame(schema=schema)


def conformed(schema: dict[str, type[pl.DataType]], rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a schema; what is missing is null."""
    given = [
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    ]
    return rows.select(given)


def _taken(before: pl.DataFrame, rows: pl.DataFrame, first: int) -> pl.Series:
    """A free place for each row among those of its stay, counted from ``first``."""
    so_far = before.group_by("stay").len(name="taken")
    placed = rows.select("stay").join(so_far, on="stay", how="left", maintain_order="left")
    turn = pl.int_range(pl.len()).over("stay")
    return placed.select(pl.col("taken").fill_null(0).cast(pl.Int64) + turn + first).to_series()


def more_lines(before: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """``before`` and ``rows``, each numbered within its stay.

    ``rows`` may name a row by ``own`` (a whole number of the caller's choice within the stay)
    and take it back by ``undoes``. Rows are numbered in the given order.
    """
    numbered = rows.with_columns(number=_taken(before, rows, 0))
    if "undoes" in rows.columns:
        named = numbered.select("stay", undoes="own", undone="number")
        numbered = numbered.join(named, on=["stay", "undoes"], how="left", maintain_order="left")
        numbered = numbered.with_columns(undoes="undone")
    return pl.concat([before, conformed(LINES, numbered)])


def more_uses(before: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """``before`` and ``rows`` of uses, the new ones with free keys of their stays."""
    place = ((pl.col("use") // UNIT_STEP) % KIT_STEP) >= ADDED_USE
    free = _taken(before.filter(place), rows, ADDED_USE)
    keyed = rows.with_columns(use=(pl.col("stay") * KIT_STEP + free) * UNIT_STEP)
    new = keyed.select(pl.col(name).cast(kind) for name, kind in before.schema.items())
    return before.merge_sorted(new.sort("use"), key="use")


def more_visits(before: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """``before`` and ``rows``; each row belongs to the stay ``key``, inside its range."""
    stay = rows["key"]
    earlier = before.select(stay=pl.col("visit") // VISIT_STEP)
    free = _taken(earlier, pl.DataFrame({"stay": stay}), ADDED_VISIT)
    keyed = rows.with_columns(visit=stay * VISIT_STEP + free)
    return pl.concat([before, conformed(VISITS, keyed)])
