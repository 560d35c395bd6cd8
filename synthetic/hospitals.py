"""Hospitals and their physicians: some fifty institutions of all levels and kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from synthetic.randomness import Draw, Floats, Whole
    from synthetic.reference import Reference

# Division code, name and share of the population (rounded, Shanghai yearbook order).
DISTRICTS = (
    ("310101", "黄浦区", 0.03), ("310104", "徐汇区", 0.05), ("310105", "长宁区", 0.03),
    ("310106", "静安区", 0.04), ("310107", "普陀区", 0.05), ("310109", "虹口区", 0.03),
    ("310110", "杨浦区", 0.05), ("310112", "闵行区", 0.11), ("310113", "宝山区", 0.09),
    ("310114", "嘉定区", 0.07), ("310115", "浦东新区", 0.22), ("310116", "金山区", 0.03),
    ("310117", "松江区", 0.08), ("310118", "青浦区", 0.05), ("310120", "奉贤区", 0.04),
    ("310151", "崇明区", 0.03),
)  # fmt: skip

# (level, kind, ownership, speciality, how many, beds from, beds to). Tertiary hospitals carry
# nearly half of the stays; private houses are small and lean to bone, rehabilitation, nursing.
BLUEPRINT = (
    ("3", "general", "public", "", 9, 900, 2200),
    ("3", "tcm", "public", "", 2, 600, 1000),
    ("3", "specialist", "public", "cancer", 1, 900, 1200),
    ("3", "specialist", "public", "women", 1, 500, 800),
    ("3", "specialist", "public", "chest", 1, 500, 800),
    ("2", "general", "public", "", 11, 350, 800),
    ("2", "tcm", "public", "", 2, 250, 400),
    ("2", "general", "private", "", 3, 120, 260),
    ("2", "specialist", "private", "bone", 3, 90, 180),
    ("2", "specialist", "private", "eye", 2, 40, 80),
    ("2", "psychiatric", "public", "psych", 1, 400, 600),
    ("2", "rehabilitation", "private", "rehab", 2, 120, 220),
    ("1", "general", "public", "", 6, 60, 120),
    ("1", "general", "private", "", 2, 50, 90),
    ("0", "nursing", "private", "rehab", 2, 80, 150),
)
# Stays a bed takes, relative to the city: about three stays in five are in tertiary hospitals
# and one in twelve in private ones (proposal).
TURNOVER = {"3": 0.7, "2": 1.4, "1": 2.6, "0": 2.0}
PRIVATE_TURNOVER = 1.5
CAMPUS_PAIRS = 3  # public general hospitals that run a second campus in the list

SURNAMES = "申江浦沪云松海岭青泰康仁和济安宁德平华瑞嘉昌明义惠民光曙东新长虹杨普徐静闵金奉崇"
KIND_NAMES = {
    "general": "医院", "tcm": "中医医院", "specialist": "专科医院", "rehabilitation": "康复医院",
    "nursing": "护理院", "psychiatric": "精神卫生中心",
}  # fmt: skip
SPECIALITY_NAMES = {
    "bone": "骨科",
    "eye": "眼科",
    "cancer": "肿瘤",
    "women": "妇产",
    "chest": "胸科",
}
TITLES = ("住院医师", "主治医师", "副主任医师", "主任医师")


@dataclass(frozen=True)
class Houses:
    """Hospitals (row number = key), physicians, and who may treat what.

    ``volume`` is the relative number of stays, hospital x group. ``first_physician`` and
    ``physicians_of`` give each hospital x group its range of rows in ``physicians``.
    """

    frame: pl.DataFrame
    physicians: pl.DataFrame
    volume: Floats
    first_physician: Whole
    physicians_of: Whole
    campus_of: dict[int, int]


def _frame(draw: Draw) -> pl.DataFrame:
    rows = [line[:4] + line[5:] for line in BLUEPRINT for _ in range(line[4])]
    keys = np.arange(len(rows))
    district = draw.pick("hospital/district", [share for *_, share in DISTRICTS], keys)
    low, high = (np.array([row[place] for row in rows]) for place in (4, 5))
    beds = draw.between("hospital/beds", low, high, keys) // 10 * 10
    serial = 10_001 + np.argsort(np.argsort(draw.uniform("hospital/serial", keys))) * 37
    first = draw.below("hospital/first", len(SURNAMES), keys)
    names = [
        f"{DISTRICTS[d][1][:-1]}{SURNAMES[f]}{SURNAMES[(f + d + k) % len(SURNAMES)]}"
        f"{SPECIALITY_NAMES.get(row[3], '')}{KIND_NAMES[row[1]]}"
        for k, (row, d, f) in enumerate(zip(rows, district, first, strict=True))
    ]
    return pl.DataFrame(
        {
            "hospital_id": [
                f"H{DISTRICTS[d][0]}{s}" for d, s in zip(district, serial, strict=True)
            ],
            "name": names,
            "level": [row[0] for row in rows],
            "kind": [row[1] for row in rows],
            "ownership": [row[2] for row in rows],
            "district": [DISTRICTS[d][1] for d in district],
            "approved_beds": beds.astype(np.int64),
            "drg_paid": [
                row[1] not in {"psychiatric", "rehabilitation", "nursing"} for row in rows
            ],
            "speciality": [row[3] for row in rows],
            "district_key": district,
        }
    )


def _scope(hospital: dict[str, str], group: dict[str, object]) -> float:
    """How readily a hospital admits a group: 0 never, 1 as a general hospital does."""
    if int(hospital["level"]) < int(str(group["level_min"])):
        return 0.0
    special = group["speciality"]
    kind = hospital["kind"]
    if kind == "psychiatric":
        return 40.0 if special == "psych" else 0.0
    if kind in {"rehabilitation", "nursing"}:
        return {"rehab": 12.0, "bone": 1.5, "heart": 1.0, "general": 1.0}.get(str(special), 0.0)
    if kind == "specialist":
        return 6.0 if special == hospital["speciality"] else 0.0
    if special == "psych":
        return 0.02
    return 0.4 if special in {"rehab", "eye"} else 1.0


def _volume(frame: pl.DataFrame, groups: pl.DataFrame) -> Floats:
    """Expected stays, hospital x group: group's share in the city times the hospital's beds."""
    scope = np.array([[_scope(h, g) for g in groups.to_dicts()] for h in frame.to_dicts()])
    beds = frame["approved_beds"].to_numpy().astype(np.float64)
    turnover = np.array([TURNOVER[level] for level in frame["level"]])
    private = np.where(frame["ownership"] == "private", PRIVATE_TURNOVER, 1.0)
    appeal = scope * (beds * turnover * private)[:, None]
    appeal = appeal / np.maximum(appeal.sum(axis=0, keepdims=True), 1e-9)
    volume: Floats = appeal * groups["volume"].to_numpy()[None, :]
    return volume


def _physicians(
    draw: Draw, frame: pl.DataFrame, groups: pl.DataFrame, volume: Floats
) -> tuple[pl.DataFrame, Whole,
           Whole]:  # fmt: skip
    departments = groups["department"].to_list()
    first = np.zeros(volume.shape, dtype=np.int64)
    count = np.zeros(volume.shape, dtype=np.int64)
    rows: list[tuple[int, str]] = []
    for hospital in range(len(frame)):
        for department in dict.fromkeys(departments):
            mine = [g for g, name in enumerate(departments) if name == department]
            size = volume[hospital, mine].sum()
            if size > 0 or (volume[hospital].sum() > 0 and department == "普外科"):
                staff = 3 + min(9, int(size * 2))
                first[hospital, mine], count[hospital, mine] = len(rows), staff
                rows += [(hospital, department)] * staff
    keys = np.arange(len(rows))
    codes = frame["hospital_id"].to_list()
    physicians = pl.DataFrame(
        {
            "physician_id": draw.identifiers("D", keys),
            "hospital_id": [codes[hospital] for hospital, _ in rows],
            "department": [department for _, department in rows],
            "title": [TITLES[t] for t in draw.pick("physician/title", (3, 4, 3, 2), keys)],
        }
    )
    return physicians, first, count


def build(draw: Draw, reference: Reference) -> Houses:
    """Hospitals, physicians and their scopes, the same for every size of city."""
    frame = _frame(draw)
    volume = _volume(frame, reference.groups)
    physicians, first, count = _physicians(draw, frame, reference.groups, volume)
    public = frame.with_row_index("row").filter(
        (pl.col("kind") == "general") & (pl.col("ownership") == "public")
    )
    large = public.filter(pl.col("level") == "3")["row"].to_list()
    small = public.filter(pl.col("level") == "2")["row"].to_list()
    campus = {small[k]: large[k] for k in range(CAMPUS_PAIRS)}
    return Houses(frame, physicians, volume, first, count, campus)
