"""C16 outside the payment scope 限支付范围外纳入: billed to the fund, although it does not pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from claims.knowledge.scopes import load_scopes
from synthetic import campaigns, coding, ordering, staffing
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthetic.state import City

# By difficulty: the group lain in, and the device whose scope its illnesses lie outside of.
BASKETS = dict.fromkeys(("GK2", "GK3"), "stone_basket")
FILTERS = dict.fromkeys(("LR1", "AH1", "FR2"), "haemoperfusion")
CUNNING = dict.fromkeys(("GK2", "GK3"), "stone_basket") | {"LR1": "haemoperfusion"}
NEAR = FILTERS | {"FM1": "dcb", "IC3": "bone_graft"}
ADDED = BASKETS | FILTERS
OUTSIDE = {1: BASKETS, 2: NEAR, 3: ADDED, 4: CUNNING}
# The diagnosis that would be paid for, written beside or instead of the true one.
PAID_FOR = {"stone_basket": ("K80.500x001", "N20.900"), "haemoperfusion": ("N18.501",)}
BESIDE, INSTEAD = 3, 4


@scheme(
    code="C16",
    title_en="outside the payment scope",
    title_zh="限支付范围外纳入",
    stage="care",
    subject="use",
    share=0.0006,
    recipe={
        1: "a basket for stones in a stay without any stone",
        2: "a device of a neighbouring illness that the scope leaves out",
        3: "a diagnosis inside the scope is listed beside, and nothing else in the stay treats it",
        4: "the main diagnosis itself is written as one inside the scope",
    },
    traces=("fee_lines.covered", "stay_diagnoses.code", "stays.principal_diagnosis"),
)
def outside_scope(city: City, dose: Dose) -> City:
    """Put a device to the fund for an illness that its scope does not name.

    It was truly used. The loss is its whole bill, which the patient would have paid.
    """
    rows = ordering.untouched(city)
    fitting = {level: outside(city, rows, by) for level, by in OUTSIDE.items()}
    chosen = campaigns.choose_each(city.world, "C16", fitting, dose)
    written = _written(city, chosen)
    instead = pl.col("difficulty") == INSTEAD
    guilty = written.with_columns(main=pl.when(instead).then("fitting").otherwise("main"))
    beside = written.filter(pl.col("difficulty").is_in([BESIDE, INSTEAD])).with_columns(
        code=pl.when(instead).then("true").otherwise("fitting")
    )
    city = ordering.marked(city, guilty).with_wanted(ordering.asked(guilty))
    city = city.with_codes(beside.select("code", stay="key", present=pl.lit(value=True)))
    return city.guilty_uses("C16", ordering.ordered(guilty))


def outside(city: City, rows: pl.DataFrame, by_group: Mapping[str, str]) -> pl.DataFrame:
    """Rows with a device whose scope, on that day, names none of the illnesses of the stay."""
    offered = ordering.wanted(city, rows, by_group)
    own = _illnesses(city, offered)
    classes = staffing.class_codes(city, offered["product"])
    dated = offered.select("key", "day", class_code=classes)
    scopes = load_scopes().frame().select("class_code", "valid_from", "diagnoses")
    date = city.world.clock.dates(dated["day"].to_numpy())
    scoped = dated.with_columns(date=date).sort("date").join_asof(
        scopes.sort("valid_from"), left_on="date", right_on="valid_from", by="class_code",
        check_sortedness=False,
    )  # fmt: skip
    pairs = scoped.explode("diagnoses").join(own, on="key")
    inside = pairs.filter(pl.col("code").str.starts_with(pl.col("diagnoses"))).select("key")
    free = offered.join(inside, on="key", how="anti", maintain_order="left")
    return free.with_columns(quantity=pl.lit(1, pl.Int64))


def _illnesses(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Key and code of all that will be listed for rows of a plan."""
    named = rows.with_columns(stay_id=city.stay_ids(rows["key"]), received=pl.col("admit"))
    listed = coding.diagnoses(city.world, named, city.codes)
    return listed.join(named.select("stay_id", "key"), on="stay_id").select("key", "code")


def _written(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """The chosen with their ``true`` main diagnosis and a ``fitting`` one inside the scope."""
    device = city.world.products.frame["key"].gather(chosen["product"].cast(pl.UInt32))
    pick = city.world.draw.below("c16/code", 2, chosen["key"])
    codes = [
        PAID_FOR[name][place % len(PAID_FOR[name])] if name in PAID_FOR else None
        for name, place in zip(device, pick, strict=True)
    ]
    fitting = pl.Series(codes, dtype=pl.String)
    return chosen.with_columns(true=coding.principal(city.world, chosen), fitting=fitting)
