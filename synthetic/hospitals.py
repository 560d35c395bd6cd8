"""Hospitals and their physicians: some eighty institutions of all levels and kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.links import LINKS

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

# (level, kind, ownership, speciality, how many, beds from, beds to). Levels are as common as in
# the whole city (dossier 5.1: of 440, 60 to 70 tertiary, about 100 secondary). Tertiary hospitals
# carry nearly half of the stays; private houses are small and lean to bone, rehabilitation, care.
BLUEPRINT = (
    ("3", "general", "public", "", 8, 900, 2200),
    ("3", "tcm", "public", "", 1, 600, 1000),
    ("3", "specialist", "public", "cancer", 1, 900, 1200),
    ("3", "specialist", "public", "women", 1, 500, 800),
    ("3", "specialist", "public", "chest", 1, 500, 800),
    ("2", "general", "public", "", 8, 350, 800),
    ("2", "tcm", "public", "", 1, 250, 400),
    ("2", "general", "private", "", 3, 120, 260),
    ("2", "specialist", "private", "bone", 2, 90, 180),
    ("2", "specialist", "private", "eye", 2, 40, 80),
    ("2", "psychiatric", "public", "psych", 1, 400, 600),
    ("2", "rehabilitation", "private", "rehab", 2, 120, 220),
    ("1", "general", "public", "", 26, 60, 120),
    ("1", "general", "private", "", 9, 50, 90),
    ("0", "nursing", "private", "rehab", 7, 80, 150),
    ("0", "general", "private", "", 8, 20, 50),
)
# Stays a bed takes, relative to the city: nearly half of the stays are in tertiary hospitals
# and one in twelve in private ones (proposal).
TURNOVER = {"3": 0.6, "2": 1.6, "1": 0.8, "0": 0.5}
PRIVATE_TURNOVER = 1.5
CAMPUS_BEDS = 0.75  # of a second campus over another hospital of its level
CAMPUS_PAIRS = 2  # public general hospitals that run a second campus in the list

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


_CARE = {
    "rehabilitation": {"rehab": 12.0, "bone": 1.5, "heart": 1.0, "general": 1.0},
    "nursing": {"rehab": 3.0, "bone": 1.0, "heart": 2.0, "general": 1.5},
}


def _scope(hospital: dict[str, str], group: dict[str, object]) -> float:
    """How readily a hospital admits a group: 0 never, 1 as a general hospital does."""
    if int(hospital["level"]) < int(str(group["level_min"])):
        return 0.0
    special = group["speciality"]
    kind = hospital["kind"]
    if kind == "psychiatric":
        return 40.0 if special == "psych" else 0.0
    if kind in {"rehabilitation", "nursing"}:
        return _CARE[kind].get(str(special), 0.0)
    if kind == "specialist":
        return 6.0 if special == hospital["speciality"] else 0.0
    if special == "psych":
        return 0.02
    # Small houses near home take over the rehabilitation of their neighbours.
    return 0.4 if special == "eye" or (special == "rehab" and hospital["level"] in "32") else 1.0


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


def _returned_to(volume: Floats, department: list[int], adrgs: list[str]) -> bool:
    """Whether some course of illness leads to this department of a hospital."""
    targets = {adrgs[group] for group in department}
    return any(
        volume[adrgs.index(adrg)] > 0
        for link in LINKS
        if link.target in targets and not link.speciality
        for adrg in link.groups
    )


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
            if size > 0 or _returned_to(volume[hospital], mine, groups["adrg"].to_list()):
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


def _campuses(frame: pl.DataFrame) -> dict[int, int]:
    """The smallest public general hospitals of the second level belong to large ones."""
    public = frame.with_row_index("row").filter(
        (pl.col("kind") == "general") & (pl.col("ownership") == "public")
    )
    large = public.filter(pl.col("level") == "3")["row"].to_list()
    small = public.filter(pl.col("level") == "2").sort("approved_beds", "row")["row"].to_list()
    return {small[pair]: large[pair] for pair in range(CAMPUS_PAIRS)}


def build(draw: Draw, reference: Reference) -> Houses:
    """Hospitals, physicians and their scopes, the same for every size of city."""
    frame = _frame(draw)
    campus = _campuses(frame)
    second = pl.Series(np.isin(np.arange(len(frame)), list(campus)))
    beds = (pl.col("approved_beds") * CAMPUS_BEDS // 10 * 10).cast(pl.Int64)
    frame = frame.with_columns(approved_beds=pl.when(second).then(beds).otherwise("approved_beds"))
    volume = _volume(frame, reference.groups)
    physicians, first, count = _physicians(draw, frame, reference.groups, volume)
    return Houses(frame, physicians, volume, first, count, campus)
