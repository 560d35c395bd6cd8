"""Labels (标签) of the night's subjects: facts, statistics, rules, models, protective ones.

Every label says what was compared with what: value, standard, distance, version. What speaks
for a record is a label like any other, and says which rule it kept from speaking.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from cases.facts import facts
from cases.model_tags import model_labels
from cases.prefixes import prefix
from cases.wording import dated, names_of_codes, sentence
from claims.knowledge import load_limits
from claims.results import TAGS
from features.declaration import BOTH, HIGH, LEVELS, VERSUS_PEERS
from features.standards import look_up
from rules.catalogue import BY_CODE
from rules.protective import BY_CODE as PROTECTIVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cases.judged import Judged
    from claims.history import History
    from features.declaration import Feature
    from rules.declaration import Rule

# Robust distance from which a value is called unusual (DOMAIN 6.2: red from z 3.5).
UNUSUAL_FROM = 3.5


def tags(judged: Judged, subjects: pl.DataFrame, history: History) -> pl.DataFrame:
    """Build rows of table `tags`.

    Rule and protective labels are of all subjects of the night; those of facts, statistics
    and models of the ``subjects`` (a frame with ``subject_id``) that became alerts.
    """
    rows = [
        *_fact_tags(judged, subjects, history),
        *_rule_tags(judged),
        *_statistical_tags(judged, subjects),
        *_model_tags(judged, subjects),
    ]
    return pl.DataFrame(rows, schema=TAGS.dtypes()).unique(TAGS.key).sort(TAGS.key)


def _row(judged: Judged, subject: str, tag: str, layer: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    entity = judged.catalogue.entity.name
    blank = dict.fromkeys(TAGS.names)
    return (
        blank
        | {
            "run_date": judged.run_date,
            "subject_type": entity,
            "subject_id": subject,
            "tag": f"{prefix(entity)}.{tag}",
            "layer": layer,
            "protective": False,
        }
        | given
    )


def _fact_tags(
    judged: Judged, subjects: pl.DataFrame, history: History
) -> Iterator[dict[str, Any]]:
    for held in facts(judged, subjects, history):
        item = held["fact"]
        yield _row(
            judged,
            held["subject_id"],
            f"fact.{item.name}",
            "fact",
            protective=item.protective,
            value=held["value"],
            standard=item.standard,
            version=judged.data_version,
            text_en=item.en,
            text_zh=item.zh,
        )


def _rule_tags(judged: Judged) -> Iterator[dict[str, Any]]:
    days = dict(judged.measured.select("subject_id", "event_on").iter_rows())
    for hit in judged.hits.iter_rows(named=True):
        item = BY_CODE[hit["code"]]
        against = _against(item, json.loads(hit["evidence"]), days[hit["subject_id"]])
        if not hit["protected_by"]:
            en, zh = _words(item, against["standard"])
            yield _row(
                judged,
                hit["subject_id"],
                f"rule.{item.code}",
                "rule",
                version=item.version,
                text_en="; ".join([f"{item.code} {item.en}{en}", *hit["unasked_en"]]),
                text_zh="；".join([f"{item.code} {item.zh}{zh}", *hit["unasked_zh"]]),
                **against,
            )
        for code in hit["protected_by"]:
            guard = PROTECTIVE[code]
            yield _row(
                judged,
                hit["subject_id"],
                f"guard.{item.code}.{code}",
                "rule",
                protective=True,
                version=item.version,
                text_en=f"{item.code} {item.en} was not raised: {guard.en}",
                text_zh=f"未提示{item.code} {item.zh}：{guard.zh}",
                **against,
            )


def _against(item: Rule, evidence: dict[str, Any], on: date) -> dict[str, Any]:
    """What a rule compared with what: its first limit, as it stood on the day of service.

    A rule that may speak for several reasons compares no single value.
    """
    name = item.limits[0] if item.limits else None
    told = {
        "compared_with": None if name is None else f"limit {name}",
        "standard": None if name is None else load_limits()[name].on(on),
    }
    shown = [one for one in item.evidence if one in item.reads and one in evidence]
    if len(item.branches) > 1 or not shown:
        return told | {"value": None}
    value = evidence[shown[0]]
    return told | {"value": None if value is None else float(value)}


def _words(item: Rule, standard: float | None) -> tuple[str, str]:
    """What a rule says, with its limit; nothing where the limit did not hold yet."""
    if standard is None and "{limit" in item.says + item.says_zh:
        return "", ""
    return f": {item.sentence(standard)}", f"：{item.sentence(standard, zh=True)}"


def _model_tags(judged: Judged, subjects: pl.DataFrame) -> Iterator[dict[str, Any]]:
    if judged.catalogue.entity in LEVELS:
        # Persons, houses and groups are scored by distance; no model says anything of them.
        return
    chosen = judged.scores.join(subjects.select("subject_id"), on="subject_id", how="semi")
    for row in chosen.iter_rows(named=True):
        for label in model_labels(row):
            yield _row(
                judged,
                row["subject_id"],
                label.pop("tag"),
                "model",
                version=judged.model_version,
                **label,
            )


def _statistical_tags(judged: Judged, subjects: pl.DataFrame) -> Iterator[dict[str, Any]]:
    chosen = judged.measured.join(subjects.select("subject_id"), on="subject_id", how="semi")
    features = [item for item in judged.catalogue.features if item.peers]
    names = [item.name for item in features]
    found = look_up(chosen, judged.catalogue.entity, judged.standards, names)
    peers = {(row["subject_id"], row["feature"]): row for row in found.iter_rows(named=True)}
    for row in chosen.iter_rows(named=True):
        called = names_of_codes(row)
        for item in features:
            distance = row.get(item.name + VERSUS_PEERS)
            standard = dated(peers.get((row["subject_id"], item.name)), row)
            if standard and distance is not None and _unusual(item, distance):
                yield _row(
                    judged,
                    row["subject_id"],
                    f"stat.{item.name}.{'high' if distance > 0 else 'low'}",
                    "statistical",
                    compared_with=standard["cell"],
                    value=row[item.name],
                    standard=standard["location"],
                    distance=distance,
                    version=row["standard_version"],
                    text_en=sentence(item, row[item.name], standard, called),
                    text_zh=sentence(item, row[item.name], standard, called, zh=True),
                )


def _unusual(item: Feature, distance: float) -> bool:
    if item.direction is BOTH:
        return abs(distance) >= UNUSUAL_FROM
    return (distance if item.direction is HIGH else -distance) >= UNUSUAL_FROM
