"""Past audits: few, late, drawn to what looked suspicious, and wrong now and then.

Only what is written here becomes ``audit_outcomes``; the answer key stays apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import pools
from synthetic.answer_key import answer_key
from synthetic.arrays import by_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthetic.pools import Pool
    from synthetic.randomness import Flags, Floats
    from synthetic.state import City

# How audits of one month are selected: at random first, then by rules, tips, size.
RANDOM_SHARE, RULE_SHARE, TIP_SHARE = 0.12, 0.60, 0.16
LEDGER_PART = 0.5  # ledgers take a whole inspection, so half as many are looked at
# Of all decisions 5% contradict the truth (dossier 5.4): these, and what a narrow look missed.
WRONG = 0.03
INCONCLUSIVE = 0.08
OVERTURNED = 0.04  # confirmed findings lifted on appeal
DELAY = (30, 120)  # days from the settlement to the decision
APPEAL = (20, 60)
NARROW = 0.30  # audits that looked for one scheme only
ASTRAY = 0.20  # narrow audits of something wrong that looked for something else; a judgement
RECOVERY = (0.6, 1.0)  # share of the loss that is paid back
MISTAKEN_RECOVERY = 0.05  # of the subject's size, where a finding was mistaken

# Weight of a subject in the eyes of rules, by difficulty of what was done.
RULE_EYE = {1: 160.0, 2: 120.0, 3: 75.0, 4: 25.0}
RULE_EYE_HONEST = 0.12
TIP_EAR = {True: 30.0, False: 1.2}  # tips know of fraud whatever its cunning, and are often wrong

SCENARIO = {"stay": "hospitalization", "use": "consumables", "ledger": "consumables"}
ID_STEP = {"stay": 0, "use": 1, "ledger": 2}


@dataclass(frozen=True)
class Eyes:
    """What auditors know to look for.

    ``schemes`` by kind of subject; ``eye`` (weight by rules) and ``resembles`` by look-alike.
    """

    schemes: Mapping[str, tuple[str, ...]]
    eye: Mapping[str, float]
    resembles: Mapping[str, str]


def outcomes(city: City, share: float, eyes: Eyes) -> pl.DataFrame:
    """The table ``audit_outcomes``; each kind of subject has its own audits."""
    key = _seen(answer_key(city), eyes)
    audited = (
        pools.stays(city, share, eyes.schemes["stay"]),
        pools.uses(city, share, eyes.schemes["use"]),
        pools.ledgers(city, share * LEDGER_PART, eyes.schemes["ledger"]),
    )
    parts = [_decided(city, pool, key) for pool in audited]
    rows = pl.concat(parts)
    return pl.concat([rows, _appeals(city, rows)]).drop("place")


def _seen(key: pl.DataFrame, eyes: Eyes) -> pl.DataFrame:
    """The answer key with what rules make of a look-alike, and what it is taken for."""
    name = pl.col("scheme")
    return key.with_columns(
        eye=name.replace_strict(dict(eyes.eye), default=None, return_dtype=pl.Float64),
        resembles=name.replace_strict(dict(eyes.resembles), default=None, return_dtype=pl.String),
    )


def _decided(city: City, pool: Pool, key: pl.DataFrame) -> pl.DataFrame:
    mine = key.filter(pl.col("subject_type") == pool.subject_type).unique(
        "subject_id", keep="first", maintain_order=True
    )
    told = mine.select(
        "subject_id", "scheme", "difficulty", "amount", "innocent", "resembles", "eye"
    )
    marked = pool.subjects.join(told, on="subject_id", how="left", maintain_order="left")
    return _judged(city, pool, _selected(city, pool, marked))


def _eyes(rows: pl.DataFrame) -> dict[str, Floats]:
    """Weight of every subject for each way of selection."""
    guilty = (~rows["innocent"].fill_null(value=True)).to_numpy()
    by_level = rows["difficulty"].replace_strict(RULE_EYE, default=0.0, return_dtype=pl.Float64)
    innocent = rows["eye"].fill_null(RULE_EYE_HONEST).to_numpy()
    size = rows["size"].to_numpy().astype(np.float64)
    return {
        "rule": np.where(guilty, by_level.fill_null(0.0).to_numpy(), innocent),
        "tip": np.where(guilty, TIP_EAR[True], TIP_EAR[False]),
        "history": np.maximum(size, 1.0) ** 0.7,
    }


def _selected(city: City, pool: Pool, rows: pl.DataFrame) -> pl.DataFrame:
    """The audited subjects with ``selected_by`` and, where drawn at random, the probability."""
    draw, place = city.world.draw, rows["place"].to_numpy()
    month = city.month_of(np.minimum(rows["event"].to_numpy(), city.world.clock.days - 1))
    quota = np.array([pool.quota.get(int(m), 0) for m in range(city.world.clock.months)])[month]
    weights = {"random": np.ones(len(rows)), **_eyes(rows)}
    shares = {"random": RANDOM_SHARE, "rule": RULE_SHARE, "tip": TIP_SHARE,
              "history": 1 - RANDOM_SHARE - RULE_SHARE - TIP_SHARE}  # fmt: skip
    table = rows.with_columns(
        month=pl.Series(month), quota=pl.Series(quota), selected_by=pl.lit(None, pl.String)
    )
    for way, weight in weights.items():
        luck = draw.uniform(f"audit/{pool.subject_type}/{way}", place) ** (
            1.0 / np.maximum(weight, 1e-9)
        )
        free = pl.col("selected_by").is_null()
        table = table.with_columns(luck=pl.Series(luck))
        rank = (
            pl.when(free)
            .then("luck")
            .otherwise(-1.0)
            .rank("ordinal", descending=True)
            .over("month")
        )
        taken = free & (rank <= (pl.col("quota") * shares[way]).round())
        table = table.with_columns(
            selected_by=pl.when(taken).then(pl.lit(way)).otherwise("selected_by")
        )
    chance = (pl.col("quota") * RANDOM_SHARE).round() / pl.len().over("month")
    table = table.with_columns(
        selection_probability=pl.when(pl.col("selected_by") == "random").then(chance)
    )
    return table.filter(pl.col("selected_by").is_not_null())


def _judged(city: City, pool: Pool, rows: pl.DataFrame) -> pl.DataFrame:
    """What the auditors decided, when, and what came back."""
    draw, place = city.world.draw, rows["place"].to_numpy()
    subject_type, schemes = pool.subject_type, pool.schemes
    name = f"audit/{subject_type}"
    guilty = (~rows["innocent"].fill_null(value=True)).to_numpy()
    narrow = draw.chance(f"{name}/narrow", NARROW, place)
    astray = narrow & guilty & draw.chance(f"{name}/astray", ASTRAY, place)
    sought = _sought(city, pool, rows, guilty & ~astray)
    missed = astray & sought.ne_missing(rows["scheme"]).to_numpy()
    found = ~missed & (guilty ^ draw.chance(f"{name}/wrong", WRONG, place))
    unclear = draw.chance(f"{name}/unclear", INCONCLUSIVE, place)
    outcome = by_case([unclear, found], ["inconclusive", "confirmed"], "refuted")
    confirmed = outcome == "confirmed"
    delay = draw.between(f"{name}/delay", *DELAY, place)
    decided = np.maximum(rows["event"].to_numpy() + delay, rows["known"].to_numpy() + DELAY[0])
    low, high = RECOVERY
    share = low + (high - low) * draw.uniform(f"{name}/recovery", place)
    loss = np.where(
        guilty,
        rows["amount"].fill_null(0).to_numpy() * share,
        rows["size"].to_numpy() * MISTAKEN_RECOVERY,
    )
    clock = city.world.clock
    step = place * 8 + ID_STEP[subject_type]
    return rows.select(
        "place",
        "subject_id",
        "selected_by",
        "selection_probability",
        outcome_id=draw.identifiers("O", step),
        subject_type=pl.lit(subject_type),
        scenario=pl.lit(SCENARIO[subject_type]),
        scheme=pl.when(pl.Series(confirmed)).then(sought),
        audited_schemes=pl.when(pl.Series(narrow))
        .then(sought)
        .otherwise(pl.lit(",".join(schemes))),
        outcome=pl.Series(outcome),
        event_on=clock.dates(rows["event"].to_numpy()),
        decided_on=clock.dates(decided),
        amount_recovered=pl.Series(np.where(confirmed, np.rint(loss), 0).astype(np.int64)),
        supersedes=pl.lit(None, pl.String),
        received_on=clock.dates(decided + 1),
    )


def _sought(city: City, pool: Pool, rows: pl.DataFrame, led: Flags) -> pl.Series:
    """The scheme that an audit looked for: the right one where it was ``led`` there."""
    draw, place = city.world.draw, rows["place"].to_numpy()
    guess = draw.below(f"audit/{pool.subject_type}/guess", len(pool.schemes), place)
    other = pl.coalesce("resembles", pl.Series(np.array(pool.schemes)[guess]))
    return rows.select(pl.when(pl.Series(led)).then("scheme").otherwise(other)).to_series()


def _appeals(city: City, rows: pl.DataFrame) -> pl.DataFrame:
    """Confirmed findings lifted on appeal: a later row that supersedes the first."""
    confirmed = rows.filter(pl.col("outcome") == "confirmed")
    place = confirmed["place"].to_numpy() * 8 + 7
    lifted = pl.Series(city.world.draw.chance("audit/appeal", OVERTURNED, place))
    wait = city.world.draw.between("audit/wait", *APPEAL, place)
    days = pl.duration(days=pl.col("wait"))
    late = confirmed.with_columns(wait=pl.Series(wait)).with_columns(
        supersedes=pl.col("outcome_id"),
        outcome_id=city.world.draw.identifiers("O", place),
        outcome=pl.lit("overturned"),
        scheme=pl.lit(None, pl.String),
        amount_recovered=pl.lit(0, pl.Int64),
        decided_on=pl.col("decided_on") + days,
        received_on=pl.col("received_on") + days,
    )
    return late.filter(lifted).select(rows.columns)
