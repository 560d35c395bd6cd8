"""What a manager asks of a ranking, measured against an answer key given as a frame.

The first question is what the team's capacity yields, and how sure that is: precision,
recall and recovery at capacity, against working at random, by largest amount, by rules
alone and by detectors alone. Intervals draw whole hospitals, and differences between two
queues are taken inside one draw (paired), which is what makes them comparable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.capacity import RANDOM, Queue, Size, places, queue
from models.frames import SUBJECT
from models.quality import auc, average_precision, average_precision_of
from models.resampling import bootstrap, draws, interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    # Precision by queue, draws x sizes.
    Drawn = dict[str, NDArray[np.float64]]

# DESIGN section 6: shares of the records and sizes of a team's list.
SIZES: tuple[Size, ...] = (0.001, 0.005, 0.01, 50, 200)
REPLICATES = 200
# DESIGN section 5: a learned model this good on anything but the easiest schemes has
# seen the answers.
LEAK_AUPRC, LEAK_DIFFICULTY = 0.98, 2
LIFT_SCHEMA = {
    "queue": pl.String(),
    "against": pl.String(),
    "size": pl.Float64(),
    "lift": pl.Float64(),
    "difference": pl.Float64(),
    "difference_low": pl.Float64(),
    "difference_high": pl.Float64(),
}


@dataclass(frozen=True)
class Plan:
    """How an evaluation draws: the columns to compare, sizes, clusters, draws and seed.

    ``queues`` maps a queue's name to the column that orders it; the name ``random`` needs
    no column. The first is the one under test, ``learned`` says which were trained.
    """

    queues: Mapping[str, str]
    learned: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = SIZES
    cluster: str = "hospital_id"
    replicates: int = REPLICATES
    seed: int = 0


@dataclass(frozen=True)
class Leak:
    """A learned queue that is too good to be true."""

    queue: str
    auprc: float

    def __str__(self) -> str:
        """The warning in words."""
        return (
            f"leak: '{self.queue}' reaches AUPRC {self.auprc:.3f} on schemes of difficulty "
            f"{LEAK_DIFFICULTY} and above ({LEAK_AUPRC} or more cannot be honest)"
        )


@dataclass(frozen=True)
class Evaluation:
    """The tables of one evaluation; see the functions that make them."""

    at_capacity: pl.DataFrame
    lifts: pl.DataFrame
    by_scheme: pl.DataFrame
    overall: pl.DataFrame
    leaks: tuple[Leak, ...]


def evaluate(scored: pl.DataFrame, truth: pl.DataFrame, plan: Plan) -> Evaluation:
    """Compare queues over ``scored`` with the answer key.

    ``scored``: subject_id, the cluster column and the ordering columns. ``truth``:
    subject_id, scheme, difficulty, amount, one row a planted subject and scheme; subjects
    that are not in ``scored`` do not count.
    """
    joined = join_truth(scored, truth)
    queues = [queue(joined, name, column, seed=plan.seed) for name, column in plan.queues.items()]
    drawn = redraw(joined, queues, plan)
    return Evaluation(
        at_capacity=at_capacity(queues, drawn, plan),
        lifts=lifts(queues, drawn, plan),
        by_scheme=by_scheme(joined, truth, queues[0], plan),
        overall=overall(joined, plan),
        leaks=leaks(joined, plan),
    )


def join_truth(scored: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Scored records with ``true`` (0/1), ``amount`` (fen) and ``difficulty`` (the least)."""
    known = truth.group_by(SUBJECT).agg(
        pl.lit(1).alias("true"), pl.col("amount").max(), pl.col("difficulty").min()
    )
    kept = scored.drop("true", "amount", "difficulty", strict=False).sort(SUBJECT)
    return kept.join(known, on=SUBJECT, how="left", maintain_order="left").with_columns(
        pl.col("true").fill_null(0), pl.col("amount").fill_null(0)
    )


def redraw(joined: pl.DataFrame, queues: Sequence[Queue], plan: Plan) -> Drawn:
    """Precision of each queue, draws x sizes; draw i means the same clusters for all."""
    clusters = joined[plan.cluster].to_list()
    counts = draws(clusters, plan.replicates, plan.seed)
    rounds = [[one.precisions(plan.sizes, drawn) for one in queues] for drawn in counts]
    values = np.array(rounds).reshape(plan.replicates, len(queues), len(plan.sizes))
    return {one.name: values[:, place] for place, one in enumerate(queues)}


def at_capacity(queues: Sequence[Queue], drawn: Drawn, plan: Plan) -> pl.DataFrame:
    """Per queue and size: cases, precision with its interval, recall, recovery and its share."""
    rows = [
        _capacity_row(one, size, drawn[one.name][:, place].tolist())
        for one in queues
        for place, size in enumerate(plan.sizes)
    ]
    return pl.DataFrame(rows)


def lifts(queues: Sequence[Queue], drawn: Drawn, plan: Plan) -> pl.DataFrame:
    """The first queue against each other: ratio and difference of precision, paired intervals.

    The difference is the one to trust: a ratio has no value where the other finds nothing.
    """
    first, *others = queues
    rows = [
        _lift_row(first, other, size, drawn[first.name][:, place] - drawn[other.name][:, place])
        for place, size in enumerate(plan.sizes)
        for other in others
    ]
    return pl.DataFrame(rows, schema=LIFT_SCHEMA)


def _capacity_row(one: Queue, size: Size, drawn: Sequence[float]) -> dict[str, object]:
    low, high = interval(drawn)
    recovery = one.recovery(size)
    return {
        "queue": one.name,
        "size": float(size),
        "cases": places(size, len(one.true)),
        "precision": float(one.precisions([size])[0]),
        "precision_low": low,
        "precision_high": high,
        "recall": one.recall(size),
        "recovery": recovery,
        "recovery_share": _share(recovery, float(one.amount.sum())),
    }


def _lift_row(
    first: Queue, other: Queue, size: Size, drawn: NDArray[np.float64]
) -> dict[str, object]:
    own, theirs = (float(one.precisions([size])[0]) for one in (first, other))
    low, high = interval(drawn.tolist())
    values = (first.name, other.name, float(size), _share(own, theirs), own - theirs, low, high)
    return dict(zip(LIFT_SCHEMA, values, strict=True))


def by_scheme(joined: pl.DataFrame, truth: pl.DataFrame, one: Queue, plan: Plan) -> pl.DataFrame:
    """Recall of one queue by scheme, difficulty and size, with the number planted."""
    planted = truth.join(joined, on=SUBJECT, how="semi")
    tables = []
    for size in plan.sizes:
        worked = joined.select(SUBJECT, pl.Series("worked", one.taken(size)))
        found = planted.join(worked, on=SUBJECT)
        tables.append(
            found.group_by("scheme", "difficulty")
            .agg(
                pl.len().alias("planted"),
                pl.col("worked").sort().sum().alias("found"),
                pl.col("worked").sort().mean().alias("recall"),
            )
            .with_columns(pl.lit(float(size)).alias("size"), pl.lit(one.name).alias("queue"))
        )
    return pl.concat(tables).sort("scheme", "difficulty", "size")


def overall(joined: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Per queue: AUPRC with its interval, and AUC for the footnote."""
    true = joined["true"].to_numpy().astype(np.int64)
    clusters = joined[plan.cluster].to_list()
    rows = []
    for name, column in plan.queues.items():
        if column == RANDOM:
            continue
        values = joined[column].cast(pl.Float64).fill_null(-np.finfo(np.float64).max).to_numpy()
        measure = average_precision_of(values, true)
        low, high = bootstrap(measure, clusters, replicates=plan.replicates, seed=plan.seed)
        rows.append(
            {
                "queue": name,
                "auprc": average_precision(values, true),
                "auprc_low": low,
                "auprc_high": high,
                "auc": auc(values, true),
            }
        )
    return pl.DataFrame(rows)


def leaks(joined: pl.DataFrame, plan: Plan) -> tuple[Leak, ...]:
    """Learned queues that reach LEAK_AUPRC on difficulty 2 and above; rules are exempt."""
    hard = joined.filter((pl.col("true") == 0) | (pl.col("difficulty") >= LEAK_DIFFICULTY))
    found = overall(hard, _without_draws(plan)).filter(pl.col("queue").is_in(plan.learned))
    suspicious = found.filter(pl.col("auprc").is_between(LEAK_AUPRC, 1.0))
    return tuple(Leak(*row) for row in suspicious.select("queue", "auprc").iter_rows())


def _without_draws(plan: Plan) -> Plan:
    return Plan(plan.queues, plan.learned, plan.sizes, plan.cluster, 0, plan.seed)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
