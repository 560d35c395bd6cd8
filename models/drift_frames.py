"""What moved between a reference and recent nights: features, missing values, codes, prices.

All three frames have ``subject_id``, ``as_of`` (the night of the record) and the columns
that are compared; no record is in two of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.drift import (
    FEW,
    MOVED,
    WATCH,
    Figure,
    Scale,
    changed_on,
    corrected,
    p_value,
    psi,
    psi_of_chance,
    usual,
    verdict,
)
from models.drift_limits import limit
from models.frames import NIGHT, matrix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

FEATURES, QUALITY, CODES, PRICES = "features", "quality", "codes", "prices"
CLASS_CHARACTERS = 3
QUARTER = 91  # days
# A code that past windows did not know either is a rare one; so many count as usual.
HALF = 2


@dataclass(frozen=True)
class Seen:
    """Records of one entity: the reference, those since, and the recent ones of a window."""

    entity: str
    reference: pl.DataFrame
    since: pl.DataFrame
    recent: pl.DataFrame
    days: int

    @property
    def few(self) -> bool:
        """Whether there is too little on either side to say anything."""
        return min(self.reference.height, self.recent.height) < limit("fewest")

    def windows(self) -> list[pl.Series]:
        """Masks over the reference: its whole windows of the same length, the newest first."""
        nights = self.reference[NIGHT]
        if nights.is_empty():
            return []
        first, end = _span(nights)
        length = timedelta(days=self.days - 1)
        masks: list[pl.Series] = []
        while end - length >= first:
            masks.append(nights.is_between(end - length, end))
            end -= length + timedelta(days=1)
        return [mask for mask in masks if mask.sum() >= limit("fewest")]

    def lately(self) -> pl.Series:
        """Mask over the reference: its last quarter."""
        return self._quarter(_span(self.reference[NIGHT])[1], 0)

    def quarters(self) -> list[tuple[pl.Series, pl.Series]]:
        """Past windows, each with a quarter that lies as long before it as the reference's last."""
        nights = self.reference[NIGHT]
        lag = (_span(self.recent[NIGHT])[0] - _span(nights)[1]).days
        pairs = [
            (self._quarter(_span(nights.filter(mask))[0], lag), mask) for mask in self.windows()
        ]
        return [pair for pair in pairs if pair[0].sum() >= limit("fewest")]

    def _quarter(self, end: date, lag: int) -> pl.Series:
        last = end - timedelta(days=lag)
        return self.reference[NIGHT].is_between(
            last - timedelta(days=QUARTER), last, closed="right"
        )

    def series(self) -> pl.DataFrame:
        """The recent records and as long a time before them: where a change began."""
        first, _ = _span(self.recent[NIGHT])
        before = pl.col(NIGHT).is_between(first - timedelta(days=self.days), first, closed="left")
        columns = self.recent.columns
        earlier = [frame.filter(before).select(columns) for frame in (self.reference, self.since)]
        return pl.concat([*earlier, self.recent], how="vertical_relaxed").sort(NIGHT)


def _span(nights: pl.Series) -> tuple[date, date]:
    """First and last of some nights."""
    known = nights.drop_nulls().sort().to_list()
    return known[0], known[-1]


def moved_features(seen: Seen, names: Sequence[str], part: str = FEATURES) -> list[Figure]:
    """One figure a column: mean before and now, and how far the distribution moved (PSI)."""
    before, now = matrix(seen.reference, names), matrix(seen.recent, names)
    masks = [mask.to_numpy() for mask in seen.windows()]
    late = seen.lately().to_numpy()
    pairs = [(old.to_numpy(), new.to_numpy()) for old, new in seen.quarters()]
    found = [
        _feature(seen, part, name, before[:, at], now[:, at], masks, late, pairs)
        for at, name in enumerate(names)
    ]
    return _dated(seen, _told([one for one in found if one is not None]))


def _feature(
    seen: Seen,
    part: str,
    name: str,
    before: NDArray[np.float64],
    now: NDArray[np.float64],
    masks: Sequence[NDArray[np.bool_]],
    late: NDArray[np.bool_],
    pairs: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
) -> Figure | None:
    held, came = before[~np.isnan(before)], now[~np.isnan(now)]
    if not len(held) or not len(came):
        return None
    blank = Figure(part, seen.entity, name, float(held.mean()), float(came.mean()),
                   None, None, None, len(held), len(came), FEW)  # fmt: skip
    if min(len(held), len(came)) < limit("fewest"):
        return blank
    scale = Scale.of(held)
    whole = scale.counts(held)
    past = [_psi_of(scale, before, None, mask) for mask in masks]
    trend = [_psi_of(scale, before, old, new) for old, new in pairs]
    chance = psi_of_chance(len(whole), len(held), len(came))
    strayed = [usual([one for one in some if one is not None]) for some in (past, trend)]
    least = max(chance, *strayed)
    arrived = scale.counts(came)
    # What drifts all year long (a history that grows) is no news of these nights, and what a
    # season brings is none either: the nearer of the whole year and its last quarter counts.
    quarter = before[late & ~np.isnan(before)]
    distances = [
        psi(one, arrived) for one in (whole, scale.counts(quarter)) if one.sum() >= limit("fewest")
    ]
    return replace(
        blank,
        distance=min(distances),
        bound=max(limit("psi_watch"), least),
        p_value=p_value(held, came),
    )


def _psi_of(
    scale: Scale,
    values: NDArray[np.float64],
    old: NDArray[np.bool_] | None,
    new: NDArray[np.bool_],
) -> float | None:
    """PSI of a part of the reference against another part, or all of it; None for few."""
    known = ~np.isnan(values)
    before = values[known] if old is None else values[known & old]
    after = values[known & new]
    if min(len(before), len(after)) < limit("fewest_usual"):
        return None
    return psi(scale.counts(before), scale.counts(after))


def _told(found: Sequence[Figure]) -> list[Figure]:
    """The verdicts, once everything tested side by side is known."""
    return [
        one
        if one.distance is None
        else replace(
            one,
            verdict=verdict(
                one.distance,
                limit("psi_watch"),
                limit("psi_moved"),
                least=one.bound or 0.0,
                p=one.p_value,
            ),
        )
        for one in corrected(found)
    ]


def _dated(seen: Seen, found: Sequence[Figure]) -> list[Figure]:
    series: pl.DataFrame | None = None
    dated = []
    for one in found:
        if one.verdict in (WATCH, MOVED):
            series = seen.series() if series is None else series
            known = series.filter(pl.col(one.name).is_not_null())
            values = matrix(known, [one.name])[:, 0]
            # By place among the reference's tenths, so that one huge value is no change.
            held = matrix(seen.reference, [one.name])[:, 0]
            places = Scale.of(held[~np.isnan(held)]).places(values).astype(float)
            dated.append(replace(one, since=changed_on(known[NIGHT].to_list(), places)))
        else:
            dated.append(one)
    return dated


def missing_values(seen: Seen, names: Sequence[str]) -> list[Figure]:
    """One figure a column: the share of records whose value is not known."""
    before, now = (np.isnan(matrix(one, names)) for one in (seen.reference, seen.recent))
    masks = [mask.to_numpy() for mask in seen.windows()]
    found = []
    for at, name in enumerate(names):
        p, q = float(before[:, at].mean()), float(now[:, at].mean())
        past = [abs(float(before[mask, at].mean()) - p) for mask in masks]
        found.append(
            _share(seen, QUALITY, name, p, q, max(limit("nulls_watch"), usual(past)), "nulls")
        )
    series = seen.series() if any(one.verdict in (WATCH, MOVED) for one in found) else None
    return [
        one
        if series is None or one.verdict not in (WATCH, MOVED)
        else replace(
            one,
            since=changed_on(
                series[NIGHT].to_list(), np.isnan(matrix(series, [one.name])[:, 0]).astype(float)
            ),
        )
        for one in found
    ]


def _share(
    seen: Seen, part: str, name: str, before: float, now: float, bound: float, kind: str
) -> Figure:
    """A share that may go up or down."""
    told = FEW if seen.few else verdict(
        abs(now - before), limit(f"{kind}_watch"), limit(f"{kind}_moved"), least=bound
    )  # fmt: skip
    return Figure(part, seen.entity, name, before, now, abs(now - before), bound, None,
                  seen.reference.height, seen.recent.height, told)  # fmt: skip


def unseen_codes(seen: Seen, columns: Sequence[str]) -> list[Figure]:
    """One figure a column of codes: the share of records with a code the reference lacks."""
    return [_unseen(seen, name) for name in columns if name in seen.reference.columns]


def _unseen(seen: Seen, name: str) -> Figure:
    known = set(seen.reference[name].drop_nulls())
    strange = ~seen.recent[name].is_in(list(known)) & seen.recent[name].is_not_null()
    share = int(strange.sum()) / max(len(strange), 1)
    past = list(_past_unseen(seen, name))
    expected = float(np.mean(past)) if past else 0.0
    bound = max(limit("codes_watch"), usual(past))
    found = _share(seen, CODES, name, expected, share, bound, "codes")
    if found.verdict not in (WATCH, MOVED):
        return found
    series = seen.series()
    new = (~series[name].is_in(list(known)) & series[name].is_not_null()).to_numpy()
    return replace(found, since=changed_on(series[NIGHT].to_list(), new.astype(float)))


def _past_unseen(seen: Seen, name: str) -> Iterator[float]:
    """Share of unseen codes in the newer half of the reference's windows, each against before."""
    masks = seen.windows()
    for mask in masks[: len(masks) // HALF]:
        inside = seen.reference.filter(mask)
        earlier = seen.reference.filter(pl.col(NIGHT) < inside[NIGHT].min())
        codes = inside[name].drop_nulls()
        known = codes.is_in(list(set(earlier[name])))
        yield 1 - int(known.sum()) / max(len(known), 1)


def moved_prices(seen: Seen, item: str, group: str, price: str) -> list[Figure]:
    """One figure a class of articles: what its middle article costs, in times of before.

    The same articles are held against themselves, and each counts once however often it was
    billed: what one hospital or one seller agrees on moves an article, not a class.
    """
    sold = _sold(seen.reference, item, group, price)
    before = sold.group_by("item").agg(before=pl.col("price").median())
    named = replace(seen, reference=seen.reference.filter(pl.col(price) > 0))
    now = _ratios(_sold(seen.recent, item, group, price), before)
    past = [_ratios(_sold(named.reference.filter(mask), item, group, price), before)
            for mask in named.windows()]  # fmt: skip
    sizes = Counter(sold["class"].to_list())
    found = [
        _price(
            seen, name, sizes[name], _of(now, name), [abs(_index(_of(one, name))) for one in past]
        )
        for name in sorted(now["class"].unique())
    ]
    series = _ratios(_sold(seen.series(), item, group, price), before)
    return [_price_dated(one, _of(series, one.name)) for one in found]


def _sold(rows: pl.DataFrame, item: str, group: str, price: str) -> pl.DataFrame:
    return rows.filter(pl.col(price) > 0, pl.col(group).is_not_null()).select(
        NIGHT,
        pl.col(item).alias("item"),
        pl.col(group).str.slice(0, CLASS_CHARACTERS).alias("class"),
        pl.col(price).cast(pl.Float64).alias("price"),
    )


def _ratios(sold: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    return sold.join(before, on="item").with_columns(ratio=pl.col("price") / pl.col("before"))


def _of(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.filter(pl.col("class") == name)


def _index(rows: pl.DataFrame) -> float:
    """Change of the middle article's price, as a share of what it was."""
    articles = rows.group_by("item").agg(pl.col("ratio").median())["ratio"]
    return float(articles.median() or 1.0) - 1.0  # type: ignore[arg-type]


def _price(
    seen: Seen, name: str, before: int, rows: pl.DataFrame, strayed: Sequence[float]
) -> Figure:
    change = _index(rows)
    bound = max(limit("price_watch"), usual(strayed))
    few = rows.height < limit("fewest_priced") or rows["item"].n_unique() < limit("fewest_articles")
    told = FEW if few else verdict(
        abs(change), limit("price_watch"), limit("price_moved"), least=bound
    )  # fmt: skip
    return Figure(PRICES, seen.entity, name, 1.0, 1.0 + change, abs(change), bound, None,
                  before, rows.height, told)  # fmt: skip


def _price_dated(found: Figure, rows: pl.DataFrame) -> Figure:
    if found.verdict not in (WATCH, MOVED):
        return found
    nights: list[date] = rows[NIGHT].to_list()
    return replace(found, since=changed_on(nights, rows["ratio"].log().to_numpy()))
