"""The article of a ledger beside those that would serve as well: how often, how many, how dear.

Articles of one class (first 7 characters of the code) are each other's alternatives. Cases are
counted (a stay that was billed for the article), because one operation takes several units.
What a hospital chose in a month is held against its own year before and against what the other
hospitals of the city choose at the same time, so that a shortage or a new guideline, which all
follow alike, is no change of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import binom, poisson

from claims.history import KNOWN_FROM, KNOWN_UNTIL, as_of
from claims.schema import THOUSANDTHS_PER_UNIT
from features.frames import Frame, source, together
from features.ledger_cases import ARTICLE, added, articles
from features.ledger_frames import parts
from features.level_expected import MILLIONTHS, millionths

if TYPE_CHECKING:
    from claims.history import History

# The quarter that ends with the month, and the year before that quarter.
QUARTER, YEAR = 3, 12
# Cases of the city that an own history weighs against: a dozen own ones count for more.
PRIOR_CASES = 5.0
HALF = 0.5
MOST_SURPRISING = 30.0
ONE_MILLIONTH = 1 / MILLIONTHS
# The month and the quarter are looked at (Bonferroni).
LOOKS = 2
SUBJECT = ["subject_id", "as_of"]
NEEDED = ("article", "class_code", "hospital_id", "first_day", "last_day")


def choice(history: History, subjects: pl.LazyFrame) -> pl.LazyFrame:
    """One row a ledger: cases and units of article and class, here and elsewhere, and prices."""
    known = articles(history).select("item_code", *ARTICLE, listed_from=KNOWN_FROM)
    named = (
        parts(subjects)
        .join(known, on="item_code")
        .filter(pl.col("listed_from") <= pl.col("as_of"))
        .select(*SUBJECT, "item_code", *NEEDED)
        .collect()
        .lazy()
    )
    counted = added(history, named.select("class_code").unique())
    mixed = _mixed(_here(named, counted), _city(named, counted), named).collect().lazy()
    rows = (
        named.join(_summed(mixed), on=SUBJECT, how="left")
        .join(_prices(history, named), on=SUBJECT, how="left")
        .with_columns(_expected())
        .collect()
    )
    return rows.with_columns(_surprises(rows)).lazy()


def _back() -> pl.Expr:
    """Whole months from a count to the month of the ledger, 0 for the month itself."""
    first, month = pl.col("first_day"), pl.col("month")
    return (first.dt.year() - month.dt.year()) * 12 + first.dt.month() - month.dt.month()


def _here(named: pl.LazyFrame, counted: pl.LazyFrame) -> pl.LazyFrame:
    """Counts of the hospital by family of case groups: article and class, month to year."""
    rows = (
        named.select(*SUBJECT, *NEEDED)
        .join(counted, on=["hospital_id", "class_code"], suffix="_counted")
        .filter((pl.col("night") <= pl.col("as_of")) & (pl.col("month") <= pl.col("first_day")))
        .with_columns(
            back=_back(),
            own=(pl.col("article") == pl.col("article_counted")).fill_null(value=False),
            whole=pl.col("article_counted").is_null(),
        )
        .filter(pl.col("back") < QUARTER + YEAR)
    )
    own, whole, back = pl.col("own"), pl.col("whole"), pl.col("back")
    month, quarter = back == 0, back < QUARTER
    last_month, year_before = back == 1, back.is_between(1, YEAR)
    cases, units = pl.col("cases"), pl.col("units")
    return rows.group_by(*SUBJECT, "family").agg(
        month_cases=cases.filter(own & month).sum(),
        month_class=cases.filter(whole & month).sum(),
        month_units=units.filter(own & month).sum(),
        quarter_cases=cases.filter(own & quarter).sum(),
        quarter_class=cases.filter(whole & quarter).sum(),
        quarter_units=units.filter(own & quarter).sum(),
        before_cases=cases.filter(own & ~quarter).sum(),
        before_class=cases.filter(whole & ~quarter).sum(),
        last_month_units=units.filter(own & last_month).sum(),
        year_cases=cases.filter(own & year_before).sum(),
        year_units=units.filter(own & year_before).sum(),
    )


def _city(named: pl.LazyFrame, counted: pl.LazyFrame) -> pl.LazyFrame:
    """Counts of the whole city in the quarter, by class, family and article."""
    key = ["as_of", "class_code", "first_day"]
    sums = counted.group_by("class_code", "article", "family", "month", "night").agg(
        pl.col("cases", "units").sum()
    )
    rows = (
        named.select(key)
        .unique()
        .join(sums, on="class_code")
        .filter((pl.col("night") <= pl.col("as_of")) & (pl.col("month") <= pl.col("first_day")))
        .filter(_back() < QUARTER)
        .group_by(*key, "family", "article")
        .agg(city_cases=pl.col("cases").sum(), city_units=pl.col("units").sum())
    )
    whole = pl.col("article").is_null()
    classes = rows.filter(whole).select(*key, "family", city_class="city_cases")
    return rows.filter(~whole).join(classes, on=[*key, "family"])


def _mixed(here: pl.LazyFrame, city: pl.LazyFrame, named: pl.LazyFrame) -> pl.LazyFrame:
    """Counts here and elsewhere by family, with the share and the units that others would take.

    A family that others hardly have is drawn towards all of theirs by ``PRIOR_CASES``; shares
    and units are in millionths, so that sums do not depend on their order.
    """
    around = ["as_of", "class_code", "first_day", "family"]
    classes = city.select(*around, "city_class").unique()
    articles_of = city.drop("city_class")
    elsewhere = [
        (pl.col(f"city_{kind}").fill_null(0) - pl.col(f"quarter_{kind}")).alias(f"else_{kind}")
        for kind in ("cases", "class", "units")
    ]
    rows = (
        named.select(*SUBJECT, "class_code", "article", "first_day")
        .join(here, on=SUBJECT)
        .join(classes, on=around, how="left")
        .join(articles_of, on=[*around, "article"], how="left")
        .with_columns(elsewhere)
    )
    # What others do in families that the hospital does not have is left out on both sides.
    all_cases = pl.col("else_cases").sum().over(SUBJECT)
    all_class = pl.col("else_class").sum().over(SUBJECT)
    all_units = pl.col("else_units").sum().over(SUBJECT)
    share = (all_cases + HALF) / (all_class + 1.0)
    rate = pl.when(all_cases > 0).then(all_units / all_cases)
    near = (pl.col("else_cases") + PRIOR_CASES * share) / (pl.col("else_class") + PRIOR_CASES)
    each = (pl.col("else_units") + PRIOR_CASES * rate) / (pl.col("else_cases") + PRIOR_CASES)
    return rows.with_columns(share_here=millionths(near), units_here=millionths(each))


def _summed(mixed: pl.LazyFrame) -> pl.LazyFrame:
    """Counts of each ledger, and what others would take of its very cases."""
    counts = ("month", "quarter", "before")
    share, rate = pl.col("share_here"), pl.col("units_here")
    return mixed.group_by(SUBJECT).agg(
        *(pl.col(f"{span}_{kind}").sum() for span in counts for kind in ("cases", "class")),
        pl.col("month_units", "last_month_units", "year_cases", "year_units").sum(),
        elsewhere_cases=pl.col("else_cases").sum(),
        elsewhere_class=pl.col("else_class").sum(),
        elsewhere_units=pl.col("else_units").sum(),
        month_would=(pl.col("month_class") * share).sum(),
        quarter_would=(pl.col("quarter_class") * share).sum(),
        before_would=(pl.col("before_class") * share).sum(),
        month_units_would=(pl.col("month_cases") * rate).sum(),
        year_units_would=(pl.col("year_cases") * rate).sum(),
    )


def _expected() -> list[pl.Expr]:
    """Shares of the class and units of the month, as the hospital did before and others do now.

    The share of before is brought to the cases of now; ``PRIOR_CASES`` as elsewhere stand beside
    those of the year before. Where neither is known, nothing is expected. Units are those of
    others times what the hospital took over theirs.
    """
    told = (pl.col("elsewhere_class") > 0) | (pl.col("before_class") > 0)
    return [
        *(pl.when(told).then(_share(span)).alias(f"{span}_share") for span in ("month", "quarter")),
        pl.when(pl.col("month_units_would") > 0)
        .then(pl.col("month_units_would") * ONE_MILLIONTH * _habit())
        .alias("expected_units"),
    ]


def _share(span: str) -> pl.Expr:
    """The share that would be expected of a span's cases: as before, or as elsewhere if more."""
    now = pl.col(f"{span}_would") * ONE_MILLIONTH / pl.col(f"{span}_class")
    then = pl.col("before_would") * ONE_MILLIONTH
    before = (pl.col("before_cases") + PRIOR_CASES * now) / (pl.col("before_class") + PRIOR_CASES)
    # Another mix of cases asks for another share: as many times as others would take more.
    shift = pl.when(then > 0).then(now * pl.col("before_class") / then).otherwise(1.0)
    moved = (before * shift).clip(0.0, 1.0)
    return pl.max_horizontal(moved, now)


def _habit() -> pl.Expr:
    """Units that the hospital took in the year before over those others would have taken."""
    theirs = pl.col("year_units_would") * ONE_MILLIONTH
    pad = PRIOR_CASES * pl.col("elsewhere_units") / pl.col("elsewhere_cases")
    return (pl.col("year_units") + pad) / (theirs + pad)


def _surprises(rows: pl.DataFrame) -> list[pl.Series]:
    """Surprise of the article's share, and of its units; null where nothing is expected."""
    tails = [
        binom.logsf(
            rows[f"{span}_cases"].to_numpy() - 1,
            rows[f"{span}_class"].to_numpy(),
            rows[f"{span}_share"].to_numpy(),
        )
        for span in ("month", "quarter")
    ]
    units = np.rint(rows["month_units"].to_numpy() / THOUSANDTHS_PER_UNIT)
    mean = rows["expected_units"].to_numpy() / THOUSANDTHS_PER_UNIT
    return [
        _powers("share_surprise", np.minimum(*tails) + np.log(LOOKS)),
        _powers("units_surprise", poisson.logsf(units - 1, mean)),
    ]


def _powers(name: str, logs: np.ndarray) -> pl.Series:
    """Minus the decimal logarithms, not below 0."""
    powers = np.clip(-logs / np.log(10), 0.0, MOST_SURPRISING)
    return pl.Series(name, powers).fill_nan(None)


def _prices(history: History, named: pl.LazyFrame) -> pl.LazyFrame:
    """Platform price of the code, and the lowest of its class, of all and of the selected."""
    listed = history.versions("consumables").select(
        "item_code",
        "valid_from",
        "valid_to",
        "platform_price",
        "vbp_selected",
        KNOWN_FROM,
        KNOWN_UNTIL,
    )
    taken = articles(history).select("class_code", other_code="item_code")
    key = ["as_of", "class_code", "last_day"]
    ended = (pl.col("valid_to") < pl.col("last_day")).fill_null(value=False)
    valid = (
        named.select(key)
        .unique()
        .join(taken, on="class_code")
        .join(listed, left_on="other_code", right_on="item_code")
        .filter(as_of("as_of") & (pl.col("valid_from") <= pl.col("last_day")))
        .filter(~ended & (pl.col("platform_price") > 0))
        .group_by(*key, "other_code")
        .agg(pl.col("platform_price", "vbp_selected").sort_by("valid_from").last())
        .collect()
        .lazy()
    )
    price = pl.col("platform_price")
    lowest = valid.group_by(key).agg(
        plain_price=price.min(), selected_price=price.filter("vbp_selected").min()
    )
    own = valid.select(*key, "vbp_selected", item_code="other_code", own_price="platform_price")
    return (
        named.select(*SUBJECT, "item_code", "class_code", "last_day")
        .join(own, on=[*key, "item_code"])
        .join(lowest, on=key)
        .select(*SUBJECT, "own_price", "plain_price", "selected_price", selected="vbp_selected")
    )


LINE = source(
    "fee_lines.stay_id",
    "fee_lines.category",
    "fee_lines.charged_at",
    "fee_lines.item_code",
    "fee_lines.quantity",
    "stays.hospital_id",
    "consumables.item_code",
    "consumables.class_code",
    "consumables.generic_name",
)
PRICE = source("consumables.platform_price", "consumables.valid_from")
SELECTED = source("consumables.vbp_selected")
HERE = (
    *(f"{span}_{kind}" for span in ("month", "quarter", "before") for kind in ("cases", "class")),
    "month_units", "last_month_units", "elsewhere_cases", "elsewhere_class",
)  # fmt: skip
MIXED = ("month_share", "quarter_share", "expected_units", "share_surprise", "units_surprise")
FRAMES = {
    "ledger_choice": Frame(
        "ledger_choice",
        choice,
        single=True,
        needs=LINE,
        sources={
            **dict.fromkeys(HERE, LINE),
            **dict.fromkeys(MIXED, together(LINE, source("stays.drg"))),
            **dict.fromkeys(("own_price", "plain_price"), together(LINE, PRICE)),
            **dict.fromkeys(("selected", "selected_price"), together(LINE, PRICE, SELECTED)),
        },
    )
}
