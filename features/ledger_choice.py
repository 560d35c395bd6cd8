"""Features of what a hospital chose: shares among alternatives, prices, units (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LEDGER, feature
from features.stay import ratio
from features.units import COUNT, RATIO, SHARE, UNITS, YES_NO


@feature(
    LEDGER,
    over="ledger_choice",
    unit=COUNT,
    family="choice",
    direction=BOTH,
    zh="当月使用例数",
    says="billed in {value} {stay|stays} of the month",
    says_zh="当月{value}次住院计费",
)
def cases_month() -> pl.Expr:
    """Stays that were billed for the article in the month, whatever its code."""
    return pl.col("month_cases")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=SHARE,
    family="choice",
    direction=BOTH,
    zh="当月占同类例数",
    says="taken in {value} of the month's cases of its class",
    says_zh="占当月同类耗材例数的{value}",
)
def choice_share() -> pl.Expr:
    """Share of the month's cases of the class that took this article."""
    return ratio("month_cases", "month_class")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=SHARE,
    family="choice",
    direction=BOTH,
    zh="近三月占同类例数",
    says="taken in {value} of the quarter's cases of its class",
    says_zh="占近三月同类耗材例数的{value}",
)
def choice_share_quarter() -> pl.Expr:
    """Share of the class in the three months that end with this one."""
    return ratio("quarter_cases", "quarter_class")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=SHARE,
    family="choice",
    direction=BOTH,
    zh="此前占同类例数",
    says="taken in {value} of the cases of the year before",
    says_zh="此前一年占同类耗材例数的{value}",
)
def choice_share_before() -> pl.Expr:
    """Share of the class in the year before these three months."""
    return ratio("before_cases", "before_class")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=SHARE,
    family="choice",
    direction=BOTH,
    zh="他院占同类例数",
    says="other hospitals take it in {value} of their cases",
    says_zh="同期他院占同类耗材例数的{value}",
)
def choice_share_elsewhere() -> pl.Expr:
    """Share of the class in the city's other hospitals, in the same three months."""
    return ratio("elsewhere_cases", "elsewhere_class")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=SHARE,
    family="choice",
    direction=BOTH,
    zh="预期占同类例数",
    says="such cases would lead to expect {value}",
    says_zh="按病例构成预期占{value}",
)
def expected_choice_share() -> pl.Expr:
    """Share of the month's cases that the year before, or the others now, lead to expect."""
    return pl.col("month_share")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=RATIO,
    family="choice",
    direction=HIGH,
    zh="占比突变程度",
    says="taken more often, with a surprise of {value} powers of ten",
    says_zh="使用占比上升，意外程度{value}个数量级",
)
def choice_surprise() -> pl.Expr:
    """How unlikely so large a share is, going by the year before and by the others now."""
    return pl.col("share_surprise")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=RATIO,
    family="choice",
    direction=HIGH,
    zh="挂网价与同类最低价之比",
    says="its list price is {value} the lowest of its class",
    says_zh="挂网价为同类最低价的{value}",
)
def price_over_plain() -> pl.Expr:
    """Platform price over the lowest of the class, of articles in use on the last of the month."""
    return ratio("own_price", "plain_price")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=RATIO,
    family="choice",
    direction=HIGH,
    zh="挂网价与中选价之比",
    says="its list price is {value} that of a selected one of its class",
    says_zh="挂网价为同类中选产品的{value}",
)
def price_over_selected() -> pl.Expr:
    """Platform price of an article outside the selection over the lowest selected one (C19)."""
    over = pl.col("own_price") / pl.col("selected_price")
    return pl.when(~pl.col("selected") & (pl.col("selected_price") > 0)).then(over)


@feature(
    LEDGER,
    over="ledger_choice",
    unit=YES_NO,
    family="choice",
    direction=BOTH,
    zh="集采中选",
    says="selected in volume-based buying: {value}",
    says_zh="集采中选：{value}",
)
def selected_article() -> pl.Expr:
    """Whether the article is a selected one on the last day of the month."""
    return pl.col("selected").cast(pl.Int64)


@feature(
    LEDGER,
    over="ledger_choice",
    unit=UNITS,
    family="choice",
    direction=HIGH,
    zh="当月每例用量",
    says="{value} a case in the month",
    says_zh="当月每例{value}",
)
def units_per_case() -> pl.Expr:
    """Units billed a stay in the month."""
    return ratio("month_units", "month_cases")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=RATIO,
    family="choice",
    direction=HIGH,
    zh="用量与预期之比",
    says="used {value} the units that such cases take",
    says_zh="用量为同类病例预期用量的{value}",
)
def units_over_expected() -> pl.Expr:
    """Units of the month over those that its cases would take, by the hospital's own habit."""
    return ratio("month_units", "expected_units")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=RATIO,
    family="choice",
    direction=HIGH,
    zh="每例用量突变程度",
    says="more units a case, with a surprise of {value} powers of ten",
    says_zh="每例用量上升，意外程度{value}个数量级",
)
def units_surprise() -> pl.Expr:
    """How unlikely so many units are for the month's cases (C21)."""
    return pl.col("units_surprise")


@feature(
    LEDGER,
    over="ledger_choice",
    unit=RATIO,
    family="choice",
    direction=HIGH,
    zh="当月与上月用量之比",
    says="billed {value} the units of the month before",
    says_zh="当月用量为上月的{value}",
)
def growth_on_last_month() -> pl.Expr:
    """Units billed over those of the month before."""
    return ratio("month_units", "last_month_units")
