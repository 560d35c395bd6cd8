"""H10 up-coding 高套编码: a case is coded worse, or to a dearer group, than it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import billed, campaigns, coding, headers, support, treatment
from synthetic.grammar import Dose, scheme

if TYPE_CHECKING:
    from synthetic.randomness import Whole
    from synthetic.state import City

# Expected cost over the standard of the coded group, kept inside the 0.4 to 0.7 of the dossier
# (5.5), since what is written strays around what is expected.
RATIO = (0.45, 0.65)
BILLED = (0.40, 0.70)
SPARE = 1.6  # more are chosen than planted, since some bills turn out otherwise
SAFE_RATIO = 0.90  # difficulty 4 costs what its coded peers cost, or nearly so
LEAST_GAIN = 0.04  # of the true standard, at any difficulty
# Near main diagnoses of dearer groups: heart failure for its causes, kidneys for diabetes.
DEARER = {"FV2": "FR2", "FR3": "FR2", "FR4": "FR2", "KS1": "LR1"}
MOVED_SHARE = 0.5  # of the stays that could be moved so
MUST = 0.9  # share of true cases from which on a sign is expected
MILDEST = 5
NIGHTS = 2  # of a stay at least, so that a complication could have been treated
NO_SIGN, PART, WHOLE, MILD = 1, 2, 3, 4


@scheme(
    code="H10",
    title_en="up-coding",
    title_zh="高套编码",
    stage="bill",
    subject="stay",
    share=0.0055,
    recipe={
        1: "a major complication is coded and nothing on the bill goes with it",
        2: "a major complication or a dearer main diagnosis, with one of the signs it needs",
        3: "the same with every sign, once and cheaply; cost stays far below coded peers",
        4: "only a minor complication is coded, with one cheap test; cost is that of coded peers",
    },
    traces=("stays.drg", "stay_diagnoses.code", "fee_lines.item_code"),
)
def up_coded(city: City, dose: Dose) -> City:
    """Code a worse case than was treated; the bill stays that of the true one.

    The loss is the difference between the payment standards of the group coded and of the
    group that the stay belongs to (implementing rules, article 35).
    """
    more = replace(dose, subjects=round(dose.subjects * SPARE))
    chosen = city.whole(campaigns.choose_each(city.world, "H10", _candidates(city), more))
    if chosen.is_empty():
        return city
    chosen = _as_billed(city, _coded(city, chosen), dose)
    rows = chosen.with_columns(
        coded_group="to_group", coded_severity="to_severity", planted=pl.lit(value=True)
    )
    rows = headers.grouped(city.world, city.standards, rows)
    amount = ((rows["standard"] - chosen["standard"]) * 100).round().cast(pl.Int64)
    listed = chosen.filter(pl.col("to_group") == pl.col("group"))
    told = coding.present(city.world, listed["source"], listed["code"])
    city = city.with_codes(
        listed.select(stay="key", code="code", present=pl.Series(told, dtype=pl.Boolean))
    )
    city = billed.with_services(city.with_plan(rows), _signs(city, chosen))
    return city.guilty_stays("H10", rows.with_columns(amount=amount))


def _candidates(city: City) -> dict[int, pl.DataFrame]:
    """By difficulty: stays whose cost fits what they could be coded to, and to what."""
    rows = billed.candidates(
        city, billed.case_paid(city), pl.col("los") >= NIGHTS, columns=billed.PRICED
    )
    worse = _raised(city, rows.filter(pl.col("severity") > 1), 1)
    moved = _moved(city, rows)
    mild = _raised(city, rows.filter(pl.col("severity") == MILDEST), 3)
    low = pl.col("ratio").is_between(*RATIO)
    both = pl.concat([moved.filter(low), worse.filter(low)]).unique(
        "key", keep="first", maintain_order=True
    )
    return {
        NO_SIGN: worse.filter(low), PART: both, WHOLE: both,
        MILD: mild.filter(pl.col("ratio") >= SAFE_RATIO),
    }  # fmt: skip


def _as_billed(city: City, chosen: pl.DataFrame, dose: Dose) -> pl.DataFrame:
    """Those whose bill, as written, fits as well as what was expected of it."""
    ratio = billed.amounts(city, chosen, "total_amount") / 100 / chosen["to_standard"]
    low, mild = ratio.is_between(*BILLED), ratio >= BILLED[1]
    fits = pl.select(pl.when(chosen["difficulty"] == MILD).then(mild).otherwise(low)).to_series()
    level, shown = pl.col("difficulty"), pl.col("shown")
    bare = (shown == 0) | (level != NO_SIGN)
    partial = ((pl.col("signs") > 1) & (shown < pl.col("signs"))) | (level != PART)
    luck = pl.Series(city.world.draw.uniform("h10/kept", chosen["key"]))
    kept = (
        chosen.with_columns(luck=luck)
        .filter(fits & bare & partial)
        .sort("difficulty", "luck", "key")
    )
    wanted = -(-dose.subjects // len(dose.difficulties))
    turn = pl.int_range(pl.len()).over("difficulty")
    return kept.filter(turn < wanted).drop("luck")


def _raised(city: City, rows: pl.DataFrame, severity: int) -> pl.DataFrame:
    """Stays with the severity they could be coded to."""
    return _if_coded(city, rows, rows["group"].to_numpy(), np.full(len(rows), severity))


def _moved(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Stays with the dearer group they could be coded to."""
    group = city.world.reference.group
    dearer = {group(here): group(there) for here, there in DEARER.items()}
    luck = city.world.draw.chance("h10/moved", MOVED_SHARE, rows["key"])
    rows = rows.filter(pl.col("group").is_in(list(dearer)) & pl.Series(luck))
    there = rows["group"].replace_strict(dearer, return_dtype=pl.Int64).to_numpy()
    return _if_coded(city, rows, there, rows["severity"].to_numpy())


def _if_coded(city: City, rows: pl.DataFrame, group: Whole, severity: Whole) -> pl.DataFrame:
    standard = billed.standard_if(city, rows, group, severity)
    gain = standard / rows["standard"] - 1
    told = rows.with_columns(
        to_group=pl.Series(group).cast(pl.Int64),
        to_severity=pl.Series(severity).cast(pl.Int64),
        to_standard=standard,
        ratio=rows["expected"] / standard,
    )
    return told.filter(gain > LEAST_GAIN)


def _coded(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """Add ``code`` (what is claimed) and ``needs``: the places of its signs to be made up."""
    claims = _claims(city, chosen)
    lines, _ = billed.written(city, chosen)
    billed_names = lines.select("key", "category", item="name").unique()
    wanted = support.offered(city.world.services).filter(pl.col("share") >= MUST)
    signs = claims.join(wanted, on="code").sort("key", "code", "place")
    missing = signs.join(billed_names, on=["key", "category", "item"], how="anti")
    lacking = missing.group_by("key", "code").agg(needs=pl.col("place").sort())
    counted = claims.join(signs.group_by("key", "code").len("signs"), on=["key", "code"])
    counted = counted.join(lacking, on=["key", "code"], how="left")
    shown = pl.col("signs") - pl.col("needs").list.len().fill_null(0)
    luck = pl.Series(city.world.draw.uniform("h10/code", counted["key"], counted["turn"]))
    # The fewest true signs first, so that the claim says what the bill does not.
    best = counted.with_columns(shown=shown, luck=luck).sort("key", "shown", "luck")
    best = best.unique("key", keep="first", maintain_order=True)
    return chosen.join(best.select("key", "code", "needs", "signs", "shown"), on="key")


def _claims(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """Every code that could be claimed for each stay: key, code, turn."""
    there = coding.principal(city.world, chosen.with_columns(coded_group="to_group"))
    main = coding.true_principal(city.world, chosen).str.slice(0, 3)
    rows = chosen.with_columns(there=there, chapter=main)
    moved = rows.filter(pl.col("to_group") != pl.col("group"))
    parts = [moved.select("key", code="there", turn=pl.lit(0, pl.Int64))]
    for severity, codes in coding.BY_SEVERITY.items():
        mine = rows.filter(
            (pl.col("to_group") == pl.col("group")) & (pl.col("to_severity") == severity)
        )
        for turn, code in enumerate(codes):
            free = mine.filter(pl.col("chapter") != code[:3])
            parts.append(free.select("key", code=pl.lit(code), turn=pl.lit(turn, pl.Int64)))
    return pl.concat(parts)


def _signs(city: City, chosen: pl.DataFrame) -> pl.DataFrame:
    """Lines made up to go with the code: none, one, or all of those missing, each once."""
    level = pl.col("difficulty")
    enough = (pl.col("shown") > 0) & (level != WHOLE)
    some = pl.when((level == NO_SIGN) | enough).then(0)
    number = some.when(level == WHOLE).then(pl.col("signs")).otherwise(1)
    wanted = chosen.with_columns(number=number, place=pl.col("needs")).explode("place")
    wanted = wanted.filter(pl.col("place").is_not_null())
    offered = support.offered(city.world.services).drop("code")
    rows = wanted.join(offered, on="place").with_columns(every=0, most=1)
    rows = rows.with_columns(rank=pl.col("place").rank("ordinal").over("key"))
    rows = rows.filter(pl.col("rank") <= pl.col("number")).with_columns(present=pl.lit(value=True))
    drawn = treatment.lines_of(city.world, rows).join(
        chosen.select("key", "admit", "first_day"), on="key"
    )
    day = pl.col("admit") + pl.col("day") - pl.col("first_day")
    return drawn.select("key", "item", "quantity", "second", day=day)
