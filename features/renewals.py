"""Articles that got a new code: which code of the catalogue follows which.

When a certificate is renewed, the same article is listed under a new code, and what was bought
under the old one is still on the shelf. The contract names no successor. A code follows another
when the second began near the end of the first, and both have the same class and generic name
(first 10 characters), maker, unit and pack. Where several would do, what both bear decides:
specification and model (last 7 characters), then the price, then being the only one, then a device
identifier that is recorded under both. Where that leaves two, nobody knows (``strangers``).
"""

from __future__ import annotations

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
LISTED = [*(name for name in SAME if name != "head"), "valid_from", "valid_to", "platform_price"]
LINK = {"item_code": pl.String(), "other_code": pl.String(), "linked_from": pl.Date()}


@once
def successors(history: History) -> pl.LazyFrame:
    """Old and new code of each article, and the night from which both were known.

    Columns: item_code (the new one), other_code (the one before it), linked_from.
    """
    codes = _codes(history).collect()
    ended = codes.join(_ends(history).collect(), on="item_code")
    old = ended.rename({name: f"old_{name}" for name in ended.columns})
    pairs = (
        codes.join(old, left_on=SAME, right_on=[f"old_{name}" for name in SAME], nulls_equal=True)
        .filter((pl.col("began") > pl.col("old_began")) & NEAR)
        .with_columns(linked_from=pl.max_horizontal("known", "old_known", "old_end_known"))
        .sort("linked_from")
        .unique(PAIR, keep="first", maintain_order=True)
    )
    return _matched(history, pairs).rename({"old_item_code": "other_code"}).lazy()


def _codes(history: History) -> pl.LazyFrame:
    """Every code as it was first told: since when it is listed, and what it is.

    What is told later of the same changes no link that was known before.
    """
    rows = history.tables["consumables"]
    first = _by_night(history).group_by("item_code", maintain_order=True).first()
    began = rows.group_by("item_code", "received_on").agg(began=pl.col("valid_from").min())
    return (
        first.join(began, on=["item_code", "received_on"])
        .rename({"received_on": "known"})
        .drop("valid_from", "valid_to")
        .with_columns(
            head=pl.col("item_code").str.slice(0, HEAD_CHARACTERS),
            # Of a code that is too short to have one, nothing.
            tail=pl.when(pl.col("item_code").str.len_chars() > TAIL_FROM).then(
                pl.col("item_code").str.slice(TAIL_FROM)
            ),
        )
    )


def _by_night(history: History) -> pl.LazyFrame:
    """The last row of each code of all that arrived on a night, in order of nights."""
    return (
        history.tables["consumables"]
        .sort("item_code", "received_on", "valid_from")
        .group_by("item_code", "received_on", maintain_order=True)
        .agg(pl.col(name).last() for name in LISTED)
    )


def _ends(history: History) -> pl.LazyFrame:
    """Every end that was told of a code: the day, since when it is known, and the price then.

    A row that ends with its price looks like one until the next price is told.
    """
    newest = pl.col("valid_from") >= pl.col("valid_from").cum_max().over(
        "item_code", order_by="received_on"
    )
    return (
        _by_night(history)
        .filter(newest & pl.col("valid_to").is_not_null())
        .group_by("item_code", ended="valid_to")
        .agg(end_known=pl.col("received_on").min(), end_price=pl.col("platform_price").first())
    )


def _matched(history: History, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of which each code is in one alone, by the first thing that decides.

    A code that is listed later, or a label that is seen later, takes no link back.
    """
    links = [*PAIR, "linked_from"]
    found, left = [pairs.select(links).clear()], pairs
    for alike in _deciding(history):
        told = alike(left)
        by_then = pl.col("linked_from").rank("max")
        alone = told.filter((by_then.over(name) == 1) for name in PAIR).select(links)
        found.append(alone)
        for name in PAIR:
            taken = alone.select(name, taken_from="linked_from").group_by(name).min()
            free = pl.col("taken_from").is_null() | (pl.col("linked_from") < pl.col("taken_from"))
            left = left.join(taken, on=name, how="left").filter(free).drop("taken_from")
    earliest = pl.col("linked_from") == pl.col("linked_from").min()
    every = pl.concat(found)
    for name in PAIR:
        every = every.filter(earliest.over(name))
    return every


def _deciding(history: History) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """What tells which of several codes follows, the strongest of what a list says first."""
    yield lambda pairs: pairs.filter(pl.col("tail") == pl.col("old_tail"))
    yield lambda pairs: pairs.filter(pl.col("platform_price") == pl.col("old_end_price"))
    yield lambda pairs: pairs

    def labelled(pairs: pl.DataFrame) -> pl.DataFrame:
        rows = pairs.join(_labels(history, pairs), on=PAIR)
        return rows.with_columns(linked_from=pl.max_horizontal("linked_from", "labelled"))

    yield labelled


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
    """Codes of which one may have replaced another, nobody can say which.

    A code that came later than the list and follows none that is known, while the same maker has
    an earlier one of its class and generic name of which no end is told, or one near, and no
    successor. Columns: item_code, when the later one ``began``, ``known`` and ``until`` (nights),
    ``late`` (whether this is that one).
    """
    codes = _codes(history).collect()
    links = successors(history).collect()
    # Where the list itself began with a code, it is not new.
    since = codes.sort("known").with_columns(first=pl.col("began").cum_min())
    start = since.group_by("known").agg(start=pl.col("first").min())
    late = since.join(start, on="known").filter(pl.col("began") > pl.col("start"))
    old = codes.select(
        "head",
        "maker",
        old_code="item_code",
        old_began="began",
        old_known="known",
    )
    pairs = (
        late.join(old, on=["head", "maker"], nulls_equal=True)
        .filter(pl.col("began") > pl.col("old_began"))
        .with_columns(known=pl.max_horizontal("known", "old_known"))
        .sort("known")
    )
    ends = _ends(history).select("end_known", old_code="item_code", old_ended="ended").collect()
    # The end that had been told last, when both were known.
    both = (
        pairs.join_asof(
            ends.sort("end_known", "old_ended"),
            left_on="known",
            right_on="end_known",
            by="old_code",
            check_sortedness=False,
        )
        .filter(NEAR.fill_null(value=True))
        .join(links.select("item_code", until="linked_from"), on="item_code", how="left")
        .join(
            links.select(old_code="other_code", old_until="linked_from"), on="old_code", how="left"
        )
        .with_columns(until=pl.min_horizontal("until", "old_until"))
        .filter(pl.col("until").is_null() | (pl.col("known") < pl.col("until")))
    )
    rows = [
        both.select("item_code", "began", "known", "until", late=pl.lit(value=True)),
        both.select("began", "known", "until", item_code="old_code", late=pl.lit(value=False)),
    ]
    return pl.concat(rows, how="diagonal").unique().lazy()


def strange(night: str) -> pl.Expr:
    """Whether a row of ``strangers`` was one on a night."""
    known, until = pl.col("known") <= pl.col(night), pl.col("until")
    return known & (until.is_null() | (pl.col(night) < until))
