"""Examine lines before payment: what is put forward, laid on what is known (plain functions).

The features and rules are those of the night; nothing is written, and people decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from cases.verdicts import FINDINGS, VERDICT_ZH, doubts_told, each, findings_of, weighed, worded
from claims.history import History
from claims.origin import FILE, ORIGIN, ROW
from claims.proposal import proposed, read_proposal
from claims.proposal_doubts import CONSUMABLE
from claims.pseudonyms import Pseudonyms, only_masked
from claims.tables import DELIVERED
from features.catalogue import USES
from features.measure import measure
from flows.judging import graded_down, rules_off, usable_rules
from flows.landing import open_lake
from rules.books import Books
from rules.judge import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from claims.delivery import Delivery
    from claims.lake import Lake
    from claims.proposal import Proposal
    from claims.settings import Settings
    from features.declaration import Feature
    from rules.declaration import Rule

# Some 2 GB of working memory; a million lines at once take five times that.
LINES_AT_ONCE = 200_000
READ_BY_EVERY_PART = ("stays", "persons", "device_uses", "purchases", "consumables")


@dataclass(frozen=True)
class Verified:
    """What was said of each line, in the order of the file.

    ``lines``: file, row, line_id, stay_id, item_code, verdict and verdict_zh, reason and
    reason_zh, rules, articles, findings (``cases.verdicts.FINDING``).
    """

    night: date
    lines: pl.DataFrame
    asked: tuple[str, ...]
    switched_off: tuple[str, ...]
    graded_down: tuple[str, ...]
    notices: tuple[str, ...]


def verify(settings: Settings, path: Path, night: date | None = None) -> Verified:
    """Examine a file or folder against the lake of this installation."""
    delivery = only_masked(read_proposal(path), Pseudonyms.at(settings.key_folder))
    lake = open_lake(settings)
    on = night or next_night(lake)
    return examine(delivery, known_before(lake, on), on)


def next_night(lake: Lake) -> date:
    """Today, or the day after the newest night of the lake where that is later."""
    today = date.today()  # noqa: DTZ011 - the local calendar day
    newest = [_newest(lake, table.name) for table in DELIVERED if lake.has(table.name)]
    return max([today, *(one + timedelta(days=1) for one in newest if one is not None)])


def _newest(lake: Lake, table: str) -> date | None:
    night: date | None = lake.scan(table).select(pl.col("received_on").max()).collect().item()
    return night


def known_before(lake: Lake, night: date) -> History:
    """All that was received before a night."""
    return History.of(lake, night - timedelta(days=1))


def examine(delivery: Delivery, before: History, night: date) -> Verified:
    """Examine lines as if they were received on a night that follows all that was known."""
    proposal = proposed(delivery, before, night)
    history = before.with_rows(proposal.tables, proposal.filled, night)
    rules = usable_rules(history, "use")
    parts = list(in_parts(proposal))
    known = history.worked_out(*READ_BY_EVERY_PART) if len(parts) > 1 else history
    books = Books(history)
    told = [found_in(known, part, night, rules, books) for part in parts]
    found = pl.concat([pl.DataFrame(schema=FINDINGS), *told])
    return Verified(
        night,
        ruled(proposal, found, rules),
        tuple(item.code for item in rules),
        tuple(rules_off(history, "use")),
        tuple(graded_down(history, ["use"])),
        proposal.notices,
    )


def in_parts(proposal: Proposal) -> Iterator[pl.DataFrame]:
    """The consumable lines that can be examined, some whole stays at a time.

    What is found of a stay does not depend on the part it is in; the memory needed does.
    """
    lines = proposal.tables["fee_lines"].filter(pl.col("category") == CONSUMABLE)
    parts = -(-lines.height // LINES_AT_ONCE)
    part = pl.col("stay_id").hash() % max(parts, 1)
    for number in range(parts):
        yield lines.filter(part == number)


def found_in(
    history: History,
    lines: pl.DataFrame,
    night: date,
    rules: Sequence[Rule],
    books: Books | None = None,
) -> pl.DataFrame:
    """What rules say of the uses of these lines, measured with the features that they read."""
    uses = lines.select(subject_id=use_id(), as_of=pl.lit(night)).drop_nulls().unique()
    near = history.focused(lines.lazy().select("stay_id"))
    measured = measure(near, USES, uses, needed(history, rules))
    hits = judge(measured, rules, books)
    return findings_of(hits, measured.select("subject_id", "event_on"))


def use_id() -> pl.Expr:
    """The use that a line belongs to."""
    return pl.concat_str("stay_id", "item_code", separator="|")


def needed(history: History, rules: Iterable[Rule]) -> list[Feature]:
    """Measurable features that rules decide by, show or are silenced by."""
    names: set[str] = set()
    for item in rules:
        names |= {*item.reads, *item.evidence, *item.amount.meta.root_names()}
        beside = [guard.expr for guard in item.protected_by]
        beside += [caution.expr for caution in item.cautions]
        names |= {name for expr in beside for name in expr.meta.root_names()}
    return [one for one in USES.measurable(history) if one.name in names]


def ruled(proposal: Proposal, found: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Every line with its verdict and reasons, in the order of the file."""
    consumable = pl.col("category") == CONSUMABLE
    lines = (
        proposal.lines.with_columns(subject_id=pl.when(consumable).then(use_id()))
        .join(found, on="subject_id", how="left", maintain_order="left")
        .join(doubts_told(proposal.doubts), on=ORIGIN, how="left", maintain_order="left")
        .join(
            proposal.bare.with_columns(bare=pl.lit(value=True)),
            on="stay_id", how="left", maintain_order="left",
        )
    )  # fmt: skip
    return lines.with_columns(
        weighed(asked=len(rules)),
        worded("en", asked=len(rules)).alias("reason"),
        worded("zh", asked=len(rules)).alias("reason_zh"),
    ).select(
        pl.col(FILE).alias("file"), pl.col(ROW).alias("row"),
        "line_id", "stay_id", "item_code", "verdict",
        pl.col("verdict").replace_strict(VERDICT_ZH, return_dtype=pl.String).alias("verdict_zh"),
        "reason", "reason_zh", each("code").alias("rules"), each("article").alias("articles"),
        "findings",
    )  # fmt: skip
