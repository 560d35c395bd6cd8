"""Articles that got a new code: which code of the catalogue follows which.

When a certificate is renewed, the same article is listed under a new code, and what was bought
under the old one is still on the shelf. The contract names no successor. A code follows another
when the second began near the end of the first, and both have the same class and generic name
(first 10 characters), maker, unit and pack. Where several would do, what both bear decides: the
device identifier, then specification and model (last 7 characters), then the price. Where that
leaves two, nobody knows (``strangers``).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from claims.history import KNOWN_FROM
from features.once import once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claims.history import History

HEAD_CHARACTERS, TAIL_FROM = 10, 20
# Old and new code are listed side by side for a season, seldom for more than a year; a list
# that ends a code before it has its successor puts that right within a month.
MOST_DAYS_BESIDE, MOST_DAYS_BETWEEN = 366, 31
# An article is what these say it is, whatever its code.
SAME = ("head", "maker", "generic_name", "unit", "pack_factor", "implantable", "single_use")
# One began near the end of the other.
NEAR = pl.col("began").is_between(
    pl.col("old_ended") - pl.duration(days=MOST_DAYS_BESIDE),
    pl.col("old_ended") + pl.duration(days=MOST_DAYS_BETWEEN),
)
PAIR = ["item_code", "old_item_code"]
LINK = {"item_code": pl.String(), "other_code": pl.String(), "linked_from": pl.Date()}


@once
def successors(history: History) -> pl.LazyFrame:
    """Old and new code of each article, and the night from which both were known.

    Columns: item_code (the new one), other_code (the one before it), linked_from.
    """
    codes = _codes(history).collect()
    old = codes.drop_nulls("ended").rename({name: f"old_{name}" for name in codes.columns})
    pairs = (
        codes.join(old, left_on=SAME, right_on=[f"old_{name}" for name in SAME], nulls_equal=True)
        .filter((pl.col("began") > pl.col("old_began")) & NEAR)
        .with_columns(linked_from=pl.max_horizontal("known", "old_end_known"))
    )
    return _matched(history, pairs).rename({"old_item_code": "other_code"}).lazy()


def _codes(history: History) -> pl.LazyFrame:
    """Every code: since when until when it is listed, since when that is known, what it is."""
    order = ["valid_from", "received_on"]
    last = [pl.col(name).sort_by(order).last() for name in SAME if name != "head"]
    ended = pl.col("valid_to").sort_by(order).last()
    night = pl.col("received_on")
    return (
        history.tables["consumables"]
        .group_by("item_code")
        .agg(
            *last,
            pl.col("platform_price").sort_by(order).last(),
            began=pl.col("valid_from").min(),
            ended=ended,
            known=night.min(),
            end_known=night.filter((pl.col("valid_to") == ended).fill_null(value=False)).min(),
        )
        .with_columns(
            head=pl.col("item_code").str.slice(0, HEAD_CHARACTERS),
            # Of a code that is too short to have one, nothing.
            tail=pl.when(pl.col("item_code").str.len_chars() > TAIL_FROM).then(
                pl.col("item_code").str.slice(TAIL_FROM)
            ),
        )
    )


def _matched(history: History, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of which each code is in one alone, by the first thing that decides.

    A code that is listed later takes no link back that was known before it.
    """
    links = [*PAIR, "linked_from"]
    found, left = [pairs.select(links).clear()], pairs
    for alike in _deciding(history):
        told = alike(left)
        by_then = pl.col("linked_from").rank("max")
        alone = told.filter((by_then.over(name) == 1) for name in PAIR).select(links)
        found.append(alone)
        for name in PAIR:
            left = left.join(alone, on=name, how="anti")
    return pl.concat(found)


def _deciding(history: History) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """What tells which of several codes follows, the strongest first."""

    def labelled(pairs: pl.DataFrame) -> pl.DataFrame:
        rows = pairs.join(_labels(history, pairs), on=PAIR)
        return rows.with_columns(linked_from=pl.max_horizontal("linked_from", "labelled"))

    yield labelled
    for name in ("tail", "platform_price"):
        yield partial(_equal, name)
    yield lambda pairs: pairs


def _equal(name: str, pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.filter(pl.col(name) == pl.col(f"old_{name}"))


def _labels(history: History, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of codes recorded under one device identifier, and since when both are."""
    codes = pl.concat([pairs["item_code"], pairs["old_item_code"]]).unique().to_frame("item_code")
    seen = (
        history.tables["device_uses"]
        .join(codes.lazy(), on="item_code", how="semi")
        .drop_nulls("udi_di")
        .group_by("item_code", "udi_di")
        .agg(since=pl.col("received_on").min())
        .collect()
    )
    both = seen.join(seen, on="udi_di", suffix="_old")
    return both.group_by("item_code", old_item_code="item_code_old").agg(
        labelled=pl.max_horizontal("since", "since_old").min()
    )


@once
def siblings(history: History) -> pl.LazyFrame:
    """Both ways: each code of an article beside every other one, and since when that is known."""
    one = successors(history)
    two = (
        one.join(one, left_on="other_code", right_on="item_code", suffix="_before")
        .with_columns(linked_from=pl.max_horizontal("linked_from", "linked_from_before"))
        .select("item_code", "linked_from", other_code="other_code_before")
    )
    back = pl.concat([one, two], how="diagonal")
    forth = back.select("linked_from", item_code="other_code", other_code="item_code")
    return pl.concat([back, forth], how="diagonal").select(list(LINK))


def of_article(history: History, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of books, and the same rows again under the other codes of their article.

    ``rows`` has item_code and ``known_from``; a copy is known from when the link was.
    """
    links = siblings(history).rename({"item_code": "_named", "other_code": "item_code"})
    names = rows.collect_schema().names()
    copies = (
        rows.join(links, on="item_code")
        .with_columns(
            pl.col("_named").alias("item_code"),
            pl.max_horizontal(KNOWN_FROM, "linked_from").alias(KNOWN_FROM),
        )
        .select(names)
    )
    return pl.concat([rows, copies])


def with_other_codes(history: History, asked: pl.LazyFrame) -> pl.LazyFrame:
    """What is asked by item_code, and the same asked of the other codes of the article."""
    links = siblings(history).select("item_code", _other="other_code")
    names = asked.collect_schema().names()
    more = asked.join(links, on="item_code").with_columns(item_code="_other").select(names)
    return pl.concat([asked, more]).unique()


def as_billed(history: History, rows: pl.LazyFrame, goods: pl.LazyFrame) -> pl.LazyFrame:
    """Records of stays under the code that the stay is billed for, where the article is the same.

    ``rows`` and ``goods`` have stay_id, as_of and item_code. A record whose own code is on the
    bill keeps it.
    """
    key = ["stay_id", "as_of"]
    billed = goods.select(*key, "item_code").unique()
    links = siblings(history).join(billed, left_on="other_code", right_on="item_code")
    other = (
        links.filter(pl.col("linked_from") <= pl.col("as_of"))
        .group_by(*key, "item_code")
        .agg(_billed_as=pl.col("other_code").min())
        .join(billed, on=[*key, "item_code"], how="anti")
    )
    return (
        rows.join(other, on=[*key, "item_code"], how="left")
        .with_columns(item_code=pl.coalesce("_billed_as", "item_code"))
        .drop("_billed_as")
    )


@once
def strangers(history: History) -> pl.LazyFrame:
    """Codes of which one may have replaced another, nobody can say which: item_code, began, known.

    A code that came later than the list and follows none that is known, while the same maker has
    an earlier one of its class and generic name of which no end is told, or one near, and no
    successor. Both are strange since the later one ``began``; ``late`` says which this is.
    """
    codes = _codes(history).collect()
    links = successors(history).collect()
    since = codes.filter(pl.col("began") > pl.col("began").min())
    late = since.join(links, on="item_code", how="anti")
    left = codes.join(links, left_on="item_code", right_on="other_code", how="anti").select(
        "head", "maker", old_code="item_code", old_began="began", old_ended="ended"
    )
    open_or_near = NEAR.fill_null(value=True)
    both = late.join(left, on=["head", "maker"], nulls_equal=True).filter(
        (pl.col("began") > pl.col("old_began")) & open_or_near
    )
    rows = [
        both.select("item_code", "began", "known", late=pl.lit(value=True)),
        both.select("began", "known", item_code="old_code", late=pl.lit(value=False)),
    ]
    return pl.concat(rows, how="diagonal").unique().lazy()
