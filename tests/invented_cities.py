"""Judged cities that nobody judged: small invented results for tests of the report.

Each city has 12 hospitals, 600 stays, 600 uses, 400 ledgers. H01 is planted in stays and found
up to difficulty 3, H10 is planted as often and never found, H02 too rarely to be tested; C02 is
found among uses, C10 among ledgers. C24 is planted in a hospital, which nothing orders.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from bench.report.membership import MEMBERS
from bench.report.results import KIN, Result

HOSPITALS = 12
RECORDS = {"stay": 600, "use": 600, "ledger": 400}
PLANTED = {"H01": ("stay", 20), "H10": ("stay", 20), "H02": ("stay", 4), "C02": ("use", 20),
           "C10": ("ledger", 20)}  # fmt: skip
FOUND = ("H01", "C02", "C10")
HIDDEN = 4
CAUSE = "oral_therapy"  # a look-alike among stays
ALIKE = range(100, 110)  # places of it; the first two stand on top of the queue
STATE = {"city": "c1", "judging": "j1"}


def name_of(kind: str, place: int) -> str:
    """The id of a record: stays are numbered, uses are of a stay, ledgers of a hospital."""
    if kind == "stay":
        return f"S{place}"
    return f"S{place}|item" if kind == "use" else f"{house(place)}|item{place}|2024-01"


def house(place: int) -> str:
    """The hospital of a record."""
    return f"H{place % HOSPITALS}"


def planted_places(scheme: str) -> range:
    """Where a scheme is planted; schemes of one kind do not touch."""
    first = 200 + 50 * sorted(PLANTED).index(scheme)
    return range(first, first + PLANTED[scheme][1])


def difficulty(place: int) -> int:
    """Four levels in turn."""
    return place % 4 + 1


def result(seed: int, **made: object) -> Result:
    """One city."""
    tables = {
        "records": pl.concat([_records(kind, seed) for kind in RECORDS]),
        "key": key(),
        "hits": hits(),
        "alerts": _alerts(),
        "members": pl.DataFrame(schema=MEMBERS),
    }
    told = {
        "asked": {"seed": seed, "stays": 600, "months": 3, "audit_share": 0.03},
        "state": STATE,
        "cores": 2,
        "seconds": {"generate": 60.0, "screen": 180.0},
        "peak_gb": 1.5,
        "population": {"hospital": HOSPITALS, "person": 500},
    }
    return Result.of(told | made, **tables)


def _records(kind: str, seed: int) -> pl.DataFrame:
    size = RECORDS[kind]
    margin = np.random.default_rng(seed).random(size)
    for scheme, (of, _) in PLANTED.items():
        for place in planted_places(scheme):
            if of == kind and scheme in FOUND and difficulty(place) < HIDDEN:
                margin[place] += 2 * (HIDDEN - difficulty(place))
    if kind == "stay":
        margin[list(ALIKE)[:2]] += 9
    places = range(size)
    return pl.DataFrame(
        {
            "subject_type": kind,
            "subject_id": [name_of(kind, place) for place in places],
            "hospital_id": [house(place) for place in places],
            "level": [str(place % HOSPITALS % 3 + 1) for place in places],
            "margin": margin,
            "anomaly": np.random.default_rng(seed + 1).random(size),
            "rule_hits": [int(place in planted_places("H01")) for place in places],
            "whole_amount": [1_000 + place for place in places],
        }
    )


def row_of_key(
    kind: str, subject: str, scheme: str, level: int, hospital: str
) -> dict[str, object]:
    """A line of the answer key, with whom the subject belongs to."""
    kin: dict[str, object] = dict.fromkeys(KIN)
    kin |= {"hospital": hospital}
    if kind in {"stay", "use"}:
        kin |= {
            "stay": subject.split("|", maxsplit=1)[0],
            "person": f"P{subject.split('|', maxsplit=1)[0][1:]}",
        }
    return {
        "subject_type": kind,
        "subject_id": subject,
        "scheme": scheme,
        "campaign_id": f"K{scheme}{hospital}" if level else None,
        "difficulty": level,
        "amount": 10_000,
        "innocent": not level,
        "hospital_id": hospital,
    } | kin


def key() -> pl.DataFrame:
    """The answer key: the planted, the look-alikes, one hospital, and one stay never scored."""
    rows = [
        row_of_key(kind, name_of(kind, place), scheme, difficulty(place), house(place))
        for scheme, (kind, _) in PLANTED.items()
        for place in planted_places(scheme)
    ]
    rows += [row_of_key("stay", name_of("stay", place), CAUSE, 0, house(place)) for place in ALIKE]
    rows.append(row_of_key("hospital", house(0), "C24", 1, house(0)))
    rows.append(row_of_key("stay", "S-lost", "H01", 1, house(1)))
    return pl.DataFrame(rows, infer_schema_length=None)


def hit(kind: str, subject: str, code: str, *, spoken: bool = True) -> dict[str, object]:
    """A breach of a rule."""
    kept = ("subject_type", "subject_id", *KIN)
    row = row_of_key(kind, subject, "", 0, house(0))
    return {name: row[name] for name in kept} | {"code": code, "spoken": spoken}


def hits() -> pl.DataFrame:
    """H01 speaks of ten of its own and thirty others; two of its own are silenced."""
    own = list(planted_places("H01"))
    rows = [hit("stay", name_of("stay", place), "H01") for place in (*own[:10], *range(30))]
    rows += [hit("stay", name_of("stay", place), "H01", spoken=False) for place in own[10:12]]
    return pl.DataFrame(rows, infer_schema_length=None)


def _alerts() -> pl.DataFrame:
    own = planted_places("H01")
    rows = [("stay", name_of("stay", own[0]), "red", "rule"), ("stay", "S0", "red", "model")]
    rows.append(("stay", "S1", "watch", "random"))
    return pl.DataFrame(rows, schema=["subject_type", "subject_id", "grade", "selected_by"],
                        orient="row")  # fmt: skip
