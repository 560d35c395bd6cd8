"""Features of a stay that doubt whose it was: particulars, organs, death and birth."""

from __future__ import annotations

import polars as pl

from features.declaration import HIGH, LOW, STAY, feature
from features.units import COUNT, DAYS, YES_NO


def differs(name: str) -> pl.Expr:
    """Whether the particular that came with the stay is another than the one before it."""
    before, now = pl.col(f"{name}_before"), pl.col(f"{name}_with")
    return (before != now).fill_null(value=False)


@feature(
    STAY,
    over="identity",
    unit=YES_NO,
    family="identity",
    direction=HIGH,
    zh="血型与此前不同",
    says="a blood group other than before was sent with it: {value}",
    says_zh="随本次住院上传的血型与此前不同：{value}",
)
def blood_group_changed() -> pl.Expr:
    """Another blood group than known before arrived with the stay, 1 or 0."""
    return pl.when(pl.col("blood_groups") > 0).then(differs("blood_group"))


@feature(
    STAY,
    over="identity",
    unit=YES_NO,
    family="identity",
    direction=HIGH,
    zh="性别与此前不同",
    says="a sex other than before was sent with it: {value}",
    says_zh="随本次住院上传的性别与此前不同：{value}",
)
def sex_changed() -> pl.Expr:
    """Another sex than known before arrived with the stay, 1 or 0."""
    return pl.when(pl.col("sexes") > 0).then(differs("sex"))


@feature(
    STAY,
    over="identity",
    unit=YES_NO,
    family="identity",
    direction=HIGH,
    zh="身份信息其后改回",
    says="blood group or sex were put right afterwards: {value}",
    says_zh="血型或性别其后已改回：{value}",
    peers=False,
)
def particulars_put_right() -> pl.Expr:
    """Blood group or sex had changed with the stay and later became what they were, 1 or 0."""
    right = [
        differs(name) & (pl.col(f"{name}_after") == pl.col(f"{name}_before")).fill_null(value=False)
        for name in ("blood_group", "sex")
    ]
    return pl.when(pl.col("sexes") > 0).then(pl.any_horizontal(right))


@feature(
    STAY,
    over="identity",
    unit=COUNT,
    family="identity",
    direction=HIGH,
    zh="已知血型种数",
    says="{value} blood groups are known of the person",
    says_zh="该参保人有{value}种血型记录",
)
def blood_groups_known() -> pl.Expr:
    """Different blood groups that were ever sent for the person."""
    return pl.when(pl.col("blood_groups") > 0).then("blood_groups")


@feature(
    STAY,
    over="identity",
    unit=COUNT,
    family="identity",
    direction=HIGH,
    zh="已知性别种数",
    says="{value} sexes are known of the person",
    says_zh="该参保人有{value}种性别记录",
)
def sexes_known() -> pl.Expr:
    """Different sexes that were ever sent for the person."""
    return pl.when(pl.col("sexes") > 0).then("sexes")


@feature(
    STAY,
    over="identity",
    unit=DAYS,
    family="identity",
    direction=HIGH,
    zh="死亡后入院天数",
    says="began {value} after the registered death",
    says_zh="登记死亡{value}后入院",
)
def admitted_after_death() -> pl.Expr:
    """Days by which the admission lies after the registered death; 0 if alive by then."""
    late = (pl.col("admitted_on") - pl.col("death_date")).dt.total_days()
    return late.clip(lower_bound=0).fill_null(0)


@feature(
    STAY,
    over="identity",
    unit=DAYS,
    family="aftermath",
    direction=LOW,
    zh="出院后到死亡天数",
    says="was followed {value} later by death",
    says_zh="出院{value}后死亡",
)
def days_to_death() -> pl.Expr:
    """Days from discharge to death, as far as known; null for who is alive or died in it."""
    later = (pl.col("death_date") - pl.col("discharged_on")).dt.total_days()
    return pl.when(later > 0).then(later)


@feature(
    STAY,
    over="identity",
    unit=DAYS,
    family="identity",
    direction=HIGH,
    zh="出生前入院天数",
    says="began {value} before the birth of the person",
    says_zh="在出生{value}前入院",
)
def admitted_before_birth() -> pl.Expr:
    """Days by which the admission lies before the birth date; 0 if born by then."""
    early = (pl.col("birth_date") - pl.col("admitted_on")).dt.total_days()
    return early.clip(lower_bound=0)


@feature(
    STAY,
    over="organs",
    unit=COUNT,
    family="identity",
    direction=HIGH,
    zh="再次切除的单一器官数",
    says="takes out {value} organs that an earlier stay had taken out",
    says_zh="再次切除此前已切除的器官{value}个",
    empty=0,
)
def organs_removed_again() -> pl.Expr:
    """Organs that there is only one of, taken out although an earlier stay had done so."""
    return pl.col("organ_again").drop_nulls().n_unique()


@feature(
    STAY,
    over="organs",
    unit=COUNT,
    family="identity",
    direction=HIGH,
    zh="已切除器官的疾病数",
    says="treats {value} organs that an earlier stay had taken out",
    says_zh="治疗此前已切除的器官{value}个",
    empty=0,
)
def illness_of_removed_organ() -> pl.Expr:
    """Organs that are the main illness although an earlier stay had taken them out."""
    return pl.col("organ_ill").drop_nulls().n_unique()
