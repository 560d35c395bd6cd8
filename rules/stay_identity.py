"""Rules on whose stay it was: impersonation, and codes of another sex or age."""

from __future__ import annotations

import polars as pl

from features.declaration import STAY
from rules import protective
from rules.declaration import CLUE, DOUBT, limit, rule


def _known(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@rule(
    "H08",
    STAY,
    en="Impersonation",
    zh="冒名住院",
    hook="38-7",
    grade=CLUE,
    version="2026-01",
    limits=("identity_overlap_nights", "identity_contradictions"),
    evidence=(
        "blood_group_changed",
        "organs_removed_again",
        "nights_also_elsewhere",
        "admitted_after_death",
    ),
    loss_method="line_sum",
    amount=pl.col("total_amount"),
    says="what is known of the person contradicts the stay",
    says_zh="参保人已知信息与本次住院相矛盾",
    protected_by=(protective.put_right, protective.newborn),
    branches=(
        ("blood_group_changed",),
        ("organs_removed_again",),
        ("nights_also_elsewhere",),
        ("admitted_after_death",),
    ),
)
def impersonation() -> pl.Expr:
    """Somebody else may have lain under the person's name.

    Another blood group came with the stay, an organ is taken out that an earlier stay took
    out, the person lay in another hospital in the same night, or was admitted after the
    registered death. Purpose (article 40(1)) is for people to find.
    """
    least = limit("identity_contradictions")
    blood = pl.col("blood_group_changed") >= least
    organ = pl.col("organs_removed_again") >= least
    nights = pl.col("nights_also_elsewhere") >= limit("identity_overlap_nights")
    death = pl.col("admitted_after_death") >= least
    return _known(blood) | _known(organ) | _known(nights) | _known(death)


@rule(
    "H16",
    STAY,
    en="Conflict of sex or age",
    zh="性别或年龄不符",
    hook="38-7",
    official="GZ10000204006",
    grade=DOUBT,
    version="2026-01",
    limits=("wrong_sex_or_age",),
    evidence=(
        "diagnoses_of_other_sex",
        "operations_of_other_sex",
        "items_of_other_sex",
        "diagnoses_of_other_age",
        "operations_of_other_age",
        "items_of_other_age",
        "amount_of_other_sex_or_age",
    ),
    loss_method="line_sum",
    # Where only codes are wrong no line is, and the whole stay is in doubt.
    amount=pl.when(pl.col("amount_of_other_sex_or_age") > 0)
    .then("amount_of_other_sex_or_age")
    .otherwise("total_amount"),
    says="{limit:.0f} or more codes or items belong to another sex or age",
    says_zh="有{limit:.0f}个以上编码或项目与性别、年龄不符",
    protected_by=(protective.newborn, protective.sex_in_question),
    branches=(
        ("diagnoses_of_other_sex",),
        ("operations_of_other_sex",),
        ("items_of_other_sex",),
        ("diagnoses_of_other_age",),
        ("operations_of_other_age",),
        ("items_of_other_age",),
    ),
)
def wrong_sex_or_age() -> pl.Expr:
    """A diagnosis, an operation or an item that this person cannot have.

    Codes of one sex or age (GZ10000204006, GZ10000204007) and items whose name says so.
    """
    kinds = ("diagnoses", "operations", "items")
    counted = [
        pl.col(f"{kind}_of_other_{what}").fill_null(0) for kind in kinds for what in ("sex", "age")
    ]
    return pl.max_horizontal(counted) >= limit("wrong_sex_or_age")
