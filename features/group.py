"""Features of a group: how it meets, where it comes from, what might explain it (a catalogue)."""

from __future__ import annotations

import polars as pl

from features.declaration import BOTH, GROUP, HIGH, LOW, feature
from features.institution import top_share
from features.units import COUNT, DAYS, RATIO, SHARE, YUAN


def persons_at(place: str) -> pl.Expr:
    """Share of the persons who share the commonest value of a column."""
    persons = pl.struct("person_id", place).filter(pl.col(place).is_not_null()).unique()
    counts = persons.struct.field(place).value_counts().struct.field("count")
    return counts.max() / pl.col("person_id").n_unique()


@feature(
    GROUP,
    over="group",
    unit=COUNT,
    family="ring",
    direction=HIGH,
    zh="人数",
    says="has {value} {member|members}",
    says_zh="共{value}人",
)
def size() -> pl.Expr:
    """Persons of the group."""
    return pl.col("size")


@feature(
    GROUP,
    over="group",
    unit=RATIO,
    family="ring",
    direction=HIGH,
    zh="每对平均同住次数",
    says="met {value} a pair in one ward",
    says_zh="每对平均同病区同住{value}",
)
def meetings_per_pair() -> pl.Expr:
    """Common stays over pairs of members."""
    return 2 * pl.col("meetings") / (pl.col("size") * (pl.col("size") - 1))


@feature(
    GROUP,
    over="group",
    unit=COUNT,
    family="ring",
    direction=HIGH,
    zh="重复同住次数",
    says="met again {value} {time|times}",
    says_zh="重复同住{value}次",
)
def repeats() -> pl.Expr:
    """Common stays beyond the first of each pair."""
    return pl.col("repeats")


@feature(
    GROUP,
    over="group",
    unit=RATIO,
    family="ring",
    direction=BOTH,
    zh="偶然同住期望次数",
    says="would meet {value} by chance",
    says_zh="偶然同住期望{value}",
)
def expected_meetings() -> pl.Expr:
    """Common stays that chance would give the members in their wards."""
    return pl.col("expected_meetings")


@feature(
    GROUP,
    over="group",
    unit=RATIO,
    family="ring",
    direction=HIGH,
    zh="重复同住的意外程度",
    says="meets again with a surprise of {value} powers of ten",
    says_zh="重复同住的意外程度为{value}个数量级",
)
def repeat_surprise() -> pl.Expr:
    """-log10 of the chance of so many repeats by accident, kept within 30."""
    return pl.col("repeat_surprise")


@feature(
    GROUP,
    over="group",
    unit=COUNT,
    family="arrival",
    direction=HIGH,
    zh="一周内同址入院人数",
    says="sent {value} {person|persons} of one place in a week",
    says_zh="同一来源一周内入院{value}人",
)
def arrived_from_one_place() -> pl.Expr:
    """Most members of one address or referrer admitted within a week."""
    return pl.col("arrived")


@feature(
    GROUP,
    over="group",
    unit=RATIO,
    family="arrival",
    direction=HIGH,
    zh="同址集中入院的意外程度",
    says="arrives with a surprise of {value} powers of ten",
    says_zh="同址集中入院的意外程度为{value}个数量级",
)
def arrival_surprise() -> pl.Expr:
    """-log10 of the chance of such a week in a year of that place, kept within 30."""
    return pl.col("arrival_surprise")


@feature(
    GROUP,
    over="stays",
    unit=COUNT,
    family="ring",
    direction=HIGH,
    zh="批次",
    says="came in {value} {wave|waves}",
    says_zh="分{value}批入院",
)
def waves() -> pl.Expr:
    """Waves of admissions, more than three days apart."""
    return pl.col("wave").n_unique()


@feature(
    GROUP,
    over="stays",
    unit=DAYS,
    family="ring",
    direction=BOTH,
    zh="批次平均间隔",
    says="came every {value}",
    says_zh="平均每{value}一批",
)
def days_between_waves() -> pl.Expr:
    """Days from the first to the last wave over the steps between."""
    return pl.when(pl.col("wave").n_unique() > 1).then(
        (pl.col("admitted_on").max() - pl.col("admitted_on").min()).dt.total_days()
        / (pl.col("wave").n_unique() - 1)
    )


@feature(
    GROUP,
    over="stays",
    unit=DAYS,
    family="ring",
    direction=BOTH,
    zh="首末入院间隔",
    says="came over {value}",
    says_zh="首末入院间隔{value}",
)
def first_to_last_day() -> pl.Expr:
    """Days from the first to the last admission."""
    return (pl.col("admitted_on").max() - pl.col("admitted_on").min()).dt.total_days()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="one place",
    direction=HIGH,
    zh="同址占比",
    says="{value} of the members share an address",
    says_zh="{value}的成员同一地址",
)
def address_share() -> pl.Expr:
    """Share of members at the commonest address."""
    return persons_at("address_hash")


@feature(
    GROUP,
    over="stays",
    unit=COUNT,
    family="one place",
    direction=BOTH,
    zh="同址参保人数",
    says="come from an address of {value} insured {person|persons}",
    says_zh="所在地址共{value}名参保人",
)
def address_persons() -> pl.Expr:
    """Insured persons at the largest address of a member: a household is small."""
    return pl.col("at_address").max()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="one place",
    direction=HIGH,
    zh="同一介绍人占比",
    says="{value} of the stays were brought by one referrer",
    says_zh="{value}的住院由同一介绍人介绍",
    empty=0,
)
def referrer_share() -> pl.Expr:
    """Share of the common stays that one referrer brought."""
    return top_share("referrer")


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="one place",
    direction=HIGH,
    zh="同一医师占比",
    says="{value} of the stays were of one physician",
    says_zh="{value}的住院由同一医师收治",
)
def physician_share() -> pl.Expr:
    """Share of the common stays of one physician."""
    return top_share("physician_id")


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="one place",
    direction=BOTH,
    zh="同一病区占比",
    says="{value} of the stays were in one ward",
    says_zh="{value}的住院在同一病区",
)
def ward_share() -> pl.Expr:
    """Share of the common stays in one ward."""
    return top_share("ward")


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="likeness",
    direction=BOTH,
    zh="首位诊断占比",
    says="{value} of the stays had one main diagnosis",
    says_zh="{value}的住院为同一主诊断",
)
def diagnosis_share() -> pl.Expr:
    """Share of the commonest main diagnosis (three characters)."""
    return top_share("diagnosis_3")


@feature(
    GROUP,
    over="bills",
    unit=SHARE,
    family="likeness",
    direction=HIGH,
    zh="账单相似度",
    says="bills of one wave are {value} alike",
    says_zh="同批账单相似度{value}",
)
def bill_likeness() -> pl.Expr:
    """Median cosine of the quantities of two bills of one wave."""
    return pl.col("likeness").median()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="benefit",
    direction=HIGH,
    zh="个人支付明显偏低占比",
    says="in {value} of the stays persons paid far less than usual",
    says_zh="{value}的住院个人支付明显偏低",
)
def waived_share() -> pl.Expr:
    """Share of stays with less than 70% of the usual own payment of the scheme and level."""
    return pl.col("waived").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="benefit",
    direction=HIGH,
    zh="个人零支付占比",
    says="in {value} of the stays persons paid nothing",
    says_zh="{value}的住院个人零支付",
)
def no_self_pay() -> pl.Expr:
    """Share of stays in which the person paid nothing."""
    return ((pl.col("self_pay_amount") == 0) & (pl.col("total_amount") > 0)).mean()


@feature(
    GROUP,
    over="stays",
    unit=YUAN,
    family="benefit",
    direction=HIGH,
    zh="共同住院费用",
    says="cost {value} together",
    says_zh="共同住院费用{value}",
)
def group_amount() -> pl.Expr:
    """Fees of the common stays."""
    return pl.col("total_amount").sum()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=LOW,
    zh="急诊入院占比",
    says="{value} of the stays began as an emergency",
    says_zh="{value}的住院为急诊入院",
)
def emergency_arrivals() -> pl.Expr:
    """Share of emergencies: accidents and outbreaks come so."""
    return (pl.col("admission_way") == "emergency").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=LOW,
    zh="感染性疾病占比",
    says="{value} of the stays were for infections",
    says_zh="{value}的住院为感染性疾病",
)
def infectious_share() -> pl.Expr:
    """Share of infectious main diagnoses."""
    return pl.col("infectious").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=LOW,
    zh="呼吸系统疾病占比",
    says="{value} of the stays were for diseases of the airways",
    says_zh="{value}的住院为呼吸系统疾病",
)
def respiratory_share() -> pl.Expr:
    """Share of main diagnoses of the airways: winter brings them to care homes."""
    return pl.col("respiratory").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=LOW,
    zh="外伤占比",
    says="{value} of the stays were for injuries",
    says_zh="{value}的住院为外伤",
)
def injury_share() -> pl.Expr:
    """Share of injuries and poisonings."""
    return pl.col("injury").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=LOW,
    zh="筛查占比",
    says="{value} of the stays were for screening",
    says_zh="{value}的住院为筛查",
)
def screening_share() -> pl.Expr:
    """Share of main diagnoses of examination and screening."""
    return pl.col("screening").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=LOW,
    zh="规律治疗占比",
    says="{value} of the stays were for regular care",
    says_zh="{value}的住院为规律治疗",
)
def regular_care_share() -> pl.Expr:
    """Share of dialysis, cancer cycles and transfusion."""
    return pl.col("regular").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=LOW,
    zh="学龄占比",
    says="{value} of the stays were of children of school age",
    says_zh="{value}的住院为学龄儿童",
)
def school_age_share() -> pl.Expr:
    """Share of stays of persons of 3 to 18 years."""
    return pl.col("school_age").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=BOTH,
    zh="高龄占比",
    says="{value} of the stays were of persons over 75",
    says_zh="{value}的住院为75岁以上",
)
def old_age_share() -> pl.Expr:
    """Share of stays of persons of 75 and older."""
    return pl.col("old").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=BOTH,
    zh="冬季占比",
    says="{value} of the stays began in winter",
    says_zh="{value}的住院在冬季",
)
def winter_share() -> pl.Expr:
    """Share of stays that began from December to February."""
    return pl.col("winter").mean()


@feature(
    GROUP,
    over="stays",
    unit=SHARE,
    family="innocent causes",
    direction=BOTH,
    zh="医疗救助对象占比",
    says="{value} of the stays were of persons on poverty relief",
    says_zh="{value}的住院为医疗救助对象",
)
def relief_share() -> pl.Expr:
    """Share of stays of persons on poverty relief: they pay little by law."""
    return pl.col("relief").mean()
