"""Hold what was scored against the answer key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from claims.errors import JianbaoError, NotFoundError
from claims.results import SCORES
from claims.schema import FEN_PER_YUAN
from evaluation.figures import About, figures
from evaluation.kinds import QUEUES, TYPE, Hospitals, Kind
from evaluation.learning import curve
from flows.measured_again import Again, scored_by, trial_of
from flows.offices import office
from flows.traits import with_traits
from flows.whom import whom
from models import registry
from models.capacity import places
from synthetic.declared import lookalikes, schemes

if TYPE_CHECKING:
    from collections.abc import Callable

    from claims.settings import Settings
    from evaluation.storing import Data
    from flows.published import Published
    from models.capacity import Size

    Tell = Callable[[str], None]

ENTITIES = ("stay", "use", "ledger")
# Shares of the records, and sizes of a team's list.
SIZES: tuple[Size, ...] = (0.001, 0.005, 0.01, 50, 200)
# The capacity that stands for all where only one can be told; see ``tested_size``.
TESTED: dict[str, Size] = {"stay": 0.01, "use": 0.005, "ledger": 0.01}
SHORT_LIST = 50
# Learning curves: of ledgers no city has audits enough.
LEARNED = ("stay", "use")
LAST, WORTH = "the last model", "by expected recovery"


class LeakError(JianbaoError):
    """A learned ranking is too good to be true."""

    exit_code = 12


def check_leaks(data: Data, page: Path) -> None:
    """Raise LeakError where a learned ranking is too good to be true."""
    if data["leaks"]:
        raise LeakError(
            " ".join(data["leaks"]),
            "Look for a column that knows the outcome, or a split that parts no persons; the"
            f" figures are in {page}.",
        )


def answer_key(folder: Path) -> pl.DataFrame:
    """The truth of a synthetic city: subject_id, scheme, difficulty, amount in fen, innocent."""
    files = sorted(folder.glob("truth*.parquet"))
    if not files:
        raise NotFoundError(
            f"{folder} holds no answer key.", "Name the folder `truth` of a generated city."
        )
    rows = pl.concat([pl.read_parquet(file) for file in files])
    return rows.with_columns((pl.col("amount") * FEN_PER_YUAN).cast(pl.Int64))


def evaluate(
    shown: Published,
    settings: Settings,
    truth: Path,
    tell: Tell,
    *,
    learning: bool = True,
    command: str = "",
) -> Data:
    """All figures about the newest score of every subject of a lake, as plain data.

    ``learning`` also teaches rankers anew by fewer audits, which takes minutes; ``command`` is
    what was typed, for the page.
    """
    key = answer_key(truth)
    again = Again.of(shown, settings)
    tell("reading scores")
    records, last = _with_last_model(again, with_traits(shown, scores_of(shown)))
    told = key if shown.screened else _of_scored(key, records)
    kinds = [_kind(records, told, entity) for entity in ENTITIES if _ranked(records, key, entity)]
    hospitals = Hospitals.of([(0, (records, told))])
    about = About(
        name=title_of(shown), night=shown.night, last_model=last, schemes=titles_of_schemes(),
        causes={one.name: one.title_en for one in lookalikes()},
        **whom(shown, records, ENTITIES, command),
    )  # fmt: skip
    curves = _curves(again, key, kinds, tell) if learning else {}
    return figures(about, kinds, hospitals, curves, tell)


def title_of(shown: Published) -> str:
    """What was scored, in words."""
    if not shown.screened:
        return f"the nights to {shown.night}"
    return f"the screen '{Path(shown.lake.root).parent.name}'"


def titles_of_schemes() -> dict[str, str]:
    """Schemes by code."""
    return {one.code: one.title_en for one in schemes()}


def scores_of(shown: Published) -> pl.DataFrame:
    """The newest score of every subject, with what it promises to recover, in fen."""
    return (
        shown.rows(SCORES.name)
        .sort("run_date")
        .group_by(TYPE, "subject_id", maintain_order=True)
        .last()
        .with_columns(
            rule_hits=pl.col("rule_codes").list.len(),
            expected_recovery=(pl.col("score") * pl.col("amount_at_risk")).round().cast(pl.Int64),
        )
        .collect()
    )


def _ranked(records: pl.DataFrame, key: pl.DataFrame, entity: str) -> bool:
    """Whether a queue orders subjects of the kind, and something is planted among them."""
    mine = records.filter((pl.col(TYPE) == entity) & pl.col("margin").is_not_null())
    guilty = key.filter((pl.col(TYPE) == entity) & ~pl.col("innocent"))
    return bool(mine.join(guilty, on="subject_id", how="semi").height)


def _of_scored(key: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """What the key says of what was scored: nights see a week of a city, not all its past."""
    return key.join(records, on=[TYPE, "subject_id"], how="semi")


def _kind(records: pl.DataFrame, key: pl.DataFrame, entity: str) -> Kind:
    mine = records.filter(pl.col(TYPE) == entity)
    tested = tested_size(entity, mine.height)
    return Kind.of(0, mine, key, entity, SIZES, tested, _columns(mine))


def tested_size(entity: str, records: int) -> Size:
    """The capacity that stands for all: a share of the records; of few a list of 50, or a tenth."""
    size = TESTED[entity]
    if places(size, records) >= SHORT_LIST:
        return size
    return min(SHORT_LIST, max(1, records // 10))


def _columns(mine: pl.DataFrame) -> dict[str, str]:
    """The queues that can be made of these records, ours first."""
    ours, *others = QUEUES.items()
    found = dict([ours])
    if mine["expected_recovery"].count():
        found[WORTH] = "expected_recovery"
    if mine["last_margin"].count():
        found[LAST] = "last_margin"
    return found | dict(others)


def _with_last_model(again: Again, records: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """Records with the margin of the model that was in office before, and which that was."""
    home = again.settings.home
    parts: list[pl.DataFrame] = []
    named: dict[str, str] = {}
    for entity in ENTITIES:
        version = None
        if not again.shown.screened:
            version = registry.last_champion_version(home, office(entity))
        # What cannot be read is compared with nothing.
        for read, bundle in registry.readable(home, office(entity), [version] if version else []):
            parts.append(scored_by(again, entity, bundle))
            named[entity] = read
    if not parts:
        return records.with_columns(last_margin=pl.lit(None, pl.Float64)), {}
    last = pl.concat(parts).unique("subject_id")
    return records.join(last, on="subject_id", how="left", maintain_order="left"), named


def _curves(
    again: Again, key: pl.DataFrame, kinds: list[Kind], tell: Tell
) -> dict[str, pl.DataFrame]:
    found = {}
    for kind in kinds:
        if kind.name not in LEARNED:
            continue
        tell(f"measuring {kind.name}s to learn from fewer audits")
        guilty = key.filter((pl.col(TYPE) == kind.name) & ~pl.col("innocent"))
        planted = guilty.group_by("subject_id").agg(pl.col("amount").max())
        trial = trial_of(again, kind.name, planted)
        if trial is not None:
            tell(f"teaching rankers of {kind.name}s by fewer audits")
            found[kind.name] = curve(trial)
    return found
