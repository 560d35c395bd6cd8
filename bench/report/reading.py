"""From a published screen and an answer key to the tables that are kept of a city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from bench.report.results import HITS, KIN
from claims.pseudonyms import Pseudonyms
from claims.results import ALERTS, GROUPS, SCORES, TAGS
from features.ledger_frames import book_of
from features.level_stays import YEAR_DAYS
from features.use_frames import stay_of
from flows.evaluate import answer_key
from flows.published import newest

if TYPE_CHECKING:
    from pathlib import Path

    from claims.settings import Settings
    from flows.published import Published

RULE_TAG = r"^\w+\.rule\.(.+)$"
GUARD_TAG = r"^\w+\.guard\.([^.]+)\..+$"


def read(
    settings: Settings, screen: str, truth: Path
) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """The tables of a ``Result``, and how many subjects there are of the kinds above records."""
    shown = newest(settings, screen=screen)
    key = _pseudonymous(answer_key(truth), settings)
    scores = _newest_scores(shown)
    belongs = _stays(shown)
    tables = {
        "records": scores.join(_levels(shown), on="hospital_id", how="left"),
        "key": with_kin(key, belongs),
        "hits": with_kin(_hits(scores, _tags(shown)), belongs),
        "members": members(_groups(shown), _lain(shown, belongs)),
        "alerts": shown.rows(ALERTS.name).select(*_subject(), "grade", "selected_by").collect(),
    }
    return tables, _population(shown, belongs)


def _subject() -> tuple[str, str]:
    return "subject_type", "subject_id"


def _pseudonymous(key: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The key with persons as the lake knows them."""
    person = pl.col("subject_type") == "person"
    names = Pseudonyms.at(settings.key_folder).of_all(key.filter(person)["subject_id"])
    known = pl.col("subject_id").replace(names) if names else pl.col("subject_id")
    return key.with_columns(subject_id=pl.when(person).then(known).otherwise("subject_id"))


def _newest_scores(shown: Published) -> pl.DataFrame:
    """The newest score of every subject."""
    return (
        shown.rows(SCORES.name)
        .sort("run_date")
        .group_by(_subject(), maintain_order=True)
        .last()
        .with_columns(rule_hits=pl.col("rule_codes").list.len())
        .collect()
    )


def _tags(shown: Published) -> pl.DataFrame:
    return shown.rows(TAGS.name).filter(pl.col("layer") == "rule").collect()


def _levels(shown: Published) -> pl.DataFrame:
    newest_row = pl.col("level").sort_by("received_on").last()
    return shown.rows("hospitals").group_by("hospital_id").agg(newest_row).collect()


def _hits(scores: pl.DataFrame, tags: pl.DataFrame) -> pl.DataFrame:
    """Every breach once; where a rule speaks of a subject, guards beside it silenced nothing."""
    spoken = scores.select(*_subject(), code="rule_codes").explode("code").drop_nulls("code")
    told = tags.select(*_subject(), code=pl.col("tag").str.extract(RULE_TAG)).drop_nulls("code")
    silenced = tags.select(*_subject(), code=pl.col("tag").str.extract(GUARD_TAG))
    return (
        pl.concat(
            [
                pl.concat([spoken, told]).with_columns(spoken=pl.lit(value=True)),
                silenced.drop_nulls("code").with_columns(spoken=pl.lit(value=False)),
            ]
        )
        .group_by(*_subject(), "code")
        .agg(pl.col("spoken").any())
        .sort(*_subject(), "code")
        .select(name for name in HITS if name not in KIN)
    )


def _stays(shown: Published) -> pl.DataFrame:
    """Whom each stay belongs to, as known last."""
    given = shown.rows("stays").sort("received_on").group_by("stay_id", maintain_order=True).last()
    known = given.collect_schema().names()
    has = {name: pl.col(name) if name in known else pl.lit(None, pl.String) for name in _OWNERS}
    return given.select(
        stay="stay_id",
        stay_person=has["person_id"],
        stay_physician=has["physician_id"],
        stay_department=pl.concat_str(has["hospital_id"], has["department"], separator="|"),
        stay_hospital=has["hospital_id"],
    ).collect()


def _lain(shown: Published, belongs: pl.DataFrame) -> pl.DataFrame:
    """Whom each stay belongs to, with the day on which it began."""
    rows = shown.rows("stays")
    if "admitted_at" not in rows.collect_schema().names():
        return belongs.with_columns(admitted_on=pl.lit(None, pl.Date))
    began = rows.sort("received_on").group_by("stay_id", maintain_order=True).last()
    days = began.select(stay="stay_id", admitted_on=pl.col("admitted_at").dt.date())
    return belongs.join(days.collect(), on="stay", how="left")


_OWNERS = ("person_id", "physician_id", "department", "hospital_id")


def with_kin(rows: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """Add what each subject is or belongs to, one column for each of ``KIN``.

    ``stays``: stay, stay_person, stay_physician, stay_department, stay_hospital.
    """
    kind, own = pl.col("subject_type"), pl.col("subject_id")
    stay = pl.when(kind == "stay").then(own).when(kind == "use").then(stay_of())
    placed = rows.with_columns(stay=stay).join(
        stays, on="stay", how="left", maintain_order="left"
    )  # fmt: skip
    itself: dict[str, pl.Expr] = {name: pl.when(kind == name).then(own) for name in KIN[1:]}
    # The id of a ledger and of a department begins with its hospital's.
    begins = pl.when(kind == "ledger").then(book_of()).when(kind == "department").then(own)
    house = begins.str.split("|").list.first()
    itself["hospital"] = pl.coalesce(itself["hospital"], house)
    return placed.with_columns(
        pl.coalesce(mine, f"stay_{name}").alias(name) for name, mine in itself.items()
    ).drop(f"stay_{name}" for name in KIN[1:])


def members(groups: pl.DataFrame, lain: pl.DataFrame) -> pl.DataFrame:
    """The stays that each group holds: (subject_type, subject_id, stay, person).

    ``groups`` are rows of table `groups`; ``lain`` has stay, stay_person, stay_hospital: a
    group holds its members' stays at its hospital in the year before it was found.
    """
    at = {"stay_person": "person_id", "stay_hospital": "hospital_id"}
    inside = pl.col("admitted_on") > pl.col("run_date").dt.offset_by(f"-{YEAR_DAYS}d")
    before = pl.col("admitted_on") <= pl.col("run_date")
    return (
        groups.join(lain.rename(at), on=list(at.values()))
        .filter(inside & before)
        .select(
            subject_type=pl.lit("group"), subject_id="group_id", stay="stay", person="person_id"
        )
        .unique()
        .sort("subject_id", "stay")
    )


def _groups(shown: Published) -> pl.DataFrame:
    named = {one["table"] for one in shown.manifest["versions"]}
    if GROUPS.name not in named:
        return GROUPS.empty()
    return shown.rows(GROUPS.name).select(GROUPS.names).collect()


def _population(shown: Published, stays: pl.DataFrame) -> dict[str, int]:
    hospitals = shown.rows("hospitals").select(pl.col("hospital_id").n_unique()).collect().item()
    counted = {
        name: stays[f"stay_{name}"].drop_nulls().n_unique()
        for name in ("person", "physician", "department")
    }
    return counted | {"hospital": int(hospitals)}
