"""Features of a person: how often, where, for what and at whose cost (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, HIGH, LOW, PERSON, feature
from features.institution import share_of_fees, top_share
from features.units import COUNT, DAYS, SHARE, YEARS, YUAN

QUARTER_DAYS = 90


@feature(
    PERSON,
    over="person",
    unit=YEARS,
    family="person",
    direction=BOTH,
    zh="年龄",
    says="is {value} old",
    says_zh="年龄{value}",
)
def age_of_person() -> pl.Expr:
    """Age on the night."""
    return pl.col("age")


@feature(
    PERSON,
    over="stays",
    unit=COUNT,
    family="frequency",
    direction=HIGH,
    zh="年住院次数",
    says="stayed {value} {time|times} in a year",
    says_zh="一年住院{value}次",
    empty=0,
)
def stays_in_year() -> pl.Expr:
    """Stays that began in the last 365 days (ZB/GZ204004)."""
    return pl.col("stay_id").count()


@feature(
    PERSON,
    over="stays",
    unit=COUNT,
    family="frequency",
    direction=HIGH,
    zh="近90天住院次数",
    says="stayed {value} {time|times} in 90 days",
    says_zh="近90天住院{value}次",
    empty=0,
)
def stays_in_quarter() -> pl.Expr:
    """Stays that began in the last 90 days."""
    return (pl.col("ago") < QUARTER_DAYS).sum()


@feature(
    PERSON,
    over="stays",
    unit=COUNT,
    family="frequency",
    direction=HIGH,
    zh="年内无豁免原因住院次数",
    says="stayed {value} {time|times} in a year without a known cause to come often",
    says_zh="一年内无豁免原因住院{value}次",
    empty=0,
)
def unexplained_in_year() -> pl.Expr:
    """Stays of the year that have none of the known causes to come often.

    Known causes are cancer cycles, dialysis, transfusion, psychiatric and palliative care,
    rehabilitation as a step after another stay, birth, day cases, moves between hospitals,
    announced returns and an emergency of a new chapter.
    """
    return (~pl.col("explained")).sum()


@feature(
    PERSON,
    over="stays",
    unit=COUNT,
    family="frequency",
    direction=HIGH,
    zh="近90天无豁免原因住院次数",
    says="stayed {value} {time|times} in 90 days without a known cause to come often",
    says_zh="近90天无豁免原因住院{value}次",
    empty=0,
)
def unexplained_in_quarter() -> pl.Expr:
    """The same for the last 90 days."""
    return (~pl.col("explained") & (pl.col("ago") < QUARTER_DAYS)).sum()


@feature(
    PERSON,
    over="stays",
    unit=COUNT,
    family="breadth",
    direction=HIGH,
    zh="年内住院机构数",
    says="stayed in {value} {hospital|hospitals} in a year",
    says_zh="一年在{value}家机构住院",
    empty=0,
)
def hospitals_in_year() -> pl.Expr:
    """Different hospitals of the year."""
    return pl.col("hospital_id").n_unique()


@feature(
    PERSON,
    over="stays",
    unit=COUNT,
    family="breadth",
    direction=HIGH,
    zh="近90天住院机构数",
    says="stayed in {value} {hospital|hospitals} in 90 days",
    says_zh="近90天在{value}家机构住院",
    empty=0,
)
def hospitals_in_quarter() -> pl.Expr:
    """Different hospitals of the last 90 days, of stays without a known cause."""
    return (
        pl.col("hospital_id")
        .filter(~pl.col("explained") & (pl.col("ago") < QUARTER_DAYS))
        .n_unique()
    )


@feature(
    PERSON,
    over="stays",
    unit=COUNT,
    family="breadth",
    direction=BOTH,
    zh="年内住院科室数",
    says="stayed in {value} {department|departments} in a year",
    says_zh="一年在{value}个科室住院",
    empty=0,
)
def departments_in_year() -> pl.Expr:
    """Different departments of the year."""
    return pl.col("department").drop_nulls().n_unique()


@feature(
    PERSON,
    over="stays",
    unit=DAYS,
    family="frequency",
    direction=HIGH,
    zh="年住院日",
    says="lay in hospital for {value} of a year",
    says_zh="一年住院{value}",
    empty=0,
)
def days_in_year() -> pl.Expr:
    """Days in hospital in a year, psychiatric care left out."""
    return pl.col("days").filter(~pl.col("psychiatric")).sum()


@feature(
    PERSON,
    over="stays",
    unit=DAYS,
    family="frequency",
    direction=LOW,
    zh="最短住院间隔",
    says="came back after {value} at the soonest",
    says_zh="最短间隔{value}再次住院",
)
def shortest_gap() -> pl.Expr:
    """Fewest days between a discharge and the next admission."""
    return pl.col("gap").filter(pl.col("gap") >= 0).min()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="behaviour",
    direction=BOTH,
    zh="同病住院占比",
    says="{value} of the stays were for one condition",
    says_zh="{value}的住院为同一疾病",
)
def same_condition_share() -> pl.Expr:
    """Share of the commonest main diagnosis (three characters)."""
    return top_share("diagnosis_3")


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="behaviour",
    direction=BOTH,
    zh="首位机构占比",
    says="{value} of the stays were at one hospital",
    says_zh="{value}的住院在同一机构",
)
def same_place_share() -> pl.Expr:
    """Share of the hospital with the most stays."""
    return top_share("hospital_id")


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="behaviour",
    direction=LOW,
    zh="急诊住院占比",
    says="{value} of the stays began as an emergency",
    says_zh="{value}的住院为急诊入院",
)
def emergencies_share() -> pl.Expr:
    """Share of emergency admissions; the truly ill come by night and by ambulance."""
    return (pl.col("admission_way") == "emergency").mean()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="behaviour",
    direction=LOW,
    zh="豁免原因住院占比",
    says="{value} of the stays have a known cause to come often",
    says_zh="{value}的住院有豁免原因",
)
def explained_share() -> pl.Expr:
    """Share of stays with a known cause to come often."""
    return pl.col("explained").mean()


@feature(
    PERSON,
    over="stays",
    unit=YUAN,
    family="benefit",
    direction=HIGH,
    zh="年住院费用",
    says="cost {value} in a year",
    says_zh="一年住院费用{value}",
    empty=0,
)
def person_year_amount() -> pl.Expr:
    """Fees of the stays of a year."""
    return pl.col("total_amount").sum()


@feature(
    PERSON,
    over="stays",
    unit=YUAN,
    family="benefit",
    direction=HIGH,
    zh="无豁免原因住院费用",
    says="cost {value} in a year without a known cause to come often",
    says_zh="一年无豁免原因住院费用{value}",
    empty=0,
)
def unexplained_amount() -> pl.Expr:
    """Fees of the stays of a year without a known cause."""
    return pl.col("total_amount").filter(~pl.col("explained")).sum()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="benefit",
    direction=LOW,
    zh="个人支付占比",
    says="paid {value} of the fees",
    says_zh="个人支付占费用{value}",
)
def person_self_pay_share() -> pl.Expr:
    """Share of the fees that the person paid."""
    return share_of_fees("self_pay_amount")


@feature(
    PERSON,
    over="stays",
    unit=YUAN,
    family="benefit",
    direction=HIGH,
    zh="年基金支付",
    says="drew {value} from the fund in a year",
    says_zh="一年使用基金{value}",
)
def person_fund_amount() -> pl.Expr:
    """What the fund paid in a year."""
    return pl.col("fund_amount").sum()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="known causes",
    direction=BOTH,
    zh="肿瘤治疗住院占比",
    says="{value} of the stays were for cancer treatment",
    says_zh="{value}的住院为肿瘤治疗",
)
def oncology_share() -> pl.Expr:
    """Share of stays for cancer treatment."""
    return pl.col("oncology").mean()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="known causes",
    direction=BOTH,
    zh="透析住院占比",
    says="{value} of the stays were for dialysis",
    says_zh="{value}的住院为透析",
)
def dialysis_share() -> pl.Expr:
    """Share of stays for dialysis."""
    return pl.col("dialysis").mean()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="known causes",
    direction=BOTH,
    zh="血液病住院占比",
    says="{value} of the stays were for blood disease",
    says_zh="{value}的住院为血液病",
)
def transfusion_share() -> pl.Expr:
    """Share of stays for blood disease."""
    return pl.col("transfusion").mean()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="known causes",
    direction=BOTH,
    zh="精神科住院占比",
    says="{value} of the stays were for psychiatric care",
    says_zh="{value}的住院为精神科",
)
def psychiatric_share() -> pl.Expr:
    """Share of stays for psychiatric care."""
    return pl.col("psychiatric").mean()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="known causes",
    direction=BOTH,
    zh="安宁疗护住院占比",
    says="{value} of the stays were for palliative care",
    says_zh="{value}的住院为安宁疗护",
)
def palliative_share() -> pl.Expr:
    """Share of stays for palliative care."""
    return pl.col("palliative").mean()


@feature(
    PERSON,
    over="stays",
    unit=SHARE,
    family="known causes",
    direction=BOTH,
    zh="康复住院占比",
    says="{value} of the stays were for rehabilitation",
    says_zh="{value}的住院为康复",
)
def rehabilitation_share() -> pl.Expr:
    """Share of stays for rehabilitation."""
    return pl.col("rehabilitation").mean()
