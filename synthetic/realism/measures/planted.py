"""What the answer key says was planted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl

from synthetic.realism.anchors import load_anchors
from synthetic.realism.measure import Measured, Values, measure, one, ratio

if TYPE_CHECKING:
    from synthetic.realism.facts import Facts

TOP_SHARE = 0.08
FEN = 100
RING = 2  # subjects from which a campaign is one
PARTING = r"[,;|+\s]+"


def _subjects(facts: Facts, kind: str) -> int:
    return facts.planted.filter(pl.col("subject_type") == kind)["subject_id"].n_unique()


@measure("planted_stays", why="Schemes of stays are planted at shares of their own.")
def planted_stays(facts: Facts) -> Values:
    """Stays that the key names under a scheme, over all stays."""
    return ratio(_subjects(facts, "stay"), facts.stays.height) if len(facts.key) else {}


@measure("planted_uses", why="Schemes of consumables are planted at shares of their own.")
def planted_uses(facts: Facts) -> Values:
    """Uses (a stay and a product) that the key names, over all uses billed."""
    return ratio(_subjects(facts, "use"), facts.bills.counts["uses"]) if len(facts.key) else {}


@measure(
    "planted_consumable_amount",
    why="A planted use loses a unit or a few per cent of a price; few schemes are dear ones.",
)
def planted_consumable_amount(facts: Facts) -> Values:
    """Loss of planted uses and ledgers over all consumable fees."""
    goods = facts.planted.filter(pl.col("subject_type").is_in(["use", "ledger"]))
    lost = float(goods["amount"].sum() or 0) * FEN
    return ratio(lost, int(facts.stays["fee_consumable"].sum()), len(goods))


@measure("planted_mix", why="Not every scheme of the dossier is planted, or at its own share.")
def planted_mix(facts: Facts) -> Values:
    """Subjects of some schemes over those of all schemes of stays (H) or of consumables (C)."""
    counts = dict(facts.planted.group_by("scheme").len().iter_rows())
    found = {}
    for names in [anchor.of for anchor in load_anchors() if anchor.measure == "planted_mix"]:
        scenario = sum(n for code, n in counts.items() if code[0] == names[0])
        if scenario:
            part = sum(counts.get(code, 0) for code in names.split("+"))
            found[names] = Measured(part / scenario, scenario)
    return found


@measure(
    "planted_concentration",
    why="Each scheme picks its own crooked houses, so that no few of them hold most of it all.",
)
def planted_concentration(facts: Facts) -> Values:
    """Share of the planted loss in the 8% of hospitals that hold most of it."""
    sums = facts.planted.group_by("hospital_id").agg(pl.col("amount").sum().cast(pl.Float64))
    top = math.ceil(TOP_SHARE * len(facts.hospitals))
    ranked = sums.sort("amount", "hospital_id", descending=[True, False])["amount"].to_numpy()
    return ratio(float(ranked[:top].sum()), float(ranked.sum()), len(facts.planted))


def _rings(facts: Facts) -> pl.DataFrame:
    named = facts.planted.filter(pl.col("campaign_id").is_not_null())
    rings = named.group_by("scheme", "campaign_id").agg(
        n=pl.len(),
        days=(pl.col("started_on").max() - pl.col("started_on").min()).dt.total_days(),
    )
    return rings.filter(pl.col("n") >= RING).sort("scheme", "campaign_id")


@measure("planted_campaigns", why="Schemes do not find enough fitting records in one house.")
def planted_campaigns(facts: Facts) -> Values:
    """Subjects that share their campaign with another one, over all planted subjects."""
    return ratio(int(_rings(facts)["n"].sum()), len(facts.planted))


@measure("planted_ring", why="A small or thinly planted city has few fitting records in a house.")
def planted_ring(facts: Facts) -> Values:
    """Median number of subjects of a campaign of two or more."""
    rings = _rings(facts)
    return one(rings["n"].median(), len(rings))


@measure("planted_ring_days", why="Records that fit a scheme lie close together or far apart.")
def planted_ring_days(facts: Facts) -> Values:
    """Median days from the first to the last subject of a campaign of two or more."""
    rings = _rings(facts)
    return one(rings["days"].median(), len(rings))


@measure("planted_lookalikes", why="A scheme has too few innocent look-alikes.")
def planted_lookalikes(facts: Facts) -> Values:
    """Kinds of labelled look-alikes of the scheme that has the fewest."""
    told = facts.key.filter("innocent").select("scheme", "resembles").unique()
    if told.schema["resembles"] == pl.String:
        parted = pl.col("resembles").str.replace_all(PARTING, ",").str.split(",")
        told = told.with_columns(resembles=parted)
    kinds = told.explode("resembles").group_by("resembles").agg(pl.col("scheme").n_unique())
    counts = dict(kinds.iter_rows())
    schemes = facts.planted["scheme"].unique().to_list()
    return one(min((counts.get(code, 0) for code in schemes), default=None), len(facts.key))
