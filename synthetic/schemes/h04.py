"""H04 check-up stay 体检式住院: a ward sells one package of tests as a stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic import campaigns, gathering, losses, package_wards
from synthetic.grammar import Dose, scheme
from synthetic.package_wards import Ward

if TYPE_CHECKING:
    from synthetic.state import City

LOW_ACUITY = ("IU2", "KS1", "FV2", "FR4", "FR3")
# What is bold is done where groups weigh little; whoever hides the package does so anywhere, or
# the low payment of small hospitals would name the guilty.
HEAVY, SUBTLE = "3", 3
# At difficulty 4 the package is small and loose, and no 30 days hold six stays of one ward.
WARDS = {
    1: Ward("h04/1", "checkup_full", LOW_ACUITY, 10),
    2: Ward("h04/2", "checkup", LOW_ACUITY, 21),
    3: Ward("h04/3", "checkup_small", LOW_ACUITY, 27),
    4: Ward("h04/4", "checkup_loose", LOW_ACUITY, 70, wards=2),
}


@scheme(
    code="H04",
    title_en="check-up stay",
    title_zh="体检式住院",
    stage="care",
    subject="stay",
    share=0.0018,
    recipe={
        1: "26 different tests in three days and no treatment at all, the same for a whole ward",
        2: "20 tests, hardly one left out, and treatment below a tenth of the fee",
        3: "17 tests beside drugs for weeks: only the neighbours in the ward tell the package",
        4: "12 tests with gaps and treatment beside them, two wards, few neighbours in a month",
    },
    traces=("fee_lines.item_code", "stays.ward", "stays.admitted_at"),
)
def check_up_stay(city: City, dose: Dose) -> City:
    """Admit people who want a check-up, and give them the ward's package of tests.

    They lie in the ward for some nights, with a light illness for main diagnosis. The loss is
    what the fund paid for each stay.
    """
    world, crooked = city.world, campaigns.crooked(city.world, "H04") > 0
    small = crooked & (world.houses.frame["level"].to_numpy() != HEAVY)
    for level, subjects in gathering.parts(dose, package_wards.LEAST):
        lean = crooked if level >= SUBTLE else small
        stays = package_wards.stays(city, WARDS[level], subjects, lean, dose.since)
        if stays.is_empty():
            continue
        told = losses.fund_payment(city, stays).with_columns(
            campaign=gathering.campaign(world, "H04", stays["ring"] * len(WARDS) + level),
            difficulty=pl.lit(level, pl.Int64),
        )
        told = told.filter(pl.col("amount") > 0)
        city = city.with_plan(told).guilty_stays("H04", told)
    return city
