"""Features of a ledger: one hospital, one consumable, one month (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LEDGER, LOW, feature
from features.stay import ratio
from features.units import DAYS, RATIO, SHARE, UNITS, YUAN

# Units that left the shelf lawfully between the two counts of the window.
AVAILABLE = (
    pl.col("year_opening")
    + pl.col("bought_year")
    + pl.col("in_year")
    - pl.col("out_year")
    - pl.col("closing")
)


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="volume",
    direction=HIGH,
    zh="当月计费数量",
    says="{value} billed in the month",
    says_zh="当月计费{value}",
)
def billed() -> pl.Expr:
    """Units billed in the month."""
    return pl.col("billed")


@feature(
    LEDGER,
    over="ledger",
    unit=YUAN,
    family="volume",
    direction=HIGH,
    zh="当月计费金额",
    says="{value} billed in the month",
    says_zh="当月计费金额{value}",
)
def billed_amount_month() -> pl.Expr:
    """Amount billed in the month."""
    return pl.col("billed_amount")


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="bill and record",
    direction=HIGH,
    zh="当月计费减使用",
    says="billed {value} more than was recorded as used in the month",
    says_zh="当月计费比使用登记多{value}",
)
def billed_over_used_month() -> pl.Expr:
    """Residual R1 of the month: billed less recorded as used."""
    return pl.col("billed") - pl.col("used")


@feature(
    LEDGER,
    over="ledger",
    unit=SHARE,
    family="bill and record",
    direction=HIGH,
    zh="当月计费超使用占比",
    says="{value} of the units billed in the month are not recorded as used",
    says_zh="当月计费数量中{value}无使用登记",
)
def unrecorded_share_month() -> pl.Expr:
    """R1 over the units billed."""
    over = pl.col("billed") - pl.col("used")
    return pl.when(pl.col("billed") > 0).then(over / pl.col("billed"))


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="bill and stock",
    direction=HIGH,
    zh="盘点期间计费减可用",
    says="billed {value} more, count to count, than stock and purchases can explain",
    says_zh="盘点期间计费比进货与库存可解释数量多{value}",
)
def billed_over_available() -> pl.Expr:
    """Residual R2: billed less (opening + bought + in - out - closing).

    From the first count inside a year to the one that closes the month: a year where
    counts reach back so far, less where they do not.
    """
    return pl.col("billed_year") - AVAILABLE


@feature(
    LEDGER,
    over="ledger",
    unit=SHARE,
    family="bill and stock",
    direction=HIGH,
    zh="盘点期间无来源占比",
    says="stock and purchases cannot explain {value} of the units billed, count to count",
    says_zh="盘点期间计费数量中{value}无进货来源",
)
def unexplained_share() -> pl.Expr:
    """R2 over the units billed."""
    return pl.when(pl.col("billed_year") > 0).then(
        (pl.col("billed_year") - AVAILABLE) / pl.col("billed_year")
    )


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="bill and stock",
    direction=HIGH,
    zh="当月计费减可用",
    says="billed {value} more in the month than stock and purchases can explain",
    says_zh="当月计费比进货与库存可解释数量多{value}",
)
def billed_over_available_month() -> pl.Expr:
    """Residual R2 of the month alone, count to count: says when a year's residual arose.

    Null where no count opens the month. By itself it is noise, because invoices of
    consigned goods follow their use.
    """
    came = pl.col("month_opening") + pl.col("came_counted")
    return pl.col("billed_counted") - (came - pl.col("left_counted") - pl.col("closing"))


@feature(
    LEDGER,
    over="ledger",
    unit=UNITS,
    family="use and issue",
    direction=BOTH,
    zh="当月使用减出库",
    says="used less issued in the month: {value}",
    says_zh="当月使用减出库：{value}",
)
def used_over_issued() -> pl.Expr:
    """Residual R3 of the month: used less issued, returns from departments taken off."""
    return pl.col("used") - (pl.col("issued") - pl.col("returned"))


@feature(
    LEDGER,
    over="ledger",
    unit=SHARE,
    family="bill and stock",
    direction=HIGH,
    zh="滚动一年报损占比",
    says="{value} of a year's units were written off",
    says_zh="一年报损占数量的{value}",
)
def written_off_share() -> pl.Expr:
    """Units scrapped or lost in a year over units billed."""
    return ratio("lost_year", "billed_year")


@feature(
    LEDGER,
    over="ledger",
    unit=SHARE,
    family="supply",
    direction=BOTH,
    zh="寄售占比",
    says="{value} of a year's purchases were consigned",
    says_zh="一年采购中寄售占{value}",
)
def consigned_share() -> pl.Expr:
    """Share of consignment in a year's purchases: invoices then follow the use."""
    return ratio("consigned_year", "bought_year")


@feature(
    LEDGER,
    over="ledger",
    unit=SHARE,
    family="supply",
    direction=BOTH,
    zh="调入占比",
    says="{value} of a year's units came from another campus",
    says_zh="一年入库数量中{value}由其他院区调入",
)
def transferred_share() -> pl.Expr:
    """Units transferred in over units billed in a year."""
    return ratio("transferred_in_year", "billed_year")


@feature(
    LEDGER,
    over="ledger",
    unit=RATIO,
    family="supply",
    direction=LOW,
    zh="一年采购与计费之比",
    says="bought {value} what it billed in a year",
    says_zh="一年采购量为计费量的{value}",
)
def bought_over_billed() -> pl.Expr:
    """Units bought over units billed in a year."""
    return ratio("bought_year", "billed_year")


@feature(
    LEDGER,
    over="ledger",
    unit=RATIO,
    family="volume",
    direction=HIGH,
    zh="当月与前三月均值之比",
    says="billed {value} the monthly mean of the three months before",
    says_zh="当月计费量为前三月均值的{value}",
)
def growth() -> pl.Expr:
    """Units billed over the monthly mean of the 90 days before (C21)."""
    return pl.when(pl.col("billed_before") > 0).then(pl.col("billed") * 3 / pl.col("billed_before"))


@feature(
    LEDGER,
    over="ledger",
    unit=DAYS,
    family="trace",
    direction=BOTH,
    zh="新编码启用天数（原编码不明）",
    says="a code of its maker and name was new, listed {value} before; which it replaced is untold",
    says_zh="同企业同名新编码启用仅{value}，替代哪一编码不明",
    peers=False,
)
def new_code_days() -> pl.Expr:
    """Days since a code was first listed that may be this article's, or may have replaced its code.

    Null where the catalogue tells which code followed which, or none is new.
    """
    return pl.col("new_code_days")
