"""From drawn lines and uses to the delivered tables fee_lines, device_uses and stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import coding, headers, lines, treatment
from synthetic.arrays import by_case
from synthetic.clock import SECONDS_PER_DAY
from synthetic.keys import ADDED_LINE, KIT_STEP, LINE_STEP, UNIT_STEP

if TYPE_CHECKING:
    from synthetic.world import World

REVERSED_SHARE = 0.005  # lines reversed and billed again the same day (harmless)
LATE_USE_SHARE = 0.03  # units posted hours or days after their use (harmless, dossier 5.4)
LAST_POSTING = 64_000  # second of the day of settlement after which nothing is posted
NO_LOT_SHARE = 0.02  # billed units whose lot was not scanned (harmless)
CONSUMABLE = "consumable"


def _service_lines(world: World, plan: pl.DataFrame) -> pl.DataFrame:
    care = pl.concat([lines.services(world, plan), treatment.supporting(world, plan)])
    drawn = lines.timed(world, plan, care)
    items, place = world.services, drawn["item"].to_numpy()
    raised = drawn["served"].to_numpy() // SECONDS_PER_DAY >= items.rise
    yuan = np.where(raised, items.later_price[place], items.price[place])
    uncovered = world.draw.chance(
        "line/covered", lines.UNCOVERED_SHARE, np.arange(len(items.codes))
    )
    own = world.draw.chance(
        "line/own", drawn["own_share"], *(drawn[n] for n in ("source", "day", "slot"))
    )
    names = pl.Series(list(lines.CATEGORIES))
    category = names.gather(drawn["category"].cast(pl.UInt32))
    return drawn.select(
        "key",
        "served",
        "posted",
        "quantity",
        category=category,
        item_code=items.codes.gather(drawn["item"].cast(pl.UInt32)),
        price=pl.Series(np.rint(yuan * 100).astype(np.int64)),
        covered=pl.Series(~uncovered[place] & ~own),
        physician=pl.when(pl.col("category") >= len(lines.DAILY)).then(pl.col("physician")),
        udi_di=pl.lit(None, pl.String),
        lot=pl.lit(None, pl.String),
        serial=pl.lit(None, pl.String),
    )


def _consumable_lines(world: World, plan: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    header = plan.select(
        "key", "admit", "los", "admit_second", "leave_second", "physician", "settled"
    )
    billed = uses.filter(pl.col("billed") > 0).join(header, left_on="stay", right_on="key")
    begin = pl.col("admit") * SECONDS_PER_DAY + pl.col("admit_second") + 600
    end = (pl.col("admit") + pl.col("los")) * SECONDS_PER_DAY + pl.col("leave_second") - 300
    served = pl.max_horizontal(
        pl.min_horizontal(pl.col("day") * SECONDS_PER_DAY + pl.col("second"), end), begin
    )
    unscanned = pl.Series(world.draw.chance("line/unscanned", NO_LOT_SHARE, billed["use"]))
    soon = world.draw.below("line/use_posting", 9_000, billed["use"])
    days = world.draw.between("line/use_delay", 10_800, 3 * SECONDS_PER_DAY, billed["use"])
    late = world.draw.chance("line/use_late", LATE_USE_SHARE, billed["use"])
    delay = pl.Series(np.where(late, days, soon))
    closed = pl.col("settled") * SECONDS_PER_DAY + LAST_POSTING
    product = billed["billed_product"].cast(pl.UInt32)
    label = billed.select(pl.coalesce("scanned", "billed_product")).to_series().cast(pl.UInt32)
    return billed.select(
        key="stay",
        served=served,
        posted=pl.max_horizontal(pl.min_horizontal(served + delay, closed), served),
        quantity=pl.col("billed").cast(pl.Int32),
        category=pl.lit(CONSUMABLE),
        item_code=world.products.codes.gather(product),
        price="unit_price",
        covered="covered",
        physician="physician",
        udi_di=world.products.udi.gather(label),
        lot=pl.when(~unscanned).then("lot"),
        serial=pl.when(~unscanned).then("serial_no"),
    )


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Order the lines of each stay by posting and give them opaque ids."""
    frame = frame.sort("key", "posted", "served", "category", "item_code", "serial", "quantity")
    key = frame["key"].to_numpy()
    begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    number = np.arange(len(key)) - np.repeat(begins, np.diff(np.append(begins, len(key))))
    return frame.with_columns(line=pl.Series(key * LINE_STEP + number * 3))


def _with_reversals(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Some lines were wrong at first: a reversing line and the same line billed again."""
    hit = pl.Series(world.draw.chance("line/reversed", REVERSED_SHARE, frame["line"]))
    wrong = frame.filter(hit & (frame["category"] != "bed"))
    later = pl.col("posted") + 1_200
    reversal = wrong.with_columns(
        reverses=pl.col("line"), line=pl.col("line") + 1, quantity=-pl.col("quantity"), posted=later
    )
    again = wrong.with_columns(
        reverses=pl.lit(None, pl.Int64), line=pl.col("line") + 2, posted=later + 60
    )
    frame = frame.with_columns(reverses=pl.lit(None, pl.Int64))
    return pl.concat([frame, reversal.select(frame.columns), again.select(frame.columns)])


def _added(plan: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    """Lines that no plan asked for, numbered apart from the others of their stay."""
    here = added.join(plan.select(stay="key"), on="stay", how="semi")
    first = pl.col("stay") * LINE_STEP + ADDED_LINE
    return here.with_columns(
        key="stay", line=first + pl.col("number"), reverses=first + pl.col("undoes")
    )


def moved_to(plan: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """Uses of the planned stays; a settlement made anew bills the uses of the cancelled one."""
    again = plan.filter(pl.col("resettles") >= 0).select(stay="resettles", new="key")
    own = uses.join(plan.select(stay="key"), on="stay", how="semi")
    step = KIT_STEP * UNIT_STEP
    copied = uses.join(again, on="stay").with_columns(
        use=pl.col("use") + (pl.col("new") - pl.col("stay")) * step, stay="new"
    )
    return pl.concat([own, copied.select(own.columns)])


def _delivered(world: World, plan: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    departments = pl.Series(
        world.group_values("department")[plan["group"].to_numpy()], dtype=pl.String
    )
    header = plan.select("key", "stay_id", "received").with_columns(department=departments)
    frame = frame.sort("line").join(header, on="key", maintain_order="left")
    doctors = world.houses.physicians["physician_id"]
    zero = np.zeros(len(frame), dtype=np.int64)
    return frame.select(
        "stay_id",
        "category",
        "item_code",
        "covered",
        "department",
        "udi_di",
        "lot",
        "serial",
        "key",
        line_id=world.draw.identifiers("L", frame["line"]),
        reverses_line_id=pl.when(pl.col("reverses").is_not_null()).then(
            world.draw.identifiers("L", frame["reverses"].fill_null(0))
        ),
        charged_at=world.clock.moments(zero, frame["posted"].to_numpy()),
        performed_at=world.clock.moments(zero, frame["served"].to_numpy()),
        quantity=pl.col("quantity").cast(pl.Int64) * 1000,
        unit_price="price",
        amount=pl.col("quantity").cast(pl.Int64) * pl.col("price"),
        physician_id=doctors.gather(frame["physician"].cast(pl.UInt32)),
        received_on=world.clock.dates(frame["received"].to_numpy()),
    )


def bill(
    world: World, plan: pl.DataFrame, uses: pl.DataFrame, added: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables ``fee_lines`` and ``stays`` of a chunk of the plan, sums agreeing."""
    parts = [_service_lines(world, plan)]
    if uses.width:  # while care is planned nothing is traced yet, and services alone are known
        parts.append(_consumable_lines(world, plan, uses))
    both = pl.concat(parts, how="vertical_relaxed")
    numbered = _with_reversals(world, _numbered(both))
    extra = _added(plan, added).select(numbered.columns)
    fee = _delivered(world, plan, pl.concat([numbered, extra], how="vertical_relaxed"))
    totals = fee.group_by("key").agg(
        total=pl.col("amount").sum(), covered=pl.col("amount").filter("covered").sum()
    )
    return fee.drop("key"), headers.stays(world, plan, totals)


def register(world: World, plan: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """The table ``device_uses`` of a chunk: what the operation record says."""
    header = plan.select("key", "stay_id", "received", "coded_side", "op_day", "group")
    rows = uses.filter(pl.col("registered") & (pl.col("recorded") > 0))
    rows = rows.join(header, left_on="stay", right_on="key", maintain_order="left")
    product = rows["product"].cast(pl.UInt32)
    sites = [coding.SITES.get(adrg) for adrg in world.reference.groups["adrg"]]
    unread = pl.Series(world.draw.chance("use/unread", NO_LOT_SHARE, rows["use"]))
    side = rows["coded_side"].to_numpy()
    return rows.select(
        "stay_id",
        use_id=world.draw.identifiers("U", rows["use"]),
        item_code=world.products.codes.gather(product),
        udi_di=world.products.udi.gather(product),
        lot=pl.when(~unread).then("lot"),
        serial="serial_no",
        quantity=pl.col("recorded") * 1000,
        used_at=world.clock.moments(rows["day"].to_numpy(), rows["second"].to_numpy()),
        procedure_position=pl.when(pl.col("op_day") >= 0).then(pl.lit(1, pl.Int64)),
        site=pl.Series(sites, dtype=pl.String).gather(rows["group"].cast(pl.UInt32)),
        laterality=pl.Series(by_case([side == 0, side == 1], coding.SIDES, "")).replace({"": None}),
        received_on=world.clock.dates((rows["received"] + rows["written_late"]).to_numpy()),
    ).sort("use_id")
